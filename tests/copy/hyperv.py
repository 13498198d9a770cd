#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes VHDs and VHDXs with and without a parent, and chains of them, each in a folder of its own, and lists those, a line each:
NAME TOP-FILE RAW. qemu-img makes and reads no differences: RAW is what was written. After "Virtual Hard Disk Image Format
Specification" 1.0 and [MS-VHDX] 8.0.  hyperv.py FOLDER"""

import pathlib
import random
import struct
import sys
import uuid

SECTOR, KIB, MIB = 512, 1 << 10, 1 << 20
VHDX_PARENT = uuid.UUID("b04aefb7-d19e-4a81-b789-25b8e9445913")
REGIONS = {"bat": uuid.UUID("2dc27766-f623-4200-9d64-115e9bfd4a08"), "metadata": uuid.UUID("8b7ca206-4790-4b9a-b8fe-575f050f886e")}
ITEMS = {"parameters": uuid.UUID("caa16737-fa36-4d43-b3b6-33f0aa44e76b"), "size": uuid.UUID("2fa54224-cd1b-4876-b211-5dbed83bf4b8"),
         "page83": uuid.UUID("beca12ab-b2e6-4523-93ef-c309e000c746"), "sector": uuid.UUID("8141bf1d-a96f-4709-ba47-f233a8faab5f"),
         "physical": uuid.UUID("cda348c7-445d-4471-9cc9-e9885251c556"), "parent": uuid.UUID("a8d35f2d-b30b-454d-abf7-d3d84834ab0c")}


# A layer: the disk's size; sectors, a number to the bytes; the blocks that are all there, or all zeros (VHDX).

def summed(data, at):
    data = data[:at] + bytes(4) + data[at + 4:]
    return data[:at] + struct.pack(">I", ~sum(data) & 0xffffffff) + data[at + 4:]


def absent(number, parent):
    """What of a block nobody may read, in a difference; with room for holes."""
    return b"\xdd" * SECTOR if parent and number % 32 == 5 else bytes(SECTOR)


def write_sparse(path, data):
    with open(path, "wb") as out:
        for at in range(0, len(data), 4 * KIB):
            if any(data[at:at + 4 * KIB]):
                out.seek(at)
                out.write(data[at:at + 4 * KIB])
        out.truncate(len(data))


def vhd_footer(size, kind, own_id):
    return summed(struct.pack(">8sIIQI4sI4sQQHBBII16sB", b"conectix", 2, 0x10000, (1 << 64) - 1 if kind == 2 else 512, 0, b"v2v ",
                              0x10000, b"Wi2k", size, size, 30, 4, 17, kind, 0, own_id, 0).ljust(SECTOR, b"\0"), 64)


def vhd_fixed(raw, own_id):
    return bytes(raw) + vhd_footer(len(raw), 2, own_id)


