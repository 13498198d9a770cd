# SPDX-License-Identifier: LGPL-2.1-or-later
"""Documents on standard input: "@TMP@" is the run's TMPDIR, "stdin" the document (.gz: packed)."""

import json
import os
import zlib

from build import MIB, gz, write
from disks import RAW, flat_vmdk, qcow2, vmdk


def document(path, **disk):
    one = {"id": 0, "file": str(path), "offset": None, "size": None, "format": "raw", "subformat": None,
           "virtual_size": MIB, "controller": None, "controller_model": None, "unit": None}
    return {"v2v": 1, "workdir": None, "warnings": [], "source": {
        "name": "vm", "hypervisor": None, "genid": None, "memory": MIB << 10, "vcpus": 1, "cpu": None,
        "firmware": None, "secure_boot": False, "tpm": False, "display": None, "video": None, "sound": None,
        "os_hint": None, "disks": [{**one, **disk}], "removables": [], "nics": []}}


TOOLS = {"v2v-overlay": [], "v2v-copy": ["-o", "@TMP@"]}


def case(s, name, expect, change=None, words="", text=None, image=RAW, tools=TOOLS, **more):
    """change: a function of the document, or members of its disk."""
    for tool in tools:
        title = f"{tool[4:]}-{name}"
        folder = s.folder(title)
        path = write(folder / "disk.img", image)
        doc = document(path, **(change if isinstance(change, dict) else {}))
        if callable(change):
            doc = change(doc) or doc
        stdin = write(folder / ("doc.gz" if text else "doc"), text or json.dumps(doc).encode())
        s.case("document", title, expect, path, words, tool=tool, args=TOOLS[tool], stdin=str(stdin), **more)


