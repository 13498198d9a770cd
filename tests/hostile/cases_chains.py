# SPDX-License-Identifier: LGPL-2.1-or-later
"""Disks in layers: parents and extents whose names lead elsewhere, and damaged tables of vmfsSparse and seSparse. Both
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

SECTORS = 2053
KINDS = {
    "cowd": lambda c: c.flat().cowd(),
    "sesparse": lambda c: c.flat().sesparse(),
    "deep": lambda c: c.flat().cowd().sesparse(share=0.1),
    "split": lambda c: c.split(1000, True).split(1280, True, share=0.2),
}
NUMBERS = (0, 1, 2, 3, 0x7f, 0x200, 0xffff, 0x7fffffff, 0xffffffff)
DAMAGED = 24  # of each of these
OUT = ["names '", "without a valid name", "is its own parent"]


def case(s, name, expect, build, change=None, words=OUT, **more):
    """By each of the two programs."""
    for tool in ("v2v-unpack", "v2v-copy"):
        title = f"{tool[4:]}-chain-{name}"
        chain = chains.Chain(s.root, title, SECTORS, 3)
        build(chain)
        if change:
            change(chain)
        if tool == "v2v-unpack":
            s.case("chain", title, expect, chain.top, words, args=["--name", "m", "--backing-chain"], **more)
            continue
        doc = document(chain.top, format="vmdk", backing_chain=True, virtual_size=SECTORS * 512)
        stdin = write(chain.folder / "doc", json.dumps(doc).encode())
        s.case("chain", title, expect, chain.top, words, tool=tool, args=["-o", "@TMP@"], stdin=str(stdin), **more)


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


def damaged(rng):
    """Some numbers of the headers and tables of the top's extent: what is not zero, or is beside that."""
    def change(chain):
        name = re.search('^RW.*"(.*)"', chain.top.read_text(), re.M)[1]
        data = bytearray((chain.folder / name).read_bytes())
        width = rng.choice((4, 8))
        used = [at for at in range(0, min(len(data), 40960) - 8, width) if any(data[at:at + width])]
        for _ in range(rng.choice((1, 1, 2, 5))):
            at = rng.choice(used) + rng.choice((0, 0, 0, width))
            old = int.from_bytes(data[at:at + width], "little")
            new = rng.choice((rng.choice(NUMBERS), old ^ 1 << rng.randrange(width * 8), old + rng.choice((1, -1, 8, 512)),
                              rng.getrandbits(width * 8)))
            struct.pack_into("<Q" if width == 8 else "<I", data, at, new % (1 << width * 8))
        (chain.folder / name).write_bytes(data[:rng.choice((len(data),) * 8 + (rng.randrange(len(data)),))])
    return change


def make(s):
    for kind, build in KINDS.items():
        case(s, f"{kind}-benign", "accepted", build, quiet=True)
    names(s)
    for kind in ("cowd", "sesparse"):
        for number in range(DAMAGED):
            case(s, f"{kind}-damaged-{number}", "safe", KINDS[kind],
                 lambda chain, n=number, k=kind: damaged(random.Random(f"{k}{n}"))(chain))
