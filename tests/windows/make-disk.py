#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes OUT, a raw disk with the Windows that TREE describes (tests/unit/dir-tree.h): no root, no mount, no appliance.

GPT with an EFI system partition, Microsoft's reserved one and an NTFS where the tree has /EFI; else an MBR with an NTFS."""

import argparse
import pathlib
import shutil
import subprocess
import tempfile

MIB = 1 << 20
GPT = """label: gpt
start=2048, size=32768, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B, name="EFI system partition"
start=34816, size=32768, type=E3C9E316-0B5C-4DB8-817D-F92DF00215AE, name="Microsoft reserved partition"
start=67584, size={sectors}, type=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7, name="Basic data partition"
"""
MBR = """label: dos
label-id: 0x56325632
start=2048, size={sectors}, type=7, bootable
"""
BOOT_MANAGER = "EFI/Microsoft/Boot/bootmgfw.efi"


def run(*words, **kind):
    subprocess.run([str(word) for word in words], check=True, stdout=subprocess.DEVNULL, **kind)


def put(disk, part, start):
    """A partition's content, without its holes."""
    with open(disk, "r+b") as to, open(part, "rb") as file:
        to.seek(start * 512)
        while data := file.read(MIB):
            if data.strip(b"\0"):
                to.write(data)
            else:
                to.seek(len(data), 1)


def make_ntfs(part, mebibytes, start, root, tools, is_dirty):
    with open(part, "wb") as file:
        file.truncate(mebibytes * MIB)
    run("mkntfs", "-q", "-Q", "-F", "-s", "512", "-p", start, "-H", "255", "-S", "63", "-L", "Windows", part, stderr=subprocess.DEVNULL)
    run(tools / "fill-ntfs", part, root)
    if is_dirty:
        run(tools / "fill-ntfs", part, "--dirty")


def make_esp(part, folder):
    run("mkfs.vfat", "-C", "-n", "ESP", part, 16 * 1024)
    run("mcopy", "-s", "-i", part, folder, "::")


def make(options, work):
    root, part, esp = work / "root", work / "ntfs", work / "esp"
    root.mkdir()
    run(options.tools / "make-guest", options.tree, root)
    (root / ".source").unlink(missing_ok=True)
    is_uefi = (root / "EFI").is_dir()
    start = 67584 if is_uefi else 2048
    if is_uefi:
        if options.loader:
            shutil.copy(options.loader, root / BOOT_MANAGER)
        make_esp(esp, root / "EFI")
        shutil.rmtree(root / "EFI")
    make_ntfs(part, options.size, start, root, options.tools, options.dirty)
    with open(options.out, "wb") as disk:
        disk.truncate(start * 512 + (options.size + 1) * MIB)
    table = (GPT if is_uefi else MBR).format(sectors=options.size * 2048)
    run("sfdisk", "-q", options.out, input=table.encode(), stderr=subprocess.DEVNULL)
    if is_uefi:
        put(options.out, esp, 2048)
    put(options.out, part, start)
    if options.mbr:
        with open(options.out, "r+b") as disk:
            disk.write(options.mbr.read_bytes()[:440])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tools", type=pathlib.Path, required=True, help="where make-guest and fill-ntfs are")
    parser.add_argument("--tree", type=pathlib.Path, required=True)
    parser.add_argument("--dirty", action="store_true", help="the NTFS wants to be checked")
    parser.add_argument("--loader", type=pathlib.Path, help="the boot manager, an EFI program")
    parser.add_argument("--mbr", type=pathlib.Path, help="code for the first sector")
    parser.add_argument("--size", type=int, default=32, help="of the NTFS, MiB")
    parser.add_argument("out", type=pathlib.Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        make(options, pathlib.Path(work))


if __name__ == "__main__":
    main()