def disks(s):
    case(s, "benign", "accepted", quiet=True)
    case(s, "slice-benign", "accepted", {"offset": 512, "size": MIB // 2, "virtual_size": MIB // 2}, quiet=True)
    case(s, "vmdk-benign", "accepted", {"format": "vmdk"}, image=vmdk(), quiet=True)
    case(s, "blank-benign", "accepted", {"file": None, "format": None}, quiet=True)
    case(s, "file-missing", "refused", {"file": "/no/such/file"}, "/no/such/file")
    case(s, "file-control-bytes", "refused", {"file": "/no/\x1b[31m\nfile\x9b"}, "/no/")
    case(s, "file-nul", "refused", {"file": "/etc/passwd\0x"}, "source.disks[0].file")
    case(s, "file-folder", "refused", {"file": "/usr"}, "'/usr'")
    case(s, "file-device", "refused", {"file": "/dev/zero"}, "/dev/zero", may_read=["/dev/zero"])
    case(s, "file-json", "refused", {"file": 'json:{"driver":"file","filename":"/etc/passwd"}'}, "json:")
    case(s, "file-nbd", "refused", {"file": "nbd://127.0.0.1:9/x"}, "nbd:")

    def fifo(doc):
        path = doc["source"]["disks"][0]["file"] + ".fifo"
        os.mkfifo(path)
        doc["source"]["disks"][0]["file"] = path
    case(s, "file-fifo", "refused", fifo, ".fifo")
    case(s, "offset-beyond", "refused", {"offset": 2 * MIB, "size": 512, "virtual_size": 512}, "disk.img")
    case(s, "size-beyond", "refused", {"offset": 512, "size": MIB}, "disk.img")
    case(s, "size-overflow", "refused", {"offset": (1 << 63) - 1, "size": (1 << 63) - 1}, "disk")
    case(s, "offset-negative", "refused", {"offset": -512, "size": 1024, "virtual_size": 1024}, "disk")
    case(s, "size-negative", "refused", {"offset": 0, "size": -1}, "disk")
    case(s, "virtual-size-negative", "refused", {"virtual_size": -1}, "disk")
    case(s, "virtual-size-other", "refused", {"virtual_size": 1 << 50}, "disk")
    case(s, "virtual-size-2-to-63", "refused", {"virtual_size": 1 << 63}, "")
    case(s, "blank-negative", "refused", {"file": None, "format": None, "virtual_size": -512}, "disk")
    case(s, "offset-alone", "refused", {"offset": 0}, "source.disks[0]")
    case(s, "format-unknown", "refused", {"format": "no-such"}, "no-such")
    case(s, "format-option", "refused", {"format": "raw,file.filename=/etc/passwd"}, "format")
    case(s, "format-other", "refused", {"format": "qcow2"}, "disk.img")
    secret = str(s.outside / "secret").encode()
    case(s, "qcow2-backing", "refused", {"format": "qcow2"}, "disk.img", image=qcow2(secret, [(0xe2792aca, b"raw")]))
    case(s, "qcow2-data-file", "refused", {"format": "qcow2"}, "disk.img",
         image=qcow2(extensions=[(0x44415441, secret)], incompat=4))
    case(s, "vmdk-footer-none", "refused", {"format": "vmdk"}, "disk.img", image=vmdk(footer=False))
    # The copy reads every table and grain: what is damaged does not become zeros.
    copy = {"v2v-copy": TOOLS["v2v-copy"]}
    for name, image in (("grain-overread", vmdk(grain_size=0xfffffff0)), ("grain-broken", vmdk(grain_data=b"\xff" * 700)),
                        ("gt-outside", vmdk(gt=0x7fffffff)), ("gt-outside-sparse", flat_vmdk(gt=0x7fffffff)),
                        ("grain-bomb", vmdk(grain_data=zlib.compress(bytes(64 * MIB)))), ("grain-short", vmdk(grain_data=zlib.compress(bytes(512)))),
                        ("end-mark-none", vmdk(tail=False))):
        case(s, f"vmdk-{name}", "refused", {"format": "vmdk"}, ["disk.img", "disk 0"], image=image, tools=copy)


def shapes(s):
    def text(name, words, data, expect="refused", **more):
        case(s, name, expect, words=words, text=gz(data), tools={"v2v-overlay": []}, **more)

    text("65-mib", "", b'{"v2v": 1, "mine": "' + b"x" * 65 * MIB + b'"}')
    text("65-mib-of-numbers", "", b'{"v2v": 1, "mine": [' + b"1," * (32 * MIB + MIB) + b"1]}")
    text("depth-100000", "document", b"[" * 100000 + b"]" * 100000)
    text("depth-of-objects", "document", b'{"v2v": 1, "a": ' + b'{"a":' * 100000 + b"1" + b"}" * 100001)
    good = json.dumps(document("/dev/null")).encode()
    text("duplicate-key", "duplicate", good.replace(b'"v2v": 1', b'"v2v": 1, "source": {}'))
    text("duplicate-in-disk", "duplicate", good.replace(b'"id": 0', b'"id": 0, "id": 1'))
    text("invalid-utf8", "document", good.replace(b'"vm"', b'"v\xffm"'))
    text("version-10-to-30", "document", b'{"v2v": 1' + b"0" * 30 + b"}")
    text("version-negative", "document", b'{"v2v": -1}')
    text("binary", "document", bytes(range(1, 256)) * 10)
    one = json.dumps(document("/x")["source"]["disks"][0])
    many = ",".join(one.replace('"id": 0', f'"id": {i}') for i in range(50000)) + "," + one
    text("50000-disks", "disk", good.replace(one.replace("/x", "/dev/null").encode(), many.encode()))

    def twice(doc):
        doc["source"]["disks"] *= 2
    case(s, "id-twice", "refused", twice, "source.disks[1].id")

    def no_list(doc):
        doc["source"]["disks"] = {"0": doc["source"]["disks"][0]}
    case(s, "disks-no-list", "refused", no_list, "source.disks")


def places(s):
    """What is not ours stays; nothing is written beside -o."""
    copy = {"v2v-copy": TOOLS["v2v-copy"]}

    def foreign(doc):
        path = doc["source"]["disks"][0]["file"] + ".dir"
        os.mkdir(path)
        write(path + "/overlay-0.qcow2", b"precious")
        write(path + "/disk-0", b"precious")
        doc["workdir"] = path
    path = s.root / "copy-workdir-foreign/disk.img.dir"
    case(s, "workdir-foreign", "accepted", foreign, tools=copy,
         keep={str(path / "overlay-0.qcow2"): "precious", str(path / "disk-0"): "precious"})

    def marked(doc):
        foreign(doc)
        os.symlink("/dev/null", doc["workdir"] + "/.v2v-workdir")
        doc["workdir_id"] = "0" * 32
    path = s.root / "copy-workdir-linked-mark/disk.img.dir"
    case(s, "workdir-linked-mark", "accepted", marked, tools=copy, keep={str(path / "overlay-0.qcow2"): "precious"})

    def of_another(doc):
        foreign(doc)
        write(doc["workdir"] + "/.v2v-workdir", b"1" * 32)
        doc["workdir_id"] = "0" * 32
    path = s.root / "copy-workdir-of-another/disk.img.dir"
    case(s, "workdir-of-another", "warning", of_another, "work directory", tools=copy,
         keep={str(path / "overlay-0.qcow2"): "precious", str(path / "disk-0"): "precious"})
    for name, text in (("dotdot", "../../evil"), ("absolute", "/etc/evil"), ("option", "-o"), ("dot", ".."),
                       ("newline", "a\nb"), ("long", "n" * 5000), ("empty", ""), ("slash", "a/b/c"), ("dots", ".hidden")):
        def named(doc, text=text):
            doc["source"]["name"] = text
        case(s, f"name-{name}-benign", "safe" if name == "empty" else "accepted", named, tools=copy)


def overlays(s):
    """An overlay is whatever somebody put there: unless it is over this very disk, it is not read."""
    secret = str(s.outside / "secret")
    tools = {"v2v-copy": TOOLS["v2v-copy"]}
    source = '{"driver":"raw","file":{"driver":"file","filename":"%s"}}'

    def laid(over="@DISK@", backing=b"raw", member=(), **header):
        def change(doc):
            path = doc["source"]["disks"][0]["file"]
            name = over.replace("@DISK@", path).encode()
            extensions = [(0xe2792aca, backing)] if backing else []
            write(path + ".overlay", qcow2(name, extensions + header.pop("more", []), **header))
            doc["overlays"] = [{"disk": 0, "file": path + ".overlay", "format": "qcow2", "virtual_size": MIB, **dict(member)}]
        return change

    def twice(doc):
        laid()(doc)
        doc["overlays"] *= 2

    def itself(doc):
        laid()(doc)
        doc["overlays"][0]["file"] = doc["source"]["disks"][0]["file"]
    case(s, "overlay-benign", "accepted", laid(), tools=tools, quiet=True)
    case(s, "overlay-json-benign", "accepted", laid("json:" + source % "@DISK@"), tools=tools, quiet=True)
    for name, change in (("secret", laid(secret)), ("secret-json", laid("json:" + source % secret)),
                         ("nbd", laid("nbd://127.0.0.1:9/x")), ("relative", laid("disk.img")),
                         ("dotted", laid("@DISK@/../disk.img")), ("nothing", laid("", None)),
                         ("format-none", laid(backing=None)), ("format-qcow2", laid(backing=b"qcow2")),
                         ("json-twice", laid("json:" + (source % "@DISK@").replace("}}", ',"filename":"%s"}}' % secret))),
                         ("json-member", laid("json:" + (source % "@DISK@").replace('"raw"', '"raw","offset":512'))),
                         ("small", laid(size=512)), ("large", laid(size=1 << 40)),
                         ("data-file", laid(incompat=4)), ("data-file-named", laid(more=[(0x44415441, secret.encode())])),
                         ("encrypted", laid(crypt=1)), ("other-disk", laid(member={"disk": 7})),
                         ("disk-negative", laid(member={"disk": -1})), ("size-negative", laid(member={"virtual_size": -1})),
                         ("size-2-to-63", laid(member={"virtual_size": 1 << 63})), ("raw", laid(member={"format": "raw"})),
                         ("file-secret", laid(member={"file": secret})), ("file-device", laid(member={"file": "/dev/zero"})),
                         ("file-none", laid(member={"file": None})), ("file-missing", laid(member={"file": "/no/such"})),
                         ("twice", twice), ("itself", itself)):
        case(s, f"overlay-{name}", "refused", change, ["overlay", "disk 0", "data file", "big integer"], tools=tools,
             may_read=["/dev/zero"] if name == "file-device" else [secret] if name == "file-secret" else [])


def make(s):
    disks(s)
    shapes(s)
    places(s)
    overlays(s)
