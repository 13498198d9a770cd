#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the cases that make.py wrote and watches what each program does.

Whatever is expected of a case, no program may take more than 10 s of a processor, 256 MiB
of memory or 64 MiB of TMPDIR, wait without end, open a file outside the case, TMPDIR and the
system's own places, change anything outside TMPDIR, use the network, start a program that is
not known, let out a control byte, or show what is in a file outside the case.
"""

import argparse
import concurrent.futures
import gzip
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

PROCESSOR, SECONDS = 10, 300
MIB = 1 << 20
RSS_MIB, DISK_MIB = 256, 64
LINE = 4096
CALLS = ("openat,open,openat2,creat,rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,symlink,"
         "symlinkat,link,linkat,mknod,mknodat,truncate,chmod,fchmodat,chown,connect,socket,execve")
SYSTEM = re.compile(
    r"(/usr|/lib|/lib64|/etc/ssl|/sys|/proc/self|/proc/\d+|/proc/sys|/proc/(filesystems|meminfo|cpuinfo|stat))(/|$)"
    r"|/etc/(ld\.so\.|nsswitch\.conf|localtime|locale\.alias|gnutls|pkcs11|crypto-policies)"
    r"|/dev/(null|urandom|random)$|(anon_inode|pipe|socket|memfd|/memfd)")
SINKS = re.compile(r"/dev/(null|tty)$|/proc/|(anon_inode|pipe|socket|memfd|/memfd)")
PROGRAMS = ("qemu-img", "qemu-nbd")
CALL = re.compile(r"^(\w+)\((.*)\)\s+= (-?\d+)(?:<(.*?)>)?(?: |$)")
ARGUMENT = re.compile(r'(?:(?:AT_FDCWD|\d+)<([^>]*)>, )?"((?:[^"\\]|\\.)*)"')
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\udc80-\udc9f]")
ASSUMED = re.compile(rb"^v2v-unpack: warning: disk images do not say what machine they were in; ")


def inside(path, folders):
    return any(path == f or path.startswith(f + "/") for f in folders)


def fits(path, folders):
    path = path.removesuffix(" (deleted)")
    return inside(path, folders) or SYSTEM.match(path)


def socket_fault(call, arguments, result):
    if call == "socket":
        return None if re.match(r"AF_(UNIX|LOCAL|NETLINK)", arguments) else "network socket"
    if "AF_UNIX" in arguments and re.search(r'"/(var/)?run/nscd', arguments):
        return None
    return "connects" if result >= 0 or "AF_UNIX" not in arguments else None


def call_fault(line, may_read, may_write, programs):
    """What is wrong with one line of strace -y, or None."""
    found = CALL.match(line)
    if not found:
        return None
    call, arguments, result, opened = found[1], found[2], int(found[3]), found[4]
    if call in ("socket", "connect"):
        fault = socket_fault(call, arguments, result)
        return f"{fault}: {line}" if fault else None
    if result < 0:
        return None
    if call == "execve":
        name = ARGUMENT.search(arguments)[2]
        return None if os.path.basename(name) in programs else f"starts {name}"
    if call in ("open", "openat", "openat2", "creat"):
        if call == "creat" or re.search(r"O_(WRONLY|RDWR|CREAT|TRUNC|TMPFILE)", arguments):
            bad = not inside(opened, may_write) and not SINKS.match(opened)
            return f"writes {opened}" if bad else None
        # O_PATH gives a place, to Landlock's rules; no byte of it can be read.
        return None if "O_PATH" in arguments or fits(opened, may_read) else f"reads {opened}"
    paths = ARGUMENT.findall(arguments)
    # The target of a new symbolic link is not a path that is changed.
    for folder, path in paths[1:] if call.startswith("symlink") else paths:
        whole = os.path.normpath(os.path.join(folder, path))
        if not inside(whole, may_write):
            return f"{call} {whole}"
    return None


def used(folder, pid, not_this=None):
    """Bytes on disk beneath the folder, and of files that are open and have no name, but for
    the one that is standard input."""
    total = 0
    for top, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(top, name)).st_blocks * 512
            except OSError:
                pass
    pids, seen = [pid], set()
    while pids:
        pid = pids.pop()
        try:
            pids += map(int, pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
            for fd in os.scandir(f"/proc/{pid}/fd"):
                st = os.stat(fd.path)
                if st.st_nlink == 0 and not_this != (st.st_dev, st.st_ino) and (st.st_dev, st.st_ino) not in seen:
                    seen.add((st.st_dev, st.st_ino))
                    total += st.st_blocks * 512
        except OSError:
            pass
    return total


def contains(path, word):
    """By pieces: a program's peak of memory is never less than what this one had when it started it."""
    with open(path, "rb") as data:
        last = b""
        while piece := data.read(MIB):
            if word in last + piece:
                return True
            last = piece[-len(word):]
    return False


