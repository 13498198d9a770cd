# SPDX-License-Identifier: LGPL-2.1-or-later
"""Small disk images, each field open to change."""

import pathlib
import struct
import subprocess
import zlib

SECTOR = 512
GRAIN = 128
DATA = 32  # sector of the first grain
AT_END = (1 << 64) - 1

DESCRIPTOR = """# Disk DescriptorFile
version=1
CID=fffffffe
parentCID=ffffffff
createType="{kind}"

# Extent description
{extents}

# The Disk Data Base
#DDB

ddb.virtualHWVersion = "4"
ddb.adapterType = "lsilogic"
"""


def descriptor(kind="streamOptimized", extents='RW 2048 SPARSE "x.vmdk"', more=""):
    return (DESCRIPTOR.format(kind=kind, extents=extents) + more).encode()


def vmdk_header(magic=b"KDMV", version=3, flags=0x30001, capacity=2048, grain=GRAIN, place=1,
                room=20, entries=512, rgd=0, gd=AT_END, overhead=DATA, newlines=b"\n \r\n",
                compression=1):
    return struct.pack("<4sIIQQQQIQQQB4sH", magic, version, flags, capacity, grain, place, room,
                       entries, rgd, gd, overhead, 0, newlines, compression).ljust(SECTOR, b"\0")


def marker(value, size, kind):
    return struct.pack("<QII", value, size, kind).ljust(SECTOR, b"\0")


def pad(data):
    return data + bytes(-len(data) % SECTOR)


def vmdk(text=None, footer=None, gt=None, tail=True, grain_data=None, grain_size=None, **fields):
    """streamOptimized, 1 MiB, one grain.  footer: its changed fields, None for no change,
    False for none at all; gt: the sector in the grain directory."""
    text = descriptor() if text is None else text
    data = zlib.compress(b"a guest's own bytes\n" * 3276 + bytes(16)) if grain_data is None else grain_data
    size = len(data) if grain_size is None else grain_size
    grain = pad(struct.pack("<QI", 0, size) + data)
    table = DATA + len(grain) // SECTOR
    directory = table + 6
    out = vmdk_header(**fields) + text.ljust(20 * SECTOR, b"\0")
    out = out.ljust(DATA * SECTOR, b"\0") + grain
    out += marker(4, 0, 1) + struct.pack("<I", DATA).ljust(4 * SECTOR, b"\0")
    out += marker(1, 0, 2) + struct.pack("<I", table + 1 if gt is None else gt).ljust(SECTOR, b"\0")
    if footer is not False:
        out += marker(1, 0, 3) + vmdk_header(**{**fields, "gd": directory, **(footer or {})})
    return out + (marker(0, 0, 0) if tail else b"")


def flat_vmdk(**fields):
    """monolithicSparse, 1 MiB, one grain; the grain directory lies at sector 21."""
    text = fields.pop("text", None) or descriptor("monolithicSparse")
    gt = fields.pop("gt", 22)
    fields = {"version": 1, "flags": 1, "gd": 21, "compression": 0, **fields}
    out = vmdk_header(**fields) + text.ljust(20 * SECTOR, b"\0")
    out += struct.pack("<I", gt).ljust(SECTOR, b"\0") + struct.pack("<I", DATA).ljust(4 * SECTOR, b"\0")
    return out.ljust(DATA * SECTOR, b"\0") + b"a guest's own bytes\n".ljust(GRAIN * SECTOR, b"\0")


def qcow2(backing=b"", extensions=(), size=1 << 20, **fields):
    """Version 3, clusters of 4 KiB, nothing allocated.  extensions: (type, bytes)."""
    f = {"version": 3, "bits": 12, "crypt": 0, "l1_size": 1, "l1": 3 << 12, "rt": 1 << 12,
         "rt_clusters": 1, "incompat": 0, "compat": 0, "autoclear": 0, "length": 104, **fields}
    ext = b""
    for kind, data in extensions:
        ext += struct.pack(">II", kind, len(data)) + data + bytes(-len(data) % 8)
    ext += bytes(8)
    head = struct.pack(">4sIQIIQIIQQIIQQQQII", b"QFI\xfb", f["version"],
                       104 + len(ext) if backing else 0, len(backing), f["bits"], size, f["crypt"],
                       f["l1_size"], f["l1"], f["rt"], f["rt_clusters"], 0, 0,
                       f["incompat"], f["compat"], f["autoclear"], 4, f["length"])
    refcounts = struct.pack(">4H", 1, 1, 1, 1)
    return ((head + ext + backing).ljust(4096, b"\0") + struct.pack(">Q", 2 << 12).ljust(4096, b"\0") +
            refcounts.ljust(4096, b"\0") + bytes(4096))


RAW = b"\xfa\x33\xc0".ljust(510, b"\0") + b"\x55\xaa" + bytes((1 << 20) - 512)


def summed(block, at):
    """With the complement of the sum of its bytes, as VHD has it."""
    return block[:at] + struct.pack(">I", ~sum(block) & 0xffffffff) + block[at + 4:]


def vhd(parent=b"", kind=None):
    """A dynamic VHD, empty; with a parent's name: a differencing one."""
    kind = kind or (4 if parent else 3)
    footer = summed(struct.pack(">8sIIQI4sI4sQQHBBI", b"conectix", 2, 0x10000, 512, 0, b"v2v ", 0x10000,
                                b"Wi2k", 1 << 20, 1 << 20, 30, 4, 17, kind).ljust(SECTOR, b"\0"), 64)
    dynamic = struct.pack(">8sQQIII", b"cxsparse", AT_END, 1536, 0x10000, 1, 1 << 21).ljust(64, b"\0")
    dynamic += parent.decode().encode("utf-16-be")[:512]
    return footer + summed(dynamic.ljust(1024, b"\0"), 36) + b"\xff" * SECTOR + footer


def vhdx(path, has_parent):
    """Made by qemu-img, which can make none with a parent: that bit is set then."""
    subprocess.run(["qemu-img", "create", "-q", "-f", "vhdx", path, "1M"], check=True)
    data = bytearray(pathlib.Path(path).read_bytes())
    table = data.index(b"metadata")
    entry = data.index(bytes.fromhex("3767a1ca36fa434db3b633f0aa44e76b"), table)
    data[table + struct.unpack_from("<I", data, entry + 16)[0] + 4] |= 2 * has_parent
    return bytes(data)


def vdi(parent):
    head = b"<<< Oracle VM VirtualBox Disk Image >>>\n".ljust(64, b"\0")
    head += struct.pack("<IIIII", 0xbeda107f, 0x10001, 400, 4, 0) + parent
    return head.ljust(4096, b"\0") + bytes(4096)
