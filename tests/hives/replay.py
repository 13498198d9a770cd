#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Replay of a hive's transaction logs once more, without any of the library's code: replay.py DIR... compares.

Each DIR has HIVE, HIVE.LOG1, HIVE.LOG2, HIVE.LOG as far as they exist, and what the library made of them: "result", or the
code of its "error".  They must be the same, byte for byte; the last line says how many were.  test-hive DIR and
test-hive-flips DIR make such cases.
"""

import functools
import pathlib
import struct
import sys

MOST = 1 << 20  # as the test says
PRIMARY, LOG, LOG_2000, LOG_ENTRIES = 0, 1, 2, 6


class Dirty(Exception):
    """There is no way to make it whole."""


class NotAHive(Exception):
    pass


def u32(data, at):
    return int.from_bytes(data[at:at + 4], "little")


def u64(data, at):
    return int.from_bytes(data[at:at + 8], "little")


def marvin(data):
    def turn(value, by):
        return ((value << by) | (value >> (32 - by))) & 0xFFFFFFFF

    a, b = 0x7A4E55C5, 0x82EF4D88
    padded = data + b"\x80" + bytes(3 - len(data) % 4)
    for (value,) in struct.iter_unpack("<I", padded + bytes(4)):
        a = (a + value) & 0xFFFFFFFF
        b ^= a
        a = (turn(a, 20) + b) & 0xFFFFFFFF
        b = turn(b, 9) ^ a
        a = (turn(a, 27) + b) & 0xFFFFFFFF
        b = turn(b, 19)
    return b << 32 | a


def checksum(block):
    total = 0
    for (value,) in struct.iter_unpack("<I", block[:508]):
        total ^= value
    return {0: 1, 0xFFFFFFFF: 0xFFFFFFFE}.get(total, total)


def is_sound(data):
    return len(data) >= 512 and data[:4] == b"regf" and checksum(data) == u32(data, 508)


def is_understood(data):
    bins = u32(data, 40)
    return u32(data, 20) == 1 and u32(data, 32) == 1 and bins and bins % 4096 == 0


def distance(a, b):
    """From sequence number b to a, negative where a is earlier; they wrap."""
    return (a - b + (1 << 31)) % (1 << 32) - (1 << 31)


class Entry:
    def __init__(self, data, at):
        head = data[at:at + 40]
        self.size = u32(head, 4)
        body = data[at + 40:at + self.size]
        self.is_real = (len(head) == 40 and head[:4] == b"HvLE" and self.size >= 512 and self.size % 512 == 0
                        and at + self.size <= len(data) and marvin(head[:32]) == u64(head, 32) and marvin(body) == u64(head, 24))
        if not self.is_real:
            return
        self.flags, self.sequence, self.bins, count = (u32(head, 8), u32(head, 12), u32(head, 16), u32(head, 20))
        self.is_good = self.bins and self.bins % 4096 == 0 and self.bins <= MOST and 8 * count <= len(body)
        if not self.is_good:
            return
        self.pages, rest = [], body[8 * count:]
        for to, size in struct.iter_unpack("<II", body[:8 * count]):
            if size > len(rest) or to + size > self.bins:
                self.is_good = False
                return
            self.pages.append((to, rest[:size]))
            rest = rest[size:]


read_entry = functools.lru_cache(None)(Entry)


def classify(data):
    """What a log is ("", "damaged", "pages", "entries"), and its chain of entries."""
    if not any(data[:512]):
        return "", []
    if not is_sound(data) or not is_understood(data) or u32(data, 40) > MOST or u32(data, 4) != u32(data, 8):
        return "damaged", []
    if u32(data, 28) in (LOG, LOG_2000):
        return "pages", []
    chain, at, expected = [], 512, u32(data, 4)
    while u32(data, 28) == LOG_ENTRIES:
        entry = read_entry(data, at)
        if not entry.is_real or not entry.is_good or entry.sequence != expected:
            break
        chain.append(entry)
        at, expected = at + entry.size, (expected + 1) % (1 << 32)
    return ("entries" if chain else "damaged"), chain


def grow(hive, bins):
    hive.extend(bytes(max(0, 4096 + bins - len(hive))))


def restore(hive, log):
    hive[:512] = log[:512]
    hive[28:32] = bytes(4)


def chosen(hive, logs, chains, has_damaged):
    """The entries to be applied, in order."""
    whole, chains = chains, [chain for chain in chains if chain]
    if len(chains) == 2 and distance(chains[0][0].sequence, chains[1][0].sequence) > 0:
        chains.reverse()
    if not is_sound(hive):
        if has_damaged:
            raise Dirty
        restore(hive, logs[whole.index(chains[-1])])
        if len(chains) == 2 and distance(chains[1][0].sequence, chains[0][-1].sequence) == 1:
            return chains[0] + chains[1]
        return chains[-1]
    todo, expected = [], u32(hive, 8)
    for chain in chains:
        if todo:
            if distance(chain[0].sequence, todo[-1].sequence) == 1:
                todo += chain
        elif distance(chain[-1].sequence, expected) >= 0:
            if distance(chain[0].sequence, expected) < 0 or chain[0].sequence != expected and has_damaged:
                raise Dirty
            todo = list(chain)
    return todo


def replay_entries(hive, logs, kinds, chains):
    todo = chosen(hive, logs, chains, "damaged" in kinds)
    if not todo:
        raise Dirty
    for entry in todo:
        grow(hive, entry.bins)
        for to, page in entry.pages:
            hive[4096 + to:4096 + to + len(page)] = page
        hive[144] = hive[144] & 0xFE | entry.flags & 1
        hive[40:44] = entry.bins.to_bytes(4, "little")
    for log in logs:
        for at in range(512, len(log), 512):
            entry = read_entry(log, at)
            if entry.is_real and distance(entry.sequence, todo[-1].sequence) > 0:
                raise Dirty
    return (todo[-1].sequence + 1) % (1 << 32)


def replay_pages(hive, logs, kinds):
    sound = is_sound(hive)
    stamp = u64(hive, 12) if sound else u64(hive, 4096 + 20)
    log = next((log for log, kind in zip(logs, kinds) if kind == "pages" and u64(log, 12) == stamp), None)
    if log is None or log[512:516] != b"DIRT":
        raise Dirty
    bins = u32(log, 40)
    bitmap = log[516:516 + bins // 4096]
    start = (516 + bins // 4096 + 511) // 512 * 512
    dirty = [i for i, bits in enumerate(bitmap) if bits]
    if len(bitmap) < bins // 4096 or set(bitmap) - {0, 255} or not dirty or start + 4096 * len(dirty) > len(log):
        raise Dirty
    grow(hive, bins)
    for number, block in enumerate(dirty):
        hive[4096 * (block + 1):4096 * (block + 2)] = log[start + 4096 * number:start + 4096 * (number + 1)]
    sequence = u32(hive, 4) if sound else u32(log, 4)
    if not sound:
        restore(hive, log)
    hive[40:44] = bins.to_bytes(4, "little")
    return sequence


def check_bins(hive):
    at, end = 4096, 4096 + u32(hive, 40)
    while at < end:
        size = u32(hive, at + 8)
        if hive[at:at + 4] != b"hbin" or u32(hive, at + 4) != at - 4096 or not size or size % 4096 or at + size > end:
            raise Dirty
        at += size


def replay(hive, logs):
    """The hive made whole; None where it is clean."""
    sound = is_sound(hive)
    if sound and u32(hive, 4) == u32(hive, 8):
        return None
    if len(hive) < 8192 or hive[:4] != b"regf" and hive[4096:4100] != b"hbin":
        raise NotAHive
    if sound and (not is_understood(hive) or u32(hive, 28) != PRIMARY):
        raise NotAHive
    if len(hive) > 4096 + MOST or sound and u32(hive, 40) > MOST:
        raise Dirty
    hive = bytearray(hive)
    logs = logs[:2] if any(any(log[:512]) for log in logs[:2]) else [logs[2], logs[1]]
    kinds, chains = zip(*map(classify, logs))
    if "entries" in kinds:
        sequence = replay_entries(hive, logs, kinds, chains)
    else:
        sequence = replay_pages(hive, logs, kinds)
    check_bins(hive)
    hive[4:12] = 2 * sequence.to_bytes(4, "little")
    hive[508:512] = checksum(hive).to_bytes(4, "little")
    return bytes(hive)


def compare(folder):
    read_entry.cache_clear()

    def read(name):
        path = folder / name
        return path.read_bytes() if path.exists() else b""

    code, result = "", b""
    try:
        result = replay(read("HIVE"), [read("HIVE.LOG1"), read("HIVE.LOG2"), read("HIVE.LOG")]) or b""
    except Dirty:
        code = "registry-dirty"
    except NotAHive:
        code = "registry"
    if code != read("error").decode():
        return f"{code or 'a hive'} instead of {read('error').decode() or 'a hive'}"
    return "" if result == read("result") else "another hive"


def main():
    folders = [pathlib.Path(folder) for folder in sys.argv[1:]]
    differences = {folder: compare(folder) for folder in folders}
    for folder, difference in differences.items():
        if difference:
            print(f"{folder}: {difference}")
    print(f"{sum(not d for d in differences.values())} of {len(folders)} are the same")
    return any(differences.values())


if __name__ == "__main__":
    sys.exit(main())
