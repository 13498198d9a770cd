#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What our conversion of a Windows changes on its disk, and what virt-v2v's: each difference between the two, with its reason.

THEIRS is a raw disk that virt-v2v converted, or (--reference) a text of what it changed on another one: its files and values count there, not
the files' content.  What no row of REASONS explains is a failure.  The table of v2v-windows(7) says the same to people."""

import argparse
import collections
import pathlib
import re
import sys
import tempfile

sys.dont_write_bytecode = True
import disk  # noqa: E402

# Who does it alone ("both": in another way), what, why.
REASONS = [
    ("ours", r"\\services\\(storahci|stornvme|msahci|intelide|pciide|atapi)\b", "drivers that Windows has itself load whichever controller is chosen"),
    ("ours", r"\\services\\(vm|vsock|vgauth|gisvc)", "services of VMware are not started; virt-v2v leaves them"),
    ("ours", r"\\enum\\.*filters", "a filter whose driver is switched off goes"),
    ("ours", r"\\networkprovider\\order", "a provider whose driver is switched off goes"),
    ("ours", r"\\services\\viostor\\parameters", "the INF of the driver sets them"),
    ("ours", r"\\interfaces\\.*enabledhcp", "a card that is gone does not keep the address that its successor gets"),
    ("ours", r"v2vstor|pci(#|\\)ven_1af4|deviceids\\pci$", "three forms of each id; a label of the form that pnputil takes, the true version"),
    ("ours", r"\\services\\v2v-firstboot|/program files/v2v-tools", "the first start is done by a program of our own"),
    ("ours", r"\\partmgr\\", "data disks come online"),
    ("theirs", r"guestor", "the same device, with an INF's name of its own"),
    ("theirs", r"\\services\\firstboot|/program files/guestfs|/windows/temp/|/qemu-ga", "batch files, PowerShell and rhsrvany as a service; ours: v2v-firstboot"),
    ("theirs", r"/windows/drivers/virtio/(.*\.pdb$|vioprot|qemufwcfg)", "symbols for debuggers, and INFs that conflict with others: left out"),
    ("both", r"/system32/config/(system|software)$", "see the hive"),
]
# Of a disk that was another one.
OTHER_DISK = [
    ("ours", r"^BCD\\|ESP:/efi/microsoft/boot/bcd", "virt-v2v does so, too; that disk's boot manager was not kept from the screen"),
    ("ours", r"/windows/drivers/virtio/(viogpudo|.*\.(exe|dll)$)", "that stand-in for virtio-win had none"),
]


def changes(before, after):
    return {name: after.get(name) for name in {*before, *after} if before.get(name) != after.get(name)}


def hive_state(name, data, work):
    copy = pathlib.Path(work) / "hive"
    copy.write_bytes(data)
    return {f"{name}\\{key}": what for key, what in disk.registry(copy).items()}


def state(raw, work):
    """Each file's sum, each key's and value's content."""
    esp = disk.esp_contents(raw, work)
    found = {f"ESP:{path}": disk.digest(data) for path, data in esp.items()}
    if disk.ESP_HIVE in esp:
        found |= hive_state("BCD", esp[disk.ESP_HIVE], work)
    files = disk.contents(disk.ntfs_of(raw, work))
    found |= {path: disk.digest(data) for path, data in files.items()}
    for hive in disk.HIVES:
        found |= hive_state(pathlib.Path(hive).name, files[hive], work)
    return found


def read_value(text):
    """'dword:00000001' or 'str(1):"x"', as disk.registry() has it."""
    kind, data = text.split(":", 1)
    if kind == "dword":
        return f"DWORD 0x{data.upper()}"
    if kind.startswith("str"):
        return f"{'SZ' if kind == 'str(1)' else 'EXPAND_SZ'} {data[1:-1]}".replace('\\"', '"')
    return kind


def read_reference(path):
    """What is new, or has another value: "< " and "- " are what was."""
    found, section, key = {}, "", ""
    for line in path.read_text().splitlines():
        if line.startswith("## "):
            section = line.removeprefix("## ")
        elif line.startswith(">"):
            found[f"{'ESP:' if 'ESP' in section else ''}/{line.split(maxsplit=3)[3]}"] = "file"
        elif match := re.match(r"([+~])KEY \[\\(.*)\]", line):
            key = f"{section}\\{match[2]}"
            found |= {key: "key"} if match[1] == "+" else {}
        elif match := re.match(r' +\+? *(?:"([^"]*)"|@)=(.*)', line):
            found[f"{key}\\{match[1] or ''} ="] = read_value(match[2])
    return found


def explain(reasons, who, name):
    return next((why for whose, pattern, why in reasons if whose in (who, "both") and re.search(pattern, name, re.I)), None)


def is_same(name, ours, theirs):
    return ours == theirs or (theirs == "file" and not name.endswith(tuple(hive.lower() for hive in disk.HIVES)))


def compare(we, they, reasons):
    """(who, what, why) of each change; names of the registry, and of files, have no case."""
    spelled = {name.lower(): name for name in [*they, *we]}
    we, they = ({name.lower(): what for name, what in each.items()} for each in (we, they))
    for name in sorted(spelled):
        who = "both" if name in we and name in they else "ours" if name in we else "theirs"
        if who == "both" and is_same(name, we[name] or "", they[name] or ""):
            yield "same", spelled[name], ""
        else:
            yield who, spelled[name], explain(reasons, who, spelled[name]) or "UNEXPLAINED"


def show(rows, is_whole):
    """A line for each reason: how many files, keys and values, the first of them."""
    grouped = collections.defaultdict(list)
    for who, name, why in rows:
        grouped[who, why, name if is_whole or why == "UNEXPLAINED" else ""].append(name)
    for (who, why, _), names in grouped.items():
        print(f"{who:<6} {len(names):>3}  {names[0]}{' …' if len(names) > 1 else ''}{': ' if why else ''}{why}")
    unexplained = sum(why == "UNEXPLAINED" for _, _, why in rows)
    print(f"{len(rows)} changes, {sum(who == 'same' for who, _, _ in rows)} of them the same, {unexplained} unexplained")
    return unexplained > 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("before", "ours", "theirs"):
        parser.add_argument(name, type=pathlib.Path)
    parser.add_argument("--reference", action="store_true", help="THEIRS is a text")
    parser.add_argument("--all", action="store_true", help="a line for each change")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        raws = [options.before, options.ours] + ([] if options.reference else [options.theirs])
        states = []
        for number, raw in enumerate(raws):
            place = pathlib.Path(work) / str(number)
            place.mkdir()
            states.append(state(raw, place))
    they = read_reference(options.theirs) if options.reference else changes(states[0], states[2])
    return show(list(compare(changes(states[0], states[1]), they, REASONS + (OTHER_DISK if options.reference else []))), options.all)


if __name__ == "__main__":
    sys.exit(main())
