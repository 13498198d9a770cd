# SPDX-License-Identifier: LGPL-2.1-or-later
"""What has become of the machines: for people, tables, programs and monitoring."""

import csv
import json
import os
import subprocess
import sys

from fleet import files, state, steps
from fleet.error import Failed, masked

COLUMNS = ("name", "state", "code", "step", "retry", "try", "node", "engine", "started", "ended", "seconds", "read", "written",
           "warnings", "files", "text", "input")
SLOWEST = 10


def summary(states):
    """The figures of all."""
    counts = {name: sum(each["state"] == name for each in states) for name in state.STATES}
    done = [each for each in states if each["state"] == "done"]
    failed = {}
    for each in states:
        if each["state"] in ("failed", "blocked"):
            failed[each["code"]] = failed.get(each["code"], 0) + 1
    seconds = sum(each["seconds"].get("total", 0) for each in done)
    written = sum(each["bytes"]["written"] or 0 for each in done)
    by_step = {}
    for each in done:
        for step, took in each["seconds"].items():
            by_step[step] = round(by_step.get(step, 0) + took, 3)
    return {"machines": len(states), "states": counts, "failed": dict(sorted(failed.items(), key=lambda item: (-item[1], item[0]))),
            "seconds": round(seconds, 3), "seconds_by_step": by_step, "bytes_read": sum(each["bytes"]["read"] or 0 for each in done),
            "bytes_written": written, "seconds_left": left(states)}


def progress_of(place, each):
    """How far a running machine is, as "copy 45%"; empty where nothing is known."""
    last = None
    for message in steps.messages(place.of(each["name"], "log")):
        if message.get("level") == "progress":
            last = message
    if not last or not last.get("total"):
        return ""
    return f"{last.get('step')} {100 * last.get('done', 0) // last['total']}%"


def status_word(place, each):
    """The state, and what there is to say of it."""
    if each["state"] == "running":
        return progress_of(place, each)
    if each["locked"]:
        return "another job has it"
    return f"{each['text'] or ''} [{each['code']}]" if each["code"] else ""


def print_status(place, states):
    """A line for each machine."""
    width = max([7, *(len(each["name"]) for each in states)])
    for each in states:
        print(f"{masked(each['name']):{width}} {each['state']:11} {masked(status_word(place, each))}".rstrip())


def left(states):
    """Seconds until all are done, if it goes on as it went from the first start to the last end; None: nobody knows."""
    done = [each for each in states if each["state"] == "done"]
    count = sum(each["state"] in ("planned", "running") for each in states)
    if not done or not count:
        return None
    first = min(state.seconds_of(each["started"]) or 0 for each in done)
    last = max(state.seconds_of(each["ended"]) or 0 for each in done)
    return max(1, last - first) / len(done) * count


def print_text(states):
    """For people."""
    figures = summary(states)
    print(f"{figures['machines']} machines: " + ", ".join(f"{count} {name}" for name, count in figures["states"].items() if count))
    for code, count in figures["failed"].items():
        names = [each["name"] for each in states if each["state"] in ("failed", "blocked") and each["code"] == code]
        print(f"{count:5} {code}: {masked(', '.join(names[:5]))}" + (" and more" if count > 5 else ""))
    if figures["seconds"]:
        print(f"{figures['bytes_written'] / 2**30:.2f} GiB written in {figures['seconds']:.1f} s of jobs, "
              f"{figures['bytes_written'] / 2**20 / figures['seconds']:.1f} MiB/s each; "
              + ", ".join(f"{step} {took:.1f} s" for step, took in figures["seconds_by_step"].items() if step != "total"))
    if left(states) is not None:
        print(f"left: {left(states) / 3600:.2f} hours, if it goes on like this")
    done = sorted((each for each in states if each["state"] == "done"), key=lambda each: -each["seconds"].get("total", 0))
    for each in done[:SLOWEST]:
        print(f"{each['seconds'].get('total', 0):9.1f} s {(each['bytes']['written'] or 0) / 2**30:8.2f} GiB {masked(each['name'])}")


