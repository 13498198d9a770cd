# SPDX-License-Identifier: LGPL-2.1-or-later
"""Images compressed as a whole, archives of one image, OVAs in zips; files that are nothing."""

import gzip
import struct
import zipfile
import zlib

from build import BLOCK, GIB, MIB, PACKERS, deflated_zeros, flat, gz, header, member, ovf, packed_zeros, tar
from cases_packed import BOMBS, archive, entry, raw_zip
from disks import RAW, descriptor, qcow2, vmdk

OVF, DISK = member("x.ovf", ovf()), member("disk.vmdk", vmdk())
WHOLE = flat(*tar(OVF, DISK))


def images(s):
    secret = str(s.outside / "secret").encode()
    for kind, pack in PACKERS.items():
        for name, image in (("raw", RAW), ("qcow2", qcow2()), ("vmdk", vmdk())):
            s.ova("wrapped", f"wrapped-{kind}-of-{name}-benign", "accepted", [pack(image)], file=f"x.{name}.{kind}",
                  has={"source.disks.0.format": name, "source.name": "x"}, not_in_place=True)
        s.ova("wrapped", f"wrapped-{kind}-of-qcow2-cut", "refused", [pack(qcow2())[:-9]], "x.qcow2", file=f"x.qcow2.{kind}")
        s.ova("wrapped", f"wrapped-{kind}-of-qcow2-twice", "refused", [gz(pack(qcow2()))], "x.qcow2", file="x.qcow2.gz")
        s.ova("wrapped", f"wrapped-{kind}-of-backing", "refused", [pack(qcow2(secret, [(0xe2792aca, b"raw")]))], "x.qcow2",
              file=f"x.qcow2.{kind}", args=["--backing-chain"])
        # Twice what the budget is.
        size = BOMBS[kind] // 2 // BLOCK * BLOCK
        zeros = packed_zeros(kind, size)
        s.ova("wrapped", f"wrapped-{kind}-bomb-raw", "refused", zeros, "more than", file=f"x.raw.{kind}")
        # What follows a stream is one more for most; its header says how large a disk of 1 MiB can be.
        s.ova("wrapped", f"wrapped-{kind}-bomb-behind-qcow2", "refused", [pack(qcow2()), *zeros], "x.qcow2", file=f"x.qcow2.{kind}")
        s.ova("wrapped", f"wrapped-{kind}-bomb-in-tar", "refused", [
            pack(header("disk.raw", size)), *zeros, pack(bytes(1024))], "disk.raw", file=f"x.tar.{kind}")
    s.ova("wrapped", "wrapped-gz-of-data-file", "refused", [gz(qcow2(extensions=[(0x44415441, secret)], incompat=4))], "x.qcow2",
          file="x.qcow2.gz")
    s.ova("wrapped", "wrapped-gz-of-descriptor", "refused", [gz(descriptor("monolithicFlat", f'RW 2048 FLAT "{s.outside}/secret" 0'))],
          "x.vmdk", file="x.vmdk.gz")
    s.ova("wrapped", "wrapped-gz-of-text", "refused", [gz(b"just a text\n" * 128)], "x.raw", file="x.raw.gz")
    s.ova("wrapped", "wrapped-gz-of-nothing", "refused", [gz(b"")], "x.raw", file="x.raw.gz")
    s.ova("wrapped", "wrapped-gz-of-zip", "refused", [gz(archive())], "x.raw", file="x.raw.gz")
    s.ova("wrapped", "wrapped-gz-of-a-megabyte-too-many", "refused", [gz(qcow2() + bytes(80 * MIB))], "more than", file="x.qcow2.gz")
    # No compression is recognized by a name.
    s.ova("wrapped", "wrapped-name-only", "refused", [RAW], "x.qcow2.xz", file="x.qcow2.xz")
    s.ova("wrapped", "wrapped-lzma-alone", "refused", [b"\x5d\0\0\x80\0" + b"\xff" * 507], "x.raw.lzma", file="x.raw.lzma")


