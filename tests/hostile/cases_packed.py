# SPDX-License-Identifier: LGPL-2.1-or-later
"""Compressed tars, zip, and unsupported containers."""

import gzip
import io
import lzma
import struct
import zipfile
import zlib

from build import (BLOCK, GIB, MIB, PACKERS, deflated_zeros, disk, flat, gz, header, item, member,
                   ovf, packed_zeros, sums, tar, zstd)
from disks import RAW, descriptor, vmdk

OVF, DISK = member("x.ovf", ovf()), member("disk.vmdk", vmdk())
WHOLE = flat(*tar(OVF, DISK))
# As many zeros as a file of some 8 MiB can say.
BOMBS = {"gz": 8 * GIB, "bz2": 100 * GIB, "xz": 40 * GIB, "zst": 100 * GIB}


def bombs(s, kind):
    size = BOMBS[kind] // BLOCK * BLOCK
    zeros = packed_zeros(kind, size)
    pack = PACKERS[kind]
    head = flat(*tar(OVF, end=False))

    def bomb(name, words, name_of_zeros, end, expect="refused"):
        s.ova("packed", name, expect,
              [pack(head + header(name_of_zeros, size)), *zeros, pack(end)], words)

    bomb(f"{kind}-bomb-member", ["zeros.bin", "x.ova"], "zeros.bin", flat(*tar(DISK)))
    # What follows the tar is read too, for the check sum, but not without end.
    s.ova("packed", f"{kind}-bomb-tail", "refused", [pack(WHOLE), *zeros], ["x.ova", "behind the end"])
    if kind == "gz":
        return
    start = vmdk()
    rest = size - BLOCK
    s.ova("packed", f"{kind}-bomb-disk", "refused",
          [pack(head + header("disk.vmdk", len(start) + rest) + start),
           *packed_zeros(kind, rest), pack(bytes(-len(start) % 512 + 1024))], ["disk.vmdk", "x.ova"])


def wrong_sum(kind, stream):
    """The stream with one bit of the check sum at its end changed."""
    damaged = bytearray(stream)
    # gzip: CRC32, length. bzip2: CRC32 and up to 7 bits. xz: index and footer, of 28 bytes, behind the block's
    # CRC64. zstd: four bytes.
    damaged[{"gz": -8, "bz2": -3, "xz": -32, "zst": -1}[kind]] ^= 1
    return bytes(damaged)


def bad_pax(s, kind, pack):
    """libarchive passes over what is wrong in a pax header, with a warning."""
    for name, expect, records in (
            ("benign", "accepted", b"12 comment=\n"), ("zeros-benign", "accepted", b"12 comment=\n" + bytes(100)),
            ("beyond", "refused", b"999 comment=\n"), ("2-to-64", "refused", b"18446744073709551628 comment=\n"),
            ("2-to-64-less-1", "refused", b"18446744073709551615 comment=\n"),
            ("negative", "refused", b"-12 comment=\n"), ("no-length", "refused", b"comment=\n"),
            ("1-mib-of-records", "accepted", b"5 a=\n" * 209715)):
        for kind_of_header in (b"x", b"g"):
            s.ova("packed", f"{kind}-pax-{kind_of_header.decode()}-{name}", expect, [pack(flat(*tar(
                OVF, member("p", records, kind=kind_of_header) + DISK)))],
                  "" if expect == "accepted" else "pax header", quiet=expect == "accepted")


