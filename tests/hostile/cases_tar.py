# SPDX-License-Identifier: LGPL-2.1-or-later
"""Plain tars: links, names, numbers, limits."""

from build import GIB, MIB, long_name, member, ovf, pax, sums, tar, disk, length
from disks import RAW, flat_vmdk, vmdk

OVF = member("x.ovf", ovf())
DISK = member("disk.vmdk", vmdk())


def links(s):
    secret, good = str(s.outside / "secret"), str(s.outside / "good")

    def link(name, what, kind, target, rest, words=None):
        s.ova("tar-link", name, "refused",
              tar(member(what, kind=kind, link=target), *rest), words or what)

    s.ova("tar-link", "tar-benign", "accepted", tar(OVF, DISK), quiet=True,
          has={"source.name": "vm", "source.disks.0.format": "vmdk"})
    link("tar-symlink-ovf", "x.ovf", b"2", secret, [DISK])
    link("tar-symlink-good-ovf", "x.ovf", b"2", good + ".ovf", [DISK])
    link("tar-symlink-ovf-relative", "x.ovf", b"2", "../outside/secret", [DISK])
    link("tar-symlink-disk", "disk.vmdk", b"2", secret, [OVF])
    link("tar-symlink-disk-inside", "disk.vmdk", b"2", "real.vmdk", [OVF, member("real.vmdk", vmdk())])
    link("tar-symlink-manifest", "x.mf", b"2", str(s.outside / "secret.mf"), [OVF, DISK])
    link("tar-symlink-folder", "sub", b"2", str(s.outside), [member("x.ovf", ovf(disk("sub/good.vmdk")))], "sub")
    link("tar-hardlink-ovf", "x.ovf", b"1", secret, [DISK])
    link("tar-hardlink-disk", "disk.vmdk", b"1", good + ".vmdk", [OVF])
    link("tar-char-device", "disk.vmdk", b"3", "", [OVF])
    link("tar-block-device", "disk.vmdk", b"4", "", [OVF])
    link("tar-fifo", "disk.vmdk", b"6", "", [OVF])
    link("tar-fifo-ovf", "x.ovf", b"6", "", [DISK])
    link("tar-directory-ovf", "x.ovf/", b"5", "", [DISK], ["x.ovf", ".ovf"])
    link("tar-control-bytes-link", "\x1b[31mevil\x07\x9b", b"2", "x", [OVF, DISK], "evil")


