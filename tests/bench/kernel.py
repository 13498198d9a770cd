#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Guests read and converted by the small kernel: seconds, against guestfish -i in the same run, and what all processes have in memory together."""

import argparse
import pathlib
import shlex
import tempfile

from measure import PEERS_ENV, ratio, resident, run

# What is wanted of a guest on a plain partition, and of every one; seconds, and of guestfish's.
PLAIN = ("debian", "two-disks", "netplan")
PLAIN_SECONDS, SECONDS, OF_GUESTFISH = 0.6, 1.0, 1 / 20
CONVERT_SECONDS = 3.0
MEMORY = 160  # MiB


def disks_of(guests, name):
    return [path for path in [guests / f"{name}.raw", *sorted(guests.glob(f"{name}-sd?.raw"))] if path.exists()]


def pipeline(files, step):
    return ["bash", "-o", "pipefail", "-c", f"v2v-unpack {shlex.join(map(str, files))} | {step}"]


def inspection(files):
    if len(files) == 1 and files[0].suffix != ".ova":
        return ["v2v-inspect", "--backend=uml", files[0]]
    return pipeline(files, "v2v-inspect --backend=uml")


def guestfish(files):
    return ["guestfish", "--ro", "--format=raw", *(word for path in files for word in ("-a", path)), "-i", "exit"]


def row(name, argv, wanted, runs, env):
    """A line for people: seconds and memory; the seconds.  Memory is of a run of its own: to look at it takes time."""
    seconds = min(run(argv, env=env)[0] for _ in range(runs))
    memory = resident(argv, env) / 1024
    missed = seconds > wanted or memory > MEMORY
    print(f"{name:<24} {seconds:6.2f} s (wanted: at most {wanted:.2f}) {memory:6.1f} MiB (at most {MEMORY}){'  MISSED' if missed else ''}", flush=True)
    return seconds


def bench(options, env):
    for name in options.names:
        files = disks_of(options.guests, name)
        seconds = row(f"inspect {name}", inspection(files), PLAIN_SECONDS if name in PLAIN else SECONDS, options.runs, env)
        if not options.no_guestfish:
            ratio(f"inspect {name}, guestfish -i", seconds, run(guestfish(files), env=PEERS_ENV)[0], OF_GUESTFISH)
    ova = [options.guests / "debian.ova"]
    row("inspect debian.ova", inspection(ova), PLAIN_SECONDS, options.runs, env)
    row("convert debian.ova", pipeline(ova, "v2v-convert --backend=uml"), CONVERT_SECONDS, options.runs, env)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("guests", type=pathlib.Path)
    parser.add_argument("names", nargs="*", default=["debian", "two-disks", "netplan", "uefi", "lvm", "layout-thin"])
    parser.add_argument("--runs", type=int, default=10, help="of what is short; the best counts")
    parser.add_argument("--no-guestfish", action="store_true", help="half a minute for each guest")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="v2v-bench-", dir="/var/tmp") as work:
        bench(options, {**PEERS_ENV, "TMPDIR": work})


if __name__ == "__main__":
    main()
