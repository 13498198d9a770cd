# SPDX-License-Identifier: LGPL-2.1-or-later
"""The state of each machine, NAME.json: planned, running, done, blocked or failed."""

import calendar
import hashlib
import os
import time

from fleet import files
from fleet.place import name_of

HEAD = 1 << 20
STATES = ("planned", "running", "interrupted", "done", "blocked", "failed")


def now():
    """RFC 3339, in UTC."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def seconds_of(text):
    """A time of now() as seconds of the epoch."""
    return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))


def head_of(path):
    """SHA-256 of the first mebibyte, to know a file again; None of a folder."""
    if os.path.isdir(path):
        return None
    with open(path, "rb") as start:
        return hashlib.sha256(start.read(HEAD)).hexdigest()


def new(path):
    """What is known of a machine before it is begun."""
    return {"name": name_of(path), "input": path, "head_sha256": None, "state": "planned", "code": None, "step": None, "text": None,
            "retry": None, "try": 0, "node": None, "engine": None, "started": None, "ended": None, "seconds": {},
            "bytes": {"estimated": None, "read": None, "written": None}, "warnings": [], "files": [], "publishing": []}


def read(place, name):
    """A machine's state, None where there is none."""
    return files.read_json(place.of(name, "json"))


def write(place, state):
    """Keep it."""
    files.write_json(place.of(state["name"], "json"), state)


def plan(place, path):
    """Make the state of a machine that has none."""
    files.write_json(place.of(name_of(path), "json"), new(path), replace=False)


def is_done(place, state):
    """Done, and its files are there."""
    return state["state"] == "done" and all(os.path.exists(os.path.join(place.out, name)) for name in state["files"])


def all_of(place):
    """The states of all machines, by name; one that was killed is interrupted, and "locked" says whether a job has it now."""
    if not os.path.isdir(place.machines):
        return []
    states = []
    for entry in sorted(os.listdir(place.machines)):
        if entry.startswith(".") or not entry.endswith(".json"):
            continue
        state = read(place, entry.removesuffix(".json"))
        if state is None:
            continue
        # on a file system of several nodes, the lock is that of all of them
        state["locked"] = files.is_locked(place.of(state["name"], "lock"))
        if state["state"] == "running" and not state["locked"]:
            state["state"] = "interrupted"
            state["retry"] = "now"
        states.append(state)
    return states
