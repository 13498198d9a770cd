#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Changes the metadata of filesystems and volumes, and has v2v-inspect read them by User-mode Linux.

Whatever was changed: it ends in time with status 0 and a document as the schema has it, or 1 and one line; no process
and no file is left, and the disks are as they were.  The same --seed, the same changes: --only KIND:NUMBER does one again.
"""

import argparse
import collections
import hashlib
import json
import multiprocessing
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import jsonschema

import blocks
import mutate
import seeds
import watched

SCHEMA = pathlib.Path(__file__).parent.parent.parent / "lib/v2v-document.schema.json"
DEADLINE = 1260  # v2v-inspect's own is 1200

Result = collections.namedtuple("Result", "kind number seed what outcome text seconds faults")


def digest(path):
    """Of its data, and of where that is."""
    state = hashlib.blake2b(str(path.stat().st_size).encode())
    with open(path, "rb") as file:
        for start, end in blocks.pieces(file):
            file.seek(start)
            state.update(b"%d %d " % (start, end))
            while start < end:
                piece = file.read(min(end - start, 1 << 20))
                state.update(piece)
                start += len(piece)
    return state.digest()


class Worker:
    """A process's own copies of the seeds' disks, each changed in place and made good again."""

    def __init__(self, options, made):
        watched.adopt()
        self.options = options
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=options.scratch, prefix="worker-"))
        self.schema = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text()))
        self.seeds = collections.defaultdict(list)
        self.ready = set()
        for seed in made:
            self.seeds[seed.kind].append(seed)
        subprocess.run(["cp", "-a", options.cache, self.folder / "tmp"], check=True)

    def disks(self, seed):
        """Ours, copied when they are needed first."""
        result = [self.folder / path.name for path in seed.disks]
        if seed.name not in self.ready:
            for path, own in zip(seed.disks, result):
                subprocess.run(["cp", "--sparse=always", path, own], check=True)
            self.ready.add(seed.name)
        return result

    def inspect(self, seed, disks):
        run = watched.Watched(self.folder)
        before = [digest(path) for path in disks]
        run.start([self.options.bin / "v2v-inspect", "--backend=uml", "--messages=json", *seed.options, *disks])
        run.wait(self.options.deadline)
        if [digest(path) for path in disks] != before:
            run.faults.append("the disk is another")
        outcome, text = "late", ""
        if run.status == 0:
            outcome = self.check_document(run)
        elif run.errors():
            outcome, text = f"refused: {run.errors()[0]['code']}", run.errors()[0]["text"]
        return run, outcome, text

    def check_document(self, run):
        try:
            document = json.loads(run.out)
        except ValueError as why:
            run.faults.append(f"no document: {why}")
            return "read"
        run.faults += [f"{error.json_path}: {error.message[:200]}" for error in self.schema.iter_errors(document)]
        return "read" if document["inspect"]["root"] else "read: no root"

    def one(self, kind, number):
        chance = random.Random(f"{self.options.seed} {kind} {number}")
        seed = self.seeds[kind][number % len(self.seeds[kind])]
        disks = self.disks(seed)
        disk = chance.randrange(len(disks))
        with open(disks[disk], "r+b", buffering=0) as file:
            def read(offset, size):
                return os.pread(file.fileno(), size, offset)
            changes = mutate.changes(chance, self.options.found[seed.disks[disk]], read)
            saved = [(c.offset, read(c.offset, len(c.data))) for c in changes]
            for change in changes:
                os.pwrite(file.fileno(), change.data, change.offset)
            run, outcome, text = self.inspect(seed, disks)
            if run.faults and self.options.keep:
                self.keep(f"{kind}-{number}", disks, run)
            for offset, data in reversed(saved):
                os.pwrite(file.fileno(), data, offset)
        what = " ".join(change.what for change in changes)
        return Result(kind, number, seed.name, what, outcome, text, run.seconds, run.faults)

    def keep(self, name, disks, run):
        folder = self.options.keep / name
        folder.mkdir(parents=True, exist_ok=True)
        for path in *disks, run.folder / "out", run.folder / "err":
            subprocess.run(["cp", "--sparse=always", path, folder], check=False)


worker = None


def begin(options, made):
    global worker  # one in each process
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    worker = Worker(options, made)


def work(task):
    return worker.one(*task)


def check_seeds(options, made):
    """As they are, they are read; the first makes the images of the small kernel, too."""
    own = Worker(options, made)
    for seed in made:
        run, outcome, text = own.inspect(seed, own.disks(seed))
        if run.faults or outcome != "read":
            sys.exit(f"{seed.name} unchanged: {outcome} {text} {run.faults}")
    shutil.rmtree(options.cache)
    (own.folder / "tmp").rename(options.cache)
    shutil.rmtree(own.folder)


def tasks(options):
    if options.only:
        return [(kind, int(number)) for kind, number in (only.split(":") for only in options.only)]
    each = -(-options.mutations // len(options.kinds))
    return [(kind, number) for number in range(each) for kind in options.kinds][:options.mutations]


def tell(options, results, started):
    """A line for each kind."""
    for kind in options.kinds:
        own = [r for r in results if r.kind == kind]
        if not own:
            continue
        outcomes = collections.Counter(r.outcome for r in own)
        slowest = max(own, key=lambda r: r.seconds)
        print(f"{kind}: {len(own)} changes: " + ", ".join(f"{outcome} {count}" for outcome, count in outcomes.most_common())
              + f"; {sum(bool(r.faults) for r in own)} faults; {sorted(r.seconds for r in own)[len(own) // 2]:.1f} s each, "
              f"{slowest.seconds:.1f} s number {slowest.number}")
    if options.texts:
        texts = collections.Counter(f"{r.outcome}: {re.sub('[0-9]+', 'N', r.text)}" for r in results if r.text)
        for text, count in texts.most_common():
            print(f"{count:6} {text}")
    print(f"{len(results)} changes, {sum(bool(r.faults) for r in results)} faults, {time.monotonic() - started:.0f} s")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--bin", type=pathlib.Path, required=True, help="where v2v-inspect is")
    parser.add_argument("--guests", type=pathlib.Path, default=pathlib.Path("/nonexistent"), help="where layouts are, more seeds")
    parser.add_argument("--mutations", type=int, default=2000, help="how many, of all kinds together")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", nargs="+", choices=seeds.MAKERS, default=list(seeds.MAKERS))
    parser.add_argument("--only", nargs="+", default=[], help="KIND:NUMBER, as a fault is reported")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--deadline", type=int, default=DEADLINE, help="seconds for one")
    parser.add_argument("--keep", type=pathlib.Path, help="a directory for the disks of faults")
    parser.add_argument("--texts", action="store_true", help="count the errors by their texts")
    parser.add_argument("--log", type=argparse.FileType("w"), help="a line for each")
    options = parser.parse_args()
    options.bin = options.bin.resolve()
    if options.only:
        options.kinds = [kind for kind in seeds.MAKERS if any(only.startswith(kind + ":") for only in options.only)]
    return options


def run_all(options, started):
    results, log, options.log = [], options.log, None
    made = seeds.make(options.scratch / "seeds", options.guests, options.kinds)
    check_seeds(options, made)
    options.found = {path: blocks.find(seed.kind, path) for seed in made for path in seed.disks}
    # Forked, as each has the seeds and what was found in them.
    with multiprocessing.get_context("fork").Pool(options.jobs, begin, (options, made)) as pool:
        try:
            for result in pool.imap_unordered(work, tasks(options)):
                results.append(result)
                if log:
                    print(*result, sep="\t", file=log, flush=True)
                for fault in result.faults:
                    print(f"{result.kind}:{result.number} ({result.seed}, {result.what}): {fault}", flush=True)
        except KeyboardInterrupt:
            print("interrupted")
    tell(options, results, started)
    return 1 if any(result.faults for result in results) or len(results) < len(tasks(options)) else 0


def main():
    options, started = arguments(), time.monotonic()
    # No copy is for long: a real disk would only be worn.
    shm = pathlib.Path("/dev/shm")
    options.scratch = pathlib.Path(tempfile.mkdtemp(prefix="v2v-hostile-", dir=shm if os.access(shm, os.W_OK) else None))
    options.cache = options.scratch / "cache"
    options.cache.mkdir()
    try:
        return run_all(options, started)
    finally:
        shutil.rmtree(options.scratch)


if __name__ == "__main__":
    sys.exit(main())
