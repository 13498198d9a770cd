#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Boots a guest under qemu (TCG, nothing is written to its disks) and proves that it reaches a login, or that it cannot."""

import argparse
import base64
import ctypes
import os
import re
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET

sys.dont_write_bytecode = True
from nvram import add_boot_entry  # noqa: E402

OVMF = {
    "code": "/usr/share/OVMF/OVMF_CODE_4M.fd",
    "vars": "/usr/share/OVMF/OVMF_VARS_4M.fd",
    "secure_code": "/usr/share/OVMF/OVMF_CODE_4M.ms.fd",
    "secure_vars": "/usr/share/OVMF/OVMF_VARS_4M.ms.fd",
}

# What a guest, its initramfs or its firmware says when it cannot find its root.
FAILURES = re.compile(
    rb"ALERT! .{1,200}does not exist"
    rb"|Gave up waiting for root"
    rb"|\(initramfs\)"
    rb"|Unable to mount root"
    rb"|No bootable device"
    rb"|No bootable option"
    rb"|UEFI Interactive Shell"
    rb"|Kernel panic - not syncing"
    rb"|dracut-emergency"
    rb"|Entering emergency mode"
    rb"|You are in emergency mode"
    rb"|initramfs emergency recovery shell"
    rb"|Job dev-.{1,40}tart running \((?:[2-9]|\d\d)min [^)]*/ no limit\)"    # dracut's wait for the root
    rb"|grub rescue>"
    rb"|Decoding failed"
)
# Not at the end of what was said: on a busy machine systemd and the kernel go on talking behind it.
LOGIN = re.compile(rb"(?<!Last )\blogin: ")
LOGIN_STEPS = re.compile(LOGIN.pattern + rb"|[Pp]assword: ?|Login incorrect|[#$] \Z")
PATIENCE = 60           # seconds of silence until something is typed again
ESCAPES = re.compile(rb"\x1b(?:\[[0-9;?=]*[A-Za-z]|[()][A-Z0-9]|[a-zA-Z=>])")

# The bus names of the command line and of libvirt's controller models → qemu's controllers.
SCSI_CONTROLLERS = {
    "lsi": "lsi53c895a", "lsilogic": "lsi53c895a", "buslogic": "lsi53c895a",
    "mptsas": "mptsas1068", "lsisas1068": "mptsas1068", "lsisas1078": "megasas",
    "pvscsi": "pvscsi", "vmpvscsi": "pvscsi", "virtio-scsi": "virtio-scsi-pci",
    "virtio-transitional": "virtio-scsi-pci", "virtio-non-transitional": "virtio-scsi-pci",
}
NIC_MODELS = {"virtio": "virtio-net-pci", "virtio-transitional": "virtio-net-pci",
              "virtio-non-transitional": "virtio-net-pci"}


class Failed(Exception):
    pass


class Machine:
    """What is to be booted, whether it comes from options or from a libvirt domain."""

    def __init__(self):
        self.type = "pc"
        self.memory_mib = 1024
        self.vcpus = 1
        self.cpu = "max,la57=off"     # five-level page tables only cost time
        self.uefi = False
        self.secure_boot = False
        self.loader = None      # what the NVRAM names; else the firmware looks for its own
        self.rtc = "utc"
        self.disks = []         # dicts: file, format, bus, model, controller, unit, order, cdrom, wwn
        self.nics = []          # dicts: model, mac, slot

    def add_disk(self, file, format, bus, model=None, controller=0, unit=None, order=None, cdrom=False,
                 wwn=None):
        if unit is None:
            unit = sum(1 for d in self.disks if d["bus"] == bus and d["controller"] == controller)
        self.disks.append(dict(file=file, format=format, bus=bus, model=model, controller=controller,
                               unit=unit, order=order, cdrom=cdrom, wwn=wwn))

    @property
    def q35(self):
        return "q35" in self.type


def machine_from_options(options):
    machine = Machine()
    machine.type = options.machine or ("pc" if options.slot is None else "q35")
    machine.uefi = options.uefi
    machine.loader = options.loader
    bus, model = options.bus, None
    if bus in SCSI_CONTROLLERS:
        bus, model = "scsi", bus
    for number, file in enumerate(options.disk):
        machine.add_disk(file, options.format or guess_format(file), bus, model=model,
                         order=1 if number == 0 else None,
                         wwn=f"0x5000c2900000000{number + 1:x}" if model == "mptsas" else None)
    if options.nic != "none":
        machine.nics.append(dict(model=options.nic, mac=options.mac, slot=options.slot))
    return machine


