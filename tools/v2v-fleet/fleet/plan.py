# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which machines go when: looks into each, and sorts them into waves."""

import concurrent.futures
import datetime
import json
import os
import shutil
import sys
import tempfile

from fleet import files, rates, state, steps
from fleet.error import Failed, masked
from fleet.place import Place, name_of

# In the order in which they go; the last two do not.
WAVES = ("pilot", "ok", "warnings", "hands", "blocked")
MOVES = WAVES[:3]


def commands_of(path, options):
    """What looks into a machine."""
    return [[f"v2v-{step}", "--messages=json", *options.get(step, []), *more]
            for step, more in (("unpack", [path]), ("inspect", []), ("estimate", []))]


def look(path, options, folder):
    """One machine, as an object of plan.json without its wave."""
    work = tempfile.mkdtemp(dir=folder)
    log, out = os.path.join(work, "log"), os.path.join(work, "documents")
    os.mkdir(os.path.join(work, "tmp"))
    try:
        results = steps.run(commands_of(path, options), None, out, log, dict(os.environ, TMPDIR=os.path.join(work, "tmp")))
        with open(out, encoding="utf-8", errors="surrogateescape") as lines:
            documents = [json.loads(line) for line in lines]
        return describe(path, documents, steps.cause(results, log, 0), steps.warnings(log, 0))
    finally:
        shutil.rmtree(work, ignore_errors=True)


def describe(path, documents, cause, warnings):
    """What plan.json says of a machine."""
    inspects = [document.get("inspect", {}) for document in documents]
    blockers = sorted({finding["code"] for inspect in inspects for finding in inspect.get("findings", [])
                       if finding["level"] == "blocker"})
    first = documents[0] if documents else {}
    return {"name": name_of(path), "input": path, "product_name": first.get("inspect", {}).get("product_name"),
            "firmware": first.get("source", {}).get("firmware"),
            "bytes": sum(target.get("estimated_size") or 0 for document in documents for target in document.get("targets", [])),
            "blockers": blockers, "warnings": warnings, "failed": cause, "verdict": verdict(blockers, warnings, cause)}


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
        if "\n" in path:
            raise Failed("file-name", f"'{path}' has a line break in its name")
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


def look_at_all(paths, options, jobs, folder):
    """All machines, some at a time."""
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        futures = [pool.submit(look, path, options, folder) for path in paths]
        try:
            return [future.result() for future in futures]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def run(out, paths, options, jobs, simulate):
    """Write plan.json and the lists below @out; 0: every machine can go."""
    paths = same_names([os.path.abspath(path) for path in paths])
    line = rates.fit(state.all_of(Place(simulate))) if simulate else None
    if simulate and line is None:
        raise Failed("no-document", f"no machine is done in '{simulate}'")
    folder = tempfile.mkdtemp(prefix=".plan.", dir=out)
    try:
        machines = look_at_all(paths, options, jobs, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sort(machines)
    waves = waves_of(machines, line, jobs)
    for wave in waves:
        files.write_text(os.path.join(out, wave["list"]), "".join(machine["input"] + "\n" for machine in machines
                                                                  if machine["wave"] == wave["name"]))
    files.write_json(os.path.join(out, "plan.json"), {"machines": machines, "waves": waves})
    print_table(machines, waves)
    sys.stdout.flush()
    return 0 if all(machine["wave"] in MOVES for machine in machines) else 1
