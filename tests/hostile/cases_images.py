# SPDX-License-Identifier: LGPL-2.1-or-later
"""Disk images inside an OVA, and alone."""

import shutil
import struct

from build import CAPACITY, GIB, MIB, disk, gz, member, ovf, packed_zeros, tar, write
from disks import AT_END, DATA, RAW, descriptor, flat_vmdk, qcow2, vdi, vhd, vhdx, vmdk, vmdk_header

EXTENT = 'RW 2048 SPARSE "x.vmdk"'


def image(s, name, expect, data, words=None, form=None, **more):
    """In an OVA, and as a file that the user names, "-alone"."""
    described = disk() if form is None else disk(form=form)
    chunks = data if isinstance(data, list) else [data]
    s.ova("image", name, expect, tar(member("x.ovf", ovf(described)), member("disk.vmdk", *chunks),
                                     *more.pop("beside", [])), ["disk.vmdk", "x.ova"] if words is None else words,
          **more)


def alone(s, name, expect, data, words="disk.img", **more):
    path = write(s.folder(name) / "disk.img", data)
    s.case("image", name, expect, path, words, **more)


def both(s, name, expect, data, form=None, **more):
    image(s, name, expect, data, form=form, **more)
    more.pop("beside", None)
    alone(s, name + "-alone", expect, data, **more)


