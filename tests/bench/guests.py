# SPDX-License-Identifier: LGPL-2.1-or-later
"""The guests that are measured: all of the matrix, each as an OVA with streamOptimized disks, as VMware exports it."""

import collections
import pathlib
import shlex
import subprocess
import tempfile

MATRIX = pathlib.Path(__file__).resolve().parent.parent / "guests"

# Names of files below where guests are made; the words of v2v-inspect's --key, empty where nothing is encrypted.
Guest = collections.namedtuple("Guest", "name disks keys firmware")

OVF = """<?xml version="1.0" encoding="UTF-8"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1" xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData" xmlns:vmw="http://www.vmware.com/schema/ovf">
<References>{files}</References>
<DiskSection><Info>Disks</Info>{disks}</DiskSection>
<VirtualSystem ovf:id="{name}"><Info>A machine</Info><Name>{name}</Name><VirtualHardwareSection><Info>Hardware</Info>
<Item><rasd:InstanceID>1</rasd:InstanceID><rasd:ResourceType>3</rasd:ResourceType><rasd:VirtualQuantity>2</rasd:VirtualQuantity></Item>
<Item><rasd:AllocationUnits>byte * 2^20</rasd:AllocationUnits><rasd:InstanceID>2</rasd:InstanceID><rasd:ResourceType>4</rasd:ResourceType><rasd:VirtualQuantity>1024</rasd:VirtualQuantity></Item>
<Item><rasd:Address>0</rasd:Address><rasd:InstanceID>3</rasd:InstanceID><rasd:ResourceSubType>VirtualSCSI</rasd:ResourceSubType><rasd:ResourceType>6</rasd:ResourceType></Item>
<Item><rasd:AddressOnParent>7</rasd:AddressOnParent><rasd:InstanceID>4</rasd:InstanceID><rasd:ResourceSubType>VmxNet3</rasd:ResourceSubType><rasd:ResourceType>10</rasd:ResourceType></Item>
{drives}<vmw:Config vmw:key="firmware" vmw:value="{firmware}"/>
</VirtualHardwareSection></VirtualSystem></Envelope>
"""
FILE = '<File ovf:href="{vmdk}" ovf:id="file{index}"/>'
DISK = ('<Disk ovf:capacity="{size}" ovf:diskId="disk{index}" ovf:fileRef="file{index}" '
        'ovf:format="http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"/>')
DRIVE = ("<Item><rasd:AddressOnParent>{index}</rasd:AddressOnParent><rasd:HostResource>ovf:/disk/disk{index}</rasd:HostResource>"
         "<rasd:InstanceID>1{index}</rasd:InstanceID><rasd:Parent>3</rasd:Parent><rasd:ResourceType>17</rasd:ResourceType></Item>\n")


def matrix():
    """The names of all."""
    return sorted(path.stem for path in (MATRIX / "matrix").glob("*.sh"))


def facts(name):
    """What facts.sh knows of one."""
    script = '''. "$0/facts.sh"; guest_facts "$1" || exit
        printf '%s\\n' "${disks[*]@Q}" "${convert_options[*]@Q}" "$firmware"'''
    done = subprocess.run(["bash", "-c", script, MATRIX, name], check=True, stdout=subprocess.PIPE, text=True)
    disks, options, firmware = done.stdout.splitlines()
    return Guest(name, shlex.split(disks), shlex.split(options), firmware)


def ovf(guest, sizes):
    def each(form):
        return "".join(form.format(index=index, size=size, vmdk=f"{guest.name}-disk{index}.vmdk") for index, size in enumerate(sizes))

    return OVF.format(name=guest.name, files=each(FILE), disks=each(DISK), drives=each(DRIVE),
                      firmware="efi" if guest.firmware == "uefi" else "bios")


def write(guest, disks, work, ova):
    (work / f"{guest.name}.ovf").write_text(ovf(guest, [disk.stat().st_size for disk in disks]))
    for index, disk in enumerate(disks):
        subprocess.run(["qemu-img", "convert", "-f", "raw", "-O", "vmdk", "-o", "subformat=streamOptimized",
                        disk, work / f"{guest.name}-disk{index}.vmdk"], check=True)
    # Not the module tarfile: it wants a "copy", which is a program of ours here.
    names = sorted((path.name for path in work.iterdir()), key=lambda name: (not name.endswith(".ovf"), name))
    subprocess.run(["tar", "--create", "--file", ova, "--format=ustar", "--directory", work, *names], check=True)


def packed(folder, guest):
    """Its OVA, made where it is not there or older than a disk; apart from those that the makers of guests keep."""
    disks = [folder / name for name in guest.disks]
    measured = folder / "measured"
    measured.mkdir(exist_ok=True)
    made = measured / f"{guest.name}.ova"
    if made.exists() and all(disk.stat().st_mtime <= made.stat().st_mtime for disk in disks):
        return made
    print(f"packing {made.name}", flush=True)
    with tempfile.TemporaryDirectory(prefix=".ova-", dir=measured) as work:
        half = measured / f".{guest.name}.ova"
        write(guest, disks, pathlib.Path(work), half)
        half.rename(made)
    return made
