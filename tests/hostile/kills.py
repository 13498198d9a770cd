#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Kills the small kernel (User-mode Linux) at random moments of v2v-inspect and v2v-convert.

Each ends at once with one error that reports it; no process and no file is left, the disk and its overlay are as they
were.  A run that had no need of its kernel any more does not count, but its document must be the right one.
"""

import argparse
import collections
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import watched
from filesystems import digest

DEADLINE = 600
KERNEL = "linux.uml"
# The kernel, or before it the same program that is asked for its version.
CLEAR = "the small kernel (uml) was ended by signal 9", "linux.uml' was ended by signal 9"
LATE = 300  # seconds after the kernel's end, on a busy machine


def kernels(pid):
    """The processes of it, the oldest first."""
    result = []
    for child in watched.below(pid):
        try:
            if KERNEL in os.path.basename(os.readlink(f"/proc/{child}/exe")):
                result.append(child)
        except OSError:
            pass
    return result


def identity(path):
    """What no write leaves as it is."""
    st = path.stat()
    return st.st_ino, st.st_size, st.st_mtime_ns, st.st_ctime_ns


class Step:
    """A program that is run again and again on the same machine."""

    def __init__(self, name, options):
        self.name, self.options = name, options
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=options.scratch, prefix=f"{name}-"))
        self.work = self.folder / "work"
        self.work.mkdir()
        self.stdin, self.command = None, [options.bin / f"v2v-{name}", "--backend=uml", "--messages=json"]
        if name == "inspect":
            self.command.append(options.disk)
        else:
            self.stdin = self.folder / "document"
            self.prepare()
        self.outcomes, self.early, self.faults, self.moments = collections.Counter(), 0, 0, []
        self.before = identity(options.disk)

    def prepare(self):
        """An overlay of our own."""
        disk = subprocess.run([self.options.bin / "v2v-unpack", "--memory=1G", "--vcpus=1", "--firmware=bios", self.options.disk],
                              check=True, stdout=subprocess.PIPE).stdout
        self.stdin.write_bytes(subprocess.run([self.options.bin / "v2v-overlay", "--workdir", self.work], check=True, input=disk,
                                              stdout=subprocess.PIPE).stdout)
        shutil.copytree(self.work, self.folder / "saved")

    def state(self):
        """Of what it could write to."""
        return {path.name: digest(path) for path in self.work.iterdir()}

    def begin(self):
        run = watched.Watched(self.folder)
        run.start(self.command, self.stdin)
        while not kernels(run.process.pid) and run.process.poll() is None:
            time.sleep(0.001)
        return run, time.monotonic()

    def reference(self):
        """A run that nobody disturbs: how long it needs its kernel, and its result."""
        took = []
        for _ in range(2):  # the first makes what is kept
            run, started = self.begin()
            run.wait(DEADLINE)
            took.append(time.monotonic() - started)
            if run.status or run.faults:
                sys.exit(f"{self.name} undisturbed: {run.status} {run.faults} {[m['text'] for m in run.errors()]}")
            self.restore()
        self.span, self.document = took[-1], self.comparable(run.out)
        self.unchanged = self.state()

    def comparable(self, text):
        document = json.loads(text)
        for filesystem in document["inspect"]["filesystems"] if self.name == "inspect" else []:
            # what is free may be counted a while later
            filesystem.pop("statvfs", None)
        return document

    def restore(self):
        for path in self.work.iterdir():
            path.unlink()
        if self.stdin:
            for path in (self.folder / "saved").iterdir():
                shutil.copy2(path, self.work)

    def kill_once(self, chance):
        """False: it ended before, or needed the kernel no more."""
        run, started = self.begin()
        moment = chance.random() * self.span
        time.sleep(moment)
        victims = kernels(run.process.pid)
        if chance.random() < 0.7:
            victims = victims[:1]
        for pid in victims:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        killed = time.monotonic()
        run.wait(DEADLINE)
        faults = run.faults + list(self.check(run, time.monotonic() - killed))
        if faults:
            self.faults += 1
            print(f"{self.name}: killed {len(victims)} after {moment:.2f} s: {'; '.join(faults)}", flush=True)
        self.restore()
        if run.status == 0 or not victims:
            # it may have been slow to begin with: the next is more certain to meet it
            self.span = max(0.1, self.span * 0.98)
            return False
        self.moments.append(killed - started)
        self.outcomes.update(m["code"] for m in run.errors())
        return True

    def check(self, run, took):
        """What is wrong, beside what is so with each program."""
        if identity(self.options.disk) != self.before:
            yield "the disk was written to"
        if run.status == 0:
            if self.comparable(run.out) != self.document:
                yield "another document than undisturbed"
            return
        if self.state() != self.unchanged:
            yield "the work directory is another"
        for message in run.errors():
            if not message["text"].endswith(CLEAR):
                yield f"says {message['code']}: {message['text']}"
        if took > LATE:
            yield f"ended {took:.0f} s later"

    def go(self, count):
        self.reference()
        chance = random.Random(f"{self.options.seed} {self.name}")
        while len(self.moments) < count:
            if self.early > 3 * count + 10:
                print(f"{self.name}: it ends before it is killed, again and again")
                self.faults += 1
                break
            self.early += not self.kill_once(chance)
        told = ", ".join(f"{code} {n}" for code, n in self.outcomes.items())
        print(f"{self.name}: {len(self.moments)} kills, {min(self.moments, default=0):.2f} to {max(self.moments, default=0):.2f} s "
              f"after it began: {told}; {self.early} did not count; {self.faults} faults", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--bin", type=pathlib.Path, required=True, help="where the programs are")
    parser.add_argument("--disk", type=pathlib.Path, required=True, help="a guest that can be converted")
    parser.add_argument("--kills", type=int, default=50, help="of each step")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", nargs="+", choices=("inspect", "convert"), default=["inspect", "convert"])
    options = parser.parse_args()
    options.bin, options.disk = options.bin.resolve(), options.disk.resolve()
    options.scratch = pathlib.Path(tempfile.mkdtemp(prefix="v2v-kills-"))
    watched.adopt()
    try:
        before = digest(options.disk)
        steps = [Step(name, options) for name in options.steps]
        for step in steps:
            step.go(options.kills)
        if digest(options.disk) != before:
            print("the disk is another")
            return 1
        return 1 if any(step.faults for step in steps) else 0
    finally:
        shutil.rmtree(options.scratch)


if __name__ == "__main__":
    sys.exit(main())
