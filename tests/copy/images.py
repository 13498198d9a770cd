#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes disk images of every kind in a folder, each with the raw disk that it holds, and lists them, a line each:
NAME FORMAT FILE RAW OPTIONS-OF-UNPACK.  images.py FOLDER"""

import os
import pathlib
import random
import subprocess
import sys

import vmdk

MIB, TIB = 1 << 20, 1 << 40
FOLDER = pathlib.Path(sys.argv[1])
COUNT = 0


def qemu_img(*argv):
    subprocess.run(["qemu-img", *map(str, argv)], check=True, stdout=subprocess.DEVNULL)


def entry(name, form, file, raw, options="-"):
    global COUNT
    COUNT += 1
    print(name, form, file, raw, options)


def raw_disk(name, size, pieces):
    path = FOLDER / name
    with open(path, "wb") as out:
        for at, data in pieces:
            out.seek(at)
            out.write(data)
        out.truncate(size)
    return path


def disks():
    rng = random.Random(7)
    noise, text = rng.randbytes(3 * MIB), b"the quick brown fox jumps over the lazy dog\n" * 40000
    mixed = [(512, text), (4 * MIB + 1024, noise[:MIB]), (7 * MIB, bytes(MIB)), (8 * MIB + 4096 * 3, text[:70000]),
             (11 * MIB - 512, noise[:65536])]
    return {
        "mixed": raw_disk("mixed.raw", 12 * MIB + 512 * 77, mixed),
        "empty": raw_disk("empty.raw", 10 * MIB, []),
        "full": raw_disk("full.raw", 3 * MIB, [(0, noise)]),
        "byte": raw_disk("byte.raw", 100 * MIB + 512, [(99 * MIB + 12345, b"!")]),
        "last": raw_disk("last.raw", 5 * MIB + 512, [(5 * MIB + 511, b"\1")]),
        "sector": raw_disk("sector.raw", 512, [(0, b"\125\252" * 256)]),
        "large": raw_disk("large.raw", 3 * TIB + 512, [(0, text), (5 * TIB // 2 + 4096, noise), (3 * TIB, b"end")]),
    }


def written_vmdks():
    """After the specification, with what qemu-img never makes."""
    for kind in ("streamOptimized", "monolithicSparse"):
        for grain, capacity in ((8, 4099), (16, 999), (32, 70001), (64, 1), (128, 16385), (256, 2049), (2048, 9001)):
            name = f"{kind}-{grain}-{capacity}"
            image, raw = FOLDER / f"{name}.vmdk", FOLDER / f"{name}.raw"
            subprocess.run([sys.executable, "-B", vmdk.__file__, kind, str(grain), str(capacity), image, raw, os.devnull],
                           check=True)
            entry(name, "vmdk", image, raw)


def made_by_qemu(raws):
    """Every disk as a VMDK of both kinds; the mixed one in every form that qemu-img knows."""
    for name, raw in raws.items():
        for kind in ("streamOptimized", "monolithicSparse"):
            image = FOLDER / f"qemu-{name}-{kind}.vmdk"
            qemu_img("convert", "-f", "raw", "-O", "vmdk", "-o", f"subformat={kind}", raw, image)
            entry(f"qemu-{name}-{kind}", "vmdk", image, raw)
    forms = {
        "qcow2": ["qcow2"],
        "qcow2-v2": ["qcow2", "-o", "compat=0.10"],
        "qcow2-512": ["qcow2", "-o", "cluster_size=512"],
        "qcow2-2M": ["qcow2", "-o", "cluster_size=2M"],
        "qcow2-subclusters": ["qcow2", "-o", "extended_l2=on"],
        "qcow2-zlib": ["qcow2", "-c"],
        "qcow2-zlib-2M": ["qcow2", "-c", "-o", "cluster_size=2M"],
        "qcow2-zlib-4k": ["qcow2", "-c", "-o", "cluster_size=4k"],
        "qcow2-zstd": ["qcow2", "-c", "-o", "compression_type=zstd"],
        "qcow2-prealloc": ["qcow2", "-o", "preallocation=metadata"],
        "vhd": ["vpc", "-o", "force_size=on"],
        "vhd-fixed": ["vpc", "-o", "subformat=fixed,force_size=on"],
        "vhdx": ["vhdx"],
        "vhdx-fixed": ["vhdx", "-o", "subformat=fixed"],
        "vdi": ["vdi"],
        "vdi-static": ["vdi", "-o", "static=on"],
    }
    for name, (form, *options) in forms.items():
        image = FOLDER / f"{name}.image"
        qemu_img("convert", "-f", "raw", "-O", form, *options, raws["mixed"], image)
        entry(name, {"vpc": "vhd"}.get(form, form), image, raws["mixed"])


def edited_qcow2s(raws):
    """Clusters of zeros, discarded ones, a snapshot, a backing file that the user allows."""
    image, plain = FOLDER / "edited.qcow2", FOLDER / "edited.raw"
    qemu_img("convert", "-f", "raw", "-O", "qcow2", raws["mixed"], image)
    qemu_img("snapshot", "-c", "before", image)
    edit = ["write -z 1M 200k", "discard 4M 512k", "write -P 7 9M 3k", "write -z -u 8M 1M"]
    subprocess.run(["qemu-io", "-f", "qcow2", *(w for e in edit for w in ("-c", e)), image], check=True,
                   stdout=subprocess.DEVNULL)
    qemu_img("convert", "-f", "qcow2", "-O", "raw", image, plain)
    entry("qcow2-edited", "qcow2", image, plain)
    top, both = FOLDER / "top.qcow2", FOLDER / "both.raw"
    qemu_img("create", "-f", "qcow2", "-b", image, "-F", "qcow2", top)
    subprocess.run(["qemu-io", "-f", "qcow2", "-c", "write -P 9 100k 5M", top], check=True, stdout=subprocess.DEVNULL)
    qemu_img("convert", "-f", "qcow2", "-O", "raw", top, both)
    entry("qcow2-chain", "qcow2", top, both, "--backing-chain")


def plain_raws(raws):
    for name in ("mixed", "empty", "byte", "large"):
        entry(f"raw-{name}", "raw", raws[name], raws[name])


def main():
    raws = disks()
    written_vmdks()
    made_by_qemu(raws)
    edited_qcow2s(raws)
    plain_raws(raws)
    assert COUNT >= 50


main()
