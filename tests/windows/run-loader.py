#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Starts a machine with QEMU's arguments, emulated, and prints which stand-in loader it reached, or that it ended in the firmware's shell."""

import argparse
import os
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time

# What ends the wait: the last words of the stand-ins, those of the firmware where nothing boots.
ENDS = (r"v2v stand-in: [a-z0-9 ]+", r"Shell> ", r"No bootable device", r"Boot failed: not a bootable disk\s+\S*\s*No bootable")
FIRMWARE = "/usr/share/OVMF/OVMF_CODE_4M.fd"


def run(argv, seconds):
    machine = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said, end = b"", time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            if not select.select([machine.stdout], [], [], 1)[0]:
                continue
            data = os.read(machine.stdout.fileno(), 65536)
            said += data
            text = re.sub(r"\x1b\[[0-9;=?]*[A-Za-z]", "", said.decode(errors="replace"))
            if not data or any(re.search(words, text) for words in ENDS):
                return text
        return text + "\n(nothing more)"
    finally:
        machine.kill()
        machine.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--uefi", action="store_true")
    parser.add_argument("--seconds", type=int, default=240)
    parser.add_argument("--machine", default="q35")
    parser.add_argument("qemu", nargs="+", help="arguments, after --")
    options = parser.parse_args()
    argv = ["qemu-system-x86_64", "-accel", "tcg", "-m", "256", "-nodefaults", "-display", "none", "-vga", "none", "-no-reboot", "-serial", "stdio",
            "-machine", options.machine]
    with tempfile.NamedTemporaryFile() as variables:
        if options.uefi:
            shutil.copy("/usr/share/OVMF/OVMF_VARS_4M.fd", variables.name)
            argv += ["-drive", f"if=pflash,format=raw,readonly=on,file={FIRMWARE}", "-drive", f"if=pflash,format=raw,file={variables.name}"]
        text = run(argv + options.qemu, options.seconds)
    lines = [line.strip() for line in re.split(r"[\r\n]+", text)]
    found = [line for line in lines if line.startswith(("v2v stand-in", "Shell>", "No bootable"))]
    print("\n".join(found or lines[-5:]))
    return 0 if any(line.startswith("v2v stand-in:") for line in found) else 1


if __name__ == "__main__":
    sys.exit(main())
