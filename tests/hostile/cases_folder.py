# SPDX-License-Identifier: LGPL-2.1-or-later
"""OVAs in a folder, a descriptor alone, and hrefs that lead out of any container."""

import os

from build import MIB, disk, gz, member, ovf, sums, tar, write
from disks import RAW, vmdk

OUT = ["not in it", "leads out", "not a regular file", "link"]


def folder(s, name, expect, words="", disks=(), prepare=None, alone=None, **more):
    """A case for the folder and one for its descriptor, "-bare"; alone: what that expects, if not the same."""
    for bare in (False, True):
        title = name + "-bare" if bare else name
        expect = (alone or expect) if bare else expect
        path = s.folder(title)
        write(path / "x.ovf", ovf(*disks))
        write(path / "disk.vmdk", vmdk())
        if prepare:
            prepare(path)
        s.case("folder", title, expect, path / "x.ovf" if bare else path, words, **more)


def instead(target):
    def prepare(path):
        (path / "disk.vmdk").unlink()
        os.symlink(target, path / "disk.vmdk")
    return prepare


def special(make):
    def prepare(path):
        (path / "disk.vmdk").unlink()
        make(path / "disk.vmdk")
    return prepare


def folders(s):
    good = s.outside / "good.vmdk"
    words = OUT + ["disk.vmdk"]
    folder(s, "folder-benign", "accepted", quiet=True, has={"source.disks.0.virtual_size": MIB})
    folder(s, "folder-manifest-benign", "accepted", quiet=True,
           prepare=lambda p: write(p / "x.mf", sums(x__ovf=ovf(), disk__vmdk=vmdk())))
    folder(s, "folder-subfolder-benign", "accepted", quiet=True, disks=[disk("sub/disk.vmdk")],
           prepare=lambda p: (os.mkdir(p / "sub"), write(p / "sub/disk.vmdk", vmdk())))
    folder(s, "folder-manifest-mismatch", "refused", "disk.vmdk",
           prepare=lambda p: write(p / "x.mf", sums(disk__vmdk=b"other")))
    folder(s, "folder-manifest-upper-case-mismatch", "refused", "disk.vmdk",
           prepare=lambda p: write(p / "x.MF", sums(disk__vmdk=b"other")))
    # Beside a lone descriptor anything may lie.
    folder(s, "folder-manifest-other-name-mismatch", "refused", "disk.vmdk", alone="accepted",
           prepare=lambda p: write(p / "other.mf", sums(disk__vmdk=b"other")))
    folder(s, "folder-manifest-of-another-benign", "accepted", quiet=True, prepare=lambda p: (
        write(p / "x.mf", sums(x__ovf=ovf(), disk__vmdk=vmdk())), write(p / "y.mf", sums(disk__vmdk=b"other"))))
    folder(s, "folder-two-manifests", "refused", "manifests", alone="accepted", prepare=lambda p: (
        write(p / "y.mf", b"\n"), write(p / "z.mf", b"\n")))
    folder(s, "folder-disk-symlink", "refused", words, prepare=instead(good))
    folder(s, "folder-disk-symlink-relative", "refused", words, prepare=instead("../outside/good.vmdk"))
    folder(s, "folder-disk-symlink-loop", "refused", words, prepare=instead("disk.vmdk"))
    folder(s, "folder-disk-symlink-zero", "refused", words, prepare=instead("/dev/zero"))
    folder(s, "folder-disk-fifo", "refused", words, prepare=special(os.mkfifo))
    folder(s, "folder-disk-socket", "refused", words, prepare=special(
        lambda p: os.mknod(p, 0o140644)))
    folder(s, "folder-disk-is-folder", "refused", words, prepare=special(os.mkdir))
    folder(s, "folder-disk-missing", "refused", words, prepare=lambda p: (p / "disk.vmdk").unlink())
    if os.geteuid() == 0:
        folder(s, "folder-disk-device", "refused", words, prepare=special(
            lambda p: os.mknod(p, 0o020644, os.makedev(1, 5))))
    folder(s, "folder-sub-symlink", "refused", OUT + ["sub/good.vmdk"], disks=[disk("sub/good.vmdk")],
           prepare=lambda p: os.symlink(s.outside, p / "sub"))
    folder(s, "folder-manifest-symlink", "refused", ["x.mf", "link"],
           prepare=lambda p: os.symlink(s.outside / "secret.mf", p / "x.mf"))
    folder(s, "folder-manifest-fifo", "refused", ["x.mf"], prepare=lambda p: os.mkfifo(p / "x.mf"))
    folder(s, "folder-manifest-dotdot", "warning", "outside/secret", prepare=lambda p: write(
        p / "x.mf", sums(**{"../outside/secret": b"x", str(s.outside / "secret"): b"x"})))
    folder(s, "folder-manifest-through-link", "warning", "sub/secret", prepare=lambda p: (
        os.symlink(s.outside, p / "sub"), write(p / "x.mf", sums(**{"sub/secret": b"x"}))))
    folder(s, "folder-disk-is-descriptor", "refused", "x.ovf", disks=[disk("x.ovf")])
    # Only the folder itself can show these.
    for name, target in (("secret", "secret"), ("good", "good.ovf")):
        path = s.folder(f"folder-ovf-symlink-{name}")
        os.symlink(s.outside / target, path / "x.ovf")
        write(path / "disk.vmdk", vmdk())
        s.case("folder", path.name, "refused", path, ["x.ovf", ".ovf"])
    path = s.folder("folder-two-ovf")
    for name in ("x.ovf", "y.ovf"):
        write(path / name, ovf())
    s.case("folder", path.name, "refused", path, ".ovf")
    s.case("folder", "folder-empty", "refused", s.folder("folder-empty"), ".ovf")
    for name in ("folder-ovf-fifo", "bare-ovf-fifo"):
        path = s.folder(name)
        os.mkfifo(path / "x.ovf")
        s.case("folder", name, "refused", path if name[0] == "f" else path / "x.ovf", ".ovf")
    write(s.folder("bare-ovf-17-mib") / "x.ovf", ovf(), b" " * 4096, 17 * MIB)
    s.case("folder", "bare-ovf-17-mib", "refused", s.root / "bare-ovf-17-mib/x.ovf", ["x.ovf", "16777216"])
    path = s.folder("folder-foreign-link-benign")
    write(path / "x.ovf", ovf())
    write(path / "disk.vmdk", vmdk())
    os.symlink("/etc/passwd", path / "notes")
    s.case("folder", path.name, "safe", path)


