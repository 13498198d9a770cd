# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes small disks with a Linux or Windows on them, as the host's mkfs makes them: the seeds of filesystems.py."""

import argparse
import collections
import importlib.util
import pathlib
import shutil
import subprocess

import guest
import volumes

# Disks in their order, options of v2v-inspect.
Seed = collections.namedtuple("Seed", "name kind disks options")
EXT = {"plain": ["-text4", "-b1024", "-O^metadata_csum,^64bit"], "sums": ["-text4", "-b4096"], "inline": ["-text4", "-Oinline_data,^has_journal", "-I512"],
       "ext3": ["-text3", "-b1024"]}
XFS = {"v4": ["-mcrc=0"], "v5": [], "rmap": ["-mrmapbt=1,reflink=1", "-isparse=1", "-bsize=1024"]}
BTRFS = {"mixed": ["-M"], "plain": [], "old": ["-O^no-holes", "-R^free-space-tree", "-n4096", "-msingle"]}
NTFS = {"plain": [], "small": ["-c512"], "packed": ["-c4096", "-C"]}
ID = "b7bf0000-0000-4000-8000-00000000000"


def run(*command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        raise SystemExit(f"{command[0]}: {done.stdout.decode(errors='replace')}")


def make_tree(root):
    root.mkdir()
    guest.write_tree(root, argparse.Namespace(modules=12, netplan=2, fstab=2, kernels=1, bombs=0, initrd=0))
    guest.write(root / "var/lib/dpkg/status", "".join(
        f"Package: p{n}\nStatus: install ok installed\nVersion: 1.{n}\nArchitecture: amd64\nDescription: x\n\n" for n in range(50)))
    guest.write(root / "etc/network/interfaces", "auto ens192\niface ens192 inet dhcp\n")
    guest.write(root / "etc/hostname", "hostile\n")
    # a folder of several blocks, and a file of several extents
    for n in range(300):
        guest.write(root / f"var/spool/a-name-that-takes-room-{n:04}", "")


def blank(path, mib):
    with open(path, "wb") as disk:
        disk.truncate(mib << 20)
    return path


def ext4(work, path, options):
    run("mke2fs", "-q", "-F", *options, "-N1024", "-U", ID + "1", "-E", f"hash_seed={ID}2", "-d", work / "tree", blank(path, 12))


def dirty_ext4(work, path):
    """A transaction in the journal: of one block, as it is."""
    ext4(work, path, EXT["plain"])
    block = subprocess.run(["debugfs", "-R", "blocks /etc", path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                           check=True).stdout.split()[0].decode()
    with open(path, "rb") as disk:
        disk.seek(int(block) * 1024)
        (work / "block").write_bytes(disk.read(1024))
    (work / "commands").write_text(f"jo\njw -b {block} {work / 'block'}\njc\n")
    run("debugfs", "-w", "-f", work / "commands", path)


def _prototype(folder):
    for path in sorted(folder.iterdir()):
        mode = f"{path.lstat().st_mode & 0o777:03o} 0 0"
        if path.is_symlink():
            yield f"{path.name} l--{mode} {path.readlink()}"
        elif path.is_dir():
            yield f"{path.name} d--{mode}"
            yield from _prototype(path)
            yield "$"
        else:
            yield f"{path.name} ---{mode} {path}"


def xfs(work, path, options):
    (work / "prototype").write_text("\n".join(["/", "0 0", "d--755 0 0", *_prototype(work / "tree"), "$", ""]))
    small = ["--unsupported"] if b"unsupported" in subprocess.run(["mkfs.xfs"], capture_output=True, check=False).stderr else []
    size = 32 if small else 320
    run("mkfs.xfs", "-q", "-f", *small, *options, f"-muuid={ID}1", "-p", work / "prototype", blank(path, size))


def btrfs(work, path, options):
    run("mkfs.btrfs", "-q", *options, "-U", ID + "1", "--rootdir", work / "tree", blank(path, 48 if "-M" in options else 128))


def make_windows(root):
    """The files of a Windows that inspection reads."""
    path = pathlib.Path(__file__).parent.parent / "guests/make-windows.py"
    spec = importlib.util.spec_from_file_location("make_windows", path)
    windows = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(windows)
    for name, content in (("config/SOFTWARE", windows.Hive(windows.SOFTWARE).bytes()), ("cmd.exe", windows.pe_header()),
                          ("config/SYSTEM", windows.Hive(windows.SYSTEM).bytes())):
        guest.write(root / "Windows/System32" / name, content)
    for n in range(200):
        guest.write(root / f"Program Files/a name that takes room {n:04}", "x")


def ntfs(work, path, options):
    """Filled by ntfs-3g, which needs /dev/fuse."""
    run("mkntfs", "-F", "-Q", "-q", *options, blank(path, 12))
    mounted = work / "mounted"
    mounted.mkdir()
    run("ntfs-3g", path, mounted)
    try:
        make_windows(mounted)
    finally:
        run("umount", mounted)
        mounted.rmdir()


def from_layouts(guests, name, kind, out, *keys):
    """What tests/guests/make-layouts.sh made by the real tools, where it did."""
    source = guests / f"layout-{name}.raw"
    path = out / f"layout-{name}.raw"
    if source.exists():
        run("cp", "--sparse=always", source, path)
        yield Seed(f"layout-{name}", kind, [path], [word for key in keys for word in ("--key", key)])


def make_ext4(work, out, guests):
    for name, options in EXT.items():
        ext4(work, out / f"ext4-{name}.raw", options)
        yield Seed(f"ext4-{name}", "ext4", [out / f"ext4-{name}.raw"], [])
    dirty_ext4(work, out / "ext4-dirty.raw")
    yield Seed("ext4-dirty", "ext4", [out / "ext4-dirty.raw"], [])
    yield from from_layouts(guests, "dirty", "ext4", out)


def make_table(kind, table, maker):
    """Those that differ in options alone."""
    def function(work, out, guests):
        for name, options in table.items():
            path = out / f"{kind}-{name}.raw"
            maker(work, path, options)
            yield Seed(f"{kind}-{name}", kind, [path], [])
        if kind == "btrfs":
            yield from from_layouts(guests, "btrfs", kind, out)
    return function


def make_lvm(work, out, guests):
    for disks in 1, 2:
        paths = [out / f"lvm-{disks}-{n}.raw" for n in range(disks)]
        volumes.lvm(paths, work / "root.raw")
        yield Seed(f"lvm-{disks}", "lvm", paths, [])
    yield from from_layouts(guests, "thin", "lvm", out)


def make_md(work, out, guests):
    for level, version in (1, "0.90"), (1, "1.0"), (0, "1.1"), (0, "1.2"):
        paths = [out / f"md-{version}-{n}.raw" for n in range(2)]
        volumes.md(paths, work / "root.raw", level, version)
        yield Seed(f"md-{version}", "md", paths, [])
    yield from from_layouts(guests, "md", "md", out)


def make_luks(work, out, guests):
    for version in 1, 2:
        path = out / f"luks-{version}.raw"
        volumes.luks(path, work / "root.raw", version, work)
        yield Seed(f"luks-{version}", "luks", [path], ["--key", f"all:key:{volumes.PASSPHRASE}"])
    yield from from_layouts(guests, "luks", "luks", out, "/dev/sda2:key:first", "/dev/sda3:key:second")


MAKERS = {"ext4": make_ext4, "xfs": make_table("xfs", XFS, xfs), "btrfs": make_table("btrfs", BTRFS, btrfs), "lvm": make_lvm,
          "md": make_md, "luks": make_luks, "ntfs": make_table("ntfs", NTFS, ntfs)}


def make(out, guests, kinds):
    """The seeds of these kinds, in the new directory @out; @guests is where layouts are."""
    work = out / "work"
    work.mkdir(parents=True)
    make_tree(work / "tree")
    ext4(work, work / "root.raw", EXT["sums"])
    result = [seed for kind in kinds for seed in MAKERS[kind](work, out, guests)]
    shutil.rmtree(work)
    return result
