#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Print a mounted tree, one line a file: all that an undo must give back.

Name, type and mode, owner, links, modification and (but for links) access
time, flags of chattr, extended attributes, and the content's SHA-256 or the link's target.
"""
import array
import fcntl
import hashlib
import os
import stat
import sys

GETFLAGS = 0x80086601


def flags_of(path, st):
    if not (stat.S_ISREG(st.st_mode) or stat.S_ISDIR(st.st_mode)):
        return 0
    flags = array.array("l", [0])
    fd = os.open(path, os.O_RDONLY | os.O_NOATIME | os.O_NOFOLLOW)
    try:
        fcntl.ioctl(fd, GETFLAGS, flags)
    finally:
        os.close(fd)
    return flags[0] & 0x1FF  # without those that are the filesystem's own


def content_of(path, st):
    if stat.S_ISLNK(st.st_mode):
        return os.readlink(path)
    if not stat.S_ISREG(st.st_mode):
        return "-"
    digest = hashlib.sha256()
    with open(os.open(path, os.O_RDONLY | os.O_NOATIME), "rb") as f:
        while block := f.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def line(root, path):
    st = os.lstat(path)
    xattrs = sorted((name, os.getxattr(path, name, follow_symlinks=False).hex())
                    for name in os.listxattr(path, follow_symlinks=False))
    return "\t".join(map(str, (
        path[len(root):] or "/", oct(st.st_mode), st.st_uid, st.st_gid,
        0 if stat.S_ISDIR(st.st_mode) else st.st_nlink, st.st_mtime_ns,
        0 if stat.S_ISLNK(st.st_mode) else st.st_atime_ns, hex(flags_of(path, st)), xattrs, content_of(path, st))))


def main():
    root = sys.argv[1].rstrip("/")
    for directory, _, files in os.walk(root):
        print(line(root, directory))
        for name in files:
            print(line(root, os.path.join(directory, name)))
        for name in os.listdir(directory):
            path = os.path.join(directory, name)
            if os.path.islink(path) and os.path.isdir(path):
                print(line(root, path))


main()