def hrefs(s):
    good = str(s.outside / "good.vmdk")
    names = {
        "dotdot": "../outside/good.vmdk", "absolute": good, "file-uri": "file://" + good,
        "percent-dotdot": "%2e%2e%2foutside%2fgood.vmdk", "percent-slash": "..%2Foutside%2Fgood.vmdk",
        "percent-absolute": good.replace("/", "%2F"), "within": "a/../../outside/good.vmdk",
        "percent-nul": "disk.vmdk%00.txt", "http": "http://127.0.0.1:9/disk.vmdk",
        "nbd": "nbd:unix:/tmp/none", "json": 'json:{"driver":"file","filename":"' + good + '"}',
        "twice-percent": "%252e%252e%252foutside%252fgood.vmdk", "empty": "", "dot": ".", "proc": "/proc/self/fd/0",
    }
    for name, href in names.items():
        words = OUT + ([href] if href.strip("./") else []) + ["href", "no File"]
        s.ova("href", f"href-{name}-tar", "refused", tar(member("x.ovf", ovf(disk(href))), member("other", b"x")), words)
        s.ova("href", f"href-{name}-gz", "refused",
              [gz(b"".join(tar(member("x.ovf", ovf(disk(href))), member("other", b"x"))))], words)
        folder(s, f"href-{name}-folder", "refused", words, disks=[disk(href)],
               prepare=lambda p: os.mkdir(p / "a"))
    s.ova("href", "href-gone-disk", "refused", tar(member("x.ovf", ovf(disk("gone.vmdk")))), "gone.vmdk")
    s.ova("href", "href-benign", "accepted", quiet=True, chunks=tar(
        member("x.ovf", ovf(disk("./a/disk%201.raw", form=""))), member("a/disk 1.raw", RAW)))
    s.ova("href", "href-one-file-two-disks", "safe", tar(
        member("x.ovf", ovf(disk(), disk())), member("disk.vmdk", vmdk())))


def make(s):
    folders(s)
    hrefs(s)
