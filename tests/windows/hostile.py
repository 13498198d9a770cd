#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Hives of a Windows' disk are damaged, and the disk converted in place by the programs: done, or one clear error and a disk as it was."""

import argparse
import hashlib
import pathlib
import random
import shutil
import subprocess
import sys

MARKS = [b"nk", b"vk", b"lf", b"sk", b"hbin"]
NUMBERS = [0, 1, 0x20, 0x1000, 0x7FFFFFFF, 0x80000000, 0x80000004, 0xFFFFF000, 0xFFFFFFFF]

SECONDS = 600  # to wait at most; a busy machine may take long


def hives(data):
    """Where each begins, and its end."""
    at = data.find(b"regf")
    while at >= 0:
        size = int.from_bytes(data[at + 40:at + 44], "little")
        if at % 512 == 0 and 0 < size < 1 << 20:
            yield at, at + 4096 + size
        at = data.find(b"regf", at + 1)


def damage(data, chance):
    begin, end = chance.choice(list(hives(data)))
    for _ in range(chance.randint(1, 6)):
        at = data.find(chance.choice(MARKS), chance.randrange(begin, end), end)
        at = at + 4 * chance.randrange(20) if at >= 0 else chance.randrange(begin, end)
        if chance.random() < 0.5:
            data[at:at + 4] = chance.choice(NUMBERS).to_bytes(4, "little")
        else:
            data[at] ^= 1 << chance.randrange(8)


def sum_of(disk):
    return hashlib.sha256(disk.read_bytes()).hexdigest()


def convert(disk):
    """The fault of the programs, if there is one; and their status."""
    before = sum_of(disk)
    inspected = subprocess.run(["v2v-inspect", disk], capture_output=True, timeout=SECONDS)
    done = subprocess.run(["v2v-convert", "--in-place"], input=inspected.stdout, capture_output=True, timeout=SECONDS) if not inspected.returncode else inspected
    said = (inspected.stderr + done.stderr).decode(errors="replace")
    if {inspected.returncode, done.returncode} - {0, 1} or "Sanitizer" in said or "runtime error" in said:
        return f"status {inspected.returncode}, {done.returncode}: {said}", done.returncode
    if done.returncode and (done.stdout or not done.stderr.startswith(b"v2v-")):
        return f"not one clear error: {said}", 1
    if done.returncode and sum_of(disk) != before:
        return f"an error, and the disk was changed: {said}", 1
    return "", done.returncode


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("disk", type=pathlib.Path)
    options = parser.parse_args()
    chance, good = random.Random(options.seed), options.disk.read_bytes()
    statuses, faults = [], 0
    work = options.disk.with_suffix(".hostile")
    for number in range(options.times):
        data = bytearray(good)
        damage(data, chance)
        work.write_bytes(data)
        fault, status = convert(work)
        statuses.append(status)
        if fault:
            faults += 1
            shutil.copy(work, options.disk.with_suffix(f".fault-{number}"))
            print(f"{number}: {fault}")
    work.unlink()
    print(f"{options.times} damaged disks: {statuses.count(0)} converted, {statuses.count(1)} refused, {faults} faults")
    # What breaks nothing, or all, says nothing of the other half.
    return faults > 0 or (options.times >= 5 and not {0, 1} <= set(statuses))


if __name__ == "__main__":
    sys.exit(main())
