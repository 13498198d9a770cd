#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Arrows between the folders of lib and tools, and circles between files.

A file uses another one if it includes its header, or names what it defines.
tests/arrows.txt says which folder may use which.  Wrong are: a file that uses a
folder it may not, an entry that nothing needs (any more), and .c files that use
one another in a circle.

    tests/arrows.py [--show] [TOP]    --show: print the arrows that there are
"""
import collections
import os
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
NOISE = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\])*\'', re.S)
INCLUDE = re.compile(r'^#\s*include "([^"]+)"', re.M)
FUNCTION = re.compile(r'^(?!static|typedef|extern)[A-Za-z_][^;{}()#=]*?\b'
                      r'([a-z]\w+)\([^;{}]*\)\s*\{', re.M)
VARIABLE = re.compile(r'^(?!static|typedef|extern)[a-z][\w \t*\n]*?\b(\w+)'
                      r'(?:\[[^\]]*\])*\s*=', re.M)
MADE = re.compile(r'^[A-Z_]+\((v2v_\w+)', re.M)  # EDITOR(v2v_text_x, ...)
# Names of types and of members are not uses of a function of the same name.
OTHER = re.compile(r'\b(?:struct|enum|union)\s+\w+|(?:->|\.)\s*\w+')
WORD = re.compile(r'\b[a-z]\w+\b')


class File:
    def __init__(self, top, path):
        text = path.read_text(encoding='utf-8')
        self.path = str(path.relative_to(top))
        self.folder = os.path.dirname(self.path)
        self.top = self.path.split('/')[0]
        self.includes = INCLUDE.findall(text)
        plain = NOISE.sub(' ', text)
        self.defines = set()
        if self.path.endswith('.c'):
            for pattern in (FUNCTION, VARIABLE, MADE):
                self.defines.update(pattern.findall(plain))
        self.words = set(WORD.findall(OTHER.sub(' ', plain)))


def load(top):
    found = (File(top, path) for folder in ('lib', 'tools')
             for path in sorted((top / folder).rglob('*.[ch]')))
    return {f.path: f for f in found}


def find_uses(files):
    """Pairs of (file, file that it uses, by what)."""
    homes = {'lib': {}, 'tools': {}}
    for f in files.values():
        for name in f.defines - {'main'}:
            homes[f.top].setdefault(name, f)
    public = files['lib/v2v.h']
    for f in files.values():
        for include in f.includes:
            for root in ('lib/', 'tools/', f.folder + '/'):
                if root + include in files:
                    yield f, files[root + include], include
        for word in f.words if f.path.endswith('.c') else ():
            other = homes[f.top].get(word)
            # Programs see the library through its public header alone.
            if not other and f.top == 'tools' and word in homes['lib']:
                other = public if word in public.words else homes['lib'][word]
            if other and other is not f and (f.top == other.top or
                                             word.startswith('v2v_')):
                yield f, other, word


def read_table(path):
    """{folder: folders it may use}, and files passed over in circles."""
    table, passed = {}, set()
    for line in path.read_text(encoding='utf-8').splitlines():
        line = line.split('#')[0].strip()
        if line.startswith('circle '):
            passed.add(line.split()[1])
        elif line:
            folder, allowed = line.split(':')
            table[folder] = set(allowed.split())
    return table, passed


def may_use(table, a, b):
    return b in table.get(a, ())


def circles(uses, passed):
    """Lists of .c files that use one another in a circle (Tarjan)."""
    graph = collections.defaultdict(set)
    for f, other, _ in uses:
        if f.path.endswith('.c') and other.path.endswith('.c') and \
                other.path not in passed:
            graph[f.path].add(other.path)
    index, low, stack, found = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in sorted(graph[node]):
            if other not in index:
                visit(other)
            if other in stack:
                low[node] = min(low[node], low[other])
        if low[node] == index[node]:
            group = []
            while not group or group[-1] != node:
                group.append(stack.pop())
            if len(group) > 1:
                found.append(sorted(group))

    sys.setrecursionlimit(10000)
    for node in sorted(graph):
        if node not in index:
            visit(node)
    return found


def judge(uses, arrows, table, passed):
    for (a, b), examples in sorted(arrows.items()):
        if not may_use(table, a, b):
            for path, what in examples[:3]:
                yield f'{path}: uses {b} ({what}), which {a} may not'
    for a, allowed in sorted(table.items()):
        for b in sorted(allowed):
            if (a, b) not in arrows:
                yield f'tests/arrows.txt: {a} does not use {b}'
    for group in circles(uses, passed):
        yield 'a circle: ' + ' '.join(group)
        for f, other, what in uses:
            if f.path in group and other.path in group:
                yield f'  {f.path} -> {other.path} ({what})'


def main():
    arguments = sys.argv[1:]
    show = '--show' in arguments
    others = [a for a in arguments if a != '--show']
    top = pathlib.Path(others[0]).resolve() if others else TOP
    uses = sorted(find_uses(load(top)),
                  key=lambda u: (u[0].path, u[1].path, u[2]))
    arrows = collections.defaultdict(list)
    for f, other, what in uses:
        if f.folder != other.folder:
            arrows[f.folder, other.folder].append((f.path, what))
    if show:
        for a in sorted({a for a, _ in arrows}):
            print(f'{a}: ' + ' '.join(sorted(b for x, b in arrows if x == a)))
        return 0
    bad = list(judge(uses, arrows, *read_table(TOP / 'tests/arrows.txt')))
    print('\n'.join(bad), end='\n' if bad else '')
    return 1 if bad else 0


sys.exit(main())
