# SPDX-License-Identifier: LGPL-2.1-or-later
"""Finds the metadata of an image: blocks of it, each with what makes its checksum right again."""

import collections
import os
import struct

from checksums import (crc32c, crc32c_raw, fix_btrfs, fix_crc32c_at, fix_luks2, fix_lvm_header, fix_lvm_label, fix_lvm_text,
                       fix_md0, fix_md1, fix_ntfs, fix_thin, put, without)

# fix(block) changes it in place; None: has no checksum.  is_text: of words and numbers.
Block = collections.namedtuple("Block", "name offset size fix is_text", defaults=(None, False))
MIB = 1 << 20
MOST = 400  # of one name: many are equal
SPARE = 1024  # bytes behind a text, in which it may grow
SALTS = {"thin-super": 160774, "thin-bitmap": 240779, "thin-index": 160478, "thin-node": 121107}


def pieces(file):
    """Where data is."""
    end, at = os.fstat(file.fileno()).st_size, 0
    while at < end:
        try:
            start = os.lseek(file.fileno(), at, os.SEEK_DATA)
        except OSError:
            return
        at = os.lseek(file.fileno(), start, os.SEEK_HOLE)
        yield start, at


def places(image, data, magic, step, at=0):
    """Offsets of what has the magic at @at, where such things begin."""
    for start, end in data:
        found = image.find(magic, start, end)
        while found >= 0:
            if (found - at) % step == 0 and found >= at:
                yield found - at
            found = image.find(magic, found + 1, end)


# ext4

def _ext_places(image, start):
    sb = image[start + 1024:start + 2048]
    size = 1024 << struct.unpack_from("<I", sb, 24)[0]
    blocks, first = struct.unpack_from("<I12xI", sb, 4)
    each, per_group, per_inode = struct.unpack_from("<I4xI", sb, 32) + struct.unpack_from("<H", sb, 88)
    groups = (blocks - first + each - 1) // each
    desc = struct.unpack_from("<H", sb, 254)[0] if struct.unpack_from("<I", sb, 96)[0] & 0x80 else 32
    return sb, size, first, groups, per_group, per_inode, desc


def _fix_ext_group(seed, number):
    def fix(block):
        crc = crc32c_raw(without(block, 30, 2), crc32c_raw(number.to_bytes(4, "little"), seed))
        put(block, 30, "<H", crc & 0xFFFF)
    return fix


def _inode_seed(seed, number, inode):
    return crc32c_raw(inode[100:104], crc32c_raw(number.to_bytes(4, "little"), seed))


def _fix_ext_inode(seed, number):
    def fix(block):
        data = without(without(block, 124, 2), 130, 2)
        crc = crc32c_raw(data, _inode_seed(seed, number, block))
        put(block, 124, "<H", crc & 0xFFFF)
        put(block, 130, "<H", crc >> 16)
    return fix


def _fix_ext_tail(seed):
    """Of a folder's block."""
    def fix(block):
        put(block, len(block) - 4, "<I", crc32c_raw(block[:-12], seed))
    return fix


def _extents(inode):
    """(block, count) of those that are in the inode."""
    magic, count, _, depth = struct.unpack_from("<4H", inode, 40)
    if magic != 0xF30A or depth:
        return []
    found = [struct.unpack_from("<IHHI", inode, 52 + 12 * n) for n in range(min(count, 4))]
    return [(low | high << 32, length & 0x7FFF) for _, length, high, low in found]


def _ext_inode(start, size, number, inode, seed):
    """The blocks of folders, and of the journal the beginning."""
    mode = struct.unpack_from("<H", inode, 0)[0] & 0xF000
    for block, count in _extents(inode):
        at = start + block * size
        if number == 8:
            yield from (Block("ext-journal", at + n * size, size) for n in range(min(count, 40)))
        elif mode == 0x4000:
            fix = _fix_ext_tail(_inode_seed(seed, number, inode)) if seed is not None else None
            yield from (Block("ext-folder", at + n * size, size, fix) for n in range(min(count, 4)))


def find_ext(image, data):
    for start in (place - 1024 for place in places(image, data, b"\x53\xef", 1024, 56)):
        if start % 65536 or image[start + 1114:start + 1116] != b"\0\0":
            continue  # not one, or a copy in another group
        sb, size, first, groups, per_group, per_inode, desc = _ext_places(image, start)
        has_sums = struct.unpack_from("<I", sb, 100)[0] & 0x400
        seed = crc32c_raw(sb[104:120]) if has_sums else None
        yield Block("ext-super", start + 1024, 1024, (lambda b: put(b, 1020, "<I", crc32c_raw(b[:1020]))) if has_sums else None)
        for group in range(groups):
            at = start + (first + 1) * size + group * desc
            yield Block("ext-group", at, desc, _fix_ext_group(seed, group) if has_sums else None)
            bitmap, inodes, table = struct.unpack_from("<III", image, at)
            yield Block("ext-bitmap", start + bitmap * size, size)
            yield Block("ext-bitmap", start + inodes * size, size)
            for n in range(per_group):
                place, number = start + table * size + n * per_inode, group * per_group + n + 1
                inode = image[place:place + per_inode]
                if inode.count(0) == len(inode):
                    continue
                yield Block("ext-inode", place, per_inode, _fix_ext_inode(seed, number) if has_sums else None)
                yield from _ext_inode(start, size, number, inode, seed)


# XFS: where its checksum is, or None of version 4; how many bytes (0: a block, of folders as many as they have)

