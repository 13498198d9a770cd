#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Make a stand-in for virtio-win: its folders, its INFs with the real identifiers, programs that are signed as the real ones are.

make-virtio-win.py [--layout iso|rpm] [--iso FILE] DIRECTORY

What Windows of which version has which build is as in Tools/filemap.py of kvm-guest-drivers-windows; that the builds for 8 and 8.1 are signed
by a test certificate, those for Vista and 7 by one that Microsoft's root vouches for, and the newer ones by Microsoft, was read in the real ones.
The names in the certificates are the real ones; their keys are made here and thrown away."""
import argparse
import os
import pathlib
import struct
import subprocess
import tempfile

MACHINES = {'x86': 0x14c, 'amd64': 0x8664, 'ARM64': 0xaa64}
# folder: (build, architectures); a build serves all its folders.
SYSTEMS = {
    'xp': ('xp', ['x86', 'amd64']), '2k3': ('xp', ['x86', 'amd64']), '2k8': ('2k8', ['x86', 'amd64']),
    'w7': ('w7', ['x86', 'amd64']), '2k8R2': ('w7', ['amd64']), 'w8': ('w8', ['x86', 'amd64']), '2k12': ('w8', ['amd64']),
    'w8.1': ('w8.1', ['x86', 'amd64']), '2k12R2': ('w8.1', ['amd64']), 'w10': ('w10', ['x86', 'amd64', 'ARM64']),
    '2k16': ('w10', ['amd64']), '2k19': ('w10', ['amd64']), '2k22': ('w10', ['amd64']),
    'w11': ('w11', ['amd64', 'ARM64']), '2k25': ('w11', ['amd64', 'ARM64'])}
ORDER = ['xp', '2k8', 'w7', 'w8', 'w8.1', 'w10', 'w11']
# build: who signs, digest, version, decoration of its models
BUILDS = {
    'xp': ('cross', 'sha1', '07/03/2012,51.63.103.3000', ''), '2k8': ('cross', 'sha1', '08/30/2021,100.85.104.20200', '.6.0'),
    'w7': ('cross', 'sha1', '08/30/2021,100.85.104.20200', '.6.1'), 'w8': ('test', 'sha256', '08/30/2021,100.85.104.20200', '.6.2'),
    'w8.1': ('test', 'sha256', '08/30/2021,100.85.104.20200', '.6.3'), 'w10': ('microsoft', 'sha256', '07/20/2025,100.101.104.28500', '.10.0'),
    'w11': ('microsoft', 'sha256', '07/20/2025,100.101.104.28500', '.10.0...22000')}
SCSI = ('SCSIAdapter', '{4D36E97B-E325-11CE-BFC1-08002BE10318}')
NET = ('Net', '{4D36E972-E325-11CE-BFC1-08002BE10318}')
SYSTEM = ('System', '{4D36E97D-E325-11CE-BFC1-08002BE10318}')
DISPLAY = ('Display', '{4D36E968-E325-11CE-BFC1-08002BE10318}')


def virtio(old, subsys, new):
    """Hardware ids of the transitional and of the modern device."""
    ids = [rf'PCI\VEN_1AF4&DEV_{old}&SUBSYS_{subsys}1AF4&REV_00'] if old else []
    return ids + ([rf'PCI\VEN_1AF4&DEV_{new}&SUBSYS_11001AF4&REV_01'] if new else [])


# folder: (name, class, ids, oldest build, other files)
DRIVERS = {
    'viostor': ('viostor', SCSI, virtio('1001', '0002', '1042'), 'xp', []),
    'vioscsi': ('vioscsi', SCSI, virtio('1004', '0008', '1048'), '2k8', []),
    'NetKVM': ('netkvm', NET, virtio('1000', '0001', '1041'), 'xp', ['netkvmco.exe', 'netkvmp.exe']),
    'Balloon': ('balloon', SYSTEM, virtio('1002', '0005', '1045'), 'xp', ['blnsvr.exe']),
    'vioserial': ('vioser', SYSTEM, virtio('1003', '0003', '1043'), 'xp', []),
    'viorng': ('viorng', SYSTEM, virtio('1005', '0004', '1044'), '2k8', ['viorngum.dll']),
    'viofs': ('viofs', SYSTEM, virtio(None, None, '105A'), 'w8', ['virtiofs.exe']),
    'viogpudo': ('viogpudo', DISPLAY, virtio(None, None, '1050'), 'w10', ['vgpusrv.exe']),
    'viosock': ('viosock', SYSTEM, virtio('1012', '0013', '1053'), 'w10', ['viosocklib.dll']),
    'pvpanic': ('pvpanic', SYSTEM, [r'ACPI\QEMU0001', r'PCI\VEN_1B36&DEV_0011'], '2k8', []),
    'fwcfg': ('fwcfg', SYSTEM, [r'ACPI\QEMU0002'], 'w8', []),
    'qemufwcfg': ('qemufwcfg', SYSTEM, [r'ACPI\QEMU0002'], 'w10', None),
    'sriov': ('vioprot', NET, ['VIOPROT'], 'w8', None)}


def run(*command):
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f'{command}: {(done.stderr + done.stdout).decode()}')


class Signers:
    """Certificates, made once; what they signed, kept by its content."""

    def __init__(self, folder):
        self.folder = folder
        microsoft = '/C=US/O=Microsoft Corporation/CN=Microsoft '
        self.issue('root', f'{microsoft}Code Verification Root', None)
        self.issue('ca', '/C=US/O=VeriSign, Inc./CN=VeriSign Class 3 Code Signing 2010 CA', 'root')
        self.issue('cross', '/C=US/O=Red Hat, Inc./CN=Red Hat, Inc.', 'ca')
        self.issue('ca2', f'{microsoft}Windows Third Party Component CA 2014', None)
        self.issue('microsoft', f'{microsoft}Windows Hardware Compatibility Publisher', 'ca2')
        self.issue('test', '/OU=Dev/O=virtio-win', None)
        self.chain = {'cross': ['ca'], 'microsoft': ['ca2'], 'test': []}
        self.catalogs, self.tables = {}, {}

    def path(self, name):
        return f'{self.folder}/{name}'

    def issue(self, name, subject, issuer):
        signed_by = ['-CA', self.path(f'{issuer}.pem'), '-CAkey', self.path(f'{issuer}.key')] if issuer else []
        run('openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '36500', '-subj', subject,
            '-addext', 'extendedKeyUsage=codeSigning', '-keyout', self.path(f'{name}.key'), '-out', self.path(f'{name}.pem'), *signed_by)

    def certificates(self, who):
        return [option for name in self.chain[who] for option in ('-ac', self.path(f'{name}.pem'))]

    def sign(self, data, who, digest):
        """Authenticode, as signtool does it: of one program for each signer.  The others get that one's table of certificates, since a run
        of osslsigncode costs time and v2v-convert reads names alone."""
        if (who, digest) not in self.tables:
            with open(self.path('in.sys'), 'wb') as f:
                f.write(data)
            run('osslsigncode', 'sign', '-h', digest, '-certs', self.path(f'{who}.pem'), '-key', self.path(f'{who}.key'),
                *self.certificates(who), '-in', self.path('in.sys'), '-out', self.path(f'{who}-{digest}.sys'))
            with open(self.path(f'{who}-{digest}.sys'), 'rb') as f:
                signed = f.read()
            self.tables[(who, digest)] = signed[len(data):]
        table = self.tables[(who, digest)]
        is_64 = struct.unpack_from('<H', data, 0x58)[0] == 0x20b
        at = 0x58 + (112 if is_64 else 96) + 4 * 8
        return data[:at] + struct.pack('<II', len(data), len(table)) + data[at + 8:] + table

    def catalog(self, who):
        """A PKCS #7 of whoever signs; what is in it does not matter here."""
        if who not in self.catalogs:
            with open(self.path('in.cat'), 'wb') as f:
                f.write(b'stand-in for a catalog')
            more = ['-certfile', self.path(f'{self.chain[who][0]}.pem')] if self.chain[who] else []
            run('openssl', 'smime', '-sign', '-binary', '-nodetach', '-outform', 'DER', '-signer', self.path(f'{who}.pem'), '-inkey',
                self.path(f'{who}.key'), *more, '-in', self.path('in.cat'), '-out', self.path('out.cat'))
            with open(self.path('out.cat'), 'rb') as f:
                self.catalogs[who] = f.read()
        return self.catalogs[who]