def guess_format(file):
    with open(file, "rb") as f:
        return "qcow2" if f.read(4) == b"QFI\xfb" else "raw"


def machine_from_xml(file):
    """Takes from a libvirt domain what decides whether the guest boots; everything else is left out."""
    domain = ET.parse(file).getroot()
    here = os.path.dirname(os.path.abspath(file))
    machine = Machine()

    os_type = domain.find("os/type")
    if os_type is None:
        raise Failed(f"{file}: no os/type")
    if os_type.get("arch", "x86_64") != "x86_64":
        raise Failed(f"{file}: arch {os_type.get('arch')} cannot be booted here")
    machine.type = os_type.get("machine", "pc")
    loader = domain.find("os/loader")
    machine.uefi = (domain.find("os").get("firmware") == "efi"
                    or loader is not None and loader.get("type") == "pflash")
    feature = domain.find("os/firmware/feature[@name='secure-boot']")
    machine.secure_boot = (loader is not None and loader.get("secure") == "yes"
                           or feature is not None and feature.get("enabled") == "yes")

    machine.memory_mib = memory_mib(domain.find("memory"))
    machine.vcpus = int(domain.findtext("vcpu", "1"))
    model = domain.find("cpu/model")
    if domain.find("cpu") is not None and domain.find("cpu").get("mode", "custom") == "custom" and model is not None:
        machine.cpu = model.text.strip()
    clock = domain.find("clock")
    if clock is not None and clock.get("offset") == "localtime":
        machine.rtc = "localtime"

    scsi_models = {int(c.get("index", "0")): c.get("model", "lsilogic")
                   for c in domain.findall("devices/controller[@type='scsi']")}
    boot_from_disk = any(b.get("dev") == "hd" for b in domain.findall("os/boot"))
    for disk in domain.findall("devices/disk"):
        add_xml_disk(machine, disk, here, scsi_models)
    hard_disks = [d for d in machine.disks if not d["cdrom"]]
    if not hard_disks:
        raise Failed(f"{file}: no disk")
    if boot_from_disk or not any(d["order"] for d in machine.disks):
        hard_disks[0]["order"] = 1

    for nic in domain.findall("devices/interface"):
        model, mac = nic.find("model"), nic.find("mac")
        machine.nics.append(dict(model=model.get("type") if model is not None else "rtl8139",
                                 mac=mac.get("address") if mac is not None else None, slot=None))
    return machine


def memory_mib(element):
    if element is None:
        raise Failed("the domain has no memory")
    unit = element.get("unit", "KiB")
    scale = {"b": 1, "bytes": 1, "KB": 1000, "k": 1024, "KiB": 1024, "MB": 1000**2, "M": 1024**2, "MiB": 1024**2,
             "GB": 1000**3, "G": 1024**3, "GiB": 1024**3}
    return int(element.text) * scale[unit] // 1024**2


def device_number(name):
    """sda → 0, vdb → 1, hdaa → 26"""
    number = 0
    for letter in re.sub(r"^(?:x?v|s|h|f)d", "", name):
        number = number * 26 + ord(letter) - ord("a") + 1
    return number - 1


def add_xml_disk(machine, disk, here, scsi_models):
    kind = disk.get("device", "disk")
    if kind not in ("disk", "cdrom"):
        return
    source, driver, target = disk.find("source"), disk.find("driver"), disk.find("target")
    file = None
    if source is not None:
        file = source.get("file") or source.get("dev")
    if file:
        file = os.path.join(here, file)
    elif kind == "disk":
        raise Failed("a disk of the domain has no source file")
    number = device_number(target.get("dev"))
    bus = target.get("bus") or {"v": "virtio", "s": "scsi", "h": "ide"}[target.get("dev")[0]]
    address = disk.find("address[@type='drive']")
    if address is not None:
        controller = int(address.get("controller", "0"))
        unit = int(address.get("unit", "0"))
        if bus == "ide":
            unit += 2 * int(address.get("bus", "0"))
    else:
        per_controller = {"ide": 4, "sata": 6, "scsi": 7}.get(bus, 1 << 30)
        controller, unit = divmod(number, per_controller)
    boot = disk.find("boot")
    machine.add_disk(file, driver.get("type", "raw") if driver is not None else "raw", bus,
                     model=scsi_models.get(controller, "lsilogic") if bus == "scsi" else None,
                     controller=controller, unit=unit, cdrom=kind == "cdrom",
                     order=int(boot.get("order")) if boot is not None else None,
                     wwn=f"0x{disk.findtext('wwn').strip()}" if disk.find("wwn") is not None else None)


