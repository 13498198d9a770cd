#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Make the fuzzers' first inputs: make-seeds.py DIRECTORY.  Each is small."""
import bz2
import glob
import gzip
import json
import lzma
import importlib.util
import os
import random
import shutil
import struct
import subprocess
import sys
import tarfile
import tempfile
import zipfile

sys.dont_write_bytecode = True
from formats import (  # noqa: E402
    SECTOR, as_sparse_tar, as_tar, as_zip, monolithic_sparse, ovf, padded, qcow2, run_tool, stream_optimized,
    unified_kernel, vmdk_descriptor, with_manifest)

MAX_SEED = 64 << 10
out = sys.argv[1]


def put(fuzzer, name, data):
    assert len(data) <= MAX_SEED, name
    os.makedirs(f'{out}/{fuzzer}', exist_ok=True)
    with open(f'{out}/{fuzzer}/{name}', 'wb') as f:
        f.write(data)


def read(path):
    with open(path, 'rb') as f:
        return f.read()


def put_files(fuzzer, pattern):
    for path in glob.glob(pattern):
        if os.path.getsize(path) <= MAX_SEED:
            put(fuzzer, os.path.basename(path), read(path))


def make_ova():
    disk = stream_optimized()
    one = with_manifest([('m.ovf', ovf('disk.vmdk', len(disk))),
                         ('disk.vmdk', disk)])
    tar = as_tar(one)
    put('ova', 'plain.tar', tar)
    put('ova', 'sha1.tar', as_tar(with_manifest(
        [one[0], one[2]], 'sha1')))
    put('ova', 'pax.tar', as_tar(
        [('folder/' * 20 + name, data) for name, data in one],
        tarfile.PAX_FORMAT))
    put('ova', 'gnu.tar', as_tar(
        [('folder/' * 20 + name, data) for name, data in one],
        tarfile.GNU_FORMAT))
    put('ova', 'links.tar', as_tar(one[:1], links=[
        ('disk.vmdk', '/etc/passwd', tarfile.SYMTYPE),
        ('m.mf', 'm.ovf', tarfile.LNKTYPE)]))
    put('ova', 'outside.tar', as_tar([('../' + n, d) for n, d in one]))
    put('ova', 'several.tar', as_tar([
        ('m.ovf', ovf('disk.vmdk', len(disk), ('one', 'two'))), one[2]]))
    put('ova', 'chunks.tar', as_tar([
        ('m.ovf', ovf('disk.vmdk', len(disk), extra=' ovf:chunkSize="4096"')),
        ('disk.vmdk.000000000', disk[:4096]),
        ('disk.vmdk.000000001', disk[4096:])]))
    packed = gzip.compress(disk, mtime=0)
    put('ova', 'gzip-member.tar', as_tar([
        ('m.ovf', ovf('disk.vmdk.gz', len(packed),
                      extra=' ovf:compression="gzip"')),
        ('disk.vmdk.gz', packed)]))
    put('ova', 'bad-digest.tar', as_tar(one[:2] + [('disk.vmdk', disk[:-1])]))
    put('ova', 'tar.gz', gzip.compress(tar, mtime=0))
    put('ova', 'tar.bz2', bz2.compress(tar))
    put('ova', 'tar.xz', lzma.compress(tar))
    put('ova', 'tar.lzma', lzma.compress(tar, lzma.FORMAT_ALONE))
    for tool in ('zstd', 'lz4'):
        data = run_tool([tool, '-c'], tar)
        if data:
            put('ova', 'tar.' + tool, data)
    holes = monolithic_sparse() + bytes(256 << 10)
    sparse = with_manifest([('m.ovf', ovf('disk.vmdk', len(holes))),
                            ('disk.vmdk', holes)])
    for form in ('gnu', 'pax'):
        data = as_sparse_tar(sparse, form)
        if data:
            put('ova', f'sparse-{form}.tar', data)
    put('ova', 'stored.zip', as_zip(one, zipfile.ZIP_STORED))
    put('ova', 'deflated.zip', as_zip(one, zipfile.ZIP_DEFLATED))
    put('ova', 'lone.ovf', ovf('input', 1))
    put('ova', 'image.vmdk', disk)


def qemu_image(kind, option, content, *more):
    """What qemu-img makes of a disk with that content; None without it."""
    if not shutil.which('qemu-img'):
        return None
    with tempfile.TemporaryDirectory() as folder:
        raw, image = folder + '/raw', folder + '/image'
        with open(raw, 'wb') as f:
            f.write(content)
        subprocess.run(['qemu-img', 'convert', '-q', '-O', kind, '-o',
                        option, *more, raw, image], check=True)
        return read(image)


