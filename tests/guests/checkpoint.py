#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Lays a guest's raw disk out as Hyper-V does with two checkpoints: a VHDX that is wrong in many places, by qemu-img, and two
differences that have what is right there.  checkpoint.py RAW FOLDER"""

import pathlib
import subprocess
import sys
import uuid

import chain
import hyperv  # chain knows where it is

SECTOR, MIB = 512, 1 << 20


def data_id(path):
    """Of the header with the higher number."""
    with open(path, "rb") as image:
        headers = []
        for at in (64 << 10, 128 << 10):
            image.seek(at)
            headers.append(image.read(64))
    newest = max(headers, key=lambda h: int.from_bytes(h[8:16], "little"))
    return uuid.UUID(bytes_le=newest[32:48])


def difference(path, size, sectors, parent):
    own = uuid.uuid5(uuid.NAMESPACE_URL, path.name)
    words = {"parent_linkage": f"{{{data_id(parent)}}}", "relative_path": f".\\{parent.name}"}
    hyperv.write_sparse(path, hyperv.vhdx(size, sectors, own, words))
    return path


def main():
    source, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    folder.mkdir(exist_ok=True)
    wrong, base = folder / "wrong.raw", folder / "guest.vhdx"
    subprocess.run(["cp", "--sparse=always", "--reflink=auto", source, wrong], check=True)
    with open(source, "rb") as raw, open(wrong, "r+b") as out:
        middle, top = chain.split(raw, out.fileno(), 8 * MIB)
    subprocess.run(["qemu-img", "convert", "-f", "raw", "-O", "vhdx", "-o", "block_size=1M", wrong, base], check=True)
    wrong.unlink()
    # Grains of 8 sectors, None for zeros.
    top = {number * 8 + n: (piece or bytes(8 * SECTOR))[n * SECTOR:(n + 1) * SECTOR] for number, piece in top.items() for n in range(8)}
    size = source.stat().st_size
    first = difference(folder / "guest_1.avhdx", size, middle, base)
    difference(folder / "guest_2.avhdx", size, top, first)


main()