def drive_device(machine, disk, controllers):
    """The -device arguments of one disk; controllers: those that earlier disks brought along."""
    bus, index, unit = disk["bus"], disk["controller"], disk["unit"]
    arguments = []
    medium = "cd" if disk["cdrom"] else "hd"
    if bus == "virtio":
        return arguments, "virtio-blk-pci"
    if bus == "scsi":
        if disk["model"] not in SCSI_CONTROLLERS:
            raise Failed(f"unknown SCSI controller model {disk['model']}")
        model = SCSI_CONTROLLERS[disk["model"]]
        if ("scsi", index) not in controllers:
            controllers.add(("scsi", index))
            arguments += ["-device", f"{model},id=scsi{index}"]
        place = f"scsi-id={unit},lun=0" if model == "lsi53c895a" else f"channel=0,scsi-id={unit},lun=0"
        if model == "virtio-scsi-pci":
            place = f"channel=0,scsi-id=0,lun={unit}"
        return arguments, f"scsi-{medium},bus=scsi{index}.0,{place}"
    if bus == "sata":
        if machine.q35 and index == 0:
            return arguments, f"ide-{medium},bus=ide.{unit}"
        if ("sata", index) not in controllers:
            controllers.add(("sata", index))
            arguments += ["-device", f"ich9-ahci,id=sata{index}"]
        return arguments, f"ide-{medium},bus=sata{index}.{unit}"
    if bus == "ide":
        if machine.q35:
            raise Failed("q35 has no IDE: use sata, or the machine type pc")
        return arguments, f"ide-{medium},bus=ide.{unit // 2},unit={unit % 2}"
    raise Failed(f"disk bus {bus} is not known here")


def qemu_command(machine, scratch):
    smm = ",smm=on" if machine.secure_boot else ""
    command = ["qemu-system-x86_64", "-nodefaults", "-accel", "tcg", "-machine", f"{machine.type},graphics=off{smm}",
               "-cpu", machine.cpu, "-smp", str(machine.vcpus), "-m", str(machine.memory_mib),
               "-rtc", f"base={machine.rtc}", "-snapshot", "-no-reboot", "-display", "none", "-monitor", "none",
               "-chardev", "stdio,id=serial,signal=off", "-serial", "chardev:serial"]
    if machine.uefi:
        kind = "secure_" if machine.secure_boot else ""
        nvram = os.path.join(scratch, "vars.fd")
        shutil.copyfile(OVMF[kind + "vars"], nvram)
        if machine.loader:
            add_boot_entry(nvram, machine.loader)
        command += ["-drive", f"if=pflash,unit=0,format=raw,readonly=on,file={OVMF[kind + 'code']}",
                    "-drive", f"if=pflash,unit=1,format=raw,file={nvram}"]
    controllers = set()
    for number, disk in enumerate(machine.disks):
        arguments, device = drive_device(machine, disk, controllers)
        command += arguments
        if disk["file"]:
            file = disk["file"].replace(",", ",,")
            read_only = ",readonly=on" if disk["cdrom"] else ""
            command += ["-drive", f"if=none,id=drive{number},format={disk['format']},file={file}{read_only}"]
            device += f",drive=drive{number}"
        if disk["wwn"]:         # without one, the driver of mptsas1068 does not see the disk
            device += f",wwn={disk['wwn']}"
        if disk["order"]:
            device += f",bootindex={disk['order']}"
        command += ["-device", device]
    for number, nic in enumerate(machine.nics):
        command += nic_device(number, nic)
    return command


def nic_device(number, nic):
    """A network card; one with a slot's number sits in a port of that number, as VMware's do: slot 192 makes ens192."""
    model = NIC_MODELS.get(nic["model"], nic["model"])
    device = f"{model},netdev=net{number},romfile="
    arguments = []
    if nic["mac"]:
        device += f",mac={nic['mac']}"
    if nic["slot"] is not None:
        # The guest's own driver for hot-plugging tells the port's number; ACPI would number otherwise.
        arguments += ["-global", "ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off",
                      "-device", f"pcie-root-port,id=port{number},chassis={number + 1},slot={nic['slot']}"]
        device += f",bus=port{number}"
    return arguments + ["-netdev", f"user,id=net{number},restrict=on", "-device", device]


