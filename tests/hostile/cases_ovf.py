# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is in a descriptor and in a manifest."""

import hashlib

from build import MIB, disk, item, member, ovf, sums, tar
from disks import RAW, vmdk

DISK = member("disk.vmdk", vmdk())
WRONG = ["XML", "DTD", "OVF"]


def xml(s, name, expect, text, words="", **more):
    s.ova("xml", f"xml-{name}", expect, tar(member("x.ovf", text), DISK), words, **more)


def trees(s):
    secret = s.outside / "secret"
    laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 12))
    name = "<Name>&{};</Name>"
    xml(s, "benign", "accepted", ovf(), quiet=True)
    xml(s, "no-declaration-benign", "accepted", ovf(xml=""), quiet=True)
    xml(s, "bom-benign", "accepted", b"\xef\xbb\xbf" + ovf(), quiet=True)
    xml(s, "cdata-benign", "accepted", ovf(name="<Name><![CDATA[a<b]]></Name>"), quiet=True,
        has={"source.name": "a<b"})
    xml(s, "laughs", "refused", ovf(head=f'<!DOCTYPE Envelope [<!ENTITY l0 "ha">{laughs}]>',
                                    name=name.format("l11")), WRONG)
    xml(s, "quadratic", "refused", ovf(head=f'<!DOCTYPE Envelope [<!ENTITY a "{"a" * 60000}">]>',
                                       name=f"<Name>{'&a;' * 20000}</Name>"), WRONG)
    for kind, system in (("file", f"file://{secret}"), ("path", secret), ("http", "http://127.0.0.1:9/x"),
                         ("relative", "../outside/secret")):
        xml(s, f"entity-{kind}", "refused", ovf(head=f'<!DOCTYPE Envelope [<!ENTITY e SYSTEM "{system}">]>',
                                                name=name.format("e")), WRONG)
    xml(s, "parameter-entity", "refused",
        ovf(head=f'<!DOCTYPE Envelope [<!ENTITY % e SYSTEM "file://{secret}"> %e;]>'), WRONG)
    xml(s, "dtd-external", "refused", ovf(head=f'<!DOCTYPE Envelope SYSTEM "file://{secret}">'), WRONG)
    xml(s, "dtd-public", "refused", ovf(head='<!DOCTYPE Envelope PUBLIC "x" "http://127.0.0.1:9/x.dtd">'), WRONG)
    xml(s, "dtd-empty", "refused", ovf(head="<!DOCTYPE Envelope>"), WRONG)
    xml(s, "dtd-attributes", "refused",
        ovf(head='<!DOCTYPE Envelope [<!ATTLIST Disk ovf:fileRef CDATA "f9">]>'), WRONG)
    include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file://{secret}" parse="text"/>'
    # Not followed: the Name has no text then.
    xml(s, "xinclude-name", "accepted", ovf(name=f"<Name>{include}</Name>"), has={"source.name": "vm-id"})
    xml(s, "xinclude-envelope", "accepted", ovf(inside=include))
    xml(s, "stylesheet", "accepted", ovf(head=f'<?xml-stylesheet href="file://{secret}"?>'))
    xml(s, "schema-location", "accepted", ovf(
        envelope='xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="x http://127.0.0.1:9/x"'))
    xml(s, "depth-100000", "refused", ovf(inside="<a>" * 100000 + "</a>" * 100000), WRONG)
    xml(s, "depth-255", "safe", ovf(inside="<a>" * 240 + "</a>" * 240))
    xml(s, "200000-attributes", "safe",
        ovf(inside="<a " + " ".join(f'a{i}=""' for i in range(200000)) + "/>"))
    xml(s, "200000-namespaces", "safe",
        ovf(inside="<a " + " ".join(f'xmlns:n{i}="u"' for i in range(200000)) + "/>"))
    xml(s, "twice-attribute", "refused", ovf(disk(file='ovf:href="other"')), WRONG)
    xml(s, "huge-text", "safe", ovf(name="<Name>" + "n" * 12 * MIB + "</Name>"), WRONG)
    xml(s, "invalid-utf8", "safe", ovf().replace(b">vm<", b">v\xff\xfem<"), WRONG)
    xml(s, "overlong-utf8", "safe", ovf().replace(b">vm<", b">v\xc0\xafm<"), WRONG)
    xml(s, "nul", "refused", ovf().replace(b">vm<", b">v\0m<"), WRONG)
    xml(s, "escape", "refused", ovf(name="<Name>a&#27;[31m</Name>"), WRONG)
    xml(s, "encoding-unknown", "refused", ovf(xml='<?xml version="1.0" encoding="no-such"?>'), WRONG)
    xml(s, "utf7", "safe", ovf(xml='<?xml version="1.0" encoding="UTF-7"?>'))
    hidden = '+ADwAIQ-DOCTYPE Envelope +AFsAPAAh-ENTITY e SYSTEM +ACI-file://%s+ACIAPgBdAD4-' % secret
    xml(s, "utf7-dtd", "refused", ovf(xml='<?xml version="1.0" encoding="UTF-7"?>', head=hidden,
                                      name=name.format("e")), WRONG)
    xml(s, "utf16", "safe", ovf(xml='<?xml version="1.0" encoding="UTF-16"?>').decode().encode("utf-16"))
    xml(s, "utf16-dtd", "refused", ovf(xml="", head=f'<!DOCTYPE Envelope [<!ENTITY e SYSTEM "{secret}">]>',
                                       name=name.format("e")).decode().encode("utf-16"), WRONG)
    xml(s, "junk-16-mib", "refused", b"<?xml version='1.0'?>" + hashlib.shake_256(b"junk").digest(4096) * 4090, WRONG)
    xml(s, "no-xml", "refused", b"root:x:0:0:root:/root:/bin/bash\n" * 10, WRONG)
    xml(s, "cut", "refused", ovf()[:-100], WRONG)
    xml(s, "other-root", "refused", b"<html/>", WRONG)
    xml(s, "16-mib-of-comment", "safe", ovf(inside="<!--" + "x" * 8 * MIB + "-->"))


