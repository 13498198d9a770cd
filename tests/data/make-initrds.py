#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes tests/data/initrd: small archives of every form, whole and broken, each with what is to be read from it."""

import bz2
import gzip
import lzma
import pathlib
import subprocess

OUT = pathlib.Path(__file__).parent / "initrd"
V = "6.1.0-test"


def member(name, data=b"", mode=0o100644):
    fields = [1, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0]
    head = b"070701" + b"".join(b"%08x" % f for f in fields)
    entry = head + name.encode() + b"\0"
    entry += b"\0" * (-len(entry) % 4) + data
    return entry + b"\0" * (-len(entry) % 4)


def archive(*members):
    return b"".join(members) + member("TRAILER!!!", mode=0)


def modules(*names, prefix="usr/lib/modules"):
    return [member(f"{prefix}/{V}/kernel/{n}", b"x" * 100) for n in names]


def run(data, *argv):
    return subprocess.run(argv, input=data, stdout=subprocess.PIPE, check=True).stdout


def put(name, data, *expect):
    (OUT / f"{name}.img").write_bytes(data)
    (OUT / f"{name}.expect").write_text("".join(line + "\n" for line in expect))


def bad(name, data, words):
    (OUT / f"{name}.img").write_bytes(data)
    (OUT / f"{name}.error").write_text(words + "\n")


def main():
    OUT.mkdir(exist_ok=True)
    tools = [member("scripts/functions"), member("conf/modules", b"ext4\n"),
             member("lib", b"usr/lib", 0o120777)]
    main_archive = archive(*tools, *modules("a/sd_mod.ko", "b/virtio-blk.ko.xz"))
    early = archive(member("kernel/x86/microcode/GenuineIntel.bin", b"u" * 1000))
    added = archive(*modules("c/virtio_pci.ko.zst"))
    facts = ["generator initramfs-tools", f"dir usr/lib/modules/{V}",
             "module sd_mod", "module virtio_blk", "lacks virtio_pci", "text ext4"]
    packed = {
        "gzip": gzip.compress(main_archive, mtime=0),
        "bzip2": bz2.compress(main_archive),
        "xz": lzma.compress(main_archive, check=lzma.CHECK_CRC32),
        "lzma": lzma.compress(main_archive, format=lzma.FORMAT_ALONE),
        "zstd": run(main_archive, "zstd", "-q", "-19", "-c"),
        "lz4": run(main_archive, "lz4", "-q", "-c"),
        "lz4-legacy": run(main_archive, "lz4", "-q", "-l", "-c"),
    }
    for name, data in packed.items():
        put(name, data, f"compression {name}", *facts)
        put(f"early-{name}", early + data, f"compression {name}", *facts)
        if name != "lz4-legacy":
            pad = b"\0" * (-len(data) % 4)
            put(f"appended-{name}", data + pad + added, f"compression {name}",
                *facts[:4], "module virtio_pci")
    put("plain", main_archive, "compression none", *facts)
    put("zeros-between", early + b"\0" * 512 + main_archive + b"\0" * 1024, "compression none", *facts)
    put("early-plain-appended", early + main_archive + added, "compression none", *facts[:4], "module virtio_pci")
    put("dracut", gzip.compress(archive(member("usr/lib/dracut/hooks/pre-udev/x.sh"),
        *modules("virtio_net.ko.gz", prefix="lib/modules")), mtime=0), "compression gzip",
        "generator dracut", f"dir lib/modules/{V}", "module virtio_net", "lacks virtio_blk")
    put("no-modules", archive(member("init", b"#!/bin/sh\n")), "compression none", "lacks virtio_blk")

    bad("empty", b"", "empty")
    bad("text", b"this is no archive at all\n" * 10, "neither cpio nor a known compression")
    bad("cut-in-a-name", main_archive[:112], "cut off")
    bad("cut-in-data", main_archive[:-600], "cut off")
    bad("endless-name", b"070701" + b"00000001" * 11 + b"7fffffff" + b"0" * 8 + b"x" * 100, "a name of")
    bad("no-name", b"070701" + b"00000001" * 11 + b"00000000" + b"0" * 8, "a name of 0")
    bad("gzip-cut", packed["gzip"][:len(packed["gzip"]) // 2], "cut off|cannot be read")
    bad("gzip-garbage", b"\x1f\x8b" + b"\xff" * 200, "no cpio")
    bad("xz-garbage", b"\xfd7zXZ\0" + b"\0" * 100, "cannot be read")


if __name__ == "__main__":
    main()