def vmdks(s):
    secret = str(s.outside / "secret")
    both(s, "vmdk-benign", "accepted", vmdk(), quiet=True, has={"source.disks.0.subformat": "streamOptimized"})
    both(s, "vmdk-sparse-benign", "accepted", flat_vmdk(), quiet=True,
         has={"source.disks.0.subformat": "monolithicSparse"})
    for name, path in (("absolute", secret), ("dotdot", "../outside/secret"), ("member", "x.ovf")):
        for kind in ("FLAT", "VMFS", "VMFSSPARSE", "SPARSE", "ZERO", "VMFSRDM"):
            offset = " 0" if kind == "FLAT" else ""
            text = descriptor("monolithicFlat", f'RW 2048 {kind} "{path}"{offset}')
            if kind in ("FLAT", "VMFS"):
                both(s, f"vmdk-text-{name}-{kind}", "refused", text, beside=[member("flat.raw", RAW)])
            if name == "absolute":
                both(s, f"vmdk-embedded-{kind}", "safe" if kind == "SPARSE" else "refused",
                     vmdk(descriptor(extents=f'RW 2048 {kind} "{path}"{offset}')))
    # A small OVA that would grow: one extent many times.
    for name, extents in (("in-one-place", 1000), ("more-than-the-disk", 100)):
        text = descriptor("twoGbMaxExtentFlat", "\n".join(
            f'RW {1 << 17} FLAT "flat.raw" {i << 17 if name.startswith("more") else 0}' for i in range(extents)))
        image(s, f"vmdk-text-{name}", "refused", text, beside=[member("flat.raw", RAW, 100 * 64 * MIB - len(RAW))])
    # ... or one grain as often as a table has entries.
    table = struct.pack("<I", DATA) * 512
    extent = vmdk_header(version=1, flags=1, capacity=512 * 128 * 4, compression=0, place=0, room=0, gd=1)
    extent += struct.pack("<4I", 2, 6, 10, 14).ljust(512, b"\0") + table * 4
    extent = extent.ljust(DATA * 512, b"\0") + RAW[:128 * 512].ljust(128 * 512, b"x")
    text = descriptor("twoGbMaxExtentSparse", f'RW {512 * 128 * 4} SPARSE "s001.vmdk"')
    s.ova("image", "vmdk-text-grains-in-one-place", "refused", tar(
        member("x.ovf", ovf(disk(capacity=128 * MIB))), member("disk.vmdk", text), member("s001.vmdk", extent)),
        "overlaps something else")
    text = descriptor("twoGbMaxExtentFlat", 'RW 1024 FLAT "flat.raw" 1024\nRW 1024 FLAT "flat.raw" 0')
    image(s, "vmdk-text-two-of-one-benign", "accepted", text, quiet=True, beside=[member("flat.raw", RAW)],
          has={"source.disks.0.virtual_size": MIB})
    text = descriptor("monolithicFlat", f'RW 2048 FLAT "{secret}" 0')
    image(s, "vmdk-text-as-raw", "refused", text, form="")
    image(s, "vmdk-text-padded", "refused", text.ljust(4096, b"\0"), form="")
    image(s, "vmdk-text-blank-before", "refused", b"\n " + text)
    for name, more in (("hint", f'parentFileNameHint="{secret}"\n'), ("http", 'parentFileNameHint="http://127.0.0.1:9/x"\n'),
                       ("hint-case", f'PARENTFILENAMEHINT="{secret}"\n'),
                       ("hint-behind", "\0" * 2000 + f'parentFileNameHint="{secret}"\n'),
                       ("hint-in-comment", f'# parentFileNameHint="{secret}"\n')):
        # qemu, as we do, ends the text at a NUL.
        both(s, f"vmdk-parent-{name}", "safe" if name == "hint-behind" else "refused", vmdk(descriptor(more=more)))
    for name, old, new in (
            ("parent-cid", b"parentCID=ffffffff", b"parentCID=12345678"),
            ("kind-flat", b'"streamOptimized"', b'"monolithicFlat"'), ("kind-full", b'"streamOptimized"', b'"fullDevice"'),
            ("kind-vmfs", b'"streamOptimized"', b'"vmfs"'), ("kind-two-gb", b'"streamOptimized"', b'"twoGbMaxExtentSparse"'),
            ("kind-none", b'createType="streamOptimized"', b""),
            ("extent-none", EXTENT.encode(), b""), ("extent-two", EXTENT.encode(), EXTENT.encode() * 2),
            ("extent-two-lines", EXTENT.encode(), (EXTENT + "\n" + EXTENT).encode())):
        expect = "safe" if name == "extent-two" else "refused"
        both(s, f"vmdk-{name}", expect, vmdk(descriptor().replace(old, new)))
    both(s, "vmdk-descriptor-empty", "refused", vmdk(b""))
    headers = {
        "capacity-0": {"capacity": 0}, "capacity-2-to-62": {"capacity": 1 << 62}, "capacity-max": {"capacity": AT_END},
        "grain-0": {"grain": 0}, "grain-3": {"grain": 3}, "grain-2-to-40": {"grain": 1 << 40}, "grain-4096": {"grain": 4096},
        "entries-0": {"entries": 0}, "entries-huge": {"entries": 1 << 31}, "version-9": {"version": 9},
        "version-0": {"version": 0}, "compression-7": {"compression": 7}, "newlines": {"newlines": b"\n\n\n\n"},
        "descriptor-outside": {"place": 1 << 40}, "descriptor-huge": {"room": 1 << 40}, "descriptor-0": {"place": 0},
        "footer-none": {"footer": False}, "footer-capacity": {"footer": {"capacity": 4096}},
        "footer-gd-outside": {"footer": {"gd": 1 << 50}}, "footer-gd-at-end": {"footer": {"gd": AT_END}},
        "footer-grain": {"footer": {"grain": 8}},
    }
    for name, fields in headers.items():
        both(s, f"vmdk-{name}", "refused", vmdk(**fields))
    both(s, "vmdk-gd-outside", "refused", flat_vmdk(gd=1 << 50))
    both(s, "vmdk-gd-overflow", "refused", flat_vmdk(gd=(1 << 63) + 21))
    both(s, "vmdk-cut", "refused", vmdk()[:-1024])
    both(s, "vmdk-odd-size", "refused", vmdk()[:-100])
    both(s, "vmdk-header-only", "refused", vmdk()[:512])
    image(s, "vmdk-cowd", "refused", b"COWD".ljust(4096, b"\0"))
    # Unknown flags do no harm by themselves; tables are read when the disk is copied.
    both(s, "vmdk-flags-unknown", "safe", vmdk(flags=0xfffffff1))
    both(s, "vmdk-gt-outside", "safe", vmdk(gt=0x7fffffff))
    both(s, "vmdk-gt-outside-sparse", "safe", flat_vmdk(gt=0x7fffffff))
    both(s, "vmdk-grain-overread", "safe", vmdk(grain_size=0xfffffff0))
    both(s, "vmdk-grain-broken", "safe", vmdk(grain_data=b"\xff" * 700))
    both(s, "vmdk-end-mark-none", "safe", vmdk(tail=False))


