# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes LVM, MD and LUKS around a filesystem, without root and device mapper."""

import ctypes
import struct
import subprocess
import uuid

from checksums import fix_lvm_header, fix_lvm_label, fix_md0, fix_md1, lvm_crc

MIB = 1 << 20
EXTENT = 8192  # sectors
START = 2048  # of the first extent
HEADER, AREA = 4096, MIB - 4096
PASSPHRASE = "open sesame"


def _id(n):
    return f"v2vtst-{n:04}-aaaa-bbbb-cccc-dddd-eeeeee"


def _physical(n, disk_extents):
    return f"""
pv{n} {{
id = "{_id(n)}"
device = "/dev/sd{'ab'[n]}"
status = ["ALLOCATABLE"]
flags = []
dev_size = {START + disk_extents * EXTENT}
pe_start = {START}
pe_count = {disk_extents}
}}
"""


def _segment(first, count, kind):
    return f"""start_extent = {first}
extent_count = {count}
{kind}
"""


def _logical(n, name, segments):
    text = f'{name} {{\nid = "{_id(n)}"\nstatus = ["READ", "WRITE", "VISIBLE"]\nflags = []\nsegment_count = {len(segments)}\n'
    for number, segment in enumerate(segments, 1):
        text += f"segment{number} {{\n{segment}}}\n"
    return text + "}\n"


def _group(disks, extents, volumes):
    return (f"""vg {{
id = "{_id(100)}"
seqno = 3
format = "lvm2"
status = ["RESIZEABLE", "READ", "WRITE"]
flags = []
extent_size = {EXTENT}
max_lv = 0
max_pv = 0
metadata_copies = 0
physical_volumes {{""" + "".join(_physical(n, extents) for n in range(disks)) + "}\nlogical_volumes {\n" + volumes
            + """}
}
contents = "Text Format Volume Group"
version = 1
description = ""
creation_host = "v2v"
creation_time = 1700000000
""").encode() + b"\0"


def _write_physical(path, n, extents, text):
    label, header = bytearray(512), bytearray(512)
    size = (START + extents * EXTENT) * 512
    struct.pack_into("<8sQII8s32s", label, 0, b"LABELONE", 1, 0, 32, b"LVM2 001", _id(n).replace("-", "").encode())
    struct.pack_into("<10Q", label, 64, size, START * 512, 0, 0, 0, HEADER, AREA, 0, 0, 2 | 1 << 32)
    fix_lvm_label(label)
    struct.pack_into("<16sIQQQQII", header, 4, b" LVM2 x[5A%r0N*>", 1, HEADER, AREA, 512, len(text), lvm_crc(text), 0)
    fix_lvm_header(header)
    with open(path, "wb") as disk:
        disk.truncate(size)
        for offset, data in (512, label), (HEADER, header), (HEADER + 512, text):
            disk.seek(offset)
            disk.write(data)


def _write_extents(path, at, data):
    with open(path, "r+b") as disk:
        disk.seek((START + at * EXTENT) * 512)
        disk.write(data)


def _striped(first, count, *places):
    stripes = ", ".join(f'"pv{n}", {at}' for n, at in enumerate(places))
    size = "stripe_size = 128\n" if len(places) > 1 else ""
    return _segment(first, count, f'type = "striped"\nstripe_count = {len(places)}\n{size}stripes = [{stripes}]')


def _halves(data, chunk):
    """What each of two disks gets of stripes."""
    return [b"".join(data[at:at + chunk] for at in range(n * chunk, len(data), 2 * chunk)) for n in range(2)]


def lvm(paths, filesystem):
    """A group over as many disks: the root is striped over two of them, or in two segments of one."""
    size = EXTENT * 512
    data = filesystem.read_bytes()
    count = (len(data) + 2 * size - 1) // (2 * size) * 2
    data, half = data.ljust(count * size, b"\0"), count // 2
    if len(paths) == 1:
        root = [_striped(0, half, 3), _striped(half, half, half + 4)]
    else:
        root = [_striped(0, count, 3, 3)]
    extents = count + 6
    text = _group(len(paths), extents, _logical(101, "root", root) + _logical(102, "other", [_striped(0, 1, 0)]))
    for n, path in enumerate(paths):
        _write_physical(path, n, extents, text)
    if len(paths) == 1:
        _write_extents(paths[0], 3, data[:half * size])
        _write_extents(paths[0], half + 4, data[half * size:])
    else:
        for path, part in zip(paths, _halves(data, 128 * 512)):
            _write_extents(path, 3, part)


