#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks what v2v-meta wrote for a target: targets.py TYPE FILE...

The tables are of our own words, after the public documentation: KubeVirt's user guide and API reference (kubevirt.io/v1), qm(1) of
Proxmox VE, Nova's "Useful image properties", OpenNebula's template reference.  --oracles DIR checks the same files against the machine-
readable definitions there, --nova the properties by Nova's own parser, of Debian's python3-nova (make check-targets)."""
import argparse
import json
import os
import re
import sys

import yaml

LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\Z")
MAC = r"[0-9A-Fa-f][02468ACEace](:[0-9A-Fa-f]{2}){5}"
UUID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"

# Proxmox: a pattern for each key's value; N is the highest number of the keys that have one.
STORAGE = r"[A-Za-z][A-Za-z0-9_.-]*"
DISK = STORAGE + r":(vm-VMID-disk-\d+,size=\d+[KMGT]?|0,import-from=/[^,]+)|none,media=cdrom"
PROXMOX = {
    "name": r"[a-z0-9-]{1,63}", "vmgenid": UUID, "ostype": "other|wxp|w2k|w2k3|w2k8|wvista|win7|win8|win10|win11|l24|l26|solaris",
    "memory": r"[1-9]\d+", "machine": "q35", "arch": "aarch64", "sockets": r"[1-9]\d*", "cores": r"[1-9]\d*",
    "cpu": "x86-64-v2-AES|x86-64-v3", "bios": "seabios|ovmf",
    "efidisk0": STORAGE + r":(vm-VMID-disk-\d+|1),efitype=4m,pre-enrolled-keys=[01](,size=\d+K)?",
    "tpmstate0": STORAGE + r":(vm-VMID-disk-\d+|1),version=v2.0(,size=\d+K)?", "agent": "[01]", "tablet": "[01]", "serial0": "socket",
    "vga": "std|qxl|virtio", "localtime": "[01]", "rng0": "source=/dev/urandom", "balloon": "0", "acpi": "0",
    "audio0": "device=(AC97|intel-hda|ich9-intel-hda),driver=none",
    "scsihw": "lsi|pvscsi|virtio-scsi-single", "boot": r"order=((virtio|scsi|sata|ide)\d+)(;(virtio|scsi|sata|ide)\d+)*",
}
NUMBERED = {"virtio": (15, DISK), "scsi": (30, DISK), "sata": (5, DISK), "ide": (3, DISK),
            "net": (31, r"(virtio|e1000|e1000e|rtl8139|pcnet|vmxnet3)(=" + MAC + r")?,bridge=[A-Za-z0-9_.-]{1,15}")}

NOVA = {
    "hw_architecture": "x86_64|aarch64|armv7l|ppc64|ppc64le|s390x", "hw_machine_type": "pc|q35|virt", "hw_firmware_type": "bios|uefi",
    "os_secure_boot": "required|optional|disabled", "hw_tpm_model": "tpm-crb|tpm-tis", "hw_tpm_version": "1.2|2.0",
    "hw_disk_bus": "virtio|scsi|sata|ide|usb|fdc", "hw_scsi_model": "virtio-scsi|lsilogic|lsisas1068|vmpvscsi",
    "hw_vif_model": "virtio|e1000|e1000e|rtl8139|pcnet|vmxnet3", "hw_video_model": "vga|virtio|qxl|cirrus", "hw_pointer_model": "usbtablet",
    "hw_rng_model": "virtio", "hw_qemu_guest_agent": "yes|no", "hw_cpu_sockets": r"\d+", "hw_cpu_cores": r"\d+",
    "hw_cpu_threads": r"\d+", "os_type": "linux|windows", "os_distro": r".+", "hw_time_hpet": "true|false",
}

# KubeVirt: the members of each object; a list has one for its items; None is a value, "*" any name.
EMPTY = {}
HYPERV = {name: EMPTY for name in "relaxed vapic vpindex runtime synic reset frequencies tlbflush ipi".split()}
HYPERV.update(spinlocks={"spinlocks": None}, synictimer={"direct": EMPTY})
KUBEVIRT = {
    "apiVersion": None, "kind": None, "metadata": {"name": None, "namespace": None, "annotations": {"*": None}},
    "spec": {"runStrategy": None, "dataVolumeTemplates": [{"metadata": {"name": None}, "spec": {"source": {"upload": EMPTY}, "storage": {
        "storageClassName": None, "resources": {"requests": {"storage": None}}}}}], "template": {"spec": {
            "architecture": None, "networks": [{"name": None, "pod": EMPTY, "multus": {"networkName": None}}],
            "volumes": [{"name": None, "dataVolume": {"name": None}}], "domain": {
                "cpu": {"sockets": None, "cores": None, "threads": None}, "memory": {"guest": None}, "machine": {"type": None},
                "firmware": {"bootloader": {"bios": EMPTY, "efi": {"secureBoot": None, "persistent": None}}},
                "features": {"acpi": {"enabled": None}, "apic": EMPTY, "smm": {"enabled": None}, "hyperv": HYPERV},
                "clock": {"utc": EMPTY, "timezone": None, "timer": {"hpet": {"present": None}, "hyperv": {"present": None},
                          "pit": {"tickPolicy": None}, "rtc": {"tickPolicy": None}}},
                "devices": {"disks": [{"name": None, "bootOrder": None, "disk": {"bus": None}}],
                            "interfaces": [{"name": None, "model": None, "macAddress": None, "masquerade": EMPTY, "bridge": EMPTY}],
                            "inputs": [{"name": None, "type": None, "bus": None}], "rng": EMPTY, "tpm": {"persistent": None},
                            "autoattachMemBalloon": None, "autoattachPodInterface": None, "useVirtioTransitional": None, "sound": {"name": None, "model": None}}}}}},
}


def check(condition, message):
    if not condition:
        sys.exit(f"targets.py: {message}")


def known(value, shape, where):
    if shape is None:
        check(not isinstance(value, (dict, list)), f"{where}: a value was expected")
    elif isinstance(shape, list):
        check(isinstance(value, list), f"{where}: a list was expected")
        for i, item in enumerate(value):
            known(item, shape[0], f"{where}[{i}]")
    else:
        check(isinstance(value, dict), f"{where}: an object was expected")
        for key, item in value.items():
            check(key in shape or "*" in shape, f"{where}.{key}: unknown")
            known(item, shape.get(key, shape.get("*")), f"{where}.{key}")


def kubevirt(path, oracles):
    with open(path, encoding="utf-8") as file:
        machine = yaml.safe_load(file)
    known(machine, KUBEVIRT, "VirtualMachine")
    pod = machine["spec"]["template"]["spec"]
    domain, devices = pod["domain"], pod["domain"]["devices"]
    volumes = [v["metadata"]["name"] for v in machine["spec"]["dataVolumeTemplates"]]
    names = [machine["metadata"]["name"]] + volumes + [n["multus"]["networkName"] for n in pod["networks"] if "multus" in n]
    check(all(LABEL.match(n) for n in names), f"{path}: {names}")
    check([v["name"] for v in pod["volumes"]] == [d["name"] for d in devices["disks"]], f"{path}: disks and volumes")
    check([v["dataVolume"]["name"] for v in pod["volumes"]] == volumes, f"{path}: volumes and their templates")
    check([n["name"] for n in pod["networks"]] == [n["name"] for n in devices["interfaces"]], f"{path}: networks")
    check(sum("pod" in n for n in pod["networks"]) <= 1, f"{path}: more than one card in the pod")
    orders = [d["bootOrder"] for d in devices["disks"]]
    check(sorted(orders) == list(range(1, len(orders) + 1)), f"{path}: {orders}")
    check(all(d["disk"]["bus"] in ("virtio", "sata", "scsi", "usb") for d in devices["disks"]), f"{path}: a bus")
    check(domain["machine"]["type"] in ("q35", "virt"), f"{path}: the machine")
    loader = domain["firmware"]["bootloader"]
    check(len(loader) == 1, f"{path}: {loader}")
    check(not loader.get("efi", {}).get("secureBoot") or domain["features"]["smm"]["enabled"], f"{path}: secure boot needs SMM")
    check(machine["spec"]["runStrategy"] == "Halted", f"{path}: it would start")
    if oracles:
        import jsonschema
        with open(f"{oracles}/kubevirt/virtualmachine-v1.schema.json", encoding="utf-8") as file:
            jsonschema.validate(machine, json.load(file))


def proxmox_pair(key, value, path):
    kind, number = re.match(r"([a-z_]+?)(\d*)\Z", key).groups()
    if kind in NUMBERED and number:
        most, pattern = NUMBERED[kind]
        check(int(number) <= most, f"{path}: {key}: there is none")
    else:
        check(key in PROXMOX, f"{path}: unknown key '{key}'")
        pattern = PROXMOX[key]
    check(re.fullmatch(pattern, value), f"{path}: {key}: '{value}'")


def proxmox_oracle(key, value, path, properties):
    kind = re.sub(r"\d+\Z", "N", key)
    spec = properties.get(key) or properties.get(kind)
    check(spec, f"{path}: Proxmox does not know '{key}'")
    check(key in properties or int(key[len(kind) - 1:]) <= spec["max_index"], f"{path}: {key}: there is none")
    if "enum" in spec:
        check(value in spec["enum"], f"{path}: {key}: '{value}'")
    if "pattern" in spec:
        check(re.fullmatch(spec["pattern"].replace("(?^u:", "(?:").replace("(?^:", "(?:"), value), f"{path}: {key}: '{value}'")
    if spec["type"] == "integer":
        check(int(value) >= spec.get("minimum", 0), f"{path}: {key}: '{value}'")
    parts = spec.get("properties")
    for part in value.split(",") if parts else ():
        name, _, inner = part.partition("=")
        default = [n for n, p in parts.items() if p.get("default_key")]
        if not inner and default:
            name, inner = default[0], part
        check(name in parts, f"{path}: {key}: unknown '{name}'")
        if "enum" in parts[name]:
            check(inner in parts[name]["enum"], f"{path}: {key}: {name}: '{inner}'")


def proxmox(path, oracles):
    properties = None
    if oracles:
        with open(f"{oracles}/proxmox/pve-vm-properties.json", encoding="utf-8") as file:
            properties = json.load(file)["properties"]
    seen = set()
    with open(path, encoding="utf-8") as file:
        lines = file.read().split("\n")
    check(lines.pop() == "" and lines[0].startswith("#") and lines[0].isascii(), f"{path}: not a description and lines")
    for line in lines[1:]:
        key, _, value = line.partition(": ")
        check(key not in seen, f"{path}: {key} twice")
        seen.add(key)
        proxmox_pair(key, value, path)
        if properties:
            proxmox_oracle(key, value, path, properties)


def openstack(path, oracles):
    with open(path, encoding="utf-8") as file:
        properties = json.load(file)
    for key, value in properties.items():
        check(key in NOVA, f"{path}: unknown property '{key}'")
        check(re.fullmatch(NOVA[key], value, re.DOTALL), f"{path}: {key}: '{value}'")
    if not oracles:
        return
    with open(f"{oracles}/openstack/nova-image-properties.json", encoding="utf-8") as file:
        names = json.load(file)["properties"]
    for key, value in properties.items():
        check(key in names, f"{path}: Nova does not know '{key}'")
        check(not names[key]["values"] or value in names[key]["values"], f"{path}: {key}: '{value}'")


def nova(paths):
    """Nova raises where a value is wrong, and passes over a name that it does not know."""
    try:
        from nova.objects.image_meta import ImageMetaProps
    except ImportError:
        print("openstack: python3-nova is not installed: Nova itself was not asked")
        return
    names = set(ImageMetaProps.fields) | set(ImageMetaProps._legacy_property_map)  # pylint: disable=protected-access
    for path in paths:
        with open(path, encoding="utf-8") as file:
            properties = json.load(file)
        check(not properties.keys() - names, f"{path}: Nova does not know {properties.keys() - names}")
        try:
            read = ImageMetaProps.from_dict(dict(properties))
        except (ValueError, TypeError) as error:
            sys.exit(f"targets.py: {path}: Nova: {error}")
        missing = [key for key in properties if key in ImageMetaProps.fields and not read.obj_attr_is_set(key)]
        check(not missing, f"{path}: Nova has not taken {missing}")
    print(f"openstack: {len(paths)} files read by Nova")


def opennebula(path, _oracles):
    with open(path, encoding="utf-8") as file:
        lines = [line for line in file.read().split("\n") if line and not line.startswith("#")]
    for line in lines:
        pair = r'[A-Z_]+ = "[^"\\<>&]*"'
        check(re.fullmatch(rf"{pair}|[A-Z]+ = \[ {pair}(, {pair})* \]", line), f"{path}: {line}")
    check(sum(line.startswith("NAME = ") for line in lines) == 1, f"{path}: not one name")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--oracles")
    parser.add_argument("--nova", action="store_true")
    parser.add_argument("type", choices=("kubevirt", "proxmox", "openstack", "opennebula"))
    parser.add_argument("files", nargs="+")
    args = parser.parse_args()
    if args.oracles and not os.path.isdir(args.oracles):
        sys.exit(f"targets.py: '{args.oracles}' is not there")
    for path in args.files:
        globals()[args.type](path, args.oracles)
    print(f"{args.type}: {len(args.files)} files")
    if args.nova and args.type == "openstack":
        nova(args.files)


main()
