#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Three raw disks of one Windows, as it was, as we converted it, as virt-v2v did: each difference between the two conversions, with its reason.

What no row of REASONS explains is a failure.  The table of v2v-windows(7) says the same to people."""

import argparse
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
    ("ours", r"v2vstor|pci(#|\\)ven_1af4|deviceids\\pci$", "three forms of each id; a label of the form that pnputil takes, the true version"),
    ("ours", r"\\services\\v2v-firstboot|/program files/v2v-tools", "the first start is done by a program of our own"),
    ("ours", r"\\partmgr\\", "data disks come online"),
    ("ours", r"/windows/drivers/virtio/.*\.(exe|dll)$", "what the INFs name"),
    ("theirs", r"guestor|pci(#|\\)ven_1af4", "the same device, with an INF's name of its own"),
    ("theirs", r"\\services\\firstboot|/program files/guestfs|/windows/temp/|/qemu-ga", "batch files, PowerShell and rhsrvany as a service; ours: v2v-firstboot"),
    ("theirs", r"/windows/drivers/virtio/(.*\.pdb$|vioprot|qemufwcfg)", "symbols for debuggers, and INFs that conflict with others: left out"),
    ("theirs", r"/windows/drivers/virtio/", "a driver that Plug and Play does not need for this machine"),
    ("theirs", r"/windows/system32/drivers/viostor\.sys$", "ours is on SATA where no driver that Windows would load is there"),
    ("theirs", r"\\services\\viostor|devicepath", "ours is on SATA where no driver that Windows would load is there"),
    ("both", r"/system32/config/(system|software)$", "see the hive"),
]


def changes(before, after):
    return {name: (before.get(name), after.get(name)) for name in {*before, *after} if before.get(name) != after.get(name)}


def state(raw, work):
    """Each file's sum, each key's and value's content."""
    part = disk.ntfs_of(raw, work)
    found = disk.sums(part)
    for hive in disk.HIVES:
        copy = pathlib.Path(work) / "hive"
        copy.write_bytes(disk.content(part, hive))
        found |= {f"{pathlib.Path(hive).name}\\{name}": what for name, what in disk.registry(copy).items()}
    part.unlink()
    return found


def explain(who, name):
    return next((why for whose, pattern, why in REASONS if whose in (who, "both") and re.search(pattern, name, re.I)), None)


def compare(before, ours, theirs):
    we, they = changes(before, ours), changes(before, theirs)
    rows = [("same", name, "") for name in we if name in they and we[name] == they[name]]
    for name in sorted({*we, *they}):
        if we.get(name) != they.get(name):
            who = "both" if name in we and name in they else "ours" if name in we else "theirs"
            rows.append((who, name, explain(who, name) or "UNEXPLAINED"))
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("before", "ours", "theirs"):
        parser.add_argument(name, type=pathlib.Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        rows = compare(*(state(raw, work) for raw in (options.before, options.ours, options.theirs)))
    for who, name, why in rows:
        print(f"{who:<6} {name}{': ' if why else ''}{why}")
    unexplained = sum(why == "UNEXPLAINED" for _, _, why in rows)
    print(f"{len(rows)} changes, {sum(who == 'same' for who, _, _ in rows)} of them the same, {unexplained} unexplained")
    return unexplained > 0


if __name__ == "__main__":
    sys.exit(main())
