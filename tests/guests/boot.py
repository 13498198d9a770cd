#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Boots a guest under qemu (TCG, nothing is written to its disks) and proves that it reaches a login, or that it cannot."""

import argparse
import re
import signal
import sys
import tempfile
import time
import xml.etree.ElementTree as ET

sys.dont_write_bytecode = True
from console import Failed, Guest  # noqa: E402
from machine import machine_from_options, machine_from_xml, qemu_command  # noqa: E402


def prove(options, guest, started):
    """The exit status: what the options expect against what the guest does."""
    outcome = guest.wait_for_boot(options.answer)
    seconds = f"{time.monotonic() - started:.0f} s"
    if options.expect_fail:
        if outcome is True:
            print(f"boot.py: {seconds}: login reached, but it should not boot", file=sys.stderr)
            return 1
        print(f"boot.py: {seconds}: does not boot, as expected: {outcome}", file=sys.stderr)
        return 0
    if outcome is not True:
        raise Failed(f"after {seconds}: {outcome}")
    print(f"boot.py: {seconds}: login", file=sys.stderr)
    if not options.run:
        return 0
    guest.login(options.password)
    results = [run_and_compare(guest, command, pattern) for command, pattern in options.run]
    return 0 if all(results) else 1


def run_and_compare(guest, command, pattern):
    guest.deadline = max(guest.deadline, time.monotonic() + 300)
    status, output = guest.run(command)
    sys.stdout.buffer.write(output)
    sys.stdout.flush()
    if status:
        print(f"boot.py: status {status}: {command}", file=sys.stderr)
    fits = pattern is None or re.search(pattern.encode(), output, re.M)
    if not fits:
        print(f"boot.py: not {pattern!r}, but {output.decode(errors='replace').strip()!r}: {command}", file=sys.stderr)
    return status == 0 and bool(fits)


class RunOption(argparse.Action):
    """--run COMMAND and --expect COMMAND PATTERN, done in the order in which they are given."""

    def __call__(self, parser, options, values, option=None):
        pair = (values, None) if isinstance(values, str) else tuple(values)
        options.run = options.run + [pair]


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bus", default="virtio",
                        choices=["virtio", "virtio-scsi", "lsi", "mptsas", "pvscsi", "ide", "sata"])
    parser.add_argument("--nic", default="virtio", metavar="MODEL", help="virtio, vmxnet3, e1000, … or none")
    parser.add_argument("--mac")
    parser.add_argument("--slot", type=int, metavar="N", help="the card's PCI slot as the guest sees it: 192 makes ens192 (q35)")
    parser.add_argument("--format", choices=["raw", "qcow2"], help="default: by the file's first bytes")
    parser.add_argument("--uefi", action="store_true")
    parser.add_argument("--loader", metavar="PATH", help=r"with --uefi: what the NVRAM names, \EFI\debian\grubx64.efi")
    parser.add_argument("--machine", help="pc (default), q35, or any name that qemu knows")
    parser.add_argument("--memory", type=int, metavar="MIB")
    parser.add_argument("--cpu", help="default: max, or what the domain says")
    parser.add_argument("--timeout", type=float, default=900, metavar="S")
    parser.add_argument("--log", metavar="FILE", help="everything from the serial port")
    parser.add_argument("--password", default="v2v")
    parser.add_argument("--run", action=RunOption, default=[], metavar="COMMAND",
                        help="log in as root and run it; its output goes to stdout, its status must be 0")
    parser.add_argument("--expect", action=RunOption, nargs=2, dest="run", metavar=("COMMAND", "PATTERN"),
                        help="so too, and something in its output must match")
    parser.add_argument("--answer", action="append", nargs=2, default=[], metavar=("PATTERN", "TEXT"),
                        help="when the booting guest says PATTERN, type TEXT")
    parser.add_argument("--expect-fail", action="store_true", help="0 when the guest cannot find its root, 1 at a login")
    parser.add_argument("--libvirt-xml", metavar="FILE", help="boot this domain instead of options and DISKs")
    parser.add_argument("--print", action="store_true", help="only print the qemu command")
    parser.add_argument("disk", nargs="*", metavar="DISK")
    options = parser.parse_args()
    if bool(options.libvirt_xml) == bool(options.disk):
        parser.error("give either DISKs or --libvirt-xml")
    return options


def on_signal(number, _frame):
    sys.exit(128 + number)


def main():
    options = parse_options()
    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)
    guest = None
    with tempfile.TemporaryDirectory(prefix="v2v-boot-") as scratch:
        try:
            machine = (machine_from_xml(options.libvirt_xml) if options.libvirt_xml
                       else machine_from_options(options))
            machine.memory_mib = options.memory or machine.memory_mib
            machine.cpu = options.cpu or machine.cpu
            command = qemu_command(machine, scratch)
            if options.print:
                print(" ".join(command))
                return 0
            log = open(options.log, "wb") if options.log else None
            started = time.monotonic()
            guest = Guest(command, log, options.timeout)
            return prove(options, guest, started)
        except (Failed, OSError, ET.ParseError) as error:
            if guest:
                last = guest.said.decode(errors="replace").replace("\r", "").split("\n")[-15:]
                print("\n".join(line.rstrip() for line in last), file=sys.stderr)
            print(f"boot.py: {error}", file=sys.stderr)
            return 1
        finally:
            if guest:
                guest.stop()


if __name__ == "__main__":
    sys.exit(main())
