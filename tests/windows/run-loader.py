#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Starts a machine, emulated, and prints what the stand-in loaders say on its serial port: status 0 where one was reached and read its disk."""

import argparse
import os
import pathlib
import re
import select
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.append(str(pathlib.Path(__file__).parent.parent / "guests"))
from machine import machine_from_options, machine_from_xml, qemu_command  # noqa: E402

# What ends the wait: the last words of the stand-ins, those of a firmware that finds nothing to boot.
ENDS = (r"v2v stand-in: [^\r\n]+[\r\n]", r"Shell> ", r"No bootable device", r"Boot failed: could not read")


def run(argv, seconds):
    machine = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said, text, end = b"", "", time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            if not select.select([machine.stdout], [], [], 1)[0]:
                continue
            data = os.read(machine.stdout.fileno(), 65536)
            said += data
            text = re.sub(r"\x1b\[[0-9;=?]*[A-Za-z]", "", said.decode(errors="replace"))
            if not data or any(re.search(words, text) for words in ENDS):
                break
        return text
    finally:
        machine.kill()
        machine.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--libvirt-xml", metavar="FILE", help="this domain, instead of a disk")
    parser.add_argument("--uefi", action="store_true")
    parser.add_argument("--bus", default="sata")
    parser.add_argument("--machine", default="q35")
    parser.add_argument("--seconds", type=int, default=240)
    parser.add_argument("disk", nargs="*")
    options = parser.parse_args()
    options.nic, options.slot, options.loader, options.format = "none", None, None, None
    with tempfile.TemporaryDirectory() as scratch:
        machine = machine_from_xml(options.libvirt_xml) if options.libvirt_xml else machine_from_options(options)
        machine.memory_mib = 256
        text = run(qemu_command(machine, scratch), options.seconds)
    # A firmware's own words may come before them on a line.
    found = [line.strip() for line in re.findall(r"v2v stand-in[^\r\n]*|Shell>|No bootable device|Boot failed[^\r\n]*", text)]
    print("\n".join(found or text.splitlines()[-5:]))
    return 0 if any(line.startswith("v2v stand-in: ") and line.endswith(("table", "NTFS")) for line in found) else 1


if __name__ == "__main__":
    sys.exit(main())
