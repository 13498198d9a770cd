# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the cases are built of: tar headers, descriptors, packed streams, the set.

Bytes are given as chunks: bytes, or an int for so many zeros, which become a hole.
"""

import bz2
import functools
import gzip
import hashlib
import json
import lzma
import pathlib
import shutil
import subprocess
import zlib

SECRET = "c4n4ry-s3cr3t-w0rd"
MIB, GIB = 1 << 20, 1 << 30
PIECE = 4096
CAPACITY = MIB  # of every disk, unless the case is about it
VMDK_URI = "http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"


def write(path, *chunks):
    with open(path, "wb") as out:
        for chunk in chunks:
            if isinstance(chunk, int):
                out.seek(chunk, 1)
                continue
            for at in range(0, len(chunk), PIECE):
                piece = chunk[at:at + PIECE]
                if piece.count(0) == len(piece):
                    out.seek(len(piece), 1)
                else:
                    out.write(piece)
        out.truncate()
    return path


def length(chunks):
    return sum(c if isinstance(c, int) else len(c) for c in chunks)


def flat(*chunks):
    return b"".join(bytes(c) if isinstance(c, int) else c for c in chunks)


# tar

def octal(number, width):
    return b"%0*o\0" % (width - 1, number)


def seal(head):
    """The header with its checksum."""
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head)


def header(name, size, kind=b"0", link=b"", size_field=None, gnu=False):
    name = name.encode() if isinstance(name, str) else name
    link = link.encode() if isinstance(link, str) else link
    head = bytearray(512)
    head[0:100] = name[:100].ljust(100, b"\0")
    head[100:136] = b"0000644\0" + b"0000000\0" * 2 + octal(size & 0o77777777777, 12)
    if size_field is None and size > 0o77777777777:
        size_field = b"\x80" + size.to_bytes(11, "big")
    if size_field is not None:
        head[124:136] = size_field.ljust(12, b"\0")
    head[136:148] = octal(1700000000, 12)
    head[156:157] = kind
    head[157:257] = link[:100].ljust(100, b"\0")
    head[257:265] = b"ustar  \0" if gnu else b"ustar\00000"
    head[329:345] = octal(8, 8) + octal(1, 8) if kind in b"34" else bytes(16)
    return seal(head)


def padded(*chunks):
    return list(chunks) + [bytes(-length(chunks) % 512)]


def member(name, *data, **more):
    return [header(name, length(data), **more)] + padded(*data)


def pax(kind=b"x", **records):
    text = b""
    for key, value in records.items():
        value = value.encode() if isinstance(value, str) else value
        body = b" " + key.replace("__", ".").encode() + b"=" + value + b"\n"
        size = len(body) + 1
        while len(str(size)) + len(body) != size:
            size = len(str(size)) + len(body)
        text += str(size).encode() + body
    return member("PaxHeaders/x", text, kind=kind)


def long_name(name):
    name = name.encode() if isinstance(name, str) else name
    return member("././@LongLink", name + b"\0", kind=b"L", gnu=True)


def tar(*members, end=True):
    chunks = [c for m in members for c in m]
    return chunks + ([bytes(1024)] if end else [])


# compressed streams

def zstd(data, *options):
    return subprocess.run(["zstd", "-q", "-c", "-1", *options], input=data,
                          stdout=subprocess.PIPE, check=True).stdout


def gz(data):
    return gzip.compress(data, 9, mtime=0)


def xz(data):
    return lzma.compress(data, preset=0)


PACKERS = {"gz": gz, "bz2": bz2.compress, "xz": xz}
if shutil.which("zstd"):
    PACKERS["zst"] = zstd
BLOCK = 64 * MIB


@functools.cache
def packed_block(kind):
    return PACKERS[kind](bytes(BLOCK))


def packed_zeros(kind, total):
    """A stream of streams that unpacks to total zeros."""
    return [packed_block(kind)] * (total // BLOCK)


def deflated_zeros(total):
    """One raw deflate stream: a full flush makes each block stand alone."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    return block * (total // MIB) + b"\x03\x00"


# OVF

def item(kind, body="", number=None):
    number = kind if number is None else number
    return (f"<Item><rasd:InstanceID>{number}</rasd:InstanceID>{body}"
            f"<rasd:ResourceType>{kind}</rasd:ResourceType></Item>\n")