def names(s):
    def extra(name, expect, entry, words="", **more):
        s.ova("tar-name", name, expect, tar(OVF, DISK, entry), words, **more)

    s.ova("tar-name", "tar-name-benign", "accepted",
          tar(member("./web/", kind=b"5"), member("./web/x.ovf", ovf(disk("my%20disk.vmdk"))),
              member("./web/my disk.vmdk", vmdk())), quiet=True)
    s.ova("tar-name", "tar-name-dotdot-ovf", "refused", tar(member("../x.ovf", ovf()), DISK), "../x.ovf")
    extra("tar-name-dotdot", "refused", member("../../evil", b"x"), "../../evil")
    extra("tar-name-dotdot-within", "refused", member("a/../../evil", b"x"), "a/../../evil")
    extra("tar-name-dotdot-last", "refused", member("a/..", b"x"), "a/..")
    extra("tar-name-dotdot-folder", "refused", member("../evil/", kind=b"5"), "../evil")
    extra("tar-name-absolute", "refused", member("/etc/evil", b"x"), "/etc/evil")
    extra("tar-name-dot-absolute", "safe", member(".//etc/evil", b"x"), "etc/evil")
    extra("tar-name-newline", "refused", member("evil\nv2v-unpack: warning: all is well", b"x"), "evil")
    extra("tar-name-control-bytes", "safe", member("evil\x1b[2J\x07", b"x"))
    extra("tar-name-no-utf8", "safe", member(b"evil\xff\xfe\x9b", b"x"))
    extra("tar-name-empty", "safe", member("", b"x"))
    extra("tar-name-pax-nul", "safe", pax(path=b"disk.vmdk\0evil") + member("y", b"x"))
    s.ova("tar-name", "tar-name-pax-nul-ovf", "refused",
          tar(pax(path=b"x.ovf\0.txt") + member("y", ovf()), pax(path=b"x.ovf") + member("y", ovf()), DISK),
          ["x.ovf", "x.ova"])
    extra("tar-name-pax-dotdot", "refused", pax(path="../evil") + member("fine", b"x"), "../evil")
    extra("tar-name-pax-absolute", "refused", pax(path="/etc/evil") + member("fine", b"x"), "/etc/evil")
    extra("tar-name-pax-linkpath", "safe", pax(linkpath=str(s.outside / "secret")) + member("fine", b"x"))
    extra("tar-name-global-path", "safe", pax(b"g", path="../evil") + member("fine", b"x"))
    extra("tar-name-long-dotdot", "refused", long_name("a/" * 200 + "../" * 300 + "evil") + member("short", b"x"),
          "a/a/")
    extra("tar-name-long-2-mib", "safe", long_name(b"n" * 2 * MIB) + member("short", b"x"))
    extra("tar-name-long-chain", "safe", (long_name("n" * 300) * 2000) + member("short", b"x"))
    # The bytes of a disk with a long name are found by walking the headers.
    name = "d" * 150 + ".vmdk"
    before = tar(member("x.ovf", ovf(disk(name))), long_name(name), end=False)
    s.ova("tar-name", "tar-name-long-benign", "accepted",
          before + tar(member(name, vmdk())), quiet=True,
          has={"source.disks.0.offset": length(before) + 512, "source.disks.0.size": len(vmdk())})
    s.ova("tar-name", "tar-name-colon-benign", "accepted", tar(OVF, DISK), file="nbd:localhost:1.ova", quiet=True)
    s.ova("tar-name", "tar-name-json-benign", "accepted", tar(OVF, DISK), quiet=True,
          file='json:{"driver":"nbd"}.ova')
    s.ova("tar-name", "tar-name-newline-file", "refused", tar(DISK), ".ovf", file="evil\n\x1b[31mname.ova")


def twice(s):
    def two(name, first, second, words, **more):
        s.ova("tar-twice", name, more.pop("expect", "refused"), tar(*first, *second), words, **more)

    two("tar-twice-disk", [OVF, DISK], [member("disk.vmdk", flat_vmdk())], "disk.vmdk")
    two("tar-twice-ovf", [OVF, DISK], [OVF], "x.ovf")
    two("tar-twice-dot", [OVF, DISK], [member("./disk.vmdk", flat_vmdk())], "disk.vmdk")
    two("tar-twice-inner-dot", [OVF, member("a/disk.vmdk", vmdk())], [member("a/./disk.vmdk", vmdk()), DISK],
        "disk.vmdk")
    two("tar-twice-slashes", [OVF, DISK], [member("a//b", b"1"), member("a/b", b"2")], "", expect="safe")
    two("tar-two-ovf", [OVF, DISK], [member("y.ovf", ovf())], ".ovf")
    two("tar-two-manifests", [OVF, DISK], [member("x.mf", b"\n"), member("y.mf", b"\n")], ["manifest", ".mf"])
    two("tar-two-ovf-chosen-benign", [OVF, DISK], [member("y.ovf", b"<broken")], "", expect="accepted", quiet=True,
        args=["--ovf", "x.ovf"])
    for name, wanted in (("dotdot", "../../x"), ("outside", "../outside/good.ovf"), ("absolute", str(s.outside / "good.ovf")),
                         ("disk", "disk.vmdk"), ("control-bytes", "\x1b[2J\x07.ovf"), ("long", "x" * 5000)):
        two(f"tar-ovf-wanted-{name}", [OVF, DISK], [member("y.ovf", ovf())], "in it, but 'x.ovf'", args=["--ovf", wanted])
    s.ova("tar-twice", "tar-ovf-wanted-other-manifest", "refused", tar(
        OVF, DISK, member("y.ovf", ovf()), member("y.mf", b"\n"), member("x.mf", sums(disk__vmdk=b"other"))), "disk.vmdk",
          args=["--ovf", "x.ovf"])
    two("tar-10000-ovf", [OVF, DISK], [member(f"{i}.{end}") for i in range(4900) for end in ("ovf", "mf")],
        [".ovf", "10000"])
    two("tar-10000-ovf-chosen", [OVF, DISK], [member(f"{i}.{end}") for i in range(4900) for end in ("ovf", "mf")],
        "", expect="accepted", quiet=True, args=["--ovf", "x.ovf"])
    two("tar-no-ovf-many", [DISK], [member(f"{'n' * 60}{i}") for i in range(9000)], ".ovf")
    two("tar-no-disk-many", [OVF], [member(f"{'n' * 60}{i}") for i in range(9000)], "disk.vmdk")
    two("tar-no-ovf", [DISK], [member("x.txt", b"x")], ".ovf")
    two("tar-twice-benign", [OVF, DISK], [member("a/disk.vmdk", vmdk()), member("._x.ovf", b"x")], "",
        expect="accepted", quiet=True)


