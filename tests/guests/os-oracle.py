#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What libguestfs says of the trees of tests/data/os: NAME.libguestfs beside each.

    tests/guests/os-oracle.py [NAME…]     in one launch: six at a time are fast
                                          enough where it is emulated

It needs build/unit/test-os, which makes the trees.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
DATA = TOP / 'tests/data/os'
MAKER = TOP / 'build/unit/test-os'
ASKED = ['type', 'distro', 'osinfo', 'arch', 'major_version', 'minor_version',
         'product_name', 'product_variant', 'hostname', 'package_format',
         'package_management']


def make_image(tree, image):
    with tempfile.TemporaryDirectory() as name:
        top = pathlib.Path(name)
        subprocess.run([MAKER, 'make', tree, top], check=True)
        subprocess.run(['truncate', '-s', '4M', image], check=True)
        subprocess.run(['mke2fs', '-q', '-F', '-t', 'ext2', '-d', top, image],
                       check=True)


def device(i):
    letters = ''
    i += 1
    while i:
        i, rest = divmod(i - 1, 26)
        letters = chr(97 + rest) + letters
    return '/dev/sd' + letters


def script(count):
    yield 'run'
    yield 'inspect-os'
    for i in range(count):
        yield f'echo "#disk {i}"'
        for name in ASKED:
            yield f'echo "#{name}"'
            yield f'-inspect-get-{name.replace("_", "-")} {device(i)}'
        yield 'echo "#mounts"'
        yield f'-inspect-get-mountpoints {device(i)}'
        yield 'echo "#applications"'
        yield f'-mount-ro {device(i)} /'
        yield f'-inspect-list-applications2 {device(i)}'
        yield '-umount-all'


def main():
    names = sys.argv[1:] or sorted(t.stem for t in DATA.glob('*.tree'))
    with tempfile.TemporaryDirectory() as work:
        command = ['guestfish']
        for name in names:
            image = pathlib.Path(work) / f'{name}.img'
            make_image(DATA / f'{name}.tree', image)
            command += ['--ro', '--format=raw', '-a', str(image)]
        # As bytes: a CR of the guest's is kept.
        out = subprocess.run(command, stdout=subprocess.PIPE,
                             input='\n'.join(script(len(names))).encode(),
                             stderr=subprocess.DEVNULL,
                             check=False).stdout.decode()
    if out.count('#disk ') != len(names):
        sys.exit('os-oracle: libguestfs has not looked at all of them')
    for part in out.split('#disk ')[1:]:
        number, _, rest = part.partition('\n')
        told = {}
        for answer in rest.split('\n#'):
            key, _, value = answer.lstrip('#').partition('\n')
            told[key] = value.rstrip('\n')
        (DATA / f'{names[int(number)]}.libguestfs').write_text(
            json.dumps(clean(told, device(int(number))), indent=1) + '\n')


def clean(told, disk):
    """As test-os.c has it: no member for what is not known, one disk."""
    known = {key: told[key] for key in ASKED
             if told.get(key) not in ('', 'unknown', None)}
    if 'type' not in known:
        return {}
    pairs = (line.split(': ', 1) for line in told['mounts'].split('\n') if line)
    known['mounts'] = {path: '/dev/sda' if name == disk else name
                       for path, name in pairs}
    known['applications'] = [
        ' '.join(field or '-' for field in re.findall(
            r'app2_(?:name|epoch|version|release|arch): (.*)\n', app))
        for app in told['applications'].split('] = {')[1:]]
    return known


if __name__ == '__main__':
    main()
