# SPDX-License-Identifier: LGPL-2.1-or-later
"""Lines of manifests that hide something, or want to see something."""

import hashlib

from build import member, ovf, tar
from disks import vmdk

OVF, DISK = member("x.ovf", ovf()), member("disk.vmdk", vmdk())


def make(s):
    """No line, and no way to write one, makes a disk unchecked in silence, or reports what is not a member."""
    wrong, right = "0" * 64, hashlib.sha256(vmdk()).hexdigest()
    of_ovf = f"SHA256(x.ovf)= {hashlib.sha256(ovf()).hexdigest()}\n"

    def manifest(name, expect, text, words="", **more):
        s.ova("manifest-line", name, expect, tar(OVF, member("x.mf", text.encode()), DISK), words, **more)

    manifest("manifest-openssl-3-benign", "accepted", of_ovf + f"SHA2-256(disk.vmdk)= {right}\n", quiet=True)
    manifest("manifest-sums-benign", "accepted", f"# by hand\n{of_ovf}{right} *./disk.vmdk\n", quiet=True)
    manifest("manifest-empty", "warning", "", "leaves out")
    manifest("manifest-self", "warning", f"SHA256(x.mf)= {wrong}\n{of_ovf}SHA256(disk.vmdk)= {right}\n", "lists itself")
    for name, line in (("behind", f"SHA256(x.mf)= {wrong}\nSHA256(disk.vmdk)= {wrong}"),
                       ("before", f"SHA256(disk.vmdk)= {wrong}\nSHA256(x.mf)= {wrong}"),
                       ("case", f"SHA256(X.MF)= {wrong}\nSHA256(DISK.VMDK)= {wrong}"),
                       ("twice", f"SHA256(disk.vmdk)= {right}\nSHA256(./disk.vmdk)= {wrong}"),
                       ("sums", f"{wrong}  x.mf\n{wrong}  disk.vmdk"),
                       ("sha384", f"SHA384(disk.vmdk)= {wrong}")):
        manifest(f"manifest-hides-{name}", "refused", line + "\n", "disk.vmdk")
    for name, line in (("one-line", f"SHA256(x.mf)= {wrong} SHA256(disk.vmdk)= {wrong}"),
                       ("two-names", f"SHA256(x.mf)(disk.vmdk)= {wrong}"),
                       ("zero", f"SHA256(x.mf)= \0{wrong}\0SHA256(disk.vmdk)= {wrong}"),
                       ("comment", f"#SHA256(disk.vmdk)= {wrong}"),
                       ("algorithm", f"SHA3-256(disk.vmdk)= {wrong}")):
        manifest(f"manifest-unchecked-{name}", "warning", line + "\n", ["disk.vmdk", "x.ovf"])
    for name, line in (("sum", f"{wrong}  ../outside/secret"), ("escaped", f"\\{wrong}  {s.outside}/secret\\nx"),
                       ("quoted", f'SHA256("../outside/secret")= {wrong}'),
                       ("backslash", f"SHA256(..\\outside\\secret)= {wrong}")):
        manifest(f"manifest-outside-{name}", "warning", line + "\n", "not in the OVA")
    s.ova("manifest-line", "manifest-3000-in-other-case-benign", "accepted", tar(
        OVF, DISK, member("x.mf", (of_ovf + f"{right}  DISK.VMDK\n" + "".join(
            f"SHA1(M{i})= da39a3ee5e6b4b0d3255bfef95601890afd80709\n" for i in range(3000))).encode()),
        *(member(f"m{i}") for i in range(9000))), quiet=True)