def qcow2s(s):
    secret = str(s.outside / "secret").encode()
    both(s, "qcow2-benign", "accepted", qcow2(), form="", quiet=True, has={"source.disks.0.format": "qcow2"})
    backing = {"absolute": secret, "dotdot": b"../outside/secret", "nbd": b"nbd://127.0.0.1:9/x",
               "json": b'json:{"driver":"raw","file":{"driver":"file","filename":"%s"}}' % secret,
               "member": b"x.ovf", "http": b"http://127.0.0.1:9/x"}
    for name, path in backing.items():
        both(s, f"qcow2-backing-{name}", "refused", qcow2(path, [(0xe2792aca, b"raw")]), form="")
    both(s, "qcow2-backing-probed", "refused", qcow2(secret), form="")
    both(s, "qcow2-data-file", "refused", qcow2(extensions=[(0x44415441, secret)], incompat=4), form="")
    both(s, "qcow2-data-file-no-bit", "refused", qcow2(extensions=[(0x44415441, secret)]), form="")
    both(s, "qcow2-data-bit-no-file", "refused", qcow2(incompat=4), form="")
    fields = {"incompat-bit-7": {"incompat": 1 << 7}, "incompat-bit-63": {"incompat": 1 << 63}, "version-9": {"version": 9},
              "version-1": {"version": 1}, "corrupt": {"incompat": 2}, "encrypted": {"crypt": 1}, "luks": {"crypt": 2},
              "clusters-2-to-8": {"bits": 8}, "clusters-2-to-63": {"bits": 63}, "l1-outside": {"l1": 1 << 50},
              "l1-huge": {"l1_size": 0xffffffff}, "l1-overflow": {"l1": (1 << 64) - 4096, "l1_size": 1024},
              "refcounts-outside": {"rt": 1 << 50}, "size-0": {"size": 0}, "size-max": {"size": (1 << 64) - 1}}
    for name, more in fields.items():
        both(s, f"qcow2-{name}", "refused", qcow2(**more), form="")
    image(s, "qcow2-cut", "refused", qcow2()[:60], form="")
    # A table of the second level, and a cluster of the guest's, behind the end.
    for name, at, place in (("table", 3, 1 << 40), ("cluster", 4, 1 << 40), ("first-level-twice", 3, 4 << 12)):
        tables = bytearray(qcow2(size=4 * MIB, l1_size=2).ljust(5 << 12, b"\0"))
        tables[3 << 12:(3 << 12) + 8] = (4 << 12).to_bytes(8, "big")
        entry = (at << 12) + (8 if name == "first-level-twice" else 0)
        tables[entry:entry + 8] = place.to_bytes(8, "big")
        both(s, f"qcow2-{name}-outside", "refused", bytes(tables), form="")
    s.ova("image", "qcow2-tables-of-zeros-benign", "accepted", quiet=True, chunks=tar(
        member("x.ovf", ovf(disk("disk.vmdk", 1 << 43, ""))),
        member("disk.vmdk", qcow2(size=1 << 43, l1_size=1 << 22).ljust(3 << 12, b"\0"), 1 << 32)))
    # More than qemu opens.
    image(s, "qcow2-tables-of-zeros", "refused", [qcow2(size=1 << 50, l1_size=1 << 29).ljust(3 << 12, b"\0"), 1 << 32], form="")
    both(s, "qcow2-size-1-eib", "safe", qcow2(size=1 << 60), form="")
    both(s, "qcow2-header-length", "safe", qcow2(length=0xfffffff0), form="")
    image(s, "qcow2-said-vmdk", "safe", qcow2())
    # A raw disk whose guest wrote such a header into its first sector.
    disguised = qcow2(secret, [(0xe2792aca, b"raw")]).ljust(CAPACITY, b"\0")
    image(s, "raw-begins-as-qcow2", "refused", disguised, form="")
    image(s, "raw-begins-as-qcow2-said-raw", "safe", disguised, form="http://www.gnome.org/raw",
          has={"source.disks.0.format": "raw"})
    s.ova("image", "raw-begins-as-qcow2-said-raw-by-ovirt", "warning", tar(
        member("x.ovf", ovf(disk(form="", more='ovf:volume-format="RAW"'))), member("disk.vmdk", disguised)),
        "disk.vmdk", has={"source.disks.0.format": "raw"})
    path = write(s.folder("raw-stated-benign") / "disk.img", disguised)
    s.case("image", "raw-stated-benign", "accepted", path, args=["--format", "raw"],
           has={"source.disks.0.format": "raw"}, quiet=True)
    path = write(s.folder("qcow2-stated-for-raw") / "disk.img", RAW)
    s.case("image", "qcow2-stated-for-raw", "refused", path, "disk.img", args=["--format", "qcow2"])
    path = write(s.folder("qcow2-chain-loop") / "disk.img", qcow2(b"disk.img", [(0xe2792aca, b"qcow2")]))
    s.case("image", "qcow2-chain-loop", "refused", path, "disk.img", args=["--backing-chain"])
    path = write(s.folder("qcow2-chain-no-format") / "disk.img", qcow2(b"../raw-stated-benign/disk.img"))
    s.case("image", "qcow2-chain-no-format", "refused", path, "disk.img", args=["--backing-chain"])


