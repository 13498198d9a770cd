# SPDX-License-Identifier: LGPL-2.1-or-later
"""VMDKs whose descriptor is a text: in an OVA, and named by the user with its extents beside it."""

import os

from build import GIB, MIB, disk, member, ovf, tar, write
from disks import RAW, descriptor, flat_vmdk, vmdk, vmdk_header

HALVES = 'RW 1024 FLAT "a.raw" 0\nRW 1024 FLAT "b.raw" 0'
# Text that some encoding makes another name of.
ENCODED = {
    "utf-7": ("UTF-7", b"..+AC8-outside+AC8-good.vmdk"), "ebcdic": ("IBM037", b"aKKa\x96\xa4\xa3a\x87"),
    "shift-jis": ("Shift_JIS", b"\x81/../outside/good.vmdk"), "gbk": ("GBK", b"\x81/../outside/good.vmdk"),
    "windows-1252": ("windows-1252", b"\xfc/../../outside/good.vmdk"), "utf-16": ("UTF-16", b"../outside/good.vmdk"),
    "iso-2022-jp": ("ISO-2022-JP", b"\x1b(J../outside/good.vmdk"), "unknown": ("klingon", b"\xfc.raw"),
    "path": ("../../../outside/secret", b"\xfc.raw"), "long": ("x" * 5000, b"\xfc.raw"),
    "control": ("\x1b[2J\x9b1m", b"\xfc.raw"),
}


def flat(name='flat.raw', kind="monolithicFlat", sectors=2048, **more):
    return descriptor(kind, f'RW {sectors} FLAT "{name}" 0', **more)


def encoded(encoding, name):
    text = descriptor("monolithicFlat", 'RW 2048 FLAT "@" 0').replace(
        b"version=1\n", b'version=1\nencoding="' + encoding.encode("latin-1") + b'"\n')
    return text.replace(b"@", name)


def in_ova(s, name, expect, text, files=(), words=("disk.vmdk", "x.ova"), form=None, **more):
    described = disk() if form is None else disk(form=form)
    s.ova("extents", name, expect, tar(member("x.ovf", ovf(described)), member("disk.vmdk", text),
                                       *[member(file, data) for file, data in files]), list(words), **more)


def alone(s, name, expect, text, files=(), words=("disk.vmdk",), prepare=None, **more):
    """The user names the descriptor; its folder holds what else is given."""
    path = s.folder(name)
    for file, data in files:
        write(path / file, *(data if isinstance(data, tuple) else (data,)))
    write(path / "disk.vmdk", text)
    if prepare:
        prepare(path)
    s.case("extents", name, expect, path / "disk.vmdk", list(words), **more)


def both(s, name, expect, text, files=(), **more):
    in_ova(s, name, expect, text, files, **more)
    alone(s, name + "-alone", expect, text, files, **more)


