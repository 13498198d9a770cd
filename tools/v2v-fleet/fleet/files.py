# SPDX-License-Identifier: LGPL-2.1-or-later
"""Files that are seen whole or not at all, and locks."""

import ctypes
import errno
import fcntl
import hashlib
import json
import os
import tempfile
import time

from fleet.error import Failed

LIBC = ctypes.CDLL(None, use_errno=True)
AT_FDCWD, RENAME_NOREPLACE = -100, 1
NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS)
STALE = 3600  # seconds after which a temporary file is one of a program that was killed


def renameat2(source, target):
    """renameat2(2), which the standard library has not: rename, and fail where the target exists."""
    if LIBC.renameat2(AT_FDCWD, os.fsencode(source), AT_FDCWD, os.fsencode(target), RENAME_NOREPLACE) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), target)


def link(source, target):
    """The same for file systems that only have links, as NFS."""
    os.link(source, target, follow_symlinks=False)
    os.unlink(source)


def rename_new(source, target):
    """Give a file another name, which must be free: FileExistsError where it is not."""
    try:
        renameat2(source, target)
        return
    except OSError as error:
        if error.errno not in (errno.EINVAL, *NO_LINKS):
            raise
    try:
        link(source, target)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        # neither of them is known here
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), target) from error
        os.rename(source, target)


def temporary_prefix(path):
    """How the temporary files of a file begin; they end with .tmp, which no file of a machine does."""
    return f".{hashlib.sha256(os.fsencode(os.path.basename(path))).hexdigest()[:16]}."


def write_text(path, text, replace=True, sync=True):
    """Write a file by rename.  Without @replace one that is there stays, and False is returned."""
    handle, new = tempfile.mkstemp(prefix=temporary_prefix(path), suffix=".tmp", dir=os.path.dirname(path))
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="surrogateescape") as out:
            out.write(text)
            out.flush()
            os.fchmod(out.fileno(), 0o644)
            if sync:
                os.fsync(out.fileno())
        if replace:
            os.replace(new, path)
        else:
            rename_new(new, path)
        return True
    except FileExistsError:
        os.unlink(new)
        return False
    except BaseException as error:
        if os.path.exists(new):
            os.unlink(new)
        if isinstance(error, OSError) and error.filename is None:
            error.filename = path
        raise


def remove_temporaries(path):
    """Of a file that nobody else writes: they are of a program that was killed."""
    folder, prefix = os.path.dirname(path), temporary_prefix(path)
    for entry in os.listdir(folder):
        if entry.startswith(prefix) and entry.endswith(".tmp"):
            os.unlink(os.path.join(folder, entry))


def remove_stale(folder):
    """Remove the old temporary files in a folder."""
    for entry in os.listdir(folder):
        path = os.path.join(folder, entry)
        try:
            if entry.startswith(".") and entry.endswith(".tmp") and os.lstat(path).st_mtime < time.time() - STALE:
                os.unlink(path)
        except FileNotFoundError:
            pass


def write_json(path, value, replace=True, sync=True):
    """The same as write_text(), of an object."""
    return write_text(path, json.dumps(value, indent=1) + "\n", replace, sync)


def read_json(path, shape):
    """The object in a file, None where there is no file.  @shape: its members, each with the types that it may have, [TYPE] for a list
    of such; a value that is none of them, and a file that is broken, fail."""
    try:
        with open(path, encoding="utf-8") as text:
            value = json.load(text)
    except FileNotFoundError:
        return None
    except (ValueError, RecursionError) as error:
        raise Failed("document-broken", f"'{path}' is damaged: not JSON") from error
    if not isinstance(value, dict):
        raise Failed("document-broken", f"'{path}' is damaged: not an object")
    for key, types in shape.items():
        if not any(fits(value.get(key), each) for each in types):
            raise Failed("document-broken", f"'{path}' is damaged: '{key}' is missing or not what it should be")
    return value


def fits(value, shape):
    """Has a value this shape: a type, a value, [TYPE] for a list or {KEY: TYPE} for an object?  A boolean is not a number."""
    if isinstance(shape, list):
        return isinstance(value, list) and all(fits(item, shape[0]) for item in value)
    if isinstance(shape, dict):
        return isinstance(value, dict) and all(any(fits(value.get(key), each) for each in types) for key, types in shape.items())
    if isinstance(shape, type):
        return isinstance(value, shape) and isinstance(value, bool) == (shape is bool)
    return value == shape and isinstance(value, bool) == isinstance(shape, bool)


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
    """Does somebody hold the lock of this file?  Whoever may read it can ask; who wants it just now tries more than once."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return False
    except BlockingIOError:
        return True
    finally:
        os.close(handle)


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