def archives(s):
    def zip_of(name, expect, data, words="", **more):
        s.ova("wrapped", f"wrapped-zip-{name}", expect, [data], words, file="x.zip", **more)

    def loose(*extra, **more):
        return archive(*extra, whole=False, **more)
    image = ("disk.qcow2", qcow2())
    for how, method in (("stored", zipfile.ZIP_STORED), ("deflated", zipfile.ZIP_DEFLATED)):
        zip_of(f"image-{how}-benign", "accepted", loose(image, ("README", b"x"), method=method),
               has={"source.disks.0.format": "qcow2", "source.name": "disk"})
        zip_of(f"ova-{how}-benign", "accepted", loose(("a.ova", WHOLE), method=method), quiet=True, not_in_place=True,
               has={"source.name": "vm"})
        for name, members in (
                ("symlink", tar(OVF, member("disk.vmdk", kind=b"2", link=str(s.outside / "good.vmdk")))),
                ("dotdot", tar(OVF, DISK, member("../evil", b"x"))),
                ("ovf-symlink", tar(DISK, member("x.ovf", kind=b"2", link=str(s.outside / "good.ovf")))),
                ("cut", [WHOLE[:9000]]), ("no-ovf", tar(DISK)),
                ("extent", tar(OVF, member("disk.vmdk", descriptor("monolithicFlat", f'RW 2048 FLAT "{s.outside}/secret" 0'))))):
            zip_of(f"ova-{how}-{name}", "refused", loose(("a.ova", flat(*members)), method=method), "x.zip")
        zip_of(f"ova-{how}-href-dotdot", "refused", loose(("a.ova", flat(*tar(member("x.ovf", ovf(
            {"href": "../../outside/good.vmdk", "capacity": MIB, "form": "", "file": "", "more": ""}))))), method=method), "x.zip")
    zip_of("many-images", "refused", loose(image, *((f"disk{i}.qcow2", b"x") for i in range(5000))), "a disk image")
    zip_of("dotdot", "refused", loose(image, ("../../evil", b"x")), "../../evil")
    zip_of("image-dotdot", "refused", loose(("../../evil.qcow2", qcow2())), "../../evil")
    zip_of("image-absolute", "refused", loose(("/etc/evil.qcow2", qcow2())), "/etc/evil")
    zip_of("image-name-controls", "safe", loose(("a\x1b[31m\x9b.qcow2", qcow2())))
    zip_of("ova-name-controls", "safe", loose(("a\x1b[31m\x7f\x9b.ova", WHOLE)))
    zip_of("ova-name-long", "safe", loose(("n" * 4000 + ".ova", WHOLE)))
    zip_of("ova-name-dots", "accepted", loose(("a/..ova", WHOLE)), not_in_place=True)
    zip_of("symlink", "refused", loose((entry("disk.qcow2", 0o120777), str(s.outside / "secret").encode())), "disk.qcow2")
    zip_of("image-backing", "refused", loose(("disk.qcow2", qcow2(str(s.outside / "secret").encode()))), "disk.qcow2")
    zip_of("image-text", "refused", loose(("disk.raw", b"just a text\n" * 128)), "disk.raw")
    zip_of("image-none", "refused", loose(("disk.vmdk", bytes(MIB))), "disk.vmdk")
    zip_of("image-empty", "refused", loose(("disk.raw", b"")), "disk.raw")
    zip_of("zip-in-zip", "refused", loose(("a.ova", archive())), "a.ova")
    zip_of("gz-in-zip", "refused", loose(("disk.qcow2", gz(qcow2()))), "disk.qcow2")
    bomb = {"data": deflated_zeros(3 * GIB), "method": 8, "crc": 0, "size": 3 * GIB}
    zip_of("image-bomb", "refused", raw_zip([{**bomb, "name": "disk.raw"}]), ["disk.raw", "x.zip"])
    zip_of("ova-bomb", "refused", raw_zip([{**bomb, "name": "a.ova"}]), ["a.ova", "x.zip"])
    zip_of("image-crc", "refused", raw_zip([{"name": "disk.qcow2", "method": 8, "crc": 1, "size": len(qcow2()),
                                             "data": zlib.compress(qcow2())[2:-4]}]), ["disk.qcow2", "x.zip"])
    # Thousands of members before any descriptor, unpacked on suspicion: one budget for all.
    many = flat(*tar(*(member(f"d{i}.vmdk", bytes(MIB)) for i in range(200)), OVF, DISK))
    s.ova("wrapped", "wrapped-gz-200-images-before-ovf", "safe", [gz(many)], file="x.tar.gz", not_in_place=True)


def nothing(s):
    for name, data in (("zeros", bytes(MIB)), ("ones", b"\xff" * MIB), ("text", b"a line\n" * 512)):
        for suffix in ("ova", "vmdk", "vhdx", "qcow2", "zip"):
            s.ova("nothing", f"nothing-{name}-{suffix}", "refused", [data], f"x.{suffix}", file=f"x.{suffix}")
    s.ova("nothing", "nothing-zeros-raw-benign", "accepted", [bytes(MIB)], file="x.raw")
    s.ova("nothing", "nothing-zeros-stated-benign", "accepted", [bytes(MIB)], args=["--format=raw"])
    page = b"<!DOCTYPE html>\n<title>\x1b[31m</title>"
    for suffix in ("ova", "raw", "vmdk"):
        s.ova("nothing", f"nothing-html-{suffix}", "refused", [page], "an HTML page", file=f"x.{suffix}")
    s.ova("nothing", "nothing-html-gz", "refused", [gz(page)], "an HTML page", file="x.ova.gz")
    # A disk whose compression the OVF keeps silent about has the disk's budget.
    bomb = packed_zeros("gz", 2 * GIB)
    for form in ("", "http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"):
        text = ovf({"href": "disk.vmdk", "capacity": MIB, "form": form, "file": "", "more": ""})
        size = sum(map(len, bomb))
        s.ova("wrapped", f"wrapped-gzip-not-said-bomb-{'stated' if form else 'unstated'}", "refused", [
            *member("x.ovf", text), header("disk.vmdk", size), *bomb, bytes(-size % 512), bytes(1024)], "disk.vmdk")
    cut = gzip.compress(vmdk(), mtime=0)[:-4]
    s.ova("wrapped", "wrapped-gzip-not-said-cut", "refused", tar(OVF, member("disk.vmdk", cut)), "disk.vmdk")
    wrong = bytearray(gzip.compress(vmdk(), mtime=0))
    struct.pack_into("<I", wrong, len(wrong) - 8, 1)
    s.ova("wrapped", "wrapped-gzip-not-said-crc", "refused", tar(OVF, member("disk.vmdk", bytes(wrong))), "disk.vmdk")
    s.ova("wrapped", "wrapped-gzip-not-said-twice", "refused", tar(OVF, member("disk.vmdk", gz(gz(vmdk())))), "disk.vmdk")
    s.ova("wrapped", "wrapped-gzip-not-said-benign", "warning", tar(OVF, member("disk.vmdk", gz(vmdk()))), "gzip", not_in_place=True)


def make(s):
    images(s)
    archives(s)
    nothing(s)