def make_qemu_images():
    text = padded(b'x', 64 * SECTOR)
    blank = bytes(64 * SECTOR)
    for name, kind, option, content in (
            ('qemu.qcow2', 'qcow2', 'cluster_size=512', text),
            ('qemu-v2.qcow2', 'qcow2', 'cluster_size=512,compat=0.10', text),
            ('dynamic.vhd', 'vpc', 'subformat=dynamic', blank),
            ('fixed.vhd', 'vpc', 'subformat=fixed,force_size=on', text),
            ('dynamic.vdi', 'vdi', 'static=off', blank)):
        data = qemu_image(kind, option, content)
        if data:
            put('image', name, data)
    # fuzz-vhdx.c lays the pieces out again.
    put('vhdx', 'zeros', bytes(5 * SECTOR))
    for option in ('dynamic', 'fixed'):
        data = qemu_image('vhdx', 'subformat=' + option, text)
        if data:
            put('vhdx', option, b''.join(
                data[at:at + SECTOR] for at in (
                    64 << 10, 192 << 10, 3 << 20, (3 << 20) + (64 << 10),
                    2 << 20)))


def make_images():
    put('image', 'stream.vmdk', stream_optimized())
    put('image', 'blank.vmdk', stream_optimized(0))
    put('image', 'sparse.vmdk', monolithic_sparse())
    put('image', 'parent.vmdk',
        monolithic_sparse('parentFileNameHint="/etc/passwd"'))
    put('image', 'flat.vmdk', vmdk_descriptor('monolithicFlat', 256).replace(
        b'SPARSE', b'FLAT'))
    put('image', 'v3.qcow2', qcow2())
    put('image', 'v2.qcow2', qcow2(2))
    put('image', 'dirty.qcow2', qcow2(incompatible=1))
    # The fuzzers call each input so: an image over itself.
    put('image', 'loop.qcow2', qcow2(3, b'input', b'qcow2'))
    put('image', 'no-format.qcow2', qcow2(2, b'input'))
    put('image', 'raw', bytes(1000))
    for magic in (b'vhdxfile', b'conectix', b'COWD', b'QED\0'):
        put('image', magic.decode().strip('\0'), padded(magic))
    put('image', 'vdi', padded(bytes(64) + b'\x7f\x10\xda\xbe'))
    make_qemu_images()


def make_fstabs():
    for case in sorted(glob.glob('tests/data/mountpoints/*.json')):
        with open(case) as f:
            c = json.load(f)
        texts = [c['fstab'], c['crypttab'] or '', c['mdadm_conf'] or '', '']
        put('fstab', os.path.basename(case), '\f'.join(texts).encode())
    for case in sorted(glob.glob('tests/data/release/*.os-release')):
        put('fstab', os.path.basename(case), b'LABEL=x / btrfs subvol=@ 0 0\n\f\f\f' + read(case))


def make_readers():
    put('reader', 'stream.vmdk', stream_optimized())
    put('reader', 'blank.vmdk', stream_optimized(0))
    put('reader', 'sparse.vmdk', monolithic_sparse())
    text = padded(b'x', 64 * SECTOR)
    for name, option, more in (
            ('plain', 'cluster_size=512', ()),
            ('v2', 'cluster_size=512,compat=0.10', ()),
            ('zlib', 'cluster_size=512', ('-c',)),
            ('zstd', 'cluster_size=4k,compression_type=zstd', ('-c',))):
        data = qemu_image('qcow2', option, text, *more)
        if data and len(data) <= MAX_SEED:
            put('reader', name + '.qcow2', data)


def make_documents():
    put_files('document', 'tests/data/meta/documents/*.json')
    put_files('document', 'tests/data/assign/*.json')
    put_files('document', 'tests/data/estimate/*.json')
    two = b'\n'.join(json.dumps(json.loads(read(path))).encode() for path in
                     sorted(glob.glob('tests/data/meta/documents/*.json'))[:2])
    put('document', 'two', two + b'\n')