XFS = [(b"XFSB", 0, 224, 512), (b"XAGF", 0, 216, 512), (b"XAGI", 0, 312, 512), (b"XAFL", 0, 32, 512), (b"AB3B", 0, 52, 0),
       (b"AB3C", 0, 52, 0), (b"IAB3", 0, 52, 0), (b"FIB3", 0, 52, 0), (b"RMB3", 0, 52, 0), (b"R3FC", 0, 52, 0),
       (b"BMA3", 0, 64, 0), (b"XDB3", 0, 4, 0), (b"XDD3", 0, 4, 0), (b"XARM", 0, 12, 0), (b"XSLM", 0, 12, 0),
       (b"\x3e\xbe", 8, 12, 0), (b"\x3d\xf1", 8, 12, 0), (b"\x3d\xff", 8, 12, 0), (b"ABTB", 0, None, 0), (b"ABTC", 0, None, 0),
       (b"IABT", 0, None, 0), (b"XD2B", 0, None, 0), (b"XD2D", 0, None, 0), (b"\xfe\xeb\xba\xbe", 0, None, 512)]


def find_xfs(image, data):
    for start in places(image, data, b"XFSB", 65536):
        block, inode = struct.unpack_from(">I", image, start + 4)[0], struct.unpack_from(">H", image, start + 104)[0]
        if block not in (512, 1024, 2048, 4096, 65536) or inode not in (256, 512, 1024, 2048):
            continue
        folder = block << image[start + 192]
        for magic, at, crc, size in XFS:
            size = size or (folder if magic[:2] == b"XD" or at else block)
            for place in places(image, data, magic, size, at):
                good = crc is not None and crc32c(without(image[place:place + size], crc, 4)).to_bytes(4, "little")
                fix = fix_crc32c_at(crc) if good == image[place + (crc or 0):place + (crc or 0) + 4] else None
                yield Block("xfs-" + (magic.decode() if magic.isalnum() else magic.hex()), place, size, fix)
        for place in places(image, data, b"IN", inode):
            yield Block("xfs-inode", place, inode, fix_crc32c_at(100) if image[place + 4] == 3 else None)
        return


# btrfs

def find_btrfs(image, data):
    for sb in places(image, data, b"_BHRfS_M", 65536, 64):
        yield Block("btrfs-super", sb, 4096, fix_btrfs)
        fsid, size = image[sb + 32:sb + 48], struct.unpack_from("<I", image, sb + 148)[0]
        for place in places(image, data, fsid, 4096, 32):
            block = image[place:place + size]
            if len(block) == size and crc32c(block[32:]) == struct.unpack_from("<I", block)[0]:
                level, owner = block[100], struct.unpack_from("<Q", block, 88)[0]
                yield Block(f"btrfs-{'leaf' if level == 0 else 'node'}-{owner if owner < 256 else 'file'}", place, size, fix_btrfs)
        return


# NTFS

def find_ntfs(image, data):
    for place in places(image, data, b"NTFS    ", 65536, 3):
        yield Block("ntfs-boot", place, 512)
    for magic, size in (b"FILE", 1024), (b"INDX", 4096), (b"RSTR", 4096), (b"RCRD", 4096):
        for place in places(image, data, magic, 512):
            yield Block("ntfs-" + magic.decode(), place, size, fix_ntfs)


# volumes

def find_lvm(image, data):
    for place in places(image, data, b"LABELONE", 512):
        yield Block("lvm-label", place, 512, fix_lvm_label)
    for place in places(image, data, b" LVM2 x[5A%r0N*>", 512, 4):
        offset, size = struct.unpack_from("<QQ", image, place + 40)
        yield Block("lvm-header", place, 512, fix_lvm_header)
        if offset < MIB and size < MIB:
            yield Block("lvm-text", place, offset + size + SPARE, fix_lvm_text, True)
    for start, end in data:
        for place in range((start + 4095) // 4096 * 4096, end - 4095, 4096):
            block = image[place:place + 4096]
            # flags, and which block it is
            if struct.unpack_from("<I", block, 4)[0] > 1 or struct.unpack_from("<Q", block, 8)[0] > 1 << 16 or not any(block):
                continue
            salt = crc32c_raw(block[4:]) ^ struct.unpack_from("<I", block)[0]
            yield from (Block(name, place, 4096, fix_thin(salt)) for name in SALTS if SALTS[name] == salt)


def find_md(image, data):
    for place in places(image, data, b"\xfc\x4e\x2b\xa9", 512):
        old = struct.unpack_from("<I", image, place + 4)[0] == 0
        yield Block("md-0.90" if old else "md-1", place, 4096 if old else 1024, fix_md0 if old else fix_md1)


def find_luks(image, data):
    for magic in b"LUKS\xba\xbe", b"SKUL\xba\xbe":
        for place in places(image, data, magic, 512):
            version = struct.unpack_from(">H", image, place + 6)[0]
            if version == 1:
                yield Block("luks1", place, 592)
                continue
            size = struct.unpack_from(">Q", image, place + 8)[0]
            yield Block("luks2-header", place, 4096, None)
            yield Block("luks2-text", place, size, fix_luks2, True)


FINDERS = {"ext4": find_ext, "xfs": find_xfs, "btrfs": find_btrfs, "lvm": find_lvm, "md": find_md, "luks": find_luks, "ntfs": find_ntfs}


def find(kind, path):
    """By name; of each name so many."""
    found = {}
    with open(path, "rb") as file:
        data = list(pieces(file))
        file.seek(0)
        image = file.read()
    for block in FINDERS[kind](image, data):
        if block.offset + block.size <= len(image):
            found.setdefault(block.name, []).append(block)
    return {name: blocks[:: len(blocks) // MOST + 1] for name, blocks in found.items()}


