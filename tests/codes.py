#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The codes of messages that the sources use: codes.py FOLDER... prints each, and where it is.

A code is a literal that is given to a parameter called "code" (v2v_fail(), v2v_warn() and whatever hands on to them), that
begins a struct v2v_error, or that is in the column "code" of a table.
"""

import pathlib
import re
import sys

STRING = r'"(?:[^"\\\n]|\\.)*"'
COMMENT = re.compile("(" + STRING + r")|/\*.*?\*/", re.S)
CODE = re.compile(r'"([a-z][a-z0-9-]*)"')
DEFINITION = re.compile(r"\b([a-z_0-9]+)\s*\(([^()]*\bconst char \*code\b[^()]*)\)")
INITIALISER = re.compile(r"struct v2v_error(?: \w+ =|\))\s*\{\s*" + CODE.pattern)
MEMBER = re.compile(r"\bcode = " + CODE.pattern)
DEFINE = re.compile(r"^#define (\w+)\s+" + CODE.pattern, re.M)
TABLE = re.compile(r"\bstruct (?:\w+ )?\{([^{}]*\bconst char \*code;[^{}]*)\} \w+\[\] = (\{)")


def arguments(text, start):
    """The arguments of a call whose '(' is at @start, as texts."""
    depth, begin, result, at = 0, start + 1, [], start
    while at < len(text):
        string = re.compile(STRING).match(text, at)
        if string:
            at = string.end()
            continue
        if text[at] in "({[":
            depth += 1
        elif text[at] in ")}]":
            depth -= 1
        if depth == 0 or (depth == 1 and text[at] == ","):
            result.append(text[begin:at])
            begin = at + 1
        if depth == 0:
            break
        at += 1
    return result


def of_tables(text):
    """The codes in tables whose rows have a member "code"."""
    names = dict(DEFINE.findall(text))
    for table in TABLE.finditer(text):
        members = [name.strip() for member in table[1].split(";") for name in member.split(",")]
        place = [name.endswith("*code") for name in members].index(True)
        for row in arguments(text, table.start(2)):
            if "{" in row:
                value = arguments(row, row.index("{"))[place].strip()
                yield names.get(value, value.strip('"'))


def main():
    texts = {path: COMMENT.sub(lambda found: found[1] or "", path.read_text()) for folder in sys.argv[1:]
             for path in sorted(pathlib.Path(folder).rglob("*.[ch]"))}
    takers, found = {}, {}
    for path, text in texts.items():
        for name, parameters in DEFINITION.findall(text):
            place = [p.strip().endswith("*code") for p in parameters.split(",")].index(True)
            # a static one is known in its file only
            is_everywhere = name.startswith("v2v_")
            takers.setdefault((name, None if is_everywhere else path), place)
    for path, text in texts.items():
        names = dict(DEFINE.findall(text))
        known = {name: place for (name, where), place in takers.items() if where in (None, path)}
        for call in re.finditer(r"\b([a-z_0-9]+)\s*(\()", text):
            if call[1] not in known:
                continue
            given = [*arguments(text, call.start(2)), *[""] * 9][known[call[1]]]
            for code in CODE.findall(given) + [names[word] for word in given.split() if word in names]:
                found.setdefault(code, path)
        for code in [*INITIALISER.findall(text), *MEMBER.findall(text), *of_tables(text)]:
            found.setdefault(code, path)
    for code, path in sorted(found.items()):
        print(code, path)


main()