def print_csv(states):
    """A row for each machine; a cell that a table would take for a formula is not one."""
    rows = csv.writer(sys.stdout, lineterminator="\n")
    rows.writerow(COLUMNS)
    for each in states:
        flat = dict(each, seconds=each["seconds"].get("total"), read=each["bytes"]["read"], written=each["bytes"]["written"],
                    warnings=" ".join(each["warnings"]), files=" ".join(each["files"]))
        cells = ("" if flat[column] is None else masked(str(flat[column])) for column in COLUMNS)
        rows.writerow("'" + cell if cell.startswith(("=", "+", "-", "@")) else cell for cell in cells)


def label(text):
    """A value of a label of Prometheus."""
    return '"' + masked(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def prometheus(states):
    """The text that node_exporter's textfile collector reads."""
    figures = summary(states)
    lines = ["# HELP v2v_fleet_machines Machines by state.", "# TYPE v2v_fleet_machines gauge"]
    lines += [f"v2v_fleet_machines{{state={label(name)}}} {count}" for name, count in figures["states"].items()]
    lines += ["# HELP v2v_fleet_failed Machines that failed or are blocked, by code.", "# TYPE v2v_fleet_failed gauge"]
    lines += [f"v2v_fleet_failed{{code={label(code)}}} {count}" for code, count in figures["failed"].items()]
    for name, what, value in (("bytes_written", "Bytes of finished disks.", figures["bytes_written"]),
                              ("bytes_read", "Bytes of finished inputs.", figures["bytes_read"]),
                              ("job_seconds", "Seconds that finished jobs took.", figures["seconds"])):
        lines += [f"# HELP v2v_fleet_{name} {what}", f"# TYPE v2v_fleet_{name} gauge", f"v2v_fleet_{name} {value}"]
    return "\n".join(lines) + "\n"


def write_prometheus(states, path):
    """To a file, seen whole or not at all; a link stays, and so does what is not a file, such as a device.  `-` is standard output."""
    text = prometheus(states)
    if path == "-":
        sys.stdout.write(text)
        return
    path = os.path.realpath(path)
    if not os.path.exists(path) or os.path.isfile(path):
        files.write_text(path, text)
        return
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)


def documents_of(place, each):
    """The documents of a machine that was looked into, as bytes; a line that is damaged is left out, and told."""
    try:
        with open(place.of(each["name"], "documents"), "rb") as lines:
            lines = list(lines)
    except FileNotFoundError:
        return []
    whole = [line for line in lines if is_document(line)]
    if len(whole) < len(lines):
        print(f"v2v-fleet: {masked(each['name'])}: its document is damaged, and not in the page", file=sys.stderr)
    return whole


def is_document(line):
    """Is it a whole one?"""
    try:
        return line.endswith(b"\n") and isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def write_html(place, states, path):
    """v2v-meta's page of all machines that were looked into."""
    folder, base = os.path.split(os.path.abspath(path))
    name = base.removesuffix(".html")
    if name == base or not name:
        raise Failed("bad-option", f"'{path}' does not end with .html")
    stream = b"".join(document for each in states for document in documents_of(place, each))
    if not stream:
        raise Failed("no-document", f"no machine of '{place.out}' was looked into")
    done = subprocess.run(["v2v-meta", "-t", "report", "-o", folder, "--name", name, "--force"], input=stream,
                          stdout=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        raise Failed("child", "v2v-meta cannot write the page")


def write(place, states, options):
    """What the options ask for; the text without any."""
    if options["prometheus"]:
        write_prometheus(states, options["prometheus"])
    if options["html"]:
        write_html(place, states, options["html"])
    if options["json"]:
        print(json.dumps({"summary": summary(states), "machines": states}, indent=1))
    elif options["csv"]:
        print_csv(states)
    elif not options["prometheus"] and not options["html"]:
        print_text(states)


def run(place, options=None):
    """The report that the options ask for, or, without, a line for each machine; 0: all are done."""
    states = state.all_of(place)
    if not states:
        raise Failed("no-document", f"no machine was run in '{place.out}'")
    if options is None:
        print_status(place, states)
    else:
        write(place, states, options)
    return 0 if all(each["state"] == "done" for each in states) else 1
