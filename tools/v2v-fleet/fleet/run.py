# SPDX-License-Identifier: LGPL-2.1-or-later
"""A run of many machines, and a retry of those that can succeed now."""

import os
import sys
import time

from fleet import engines, files, job, state
from fleet.error import Failed, masked
from fleet.place import name_of
from fleet.plan import same_names

KEPT = ("engine", "jobs", "sshlogin", "license", "cpus", "memory", "sbatch", "words", "no_convert", "name_by_file")


def read_list(path):
    """The inputs that a list file names, one a line."""
    stream = sys.stdin if path == "-" else open(path, encoding="utf-8", errors="surrogateescape")
    with stream:
        paths = [line.rstrip("\n") for line in stream if line.strip()]
    folder = os.getcwd() if path == "-" else os.path.dirname(os.path.abspath(path))
    return same_names([os.path.normpath(os.path.join(folder, line)) for line in paths])


def outcome(place, paths, waited):
    """A line of what has become of them; 0: all are done."""
    counts = {}
    states = [state.read(place, name_of(path)) or state.new(path) for path in paths]
    for each in states:
        counts[each["state"]] = counts.get(each["state"], 0) + 1
    said = ", ".join(f"{counts[name]} {name}" for name in state.STATES if name in counts)
    print(f"v2v-fleet: {len(paths)} machines: {said}", file=sys.stderr)
    return 0 if not waited or counts.get("done", 0) == len(paths) else 1


def tidy(place, prefix):
    """Remove the list of a run that has ended, and what Slurm made for output that never came."""
    for entry in os.listdir(place.folder):
        path = place.file(entry)
        if entry.startswith(prefix) and (entry.endswith(".list") or os.path.getsize(path) == 0):
            os.unlink(path)


def run(place, paths, settings):
    """Run them by an engine."""
    if not paths:
        return 0
    place.make()
    for path in paths:
        state.plan(place, path)
    files.write_json(place.file("run.json"), {key: settings[key] for key in KEPT})
    # each run has a list of its own: Slurm reads it when a task begins
    unique = f"{time.strftime('%Y%m%dT%H%M%S')}-{os.getpid()}"
    lines = place.file(f"run-{unique}.list")
    files.write_text(lines, "".join(path + "\n" for path in paths))
    given = dict(settings, list=lines, out=place.out, slurm_log=place.file(f"run-{unique}-%a.out"))
    job.catch_signals()
    engines.ENGINES[settings["engine"]](given, len(paths))
    if not settings["no_wait"]:
        tidy(place, f"run-{unique}")
    return outcome(place, paths, not settings["no_wait"])


def again(each, everything):
    """Is this machine to be tried again?"""
    if each["locked"] or each["state"] == "done":
        return False
    return everything or each["state"] in ("planned", "interrupted") or each["retry"] in ("now", "later")


def retry(place, settings, everything, only_list):
    """Those whose failure may have passed, by the engine of the last run unless another is given."""
    states = [each for each in state.all_of(place) if again(each, everything)]
    paths = [each["input"] for each in states]
    if only_list:
        for path in paths:
            print(path)
        return 0
    last = files.read_json(place.file("run.json"))
    if last is None:
        raise Failed("no-document", f"nothing was run in '{place.out}'")
    given = {key: last[key] if value is None and key in last else value for key, value in settings.items()}
    for each in states:
        print(f"v2v-fleet: {masked(each['name'])}: again, after {each['state']}" + (f" [{each['code']}]" if each["code"] else ""),
              file=sys.stderr)
    return run(place, paths, given)
