#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""v2v-copy against qemu-img and against the least that its work can cost: ratios of one run, best of several, in turns.

Files lie in memory (/dev/shm), so that no disk hides what is measured; --dir says another place.
"""

import argparse
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time
import zlib

from measure import in_turns, ratio, run

MIB, GIB = 1 << 20, 1 << 30
SECTOR = 512
BARE = pathlib.Path(__file__).with_name("bare.c")


def real_files(limit):
    """The bytes of this system's own files, a known order, up to @limit."""
    left = limit
    for top in ("/usr/bin", "/usr/lib", "/usr/share"):
        for folder, subfolders, names in os.walk(top):
            subfolders.sort()
            for name in sorted(names):
                path = os.path.join(folder, name)
                if left <= 0:
                    return
                if os.path.isfile(path) and not os.path.islink(path):
                    data = pathlib.Path(path).read_bytes()[:left]
                    left -= len(data)
                    yield data


def make_raw(path, size, amount):
    """@amount bytes of real files, in runs of 40 MiB with holes between them."""
    at, length = MIB, 0
    with open(path, "wb") as out:
        out.truncate(size)
        for data in real_files(amount):
            out.seek(at)
            out.write(data)
            at += len(data) + -len(data) % 4096
            length += len(data)
            if length > 40 * MIB:
                at, length = at + 300 * MIB, 0


