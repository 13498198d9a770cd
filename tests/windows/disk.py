# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is on a raw disk with a Windows, read without a mount, by ntfsprogs and mtools; and its hives, by reglookup."""

import hashlib
import json
import pathlib
import subprocess
import urllib.parse

HIVES = ("/Windows/System32/config/SYSTEM", "/Windows/System32/config/SOFTWARE")
ESP_TYPE = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B"
ESP_HIVE = "/efi/microsoft/boot/bcd"


def output(*argv):
    return subprocess.run([str(word) for word in argv], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


def digest(data):
    return hashlib.sha256(data).hexdigest()


def partitions(disk):
    return json.loads(output("sfdisk", "-J", disk))["partitiontable"]["partitions"]


def cut(disk, partition, to):
    output("dd", f"if={disk}", f"of={to}", "bs=512", f"skip={partition['start']}", f"count={partition['size']}", "conv=sparse")
    return to


def ntfs_of(disk, work):
    """The largest partition, as a file."""
    return cut(disk, max(partitions(disk), key=lambda one: one["size"]), pathlib.Path(work) / "ntfs")


def files(part):
    """Each file's path, of an NTFS."""
    found, folders, folder = [], set(), ""
    for line in output("ntfsls", "-f", "-R", part).decode().splitlines():
        if line.startswith("/") and line.endswith(":"):
            folder = line[:-1].rstrip("/")
            folders.add(folder)
        elif line not in ("", ".", ".."):
            found.append(f"{folder}/{line}")
    return [path for path in found if path not in folders]


def content(part, path):
    return output("ntfscat", "-f", part, path.lstrip("/"))


def contents(part):
    """path -> bytes, of an NTFS."""
    return {path: content(part, path) for path in files(part)}


def esp_contents(disk, work):
    """path -> bytes, of the EFI system partition if there is one; its names have no case."""
    part, top, found = pathlib.Path(work) / "esp", pathlib.Path(work) / "esp-files", {}
    for partition in partitions(disk):
        if partition["type"].upper() == ESP_TYPE:
            output("mcopy", "-s", "-n", "-i", cut(disk, partition, part), "::", top)
            found |= {f"/{path.relative_to(top)}".lower(): path.read_bytes() for path in top.rglob("*") if path.is_file()}
    return found


def registry(hive):
    """"KEY" and "KEY VALUE" -> type and data, as text."""
    found = {}
    for line in output("reglookup", hive).decode("latin-1").splitlines()[1:]:
        name, kind, data = line.split(",")[:3]
        path = "\\".join(urllib.parse.unquote(part) for part in name.strip("/").split("/"))
        found[path if kind == "KEY" else f"{path} ="] = "key" if kind == "KEY" else f"{kind} {urllib.parse.unquote(data)}"
    return found