def numbers(s):
    def size(name, field, expect="refused", **more):
        s.ova("tar-number", name, expect,
              tar(OVF, member("disk.vmdk", vmdk(), size_field=field, **more)), ["disk.vmdk", "x.ova"])

    def pax_size(name, value, expect="refused"):
        s.ova("tar-number", name, expect, tar(OVF, pax(size=value) + DISK), ["disk.vmdk", "x.ova"])

    size("tar-size-negative", b"\xff" * 12)
    size("tar-size-huge", b"\x80\0\0\0" + (1 << 62).to_bytes(8, "big"))
    size("tar-size-over-64-bits", b"\x80" + b"\xff" * 11)
    size("tar-size-octal-huge", b"77777777777\0")
    size("tar-size-no-number", b"zzzzzzzzzzz\0")
    size("tar-size-minus", b"-0000001000\0")
    pax_size("tar-pax-size-beyond", str(GIB))
    pax_size("tar-pax-size-smaller", "512")
    pax_size("tar-pax-size-negative", "-1")
    pax_size("tar-pax-size-overflow", str(1 << 64))
    pax_size("tar-pax-size-no-number", "1e3")
    pax_size("tar-pax-size-benign", str(len(vmdk())), "accepted")
    size("tar-size-base-256-benign", b"\x80" + len(vmdk()).to_bytes(11, "big"), "accepted")
    bad = bytearray(DISK[0])
    bad[120] ^= 1
    s.ova("tar-number", "tar-checksum", "refused", tar(OVF, [bytes(bad)] + DISK[1:]), "x.ova")
    huge_pax = pax(comment="x")
    huge_pax[0] = member("PaxHeaders/x", b"", kind=b"x", size_field=b"77777777777\0")[0]
    s.ova("tar-number", "tar-pax-header-huge", "refused", tar(OVF, huge_pax + DISK), "x.ova")
    for name, records in (("broken", b"999 path=x\n"), ("length-0", b"0 path=x\n"), ("length-2-to-32", b"4294967307 path=x\n"),
                          ("length-2-to-63", b"9223372036854775808 path=x\n"),
                          ("length-2-to-64", b"18446744073709551627 path=x\n"),
                          ("length-signed", b"+11 path=x\n"), ("no-newline", b"10 path=xy"), ("no-key", b"6 =bc\n"),
                          ("second-broken", b"6 a=b\n9 a=b\n")):
        s.ova("tar-number", f"tar-pax-{name}", "refused", tar(OVF, member("p", records, kind=b"x") + DISK),
              ["x.ova", "pax header"])
        s.ova("tar-number", f"tar-pax-global-{name}", "refused", tar(OVF, member("p", records, kind=b"g") + DISK),
              ["x.ova", "pax header"])
    s.ova("tar-number", "tar-pax-zeros-benign", "accepted",
          tar(OVF, member("p", b"6 a=b\n", bytes(506), kind=b"x") + DISK), quiet=True)


