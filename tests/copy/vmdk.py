#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes a small sparse VMDK after VMware's specification (Virtual Disk Format 5.0), the raw disk that it holds, and a list
of the byte ranges that are metadata: vmdk.py KIND GRAIN-SECTORS CAPACITY-SECTORS OUT.vmdk OUT.raw OUT.ranges"""

import random
import sys
import zlib

SECTOR, ENTRIES = 512, 512
AT_END = 0xffffffffffffffff
EOS, TABLE, DIRECTORY, FOOTER = 0, 1, 2, 3


def disk(capacity, grain):
    """Grains by number: some of text, some of noise, most of nothing; the last one, which may be cut."""
    rng, count, grains = random.Random(capacity * grain), -(-capacity // grain), {}
    for number in range(count):
        kind = rng.randrange(5)
        size = grain * SECTOR
        if kind == 0 or number == count - 1:
            data = (b"grain %d of a disk\n" % number * size)[:size]
        elif kind == 1:
            data = rng.randbytes(size)
        else:
            continue
        left = (capacity - number * grain) * SECTOR
        grains[number] = data[:left].ljust(size, b"\0")
    return grains


class File:
    def __init__(self):
        self.data, self.ranges = bytearray(), []

    def sector(self):
        assert len(self.data) % SECTOR == 0
        return len(self.data) // SECTOR

    def add(self, data, is_metadata=True, length=None):
        begin = len(self.data)
        self.data += data.ljust(-(-len(data) // SECTOR) * SECTOR, b"\0")
        if is_metadata:
            self.ranges.append((begin, length or len(data)))
        return begin // SECTOR


def header(capacity, grain, flags, version, redundant, directory, overhead, compression, descriptor=(1, 20)):
    words = (b"KDMV", version.to_bytes(4, "little"), flags.to_bytes(4, "little"), capacity.to_bytes(8, "little"),
             grain.to_bytes(8, "little"), descriptor[0].to_bytes(8, "little"), descriptor[1].to_bytes(8, "little"),
             ENTRIES.to_bytes(4, "little"), redundant.to_bytes(8, "little"), directory.to_bytes(8, "little"),
             overhead.to_bytes(8, "little"), b"\0\n \r\n", compression.to_bytes(2, "little"))
    return b"".join(words)


def describe(kind, capacity, name):
    return ("# Disk DescriptorFile\nversion=1\nCID=12345678\nparentCID=ffffffff\n"
            f'createType="{kind}"\n\n# Extent description\nRW {capacity} SPARSE "{name}"\n\n'
            '# The Disk Data Base\n#DDB\nddb.virtualHWVersion = "4"\nddb.adapterType = "lsilogic"\n').encode()


def words(entries):
    return b"".join(entry.to_bytes(4, "little") for entry in entries)


def marker(count, kind):
    return count.to_bytes(8, "little") + bytes(4) + kind.to_bytes(4, "little")


def stream_optimized(file, capacity, grain, grains):
    overhead = 32
    common = (capacity, grain, 0x30001, 3, 0)
    file.add(header(*common, AT_END, overhead, 1))
    file.add(describe("streamOptimized", capacity, "small.vmdk"))
    file.data += bytes(overhead * SECTOR - len(file.data))
    directory = []
    for table in range(-(-capacity // (grain * ENTRIES))):
        entries = [0] * ENTRIES
        for number in range(table * ENTRIES, (table + 1) * ENTRIES):
            if number not in grains:
                continue
            packed = zlib.compress(grains[number])
            entries[number % ENTRIES] = file.add(
                (number * grain).to_bytes(8, "little") + len(packed).to_bytes(4, "little") + packed, length=12)
        if any(entries):
            file.add(marker(4, TABLE))
            directory.append(file.add(words(entries)))
        else:
            directory.append(0)
    sectors = -(-len(directory) * 4 // SECTOR)
    file.add(marker(sectors, DIRECTORY))
    where = file.add(words(directory))
    file.add(marker(1, FOOTER))
    file.add(header(*common, where, overhead, 1))
    file.add(marker(0, EOS))


def monolithic_sparse(file, capacity, grain, grains):
    tables = -(-capacity // (grain * ENTRIES))
    directory_sectors = -(-tables * 4 // SECTOR)
    redundant, copy = 21, directory_sectors + 4 * tables
    primary = redundant + copy
    overhead = -(-(primary + copy) // grain) * grain
    file.add(header(capacity, grain, 3, 1, redundant, primary, overhead, 0))
    file.add(describe("monolithicSparse", capacity, "small.vmdk"))
    file.data += bytes(redundant * SECTOR - len(file.data))
    places = {number: overhead + place * grain for place, number in enumerate(sorted(grains, key=lambda n: n * 7 % 31))}
    for begin in (redundant, primary):
        file.add(words([begin + directory_sectors + 4 * table for table in range(tables)]))
        for table in range(tables):
            file.add(words([places.get(table * ENTRIES + entry, 0) for entry in range(ENTRIES)]))
    file.data += bytes(overhead * SECTOR - len(file.data))
    for number in sorted(places, key=places.get):
        file.add(grains[number], is_metadata=False)


def main():
    kind, grain, capacity = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    vmdk, raw, ranges = sys.argv[4:]
    grains, file = disk(capacity, grain), File()
    {"streamOptimized": stream_optimized, "monolithicSparse": monolithic_sparse}[kind](file, capacity, grain, grains)
    with open(vmdk, "wb") as out:
        out.write(file.data)
    with open(raw, "wb") as out:
        for number, data in grains.items():
            out.seek(number * grain * SECTOR)
            out.write(data)
        out.truncate(capacity * SECTOR)
    with open(ranges, "w") as out:
        for begin, length in file.ranges:
            out.write(f"{begin} {length}\n")


if __name__ == "__main__":
    main()