class Run:
    """One case's run: what came of it."""

    def __init__(self, case, options):
        self.case, self.options = case, options
        self.base = tempfile.mkdtemp(dir=options.scratch)
        self.tmp, self.cwd, self.logs = (os.path.join(self.base, n) for n in ("tmp", "cwd", "log"))
        for path in (self.tmp, self.cwd, self.logs):
            os.mkdir(path)
        self.faults, self.peak = [], 0

    def command(self):
        case = self.case
        tool = os.path.join(self.options.bin, case.get("tool", "v2v-unpack"))
        args = [a.replace("@TMP@", self.tmp) for a in case["args"]]
        command = [tool, *args] + ([] if "tool" in case else [case["path"]])
        if self.options.strace:
            command = ["strace", "-ff", "--seccomp-bpf", "-y", "-qq", "-s", "4096", "-e", "signal=none", "-e", f"trace={CALLS}",
                       "-o", os.path.join(self.logs, "t"), "--", *command]
        return command

    def stdin(self):
        path = self.case.get("stdin")
        if not path:
            return open(os.devnull, "rb")
        if not path.endswith(".gz"):
            return open(path, "rb")
        out = tempfile.TemporaryFile(dir=self.base)
        with gzip.open(path, "rb") as packed:
            shutil.copyfileobj(packed, out)
        out.seek(0)
        return out

    def environment(self):
        env = {k: v for k, v in os.environ.items() if k in ("PATH", "LD_LIBRARY_PATH", "UBSAN_OPTIONS")}
        # LeakSanitizer cannot work beneath strace.
        asan = os.environ.get("ASAN_OPTIONS", "")
        leaks = "detect_leaks=0" if self.options.strace else ""
        return {**env, "TMPDIR": self.tmp, "HOME": self.cwd, "LC_ALL": "C.UTF-8",
                "ASAN_OPTIONS": ":".join(filter(None, (asan, leaks)))}

    def go(self):
        out, err = (open(os.path.join(self.base, n), "w+b") for n in ("out", "err"))
        with self.stdin() as stdin, out, err:
            child = subprocess.Popen(self.command(), stdin=stdin, stdout=out, stderr=err, cwd=self.cwd,
                                     env=self.environment(), start_new_session=True)
            self.watch(child, os.fstat(stdin.fileno()))
            for name, stream in (("stdout", out), ("stderr", err)):
                stream.seek(0)
                setattr(self, name, stream.read(1 << 26))

    def watch(self, child, stdin):
        began = time.monotonic()
        while True:
            pid, status, usage = os.wait4(child.pid, os.WNOHANG)
            if pid:
                break
            self.peak = max(self.peak, used(self.tmp, child.pid, (stdin.st_dev, stdin.st_ino)))
            late = time.monotonic() - began > self.options.seconds
            if late or self.peak > self.options.disk << 20:
                self.faults.append(f"not done after {self.options.seconds} s" if late else
                                   f"{self.peak >> 20} MiB on disk, stopped")
                os.killpg(child.pid, signal.SIGKILL)
                pid, status, usage = os.wait4(child.pid, 0)
                break
            time.sleep(0.01)
        child.returncode = self.status = os.waitstatus_to_exitcode(status)
        self.rss, self.seconds = usage.ru_maxrss >> 10, usage.ru_utime + usage.ru_stime

    # the checks

    def check(self):
        self.check_limits()
        self.check_messages()
        self.check_files()
        self.check_calls()
        expect = self.case["expect"]
        if self.faults and self.status < 0:
            return
        if expect == "refused" or (expect == "safe" and self.status):
            self.check_refused()
        else:
            self.check_accepted()
        for path, text in self.case.get("keep", {}).items():
            if not os.path.exists(path) or pathlib.Path(path).read_text() != text:
                self.faults.append(f"{path} was changed or removed")

    def check_limits(self):
        if self.seconds > self.options.processor:
            self.faults.append(f"{self.seconds:.3f} s of a processor")
        if self.rss > self.options.rss:
            self.faults.append(f"{self.rss} MiB of memory")
        self.peak = max(self.peak, used(self.tmp, 0))
        if self.peak > self.options.disk << 20:
            self.faults.append(f"{self.peak >> 20} MiB on disk")

    def check_messages(self):
        text = self.stderr.decode("utf-8", "surrogateescape")
        if "the confined process" in text:
            self.faults.append(f"a crash: {text[:300]!r}")
        if CONTROL.search(text):
            self.faults.append(f"control bytes on stderr: {self.stderr[:300]!r}")
        if any(len(line) > LINE for line in self.stderr.split(b"\n")):
            self.faults.append("a line of more than 4 kB")
        for word in self.case["never"]:
            if word.encode() in self.stdout or word.encode() in self.stderr:
                self.faults.append(f"shows {word}")
        tool = self.case.get("tool", "v2v-unpack")
        for line in text.splitlines():
            if not line.startswith(tool + ": "):
                self.faults.append(f"a line that is not the tool's: {line[:200]!r}")

    def check_files(self):
        """What was unpacked or copied is not what is outside."""
        for top, _, names in os.walk(self.tmp):
            for path in (os.path.join(top, name) for name in names):
                if os.path.isfile(path) and os.path.getsize(path) <= DISK_MIB << 20:
                    if contains(path, self.case["never"][0].encode()):
                        self.faults.append(f"the secret is in {path}")

    def check_calls(self):
        case, bin_dir = self.case, os.path.realpath(self.options.bin)
        own = os.path.join(self.options.set, case["name"])
        may_read = [own, self.tmp, self.cwd, os.path.dirname(bin_dir), *case.get("may_read", [])]
        programs = PROGRAMS + (case.get("tool", "v2v-unpack"),)
        faults = {}
        for log in os.scandir(self.logs):
            with open(log.path, errors="replace") as lines:
                for line in lines:
                    fault = call_fault(line.rstrip("\n"), may_read, [self.tmp], programs)
                    if fault:
                        faults[fault] = True
        self.faults += list(faults)[:8]
        left = os.listdir(self.cwd)
        if left:
            self.faults.append(f"left in the current directory: {left[:3]}")

    def lines(self, warnings):
        lines = self.stderr.decode("utf-8", "replace").splitlines()
        start = self.case.get("tool", "v2v-unpack") + ": warning: "
        return [line for line in lines if line.startswith(start) == warnings]

    def check_words(self, lines):
        words = self.case["words"]
        if not any(word in line for line in lines for word in words):
            self.faults.append(f"none of {words} in: {' | '.join(lines)[:300]}")

    def check_refused(self):
        lines = self.lines(False)
        if self.status != 1:
            said = (self.stderr or self.stdout)[:160].decode(errors="replace")
            self.faults.append(f"status {self.status}, not refused: {said!r}")
            return
        if self.stdout:
            self.faults.append(f"refused, but stdout: {self.stdout[:100]!r}")
        if len(lines) != 1:
            self.faults.append(f"{len(lines)} lines: {' | '.join(lines)[:300]}")
        if self.case["expect"] == "refused":
            self.check_words(lines)
        left = [os.path.join(t, n) for t, ds, fs in os.walk(self.tmp) for n in ds + fs]
        if left:
            self.faults.append(f"left in TMPDIR: {left[:3]}")

    def check_accepted(self):
        if self.status != 0:
            self.faults.append(f"status {self.status}, not accepted: {self.stderr[:300].decode(errors='replace').strip()}")
            return
        if self.lines(False):
            self.faults.append(f"accepted, but: {self.lines(False)[0][:300]}")
        # of a lone image it must be said what its machine is taken for
        told = [line for line in self.stderr.splitlines() if not ASSUMED.search(line)]
        if self.case.get("quiet") and told:
            self.faults.append(f"not quiet: {told[0][:300]!r}")
        try:
            document = json.loads(self.stdout)
        except ValueError as why:
            self.faults.append(f"no document on stdout: {why}")
            return
        if self.case["expect"] == "warning":
            self.check_words(self.lines(True))
            if not document.get("warnings"):
                self.faults.append("no warning in the document")
        self.check_document(document)

    def check_document(self, document):
        for path, want in self.case.get("has", {}).items():
            have = document
            for part in path.split("."):
                have = have[int(part)] if isinstance(have, list) else have.get(part)
            if have != want:
                self.faults.append(f"{path} is {str(have)[:100]!r}, not {str(want)[:100]!r}")
        own = os.path.join(self.options.set, self.case["name"])
        for place in (document["source"]["disks"], document.get("targets") or [], document.get("overlays") or []):
            for disk in place:
                if disk["file"] and not inside(os.path.realpath(disk["file"]), [own, self.tmp]):
                    if "tool" not in self.case:
                        self.faults.append(f"the disk is {disk['file']}")
        if self.case.get("not_in_place"):
            for disk in document["source"]["disks"]:
                if not inside(disk["file"], [self.tmp]):
                    self.faults.append(f"the disk was not unpacked: {disk['file']}")