def program(arch, words):
    """A PE image with one section, which holds @words."""
    is_64 = arch != 'x86'
    optional = struct.pack('<HBBIIIII', 0x20b if is_64 else 0x10b, 14, 0, 0x200, 0, 0, 0x1000, 0x1000)
    optional += struct.pack('<Q', 0x140000000) if is_64 else struct.pack('<II', 0, 0x400000)
    optional += struct.pack('<IIHHHHHHIIIIHH', 0x1000, 0x200, 10, 0, 10, 0, 10, 0, 0, 0x2000, 0x200, 0, 1, 0)
    optional += struct.pack('<QQQQ' if is_64 else '<IIII', 0x40000, 0x1000, 0x100000, 0x1000) + struct.pack('<II', 0, 16) + bytes(128)
    coff = struct.pack('<HHIIIHH', MACHINES[arch], 1, 0, 0, 0, len(optional), 0x22)
    section = struct.pack('<8sIIIIIIHHI', b'.text', 0x200, 0x1000, 0x200, 0x200, 0, 0, 0, 0, 0x60000020)
    head = b'MZ' + bytes(58) + struct.pack('<I', 0x40) + b'PE\0\0' + coff + optional + section
    return head.ljust(0x200, b'\0') + words.encode().ljust(0x200, b'\0')


