#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes a guest that costs time: guest.py IMAGE [--modules N] [--netplan N] [--fstab N] [--kernels N] [--bombs N] [--initrd MIB]

A raw disk that is one ext4, with a Debian that has nothing but what is read: N modules in one folder, in its modules.dep and in the
initrd; N files of netplan; an fstab of N lines; N kernels, whose initrds and lists of modules are hard links to one file each; and N
more whose initrds unpack to 4 GiB of zeros each.
"""

import argparse
import gzip
import os
import pathlib
import random
import shutil
import subprocess
import tempfile

MIB = 1 << 20
DRIVERS = {"virtio": ["virtio", "virtio_ring", "virtio_pci"], "block": ["virtio_blk"], "net": ["virtio_net"],
           "scsi": ["sd_mod", "virtio_scsi", "ahci"]}
FIRST = 1000  # versions are 6.1.1000 and so on, the newest first in the menu


def member(name, data=b"", mode=0o100644, size=None):
    fields = [1, mode, 0, 0, 1, 0, len(data) if size is None else size, 0, 0, 0, 0, len(name) + 1, 0]
    entry = b"070701" + b"".join(b"%08x" % f for f in fields) + name.encode() + b"\0"
    entry += b"\0" * (-len(entry) % 4) + data
    return entry + b"\0" * (-len(entry) % 4)


def make_initrd(version, modules, mib):
    """One of initramfs-tools' kind, most of which does not compress."""
    members = [member("scripts/functions"), member("conf/modules", b"ext4\n"), member("usr/lib/systemd/systemd-udevd", b"x"),
               member("firmware", random.Random(1).randbytes(mib * MIB))]
    members += [member(f"usr/lib/modules/{version}/kernel/x/m{n}.ko", b"x") for n in range(modules)]
    return gzip.compress(b"".join(members) + member("TRAILER!!!", mode=0), 1)


def make_bomb():
    """4 GiB in 4 MiB: gzip's streams may follow one another."""
    zeros = gzip.compress(bytes(64 * MIB), 9)
    return gzip.compress(member("zeros", size=0xffffffff)) + zeros * 64


def make_dep(modules):
    """Each needs the eight before it."""
    lines = [f"kernel/drivers/{folder}/{name}.ko:" for folder, names in DRIVERS.items() for name in names]
    for n in range(modules):
        needs = " ".join(f"kernel/x/m{n - i}.ko" for i in range(1, 9) if n >= i)
        lines.append(f"kernel/x/m{n}.ko: {needs}")
    return "\n".join(lines) + "\n"


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, str):
        content = content.encode()
    path.write_bytes(content)


def write_modules(folder, modules):
    write(folder / "modules.dep", make_dep(modules))
    write(folder / "modules.builtin", "kernel/fs/ext4/ext4.ko\n")
    write(folder / "modules.alias", "alias pci:v00001AF4d* virtio_pci\n")
    for above, names in DRIVERS.items():
        for name in names:
            write(folder / "kernel/drivers" / above / f"{name}.ko", f"the module {name}\n")
    (folder / "kernel/x").mkdir()
    for n in range(modules):
        (folder / f"kernel/x/m{n}.ko").touch()


def write_kernels(root, args):
    versions = [f"6.1.{FIRST + n}" for n in range(args.kernels + args.bombs)]
    boot, lib = root / "boot", root / "usr/lib/modules"
    options = "".join(f"# CONFIG_OPTION_{n} is not set\n" for n in range(10000))
    write(boot / f"config-{versions[0]}", "CONFIG_X86_64=y\n" + options)
    write(boot / f"initrd.img-{versions[0]}", make_initrd(versions[0], args.modules, args.initrd))
    write(boot / f"vmlinuz-{versions[0]}", "no kernel, but its name\n")
    write_modules(lib / versions[0], args.modules)
    bomb = make_bomb() if args.bombs else b""
    for n, version in enumerate(versions[1:], 1):
        for stem in ("config-", "vmlinuz-") + (() if n >= args.kernels else ("initrd.img-",)):
            os.link(boot / f"{stem}{versions[0]}", boot / f"{stem}{version}")
        if n >= args.kernels:
            write(boot / f"initrd.img-{version}", bomb)
        (lib / version).mkdir()
        for name in ("dep", "builtin", "alias"):
            os.link(lib / versions[0] / f"modules.{name}", lib / version / f"modules.{name}")
        (lib / version / "kernel").symlink_to(f"../{versions[0]}/kernel")
    # The bombs follow the first, so that no limit of kernels hides them.
    order = versions[:1] + versions[args.kernels:] + versions[1:args.kernels]
    write(boot / "grub/grub.cfg", "set default=0\n" + "".join(
        f"menuentry '{v}' {{\n\tlinux /boot/vmlinuz-{v} root=/dev/sda ro\n\tinitrd /boot/initrd.img-{v}\n}}\n" for v in order))


def write_tree(root, args):
    for folder in ("usr/bin", "usr/sbin", "usr/lib", "var/lib/dpkg", "dev", "proc", "sys", "root"):
        (root / folder).mkdir(parents=True)
    for link in ("bin", "sbin", "lib"):
        (root / link).symlink_to(f"usr/{link}")
    shutil.copy("/bin/true", root / "usr/bin/sh")
    write(root / "etc/os-release", 'NAME="Debian GNU/Linux"\nID=debian\nVERSION_ID="12"\nPRETTY_NAME="A hostile guest"\n')
    write(root / "etc/debian_version", "12.5\n")
    write(root / "etc/passwd", "root:x:0:0:root:/root:/bin/sh\n")
    write(root / "etc/fstab", "/dev/sda / ext4 defaults 0 1\n" + "".join(
        f"/dev/sda /mnt/{n} ext4 defaults 0 0\n" for n in range(args.fstab)))
    for n in range(args.netplan):
        write(root / f"etc/netplan/{n:05}.yaml", f"network: {{ethernets: {{eth{n}: {{dhcp4: true}}}}}}\n")
    write_kernels(root, args)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("image", type=pathlib.Path)
    for name, number in (("modules", 40000), ("netplan", 20000), ("fstab", 1000000), ("kernels", 301), ("bombs", 8), ("initrd", 35)):
        parser.add_argument(f"--{name}", type=int, default=number)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="v2v-guest-") as folder:
        root = pathlib.Path(folder) / "root"
        root.mkdir()
        write_tree(root, args)
        with open(args.image, "xb") as image:
            image.truncate((256 + 3 * args.initrd + 5 * args.bombs + args.fstab * 64 // MIB + 1) * MIB)
        inodes = args.modules + args.netplan + 2 * args.kernels + 10000
        subprocess.run(["/sbin/mkfs.ext4", "-q", "-F", "-E", "root_owner=0:0", "-N", str(inodes), "-d", root, args.image], check=True)


if __name__ == "__main__":
    main()
