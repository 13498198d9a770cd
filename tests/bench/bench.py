#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The whole pipeline, by step, against virt-v2v on the same guest in the same run: ratios, and each step's peak memory."""

import argparse
import os
import pathlib
import shutil
import tempfile

import guests
from measure import PEERS_ENV, measure, ratio

STEPS = [
    ("unpack", ["v2v-unpack", "{ova}"]),
    ("overlay", ["v2v-overlay"]),
    ("inspect", ["v2v-inspect"]),
    ("estimate", ["v2v-estimate", "-o", "{out}"]),
    ("convert", ["v2v-convert"]),
    ("copy", ["v2v-copy", "-o", "{out}"]),
    ("meta", ["v2v-meta"]),
]

# Of virt-v2v's time: the demo guest, which is small, and its cousin of full size.
WANTED = {"debian": 1 / 30, "full": 1 / 100}


def pipeline(ova, work):
    """The seconds, of the clock and of processors, of all steps."""
    out = work / "out"
    out.mkdir(parents=True)
    document, total, cpu = None, 0.0, 0.0
    print(f"{'step':<10} {'seconds':>8} {'peak MiB':>9}")
    for name, argv in STEPS:
        argv = [word.format(ova=ova, out=out) for word in argv]
        result = work / f"{name}.json"
        with open(document or os.devnull) as source, open(result, "w") as sink:
            step = measure(argv, source, sink, PEERS_ENV)
        print(f"{name:<10} {step.seconds:8.2f} {step.peak / 1024:9.1f}", flush=True)
        document, total, cpu = result, total + step.seconds, cpu + step.cpu
    shutil.rmtree(work)
    return total, cpu


def has_virt_v2v():
    """It copies with nbdcopy, and without ends after its conversion: minutes for nothing."""
    missing = [name for name in ("virt-v2v", "nbdcopy") if not shutil.which(name)]
    if missing:
        print(f"not compared with virt-v2v: {', '.join(missing)} not installed (tests/setup.sh --bench)")
    return not missing


def compare(name, ours, ova, work):
    work.mkdir()
    peer = measure(["virt-v2v", "-i", "ova", ova, "-o", "local", "-os", work, "-of", "qcow2"], env=PEERS_ENV)
    shutil.rmtree(work)
    ratio(f"pipeline of {name}, virt-v2v", ours[0], peer.seconds, WANTED[name])
    # On a busy machine the shorter one waits relatively longer.
    print(f"pipeline of {name}, virt-v2v: {ours[1]:.2f} / {peer.cpu:.2f} s of processors = 1/{peer.cpu / ours[1]:.0f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("guests", type=pathlib.Path)
    parser.add_argument("names", nargs="*", default=list(WANTED))
    parser.add_argument("--runs", type=int, default=3, help="of our own; the best counts")
    parser.add_argument("--no-virt-v2v", action="store_true", help="it takes ten minutes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="v2v-bench-", dir="/var/tmp") as work:
        for name in options.names:
            ova = guests.packed(options.guests, guests.facts(name))
            ours = min(pipeline(ova, pathlib.Path(work, "ours")) for _ in range(options.runs))
            if not options.no_virt_v2v and has_virt_v2v():
                compare(name, ours, ova, pathlib.Path(work, "peer"))


if __name__ == "__main__":
    main()
