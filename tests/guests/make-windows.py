#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes OUT, a disk with what inspection reads of a Windows: two hives, cmd.exe's header, with --hibernated hiberfil.sys, with --uefi BCD."""

import argparse
import pathlib
import struct
import subprocess
import tempfile

NONE = 0xFFFFFFFF
SZ, DWORD = 1, 4


class Hive:
    """The registry's file format: a header, then one bin of cells."""

    def __init__(self, tree):
        self.bin = bytearray(32)
        self.security = self.cell(struct.pack("<2sHIIII", b"sk", 0, 0, 0, 1, 20) + b"\1\0\4\x80" + b"\0" * 16)
        struct.pack_into("<II", self.bin, self.security + 8, self.security, self.security)
        self.keys = 0
        self.root = self.key("ROOT", tree, 0, 0x2C)
        # libhivex frees what nobody refers to any more
        struct.pack_into("<I", self.bin, self.security + 16, self.keys)

    def cell(self, data):
        offset = len(self.bin)
        size = (4 + len(data) + 7) // 8 * 8
        self.bin += struct.pack("<i", -size) + data + b"\0" * (size - 4 - len(data))
        return offset

    def value(self, name, kind, data):
        raw = struct.pack("<I", data) if kind == DWORD else (data + "\0").encode("utf-16-le")
        if len(raw) <= 4:
            length, where = len(raw) | 0x80000000, struct.unpack("<I", raw)[0]
        else:
            length, where = len(raw), self.cell(raw)
        return self.cell(struct.pack("<2sHIIIHH", b"vk", len(name), length, where, kind, 1, 0) + name.encode())

    def key(self, name, tree, parent, flags=0x20):
        body = struct.pack("<2sHQIIIIIIIIIIIIIIIHH", b"nk", flags, 0, 0, parent, 0, 0, NONE, NONE, 0, NONE,
                           self.security, NONE, 0, 0, 0, 0, 0, len(name), 0) + name.encode()
        own = self.cell(body)
        self.keys += 1
        keys = sorted((k for k in tree if isinstance(tree[k], dict)), key=str.upper)
        values = [k for k in tree if not isinstance(tree[k], dict)]
        if keys:
            below = [(self.key(k, tree[k], own), k[:4].encode().ljust(4, b"\0")) for k in keys]
            index = self.cell(struct.pack("<2sH", b"lf", len(below)) + b"".join(struct.pack("<I", o) + h for o, h in below))
            struct.pack_into("<I", self.bin, own + 4 + 20, len(keys))
            struct.pack_into("<I", self.bin, own + 4 + 28, index)
        if values:
            cells = [self.value(k, *tree[k]) for k in values]
            index = self.cell(b"".join(struct.pack("<I", c) for c in cells))
            struct.pack_into("<II", self.bin, own + 4 + 36, len(values), index)
        return own

    def bytes(self):
        pages = (len(self.bin) + 8 + 4095) // 4096 * 4096
        free = pages - len(self.bin)
        body = self.bin + struct.pack("<i", free) + b"\0" * (free - 4)
        struct.pack_into("<4sIIIIQI", body, 0, b"hbin", 0, pages, 0, 0, 0, 0)
        head = bytearray(4096)
        struct.pack_into("<4sIIQIIIIIII", head, 0, b"regf", 1, 1, 0, 1, 3, 0, 1, self.root, pages, 1)
        checksum = 0
        for word in struct.unpack("<127I", head[:508]):
            checksum ^= word
        struct.pack_into("<I", head, 508, checksum)
        return bytes(head + body)


def pe_header():
    """As much of an x86-64 program as file(1) looks at."""
    head = bytearray(1024)
    struct.pack_into("<2s58xI", head, 0, b"MZ", 0x80)
    struct.pack_into("<4sHHIIIHH", head, 0x80, b"PE\0\0", 0x8664, 1, 0, 0, 0, 240, 0x22)
    struct.pack_into("<H", head, 0x98, 0x20B)
    struct.pack_into("<H", head, 0x98 + 68, 3)
    return bytes(head)