def die_with_parent():
    """Even a SIGKILL of this script leaves no qemu behind."""
    PR_SET_PDEATHSIG = 1
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Guest:
    """A running qemu and what it said on its serial port."""

    def __init__(self, command, log, timeout):
        self.log = log
        self.timeout = timeout
        self.deadline = time.monotonic() + timeout
        self.said = b""         # without escape sequences
        self.tail = b""         # an escape sequence that may not be complete yet
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0,
                                        stderr=self.errors, preexec_fn=die_with_parent)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.process.stdout, selectors.EVENT_READ)

    def read_more(self, patience=float("inf")):
        """False: nothing was said for so many seconds."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise Failed(f"nothing more after {self.timeout:g} s")
        if not self.selector.select(min(left, patience)):
            return False
        data = os.read(self.process.stdout.fileno(), 65536)
        if not data:
            self.process.wait()
            self.errors.seek(0)
            why = self.errors.read().decode(errors="replace").strip()
            raise Failed(f"qemu ended: {why or 'the guest powered off'}")
        if self.log:
            self.log.write(data)
            self.log.flush()
        data = self.tail + data
        escape = data.rfind(b"\x1b", max(0, len(data) - 16))
        if escape >= 0 and not ESCAPES.match(data, escape):
            data, self.tail = data[:escape], data[escape:]
        else:
            self.tail = b""
        self.said += ESCAPES.sub(b"", data)
        return True

    def wait_for(self, pattern, start=0):
        """The first match of pattern in what was said since start."""
        while True:
            match = pattern.search(self.said, start)
            if match:
                return match
            self.read_more()

    def wait_for_boot(self, answers):
        """True: login; else what the guest said of its root.  answers: pairs of a question's pattern and what to type."""
        asked = [0] * len(answers)
        while True:
            for i, (question, answer) in enumerate(answers):
                match = re.compile(question.encode()).search(self.said, asked[i])
                if match:
                    asked[i] = match.end()
                    self.type(answer + "\n")
            failure = FAILURES.search(self.said)
            if failure:
                return failure.group().decode(errors="replace").strip()
            if LOGIN.search(self.said):
                return True
            if not self.read_more(PATIENCE):
                # Who still asks can have thrown away what was typed before he listened.
                line = self.said.rfind(b"\n") + 1
                asked = [min(at, line) for at in asked]

    def type(self, text):
        self.process.stdin.write(text.encode())

    def login(self, password):
        """Answers what is asked until there is a shell: prompts can come twice, and what is typed can get lost."""
        seen, wrong = LOGIN.search(self.said).start(), 0
        while True:
            match = LOGIN_STEPS.search(self.said, seen)
            if not match:
                if not self.read_more(PATIENCE):
                    self.type("\n")
                continue
            seen = match.end()
            step = match.group().lower()
            if step == b"login: ":
                self.type("root\n")
            elif step.startswith(b"password"):
                self.type(password + "\n")
            elif step == b"login incorrect":
                wrong += 1
                if wrong == 3:
                    raise Failed("root cannot log in")
            else:
                break
        # A plain shell without prompts and echo, and nobody else on its terminal: neither the kernel nor systemd, which stops
        # telling of its jobs at SIGRTMIN+21.  The marker is typed in two halves so that its echo is none.
        self.type("stty -echo; dmesg -n 1; kill -55 1; exec env PS1= PS2= TERM=dumb sh\n")
        self.run(":")

    def run(self, command):
        """(status, output) of a command in the guest."""
        start = len(self.said)
        code = base64.b64encode(command.encode()).decode()
        if len(code) > 3800:
            raise Failed("the command is too long for a serial line")
        self.type(f"printf '%s%s\\n' V2V- BEGIN; (eval \"$(echo {code} | base64 -d)\") </dev/null 2>&1; "
                  "printf '%s%s %d\\n' V2V- END $?\n")
        match = self.wait_for(re.compile(rb"V2V-BEGIN\r*\n(.*?)V2V-END (\d+)\r*\n", re.S), start)
        return int(match.group(2)), match.group(1).replace(b"\r", b"")

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


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
    parser.add_argument("--format", choices=["raw", "qcow2"], help="default: told from the file's first bytes")
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