def make_repeating_vmdk(path, size, grain=128):
    """A streamOptimized VMDK in which every grain is the same: large, and soon made."""
    plain = (b"the same in every grain, over and over again\n" * 1500)[:grain * SECTOR]
    packed = zlib.compress(plain, 9)
    sectors, entries = size // SECTOR, 512
    piece = 12 + len(packed) + -(12 + len(packed)) % SECTOR
    descriptor = (
        '# Disk DescriptorFile\nversion=1\nCID=12345678\nparentCID=ffffffff\ncreateType="streamOptimized"\n'
        f'RW {sectors} SPARSE "big.vmdk"\nddb.adapterType = "lsilogic"\n').encode()

    def header(directory):
        return (b"KDMV" + (3).to_bytes(4, "little") + (0x30001).to_bytes(4, "little") + sectors.to_bytes(8, "little") +
                grain.to_bytes(8, "little") + (1).to_bytes(8, "little") + (20).to_bytes(8, "little") +
                entries.to_bytes(4, "little") + (0).to_bytes(8, "little") + directory.to_bytes(8, "little") +
                (128).to_bytes(8, "little") + b"\0\n \r\n" + (1).to_bytes(2, "little")).ljust(SECTOR, b"\0")

    def marker(count, kind):
        return (count.to_bytes(8, "little") + bytes(4) + kind.to_bytes(4, "little")).ljust(SECTOR, b"\0")

    with open(path, "wb") as out:
        out.write(header(0xffffffffffffffff) + descriptor.ljust(20 * SECTOR, b"\0"))
        out.write(bytes(128 * SECTOR - out.tell()))
        directory, at = [], 0
        while at < sectors:
            table, pieces, here = [], [], out.tell() // SECTOR
            while at < sectors and len(table) < entries:
                table.append(here + len(pieces) * (piece // SECTOR))
                pieces.append((at.to_bytes(8, "little") + len(packed).to_bytes(4, "little") + packed).ljust(piece, b"\0"))
                at += grain
            out.write(b"".join(pieces))
            out.write(marker(4, 1))
            directory.append(out.tell() // SECTOR)
            out.write(b"".join(entry.to_bytes(4, "little") for entry in table).ljust(4 * SECTOR, b"\0"))
        tables = b"".join(entry.to_bytes(4, "little") for entry in directory)
        tables += bytes(-len(tables) % SECTOR)
        out.write(marker(len(tables) // SECTOR, 2))
        where = out.tell() // SECTOR
        out.write(tables + marker(1, 3) + header(where) + marker(0, 0))


def unpack(image, document, *options):
    with open(document, "w") as out:
        run(["v2v-unpack", "--name", "m", *options, image], stdout=out)
    return document


class Bench:
    def __init__(self, work, rounds):
        self.work, self.rounds, self.missed = work, rounds, 0

    def path(self, name):
        return self.work / name

    def check(self, ok):
        self.missed += not ok

    def ours(self, document, *options, suffix="", keep=None):
        """A function that copies the document's disk once."""
        def once():
            out = self.path("out")
            shutil.rmtree(out, ignore_errors=True)
            out.mkdir()
            with open(document) as source:
                result = run(["v2v-copy", "--keep", "-o", out, *options], stdin=source)
            if keep:
                os.replace(out / f"m-sda{suffix}", keep)
            shutil.rmtree(out)
            return result
        return once

    def peer(self, *argv, target):
        def once():
            target.unlink(missing_ok=True)
            return run([*argv, target])
        return once

    def same(self, a, a_format, b, b_format):
        run(["qemu-img", "compare", "-f", a_format, "-F", b_format, a, b])

    def qemu(self, source_format, target_format, source, target, *options):
        return self.peer("qemu-img", "convert", "-m", "16", "-W", *options, "-f", source_format, "-O", target_format,
                         source, target=target)

    def vmdk(self, raw, name):
        """The raw disk as a streamOptimized VMDK, made once."""
        vmdk = self.path(name)
        if not vmdk.exists():
            run(["qemu-img", "convert", "-m", "16", "-W", "-O", "vmdk", "-o", "subformat=streamOptimized", "-f", "raw",
                 raw, vmdk])
        return vmdk

    def stream_optimized(self):
        vmdk, document = self.vmdk(self.path("src.raw"), "src.vmdk"), self.path("src.json")
        unpack(vmdk, document)
        mine, theirs = self.path("mine"), self.path("theirs")
        bare = self.path("bare")
        run(["gcc", "-O2", "-o", bare, BARE, "-ldeflate", "-pthread"])
        cores = str(os.cpu_count())
        best = in_turns({
            "raw": self.ours(document, "-f", "raw", keep=mine),
            "qcow2": self.ours(document),
            "qemu raw": self.qemu("vmdk", "raw", vmdk, theirs),
            "qemu qcow2": self.qemu("vmdk", "qcow2", vmdk, self.path("theirs.qcow2")),
            "bare": lambda: run([bare, vmdk, self.path("bare.raw"), cores]),
        }, self.rounds)
        self.same(mine, "raw", theirs, "raw")
        for form in ("raw", "qcow2"):
            self.check(ratio(f"streamOptimized → {form}, of qemu-img", best[form][0], best[f"qemu {form}"][0], 0.25))
            self.check(ratio(f"streamOptimized → {form}, of a bare loop", best[form][0], best["bare"][0], 1.4))
            self.check(ratio(f"streamOptimized → {form}, peak memory", best[form][1] / 1024, 128, 1, "MiB"))
        for name in ("mine", "theirs", "theirs.qcow2", "bare.raw"):
            self.path(name).unlink()
        self.overlay(document)

    def overlay(self, document):
        """Over the same disk, as a conversion leaves it: small writes here and there, and much that is trimmed."""
        over = self.path("over.json")
        (self.path("w")).mkdir()
        with open(document) as source, open(over, "w") as out:
            run(["v2v-overlay", "--workdir", self.path("w")], stdin=source, stdout=out)
        commands, rng = [], random.Random(6)
        for _ in range(150):
            commands += ["-c", f"write -P {rng.randrange(1, 255)} {rng.randrange(10 * 1024 - 1) * MIB + 4096} 200k"]
        for _ in range(100):
            commands += ["-c", f"discard {rng.randrange(5500, 10 * 1024 - 10) * MIB} 8M"]
        run(["qemu-io", "-f", "qcow2", *commands, self.path("w") / "overlay-0.qcow2"])
        best = in_turns({
            "with": self.ours(over, "-f", "raw", keep=self.path("mine")),
            "without": self.ours(document, "-f", "raw"),
        }, self.rounds)
        self.same(self.path("mine"), "raw", self.path("w") / "overlay-0.qcow2", "qcow2")
        self.check(ratio("a converted overlay on top", best["with"][0], best["without"][0], 1.15))
        self.path("mine").unlink()

    def compressed(self):
        raw, document, mine, theirs = (self.path(n) for n in ("src.raw", "raw.json", "mine", "theirs"))
        unpack(raw, document, "--format", "raw")
        best = in_turns({
            "ours": self.ours(document, "-c", suffix=".qcow2", keep=mine),
            "qemu": self.qemu("raw", "qcow2", raw, theirs, "-c"),
        }, max(1, self.rounds // 2))
        self.same(mine, "qcow2", raw, "raw")
        self.check(ratio("raw → compressed qcow2", best["ours"][0], best["qemu"][0], 0.6))
        self.check(ratio("its size", mine.stat().st_blocks / 2048, theirs.stat().st_blocks / 2048, 1.05, "MiB"))
        mine.unlink()
        theirs.unlink()

    def plain(self):
        raw, qcow2, target = self.path("src.raw"), self.path("src.qcow2"), self.path("theirs")
        run(["qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw, qcow2])
        there = unpack(raw, self.path("raw.json"), "--format", "raw")
        back = unpack(qcow2, self.path("qcow2.json"))
        best = in_turns({
            "there": self.ours(there),
            "qemu there": self.qemu("raw", "qcow2", raw, target),
            "back": self.ours(back, "-f", "raw"),
            "qemu back": self.qemu("qcow2", "raw", qcow2, target),
        }, self.rounds)
        self.check(ratio("raw → qcow2", best["there"][0], best["qemu there"][0], 1))
        self.check(ratio("qcow2 → raw", best["back"][0], best["qemu back"][0], 1))
        qcow2.unlink()
        target.unlink()

    def steps(self, image, form):
        """Unpack, overlay, estimate and copy, together."""
        def once():
            work, total, peak = self.path("steps"), 0.0, 0
            shutil.rmtree(work, ignore_errors=True)
            (work / "w").mkdir(parents=True)
            (work / "out").mkdir()
            document = os.devnull
            for number, argv in enumerate((
                    ["v2v-unpack", "--name", "m", "--format", form, image],
                    ["v2v-overlay", "--workdir", work / "w"],
                    ["v2v-estimate", "--measure"],
                    ["v2v-copy", "-o", work / "out"])):
                result = work / f"{number}.json"
                with open(document) as source, open(result, "w") as sink:
                    seconds, memory = run(argv, source, sink)
                document, total, peak = result, total + seconds, max(peak, memory)
            shutil.rmtree(work)
            return total, peak
        return once

    def sizes(self):
        """The same data on a disk of 10 GiB and on one of 2 TiB."""
        small, large = self.path("src.raw"), self.path("large.raw")
        os.link(small, self.path("small.raw"))
        run(["cp", "--sparse=always", small, large])
        os.truncate(large, 2048 * GIB)
        contenders = {"small raw": self.steps(small, "raw"), "large raw": self.steps(large, "raw")}
        contenders["small vmdk"] = self.steps(self.vmdk(small, "src.vmdk"), "vmdk")
        contenders["large vmdk"] = self.steps(self.vmdk(large, "large.vmdk"), "vmdk")
        best = in_turns(contenders, self.rounds)
        for form in ("raw", "vmdk"):
            self.check(ratio(f"2 TiB against 10 GiB, {form}, four steps", best[f"large {form}"][0],
                             best[f"small {form}"][0], 1.2))
        for name in ("large.raw", "large.vmdk", "small.raw"):
            self.path(name).unlink()

    def constant_memory(self):
        peaks = {}
        for gib in (1, 64):
            vmdk, document, socket = self.path("big.vmdk"), self.path("big.json"), self.path("null.sock")
            make_repeating_vmdk(vmdk, gib * GIB)
            unpack(vmdk, document)
            server = subprocess.Popen(["nbdkit", "--foreground", "--unix", socket, "null", f"size={gib}G"])
            try:
                while not socket.exists():
                    time.sleep(0.05)
                with open(document) as source:
                    seconds, peaks[gib] = run(["v2v-copy", "-f", "raw", "-o", f"nbd+unix:///?socket={socket}"], stdin=source)
            finally:
                server.terminate()
                server.wait()
            socket.unlink(missing_ok=True)
            vmdk.unlink()
            print(f"{gib} GiB of data into NBD: {seconds:.1f} s, {peaks[gib] / 1024:.0f} MiB", flush=True)
        self.check(ratio("peak memory of 64 GiB against 1 GiB", peaks[64] / 1024, peaks[1] / 1024, 1.1, "MiB"))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dir", type=pathlib.Path, default=pathlib.Path("/dev/shm"), help="a folder with 8 GiB free")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", action="append", choices=[
        "stream_optimized", "compressed", "plain", "sizes", "constant_memory"])
    options = parser.parse_args()
    work = pathlib.Path(tempfile.mkdtemp(prefix="v2v-bench-", dir=options.dir))
    try:
        make_raw(work / "src.raw", 10 * GIB, 900 * MIB)
        bench = Bench(work, options.rounds)
        for part in options.only or ("stream_optimized", "compressed", "plain", "sizes", "constant_memory"):
            getattr(bench, part)()
    finally:
        shutil.rmtree(work)
    if bench.missed:
        sys.exit(f"bench: {bench.missed} of these figures missed")


if __name__ == "__main__":
    main()
