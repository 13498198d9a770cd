# SPDX-License-Identifier: LGPL-2.1-or-later
"""The checksums that metadata of filesystems and volumes has."""

import hashlib
import struct
import zlib

LVM_START = 0xF597A6CF  # lib/misc/crc.h, INITIAL_CRC


def _table(polynomial):
    table = []
    for n in range(256):
        for _ in range(8):
            n = n >> 1 ^ (polynomial if n & 1 else 0)
        table.append(n)
    return table


CASTAGNOLI = _table(0x82F63B78)


def crc32c_raw(data, crc=0xFFFFFFFF):
    """As ext4 has it, not inverted at the end."""
    for byte in data:
        crc = CASTAGNOLI[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc


def crc32c(data):
    return crc32c_raw(data) ^ 0xFFFFFFFF


def lvm_crc(data):
    return zlib.crc32(data, LVM_START ^ 0xFFFFFFFF) ^ 0xFFFFFFFF


def put(block, offset, form, value):
    struct.pack_into(form, block, offset, value)


def without(block, offset, size):
    """The block, with a checksum of so many bytes as zeros."""
    return block[:offset] + bytes(size) + block[offset + size:]


def fix_crc32c_at(offset):
    """XFS: in place, over the whole block."""
    def fix(block):
        put(block, offset, "<I", crc32c(without(block, offset, 4)))
    return fix


def fix_btrfs(block):
    put(block, 0, "<I", crc32c(block[32:]))


def fix_thin(salt):
    """dm-thin: over all but itself, with a salt for each kind of block."""
    def fix(block):
        put(block, 0, "<I", crc32c_raw(block[4:]) ^ salt)
    return fix


def fix_md1(block):
    """drivers/md/md.c, calc_sb_1_csum()"""
    roles = min(struct.unpack_from("<I", block, 220)[0], (len(block) - 256) // 2)
    data = without(block[:256 + 2 * roles], 216, 4)
    words = sum(struct.unpack_from(f"<{len(data) // 4}I", data))
    if len(data) % 4:
        words += struct.unpack_from("<H", data, len(data) - 2)[0]
    put(block, 216, "<I", (words & 0xFFFFFFFF) + (words >> 32) & 0xFFFFFFFF)


def fix_md0(block):
    """calc_sb_csum() of 0.90"""
    words = sum(struct.unpack("<1024I", without(block, 152, 4)))
    put(block, 152, "<I", (words & 0xFFFFFFFF) + (words >> 32) & 0xFFFFFFFF)


def fix_luks2(block):
    """Header and JSON have one."""
    block[448:512] = hashlib.sha256(without(block, 448, 64)).digest().ljust(64, b"\0")


def fix_lvm_label(block):
    put(block, 16, "<I", lvm_crc(block[20:512]))


def fix_lvm_header(block):
    """Of a sector."""
    put(block, 0, "<I", lvm_crc(block[4:512]))


def fix_lvm_text(block):
    """A header, and the text behind it, of which it has the size and the checksum."""
    offset = struct.unpack_from("<Q", block, 40)[0]
    size = block.find(b"\0", offset) + 1 - offset if offset < len(block) else 0
    if size > 0:
        struct.pack_into("<QI", block, 48, size, lvm_crc(block[offset:offset + size]))
    fix_lvm_header(block)


def fix_ntfs(block):
    """Not a checksum, but a number that each sector ends with."""
    at, count = struct.unpack_from("<HH", block, 4)
    for sector in range(1, count):
        if at + 2 <= len(block) and sector * 512 <= len(block):
            block[sector * 512 - 2:sector * 512] = block[at:at + 2]
