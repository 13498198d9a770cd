#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Lays a guest's raw disk out as a machine of VMware with two snapshots: a base that is wrong in many places, a vmfsSparse and a
seSparse that have what is right there, the descriptors, the list of snapshots and the .vmx.  With MIDDLE and TOP, the disk at later
times: the base is RAW as it is, and the two have what was changed since.  chain.py RAW FOLDER [MIDDLE TOP]"""

import os
import pathlib
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "copy"))
import chains  # noqa: E402

SECTOR, AREA = 512, 65536
MOST = 48 << 20  # bytes in each of the two

VMX = """.encoding = "UTF-8"
config.version = "8"
virtualHW.version = "19"
displayName = "chained"
memSize = "1024"
numvcpus = "1"
guestOS = "debian12-64"
scsi0.present = "TRUE"
scsi0.virtualDev = "pvscsi"
scsi0:0.present = "TRUE"
scsi0:0.fileName = "chained-000002.vmdk"
ethernet0.present = "TRUE"
ethernet0.virtualDev = "vmxnet3"
ethernet0.networkName = "VM Network"
ethernet0.addressType = "generated"
ethernet0.generatedAddress = "00:0c:29:11:22:33"
ethernet0.pciSlotNumber = "192"
"""

VMSD = """.encoding = "UTF-8"
snapshot.numSnapshots = "2"
snapshot.current = "2"
snapshot0.uid = "1"
snapshot0.displayName = "installed"
snapshot0.numDisks = "1"
snapshot0.disk0.fileName = "chained.vmdk"
snapshot0.disk0.node = "scsi0:0"
snapshot1.uid = "2"
snapshot1.displayName = "updated"
snapshot1.numDisks = "1"
snapshot1.disk0.fileName = "chained-000001.vmdk"
snapshot1.disk0.node = "scsi0:0"
"""


def areas(raw):
    """The offsets of areas that have data; the first ones, with the partition table, are among those of the layers."""
    at, size = 0, raw.seek(0, os.SEEK_END)
    while at < size:
        try:
            data = os.lseek(raw.fileno(), at, os.SEEK_DATA)
        except OSError:
            return
        end = os.lseek(raw.fileno(), data, os.SEEK_HOLE)
        at = max(at, data // AREA * AREA)
        while at < end and at + AREA <= size:
            yield at
            at += AREA
        at = max(end, at)


def split(raw, base, most=MOST):
    """What the base loses, to each layer; in the middle one half of what is the top's is wrong, too."""
    middle, top, sizes = {}, {}, [0, 0]
    for number, at in enumerate(areas(raw)):
        which = {0: 0, 1: 1, 4: 1}.get(number % 9)
        if which is None or sizes[which] >= most:
            continue
        data = os.pread(raw.fileno(), AREA, at)
        sizes[which] += AREA
        os.pwrite(base, b"\xa5" * AREA, at)
        unit, own = (SECTOR, middle) if which == 0 else (8 * SECTOR, top)
        for place in range(0, AREA, unit):
            piece = data[place:place + unit]
            own[(at + place) // unit] = None if which and not any(piece) else piece
        if which and number % 2:
            middle.update({(at + place) // SECTOR: b"\x5a" * SECTOR for place in range(0, AREA, SECTOR)})
    return middle, top


def changed(below, above, unit):
    """The pieces of UNIT bytes that are other ones above."""
    own = {}
    for at in sorted({*areas(below), *areas(above)}):
        old, new = (os.pread(disk.fileno(), AREA, at) for disk in (below, above))
        for place in range(0, AREA, unit) if old != new else ():
            piece = new[place:place + unit]
            if piece != old[place:place + unit]:
                own[(at + place) // unit] = piece
    return own


def layers(source, flat, later):
    """The sectors of the middle one, and the grains of 8 sectors of the top."""
    if not later:
        with open(source, "rb") as raw, open(flat, "r+b") as base:
            return split(raw, base.fileno())
    with open(source, "rb") as base, open(later[0], "rb") as middle, open(later[1], "rb") as top:
        return changed(base, middle, SECTOR), changed(middle, top, 8 * SECTOR)


def main():
    source, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    folder.mkdir(exist_ok=True)
    flat = folder / "chained-flat.vmdk"
    subprocess.run(["cp", "--sparse=always", "--reflink=auto", source, flat], check=True)
    sectors = source.stat().st_size // SECTOR
    middle, top = layers(source, flat, sys.argv[3:])
    (folder / "chained-000001-delta.vmdk").write_bytes(chains.cowd(sectors, 1, middle))
    (folder / "chained-000002-sesparse.vmdk").write_bytes(chains.sesparse(sectors, top))
    chains.describe(folder / "chained.vmdk", "vmfs", 0x1234, [f'RW {sectors} VMFS "{flat.name}"'])
    chains.describe(folder / "chained-000001.vmdk", "vmfsSparse", 0x5678,
                    [f'RW {sectors} VMFSSPARSE "chained-000001-delta.vmdk"'], "chained.vmdk", 0x1234)
    chains.describe(folder / "chained-000002.vmdk", "seSparse", 0x9abc,
                    [f'RW {sectors} SESPARSE "chained-000002-sesparse.vmdk"'], "chained-000001.vmdk", 0x5678)
    (folder / "chained.vmx").write_text(VMX)
    (folder / "chained.vmsd").write_text(VMSD)


if __name__ == "__main__":
    main()
