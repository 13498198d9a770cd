# SPDX-License-Identifier: LGPL-2.1-or-later
"""Running commands for measurement: seconds, the process's own peak memory, processor time, contenders in turns."""

import collections
import ctypes
import os
import pathlib
import platform
import subprocess
import sys
import threading
import time

# An appliance of ours and one of a peer start the same way where /dev/kvm does not work.
PEERS_ENV = {
    "LIBGUESTFS_BACKEND": "direct",
    "LIBGUESTFS_BACKEND_SETTINGS": "force_tcg",
}


def watch_memory(pid, peak, done):
    """The process's own peak (VmHWM); its children are processes apart."""
    while not done.is_set():
        try:
            for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("VmHWM:"):
                    peak[0] = max(peak[0], int(line.split()[1]))
        except OSError:
            return
        done.wait(0.01)


# Seconds, KiB of the process itself, and seconds of processors in it and all that it waited for: what a busy machine changes least.
Measured = collections.namedtuple("Measured", "seconds peak cpu")


def measure(argv, stdin=None, stdout=None, env=None):
    """A Measured; ends everything where the command fails."""
    begin, peak, done = time.monotonic(), [0], threading.Event()
    child = subprocess.Popen([str(word) for word in argv], stdin=stdin or subprocess.DEVNULL,
                             stdout=stdout or subprocess.DEVNULL, stderr=subprocess.PIPE,
                             env={**os.environ, **(env or {})})
    watcher = threading.Thread(target=watch_memory, args=(child.pid, peak, done))
    watcher.start()
    said = child.stderr.read().decode(errors="replace")
    _, status, usage = os.wait4(child.pid, 0)
    code = child.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.monotonic() - begin
    done.set()
    watcher.join()
    if code != 0:
        sys.exit(f"bench: {argv[0]} ended with {code}: {said.strip()}")
    return Measured(seconds, peak[0], usage.ru_utime + usage.ru_stime)


def run(argv, stdin=None, stdout=None, env=None):
    """Its seconds and KiB alone."""
    return measure(argv, stdin, stdout, env)[:2]


def tree(pid):
    """The process and all below it, also those of other PID namespaces."""
    yield pid
    try:
        children = [task.read_text().split() for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:
        return
    for child in (int(word) for words in children for word in words):
        yield from tree(child)


def pss(pid):
    """KiB in memory, of what is shared its part; where that may not be seen, what is its own alone."""
    for name, key in (("smaps_rollup", "Pss:"), ("status", "RssAnon:")):
        try:
            for line in pathlib.Path(f"/proc/{pid}/{name}").read_text().splitlines():
                if line.startswith(key):
                    return int(line.split()[1])
        except OSError:
            continue
    return 0


KCMP_VM = 1


def is_same_memory(a, b):
    """Have two processes one memory (clone(2), CLONE_VM), as User-mode Linux and its helpers do?  kcmp(2), which has no name in libc."""
    number = {"x86_64": 312, "aarch64": 272}.get(platform.machine())
    return number is not None and ctypes.CDLL(None).syscall(number, a, b, KCMP_VM, 0, 0) == 0


def together(root):
    """KiB in memory of a process and all below it, each memory once."""
    counted = {}
    for pid in tree(root):
        if not any(is_same_memory(pid, other) for other in counted):
            counted[pid] = pss(pid)
    return sum(counted.values())


def resident(argv, env=None):
    """The peak, in KiB, of what all its processes have in memory together: of samples."""
    child = subprocess.Popen([str(word) for word in argv], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL, env={**os.environ, **(env or {})})
    peak = 0
    while child.poll() is None:
        peak = max(peak, together(child.pid))
        time.sleep(0.01)
    if child.returncode != 0:
        sys.exit(f"bench: {argv[0]} ended with {child.returncode}")
    return peak


def in_turns(contenders, rounds):
    """The best (seconds, KiB) of each contender, a dict of functions, run one after the other in each
    round: whatever else the machine does affects all of them equally."""
    best = {}
    for _ in range(rounds):
        for name, contender in contenders.items():
            seconds, peak = contender()
            old = best.get(name, (seconds, 0))
            best[name] = min(seconds, old[0]), max(peak, old[1])
    return best


def ratio(what, ours, peer, wanted, unit="s"):
    """A line for people; false where the wanted ratio is missed."""
    value = ours / peer
    ok = value <= wanted
    print(f"{what}: {ours:.2f} / {peer:.2f} {unit} = {value:.2f} (wanted: at most {wanted:.2f})"
          f"{'' if ok else '  MISSED'}", flush=True)
    return ok