def _md1(path, n, level, sectors, at, data_offset):
    block = bytearray(1024)
    struct.pack_into("<IIII16s32sQIIQIIi", block, 0, 0xA92B4EFC, 1, 0, 0, uuid.UUID(int=7).bytes, b"v2v:0", 1700000000,
                     level, 0, sectors, 128 if level != 1 else 0, 2, 0)
    struct.pack_into("<QQQQIi16s", block, 128, data_offset, sectors, at // 512, 0, n, 0, uuid.UUID(int=8 + n).bytes)
    struct.pack_into("<QQQII", block, 192, 1700000000, 9, 0xFFFFFFFFFFFFFFFF, 0, 128)
    struct.pack_into("<128H", block, 256, 0, 1, *[0xFFFF] * 126)
    fix_md1(block)
    _put(path, at, block)


def _put(path, at, data):
    with open(path, "r+b") as disk:
        disk.seek(at)
        disk.write(data)


def md(paths, filesystem, level, version):
    """Two disks: raid0 (0) or raid1 (1), superblocks 0.90, 1.0, 1.1 or 1.2."""
    data = filesystem.read_bytes()
    members = _halves(data, 128 * 512) if level == 0 else [data] * 2
    for n, path in enumerate(paths):
        first = 0 if version in ("0.90", "1.0") else MIB
        with open(path, "wb") as disk:
            disk.truncate(first + len(members[n]) + MIB)
        _put(path, first, members[n])
        size = path.stat().st_size
        if version == "0.90":
            _md0(path, n, level, len(members[n]), (size // 65536 - 1) * 65536)
        else:
            at = {"1.0": (size // 512 - 16) // 8 * 8 * 512, "1.1": 0, "1.2": 4096}[version]
            _md1(path, n, level, len(members[n]) // 512, at, first // 512)


def _md0(path, n, level, size, at):
    words = [0] * 1024
    words[:14] = [0xA92B4EFC, 0, 90, 0, 0, 7, 1700000000, level, size // 1024, 2, 2, 0, 0, 8]
    words[14:16] = [9, 10]
    words[32:42] = [1700000000, 1, 2, 2, 0, 0, 0, 9, 0, 9]
    words[64:67] = [0, 65536, 0]
    for disk in range(2):
        words[128 + disk * 32:128 + disk * 32 + 5] = [disk, 8, disk * 16, disk, 6]
    words[992:997] = [n, 8, n * 16, n, 6]
    block = bytearray(struct.pack("<1024I", *words))
    fix_md0(block)
    _put(path, at, block)


def _xts(key, data, sector):
    """AES-XTS of libcrypto, as dm-crypt's plain64 numbers the sectors."""
    crypto = ctypes.CDLL("libcrypto.so.3")
    crypto.EVP_CIPHER_CTX_new.restype = crypto.EVP_aes_256_xts.restype = ctypes.c_void_p
    context, cipher = ctypes.c_void_p(crypto.EVP_CIPHER_CTX_new()), ctypes.c_void_p(crypto.EVP_aes_256_xts())
    out, length, result = ctypes.create_string_buffer(sector), ctypes.c_int(), []
    for at in range(0, len(data), sector):
        crypto.EVP_EncryptInit_ex(context, cipher, None, key, (at // 512).to_bytes(16, "little"))
        crypto.EVP_EncryptUpdate(context, out, ctypes.byref(length), data[at:at + sector], sector)
        result.append(out.raw)
    crypto.EVP_CIPHER_CTX_free(context)
    return b"".join(result)


def luks(path, filesystem, version, work):
    """Opened by PASSPHRASE; the payload begins at 2 MiB."""
    data = filesystem.read_bytes()
    key = bytes(range(64))
    (work / "key").write_bytes(key)
    with open(path, "wb") as disk:
        disk.truncate(2 * MIB + len(data))
    more = ["--luks2-metadata-size=16k", "--luks2-keyslots-size=512k", "--sector-size=512", "--pbkdf=pbkdf2"] if version == 2 else []
    subprocess.run(["cryptsetup", "luksFormat", "-q", f"--type=luks{version}", "--offset=4096", "--cipher=aes-xts-plain64",
                    "--key-size=512", f"--volume-key-file={work / 'key'}", "--pbkdf-force-iterations=1000", *more, path, "-"],
                   check=True, input=PASSPHRASE.encode(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _put(path, 2 * MIB, _xts(key, data, 512))
