#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Windows: our steps against virt-v2v on the same disk, with the same stand-in for virtio-win: the ratio of times, and what each changes alone.

Debian's virt-v2v converts no Windows without rhsrvany.exe, which no package has: it copies the file and does not run it, so any program serves."""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

from measure import PEERS_ENV, run

TESTS = pathlib.Path(__file__).resolve().parent.parent
CASES = ["10-x64-uefi", "7-x86-vmware"]
MEBIBYTES = "256"  # virt-v2v wants 100 free


def prepare(work):
    subprocess.run([TESTS / "windows/make-tools.sh", work / "tools"], check=True)
    subprocess.run([sys.executable, TESTS / "guests/make-virtio-win.py", work / "virtio-win"], check=True)
    (work / "virt-tools").mkdir()
    for name in ("rhsrvany.exe", "pnp_wait.exe"):
        shutil.copy(work / "tools/bootmgfw.efi", work / "virt-tools" / name)


def make(case, work):
    out = work / f"{case}.raw"
    subprocess.run([sys.executable, TESTS / "windows/make-disk.py", "--tools", work / "tools", "--tree", TESTS / f"data/windows-plan/{case}.tree",
                    "--loader", work / "tools/bootmgfw.efi", "--size", MEBIBYTES, out], check=True)
    return out


def ours(raw, work, env):
    """unpack, inspect, convert, copy: what virt-v2v does in one."""
    out = work / "ours"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    begin = time.monotonic()
    subprocess.run(["bash", "-o", "pipefail", "-c", 'v2v-unpack --name x "$0" | v2v-convert | v2v-copy -f raw -o "$1" | v2v-meta >/dev/null', raw, out],
                   check=True, env={**os.environ, **env})
    return time.monotonic() - begin, next(out.glob("*-sda*"))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", nargs="+", default=CASES)
    options = parser.parse_args()
    if not shutil.which("virt-v2v") or not shutil.which("nbdcopy"):
        return print("Windows is not compared with virt-v2v: not installed (tests/setup.sh --bench)")
    faults = 0
    with tempfile.TemporaryDirectory(prefix="v2v-bench-", dir="/var/tmp") as name:
        work = pathlib.Path(name)
        prepare(work)
        env = {"VIRTIO_WIN": str(work / "virtio-win"), "VIRT_TOOLS_DATA_DIR": str(work / "virt-tools"), **PEERS_ENV}
        for case in options.cases:
            raw = make(case, work)
            mine, result = ours(raw, work, env)
            peer, _ = run(["virt-v2v", "-i", "disk", raw, "-o", "local", "-os", work, "-of", "raw"], env=env)
            print(f"{case}: {mine:.1f} s, virt-v2v {peer:.1f} s: ratio {mine / peer:.3f}")
            faults += subprocess.run([sys.executable, TESTS / "windows/differences.py", raw, result, work / f"{case}-sda"], check=False).returncode
    sys.exit(faults > 0)


if __name__ == "__main__":
    main()