def sparse(s):
    """A sparse member's bytes do not lie in the file as they are: unpacked or refused."""
    def gnu(name, expect, real, entries, data):
        head = bytearray(member("disk.raw", data, kind=b"S", gnu=True)[0])
        table = b"".join(b"%011o\0%011o\0" % e for e in entries)
        head[386:386 + len(table)] = table
        head[483:495] = b"%011o\0" % real if real < 1 << 33 else b"\x80" + real.to_bytes(11, "big")
        head[148:156] = b" " * 8
        head[148:156] = b"%06o\0 " % sum(head)
        s.ova("tar-number", name, expect,
              tar(member("x.ovf", ovf(disk("disk.raw", form=""))), [bytes(head), data]), ["disk.raw", "x.ova"],
              not_in_place=True)

    gnu("tar-sparse-gnu", "safe", MIB, [(0, 512), (MIB, 0)], RAW[:512])
    gnu("tar-sparse-gnu-huge", "refused", 1 << 60, [(0, 512), (1 << 32, 0)], RAW[:512])
    gnu("tar-sparse-gnu-overlap", "refused", MIB, [(512, 512), (0, 512)], RAW[:1024])
    gnu("tar-sparse-gnu-outside", "refused", 1024, [(1 << 30, 512)], RAW[:512])

    def by_pax(name, expect, real, data, **records):
        s.ova("tar-number", name, expect,
              tar(member("x.ovf", ovf(disk("disk.raw", form=""))),
                  pax(GNU__sparse__name="disk.raw", GNU__sparse__realsize=str(real), **records)
                  + member("GNUSparseFile.0/disk.raw", data)), ["disk.raw", "x.ova"], not_in_place=True)

    one = {"GNU__sparse__major": "1", "GNU__sparse__minor": "0"}
    by_pax("tar-sparse-pax", "safe", MIB, b"1\n0\n512\n".ljust(512, b"\0") + RAW[:512], **one)
    by_pax("tar-sparse-pax-huge", "refused", 1 << 60, b"1\n0\n512\n".ljust(512, b"\0") + RAW[:512], **one)
    by_pax("tar-sparse-pax-no-map", "refused", MIB, b"99999999\n", **one)
    by_pax("tar-sparse-pax-0-1", "safe", MIB, RAW[:512], GNU__sparse__numblocks="1", GNU__sparse__map="0,512")


def limits(s):
    whole = tar(OVF, DISK)
    disk_at = length(OVF) + 512
    s.ova("tar-limit", "tar-cut-disk", "refused", [b"".join(whole)[:disk_at + 5000]], ["disk.vmdk", "cut off", "x.ova"])
    s.ova("tar-limit", "tar-cut-header", "refused", [b"".join(whole)[:disk_at - 200]], "x.ova")
    s.ova("tar-limit", "tar-cut-ovf", "refused", [b"".join(whole)[:900]], ["x.ovf", "x.ova"])
    s.ova("tar-limit", "tar-cut-end-mark", "safe", tar(OVF, DISK, end=False))
    s.ova("tar-limit", "tar-end-junk-benign", "safe", whole + [b"junk" * 1000])
    s.ova("tar-limit", "tar-10001-members", "refused",
          tar(OVF, DISK, *(member(f"m{i}") for i in range(10001))), "1000")
    s.ova("tar-limit", "tar-9000-members-benign", "accepted",
          tar(OVF, DISK, *(member(f"m{i}") for i in range(9000))), quiet=True)
    s.ova("tar-limit", "tar-ovf-17-mib", "refused",
          tar(member("x.ovf", ovf(), b" " * 4096, 17 * MIB), DISK), ["x.ovf", "16777216"])
    s.ova("tar-limit", "tar-ovf-1-tib", "refused", tar(member("x.ovf", ovf(), 1 << 40), DISK), ["x.ovf", "16777216"])
    s.ova("tar-limit", "tar-ovf-empty", "refused", tar(member("x.ovf"), DISK), ["x.ovf", "XML", "x.ova"])
    s.ova("tar-limit", "tar-disk-empty", "refused", tar(OVF, member("disk.vmdk")), "disk.vmdk")
    s.ova("tar-limit", "tar-disk-64-gib-benign", "accepted",
          tar(member("x.ovf", ovf(disk("disk.raw", 64 * GIB, ""))), member("disk.raw", RAW, 64 * GIB - len(RAW))),
          quiet=True, has={"source.disks.0.virtual_size": 64 * GIB})
    s.ova("tar-limit", "tar-member-4-tib-benign", "accepted", tar(OVF, DISK, member("zeros", 4 << 40)), quiet=True)
    s.ova("tar-limit", "tar-manifest-2-mib", "refused",
          tar(OVF, member("x.mf", sums(disk__vmdk=vmdk()), b" " * 4096, 2 * MIB), DISK), ["x.mf", "manifest"])


def make(s):
    for part in (links, names, twice, numbers, sparse, limits):
        part(s)
