# SPDX-License-Identifier: LGPL-2.1-or-later
"""From the work directory to the final names: what is there is whole, and nothing of others is replaced."""

import os

from fleet import files
from fleet.error import Failed


def renamed(value, old, new):
    """A document in which every name below the directory @old is one below @new."""
    if isinstance(value, dict):
        return {key: renamed(item, old, new) for key, item in value.items()}
    if isinstance(value, list):
        return [renamed(item, old, new) for item in value]
    if isinstance(value, str) and value.startswith(old + "/"):
        return new + value[len(old):]
    return value


def names_below(value, folder):
    """All strings in a document that name something below a directory."""
    if isinstance(value, dict):
        return [name for item in value.values() for name in names_below(item, folder)]
    if isinstance(value, list):
        return [name for item in value for name in names_below(item, folder)]
    return [value] if isinstance(value, str) and value.startswith(folder + "/") else []


def check(names, folder):
    """Fails where one of the names is taken."""
    for name in names:
        path = os.path.join(folder, name)
        if os.path.lexists(path):
            raise Failed("file-exists", f"'{path}' exists")


def move(source, target):
    """Give a file its final name, without replacing; done already is done."""
    if not os.path.lexists(source) and os.path.lexists(target):
        return
    try:
        files.rename_new(source, target)
    except FileExistsError as error:
        if not os.path.samefile(source, target):
            raise Failed("file-exists", f"'{target}' exists") from error
        os.unlink(source)


def publish(names, source, target):
    """Move all of them.  After a crash in the middle, the same call goes on."""
    for name in names:
        move(os.path.join(source, name), os.path.join(target, name))
    handle = os.open(target, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
