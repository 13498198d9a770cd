# SPDX-License-Identifier: LGPL-2.1-or-later
"""A run of many machines, and a retry of those that can succeed now."""

import os
import sys
import time

from fleet import engines, files, place as places, signals, state
from fleet.error import Failed, masked
from fleet.options import DEFAULTS, HOW
from fleet.place import name_of
from fleet.plan import same_names

LINE_MAX = 1 << 16
PATIENCE = 5  # seconds
# run.json: how the last run went
SHAPE = {"engine": tuple(engines.ENGINES), "jobs": (int,), "sshlogin": ([str],), "license": (str, type(None)), "cpus": (int,),
         "memory": (int,), "sbatch": ([str],)}


def line_of(line, number, path):
    """A line of a list as text; fails if the file is not a list."""
    line = line.removesuffix(b"\n").removesuffix(b"\r")
    if number == 1:
        line = line.removeprefix(b"\xef\xbb\xbf")
    if len(line) >= LINE_MAX or any(byte < 32 or byte == 127 for byte in line):
        raise Failed("file-name", f"'{path}': line {number} has a control character, or is too long: is it a list of files, one a line?")
    return line.decode("utf-8", errors="surrogateescape")


def lines_of(path):
    """All lines of a list."""
    stream = sys.stdin.buffer if path == "-" else open(path, "rb")
    with stream:
        return [line_of(line, number, path) for number, line in enumerate(iter(lambda: stream.readline(LINE_MAX + 2), b""), 1)]


def read_list(path):
    """The inputs that a list file names, one a line; a line with nothing in it is none."""
    lines = [line for line in lines_of(path) if line.strip()]
    folder = os.getcwd() if path == "-" else os.path.dirname(os.path.abspath(path))
    return same_names([os.path.normpath(os.path.join(folder, line)) for line in lines])


def result_of(place, path, how):
    """The state of a machine after a run.  What is done is so only if it is this input, converted like this."""
    try:
        places.check_path(path)
        found = state.look(place, name_of(path))
        if found is None:
            return "planned"
        if found["state"] != "done":
            return found["state"] if found["input"] in (path, None) else "failed"
        if found["input"] != path or not state.is_done(place, found):
            return "failed"
        state.check_same(found, path, how)
        return "done"
    except (Failed, OSError):
        return "failed"


def results_of(place, machines, patience):
    """The states of all.  The steps of a job that was killed hold its lock for a moment more: so long it is not known who has it."""
    results, until = [], time.monotonic() + patience
    for path, how in machines:
        result = result_of(place, path, how)
        while result == "running" and time.monotonic() < until:
            time.sleep(0.1)
            result = result_of(place, path, how)
        results.append(result)
    return results


def outcome(place, machines, waited):
    """A line of what has become of them; 0: all are done."""
    results = results_of(place, machines, PATIENCE if waited else 0)
    said = ", ".join(f"{results.count(name)} {name}" for name in state.STATES if name in results)
    print(f"v2v-fleet: {len(results)} machines: {said}", file=sys.stderr)
    return 0 if not waited or results.count("done") == len(results) else 1


def plan(place, path, how):
    """Make the state of a machine.  One that cannot have any does not keep the others from being run: its job says why."""
    try:
        places.check_path(path)
        state.plan(place, path, how)
    except (Failed, OSError):
        pass


def run_machines(place, machines, settings):
    """Run them by an engine; each of @machines is (input, how)."""
    if not machines:
        print("v2v-fleet: there is no machine to run", file=sys.stderr)
        return 0
    signals.catch()
    place.make()
    for folder in (place.folder, place.machines):
        files.remove_stale(folder)
    for path, how in machines:
        plan(place, path, how)
    files.write_json(place.file("run.json"), {key: settings[key] for key in DEFAULTS})
    engines.ENGINES[settings["engine"]](dict(settings, out=place.out, folder=place.folder), machines)
    return outcome(place, machines, not settings["no_wait"])


def run(place, paths, settings):
    """Run the machines of a list."""
    how = {key: HOW[key] if settings[key] is None else settings[key] for key in HOW}
    return run_machines(place, [(path, how) for path in paths], with_defaults(settings, DEFAULTS))


def with_defaults(settings, defaults):
    """What was not said."""
    filled = {name: defaults.get(name) if value is None else value for name, value in settings.items()}
    filled["jobs"] = filled["jobs"] or engines.default_jobs()
    return filled


def again(each, everything):
    """Is this machine to be tried again?"""
    if each["locked"] or each["state"] == "done":
        return False
    return everything or each["state"] in ("planned", "interrupted") or each["retry"] in ("now", "later")


def how_again(each, settings):
    """As a machine was converted before, but for what is given now."""
    return {key: each["how"][key] if settings[key] is None else settings[key] for key in HOW}


def retry(place, settings, everything, only_list):
    """Those whose failure may have passed, by the engine of the last run unless another is given."""
    # one whose state is damaged has no input: the list has it
    known = state.all_of(place)
    states = [each for each in known if each["input"] and again(each, everything)]
    if only_list:
        for each in states:
            print(each["input"])
        return 0
    last = files.read_json(place.file("run.json"), SHAPE)
    if last is None:
        raise Failed("no-document", f"nothing was run in '{place.out}'")
    settings = with_defaults(settings, last)
    if settings["no_wait"] and settings["engine"] != "slurm":
        raise Failed("bad-option", f"--no-wait is an option of the engine slurm; the last run was by {settings['engine']}")
    for each in known:
        if not each["input"]:
            print(f"v2v-fleet: {masked(each['text'])}: run its list again", file=sys.stderr)
    for each in states:
        print(f"v2v-fleet: {masked(each['name'])}: again, after {each['state']}" + (f" [{each['code']}]" if each["code"] else ""),
              file=sys.stderr)
    machines = sorted(((each["input"], how_again(each, settings)) for each in states), key=lambda machine: repr(machine[1]))
    return run_machines(place, machines, settings)
