# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs a program that reads a guest by the small kernel, and sees what it says and what it leaves."""

import ctypes
import json
import os
import pathlib
import re
import resource
import signal
import subprocess
import time

PR_SET_CHILD_SUBREAPER = 36
GRACE = 20  # seconds, of a busy machine, for what was asked to end
LINE = 4096
LEVELS = ("error", "warning", "info", "debug")
MANUAL = pathlib.Path(__file__).parent.parent.parent / "tools/common/v2v-tools.7"


def adopt():
    """Processes whose parent ended become children of this one."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def codes():
    """Those that v2v-tools(7) lists."""
    return set(re.findall(r"^\.It ([a-z0-9-]+)$", MANUAL.read_text(), re.M))


def children(pid="self"):
    result = []
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            result += map(int, task.read_text().split())
        except OSError:
            pass
    return result


def below(pid):
    """All processes below, the oldest first."""
    found = children(pid)
    for child in found:
        found += children(child)
    return found


def state(pid):
    """(name, what it does) of a process; None."""
    try:
        text = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    return text[text.index("(") + 1:text.rindex(")")], text[text.rindex(")") + 2]


def reap():
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def left_running():
    """What still runs after a while, ended now."""
    end = time.monotonic() + GRACE
    while True:
        reap()
        left = [(pid, state(pid)) for pid in below("self")]
        left = [(pid, s) for pid, s in left if s and s[1] not in "ZX"]
        if not left or time.monotonic() > end:
            break
        time.sleep(0.02)
    for pid, _ in left:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    return [s[0] for _, s in left]


def files_left(folder):
    """All but the kept images of the small kernel."""
    return [name for name in os.listdir(folder) if name != f"v2v-cache-{os.geteuid()}"]


class Watched:
    """A run: its status (None: not done in time), what it said and what is wrong with that."""

    def __init__(self, folder):
        self.folder, self.faults = pathlib.Path(folder), []
        self.status, self.messages, self.out, self.seconds, self.process = None, [], "", 0, None

    def start(self, command, stdin=None):
        tmp = self.folder / "tmp"
        empty = self.folder / "empty"
        for path in tmp, empty:
            path.mkdir(exist_ok=True)
        self.begun = time.monotonic()
        with open(stdin or os.devnull, "rb") as given, open(self.folder / "out", "wb") as out, open(self.folder / "err", "wb") as err:
            self.process = subprocess.Popen(command, stdin=given, stdout=out, stderr=err, cwd=empty,
                                            env={**os.environ, "TMPDIR": str(tmp)})

    def wait(self, deadline):
        try:
            self.status = self.process.wait(deadline)
        except subprocess.TimeoutExpired:
            self.faults.append(f"not done after {deadline} s")
            self._kill()
        except BaseException:
            self._kill()
            raise
        self.seconds = time.monotonic() - self.begun
        self._check()

    def _kill(self):
        for pid in [self.process.pid, *below(self.process.pid)]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()

    def errors(self):
        return [m for m in self.messages if m["level"] == "error"]

    def _check(self):
        running = left_running()
        if running:
            self.faults.append(f"left running: {' '.join(running)}")
        left = files_left(self.folder / "tmp") + os.listdir(self.folder / "empty")
        if left:
            self.faults.append(f"left behind: {' '.join(left)}")
        self.out = (self.folder / "out").read_text(errors="backslashreplace")
        if self.status is not None:
            self._check_said()

    def _check_said(self):
        if self.status not in (0, 1):
            self.faults.append(f"status {self.status}")
        for line in (self.folder / "err").read_bytes().splitlines():
            try:
                self.messages.append(json.loads(line))
            except ValueError:
                self.faults.append(f"says {line[:200]!r}")
            if len(line) > LINE:
                self.faults.append(f"a line of {len(line)} bytes")
        unknown = {m["code"] for m in self.messages if m["level"] in LEVELS[:2]} - codes()
        if unknown:
            self.faults.append(f"codes that v2v-tools(7) does not have: {unknown}")
        if len(self.errors()) != (self.status == 1):
            self.faults.append(f"{len(self.errors())} errors with status {self.status}")
        if self.status == 1 and self.out:
            self.faults.append("a document with status 1")
