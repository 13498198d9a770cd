#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes disks in layers, each in a folder of its own as a hypervisor leaves them, with the raw disk that they are, and lists
them, a line each: NAME TOP-FILE RAW QEMU (yes|no: qemu-img reads it).  The writers of vmfsSparse (VMware Virtual Disk Format 1.1,
"ESX Server Sparse Extents") and seSparse (qemu: block/vmdk.c) are here; qemu-img has none.  chains.py FOLDER"""

import pathlib
import random
import struct
import subprocess
import sys

import vmdk

SECTOR, ENTRIES = 512, 4096
KIB, MIB = 1 << 10, 1 << 20


class Disk:
    """Layers of sectors: what each has of its own, and the disk that they are together."""

    def __init__(self, sectors, seed):
        self.sectors, self.rng = sectors, random.Random(seed)
        self.raw = bytearray(sectors * SECTOR)

    def layer(self, grain, share, zeros=False):
        """Some grains of the disk: their number to their bytes, None for zeros."""
        count, own = -(-self.sectors // grain), {}
        for number in range(count):
            if self.rng.random() >= share and number not in (count - 1, 1):
                continue
            at, size = number * grain * SECTOR, min(grain, self.sectors - number * grain) * SECTOR
            data = None if zeros and self.rng.random() < 0.3 else (
                self.rng.randbytes(64) + b"layer of %d\n" % number * (size // 8))[:size]
            own[number] = data
            self.raw[at:at + size] = data or bytes(size)
        return own


def pad(data, unit=SECTOR):
    return data + bytes(-len(data) % unit)


def shuffled(numbers):
    """As a guest writes, not as a disk counts."""
    return sorted(numbers, key=lambda n: (n * 7919) % 104729)


def cowd(sectors, grain, own, flags=3):
    tables = -(-sectors // (grain * ENTRIES))
    directory_at = 4
    free = directory_at + -(-tables * 4 // SECTOR)
    directory, body, places = [0] * tables, bytearray(), {}
    for number in shuffled(own):
        table = number // ENTRIES
        if not directory[table]:
            directory[table] = free + len(body) // SECTOR
            body += bytes(ENTRIES * 4)
        places[number] = free + len(body) // SECTOR
        body += own[number].ljust(grain * SECTOR, b"\0")
    for number, sector in places.items():
        at = (directory[number // ENTRIES] - free) * SECTOR + number % ENTRIES * 4
        body[at:at + 4] = struct.pack("<I", sector)
    header = struct.pack("<4s7I", b"COWD", 1, flags, sectors, grain, directory_at, tables, free + len(body) // SECTOR)
    return header.ljust(4 * SECTOR, b"\0") + pad(struct.pack(f"<{tables}I", *directory)) + body


def sesparse(sectors, own, reserved=0, replay=0):
    """The fields of the constant header in their order; journal and bitmap with nothing in them."""
    grain, table_sectors = 8, 64
    tables = -(-sectors // (grain * ENTRIES))
    used = sorted({number // ENTRIES for number in own}, reverse=True)
    areas, at = {}, 1
    for name, length in (("volatile", 1), ("journal_header", 2), ("journal", 16), ("directory", -(-tables * 8 // SECTOR)),
                         ("tables", tables * table_sectors), ("bitmap", 8), ("backmap", 8), ("grains", len(own) * grain + grain)):
        areas[name] = (at, length)
        at += length
    data = bytearray(at * SECTOR)
    constant = struct.pack("<10Q", 0xcafebabe, 0x200000001, sectors, grain, table_sectors, 0, reserved, 0, 0, 0)
    data[:SECTOR] = pad(constant + b"".join(struct.pack("<2Q", *area) for area in areas.values()))
    data[SECTOR:SECTOR + 32] = struct.pack("<4Q", 0xcafecafe, len(used), 1, replay)
    for place, table in enumerate(used):
        struct.pack_into("<Q", data, areas["directory"][0] * SECTOR + table * 8, 0x1000000000000000 | place)
    for place, number in enumerate(shuffled(own)):
        entry = (0x1000000000000000 if number % 2 else 0x2000000000000000) if own[number] is None else (
            0x3000000000000000 | (place & 0xfff) << 48 | place >> 12)
        table = areas["tables"][0] + used.index(number // ENTRIES) * table_sectors
        struct.pack_into("<Q", data, table * SECTOR + number % ENTRIES * 8, entry)
        if own[number] is not None:
            begin = (areas["grains"][0] + place * grain) * SECTOR
            data[begin:begin + len(own[number])] = own[number]
    return bytes(data)


def hosted(sectors, grain, own):
    """A sparse extent without a descriptor, as twoGbMaxExtentSparse has; zeros are entries of 1."""
    file = vmdk.File()
    tables = -(-sectors // (grain * vmdk.ENTRIES))
    first = 1 + -(-tables * 4 // SECTOR)
    overhead = -(-(first + 4 * tables) // grain) * grain
    file.add(vmdk.header(sectors, grain, 0x5, 2, 0, 1, overhead, 0, (0, 0)))
    stored = [number for number in own if own[number] is not None]
    places = {number: overhead + place * grain for place, number in enumerate(sorted(stored, key=lambda n: n * 7 % 31))}
    file.add(vmdk.words([first + 4 * table for table in range(tables)]))
    for table in range(tables):
        numbers = range(table * vmdk.ENTRIES, (table + 1) * vmdk.ENTRIES)
        file.add(vmdk.words([1 if own.get(n, 0) is None else places.get(n, 0) for n in numbers]))
    file.data += bytes(overhead * SECTOR - len(file.data))
    for number in sorted(places, key=places.get):
        file.add(own[number].ljust(grain * SECTOR, b"\0"))
    return bytes(file.data)


def describe(path, kind, cid, extents, parent=None, parent_cid=0xffffffff):
    lines = ["# Disk DescriptorFile", "version=1", f"CID={cid:08x}", f"parentCID={parent_cid:08x}", f'createType="{kind}"']
    lines += [f'parentFileNameHint="{parent}"'] if parent else []
    lines += ["# Extent description", *extents, "# The Disk Data Base", "#DDB", 'ddb.adapterType = "lsilogic"']
    path.write_text("\n".join(lines) + "\n")


class Chain:
    """A folder, and the descriptors in it from the base up."""

    def __init__(self, folder, name, sectors, seed):
        self.folder, self.name = folder / name, name
        self.folder.mkdir()
        self.disk, self.top, self.cid, self.count = Disk(sectors, seed), None, 0xffffffff, 0

    def _add(self, kind, extents):
        path = self.folder / (f"{self.name}-{self.count:06d}.vmdk" if self.top else f"{self.name}.vmdk")
        cid = self.disk.rng.randrange(1, 0xfffffffe)
        describe(path, kind, cid, extents, self.top and self.top.name, self.cid)
        self.top, self.cid, self.count = path, cid, self.count + 1
        return self

    def _file(self, suffix, data, number=0):
        path = self.folder / f"{self.name}-{self.count:06d}-{suffix}{number or ''}.vmdk"
        path.write_bytes(data)
        return path.name

    def flat(self, share=0.5, keyword="VMFS"):
        self.disk.layer(8, share)
        name = self._file("flat", bytes(self.disk.raw))
        offset = " 0" if keyword == "FLAT" else ""
        return self._add("vmfs" if keyword == "VMFS" else "monolithicFlat",
                         [f'RW {self.disk.sectors} {keyword} "{name}"{offset}'])

    def split(self, sectors, sparse, grain=128, share=0.3):
        """Of extents of so many sectors."""
        own, extents = self.disk.layer(grain, share, sparse), []
        for begin in range(0, self.disk.sectors, sectors):
            count = min(sectors, self.disk.sectors - begin)
            if sparse:
                part = {n - begin // grain: d for n, d in own.items() if begin <= n * grain < begin + count}
                extents.append(f'RW {count} SPARSE "{self._file("s", hosted(count, grain, part), begin)}"')
            else:
                part = bytes(self.disk.raw[begin * SECTOR:(begin + count) * SECTOR])
                extents.append(f'RW {count} FLAT "{self._file("f", part, begin)}" 0')
        return self._add("twoGbMaxExtentSparse" if sparse else "twoGbMaxExtentFlat", extents)

    def cowd(self, grain=1, share=0.2, **options):
        data = cowd(self.disk.sectors, grain, self.disk.layer(grain, share), **options)
        return self._add("vmfsSparse", [f'RW {self.disk.sectors} VMFSSPARSE "{self._file("delta", data)}"'])

    def sesparse(self, share=0.2, **options):
        data = sesparse(self.disk.sectors, self.disk.layer(8, share, True), **options)
        return self._add("seSparse", [f'RW {self.disk.sectors} SESPARSE "{self._file("sesparse", data)}"'])

    def finish(self, qemu="yes"):
        raw = self.folder / "raw"
        raw.write_bytes(self.disk.raw)
        print(self.name, self.top, raw, qemu)


def deepest(chain):
    chain.flat()
    for _ in range(32):
        chain.cowd(share=0.01)


def written(folder):
    sectors = 3 * MIB // SECTOR + 5
    for name, build in {
        "flat-cowd": lambda c: c.flat().cowd(),
        "flat-cowd-cowd": lambda c: c.flat(keyword="FLAT").cowd().cowd(share=0.05),
        "flat-cowd-grain": lambda c: c.flat().cowd(grain=16).cowd(grain=128, share=0.1),
        "cowd-base": lambda c: c.cowd(share=0.5).cowd(),
        "flat-sesparse": lambda c: c.flat().sesparse(),
        "sesparse-deep": lambda c: c.sesparse(share=0.4).sesparse().sesparse(share=0.05),
        "split-flat": lambda c: c.split(1000, False).cowd(),
        "split-sparse": lambda c: c.split(2048, True).split(1280, True, share=0.2).sesparse(share=0.1),
        "mixed": lambda c: c.flat().split(2048, True, share=0.2).cowd(share=0.05).sesparse(share=0.05),
        "deepest": deepest,
    }.items():
        chain = Chain(folder, name, sectors, name)
        build(chain)
        chain.finish()
    # ESXi writes that, qemu refuses it.
    Chain(folder, "sesparse-seen", sectors, 3).flat().sesparse(reserved=0x200).finish("no")
    # More than one table of a vmfsSparse, and more than one of a seSparse.
    Chain(folder, "tables", 40 * MIB // SECTOR + 3, 4).flat(0.01).cowd(share=0.01).sesparse(share=0.02).finish()


def run(*argv):
    subprocess.run([str(word) for word in argv], check=True, stdout=subprocess.DEVNULL)


def edit(top, form, step):
    edits = [f"write -P {step + 1} {step * 200 + 70}k 300k", f"write -P {step + 9} 2900k 3k", f"write -z {step * 64}k 64k"]
    run("qemu-io", "-f", form, *(word for e in edits for word in ("-c", e)), top)


def finish(folder, top, form):
    run("qemu-img", "convert", "-f", form, "-O", "raw", top, folder / "raw")
    print(folder.name, top, folder / "raw", "yes")


def made_by_qemu(folder):
    """What qemu-img makes: VMDKs with the descriptor in them over each kind of base, and qcow2s over several formats."""
    size = 3 * MIB + 5 * SECTOR
    source, disk = folder / "source.raw", Disk(size // SECTOR, 9)
    disk.layer(8, 0.5)
    source.write_bytes(disk.raw)
    for kind in ("monolithicSparse", "monolithicFlat", "twoGbMaxExtentSparse", "streamOptimized"):
        own = folder / f"qemu-{kind}"
        own.mkdir()
        run("qemu-img", "convert", "-O", "vmdk", "-o", f"subformat={kind}", source, own / "base.vmdk")
        below = own / "base.vmdk"
        for step in range(2):
            top = own / f"top{step}.vmdk"
            run("qemu-img", "create", "-f", "vmdk", "-F", "vmdk", "-b", below, top)
            edit(top, "vmdk", step)
            below = top
        finish(own, top, "vmdk")
    for form, *options in (("raw",), ("vmdk", "-o", "subformat=monolithicFlat"), ("vhdx", "-o", "block_size=1M"), ("qcow2", "-c")):
        own = folder / f"qcow2-over-{form}"
        (own / "below").mkdir(parents=True)
        run("qemu-img", "convert", "-O", form, *options, source, own / "below" / "base")
        run("qemu-img", "create", "-f", "qcow2", "-F", form, "-b", "below/base", own / "middle.qcow2", size)
        edit(own / "middle.qcow2", "qcow2", 0)
        # Larger than what it is over: zeros behind its end.
        run("qemu-img", "create", "-f", "qcow2", "-F", "qcow2", "-b", "middle.qcow2", own / "top.qcow2", size + MIB)
        edit(own / "top.qcow2", "qcow2", 1)
        finish(own, own / "top.qcow2", "qcow2")


def main():
    folder = pathlib.Path(sys.argv[1]).resolve()
    written(folder)
    made_by_qemu(folder)


if __name__ == "__main__":
    main()