def numbers(s):
    def number(name, words, expect="refused", **more):
        has = more.pop("has", {})
        xml(s, f"number-{name}", expect, ovf(**more), words, has=has)

    for name, value in (("2-to-70", 1 << 70), ("negative", -1), ("0", 0), ("2-to-44", 1 << 44), ("text", "1e3"),
                        ("hex", "0x400"), ("digits", "9" * 5000)):
        number(f"memory-{name}", ["memory", "VirtualQuantity"], memory=value)
    for name, value in (("0", 0), ("4097", 4097), ("negative", -1), ("10-to-19", 10 ** 19), ("text", "two")):
        number(f"vcpus-{name}", ["CPU", "VirtualQuantity"], vcpus=value)
    number("benign", "", "accepted", memory=64 << 20, vcpus=4096, has={"source.vcpus": 4096})
    for name, value in (("negative", -1), ("10-to-19", 10 ** 19), ("2-to-64", 1 << 64), ("text", "large"), ("0", 0),
                        ("2-to-51", 1 << 51)):
        s.ova("xml", f"xml-number-capacity-{name}", "refused", tar(member("x.ovf", ovf(disk(capacity=value))), DISK),
              ["capacity", "Disk"])
    s.ova("xml", "xml-number-capacity-overflow", "refused", tar(member("x.ovf", ovf(disk(
        capacity=1 << 40, more='ovf:capacityAllocationUnits="byte * 2^40"'))), DISK), ["capacity", "Disk"])
    s.ova("xml", "xml-number-capacity-unit", "refused", tar(member("x.ovf", ovf(disk(
        more='ovf:capacityAllocationUnits="byte * 2^4096"'))), DISK), ["unit", "Disk"])
    s.ova("xml", "xml-number-blank-huge", "refused", tar(member("x.ovf", ovf(disk(None, 1 << 62)))), ["capacity", "Disk"])
    xml(s, "100000-items", "refused", ovf(items=item(1) * 100000), "Item")
    xml(s, "2000-items-benign", "accepted", ovf(items="".join(item(1, "", 10000 + i) for i in range(2000))), quiet=True)
    xml(s, "300-disks", "refused", ovf(*[disk(None)] * 300), "disks")
    xml(s, "200-disks-benign", "accepted", ovf(*[disk(None)] * 200), quiet=True)
    xml(s, "65-nics", "refused", ovf(items=item(10, "<rasd:Connection>n</rasd:Connection>") * 65), "network")
    xml(s, "64-nics-benign", "accepted", ovf(items="".join(item(10, "", 2000 + i) for i in range(64))), quiet=True)
    s.ova("xml", "xml-100000-files", "safe", tar(member("x.ovf", ovf().replace(
        b"</References>", b'<File ovf:id="x" ovf:href="y"/>' * 100000 + b"</References>")), DISK))