def vhost_request(kind, sector, size):
    """Steps 3 and 4 of fuzz-vhost.c: lay it, make it available."""
    return struct.pack('<BHHHBH', 3, kind, sector, size // 16, 4, 0)


def vhost_message(request, payload=b'', fds=0, flags=0):
    """Step 0."""
    return bytes([0, request, flags, len(payload), fds]) + payload


def vhost_memory(at, data):
    """Step 2, at bytes of the memory."""
    return struct.pack('<BHH', 2, at // 2, len(data)) + data


def make_vhost():
    for kind in (0, 1, 4, 8, 11, 13, 99):
        put('vhost', f'request-{kind}', b'\0' + b''.join(
            vhost_request(kind, sector, size) for sector, size in ((3, 4096), (2047, 16), (0, 262144))))
    ring = struct.pack('<IIQQQQ', 0, 0, 0x7f0000000000, 0x7f0000002000, 0x7f0000001000, 0)
    table = struct.pack('<QQQQQ', 1, 0x100000, 16 << 20, 0x7f0000000000, 0)
    setup = b''.join((
        vhost_message(1), vhost_message(15), vhost_message(16, struct.pack('<Q', 0x228)),
        vhost_message(2, struct.pack('<Q', 0x150000000)), vhost_message(24, struct.pack('<III', 0, 60, 0) + bytes(60)),
        vhost_message(5, table, 1), vhost_message(8, struct.pack('<II', 0, 64)), vhost_message(10, bytes(8)),
        vhost_message(9, ring), vhost_message(13, bytes(8), 0x21), vhost_message(12, bytes(8), 0x11),
        vhost_message(18, struct.pack('<II', 0, 1), 0, 8)))
    put('vhost', 'setup', b'\1' + setup + vhost_request(0, 1, 512) + vhost_message(11, bytes(8)))
    # An indirect table, of header, data and status; one that is in itself.
    table = struct.pack('<QIHHQIHHQIHH', 0x104000, 16, 1, 1, 0x110000, 512, 3, 2, 0x105000, 1, 2, 0)
    put('vhost', 'indirect', b'\0' + vhost_memory(12288, table) +
        vhost_memory(0, struct.pack('<QIHH', 0x103000, 48, 4, 0)) + b'\4\0\0')
    put('vhost', 'indirect-loop', b'\0' + vhost_memory(0, struct.pack('<QIHH', 0x100000, 16, 4, 0)) + b'\4\0\0')
    put('vhost', 'cut', b'\0' + vhost_request(0, 0, 512) + b'\5\0\0' + vhost_request(0, 0, 512) + b'\xff')
    reply = struct.pack('<IIiIQ', 0x52763276, 1, 0, 0, 600)
    put('vhost', 'mailbox', b'\2' + b'\6\x07\0' + vhost_request(0, 0, 65536) + vhost_request(1, 1025, 4096) +
        struct.pack('<BHHH', 3, 1, 1024, 256) + vhost_memory(65536, reply) + b'\4\0\0' + b'\6\x07\0')


def make_plans():
    """Each byte is valid: fuzz-plan.c takes steps, names and lengths from them."""
    random.seed(1)
    for number, size in enumerate([16, 40, 80, 200, 400, 600] * 4):
        put('plan', f'steps-{number}', bytes([number % 4 == 3 and 230, 1]) + random.randbytes(size))


def hive_head(kind, sequences, bins=8192, stamp=7):
    return struct.pack('<4sIIQIIIIIII', b'regf', *sequences, stamp, 1, 5, kind, 1, 32, bins, 1)


def hive_bins(*numbers):
    return b''.join(padded(struct.pack('<4sII', b'hbin', 4096 * n, 4096), 4096) for n in numbers)


def hive_entry(sequence, bins, *pages):
    body = b''.join(struct.pack('<II', at, len(page)) for at, page in pages) + b''.join(page for _, page in pages)
    size = len(padded(bytes(40) + body))
    return padded(struct.pack('<4sIIIIIQQ', b'HvLE', size, 1, sequence, bins, len(pages), 0, 0) + body)


def make_hives():
    """As fuzz-hive.c takes them apart; it makes checksums and hashes right, but where a bit of the first byte is set."""
    primary = padded(hive_head(0, (9, 8)), 4096) + hive_bins(0, 1)
    page, more = hive_bins(0)[:1024], hive_bins(2)
    log1 = padded(hive_head(6, (8, 8))) + hive_entry(8, 8192, (0, page), (4096 + 512, b'x' * 512)) + hive_entry(9, 12288, (8192, more))
    log2 = padded(hive_head(6, (10, 10))) + hive_entry(10, 12288, (512, page))
    bitmap = padded(b'DIRT\xff\0\xff')
    pages = padded(hive_head(1, (8, 8), 12288)) + bitmap + hive_bins(0, 2)
    for name, first, files in (
            ('entries', 0, (primary, log1, log2, b'')), ('swapped', 0, (primary, log2, log1, b'')),
            ('head', 1, (b'regf' + primary[4:], log1, log2, b'')), ('single', 0, (primary, b'', b'', log1)),
            ('gap', 0, (primary, b'', log2, b'')), ('damaged', 2, (primary, log1, log2, b'')),
            ('pages', 0, (primary, pages, b'', b'')), ('pages-single', 0, (primary, b'', b'', pages)),
            ('pages-head', 1, (primary[:4096] + primary[4096:4116] + struct.pack('<Q', 7) + primary[4124:], b'', pages, b'')),
            ('short', 0, (primary[:4600], log1, log2, b''))):
        put('hive', name, bytes([first] + [len(f) // SECTOR for f in files[:3]]) + b''.join(
            f[:len(f) // SECTOR * SECTOR] for f in files[:3]) + files[3])


def make_drivers():
    """As fuzz-driver.c takes them: of each kind of signer one program and one catalog."""
    for path in glob.glob('tests/data/inf/*.inf'):
        put('driver', os.path.basename(path), b'\0' + read(path))
    with tempfile.TemporaryDirectory() as folder:
        run_tool(['/usr/bin/python3', 'tests/guests/make-virtio-win.py', folder], b'')
        for build, name in ('xp/x86', 'viostor'), ('w8.1/amd64', 'viostor'), ('w10/amd64', 'vioscsi'), ('w11/ARM64', 'viostor'):
            where = f'{folder}/{name}/{build}/{name}'
            for kind, suffix in enumerate(('inf', 'sys', 'cat')):
                put('driver', f'{build.replace("/", "-")}.{suffix}', bytes([kind]) + read(f'{where}.{suffix}'))


make_drivers()
put_files('os', 'tests/data/os/*.tree')

spec = importlib.util.spec_from_file_location('make_windows', 'tests/guests/make-windows.py')
windows = importlib.util.module_from_spec(spec)
spec.loader.exec_module(windows)
for name in ('SOFTWARE', 'SYSTEM', 'BCD'):
    put('os', name, windows.Hive(getattr(windows, name)).bytes())
put('edits', 'SYSTEM', windows.Hive(windows.SYSTEM).bytes())
put('edits', 'more', windows.Hive({'Select': {'LastKnownGood': (4, 2), 'Current': (4, 1)}, 'ControlSet001': {
    'Control': {'Path': (1, 'one;two'), 'NetworkProvider': {'Order': {'ProviderOrder': (1, 'a,vmhgfs,b')}}},
    'Services': {'storahci': {'Start': (4, 3), 'StartOverride': {'0': (4, 3)}}}, 'New': {'Texts': (1, 'x')}}}).bytes())
put('edits', 'told', json.dumps({'edited': [
    {'type': 0, 'key': 'ControlSet001\\Services\\x', 'name': 'Start', 'edit': 0, 'before': {'type': 4, 'data': '03000000'}, 'after': None},
    {'type': 0, 'key': 'a', 'name': '', 'edit': 3, 'before': None, 'after': {'type': 7, 'data': '6f006e00000074000000000000'}},
    {'type': 1, 'key': 'b', 'name': None, 'edit': 1, 'before': None, 'after': None}]}).encode())
put_files('ovf', 'tests/data/ovf/*.ovf')
put_files('vmx', 'tests/data/vmx/*.vmx')
put_files('vmx', 'tests/data/libvirt-domain/*.xml')
put_files('vmx', 'tests/data/vbox/*.vbox')
put_files('vmx', 'tests/data/vagrant/*.metadata')
for number in range(4):
    put('ovf', f'configuration-{number}', bytes([number]) + read(
        'tests/data/ovf/configurations.ovf'))
put('ovf', 'several-machines', ovf('disk.vmdk', 1, ('one', 'two')))
put_files('manifest', 'tests/data/manifest/*.mf')
put_files('descriptor', 'tests/data/descriptor/*.vmdk')
put_files('texts', 'tests/data/bootloader/*.tree')
put_files('texts', 'tests/data/uefi/*.tree')
for path in glob.glob('tests/data/texts/*/*.before'):
    put('texts', '-'.join(path.split('/')[-2:]), read(path))
put_files('initrd', 'tests/data/initrd/*.img')
put_files('network', 'tests/data/network/read/*/*.[a-ik-z]*')
put_files('network', 'tests/data/network/read/suse/*/ifcfg-*[!n]')
put_files('network', 'tests/data/network/edit/*/*.before')
put_files('initrd', 'tests/data/extend/*.img')
put('initrd', 'unified-kernel', unified_kernel(read('tests/data/extend/dracut-half.img')))
make_ova()
make_images()
make_fstabs()
make_readers()
make_documents()
make_vhost()
make_plans()
make_hives()
