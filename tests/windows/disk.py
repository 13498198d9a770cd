# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is on a raw disk with a Windows, read without a mount, by ntfsprogs and mtools; and its hives, by reglookup."""

import hashlib
import json
import pathlib
import subprocess
import urllib.parse

HIVES = ("Windows/System32/config/SYSTEM", "Windows/System32/config/SOFTWARE")


def output(*argv):
    return subprocess.run([str(word) for word in argv], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


def ntfs_of(disk, work):
    """The largest partition, as a file."""
    partitions = json.loads(output("sfdisk", "-J", disk))["partitiontable"]["partitions"]
    largest = max(partitions, key=lambda one: one["size"])
    part = pathlib.Path(work) / f"{pathlib.Path(disk).name}.ntfs"
    output("dd", f"if={disk}", f"of={part}", "bs=512", f"skip={largest['start']}", f"count={largest['size']}", "conv=sparse")
    return part


def files(part):
    """Each file's path."""
    found, folder = [], ""
    for line in output("ntfsls", "-f", "-R", part).decode().splitlines():
        if line.startswith("/") and line.endswith(":"):
            folder = line[:-1].rstrip("/")
        elif line:
            found.append(f"{folder}/{line}")
    return found


def content(part, path):
    return output("ntfscat", "-f", part, path.lstrip("/"))


def sums(part):
    """path -> digest, of all files."""
    folders = {path.rsplit("/", 1)[0] for path in files(part)}
    return {path: hashlib.sha256(content(part, path)).hexdigest() for path in files(part) if path not in folders}


def registry(hive):
    """"KEY" and "KEY VALUE" -> type and data, as text."""
    found = {}
    for line in output("reglookup", hive).decode("latin-1").splitlines()[1:]:
        name, kind, data = line.split(",")[:3]
        path = "\\".join(urllib.parse.unquote(part) for part in name.strip("/").split("/"))
        found[path if kind == "KEY" else f"{path} ="] = "key" if kind == "KEY" else f"{kind} {urllib.parse.unquote(data)}"
    return found
