# SPDX-License-Identifier: LGPL-2.1-or-later
"""The names below a fleet's directory: DIR/fleet/machines/NAME.json and so on.

The finished disks and their metadata are in DIR itself.  What belongs to one machine lies in a folder of its own kind, so that no
name of a machine is that of another file.
"""

import os

from fleet.error import Failed

NAME_MAX = 255 - len(".documents")  # bytes
SUFFIXES = (".ova", ".ovf", ".vmx", ".vbox", ".box", ".xml", ".qcow2", ".raw", ".img", ".vmdk", ".vhd", ".vhdx", ".vdi", ".tar",
            ".zip", ".gz", ".xz", ".bz2", ".zst")


def name_of(path):
    """What a machine is called here: the last part of its input's name, without suffixes."""
    name = os.path.basename(os.path.abspath(path))
    while True:
        stem, suffix = os.path.splitext(name)
        if suffix.lower() not in SUFFIXES or not stem:
            return name
        name = stem


def check_line(path):
    """Fails for a name that no list can hold."""
    if any(ord(c) < 32 or ord(c) == 127 for c in path):
        raise Failed("file-name", f"'{path}' has a control character in its name")


def check_path(path):
    """Fails for a machine that cannot be run: its name goes into lists, and with suffixes into names of files."""
    check_line(path)
    if len(os.fsencode(name_of(path))) > NAME_MAX:
        raise Failed("file-name", f"'{path}': the name has more than {NAME_MAX} bytes")


class Place:
    """Where the files of a fleet are."""

    def __init__(self, out):
        # v2v-copy writes real paths: those of the work directory are replaced by these
        self.out = os.path.realpath(out)
        self.folder = os.path.join(self.out, "fleet")
        self.machines = os.path.join(self.folder, "machines")

    def make(self):
        """Make the folders; the output directory itself must be there."""
        os.makedirs(self.machines, exist_ok=True)

    def file(self, name):
        """A file of the fleet."""
        return os.path.join(self.folder, name)

    def of(self, name, suffix):
        """A file of one machine: "json", "log", "lock", "room", "documents", "work"."""
        return os.path.join(self.machines, f"{name}.{suffix}")