SOFTWARE = {"Microsoft": {"Windows NT": {"CurrentVersion": {
    "ProductName": (SZ, "Windows Server 2019 Standard"), "CurrentVersion": (SZ, "6.3"),
    "CurrentMajorVersionNumber": (DWORD, 10), "CurrentMinorVersionNumber": (DWORD, 0),
    "CurrentBuildNumber": (SZ, "17763"), "InstallationType": (SZ, "Server")}}}}
SYSTEM = {"Select": {"Current": (DWORD, 1)}, "MountedDevices": {},
          "ControlSet001": {"Services": {"Tcpip": {"Parameters": {"Hostname": (SZ, "winfake")}},
                                         "storahci": {"Type": (DWORD, 1), "Start": (DWORD, 0), "StartOverride": {"0": (DWORD, 3)}},
                                         "VMTools": {"Type": (DWORD, 16), "Start": (DWORD, 2)}}}}
ENTRY = "{7b1e2a40-aaaa-11ee-b9d1-0242ac120002}"
BCD = {"Objects": {"{9dea862c-5cdd-4e70-acc1-f32b344d4795}": {"Elements": {"23000003": {"Element": (SZ, ENTRY)}}},
                   ENTRY: {"Elements": {"12000004": {"Element": (SZ, "Windows Server")}}}}}


def make_esp(path):
    """An EFI system partition with the boot manager's store, of 8 MiB."""
    store = path.with_suffix(".bcd")
    store.write_bytes(Hive(BCD).bytes())
    try:
        subprocess.run(["mkfs.vfat", "-C", path, "8192"], check=True, stdout=subprocess.DEVNULL)
        subprocess.run(["mmd", "-i", path, "::EFI", "::EFI/Microsoft", "::EFI/Microsoft/Boot"], check=True)
        subprocess.run(["mcopy", "-i", path, store, "::EFI/Microsoft/Boot/BCD"], check=True)
    finally:
        store.unlink()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--hibernated", action="store_true")
    parser.add_argument("--uefi", action="store_true", help="with an EFI system partition")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        root = pathlib.Path(name)
        config = root / "Windows/System32/config"
        config.mkdir(parents=True)
        (config / "SOFTWARE").write_bytes(Hive(SOFTWARE).bytes())
        (config / "SYSTEM").write_bytes(Hive(SYSTEM).bytes())
        (root / "Windows/System32/cmd.exe").write_bytes(pe_header())
        (root / "Program Files").mkdir()
        if options.hibernated:
            (root / "hiberfil.sys").write_bytes(b"HIBR" + b"\0" * 4092)
        partition = root.parent / f"{root.name}.part"
        try:
            subprocess.run(["mke2fs", "-q", "-F", "-t", "ext4", "-d", root, partition, "62M"], check=True, stderr=subprocess.DEVNULL)
            with open(options.out, "wb") as disk:
                disk.write(b"\0" * 446 + struct.pack("<B3sB3sII", 0x80, b"\0\0\0", 7, b"\0\0\0", 2048, 62 * 2048))
                esp = struct.pack("<B3sB3sII", 0, b"\0\0\0", 0xEF, b"\0\0\0", 128 << 11, 8 << 11) if options.uefi else b""
                disk.write(esp.ljust(48, b"\0") + b"\x55\xaa")
                disk.seek(1 << 20)
                disk.write(partition.read_bytes())
                disk.truncate((136 if options.uefi else 64) << 20)
                if options.uefi:
                    make_esp(partition.with_suffix(".esp"))
                    disk.seek(128 << 20)
                    disk.write(partition.with_suffix(".esp").read_bytes())
        finally:
            partition.unlink(missing_ok=True)
            partition.with_suffix(".esp").unlink(missing_ok=True)


if __name__ == "__main__":
    main()