def packed(s):
    for kind, pack in PACKERS.items():
        s.ova("packed", f"{kind}-benign", "accepted", [pack(WHOLE)], quiet=True, not_in_place=True,
              has={"source.disks.0.virtual_size": MIB})
        s.ova("packed", f"{kind}-manifest-benign", "accepted", not_in_place=True, quiet=True, chunks=[
            pack(flat(*tar(OVF, member("x.mf", sums(x__ovf=ovf(), disk__vmdk=vmdk())), DISK)))])
        s.ova("packed", f"{kind}-manifest-mismatch", "refused", [
            pack(flat(*tar(OVF, member("x.mf", sums(disk__vmdk=b"other")), DISK)))], "disk.vmdk")
        s.ova("packed", f"{kind}-symlink", "refused",
              [pack(flat(*tar(OVF, member("disk.vmdk", kind=b"2", link=str(s.outside / "good.vmdk")))))], "disk.vmdk")
        whole = pack(WHOLE)
        s.ova("packed", f"{kind}-cut", "refused", [whole[:len(whole) * 2 // 3]], "x.ova")
        s.ova("packed", f"{kind}-cut-last-byte", "refused", [whole[:-1]], "x.ova")
        s.ova("packed", f"{kind}-wrong-sum", "refused", [wrong_sum(kind, whole)], "x.ova")
        s.ova("packed", f"{kind}-junk-behind", "refused", [whole, b"junk"], "x.ova")
        s.ova("packed", f"{kind}-two-streams-benign", "accepted", [pack(WHOLE[:3000]), pack(WHOLE[3000:])], quiet=True)
        s.ova("packed", f"{kind}-second-stream-damaged", "refused", [whole, wrong_sum(kind, pack(bytes(512)))], "x.ova")
        s.ova("packed", f"{kind}-second-stream-cut", "refused", [whole, pack(bytes(512))[:-1]], "x.ova")
        s.ova("packed", f"{kind}-tar-padded-benign", "accepted", [pack(WHOLE + bytes(9 * 1024))], quiet=True)
        bad_pax(s, kind, pack)
        bombs(s, kind)
    s.ova("packed", "gz-in-gz", "refused", [gz(gz(WHOLE))], "x.ova")
    s.ova("packed", "xz-in-gz", "refused", [gz(PACKERS["xz"](WHOLE))], "x.ova")
    nested = WHOLE
    for _ in range(30):
        nested = gz(nested)
    s.ova("packed", "gz-30-times", "refused", [nested], "x.ova")
    s.ova("packed", "zip-in-gz", "refused", [gz(archive())], "x.ova")
    length = bytearray(gz(WHOLE))
    length[-1] ^= 1
    s.ova("packed", "gz-wrong-length", "refused", [bytes(length)], "x.ova")
    s.ova("packed", "gz-zeros-behind-benign", "accepted", [gz(WHOLE), bytes(4096)], quiet=True)
    s.ova("packed", "gz-zeros-and-junk-behind", "refused", [gz(WHOLE), bytes(100000), b"x"], "x.ova")
    s.ova("packed", "gz-empty-members-benign", "accepted", [gz(WHOLE), gz(b"") * 400000], quiet=True)
    s.ova("packed", "gz-preset-dictionary", "refused", [b"\x1f\x8b\x08" + b"\xff" * 600], "x.ova")
    inner = bytearray(gz(vmdk()))
    for name, end, expect in (("benign", inner, "accepted"), ("cut", inner[:-1], "refused"),
                              ("wrong-sum", wrong_sum("gz", inner), "refused"),
                              ("junk-behind", inner + b"junk", "refused")):
        s.ova("packed", f"disk-gz-{name}", expect, tar(
            member("x.ovf", ovf(disk(file='ovf:compression="gzip"'))), member("disk.vmdk", bytes(end))),
              "" if expect == "accepted" else "disk.vmdk", quiet=expect == "accepted")
    s.ova("packed", "gz-of-text", "refused", [gz(b"just a text\n" * 100)], "x.ova")
    s.ova("packed", "gz-of-zeros", "refused", [packed_zeros("gz", BLOCK)[0]], "x.ova")
    s.ova("packed", "gz-name-dotdot", "refused", [gz(flat(*tar(OVF, DISK, member("../evil", b"x"))))], "../evil")
    for name, image in (("disk", "x.ovf"), ("manifest", "x.mf"), ("extent", "disk.vmdk")):
        text = descriptor("monolithicFlat", 'RW 1 FLAT "x.ovf" 0')
        s.ova("packed", f"gz-{name}-is-descriptor", "refused", [gz(flat(*tar(
            member("x.ovf", ovf(disk(image))), member("x.mf", b"\n"), member("disk.vmdk", text))))], "x.ova")
    # 25 600 disks times 2 000 members would be a long way.
    one = item(17, "<rasd:HostResource>ovf:/disk/d0</rasd:HostResource>")
    machine = f"<VirtualSystem><VirtualHardwareSection>{one * 256}</VirtualHardwareSection></VirtualSystem>"
    for name, more, form in (("disks", "", "m{}"), ("chunks", 'ovf:chunkSize="1"', "disk.vmdk.{:09}")):
        text = ovf(disk(file=more)).replace(b"</Envelope>", (machine * 100 + "</Envelope>").encode())
        s.ova("packed", f"gz-{name}-times-members", "refused", [gz(flat(*tar(
            member("x.ovf", text), *(member(form.format(i)) for i in range(2000)),
            *([] if more else [DISK]))))], "10000")
    s.ova("packed", "gz-disk-gzip-not-said", "warning", [
        gz(flat(*tar(member("x.ovf", ovf(disk(form=""))), member("disk.vmdk", gz(vmdk())))))], "gzip")
    s.ova("packed", "gz-disk-twice", "refused", [gz(flat(*tar(OVF, DISK, DISK)))], "disk.vmdk")
    s.ova("packed", "gz-image-with-parent", "refused", [gz(flat(*tar(OVF, member("disk.vmdk", vmdk(
        b"# Disk DescriptorFile\nCID=1\nparentCID=12345678\ncreateType=\"streamOptimized\"\n"
        b"RW 2048 SPARSE \"x\"\nparentFileNameHint=\"/etc/passwd\"\n")))))], "disk.vmdk")
    # A dictionary of 4 GiB is asked for.
    large = bytearray(lzma.compress(WHOLE, preset=0))
    header_size = (large[12] + 1) * 4
    large[16] = 40
    large[12 + header_size - 4:12 + header_size] = struct.pack("<I", zlib.crc32(large[12:12 + header_size - 4]))
    s.ova("packed", "xz-dictionary-4-gib", "safe", [bytes(large)])
    if "zst" in PACKERS:
        s.ova("packed", "zst-window-2-gib", "safe", [zstd(WHOLE, "--ultra", "--long=31")])
    s.ova("packed", "lzma-alone", "refused", [lzma.compress(WHOLE, format=lzma.FORMAT_ALONE)], "x.ova")


def others(s):
    """What libarchive could read, were all its formats enabled."""
    secret = s.outside / "good"
    s.ova("container", "mtree", "refused",
          [f"#mtree\nx.ovf type=file contents={secret}.ovf\ndisk.vmdk type=file contents={secret}.vmdk\n".encode()
           .ljust(4095, b"\n")], "x.ova")
    s.ova("container", "uuencode", "refused", [b"begin 644 x.ova\n#0V%T\n`\nend\n"], "x.ova")
    cpio = b""
    for name, data in ((b"x.ovf", ovf()), (b"disk.vmdk", vmdk()), (b"TRAILER!!!", b"")):
        fields = [1, 0o100644, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0]
        cpio += (b"070701" + b"".join(b"%08x" % f for f in fields) + name + b"\0")
        cpio += bytes(-len(cpio) % 4) + data
        cpio += bytes(-len(cpio) % 4)
    s.ova("container", "cpio", "refused", [cpio.ljust(len(cpio) + -len(cpio) % 512, b"\0")[:-1]], "x.ova")
    s.ova("container", "ar", "refused", [b"!<arch>\nx.ovf/          0  0  0  644  4         `\nabcd"], "x.ova")
    s.ova("container", "text", "refused", [b"just a text\n"], "x.ova")
    s.ova("container", "empty", "refused", [], "x.ova")
    s.ova("container", "one-byte", "refused", [b"\x1f"], "x.ova")
    s.ova("container", "gz-magic-only", "refused", [b"\x1f\x8b"], "x.ova")
    s.ova("container", "zip-magic-only", "refused", [b"PK\3\4"], "x.ova")


def archive(*extra, method=zipfile.ZIP_DEFLATED, whole=True):
    """A zip of the usual members and of extra (name or ZipInfo, bytes)."""
    out = io.BytesIO()
    members = ([("x.ovf", ovf()), ("disk.vmdk", vmdk())] if whole else []) + list(extra)
    with zipfile.ZipFile(out, "w") as z:
        for info, data in members:
            if isinstance(info, str):
                info = zipfile.ZipInfo(info, (2023, 1, 1, 0, 0, 0))
                info.external_attr = 0o100644 << 16
            info.compress_type = method
            z.writestr(info, data)
    return out.getvalue()


def entry(name, attributes):
    info = zipfile.ZipInfo(name, (2023, 1, 1, 0, 0, 0))
    info.create_system = 3
    info.external_attr = attributes << 16
    return info


def raw_zip(entries):
    """entries: dicts of name, data (packed), method, flags, size, crc, extra, at (another's
    local header), local_name: all as they are said, true or not."""
    out, central, places = b"", b"", {}
    for e in entries:
        data, name = e.get("data", b""), e["name"].encode()
        size, packed_size = e.get("size", len(data)), e.get("packed", len(data))
        crc = e.get("crc", zlib.crc32(data))
        common = struct.pack("<HHHHHIII", 45, e.get("flags", 0), e.get("method", 0), 0, 33,
                             crc, packed_size, size)
        extra = e.get("extra", b"")
        at = places.get(e.get("at"), len(out))
        if "at" not in e:
            places[e["name"]] = len(out)
            local = e.get("local_name", e["name"]).encode()
            out += b"PK\3\4" + common + struct.pack("<HH", len(local), len(extra)) + local + extra + data
        central += (b"PK\1\2" + struct.pack("<H", 0x31e) + common + struct.pack(
            "<HHHHHII", len(name), len(extra), 0, 0, 0, 0o100644 << 16, at) + name + extra)
    return out + central + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, len(entries), len(entries),
                                                   len(central), len(out), 0)


def zips(s):
    plain = [{"name": "x.ovf", "data": ovf()}, {"name": "disk.vmdk", "data": vmdk()}]

    def zip_of(name, expect, data, words="", **more):
        s.ova("zip", name, expect, [data], words, **more)

    for name, method in (("stored", zipfile.ZIP_STORED), ("deflated", zipfile.ZIP_DEFLATED)):
        zip_of(f"zip-{name}-benign", "accepted", archive(method=method), quiet=True,
               has={"source.disks.0.virtual_size": MIB})
    zip_of("zip-raw-benign", "accepted", raw_zip(plain), quiet=True)
    zip_of("zip-encrypted", "refused", raw_zip([plain[0], {**plain[1], "flags": 1}]), ["disk.vmdk", "x.ova"])
    zip_of("zip-encrypted-ovf", "refused", raw_zip([{**plain[0], "flags": 1}, plain[1]]), ["x.ovf", "x.ova"])
    link = entry("disk.vmdk", 0o120777), str(s.outside / "good.vmdk").encode()
    zip_of("zip-symlink-disk", "refused", archive(("x.ovf", ovf()), link, whole=False), "disk.vmdk")
    link = entry("x.ovf", 0o120777), str(s.outside / "secret").encode()
    zip_of("zip-symlink-ovf", "refused", archive(("disk.vmdk", vmdk()), link, whole=False), "x.ovf")
    zip_of("zip-fifo", "refused", archive(("x.ovf", ovf()), (entry("disk.vmdk", 0o010644), b""), whole=False),
           "disk.vmdk")
    zip_of("zip-device", "refused", archive(("x.ovf", ovf()), (entry("disk.vmdk", 0o020644), b""), whole=False),
           "disk.vmdk")
    zip_of("zip-dotdot", "refused", archive(("../../evil", b"x")), "../../evil")
    zip_of("zip-absolute", "refused", archive(("/etc/evil", b"x")), "/etc/evil")
    zip_of("zip-backslash", "safe", archive(("..\\..\\evil", b"x")))
    zip_of("zip-newline", "refused", raw_zip(plain + [{"name": "evil\nname"}]), "evil")
    zip_of("zip-twice", "refused", raw_zip(plain + [plain[1]]), "disk.vmdk")
    zip_of("zip-twice-ovf", "refused", raw_zip(plain + [plain[0]]), "x.ovf")
    zip_of("zip-two-ovf", "refused", archive(("y.ovf", ovf())), ".ovf")
    zip_of("zip-no-ovf", "refused", archive(("one.txt", b"1"), ("two.txt", b"2"), whole=False), ".ovf")
    size = 6 * GIB
    bomb = {"data": deflated_zeros(3 * GIB), "method": 8, "crc": 0}
    # A member that nobody asks for need not be unpacked.
    zip_of("zip-bomb-member", "safe", raw_zip(plain + [
        {**bomb, "name": "zeros.bin", "size": 3 * GIB}]), ["zeros.bin", "x.ova"])
    zip_of("zip-bomb-disk", "refused", raw_zip([plain[0], {**bomb, "name": "disk.vmdk", "size": 3 * GIB}]),
           ["disk.vmdk", "x.ova"])
    zip_of("zip-bomb-ovf", "refused", raw_zip([{**bomb, "name": "x.ovf", "size": 512}, plain[1]]), ["x.ovf", "x.ova"])
    zip_of("zip-size-too-small", "refused", raw_zip([plain[0], {**plain[1], "size": 1024}]), ["disk.vmdk", "x.ova"])
    zip_of("zip-size-too-large", "refused", raw_zip([plain[0], {**plain[1], "size": size & 0xfffffffe}]),
           ["disk.vmdk", "x.ova"])
    zip_of("zip-packed-beyond", "refused", raw_zip([plain[0], {**plain[1], "packed": 0x7fffffff, "size": 0x7fffffff}]),
           ["disk.vmdk", "x.ova"])
    # Stored, it is read where it lies, as in a tar, which has no sums.
    zip_of("zip-wrong-crc-stored", "safe", raw_zip([plain[0], {**plain[1], "crc": 1}]))
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    deflated = {"name": "disk.vmdk", "data": packer.compress(vmdk()) + packer.flush(), "method": 8, "size": len(vmdk())}
    zip_of("zip-wrong-crc", "refused", raw_zip([plain[0], {**deflated, "crc": 1}]), ["disk.vmdk", "x.ova"])
    zip_of("zip-right-crc-benign", "accepted", raw_zip([plain[0], {**deflated, "crc": zlib.crc32(vmdk())}]), quiet=True)
    zip_of("zip-overlap", "safe", raw_zip(plain + [{**plain[1], "name": "same.vmdk", "at": "disk.vmdk"}]),
           ["same.vmdk", "disk.vmdk", "x.ova"])
    nonsense = struct.pack("<HHQQQ", 1, 24, 1 << 63, 1 << 63, (1 << 64) - 1)
    zip_of("zip-zip64-nonsense", "refused", raw_zip([plain[0], {
        **plain[1], "size": 0xffffffff, "packed": 0xffffffff, "extra": nonsense}]), ["disk.vmdk", "x.ova"])
    zip_of("zip-method-unknown", "refused", raw_zip([plain[0], {**plain[1], "method": 99}]), ["disk.vmdk", "x.ova"])
    zip_of("zip-deflate-broken", "refused", raw_zip([plain[0], {
        "name": "disk.vmdk", "data": b"\xff" * 900, "method": 8, "size": 22016}]), ["disk.vmdk", "x.ova"])
    zip_of("zip-local-name-differs", "safe", raw_zip([plain[0], {**plain[1], "local_name": "other.vmdk"}]))
    zip_of("zip-prefix-junk", "refused", b"MZ" + b"\x90" * 333 + archive(), "x.ova")
    zip_of("zip-cut", "refused", archive()[:-30], "x.ova")
    zip_of("zip-cut-disk", "refused", raw_zip(plain)[:9000], "x.ova")
    zip_of("zip-empty", "refused", b"PK\5\6" + bytes(18), "x.ova")
    zip_of("zip-10001-members", "refused", raw_zip(plain + [{"name": f"m{i}"} for i in range(10001)]), "1000")
    zip_of("zip-raw-disk-benign", "accepted", archive(
        ("x.ovf", ovf(disk("disk.raw", form=""))), ("disk.raw", RAW), whole=False), quiet=True)
    zip_of("zip-symlink-in-gz", "refused", gzip.compress(archive((entry("l", 0o120777), b"/etc/passwd")), mtime=0),
           "x.ova")


def make(s):
    packed(s)
    others(s)
    zips(s)
