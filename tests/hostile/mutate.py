# SPDX-License-Identifier: LGPL-2.1-or-later
"""Changes of metadata, which a seed of random numbers chooses."""

import collections
import re

WORD = re.compile(rb"\d+|\"[^\"]*\"")
NUMBERS = [0, 1, 2, 3, 0x7F, 0x80, 0xFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x7FFFFFFFFFFFFFFF, 0x8000000000000000,
           0xFFFFFFFFFFFFFFFF]
FIXED = 0.8  # of the changes get past the checksum

# What is written where, for undo too.
Change = collections.namedtuple("Change", "offset data what")


def _place(random, block, size):
    """Of a field: what is all zeros is seldom used."""
    for _ in range(40):
        at = random.randrange(max(1, len(block) // size)) * size
        if any(block[at:at + size]):
            break
    return at


def _field(random, block):
    size = random.choice((1, 2, 2, 4, 4, 4, 8))
    at = _place(random, block, size)
    order = random.choice(("little", "big"))
    old = int.from_bytes(block[at:at + size], order)
    new = random.choice((lambda: random.choice(NUMBERS), lambda: old ^ 1 << random.randrange(size * 8), lambda: old + random.choice((1, -1)),
                         lambda: old * 2, lambda: old // 2, lambda: random.getrandbits(size * 8), lambda: old + random.randrange(-64, 64)))()
    block[at:at + size] = (new % (1 << 8 * size)).to_bytes(size, order)[:len(block) - at]


def _run(random, block):
    """Some bytes are elsewhere, or gone."""
    size = min(random.choice((8, 16, 32, 64, 256)), len(block))
    to = random.randrange(len(block) - size + 1)
    at = random.randrange(len(block) - size + 1)
    block[to:to + size] = random.choice((bytes(size), b"\xff" * size, block[at:at + size], random.randbytes(size)))


def _put_text(block, text):
    """In place of what was there: its size stays.  Behind texts is room, in which they grow."""
    block[:] = text[:len(block)].ljust(len(block), b"\0")


def _words(random, block):
    """Of a text: one is another."""
    words = list(WORD.finditer(block))
    if not words:
        return
    word, other = random.choice(words), random.choice(words)
    if word[0].isdigit():
        new = str(random.choice((*NUMBERS, -1, int(word[0]) + 1, 10 ** random.randrange(20)))).encode()
    else:
        new = random.choice((b'""', other[0], b'"../../x"', b'"' + b"a" * random.choice((8, 200)) + b'"'))
    _put_text(block, block[:word.start()] + new + block[word.end():])


def _lines(random, block):
    """Of a text: a part is there twice, or not, or as the other one."""
    words = list(WORD.finditer(block))
    if not words:
        return
    first, last = sorted((random.choice(words).start(), random.choice(words).end()))
    part = block[first:last]
    _put_text(block, block[:first] + random.choice((b"", part + part, part[::-1])) + block[last:])


def _change(random, block, others):
    """A way to change the data of a block."""
    pick = random.random()
    if block.is_text and pick < 0.9:
        return random.choice((_words, _words, _lines))
    if pick < 0.82:
        return _field
    if pick < 0.96 or not others:
        return _run
    return lambda random, data: data.__setitem__(slice(None), random.choice(others).ljust(len(data), b"\0")[:len(data)])


def changes(random, found, read):
    """Changes of one image, in which the blocks @found are; @read(offset, size) reads it."""
    result = []
    for _ in range(random.choice((1, 1, 1, 2, 3, 5))):
        name = random.choice(sorted(found))
        block = random.choice(found[name])
        data = bytearray(read(block.offset, block.size))
        other = random.choice(found[name])
        others = [read(other.offset, other.size)] if other is not block else []
        for _ in range(random.choice((1, 1, 2, 3, 8))):
            _change(random, block, others)(random, data)
        fixed = bool(block.fix) and random.random() < FIXED
        if fixed:
            block.fix(data)
        result.append(Change(block.offset, bytes(data), f"{name}@{block.offset}{'+' if fixed else ''}"))
    return result
