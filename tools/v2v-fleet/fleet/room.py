# SPDX-License-Identifier: LGPL-2.1-or-later
"""Room at the target: each job reserves what it will need, so that two that fit alone do not both begin where they do not together.

A reservation is a file NAME.room with the number of bytes, locked by the job: one whose job was killed counts no more.
"""

import contextlib
import os

from fleet import files
from fleet.error import Failed


def wanted(path):
    """The number in a reservation; 0 of one that is damaged, which says nothing."""
    with open(path, "rb") as text:
        number = text.read(32)
    return int(number) if number.isdigit() else 0


def reserved_by_others(place, name):
    """Bytes that running jobs have reserved and not yet written.  What nobody holds is removed.  With room.lock held, under which
    reservations come and go."""
    total = 0
    for entry in os.listdir(place.machines):
        other = entry.removesuffix(".room")
        path = os.path.join(place.machines, entry)
        if other == entry or other == name:
            continue
        if not files.is_locked(path):
            os.unlink(path)
            continue
        total += max(0, wanted(path) - files.size_below(os.path.join(place.of(other, "work"), "out")))
    return total


def drop(place, name):
    """Remove the reservation of a job of this machine that was killed.  With the machine's lock held."""
    path = place.of(name, "room")
    if not os.path.exists(path):
        return
    gate = files.lock(place.file("room.lock"))
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass
    finally:
        os.close(gate)


@contextlib.contextmanager
def reserve(place, name, need):
    """Hold @need bytes for a job; fails where they are not there."""
    path = place.of(name, "room")
    gate = files.lock(place.file("room.lock"))
    try:
        held = reserved_by_others(place, name)
        space = os.statvfs(place.out)
        free = space.f_bavail * space.f_frsize
        if need > free - held:
            raise Failed("target-no-space", f"'{place.out}' has {free} bytes free, of which {held} are reserved by other "
                         f"machines; {need} are needed")
        handle = files.lock(path)
        os.ftruncate(handle, 0)
        os.write(handle, b"%d" % need)
    finally:
        os.close(gate)
    try:
        yield
    finally:
        gate = files.lock(place.file("room.lock"))
        os.unlink(path)
        os.close(handle)
        os.close(gate)
