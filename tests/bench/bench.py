#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The whole pipeline, by step, against virt-v2v and guestfish on the same guest in the same run: ratios, and each step's peak memory."""

import argparse
import os
import pathlib
import shutil
import tempfile

from measure import PEERS_ENV, run

STEPS = [
    ("unpack", ["v2v-unpack", "{ova}"]),
    ("overlay", ["v2v-overlay"]),
    ("inspect", ["v2v-inspect"]),
    ("estimate", ["v2v-estimate", "-o", "{out}"]),
    ("convert", ["v2v-convert"]),
    ("copy", ["v2v-copy", "-o", "{out}"]),
    ("meta", ["v2v-meta"]),
]


def pipeline(ova, work):
    out = work / "out"
    out.mkdir()
    document, total = None, 0.0
    print(f"{'step':<10} {'seconds':>8} {'peak MiB':>9}")
    for name, argv in STEPS:
        argv = [word.format(ova=ova, out=out) for word in argv]
        result = work / f"{name}.json"
        with open(document or os.devnull) as source, open(result, "w") as sink:
            seconds, peak = run(argv, source, sink, PEERS_ENV)
        print(f"{name:<10} {seconds:8.2f} {peak / 1024:9.1f}")
        document, total = result, total + seconds
    print(f"{'together':<10} {total:8.2f}")
    return total


def has_virt_v2v():
    """It copies with nbdcopy, and without ends after its conversion: minutes for nothing."""
    missing = [name for name in ("virt-v2v", "nbdcopy") if not shutil.which(name)]
    if missing:
        print(f"not compared with virt-v2v: {', '.join(missing)} not installed (tests/setup.sh --bench)")
    return not missing


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("guests", type=pathlib.Path)
    parser.add_argument("--runs", type=int, default=2, help="of what is short; the best counts")
    parser.add_argument("--no-virt-v2v", action="store_true", help="it takes ten minutes")
    options = parser.parse_args()
    ova, raw = options.guests / "debian.ova", options.guests / "debian.raw"
    work = pathlib.Path(tempfile.mkdtemp(prefix="v2v-bench-", dir="/var/tmp"))
    try:
        ours = pipeline(ova, work)
        inspect, guestfish = [], []
        for _ in range(options.runs):
            guestfish.append(run(["guestfish", "--ro", "--format=raw", "-a", raw, "-i", "exit"], env=PEERS_ENV)[0])
            inspect.append(run(["v2v-inspect", raw], env=PEERS_ENV)[0])
        print(f"v2v-inspect {min(inspect):.2f} s, guestfish -i {min(guestfish):.2f} s: "
              f"ratio {min(inspect) / min(guestfish):.2f} (wanted: at most 1.10)")
        if not options.no_virt_v2v and has_virt_v2v():
            (work / "peer").mkdir()
            peer, _ = run(["virt-v2v", "-i", "ova", ova, "-o", "local", "-os", work / "peer", "-of", "qcow2"], env=PEERS_ENV)
            print(f"pipeline {ours:.1f} s, virt-v2v {peer:.1f} s: ratio {ours / peer:.3f} (wanted: at most 0.100)")
    finally:
        shutil.rmtree(work)


if __name__ == "__main__":
    main()
