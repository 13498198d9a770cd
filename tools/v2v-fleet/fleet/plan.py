# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which machines go when: looks into each, and sorts them into waves."""

import datetime
import os
import shutil
import tempfile

from fleet import documents, files, rates, state, steps
from fleet.error import Failed, masked
from fleet.place import Place, check_line, name_of

# In the order in which they go; the last two do not.
WAVES = ("pilot", "ok", "warnings", "hands", "blocked")
MOVES = WAVES[:3]


class Look:
    """A machine that is looked into."""

    def __init__(self, path, options, folder, keep):
        self.path, self.work = path, tempfile.mkdtemp(dir=folder)
        self.log, self.out = os.path.join(self.work, "log"), os.path.join(self.work, "documents")
        os.mkdir(os.path.join(self.work, "tmp"))
        commands = [steps.command(step, options, *more) for step, more in (("unpack", [path]), ("inspect", []), ("estimate", []))]
        self.pipeline = steps.Pipeline(commands, None, self.out, self.log, dict(os.environ, TMPDIR=os.path.join(self.work, "tmp")), keep)

    def result(self):
        """What was found, as an object of plan.json without its wave."""
        cause = steps.cause(self.pipeline.results(), self.log, 0)
        found = describe(self.path, documents.read(self.out), cause, steps.warnings(self.log, 0))
        shutil.rmtree(self.work, ignore_errors=True)
        return found


def describe(path, looked, cause, warnings):
    """What plan.json says of a machine."""
    blockers = sorted({finding["code"] for finding in documents.blockers_of(looked)})
    first = looked[0] if looked else {}
    return {"name": name_of(path), "input": path, "product_name": first.get("inspect", {}).get("product_name"),
            "firmware": first.get("source", {}).get("firmware"),
            "bytes": documents.bytes_of(looked, "estimated_size"), "blockers": blockers, "warnings": warnings, "failed": cause,
            "verdict": verdict(blockers, warnings, cause)}


def verdict(blockers, warnings, cause):
    """What a person can put right, in the guest or at the host, needs hands; what cannot be read at all is blocked."""
    if cause:
        return "blocked" if cause["retry"] == "never" and cause["step"] == "unpack" else "hands"
    if blockers:
        return "hands"
    return "warnings" if warnings else "ok"


def sort(machines):
    """Give each machine its wave: the smallest of each product and firmware is the pilot; the largest of a wave goes first."""
    seen = set()
    for machine in sorted(machines, key=lambda machine: (machine["bytes"], machine["name"])):
        kind = machine["product_name"], machine["firmware"]
        machine["wave"] = machine["verdict"]
        if machine["wave"] in MOVES and kind not in seen:
            seen.add(kind)
            machine["wave"] = "pilot"
    machines.sort(key=lambda machine: (WAVES.index(machine["wave"]), -machine["bytes"], machine["name"]))


def waves_of(machines, line, workers):
    """Each wave with its list; with @line, the seconds that a run with so many workers takes."""
    result = []
    for wave in WAVES:
        members = [machine for machine in machines if machine["wave"] == wave]
        seconds = None
        if line and wave in MOVES:
            seconds = round(rates.makespan([line[0] + line[1] * machine["bytes"] for machine in members], workers), 1)
        result.append({"name": wave, "list": f"wave-{wave}.list", "machines": len(members),
                       "bytes": sum(machine["bytes"] for machine in members), "seconds": seconds})
    return result


def same_names(paths):
    """Two machines of one name would have one state."""
    seen = {}
    for path in paths:
        other = seen.setdefault(name_of(path), path)
        if other != path:
            raise Failed("same-name", f"'{path}' would have the name of '{other}'")
    return list(seen.values())


def print_table(machines, waves):
    """For people."""
    width = max([7, *(len(machine["name"]) for machine in machines)])
    print(f"{'wave':9} {'machine':{width}} {'size':>9} {'firmware':8} system and codes")
    for machine in machines:
        codes = machine["blockers"] or ([machine["failed"]["code"]] if machine["failed"] else machine["warnings"])
        print(f"{machine['wave']:9} {masked(machine['name']):{width}} {machine['bytes'] / 2**30:6.2f}GiB {machine['firmware'] or '-':8} "
              + masked(machine["product_name"] or "-") + (f" [{', '.join(codes)}]" if codes else ""))
    print()
    for wave in waves:
        took = "" if wave["seconds"] is None else f", {datetime.timedelta(seconds=round(wave['seconds']))}"
        print(f"{wave['name']:9} {wave['machines']:5} machines, {wave['bytes'] / 2**30:.2f} GiB{took}: {wave['list']}")


def look_at_all(paths, options, jobs, folder, keep):
    """All machines, some at a time."""
    waiting, running, found = list(paths), [], []
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                running.append(Look(waiting.pop(0), options, folder, keep))
            # until a step of one of them has ended
            os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
            over = [look for look in running if look.pipeline.is_over()]
            running = [look for look in running if look not in over]
            found += [look.result() for look in over]
        return found
    finally:
        steps.end([process for look in running for process in look.pipeline.processes])


def remove_stale(out):
    """Remove the folders of plans that were killed: nobody holds their locks."""
    for entry in os.listdir(out):
        lock = os.path.join(out, entry, "lock")
        if entry.startswith(".plan.") and os.path.exists(lock) and not files.is_locked(lock):
            shutil.rmtree(os.path.join(out, entry), ignore_errors=True)


def look_below(out, paths, options, jobs):
    """The same in a folder of their own, which is removed.  The steps hold its lock, too."""
    remove_stale(out)
    files.remove_stale(out)
    folder = tempfile.mkdtemp(prefix=".plan.", dir=out)
    try:
        lock = files.lock(os.path.join(folder, "lock"))
        return look_at_all(paths, options, jobs, folder, (lock,))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(out, paths, options, jobs, simulate):
    """Write plan.json and the lists below @out; 0: every machine can go."""
    paths = same_names([os.path.abspath(path) for path in paths])
    for path in paths:
        check_line(path)
    line = rates.fit(state.all_of(Place(simulate))) if simulate else None
    if simulate and line is None:
        raise Failed("no-document", f"no machine is done in '{simulate}'")
    machines = look_below(out, paths, options, jobs)
    sort(machines)
    waves = waves_of(machines, line, jobs)
    for wave in waves:
        files.write_text(os.path.join(out, wave["list"]), "".join(machine["input"] + "\n" for machine in machines
                                                                  if machine["wave"] == wave["name"]))
    files.write_json(os.path.join(out, "plan.json"), {"machines": machines, "waves": waves})
    print_table(machines, waves)
    return 0 if all(machine["wave"] in MOVES for machine in machines) else 1
