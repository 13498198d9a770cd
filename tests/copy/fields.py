#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes small disk images of every format, and beside each, as NAME.fields, what mutate.c changes in it:
    field NAME AT COUNT WIDTH b|l UNIT    numbers one after the other, big or little endian, that count UNITs of bytes
    foreign AT WIDTH VALUE                a number, little endian, that we read and qemu refuses: it is given 0
    mirror FROM LENGTH TO                 a second copy
    sum|crc AT LENGTH FIELD               a checksum of VHD, of VHDX
and lists them, a line each: FORMAT NAME.  fields.py FOLDER"""

import pathlib
import random
import struct
import subprocess
import sys

import chains

KIB, MIB, SECTOR = 1 << 10, 1 << 20, 512
FOLDER = pathlib.Path(sys.argv[1])
RAW = FOLDER / "disk.raw"
SIZE = 3 * MIB + 5 * SECTOR


def run(*argv):
    subprocess.run([str(word) for word in argv], check=True, stdout=subprocess.DEVNULL)


class Fields:
    def __init__(self, path):
        self.path, self.data, self.lines = path, path.read_bytes(), []

    def number(self, at, width, endian):
        return int.from_bytes(self.data[at:at + width], "big" if endian == "b" else "little")

    def add(self, name, at, width, endian, count=1, unit=1):
        if 0 <= at and at + count * width <= len(self.data) and count > 0:
            self.lines.append(f"field {name} {at} {count} {width} {endian} {unit}")

    def each(self, prefix, base, endian, table, unit=1):
        """TABLE: words NAME:AT:WIDTH."""
        for word in table.split():
            name, at, width = word.split(":")
            self.add(f"{prefix}.{name}", base + int(at), int(width), endian, 1, unit)

    def write(self):
        self.path.with_suffix(".fields").write_text("\n".join(self.lines) + "\n")


def qcow2(f):
    f.each("header", 0, "b", "magic:0:4 version:4:4 backing_offset:8:8 backing_size:16:4 cluster_bits:20:4 size:24:8 crypt:32:4 "
           "l1_size:36:4 l1_offset:40:8 refcounts_offset:48:8 refcounts_clusters:56:4 snapshots:60:4 snapshots_offset:64:8")
    cluster, version = 1 << f.number(20, 4, "b"), f.number(4, 4, "b")
    size, l1 = f.number(24, 8, "b"), f.number(40, 8, "b")
    incompat, length = (f.number(72, 8, "b"), f.number(100, 4, "b")) if version == 3 else (0, 72)
    if version == 3:
        f.each("header", 0, "b", "incompat:72:8 compat:80:8 autoclear:88:8 refcount_order:96:4 length:100:4 compression:104:1")
    at = length
    while at + 8 <= cluster and f.number(at, 4, "b"):
        words = -(-f.number(at + 4, 4, "b") // 8)
        f.each("extension", at, "b", "type:0:4 length:4:4")
        f.add("extension.data", at + 8, 8, "b", words)
        at += 8 + words * 8
    f.add("extension.end", at, 8, "b", 2)
    entry = 16 if incompat & 16 else 8
    clusters = -(-size // cluster)
    qcow2_tables(f, l1, f.number(36, 4, "b"), clusters, cluster, entry)
    refcounts = f.number(48, 8, "b")
    f.add("refcounts.table", refcounts, 8, "b", 3)
    f.add("refcounts.block", f.number(refcounts, 8, "b"), 2, "b", min(len(f.data) // cluster + 1, cluster // 2))
    at = f.number(64, 8, "b")
    for _ in range(f.number(60, 4, "b")):
        f.each("snapshot", at, "b", "l1:0:8 l1_size:8:4 id:12:2 name:14:2 extra:36:4 state:40:8 size:48:8")
        f.add("snapshot.l1_entry", f.number(at, 8, "b"), 8, "b", f.number(at + 8, 4, "b"))
        at += -(-(40 + sum(f.number(at + i, w, "b") for i, w in ((36, 4), (12, 2), (14, 2)))) // 8) * 8


def qcow2_tables(f, l1, entries, clusters, cluster, entry):
    f.add("l1", l1, 8, "b", entries)
    for index in range(entries):
        table = f.number(l1 + index * 8, 8, "b") & ((1 << 56) - 512)
        if table:
            left = clusters - index * (cluster // entry)
            f.add("l2", table, 8, "b", min(left, cluster // entry) * entry // 8)


def vmdk_header(f, at):
    f.each("header", at, "l", "magic:0:4 version:4:4 flags:8:4 entries:44:4 unclean:72:1 newline:73:4 compression:77:2")
    f.each("header", at, "l", "capacity:12:8 grain:20:8 descriptor:28:8 descriptor_size:36:8 redundant:48:8 directory:56:8 "
           "overhead:64:8", SECTOR)


def vmdk(f):
    vmdk_header(f, 0)
    # Behind the CIDs, whose keys qemu knows in one spelling only.
    text = f.data.index(b"createType")
    f.add("descriptor", text, 1, "l", f.data.index(b"\0", text) - text)
    directory, at = f.number(56, 8, "l"), 0
    if directory == (1 << 64) - 1:
        vmdk_header(f, len(f.data) - 2 * SECTOR)
        directory = f.number(len(f.data) - 2 * SECTOR + 56, 8, "l")
        f.each("end", len(f.data) - 3 * SECTOR, "l", "word:0:8 size:8:4 type:12:4")
        f.each("end", len(f.data) - SECTOR, "l", "word:0:8 size:8:4 type:12:4")
    capacity, grain, flags = f.number(12, 8, "l"), f.number(20, 8, "l"), f.number(8, 4, "l")
    tables = -(-capacity // (grain * 512))
    for base in (directory, f.number(48, 8, "l") if flags & 2 else 0):
        if base:
            f.add("directory", base * SECTOR, 4, "l", tables + 1, SECTOR)
            vmdk_tables(f, base, tables, -(-capacity // grain), flags)


def vmdk_tables(f, directory, tables, grains, flags):
    for index in range(tables):
        table = f.number((directory * SECTOR) + index * 4, 4, "l")
        if not table:
            continue
        count = min(512, grains - index * 512)
        f.add("table", table * SECTOR, 4, "l", count, SECTOR)
        f.each("table_marker", (table - 1) * SECTOR, "l", "word:0:8 size:8:4 type:12:4")
        for entry in range(count if flags & 0x10000 else 0):
            at = f.number(table * SECTOR + entry * 4, 4, "l") * SECTOR
            if at and entry % 16 == 0:
                f.each("marker", at, "l", "place:0:8 size:8:4", SECTOR)


VHD_FOOTER = "magic:0:8 features:8:4 version:12:4 header:16:8 original:40:8 size:48:8 geometry:56:4 type:60:4 sum:64:4 state:84:1"


def vhd(f):
    end = len(f.data) - SECTOR
    f.each("footer", end, "b", VHD_FOOTER)
    f.lines.append(f"sum {end} 512 64")
    if f.data[:8] != b"conectix":
        return
    f.each("copy", 0, "b", VHD_FOOTER)
    f.lines += [f"mirror 0 512 {end}", f"mirror {end} 512 0", "sum 0 512 64", "sum 512 1024 36"]
    f.each("header", 512, "b", "magic:0:8 next:8:8 table:16:8 version:24:4 entries:28:4 block:32:4 sum:36:4 parent:40:8")
    table = f.number(528, 8, "b")
    f.add("table", table, 4, "b", f.number(540, 4, "b"), SECTOR)
    for index in range(f.number(540, 4, "b")):
        f.add("bitmap", f.number(table + index * 4, 4, "b") * SECTOR, 8, "b", 4)


def vhdx(f):
    for base in (64 * KIB, 128 * KIB):
        f.each("header", base, "l", "magic:0:4 sequence:8:8 log_id:48:8 log_id:56:8 log_version:64:2 version:66:2 "
               "log_length:68:4 log_offset:72:8")
    for base in (192 * KIB, 256 * KIB):
        f.each("regions", base, "l", "magic:0:4 count:8:4")
        for at in range(base + 16, base + 16 + 3 * 32, 32):
            f.each("region", at, "l", "id:0:8 offset:16:8 length:24:4 required:28:4")
    f.lines += ["mirror 65536 4096 131072", "mirror 131072 4096 65536", "mirror 196608 65536 262144",
                "mirror 262144 65536 196608", "crc 65536 4096 4", "crc 131072 4096 4", "crc 196608 65536 4", "crc 262144 65536 4"]
    places = [f.number(192 * KIB + 16 + at, 8, "l") for at in (16, 48)]
    metadata = next(at for at in places if f.data[at:at + 8] == b"metadata")
    table = next(at for at in places if at != metadata)
    f.each("metadata", metadata, "l", "magic:0:8 count:10:2")
    for at in range(metadata + 32, metadata + 32 + f.number(metadata + 10, 2, "l") * 32, 32):
        f.each("metadata", at, "l", "id:0:8 offset:16:4 length:20:4 flags:24:4")
        place = metadata + f.number(at + 16, 4, "l")
        f.add("item", place, 4, "l", -(-f.number(at + 20, 4, "l") // 4))
    f.add("block", table, 8, "l", -(-SIZE // MIB) + 1, 1)


def vdi(f):
    f.each("header", 0, "l", "magic:64:4 version:68:4 length:72:4 type:76:4 flags:80:4 map:340:4 data:344:4 geometry:348:8 "
           "heads:356:4 sector:360:4 size:368:8 block:376:4 extra:380:4 blocks:384:4 allocated:388:4 link:424:8 parent:440:8")
    f.add("map", f.number(340, 4, "l"), 4, "l", f.number(384, 4, "l"), MIB)


def cowd(f):
    f.each("header", 0, "l", "magic:0:4 version:4:4 flags:8:4 capacity:12:4 grain:16:4 directory:20:4 tables:24:4 free:28:4 unclean:1648:4")
    directory, tables = f.number(20, 4, "l") * SECTOR, f.number(24, 4, "l")
    f.add("directory", directory, 4, "l", tables, SECTOR)
    for index in range(tables):
        table = f.number(directory + index * 4, 4, "l")
        if table:
            f.add("table", table * SECTOR, 4, "l", 600, SECTOR)


def sesparse(f):
    f.each("header", 0, "l", "magic:0:8 version:8:8 flags:40:8 reserved:48:8 reserved:56:8")
    f.each("header", 0, "l", "capacity:16:8 grain:24:8 table:32:8 " + " ".join(f"area:{at}:8" for at in range(80, 208, 8)), SECTOR)
    # ESXi writes that.
    f.lines.append(f"foreign 48 8 {0x200}")
    f.each("volatile", SECTOR, "l", "magic:0:8 free:8:8 next:16:8 replay:24:8")
    directory, tables, grains = (f.number(at, 8, "l") * SECTOR for at in (128, 144, 192))
    f.add("directory", directory, 8, "l", -(-f.number(16, 8, "l") // 32768))
    f.add("table", tables, 8, "l", 600)
    f.add("grains", grains, 8, "l", 4)


def chain(f):
    f.add("text", 0, 1, "l", len(f.data))


def layered():
    """Each in a folder of its own, the extent that is changed under another name; its list of fields beside the others."""
    sectors = 2 * MIB // SECTOR + 5
    for form, list_fields, build in (("cowd", cowd, lambda c: c.flat().cowd(share=0.1)),
                                     ("cowd-grain", cowd, lambda c: c.flat().cowd(grain=16)),
                                     ("cowd-tables", cowd, lambda c: c.flat(0.1).cowd(share=0.005)),
                                     ("sesparse", sesparse, lambda c: c.flat().sesparse()),
                                     ("sesparse-deep", sesparse, lambda c: c.cowd().sesparse().sesparse(share=0.1)),
                                     ("chain", chain, lambda c: c.flat().cowd()),
                                     ("chain-sesparse", chain, lambda c: c.split(2048, True).sesparse())):
        # Four tables; of more the qemu-img that is compared with, which goes by grains of a sector, takes too long.
        made = chains.Chain(FOLDER, form, sectors * (3 if "tables" in form else 1), 7)
        build(made)
        top = made.top.read_text()
        names = [line.split('"')[1] for line in top.splitlines() if line.startswith("RW")]
        path = made.folder / names[0] if list_fields is not chain else made.top
        image = FOLDER / form / f"{form}.image"
        path.rename(image)
        target = pathlib.Path(f"{image}-top.vmdk")
        if list_fields is chain:
            target.symlink_to(image.name)
        else:
            target.write_text(top.replace(names[0], image.name))
        fields = Fields(image)
        list_fields(fields)
        fields.write()
        print(form.split("-")[0], f"{form}/{form}")


def make_raw():
    rng = random.Random(5)
    text, noise = b"the quick brown fox jumps over the lazy dog\n" * 6000, rng.randbytes(MIB)
    with open(RAW, "wb") as out:
        for at, data in ((512, text), (600 * KIB, noise[:300 * KIB]), (MIB + 4 * KIB * 3, text[:70000]),
                         (2 * MIB + 512, noise[:65536]), (3 * MIB - 512, noise[:SECTOR * 4])):
            out.seek(at)
            out.write(data)
        out.truncate(SIZE)


def converted(name, form, *options):
    path = FOLDER / f"{name}.image"
    run("qemu-img", "convert", "-f", "raw", "-O", form, *options, RAW, path)
    return path


def edited(name, *options):
    """With zeros of both kinds, a snapshot and a bitmap."""
    path = converted(name, "qcow2", *options)
    run("qemu-img", "snapshot", "-c", "before", path)
    run("qemu-io", "-f", "qcow2", "-c", "write -z 0 64k", "-c", "write -z 700k 64k", "-c", "discard 1M 64k", "-c",
        "write -P 9 2560k 9k", path)
    if "compat=0.10" not in options:
        run("qemu-img", "bitmap", "--add", path, "changes")
    return path


def written(name, *argv):
    path = FOLDER / f"{name}.image"
    run(sys.executable, "-B", pathlib.Path(__file__).with_name("vmdk.py"), *argv, path, FOLDER / "written.raw", "/dev/null")
    return path


def images():
    for name, *options in (("v3", "-o", "cluster_size=64k"), ("v2", "-o", "compat=0.10"), ("small", "-o", "cluster_size=512"),
                           ("zlib", "-c", "-o", "cluster_size=4k"), ("zlib64", "-c"), ("zlibv2", "-c", "-o", "compat=0.10"),
                           ("zstd", "-c", "-o", "compression_type=zstd")):
        yield "qcow2", qcow2, converted(f"qcow2-{name}", "qcow2", *options)
    for name, *options in (("edited", "-o", "cluster_size=4k"), ("editedv2", "-o", "compat=0.10"),
                           ("sub", "-o", "extended_l2=on,cluster_size=16k")):
        yield "qcow2", qcow2, edited(f"qcow2-{name}", *options)
    for kind in ("streamOptimized", "monolithicSparse"):
        yield "vmdk", vmdk, written(f"vmdk-{kind}", kind, 8, 4099)
        yield "vmdk", vmdk, written(f"vmdk-{kind}-128", kind, 128, 4099)
        yield "vmdk", vmdk, converted(f"vmdk-qemu-{kind}", "vmdk", "-o", f"subformat={kind}")
    for kind in ("dynamic", "fixed"):
        yield "vhd", vhd, converted(f"vhd-{kind}", "vpc", "-o", f"subformat={kind},force_size=on")
        yield "vhdx", vhdx, converted(f"vhdx-{kind}", "vhdx", "-o", f"subformat={kind},block_size=1M,log_size=1M")
    yield "vdi", vdi, converted("vdi-dynamic", "vdi")
    yield "vdi", vdi, converted("vdi-static", "vdi", "-o", "static=on")


def main():
    make_raw()
    for form, list_fields, path in images():
        fields = Fields(path)
        list_fields(fields)
        fields.write()
        print(form, path.stem)
    layered()


main()
