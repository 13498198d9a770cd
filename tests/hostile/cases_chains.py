# SPDX-License-Identifier: LGPL-2.1-or-later
"""Disks in layers: parents and extents whose names lead elsewhere, and damaged tables of vmfsSparse, seSparse, VHD and VHDX. Both
v2v-unpack and v2v-copy, which trusts no document, read them: no file but those of the chain's folder may be opened."""

import json
import os
import pathlib
import random
import re
import struct
import sys

from build import write
from cases_documents import document

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "copy"))
import chains  # noqa: E402
import hyperv  # noqa: E402

SECTORS = 2053
MIB = 1 << 20
KINDS = {
    "cowd": lambda c: c.flat().cowd(),
    "sesparse": lambda c: c.flat().sesparse(),
    "deep": lambda c: c.flat().cowd().sesparse(share=0.1),
    "split": lambda c: c.split(1000, True).split(1280, True, share=0.2),
    "vhd": lambda c: c.vhd(0.1).vhd(),
    "vhdx": lambda c: c.vhdx(0.1).vhdx(),
}
# Where the numbers are that no checksum covers; of the others all in front.
PLAIN = {"vhd": (2048, 4096), "vhdx": (2 * MIB, 3 * MIB + 65536 + 512)}
NUMBERS = (0, 1, 2, 3, 0x7f, 0x200, 0xffff, 0x7fffffff, 0xffffffff)
DAMAGED = 24  # of each; half of that for VHD and VHDX
OUT = ["names '", "without a valid name", "is its own parent"]


def layers(chain):
    """Of a chain of two, as v2v-unpack writes them."""
    size = SECTORS * 512
    return [{"file": str(file), "format": chain.suffix, "subformat": kind, "virtual_size": size,
             "extents": [{"file": str(file), "format": chain.suffix, "offset": 0, "size": size}]}
            for file, kind in ((chain.top, "differencing"), (chain.folder / f"{chain.name}-0.{chain.suffix}", "dynamic"))]


def case(s, name, expect, build, change=None, words=OUT, form="vmdk", **more):
    """By each of the two programs."""
    for tool in ("v2v-unpack", "v2v-copy"):
        title = f"{tool[4:]}-chain-{name}"
        chain = (chains.Chain(s.root, title, SECTORS, 3) if form == "vmdk" else
                 hyperv.Chain(s.root, title, SECTORS * 512, form))
        build(chain)
        if change:
            change(chain)
        if tool == "v2v-unpack":
            s.case("chain", title, expect, chain.top, words, args=["--name", "m", "--backing-chain"], **more)
            continue
        doc = document(chain.top, format=form, backing_chain=True, virtual_size=SECTORS * 512)
        if expect != "refused" and form != "vmdk":
            doc["source"]["disks"][0]["layers"] = layers(chain)
        stdin = write(chain.folder / "doc", json.dumps(doc).encode())
        s.case("chain", title, expect, chain.top, words, tool=tool, args=["-o", "@TMP@"], stdin=str(stdin), **more)


NAMELESS = [*OUT, "not text", "no name of the parent"]


def edited(pattern, new):
    def change(chain):
        text = chain.top.read_text()
        changed = re.sub(pattern, lambda _: new, text, count=1, flags=re.M)
        assert changed != text, (chain.name, pattern)
        chain.top.write_text(changed)
    return change