def texts(s):
    """What is a descriptor, and what is not."""
    benign = {"has": {"source.disks.0.virtual_size": MIB, "source.disks.0.subformat": "monolithicFlat"},
              "quiet": True, "files": [("flat.raw", RAW)]}
    title = b"# Disk DescriptorFile\n"
    both(s, "extents-benign", "accepted", flat(), **benign)
    both(s, "extents-title-other-benign", "accepted", flat().replace(title, b"# made by hand\n"), **benign)
    both(s, "extents-title-none-benign", "accepted", flat().replace(title, b""), **benign)
    both(s, "extents-crlf-blanks-benign", "accepted", flat().replace(b"\n", b" \t\r\n"), **benign)
    both(s, "extents-encoding-benign", "accepted", encoded("windows-1252", b"Gr\xfcn.raw"),
         **{**benign, "files": [("Grün.raw", RAW)]})
    script = b"#!/bin/sh\nversion=1\ncreateType=monolithicFlat\necho $version\n"
    script = script.ljust(511, b" ") + b"\n"
    in_ova(s, "extents-script", "refused", script, [("flat.raw", RAW)])
    in_ova(s, "extents-script-raw", "safe", script, [("flat.raw", RAW)], form="")
    both(s, "extents-kind-twice", "refused", flat(more='createType="streamOptimized"\n'), [("flat.raw", RAW)])
    both(s, "extents-behind-zeros", "refused", flat() + bytes(8) + b'RW 2048 FLAT "flat.raw" 0\n', [("flat.raw", RAW)])
    both(s, "extents-line-strange", "refused", flat(more='RX 2048 FLAT "flat.raw" 0\n'), [("flat.raw", RAW)])
    both(s, "extents-device", "refused", flat("/dev/sda", "fullDevice"))
    both(s, "extents-snapshot", "refused", descriptor(
        "seSparse", 'RW 2048 SESPARSE "x-sesparse.vmdk"', 'parentFileNameHint="base.vmdk"\n'), [("base.vmdk", RAW)])
    for name, magic in (("cowd", b"COWD\1\0\0\0"), ("sesparse", b"\xbe\xba\xfe\xca\0\0\0\0")):
        both(s, f"extents-snapshot-{name}", "refused", magic.ljust(4096, b"\0"))
    in_ova(s, "extents-kind-twice-embedded", "refused", vmdk(descriptor(more='createType="monolithicSparse"\n')))
    both(s, "extents-text-2-mib", "refused", flat() + b"# x\n" * (MIB // 2), [("flat.raw", RAW)])


def names(s):
    """Each leads out of the folder, or to no regular file."""
    good = str(s.outside / "good.vmdk")
    leads = {
        "absolute": good, "dotdot": "../outside/good.vmdk", "inside-dotdot": "x/../../outside/good.vmdk",
        "percent": "..%2foutside%2fgood.vmdk", "backslash": "..\\outside\\good.vmdk", "uri": "file://" + good,
        "proc": "/proc/self/fd/0", "dot": ".", "dotdot-only": "..", "itself": "disk.vmdk", "missing": "gone.raw",
        "device": "/dev/zero", "windows": "C:\\vm\\flat.raw", "network": "\\\\127.0.0.1\\x\\flat.raw",
        "json": "json:{'driver':'file'}", "nbd": "nbd://127.0.0.1:9/x",
    }
    for name, lead in leads.items():
        both(s, f"extents-name-{name}", "refused", flat(lead))
        alone(s, f"extents-name-{name}-split", "refused", descriptor(
            "twoGbMaxExtentFlat", f'RW 1024 FLAT "a.raw" 0\nRW 1024 FLAT "{lead}" 0'), [("a.raw", RAW)])
    for name, (encoding, lead) in ENCODED.items():
        both(s, f"extents-encoding-{name}", "refused", encoded(encoding, lead))


def beside(s):
    """What lies beside a descriptor that is named itself."""
    link = ["flat.raw"]
    alone(s, "extents-beside-symlink", "refused", flat(), words=link,
          prepare=lambda p: os.symlink(s.outside / "good.vmdk", p / "flat.raw"))
    alone(s, "extents-beside-symlink-near", "refused", flat(), [("other.raw", RAW)], words=link,
          prepare=lambda p: os.symlink("other.raw", p / "flat.raw"))
    alone(s, "extents-beside-fifo", "refused", flat(), words=link, prepare=lambda p: os.mkfifo(p / "flat.raw"))
    alone(s, "extents-beside-folder", "refused", flat(), words=link, prepare=lambda p: os.mkdir(p / "flat.raw"))
    alone(s, "extents-beside-socket", "refused", flat(), words=link,
          prepare=lambda p: os.mknod(p / "flat.raw", 0o140644))
    if os.geteuid() == 0:
        alone(s, "extents-beside-device", "refused", flat(), words=link,
              prepare=lambda p: os.mknod(p / "flat.raw", 0o020644, os.makedev(1, 5)))
    # In an OVA's folder it is allowed.
    for name in ("sub/flat.raw", "sub%2fflat.raw"):
        alone(s, "extents-beside-" + name.replace("/", "-").replace("%", "-"), "refused", flat(name), prepare=lambda p: (
            os.mkdir(p / "sub"), write(p / "sub/flat.raw", RAW)))
    alone(s, "extents-beside-dot-benign", "accepted", flat("./flat.raw"), [("flat.raw", RAW)], quiet=True)
    alone(s, "extents-beside-ovf", "refused", flat("x.ovf"), [("x.ovf", ovf())], words=["x.ovf"])
    # The name of the descriptor is the user's own, a link too.
    path = s.folder("extents-beside-link-benign")
    write(path / "real.vmdk", flat())
    write(path / "flat.raw", RAW)
    os.symlink("real.vmdk", path / "disk.vmdk")
    s.case("extents", path.name, "accepted", path / "disk.vmdk", quiet=True,
           has={"source.disks.0.file": str(path / "flat.raw")})


def budgets(s):
    split = {"not_in_place": True, "quiet": True, "has": {"source.disks.0.virtual_size": MIB}}
    halves = [("a.raw", RAW[:MIB // 2]), ("b.raw", RAW[:MIB // 2])]
    both(s, "extents-split-benign", "accepted", descriptor("twoGbMaxExtentFlat", HALVES), halves, **split)
    sparse = flat_vmdk()
    both(s, "extents-sparse-benign", "accepted", descriptor(
        "twoGbMaxExtentSparse", 'RW 2048 SPARSE "s.vmdk"'), [("s.vmdk", sparse)], **split)
    both(s, "extents-overlap", "refused", descriptor(
        "twoGbMaxExtentFlat", 'RW 1024 FLAT "a.raw" 0\nRW 1024 FLAT "a.raw" 512'), [("a.raw", RAW)])
    both(s, "extents-twice", "refused", descriptor(
        "twoGbMaxExtentFlat", 'RW 1024 FLAT "a.raw" 0\nRW 1024 FLAT "./a.raw" 0'), [("a.raw", RAW)])
    both(s, "extents-sparse-twice", "refused", descriptor("twoGbMaxExtentSparse", "\n".join(
        ['RW 2048 SPARSE "s.vmdk"'] * 2)), [("s.vmdk", sparse)])
    both(s, "extents-sparse-parent", "safe", descriptor(
        "twoGbMaxExtentSparse", 'RW 2048 SPARSE "s.vmdk"'), [("s.vmdk", flat_vmdk(text=descriptor(
            "monolithicSparse", more='parentFileNameHint="/etc/passwd"\n')))])
    both(s, "extents-short", "refused", flat(sectors=4096), [("flat.raw", RAW)], words=("flat.raw",))
    both(s, "extents-offset-huge", "refused", flat().replace(b'" 0\n', b'" 18446744073709551615\n'), [("flat.raw", RAW)])
    both(s, "extents-sectors-huge", "refused", flat(sectors=(1 << 64) - 1), [("flat.raw", RAW)])
    both(s, "extents-many", "refused", descriptor("twoGbMaxExtentFlat", "\n".join(
        f'RW 1 FLAT "flat.raw" {i}' for i in range(2000))), [("flat.raw", RAW)])
    both(s, "extents-many-lines", "refused", descriptor("twoGbMaxExtentFlat", "RW\n" * 300000), [("flat.raw", RAW)])
    both(s, "extents-zeros-huge", "refused", descriptor(
        "twoGbMaxExtentFlat", "\n".join(["RW 2199023255552 ZERO"] * 1000)))
    # Holes are not data: a tebibyte of them costs nothing.
    alone(s, "extents-holes-benign", "accepted", descriptor("twoGbMaxExtentFlat", "\n".join(
        f'RW {GIB} FLAT "{name}" 0' for name in ("a.raw", "b.raw"))),
        [(name, (RAW, 512 * GIB - len(RAW))) for name in ("a.raw", "b.raw")], quiet=True,
        has={"source.disks.0.virtual_size": 1 << 40})
    grain = vmdk_header(version=1, flags=1, capacity=1 << 40, compression=0, place=0, room=0, gd=1)
    both(s, "extents-sparse-capacity", "refused", descriptor(
        "twoGbMaxExtentSparse", 'RW 2048 SPARSE "s.vmdk"'), [("s.vmdk", grain.ljust(8192, b"\0"))],
        words=("s.vmdk", "disk.vmdk"))


def make(s):
    texts(s)
    names(s)
    beside(s)
    budgets(s)
