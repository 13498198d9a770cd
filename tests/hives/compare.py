#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What differs between two hives, by reglookup(1), is what was said to be changed, and nothing else: compare.py BEFORE AFTER CHANGES.

CHANGES has a line for each, KEY\\VALUE or KEY.  A key that is new, or gone, need not be listed where a value in it or below it is.
"""

import pathlib
import subprocess
import sys
import tempfile
import urllib.parse

import replay



def read(path):
    """Each key and value: (path in lower case, is it a key) -> (spelling, type, data)."""
    out = subprocess.run(["reglookup", "-H", path], check=True, stdout=subprocess.PIPE).stdout.decode("latin-1")
    found = {}
    for line in out.splitlines():
        name, kind, data = line.split(",")[:3]
        parts = [urllib.parse.unquote(part) for part in name.strip("/").split("/")]
        spelled = "\\".join(parts)
        found[spelled.lower(), kind == "KEY"] = (spelled, kind, data)
    return found


def whole(path):
    """The hive, with what is in the logs beside it alone, as another implementation replays them."""
    logs = [path.with_suffix(suffix) for suffix in (".LOG1", ".LOG2", ".LOG")]
    hive = replay.replay(path.read_bytes(), [log.read_bytes() if log.exists() else b"" for log in logs])
    if hive is None:
        return read(path)
    with tempfile.NamedTemporaryFile() as file:
        file.write(hive)
        file.flush()
        return read(file.name)


def compare(before, after, listed):
    faults = []
    above = {line[:i] for line in listed for i in range(len(line)) if line[i] == "\\"}
    for entry in sorted(set(before) | set(after)):
        name, is_key = entry
        old, new = before.get(entry), after.get(entry)
        if old == new:
            continue
        if is_key and old and new:
            faults.append(f"the key {old[0]} has another spelling: {new[0]}")
        elif is_key and name in above:
            continue
        elif name not in listed:
            faults.append(f"{name}: {old} became {new}, and nothing says so")
        else:
            listed[name] = True
    faults += [f"{name} is said to have changed, and has not" for name, seen in listed.items() if not seen]
    return faults


def main():
    before, after = whole(pathlib.Path(sys.argv[1])), read(sys.argv[2])
    with open(sys.argv[3], encoding="utf-8") as f:
        listed = {line.rstrip("\n").lower(): False for line in f}
    if not before or not after or not listed:
        sys.exit("nothing to compare")
    faults = compare(before, after, listed)
    for fault in faults:
        print(f"{sys.argv[2]}: {fault}")
    print(f"{len(before)} keys and values, {len(listed)} changed")
    sys.exit(1 if faults else 0)


main()
