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

    bad("bomb", run(member("zeros", b"")[:54] + b"ffffffff" + member("zeros", b"")[62:], "zstd", "-q", "-c") +
        run(bytes(64 << 20), "zstd", "-q", "-19", "-c") * 5, "unpacks to more than")
    bad("empty", b"", "empty")
    bad("text", b"this is no archive at all\n" * 10, "neither cpio nor a known compression")
    bad("cut-in-a-name", main_archive[:112], "cut off")
    bad("cut-in-data", main_archive[:-600], "cut off")
    bad("endless-name", b"070701" + b"00000001" * 11 + b"7fffffff" + b"0" * 8 + b"x" * 100, "a name of")
    bad("no-name", b"070701" + b"00000001" * 11 + b"00000000" + b"0" * 8, "a name of 0")
    bad("gzip-cut", packed["gzip"][:len(packed["gzip"]) // 2], "cut off|cannot be read")
    bad("gzip-garbage", b"\x1f\x8b" + b"\xff" * 200, "not a cpio archive")
    bad("xz-garbage", b"\xfd7zXZ\0" + b"\0" * 100, "cannot be read")


EXTEND = pathlib.Path(__file__).parent / "extend"
SUSE_RUN_ALL = b"""[ "$debug" ] && echo preping 02-start.sh
[ "$RESOLVED_INITRD_MODULES" ] || RESOLVED_INITRD_MODULES='thermal mptspi ext3'

modules=" $RESOLVED_INITRD_MODULES"
source boot/02-start.sh
[ "$modules" ] && load_modules
"""
NASH = b"""#!/bin/nash
echo "Loading scsi_mod.ko module"
insmod /lib/scsi_mod.ko 
echo Waiting for driver initialization.
stabilized --hash --interval 250 /proc/scsi/scsi
mkblkdevs
mkrootdev -t ext3 -o defaults,ro sda1
"""
BOOSTER = b"""moduledependencies:
  ext4:
  - jbd2
modulesforceload:
- ext4
kernel: 6.1.0-test
mounttimeout: 180
"""


def tree(*paths, index=("", ".bin"), above="usr/lib/modules"):
    """A kernel's folder: modules and the index that depmod would have made, its content of no concern."""
    return ([member(f"{above}/{V}/kernel/{p}", b"x" * 100) for p in paths]
            + [member(f"{above}/{V}/modules.{n}{i}", b"x") for i in index for n in ("dep", "alias")])


def extend(name, *members, pack=None):
    data = archive(*members)
    (EXTEND / f"{name}.img").write_bytes(pack(data) if pack else data)


def extensions():
    """tests/data/extend: initramfs of every kind, which lack virtio; the .expect files are written by hand."""
    EXTEND.mkdir(exist_ok=True)
    module = b"\x7fELF" + bytes(range(256)) * 15 + b"z" * 252
    (EXTEND / "module.ko").write_bytes(module)
    (EXTEND / "module.ko.gz").write_bytes(gzip.compress(module, mtime=0))
    (EXTEND / "module.ko.xz").write_bytes(lzma.compress(module, check=lzma.CHECK_CRC32))
    (EXTEND / "module.ko.zst").write_bytes(run(module, "zstd", "-q", "-c"))

    udev = member("usr/lib/systemd/systemd-udevd", b"\x7fELF", 0o100755)
    dracut = [member("usr/lib/dracut/hooks/x.sh"), udev]
    debian = [member("scripts/functions"), member("usr/bin/udevadm", b"\x7fELF"), member("conf/modules", b"# none\next4")]
    arch = [member("init_functions"), member("config", b'MODULES=""\nHOOKS="udev"\n')]
    alpine = [member("sbin/nlplug-findfs", b"\x7fELF")]
    zstd = lambda data: run(data, "zstd", "-q", "-c")
    lz4 = lambda data: run(data, "lz4", "-q", "-l", "-c")
    xz = lambda data: lzma.compress(data, check=lzma.CHECK_CRC32)
    plain_gzip = lambda data: gzip.compress(data, mtime=0)

    extend("dracut", *dracut, *tree("fs/ext4/ext4.ko"), pack=plain_gzip)
    extend("dracut-xz-modules", *dracut, *tree("fs/ext4/ext4.ko.xz"), pack=xz)
    # Unpacked by the generator, as newer dracut does it.
    extend("dracut-unpacked", *dracut, *tree("fs/ext4/ext4.ko", index=("", ".bin")), pack=zstd)
    extend("dracut-modules-load", *dracut, member("usr/lib/systemd/systemd-modules-load", b"\x7fELF"),
           *tree("fs/ext4/ext4.ko.zst"), pack=zstd)
    extend("dracut-none", *dracut, pack=bz2.compress)
    extend("dracut-squash", *dracut, member("squash-root.img", b"hsqs"))
    extend("dracut-half", *dracut, *tree("drivers/virtio/virtio.ko", "drivers/virtio/virtio_ring.ko",
                                         "drivers/virtio/virtio_pci.ko"))
    extend("dracut-complete", *dracut, *tree("drivers/virtio/virtio.ko", "drivers/virtio/virtio_ring.ko",
                                             "drivers/virtio/virtio_pci.ko", "drivers/block/virtio_blk.ko"))
    # Of another kernel: its modules do not count, its place does.
    extend("other-kernel", *dracut, *[member(f"usr/lib/modules/5.0/kernel/{n}.ko") for n in (
        "virtio", "virtio_ring", "virtio_pci", "virtio_blk")])
    extend("two-kernels", *dracut, member("lib/modules/5.0/kernel/virtio_blk.ko"),
           *tree("fs/ext4/ext4.ko", above="lib/modules"))
    extend("initramfs-tools", *debian, *tree("fs/ext4/ext4.ko"), pack=zstd)
    extend("initramfs-tools-lz4", *debian, *tree("fs/ext4/ext4.ko"), pack=lz4)
    extend("initramfs-tools-link", member("lib", b"usr/lib", 0o120777), *debian,
           *tree("fs/ext4/ext4.ko", above="lib/modules"), pack=plain_gzip)
    # Flat and unpacked, and only kmod's form of the index.
    extend("mkinitcpio", *arch, *tree("ext4.ko", index=(".bin",)), pack=zstd)
    extend("mkinitcpio-array", arch[0], member("config", b"MODULES=(ext4 virtio_pci)\n"), *tree("ext4.ko.zst"), pack=zstd)
    extend("mkinitcpio-systemd", member("buildconfig"), udev, *tree("ext4.ko.zst", index=(".bin",)), pack=zstd)
    extend("suse-mkinitrd", member("run_all.sh", SUSE_RUN_ALL, 0o100755),
           member("config/start.sh", b"RESOLVED_INITRD_MODULES='thermal ext3'\n"),
           *tree("fs/ext4/ext4.ko", above="lib/modules", index=("",)), pack=plain_gzip)
    extend("mkinitfs", *alpine, *tree("fs/ext4/ext4.ko.gz", above="lib/modules"), pack=plain_gzip)
    extend("mkinitfs-etc-modules", *alpine, member("etc/modules", b"ext4\n"),
           *tree("fs/ext4/ext4.ko", above="lib/modules"), pack=plain_gzip)
    extend("booster", member("etc/booster.init.yaml", BOOSTER), member("usr/lib/modules/ext4.ko"), pack=zstd)
    extend("booster-bare", member("etc/booster.init.yaml", b"kernel: 6.1.0-test\n"), pack=zstd)
    extend("genkernel", member("etc/initrd.defaults"), member("etc/modules/virtio", b"virtio\n"),
           *tree("fs/ext4/ext4.ko", above="lib/modules", index=("",)), pack=xz)
    extend("slackware", member("load_kernel_modules", b"modprobe ext4\n", 0o100755),
           *tree("fs/ext4/ext4.ko", above="lib/modules"), pack=plain_gzip)
    extend("nash", member("bin/nash", b"\x7fELF"), member("init", NASH, 0o100755), member("lib/scsi_mod.ko"), pack=plain_gzip)
    extend("nash-no-place", member("bin/nash", b"\x7fELF"), member("init", b"#!/bin/nash\nmkblkdevs\n", 0o100755))
    extend("busybox", member("init", b"#!/bin/sh\nmount /dev/sda1 /new\n", 0o100755), member("bin/busybox", b"\x7fELF"))
    extend("busybox-mdev", member("init", b"#!/bin/sh\nmdev -s\n", 0o100755), member("sbin/mdev", b"\x7fELF"),
           *tree("fs/ext4/ext4.ko", above="lib/modules", index=("",)))


if __name__ == "__main__":
    main()
    extensions()
