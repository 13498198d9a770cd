#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Guests read and converted by the small kernel: seconds, against guestfish -i in the same run, what all processes have in memory
together, and the other two backends."""

import argparse
import pathlib
import shlex
import tempfile

import guests
from measure import PEERS_ENV, measure, ratio, resident, run

# What is wanted of a guest on a plain partition, and of every one; seconds, and of guestfish's.
PLAIN = ("debian", "two-disks", "netplan")
PLAIN_SECONDS, SECONDS, OF_GUESTFISH = 0.6, 1.0, 1 / 20
CONVERT_SECONDS, QEMU_SECONDS = 3.0, 5.0
MEMORY = 160  # MiB
# virt-inspector looks at as much of a guest as v2v-inspect; each is one launch of one appliance.
OF_INSPECTOR = 1.1


def pipeline(files, step):
    return ["bash", "-o", "pipefail", "-c", f"v2v-unpack {shlex.join(map(str, files))} | {step}"]


def step(program, backend, guest):
    return shlex.join([program, f"--backend={backend}", *guest.keys])


def peer(program, guest, folder, *more):
    disks = [word for name in guest.disks for word in ("-a", folder / name)]
    return [program, *(["--ro"] if program == "guestfish" else []), "--format=raw", *disks, *guest.keys, *more]


# Rows that missed, and by what.
missed = []


def verdict(name, text, is_missed):
    """A line for people."""
    print(f"{name:<28} {text}{'  MISSED' if is_missed else ''}", flush=True)
    if is_missed:
        missed.append(f"{name}: {text}")


def compare(name, ours, peer, wanted):
    if not ratio(name, ours, peer, wanted):
        missed.append(f"{name}: {ours:.2f} / {peer:.2f} s (wanted: at most {wanted:.2f})")


def row(name, argv, wanted, runs, env):
    """The seconds."""
    best = min(measure(argv, env=env) for _ in range(runs))
    verdict(name, f"{best.seconds:6.2f} s (wanted: at most {wanted:.2f}), {best.cpu:.2f} s of processors", best.seconds > wanted)
    return best.seconds


def memory(name, argv, env):
    """In a run of its own: to look at it takes time."""
    mib = resident(argv, env) / 1024
    verdict(name, f"{mib:6.1f} MiB (wanted: at most {MEMORY})", mib > MEMORY)


def inspect(guest, options, env):
    files = [guests.packed(options.guests, guest)]
    ours = pipeline(files, step("v2v-inspect", "uml", guest))
    seconds = row(f"inspect {guest.name}", ours, PLAIN_SECONDS if guest.name in PLAIN else SECONDS, options.runs, env)
    memory(f"inspect {guest.name}", ours, env)
    if not options.no_qemu:
        row(f"inspect {guest.name}, qemu", pipeline(files, step("v2v-inspect", "qemu", guest)), QEMU_SECONDS, 2, env)
    if not options.no_guestfish:
        compare(f"inspect {guest.name}, guestfish -i", seconds,
                run(peer("guestfish", guest, options.guests, "-i", "exit"), env=PEERS_ENV)[0], OF_GUESTFISH)


def libguestfs(guest, options, env):
    """Not slower than what is made of the same library."""
    ours = run([*shlex.split(step("v2v-inspect", "libguestfs", guest)), *(options.guests / name for name in guest.disks)], env=env)[0]
    compare(f"inspect {guest.name} by libguestfs, virt-inspector", ours,
            run(peer("virt-inspector", guest, options.guests), env=PEERS_ENV)[0], OF_INSPECTOR)


def bench(options, env):
    for name in options.names:
        inspect(guests.facts(name), options, env)
    debian = guests.facts("debian")
    convert = pipeline([guests.packed(options.guests, debian)], step("v2v-convert", "uml", debian))
    row("convert debian", convert, CONVERT_SECONDS, options.runs, env)
    memory("convert debian", convert, env)
    if not options.no_guestfish:
        for name in ("debian", "lvm"):
            libguestfs(guests.facts(name), options, env)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("guests", type=pathlib.Path)
    parser.add_argument("names", nargs="*", default=guests.matrix())
    parser.add_argument("--runs", type=int, default=10, help="of what is short; the best counts")
    parser.add_argument("--no-guestfish", action="store_true", help="half a minute for each guest")
    parser.add_argument("--no-qemu", action="store_true", help="some seconds for each guest")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="v2v-bench-", dir="/var/tmp") as work:
        bench(options, {**PEERS_ENV, "TMPDIR": work})
    print(f"{len(options.names)} guests; rows that missed: {len(missed)}", *missed, sep="\n  ")


if __name__ == "__main__":
    main()