def names(s):
    """Of a parent, and of an extent."""
    good = s.outside / "good.vmdk"

    def link(target):
        return lambda chain: os.symlink(target, chain.folder / "link.vmdk")

    for name, path, prepare in (
            ("dotdot", "../outside/good.vmdk", None), ("absolute", str(good), None), ("proc", "/proc/self/fd/0", None),
            ("json", "json:{}", None), ("nbd", "nbd:unix:/tmp/none", None), ("link", "link.vmdk", link(good)),
            ("link-relative", "link.vmdk", link("../outside/good.vmdk")), ("folder-link", "link.vmdk/good.vmdk", link(s.outside)),
            ("device", "/dev/zero", None), ("self-link", "link.vmdk", link("link.vmdk"))):
        for what, pattern, new in (("parent", r"^parentFileNameHint=.*", f'parentFileNameHint="{path}"'),
                                   ("extent", r'(?<=SPARSE )".*"', f'"{path}"')):
            def change(chain, pattern=pattern, new=new, prepare=prepare):
                edited(pattern, new)(chain)
                if prepare:
                    prepare(chain)
            case(s, f"{what}-{name}", "refused", KINDS["cowd"], change)
    case(s, "loop", "refused", KINDS["cowd"], lambda chain: edited(
        "^parentFileNameHint=.*", f'parentFileNameHint="{chain.top.name}"')(chain))


def windows_names(s):
    """Of the parents of VHD and VHDX."""
    good = s.outside / "good.vmdk"
    for name, path in (("dotdot", "..\\outside\\good.vmdk"), ("within", "a\\..\\..\\outside\\good.vmdk"), ("slashes", "../outside/good.vmdk"),
                       ("absolute", str(good)), ("drive", "C:\\outside\\good.vmdk"), ("link", ".\\link.vmdk"), ("empty", ""),
                       ("device", "\\\\.\\PhysicalDrive0"), ("nul", ".\\a\0b"), ("json", "json:{}"), ("surrogate", ".\\\ud800x")):
        def link(chain):
            os.symlink(good, chain.folder / "link.vmdk")
        case(s, f"vhd-{name}", "refused", lambda c, p=path: c.vhd(0.1).vhd(names=("x", {b"W2ru": p})), link, NAMELESS, "vhd")
        case(s, f"vhdx-{name}", "refused", lambda c, p=path: c.vhdx(0.1).vhdx(words={"relative_path": p}), link, NAMELESS, "vhdx")
    for form in ("vhd", "vhdx"):
        case(s, f"{form}-loop", "refused", KINDS[form], lambda c: os.replace(c.top, c.folder / f"{c.name}-0.{c.suffix}") or os.link(
            c.folder / f"{c.name}-0.{c.suffix}", c.top), ["is not what", "is its own parent"], form)


def damaged(rng, kind):
    """Some numbers of the headers and tables of the top's extent: what is not zero, or is beside that."""
    def change(chain):
        name = chain.top.name if kind in PLAIN else re.search('^RW.*"(.*)"', chain.top.read_text(), re.M)[1]
        data = bytearray((chain.folder / name).read_bytes())
        width = rng.choice((4, 8))
        start, end = PLAIN.get(kind, (0, 40960))
        used = [at for at in range(start, min(len(data), end) - 8, width) if any(data[at:at + width])]
        for _ in range(rng.choice((1, 1, 2, 5))):
            at = rng.choice(used) + rng.choice((0, 0, 0, width))
            old = int.from_bytes(data[at:at + width], "little")
            new = rng.choice((rng.choice(NUMBERS), old ^ 1 << rng.randrange(width * 8), old + rng.choice((1, -1, 8, 512)),
                              rng.getrandbits(width * 8)))
            struct.pack_into("<Q" if width == 8 else "<I", data, at, new % (1 << width * 8))
        hyperv.write_sparse(chain.folder / name, data[:rng.choice((len(data),) * 8 + (rng.randrange(len(data)),))])
    return change


def make(s):
    for kind, build in KINDS.items():
        case(s, f"{kind}-benign", "accepted", build, quiet=True, form=kind if kind in PLAIN else "vmdk")
    names(s)
    windows_names(s)
    for kind in ("cowd", "sesparse", "vhd", "vhdx"):
        for number in range(DAMAGED if kind not in PLAIN else DAMAGED // 2):
            case(s, f"{kind}-damaged-{number}", "safe", KINDS[kind],
                 lambda chain, n=number, k=kind: damaged(random.Random(f"{k}{n}"), k)(chain), form=kind if kind in PLAIN else "vmdk")
