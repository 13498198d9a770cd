# SPDX-License-Identifier: LGPL-2.1-or-later
"""The state of each machine, NAME.json: planned, running, interrupted (its job was killed), done, blocked or failed.

No file says interrupted: it is a machine that is running with no job that holds its lock.
"""

import calendar
import hashlib
import os
import stat
import time

from fleet import files
from fleet.error import Failed, retry_of
from fleet.place import name_of

HEAD = 1 << 20
VERSION = 1
STATES = ("planned", "running", "interrupted", "done", "blocked", "failed")
NONE = type(None)
TEXT, NUMBER = (str, NONE), (int, NONE)
# How machines are converted: options of the steps, as on the command line; is it copied only; is it called like its file?
HOW = {"words": ([str],), "no_convert": (bool,), "name_by_file": (bool,)}
SHAPE = {"version": (VERSION,), "name": (str,), "input": (str,), "how": (HOW,), "head_sha256": TEXT, "state": STATES, "code": TEXT,
         "step": TEXT, "text": TEXT, "retry": ("now", "later", "never", None), "try": (int,), "node": TEXT, "engine": TEXT,
         "started": TEXT, "ended": TEXT, "seconds": (dict,), "bytes": ({"estimated": NUMBER, "read": NUMBER, "written": NUMBER},),
         "warnings": ([str],), "files": ([str],), "publishing": ([str],)}


def now():
    """RFC 3339, in UTC."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def seconds_of(text):
    """A time of now() as seconds of the epoch; None where it is none."""
    try:
        return calendar.timegm(time.strptime(text or "", "%Y-%m-%dT%H:%M:%SZ"))
    except ValueError:
        return None


def head_of(path):
    """SHA-256 of the first mebibyte, to know a file again; None of what has none, as a folder."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(handle, "rb") as start:
        mode = os.fstat(handle).st_mode
        return hashlib.sha256(start.read(HEAD)).hexdigest() if stat.S_ISREG(mode) or stat.S_ISBLK(mode) else None


def new(path, how):
    """What is known of a machine before it is begun."""
    return {"version": VERSION, "name": name_of(path), "input": path, "how": how, "head_sha256": None, "state": "planned", "code": None,
            "step": None, "text": None, "retry": None, "try": 0, "node": None, "engine": None, "started": None, "ended": None,
            "seconds": {}, "bytes": {"estimated": None, "read": None, "written": None}, "warnings": [], "files": [], "publishing": []}


def read(place, name):
    """A machine's state, None where there is none; one that is damaged fails."""
    path = place.of(name, "json")
    state = files.read_json(path, SHAPE)
    if state and (state["name"] != name or any("/" in each for each in state["files"] + state["publishing"])):
        raise Failed("document-broken", f"'{path}' is damaged: not the state of this machine")
    if state and not all(isinstance(each, (int, float)) for each in state["seconds"].values()):
        raise Failed("document-broken", f"'{path}' is damaged: 'seconds'")
    return state


def write(place, state):
    """Keep it."""
    files.write_json(place.of(state["name"], "json"), state)


def plan(place, path, how):
    """Make the state of a machine that has none.  It is lost in a crash of the host at worst: the list is still there."""
    target = place.of(name_of(path), "json")
    if not os.path.exists(target):
        files.write_json(target, new(path, how), replace=False, sync=False)


def is_done(place, state):
    """Done, and its files are there."""
    return state["state"] == "done" and all(os.path.exists(os.path.join(place.out, name)) for name in state["files"])


def check_same(before, path, how):
    """What is done, or half published, must be of this input and these options."""
    which = f"remove the files of {before['name']!r} first, to convert it again"
    if before["how"] != how:
        raise Failed("file-exists", f"'{path}' was converted with other options: {which}")
    if os.path.exists(path) and head_of(path) != before["head_sha256"]:
        raise Failed("file-exists", f"'{path}' has changed since it was converted: {which}")


def failed(name, failure):
    """The state of a machine whose file does not say it."""
    state = new(name, None)
    state.update(name=name, input=None, state="failed", code=failure.code, text=failure.text, retry=retry_of(failure.code))
    return state


def look(place, name):
    """A machine's state as it is now, None where there is none: "locked" says whether a job has it; without one it is not running, but was
    killed.  One that is damaged has failed."""
    try:
        state = read(place, name)
        # on a file system of several nodes, the lock is that of all of them
        locked = files.is_locked(place.of(name, "lock"))
        if state and state["state"] == "running" and not locked:
            # it may just have ended
            state = read(place, name)
            if state and state["state"] == "running":
                state.update(state="interrupted", retry="now")
    except Failed as failure:
        state, locked = failed(name, failure), False
    return state and dict(state, locked=locked)


def all_of(place):
    """The states of all machines, by name."""
    if not os.path.isdir(place.machines):
        return []
    names = sorted(entry.removesuffix(".json") for entry in os.listdir(place.machines) if entry.endswith(".json"))
    states = [look(place, name) for name in names]
    return [each for each in states if each is not None]
