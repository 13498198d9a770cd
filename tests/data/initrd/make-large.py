#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes appended-zstd-large: zstd's decoder meets the padding before it has given out all that it read."""

import pathlib
import runpy

here = pathlib.Path(__file__).parent
make = runpy.run_path(str(here.parent / "make-initrds.py"))
member, archive, modules = make["member"], make["archive"], make["modules"]

first = archive(*modules("a/sd_mod.ko", "b/virtio-blk.ko.xz"), member("usr/bin/large", b"\0" * (300 << 10)))
added = archive(*modules("c/virtio_pci.ko.zst"))
packed = make["run"](first, "zstd", "-q", "-19", "-c")
pad = b"\0" * (-len(packed) % 4)
assert pad
make["put"]("appended-zstd-large", packed + pad + added, "compression zstd",
            "module sd_mod", "module virtio_pci", "count 3")
