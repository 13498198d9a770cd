# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is to be booted, from options or a libvirt domain, and qemu's command for it."""

import os
import re
import shutil
import xml.etree.ElementTree as ET

from console import Failed
from nvram import add_boot_entry

OVMF = {
    "code": "/usr/share/OVMF/OVMF_CODE_4M.fd",
    "vars": "/usr/share/OVMF/OVMF_VARS_4M.fd",
    "secure_code": "/usr/share/OVMF/OVMF_CODE_4M.ms.fd",
    "secure_vars": "/usr/share/OVMF/OVMF_VARS_4M.ms.fd",
}

# The bus names of the command line and of libvirt's controller models → qemu's controllers.
SCSI_CONTROLLERS = {
    "lsi": "lsi53c895a", "lsilogic": "lsi53c895a", "buslogic": "lsi53c895a",
    "mptsas": "mptsas1068", "lsisas1068": "mptsas1068", "lsisas1078": "megasas",
    "pvscsi": "pvscsi", "vmpvscsi": "pvscsi", "virtio-scsi": "virtio-scsi-pci",
    "virtio-transitional": "virtio-scsi-pci", "virtio-non-transitional": "virtio-scsi-pci",
}
NIC_MODELS = {"virtio": "virtio-net-pci", "virtio-transitional": "virtio-net-pci",
              "virtio-non-transitional": "virtio-net-pci"}


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