def other_formats(s):
    secret = str(s.outside / "secret").encode()
    image(s, "raw-benign", "accepted", RAW, form="", quiet=True, has={"source.disks.0.format": "raw"})
    for name, data in (("vhd-differencing", vhd(secret)), ("vhd-kind-5", vhd(kind=5)), ("vdi-parent", vdi(secret)),
                       ("qed", b"QED\0".ljust(4096, b"\0")), ("parallels", b"WithoutFreeSpace".ljust(4096, b"\0")),
                       ("luks", b"LUKS\xba\xbe\0\2".ljust(4096, b"\0")), ("cloop", b"#!/bin/sh\n#V2.0 Format\n".ljust(4096, b"\0"))):
        expect = "safe" if name in ("luks", "cloop") else "refused"
        both(s, name, expect, data, form="")
        if expect == "refused":
            image(s, name + "-said-vmdk", expect, data)
    both(s, "vhd-benign", "accepted", vhd(), form="")
    both(s, "vhd-cut", "refused", vhd()[:700], form="")
    if shutil.which("qemu-img"):
        both(s, "vhdx-benign", "accepted", vhdx(s.outside / "vhdx", False), form="")
        both(s, "vhdx-parent", "refused", vhdx(s.outside / "vhdx", True), form="")
    image(s, "raw-said-vmdk", "refused", RAW)
    image(s, "gzip-said-vmdk", "warning", gz(vmdk()), "gzip")


def compressed(s):
    said = 'ovf:compression="gzip"'

    def packed(name, expect, chunks, words=None, **more):
        described = disk("disk.gz", file=more.pop("file", said), **{k: more.pop(k) for k in ("form", "capacity") if k in more})
        s.ova("image", f"gzip-disk-{name}", expect, tar(member("x.ovf", ovf(described)), member("disk.gz", *chunks)),
              ["disk.gz", "x.ova"] if words is None else words, **more)

    packed("benign", "accepted", [gz(vmdk())], quiet=True, not_in_place=True, has={"source.disks.0.virtual_size": MIB})
    packed("raw-benign", "accepted", [gz(RAW)], form="", quiet=True, not_in_place=True)
    packed("bomb", "refused", packed_zeros("gz", 2 * GIB), form="")
    packed("bomb-vmdk", "refused", [gz(vmdk()), *packed_zeros("gz", 2 * GIB)])
    packed("bomb-stated", "refused", [gz(RAW), *packed_zeros("gz", 2 * GIB)], form="", capacity=MIB)
    packed("no-gzip", "refused", [vmdk()])
    packed("cut", "refused", [gz(vmdk())[:-200]])
    packed("twice", "refused", [gz(gz(vmdk()))])
    packed("parent", "refused", [gz(vmdk(descriptor(more='parentFileNameHint="/etc/passwd"\n')))])
    packed("text", "refused", [gz(descriptor("monolithicFlat", 'RW 2048 FLAT "/etc/passwd" 0'))])
    packed("other-format", "refused", [gz(RAW)])
    packed("qcow2-backing", "refused", [gz(qcow2(b"/etc/passwd", [(0xe2792aca, b"raw")]))], form="")
    packed("bzip2-said", "refused", [gz(vmdk())], ["compression", "disk.gz", "x.ova"], file='ovf:compression="bzip2"')
    packed("compression-unknown", "refused", [gz(vmdk())], ["compression", "disk.gz", "x.ova"], file='ovf:compression="../x"')


def chunked(s):
    data, size = vmdk(), 8192

    def chunks(name, expect, parts, words=None, said=size, **more):
        whole = ovf(disk("disk.vmdk", file=f'ovf:size="{len(data)}" ovf:chunkSize="{said}"'))
        s.ova("image", f"chunks-{name}", expect,
              tar(member("x.ovf", whole), *(member(f"disk.vmdk.{n:09}", part) for n, part in parts)),
              "disk.vmdk" if words is None else words, **more)

    cut = list(enumerate(data[i:i + size] for i in range(0, len(data), size)))
    chunks("benign", "accepted", cut, quiet=True, not_in_place=True, has={"source.disks.0.virtual_size": MIB})
    chunks("missing", "refused", cut[:1] + cut[2:])
    chunks("first-missing", "refused", cut[1:])
    chunks("last-missing", "refused", cut[:-1])
    chunks("none", "refused", [])
    chunks("short", "refused", [(n, part[:-512]) for n, part in cut])
    chunks("20000", "refused", [(n, b"") for n in range(20000)], ["disk.vmdk", "1000"], said=1)
    chunks("size-0", "refused", cut, ["chunk", "disk.vmdk"], said=0)
    chunks("size-negative", "refused", cut, ["chunk", "disk.vmdk"], said=-1)
    chunks("size-overflow", "refused", cut, ["chunk", "disk.vmdk"], said=1 << 65)


def make(s):
    for part in (vmdks, qcow2s, other_formats, compressed, chunked):
        part(s)