def disk(href="disk.vmdk", capacity=CAPACITY, form=VMDK_URI, file="", more=""):
    """One disk of ovf(); href None: blank.  file, more: further attributes."""
    return {"href": href, "capacity": capacity, "form": form, "file": file, "more": more}


def quoted(text):
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


def ovf(*disks, name="<Name>vm</Name>", memory="1024", vcpus="2", items="", head="",
        xml='<?xml version="1.0" encoding="UTF-8"?>\n', envelope="", inside=""):
    disks = disks or (disk(),)
    files = sections = ""
    for i, d in enumerate(disks):
        ref = form = ""
        if d["href"] is not None:
            files += f'<File ovf:href="{quoted(d["href"])}" ovf:id="f{i}" {d["file"]}/>\n'
            ref = f'ovf:fileRef="f{i}"'
        if d["form"]:
            form = f'ovf:format="{d["form"]}"'
        sections += f'<Disk ovf:capacity="{d["capacity"]}" ovf:diskId="d{i}" {ref} {form} {d["more"]}/>\n'
        items += item(17, f"<rasd:HostResource>ovf:/disk/d{i}</rasd:HostResource>"
                      f"<rasd:AddressOnParent>{i}</rasd:AddressOnParent>"
                      "<rasd:Parent>6</rasd:Parent>", 1000 + i)
    memory = item(4, "<rasd:AllocationUnits>byte * 2^20</rasd:AllocationUnits>"
                  f"<rasd:VirtualQuantity>{memory}</rasd:VirtualQuantity>")
    vcpus = item(3, f"<rasd:VirtualQuantity>{vcpus}</rasd:VirtualQuantity>")
    return f"""{xml}{head}<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" \
xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1" \
xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData"\
 {envelope}>
<References>{files}</References>
<DiskSection><Info>x</Info>{sections}</DiskSection>
<VirtualSystem ovf:id="vm-id"><Info>x</Info>{name}{inside}
<VirtualHardwareSection><Info>x</Info>
{vcpus}{memory}{item(6, "<rasd:Address>0</rasd:Address>")}{items}</VirtualHardwareSection>
</VirtualSystem></Envelope>
""".encode()


def sums(algorithm="SHA256", **files):
    """A manifest; a key's "__" is a dot."""
    return "".join(
        f"{algorithm}({name.replace('__', '.')})= "
        f"{hashlib.new(algorithm.lower(), data).hexdigest()}\n"
        for name, data in files.items()).encode()


class Set:
    """The cases, each with a folder of its own beneath the root."""

    def __init__(self, root):
        self.root = pathlib.Path(root).resolve()
        self.cases = []
        self.outside = self.root / "outside"  # what no case may read
        self.outside.mkdir(parents=True)

    def folder(self, name):
        path = self.root / name
        path.mkdir()
        return path

    def case(self, group, name, expect, path, words="", args=(), **more):
        """words: text that the line must contain, or a list of which one will do."""
        self.cases.append({
            "name": name, "class": group, "path": str(path), "args": list(args),
            "expect": expect, "words": [words] if isinstance(words, str) else words, **more})

    def ova(self, group, name, expect, chunks, words="", file="x.ova", **more):
        path = write(self.folder(name) / file, *chunks)
        self.case(group, name, expect, path, words, **more)

    def make_outside(self, vmdk):
        """Files whose content must never be seen."""
        text = (SECRET + "\n").encode() * 512
        write(self.outside / "secret", text, bytes(MIB - len(text)))
        write(self.outside / "good.vmdk", vmdk)
        write(self.outside / "good.ovf", ovf(name=f"<Name>{SECRET}</Name>"))
        write(self.outside / "secret.mf", sums(good__ovf=SECRET.encode()))

    def index(self):
        digests = [hashlib.new(kind, (self.outside / "secret").read_bytes()).hexdigest()
                   for kind in ("sha1", "sha256", "sha512", "md5")]
        for case in self.cases:
            case["make_canary"] = False  # it is made already, for all
            case["never"] = [SECRET] + digests
        (self.root / "cases.json").write_text(json.dumps(self.cases, indent=1) + "\n")