def inf(name, kind, ids, build, arch):
    _, _, version, decoration = BUILDS[build]
    if build == 'xp':  # a time before virtio 1.0
        ids = [i for i in ids if '&REV_01' not in i]
    models = f'NT{arch}{decoration}' if (arch, build) != ('x86', 'xp') else ''
    lines = ['; stand-in, with what counts of the real one', '[Version]', 'Signature="$WINDOWS NT$"', f'Class={kind[0]}',
             f'ClassGUID={kind[1]}', 'Provider=%VENDOR%', f'DriverVer = {version}', f'CatalogFile={name}.cat', 'PnpLockDown = 1', '',
             '[Manufacturer]', f'%VENDOR% = Virtio{"," if models else ""}{models}', '', f'[Virtio{"." if models else ""}{models}]']
    for one in ids:
        lines.append(f'%Device% = {name}_inst, {one}' + (f', {one.split("&SUBSYS")[0]}' if '&SUBSYS' in one else ''))
    lines += ['', f'[{name}_inst.Services]', f'AddService = {name}, 2, service', '', '[service]', 'ServiceType = 1',
              f'ServiceBinary = %12%\\{name}.sys', '', '[Strings]', 'VENDOR = "Red Hat, Inc."', f'Device = "stand-in; for {name}"', '']
    text = '\r\n'.join(lines)
    return text.encode('utf-16') if build == 'w11' else text.encode()


def files_of(signers, folder, build, arch):
    """What is in the folder of a driver."""
    name, kind, ids, _, others = DRIVERS[folder]
    who, digest, _, _ = BUILDS[build]
    files = {f'{name}.inf': inf(name, kind, ids, build, arch), f'{name}.cat': signers.catalog(who), f'{name}.pdb': b'for debuggers'}
    if others is not None:
        files[f'{name}.sys'] = signers.sign(program(arch, f'{name} {build} {arch}'), who, digest)
        for other in others:
            files[other] = program(arch, f'{other} {build} {arch}')
    return files


def put(folder, files, made):
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        path = folder / name
        if path.exists():
            continue
        # One build, several folders: the real image shares the bytes, too.
        if (data, name) in made:
            os.link(made[(data, name)], path)
        else:
            path.write_bytes(data)
            made[(data, name)] = path


def make(top, layout, signers):
    built, made = {}, {}
    for folder, (name, _, _, first, _) in DRIVERS.items():
        for system, (build, architectures) in SYSTEMS.items():
            if ORDER.index(build) < ORDER.index(first):
                continue
            for arch in architectures:
                if arch == 'ARM64' and name in ('fwcfg', 'qemufwcfg', 'vioprot', 'viosock'):
                    continue
                if (folder, build, arch) not in built:
                    built[(folder, build, arch)] = files_of(signers, folder, build, arch)
                files = built[(folder, build, arch)]
                setup = {'x86': 'i386'}.get(arch, arch)
                if layout == 'rpm':
                    put(top / 'drivers/by-driver' / folder / system / arch, files, made)
                    put(top / 'drivers/by-os' / setup / system, files, made)
                    continue
                put(top / folder / system / arch, files, made)
                if folder in ('viostor', 'vioscsi') and build in ('w10', 'w11') and arch != 'ARM64':
                    put(top / setup / system, files, made)
    put(top / 'guest-agent', {'qemu-ga-i386.msi': b'stand-in', 'qemu-ga-x86_64.msi': b'stand-in'}, made)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--layout', choices=['iso', 'rpm'], default='iso')
    parser.add_argument('--iso', help='make an image of it, too')
    parser.add_argument('directory', type=pathlib.Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        make(options.directory, options.layout, Signers(folder))
    if options.iso:
        run('genisoimage', '-quiet', '-V', 'virtio-win', '-J', '-R', '-o', options.iso, str(options.directory))


main()