def one(case, options):
    run = Run(case, options)
    try:
        run.go()
        run.check()
        return run
    finally:
        if not options.keep:
            shutil.rmtree(run.base, ignore_errors=True)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("set", help="what make.py made")
    parser.add_argument("--bin", default="", help="where the tools are; else from PATH")
    parser.add_argument("--only", default="", help="cases whose name or class has a match of this")
    parser.add_argument("--rss", type=int, default=RSS_MIB, help="MiB")
    parser.add_argument("--disk", type=int, default=DISK_MIB, help="MiB")
    parser.add_argument("--processor", type=float, default=PROCESSOR, help="seconds of processor time")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="to wait at most; a busy machine may take long")
    parser.add_argument("--no-strace", dest="strace", action="store_false")
    parser.add_argument("--keep", action="store_true", help="keep TMPDIRs and logs")
    parser.add_argument("--slow", type=float, help="tell which cases took more than these seconds of a processor")
    options = parser.parse_args()
    options.set = os.path.realpath(options.set)
    options.bin = os.path.realpath(options.bin or os.path.dirname(shutil.which("v2v-unpack") or "./x"))
    options.strace = options.strace and bool(shutil.which("strace"))
    options.scratch = os.path.realpath(tempfile.mkdtemp(prefix="hostile-"))
    return options


def main():
    options = arguments()
    cases = json.loads(pathlib.Path(options.set, "cases.json").read_text())
    cases = [c for c in cases if re.search(options.only, c["name"]) or re.search(options.only, c["class"])]
    failed = 0
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for case, run in zip(cases, pool.map(lambda c: one(c, options), cases)):
            failed += bool(run.faults)
            if run.faults:
                print(f"{case['name']}: {'; '.join(run.faults)}".encode("ascii", "backslashreplace").decode())
            if options.slow and run.seconds > options.slow:
                print(f"# {case['name']}: {run.seconds:.1f} s, {run.rss} MiB")
    if not options.keep:
        shutil.rmtree(options.scratch)
    print(f"{len(cases)} cases, {failed} failed")
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
