# SPDX-License-Identifier: LGPL-2.1-or-later
"""Files that are seen whole or not at all, and locks."""

import fcntl
import json
import os
import tempfile
import time


def write_text(path, text, replace=True):
    """Write a file by rename.  Without @replace one that is there stays, and False is returned."""
    folder, base = os.path.split(path)
    handle, new = tempfile.mkstemp(prefix=f".{base[:200]}.", dir=folder)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="surrogateescape") as out:
            out.write(text)
            out.flush()
            os.fchmod(out.fileno(), 0o644)
            os.fsync(out.fileno())
        if replace:
            os.replace(new, path)
            return True
        os.link(new, path)
        os.unlink(new)
        return True
    except FileExistsError:
        os.unlink(new)
        return False
    except BaseException:
        if os.path.exists(new):
            os.unlink(new)
        raise


def write_json(path, value, replace=True):
    """The same, of an object."""
    return write_text(path, json.dumps(value, indent=1) + "\n", replace)


def read_json(path):
    """The object in a file, None where there is none or it is broken."""
    try:
        with open(path, encoding="utf-8") as text:
            value = json.load(text)
    except (FileNotFoundError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def lock(path, wait=True, tries=1):
    """Open and lock a file; the descriptor, which holds the lock until it and its copies are closed.  None: another holds it."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            return handle
        except BlockingIOError:
            tries -= 1
            if tries <= 0:
                os.close(handle)
                return None
            time.sleep(0.1)


def is_locked(path):
    """Does somebody hold the lock of this file?  Who wants it just now tries more than once."""
    if not os.path.exists(path):
        return False
    handle = lock(path, wait=False)
    if handle is not None:
        os.close(handle)
    return handle is None


def size_below(path):
    """Bytes that a file, or a folder with all beneath it, takes on its file system."""
    total = 0
    try:
        if not os.path.isdir(path):
            return os.lstat(path).st_blocks * 512
        for folder, _, names in os.walk(path):
            for name in names:
                try:
                    total += os.lstat(os.path.join(folder, name)).st_blocks * 512
                except FileNotFoundError:
                    pass
    except FileNotFoundError:
        pass
    return total