def words_in_it(s):
    """Unusual, but harmless: they stay as they are."""
    names = {"slash": "a/b", "dotdot": "../../etc/passwd", "newline": "a\nb", "quotes": "a\"b'c", "option": "-o",
             "dot": "..", "absolute": "/etc/passwd", "c1": "a\x9b31mb", "del": "a\x7fb", "shell": "$(reboot);`id`|&",
             "json": 'json:{"driver":"file"}', "long": "n" * 4000, "unicode": "\u202eabc\u2028",
             "format": "%s%n%d", "tilde": "~root"}
    for name, text in names.items():
        body = text.replace("&", "&amp;").replace("<", "&lt;")
        xml(s, f"name-{name}-benign", "accepted", ovf(name=f"<Name>{body}</Name>"), has={"source.name": text})
    macs = {"text": "no MAC", "long": "00:50:56:aa:bb:cc:dd", "short": "00:50", "quote": "00'>\"&lt;!--", "hex": "0x5056aabbcc"}
    for name, mac in macs.items():
        xml(s, f"mac-{name}", "accepted", ovf(items=item(10, f"<rasd:Address>{mac}</rasd:Address>")),
            has={"source.nics.0.mac": None})
    xml(s, "mac-benign", "accepted", ovf(items=item(10, "<rasd:Address>00:50:56:AA:BB:CC</rasd:Address>")),
        has={"source.nics.0.mac": "00:50:56:aa:bb:cc"}, quiet=True)
    xml(s, "no-such-configuration", "refused", ovf(), "none", args=["--configuration", "none"])
    xml(s, "hardware-twice-id", "safe", ovf(items=item(17, "<rasd:HostResource>ovf:/disk/d0</rasd:HostResource>", 6)))
    xml(s, "disk-resource-path", "refused", ovf().replace(b"ovf:/disk/d0", b"ovf:/disk/../../etc"), "Disk")
    xml(s, "parent-loop", "safe", ovf(items=item(6, "<rasd:Parent>77</rasd:Parent>", 77)))
    xml(s, "no-such-file", "refused", ovf().replace(b'ovf:fileRef="f0"', b'ovf:fileRef="/etc/passwd"'), "/etc/passwd")
    xml(s, "delta-disk", "refused", ovf(disk(more='ovf:parentRef="d0"')), ["Disk", "disk.vmdk"])


def manifests(s):
    text, image = ovf(), vmdk()
    whole = sums(x__ovf=text, disk__vmdk=image)

    def manifest(name, expect, lines, words="", **more):
        s.ova("manifest", f"manifest-{name}", expect,
              tar(member("x.ovf", text), member("x.mf", lines), DISK), words, **more)

    manifest("benign", "accepted", whole, quiet=True)
    manifest("upper-case-benign", "accepted", b"\n".join(
        line.partition(b"=")[0] + b"= " + line.partition(b"=")[2].strip().upper()
        for line in whole.splitlines()), quiet=True)
    manifest("sha1-sha512-benign", "accepted", sums("SHA1", x__ovf=text) + sums("SHA512", disk__vmdk=image), quiet=True)
    secret = (s.outside / "secret").read_bytes()
    for name, path in (("dotdot", "../../outside/secret"), ("absolute", str(s.outside / "secret")),
                       ("dotdot-right", "../outside/secret")):
        digest = secret if name.endswith("right") else b"x"
        manifest(name, "warning", whole + sums(**{path: digest}), "secret")
    manifest("passwd", "warning", whole + sums(**{"/etc/passwd": b"x"}), "/etc/passwd")
    manifest("control-bytes", "warning", whole + b"SHA1(evil\x1b[31m\x9b)= 00\n", "evil")
    manifest("not-there", "warning", whole + sums(gone__vmdk=b"x"), "gone.vmdk")
    manifest("algorithm", "warning", sums(x__ovf=text) + b"MD5(disk.vmdk)= 00112233445566778899aabbccddeeff\n",
             ["disk.vmdk", "algorithm"])
    manifest("algorithm-long", "warning", whole + b"S" * 4000 + b"(disk.vmdk)= 00\n", "")
    manifest("no-line", "warning", whole + b"this is no line\n", "x.mf")
    manifest("nul", "refused", whole + b"\0\0\0\n" + sums(disk__vmdk=b"other"), "disk.vmdk")
    manifest("nul-hides", "warning", b"\0" + whole, "x.mf")
    manifest("binary", "safe", hashlib.shake_256(b"junk").digest(4096))
    manifest("mismatch", "refused", sums(x__ovf=text, disk__vmdk=b"other"), "disk.vmdk")
    manifest("mismatch-ovf", "refused", sums(x__ovf=b"other", disk__vmdk=image), "x.ovf")
    manifest("mismatch-second", "refused", whole + sums(disk__vmdk=b"other"), "disk.vmdk")
    manifest("mismatch-unchecked-benign", "accepted", sums(disk__vmdk=b"other"), args=["--no-verify"], quiet=True)
    manifest("digest-short", "refused", b"SHA256(disk.vmdk)= 00\n", "disk.vmdk")
    manifest("digest-of-other-size", "refused",
             b"SHA256(disk.vmdk)= " + hashlib.sha1(image).hexdigest().encode() + b"\n", "disk.vmdk")
    manifest("itself", "warning", whole + sums(x__mf=b"x"), "lists itself")
    manifest("20000-lines", "refused", b"SHA1(gone)= 00\n" * 20000, ["x.mf", "manifest"])
    manifest("50000-empty-lines", "safe", whole + b"\n" * 50000)
    # Each member is hashed once however often it is named.
    large = RAW + bytes(31 * MIB)
    s.ova("manifest", "manifest-9000-times-benign", "accepted", quiet=True, chunks=tar(
        member("x.ovf", ovf(disk("disk.raw", 32 * MIB, ""))), member("x.mf", sums(disk__raw=large) * 9000 + sums(
            x__ovf=ovf(disk("disk.raw", 32 * MIB, "")))),
        member("disk.raw", RAW, 31 * MIB)))


def make(s):
    for part in (trees, numbers, words_in_it, manifests):
        part(s)
