#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The codes of messages that the sources use: codes.py FOLDER... prints each, and where it stands.

A code is a literal that is given to a parameter called "code" (v2v_fail(), v2v_warn() and whatever hands on to them), or
that begins a struct v2v_error.
"""

import pathlib
import re
import sys

STRING = r'"(?:[^"\\\n]|\\.)*"'
CODE = re.compile(r'"([a-z][a-z0-9-]*)"')
DEFINITION = re.compile(r"\b([a-z_0-9]+)\s*\(([^()]*\bconst char \*code\b[^()]*)\)")
INITIALISER = re.compile(r"struct v2v_error(?: \w+ =|\))\s*\{\s*" + CODE.pattern)
MEMBER = re.compile(r"\bcode = " + CODE.pattern)


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


def main():
    texts = {path: re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S) for folder in sys.argv[1:]
             for path in sorted(pathlib.Path(folder).rglob("*.[ch]"))}
    takers, found = {}, {}
    for path, text in texts.items():
        for name, parameters in DEFINITION.findall(text):
            place = [p.strip().endswith("*code") for p in parameters.split(",")].index(True)
            # a static one is known in its file only
            is_everywhere = name.startswith("v2v_")
            takers.setdefault((name, None if is_everywhere else path), place)
    for path, text in texts.items():
        known = {name: place for (name, where), place in takers.items() if where in (None, path)}
        for call in re.finditer(r"\b([a-z_0-9]+)\s*(\()", text):
            if call[1] not in known:
                continue
            given = arguments(text, call.start(2))
            for code in CODE.findall(given[known[call[1]]]) if len(given) > known[call[1]] else ():
                found.setdefault(code, path)
        for code in INITIALISER.findall(text) + MEMBER.findall(text):
            found.setdefault(code, path)
    for code, path in sorted(found.items()):
        print(code, path)


main()