def vhd(size, sectors, own_id, parent=None, block=512 * KIB):
    """parent: (its ID, its name in the header, locators: code to path)."""
    per_block = block // SECTOR
    bitmap_size = -(-per_block // 8 // SECTOR) * SECTOR
    entries = -(-size // block)
    table_at = 2048
    table = [0xffffffff] * entries
    locators, texts, at = b"", b"", table_at + -(-entries * 4 // SECTOR) * SECTOR
    for code, path in (parent[2].items() if parent else ()):
        text = path.encode("utf-16-le", "surrogatepass")
        locators += struct.pack(">4sIIIQ", code, SECTOR, len(text), 0, at + len(texts))
        texts += text.ljust(-(-len(text) // SECTOR) * SECTOR, b"\0")
    body = bytearray(texts)
    for number in sorted({n // per_block for n in sectors}, key=lambda n: n * 7 % 11):
        table[number] = (at + len(body)) // SECTOR
        bits, data = bytearray(bitmap_size), bytearray(block)
        for inside in range(per_block):
            piece = sectors.get(number * per_block + inside)
            if piece is None:
                data[inside * SECTOR:(inside + 1) * SECTOR] = absent(inside, parent)
                continue
            bits[inside // 8] |= 0x80 >> inside % 8
            data[inside * SECTOR:(inside + 1) * SECTOR] = piece
        body += bits + data
    header = struct.pack(">8sQQIIII16sII", b"cxsparse", (1 << 64) - 1, table_at, 0x10000, entries, block, 0,
                         parent[0] if parent else bytes(16), 0, 0)
    header += (parent[1].encode("utf-16-be") if parent else b"").ljust(512, b"\0") + locators
    footer = vhd_footer(size, 4 if parent else 3, own_id)
    out = footer + summed(header.ljust(1024, b"\0"), 36)
    out = out.ljust(table_at, b"\0") + struct.pack(f">{entries}I", *table)
    return out.ljust(at, b"\0") + bytes(body) + footer


def crc32c(data):
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82f63b78 if byte & 1 else 0)
        table.append(byte)
    crc = 0xffffffff
    for byte in data:
        crc = table[(crc ^ byte) & 255] ^ crc >> 8
    return crc ^ 0xffffffff


def checked(data, size):
    data = data.ljust(size, b"\0")
    return data[:4] + struct.pack("<I", crc32c(data[:4] + bytes(4) + data[8:])) + data[8:]


def locator(pairs):
    """The item that says which the parent is."""
    table, texts, at = b"", b"", 20 + 12 * len(pairs)
    for key, value in pairs.items():
        key, value = key.encode("utf-16-le"), value.encode("utf-16-le", "surrogatepass")
        table += struct.pack("<IIHH", at + len(texts), at + len(texts) + len(key), len(key), len(value))
        texts += key + value
    return VHDX_PARENT.bytes_le + struct.pack("<HH", 0, len(pairs)) + table + texts


def metadata(size, block, parent):
    items = {"parameters": struct.pack("<II", block, 2 if parent else 0), "size": struct.pack("<Q", size), "page83": bytes(range(16)),
             "sector": struct.pack("<I", 512), "physical": struct.pack("<I", 4096)}
    if parent:
        items["parent"] = locator(parent)
    table, data = struct.pack("<8sHH20x", b"metadata", 0, len(items)), b""
    for name, item in items.items():
        table += ITEMS[name].bytes_le + struct.pack("<III4x", 64 * KIB + len(data), len(item), 4 if name == "parent" else 6)
        data += item
    return (table.ljust(64 * KIB, b"\0") + data).ljust(MIB, b"\0")


def entries_of(size, block, sectors, zeros, whole, parent):
    """The table, and the blocks with the bitmaps of chunks, from @at on."""
    per_block, ratio = block // SECTOR, (SECTOR << 23) // block
    blocks = -(-size // block)
    chunks = -(-blocks // ratio)
    table, body, bitmaps = [0] * (chunks * (ratio + 1)), bytearray(), {}
    for number in sorted({n // per_block for n in sectors} | set(zeros) | set(whole), key=lambda n: n * 7 % 11):
        index = number + number // ratio
        if number in zeros:
            table[index] = 2
            continue
        data = bytearray(block)
        bits = bitmaps.setdefault(number // ratio, bytearray(MIB))
        for inside in range(per_block):
            sector = number * per_block + inside
            if sector in sectors:
                in_chunk = sector - number // ratio * ratio * per_block
                bits[in_chunk // 8] |= 1 << in_chunk % 8
                data[inside * SECTOR:(inside + 1) * SECTOR] = sectors[sector]
            elif number not in whole:
                data[inside * SECTOR:(inside + 1) * SECTOR] = absent(inside, parent)
        table[index] = 4 * MIB + len(body) | (7 if parent and number not in whole else 6)
        body += data
    for chunk, bits in bitmaps.items() if parent else ():
        table[(chunk + 1) * (ratio + 1) - 1] = 4 * MIB + len(body) | 6
        body += bits
    return table, body


def vhdx(size, sectors, data_id, parent=None, block=MIB, zeros=(), whole=()):
    """parent: the words of its locator."""
    table, body = entries_of(size, block, sectors, zeros, whole, parent)
    bat = struct.pack(f"<{len(table)}Q", *table)
    assert len(bat) <= MIB
    headers = [checked(struct.pack("<4sIQ16s16s16sHHIQ", b"head", 0, number, bytes(16), data_id.bytes_le, bytes(16), 0, 1, MIB, MIB),
                       4096) for number in (1, 2)]
    regions = struct.pack("<4sIII", b"regi", 0, 2, 0)
    for name, at in (("bat", 2 * MIB), ("metadata", 3 * MIB)):
        regions += REGIONS[name].bytes_le + struct.pack("<QII", at, MIB, 1)
    regions = checked(regions, 64 * KIB)
    out = b"vhdxfile".ljust(64 * KIB, b"\0") + headers[0].ljust(64 * KIB, b"\0") + headers[1].ljust(64 * KIB, b"\0")
    out = (out + regions + regions).ljust(2 * MIB, b"\0") + bat.ljust(MIB, b"\0") + metadata(size, block, parent)
    return out + bytes(body)


class Chain:
    """A folder with layers from the base up, and the disk that they are."""

    def __init__(self, folder, name, size, suffix):
        self.folder, self.name, self.size, self.suffix = folder / name, name, size, suffix
        self.folder.mkdir()
        # The disk: its sectors that are not zeros.
        self.rng, self.disk, self.count, self.id, self.top = random.Random(name), {}, 0, None, None

    def _next_id(self):
        return uuid.UUID(int=self.rng.getrandbits(128), version=4)

    def sectors(self, share):
        """Some, in runs and alone; the first and the last one, too. Or those of a list."""
        count, own, at = self.size // SECTOR, {}, 0
        if not isinstance(share, float):
            return {n: (self.rng.randbytes(32) * 16)[:SECTOR] for n in share}
        while at < count:
            run = self.rng.choice((1, 1, 2, 7, 8, 9, 200))
            if self.rng.random() < share or at == 0:
                for n in range(at, min(count, at + run)):
                    own[n] = (self.rng.randbytes(32) * 16)[:SECTOR]
            at += run
        own[count - 1] = self.rng.randbytes(SECTOR)
        return own

    def _write(self, data, own):
        self.disk.update(own)
        self.top = self.folder / f"{self.name}-{self.count}.{self.suffix}"
        write_sparse(self.top, data)
        self.count += 1

    def vhd(self, share=0.02, names=None, fixed=False, **options):
        """names: the parent's in the header, and its locators; else both paths, as Hyper-V writes them."""
        own, before, own_id = self.sectors(share), self.top, self._next_id()
        if fixed:
            whole = bytearray(self.size)
            for number, piece in own.items():
                whole[number * SECTOR:(number + 1) * SECTOR] = piece
            self._write(vhd_fixed(whole, own_id.bytes), own)
        else:
            parent = before and (self.id.bytes, *(names or (before.name, {
                b"W2ku": f"C:\\VMs\\{before.name}", b"W2ru": f".\\{before.name}"})))
            self._write(vhd(self.size, own, own_id.bytes, parent, **options), own)
        self.id = own_id
        return self

    def vhdx(self, share=0.02, words=None, zeros=(), whole=(), block=MIB):
        own, before, own_id = self.sectors(share), self.top, self._next_id()
        own = {n: piece for n, piece in own.items() if n * SECTOR // block not in zeros}
        parent = before and {"parent_linkage": f"{{{str(self.id).upper()}}}",
                             **(words or {"absolute_win32_path": f"\\\\?\\C:\\VMs\\{before.name}", "relative_path": f".\\{before.name}"})}
        data = vhdx(self.size, own, own_id, parent, block, zeros, whole)
        gone = {*zeros, *whole}
        self.disk = {n: piece for n, piece in self.disk.items() if n * SECTOR // block not in gone}
        self._write(data, own)
        self.id = own_id
        return self

    def finish(self):
        raw = self.folder / "raw"
        with open(raw, "wb") as out:
            for number, piece in self.disk.items():
                out.seek(number * SECTOR)
                out.write(piece)
            out.truncate(self.size)
        print(self.name, self.top, raw)


def written(folder):
    size = 5 * MIB + 3 * SECTOR
    absolute = {b"W2ku": "D:\\elsewhere\\vhd-absolute-0.vhd"}
    for name, build in {
        "vhd": lambda c: c.vhd(0.3).vhd(),
        "vhd-deep": lambda c: c.vhd(0.3).vhd(0.01).vhd(0.001).vhd(0.1).vhd(0.001),
        "vhd-over-fixed": lambda c: c.vhd(0.3, fixed=True).vhd().vhd(),
        "vhd-blocks": lambda c: c.vhd(0.3, block=2 * MIB).vhd(block=512 * KIB).vhd(0.001, block=4 * MIB),
        "vhd-absolute": lambda c: c.vhd(0.3).vhd(names=("ignored.vhd", absolute)),
        "vhd-named": lambda c: c.vhd(0.3).vhd(names=("vhd-named-0.vhd", {})),
        "vhdx": lambda c: c.vhdx(0.3).vhdx(),
        "vhdx-deep": lambda c: c.vhdx(0.3).vhdx(0.01).vhdx(0.001).vhdx(0.1).vhdx(0.001),
        "vhdx-states": lambda c: c.vhdx(0.3).vhdx(zeros=(1,), whole=(3,)).vhdx(0.001, zeros=(4,)),
        "vhdx-blocks": lambda c: c.vhdx(0.3, block=2 * MIB).vhdx(block=MIB).vhdx(0.001, block=4 * MIB),
        "vhdx-absolute": lambda c: c.vhdx(0.3).vhdx(words={"absolute_win32_path": "\\\\?\\C:\\VMs\\vhdx-absolute-0.vhdx"}),
    }.items():
        chain = Chain(folder, name, size, name.split("-", maxsplit=1)[0])
        build(chain)
        chain.finish()
    # More than two chunks of blocks, each of 4 GiB with a bitmap of its own.
    chunk = 4 * KIB * MIB // SECTOR
    chain = Chain(folder, "vhdx-chunks", 9 * KIB * MIB, "vhdx")
    chain.vhdx([0, 9, chunk - 1, chunk, 2 * chunk + 7]).vhdx([1, 9, chunk - 2, chunk + 1, 2 * chunk + 7]).vhdx([chunk + 1, 2 * chunk])
    chain.finish()


if __name__ == "__main__":
    written(pathlib.Path(sys.argv[1]).resolve())
