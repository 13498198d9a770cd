#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes every member of the document wrong, by the schema, and gives the result to each step.

A full document is walked along lib/v2v-document.schema.json; each member is left out, gets each
wrong type, numbers and texts at their borders, words that no list has, other machines' files and
paths elsewhere; each list is emptied, doubled, and made long.  Whatever a step says of such a
document: it ends by itself with status 0 or 1; each document comes out, its own section as the
schema wants it, or is refused with one line; nothing outside is changed or shown, and what
failed leaves no file.  Documents go in streams of many; a stream with a fault is run again, one
document at a time, to tell which it was.
"""

import argparse
import concurrent.futures
import copy
import hashlib
import json
import os
import pathlib
import pwd
import re
import shutil
import subprocess
import sys
import tempfile

import jsonschema

sys.dont_write_bytecode = True
from document_changes import complete, mutations  # noqa: E402

SCHEMA = pathlib.Path(__file__).parent.parent.parent / "lib/v2v-document.schema.json"
SECRET = "c4n4ry-s3cr3t-w0rd"
MIB = 1 << 20
STREAM = 60  # documents in one
LINE = 4096
SECONDS = 240  # for one stream
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\udc80-\udc9f]")
# What each step writes; it must fit the schema.
SECTIONS = {"v2v-overlay": ("workdir", "overlays"), "v2v-inspect": ("inspect",), "v2v-estimate": ("targets",),
            "v2v-convert": ("guestcaps",), "v2v-copy": ("targets", "removable_slots"), "v2v-meta": ("metadata",)}
STEPS = {"v2v-overlay": [], "v2v-inspect": [], "v2v-estimate": ["-o", "@OUT@"], "v2v-convert": [],
         "v2v-copy": ["-o", "@OUT@", "-f", "raw"], "v2v-meta": ["-o", "@OUT@"]}

# What v2v-inspect and v2v-convert would have found; checked against the schema below.
KERNEL = {"version": "6.1.0", "vmlinuz": "/boot/vmlinuz", "initrd": "/boot/initrd", "config": None,
          "modpath": "/lib/modules/6.1.0", "arch": "x86_64", "package": "linux-image", "modules": 7, "default": True,
          "virtio": dict.fromkeys(("blk", "scsi", "net", "rng", "balloon", "vsock", "gpu"), True), "ahci": True,
          "pvpanic": True, "xen_pv_only": False, "debug": False,
          "initrd_has": dict.fromkeys(("virtio_blk", "virtio_scsi", "virtio_pci", "virtio_net"), False),
          "initrd_needs": 4096}
INSPECT = {
    "root": "/dev/sda1", "type": "linux", "distro": "debian", "osinfo": "debian12", "arch": "x86_64",
    "major_version": 12, "minor_version": 5, "product_name": "Debian", "product_variant": "unknown",
    "hostname": "h", "package_format": "deb", "package_management": "apt", "firmware": "bios", "boot_device": 0,
    "windows": None, "mountpoints": [{"path": "/", "device": "/dev/sda1"}],
    "filesystems": [{"device": "/dev/sda1", "type": "ext4", "label": None, "uuid": "0-1", "partuuid": None,
                     "statvfs": {"bsize": 4096, "blocks": 200, "bfree": 100, "bavail": 90, "files": 0, "ffree": 0}}],
    "applications": [{"name": "a", "epoch": 0, "version": "1", "release": "1", "arch": "x86_64"}],
    "kernels": [KERNEL], "bootloader": {"type": "grub2", "config": "/boot/grub/grub.cfg"},
    "network": [{"name": "ens192", "mac": "52:54:00:01:02:03", "path": None, "method": "static",
                 "addresses": ["192.0.2.7/24"], "where": "/etc/network/interfaces"}],
    "findings": [{"level": "note", "code": "network-static", "where": "/etc/network/interfaces", "text": "t"}]}
GUESTCAPS = {
    "block_bus": "virtio-blk", "net_bus": "virtio-net", "video": "vga", "machine": "q35", "arch": "x86_64",
    "arch_min_version": 0, "acpi": True, "virtio_1_0": True, "virtio_rng": True, "virtio_balloon": True,
    "virtio_socket": False, "pvpanic": True, "guest_agent": False, "rtc_utc": True, "in_place": False,
    "kernel": "6.1.0", "initrd": "extended", "device_map": [{"from": "sda", "to": "vda"}],
    "nics": [{"nic": 0, "mac": "52:54:00:01:02:03", "name": "ens192"}],
    "changes": [{"path": "/etc/fstab", "what": "w"}]}


class Site:
    """The places of one run: what is the machine's own, and what nobody may touch."""

    def __init__(self, options, root, base):
        self.options, self.base = options, base
        self.own, self.outside, self.tmp = (os.path.join(base, n) for n in ("own", "outside", "tmp"))
        for path in (self.own, self.outside, self.tmp):
            os.mkdir(path)
        self.disk = os.path.join(self.own, "disk.img")
        pathlib.Path(self.disk).write_bytes(b"\1\2\0\3" * 1024 + bytes(MIB - 4096))
        other = os.path.join(self.outside, "other.img")
        pathlib.Path(other).write_bytes(b"\1\2\0\3" + SECRET.encode() * 64 + bytes(MIB - 4 - 64 * len(SECRET)))
        pathlib.Path(self.outside, "secret").write_text(SECRET + "\n")
        self.give(self.base)
        self.machine = self.through(["v2v-unpack", "--name", "vm", self.disk], None, self.own)
        self.machine = self.through(["v2v-overlay"], self.machine, self.own)
        self.other = self.through(["v2v-unpack", "--name", "other", other], None, self.outside)
        self.other = self.through(["v2v-overlay"], self.other, self.outside)
        for name, section in (("inspect", INSPECT), ("guestcaps", GUESTCAPS)):
            self.machine[name] = complete(root["$defs"][name], root, section)
        self.copied = os.path.join(self.own, "copied")
        os.mkdir(self.copied)
        self.give(self.copied)
        copied = self.through(["v2v-copy", "--keep", "-o", self.copied, "-f", "raw"], self.machine, self.own)
        self.copied_document = self.through(["v2v-meta"], copied, self.own)

    def give(self, path):
        if self.options.user:
            entry = pwd.getpwnam(self.options.user)
            for top, folders, files in os.walk(path):
                for name in [top] + [os.path.join(top, n) for n in folders + files]:
                    os.chown(name, entry.pw_uid, entry.pw_gid)

    def start(self, command, tmp, **more):
        env = {k: v for k, v in os.environ.items() if k in ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LD_LIBRARY_PATH")}
        # Without an appliance to be found, what would be given to one is refused at once.
        env |= {"TMPDIR": tmp, "HOME": tmp, "LC_ALL": "C.UTF-8", "LIBGUESTFS_PATH": "/no/such/folder",
                "LIBGUESTFS_BACKEND": "direct", "LIBGUESTFS_CACHEDIR": tmp}
        user = {"user": self.options.user, "group": pwd.getpwnam(self.options.user).pw_gid,
                "extra_groups": []} if self.options.user else {}
        command = [os.path.join(self.options.bin, command[0]), *command[1:]]
        return subprocess.run(command, capture_output=True, env=env, cwd=tmp, timeout=SECONDS, **user, **more)

    def through(self, command, document, tmp):
        done = self.start(command, tmp, input=json.dumps(document).encode() if document else b"")
        if done.returncode:
            sys.exit(f"{command}: {done.stderr.decode()}")
        return json.loads(done.stdout)

    def state(self):
        """What must stay as it is: names, and sums of what is in them."""
        found = {}
        for folder in (self.outside, self.copied):
            for top, folders, names in os.walk(folder):
                found |= {os.path.join(top, n): "folder" for n in folders}
                for name in names:
                    path = os.path.join(top, name)
                    found[path] = hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()
        found[self.disk] = hashlib.sha256(pathlib.Path(self.disk).read_bytes()).hexdigest()
        return found


class Stream:
    """Some documents through one process of a step."""

    def __init__(self, site, step, cases):
        self.site, self.step, self.cases, self.faults = site, step, cases, []
        self.place = tempfile.mkdtemp(dir=site.tmp)
        self.out = os.path.join(self.place, "out")
        os.mkdir(self.out)
        self.sent = [self.prepared(number, document) for number, (_, document) in enumerate(cases)]
        site.give(self.place)

    def prepared(self, number, document):
        """The document with a work directory of its own, as another run of the pipeline has it."""
        document = copy.deepcopy(document)
        if self.step == "v2v-overlay":
            document.pop("overlays", None)
        mine = self.site.machine["workdir"]
        new = os.path.join(self.place, f"v2v-{number:06}")
        text = json.dumps(document)
        if mine in text:
            shutil.copytree(mine, new)
            document = json.loads(text.replace(mine, new))
        document["case"] = number
        source = document.get("source")
        if isinstance(source, dict) and source.get("name") == "vm":
            source["name"] = f"vm{number}"
        return document

    def run(self):
        text = "\n".join(map(json.dumps, self.sent)).encode()
        command = [self.step, *(a.replace("@OUT@", self.out) for a in STEPS[self.step])]
        try:
            done = self.site.start(command, self.place, input=text)
        except subprocess.TimeoutExpired:
            self.faults.append(f"not done after {SECONDS} s")
            return
        self.look(done)

    def look(self, done):
        errors = done.stderr.decode("utf-8", "surrogateescape").splitlines()
        if done.returncode not in (0, 1):
            self.faults.append(f"status {done.returncode}: {errors[-40:]}"[:3000])
            return
        self.look_at_lines(errors)
        self.faults += [f"a crash: {e}" for e in errors if "the confined process" in e]
        refusals = [e for e in errors if not e.startswith(self.step + ": warning: ")]
        try:
            documents = [json.loads(line) for line in done.stdout.splitlines()]
        except ValueError as why:
            self.faults.append(f"standard output is not a stream of documents: {why}")
            return
        if len(documents) + len(refusals) != len(self.sent):
            self.faults.append(f"{len(self.sent)} documents in, {len(documents)} out, {len(refusals)} refused: {refusals[:3]}")
        if done.returncode != (1 if refusals else 0):
            self.faults.append(f"status {done.returncode}, {len(refusals)} refused")
        if SECRET.encode() in done.stdout + done.stderr:
            self.faults.append("the secret is shown")
        for document in documents:
            self.look_at_document(document)
        self.look_at_files(documents)

    def look_at_lines(self, lines):
        for line in lines:
            if not line.startswith(self.step + ": "):
                self.faults.append(f"a line that is not the step's: {line[:200]!r}")
            if CONTROL.search(line) or len(line) > LINE:
                self.faults.append(f"control bytes, or too long: {line[:200]!r}")

    def look_at_document(self, document):
        sent = self.sent[document["case"]]
        sections = SECTIONS[self.step]
        for error in self.site.options.validator.iter_errors(document):
            if error.absolute_path and error.absolute_path[0] in sections:
                where = ".".join(map(str, error.absolute_path))
                self.faults.append(f"{where} of the result: {error.message[:200]}")
        # copy ends the workdir and its overlays, and a step may add its warnings.
        for name in sent.keys() - {*sections, "workdir", "workdir_id", "overlays", "inspect", "warnings"}:
            if document.get(name, ...) != sent[name]:
                self.faults.append(f"the section {name} was changed")

    def look_at_files(self, documents):
        """Files at the place of output are those that the documents name."""
        named = json.dumps(documents, ensure_ascii=False)
        for top, _, names in os.walk(self.out):
            for name in names:
                path = os.path.join(top, name)
                if name.startswith(".") and "/." + name[1:] not in named or json.dumps(name, ensure_ascii=False)[1:-1] not in named:
                    self.faults.append(f"left behind: {name}")
                if SECRET.encode() in pathlib.Path(path).read_bytes():
                    self.faults.append(f"the secret is in {name}")


def faults_of(site, step, cases):
    stream = Stream(site, step, cases)
    try:
        stream.run()
    finally:
        shutil.rmtree(stream.place)
    return stream.faults


def try_stream(site, step, cases):
    """Every fault, with the document that has it."""
    faults = faults_of(site, step, cases)
    if not faults:
        return []
    alone = [(case[0], f) for case in cases for f in faults_of(site, step, [case])] if len(cases) > 1 else []
    return [f"{step}: {title}: {fault}" for title, fault in alone or [(f"{cases[0][0]} … {cases[-1][0]}", f) for f in faults]]


def cases_of(site, root, step):
    document = site.copied_document if step == "v2v-meta" else site.machine
    return list(mutations(site, root, document))[site.options.first::site.options.every]


def reachable(options, base):
    """The tools where whoever runs them can read them."""
    tools = os.path.realpath(options.bin)
    if not options.user:
        return tools
    for name in ("bin", "lib"):
        shutil.copytree(os.path.join(os.path.dirname(tools), name), os.path.join(base, "o", name), symlinks=True,
                        ignore=shutil.ignore_patterns("*.a"))
    return os.path.join(base, "o", "bin")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--bin", required=True, help="where the tools are")
    parser.add_argument("--every", type=int, default=1, help="only each Nth mutation")
    parser.add_argument("--first", type=int, default=0, help="from this one on")
    parser.add_argument("--user", help="who runs the steps; for root")
    parser.add_argument("--steps", nargs="*", default=list(STEPS))
    parser.add_argument("--only", default="", help="mutations whose title has a match of this")
    parser.add_argument("--least", type=int, default=1, help="so many documents must have been tried")
    return parser.parse_args()


def main():
    options = arguments()
    root = json.loads(SCHEMA.read_text())
    options.validator = jsonschema.Draft202012Validator(root)
    # Another user reaches neither the tests' own folders nor the build.
    base = tempfile.mkdtemp(prefix="documents-", dir="/var/tmp" if options.user else None)
    os.chmod(base, 0o755)
    count, faults = 0, []
    try:
        options.bin = reachable(options, base)
        site = Site(options, root, base)
        for document in (site.machine, site.copied_document):
            options.validator.validate(document)
        before = site.state()
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for step in options.steps:
                cases = [c for c in cases_of(site, root, step) if re.search(options.only, c[0])]
                # Behind a document of another version nothing is read.
                alone = [[c] for c in cases if c[0].startswith("v2v ")]
                cases = [c for c in cases if not c[0].startswith("v2v ")]
                streams = alone + [cases[i:i + STREAM] for i in range(0, len(cases), STREAM)]
                for found in pool.map(lambda s, step=step: try_stream(site, step, s), streams):
                    faults += found
                count += sum(map(len, streams))
                after = site.state()
                if after != before:
                    faults.append(f"{step}: changed outside: {sorted(set(before.items()) ^ set(after.items()))[:4]}")
                    before = after
    finally:
        shutil.rmtree(base)
    for fault in faults:
        print(fault.encode("ascii", "backslashreplace").decode())
    print(f"{count} documents, {len(faults)} faults")
    return 1 if faults or count < options.least else 0


if __name__ == "__main__":
    sys.exit(main())
