# SPDX-License-Identifier: LGPL-2.1-or-later
"""Small files of the formats that the fuzzers read: images, descriptors, archives, kernels."""
import hashlib
import io
import shutil
import struct
import subprocess
import tarfile
import tempfile
import zipfile
import zlib

SECTOR = 512
GRAIN = 8  # sectors, the fewest


def padded(data, size=SECTOR):
    return data + bytes(-len(data) % size)


def vmdk_header(version, flags, sectors, rgd, gd, overhead, compression):
    """VMware Virtual Disk Format 5.0, SparseExtentHeader."""
    return padded(struct.pack(
        '<4sIIQQQQIQQQB4sH', b'KDMV', version, flags, sectors, GRAIN, 1, 20,
        512, rgd, gd, overhead, 0, b'\n \r\n', compression))


def vmdk_descriptor(kind, sectors, extra=''):
    text = f'''# Disk DescriptorFile
version=1
CID=12345678
parentCID=ffffffff
createType="{kind}"
{extra}
RW {sectors} SPARSE "disk.vmdk"

ddb.virtualHWVersion = "8"
ddb.geometry.cylinders = "1"
ddb.geometry.heads = "16"
ddb.geometry.sectors = "63"
ddb.adapterType = "lsilogic"
'''
    return padded(text.encode(), 20 * SECTOR)


def stream_optimized(grains=2, sectors=2 * GRAIN):
    """Compressed grains with markers, then tables, directory, footer."""
    data = vmdk_header(3, 0x30001, sectors, 0, (1 << 64) - 1, 21, 1)
    data += vmdk_descriptor('streamOptimized', sectors)
    table = []
    for i in range(grains):
        packed = zlib.compress(bytes([i + 1]) * GRAIN * SECTOR)
        table.append(len(data) // SECTOR)
        data += padded(struct.pack('<QI', i * GRAIN, len(packed)) + packed)
    data += padded(struct.pack('<QII', 4, 0, 1))
    table_at = len(data) // SECTOR
    data += struct.pack('<512I', *table, *[0] * (512 - grains))
    data += padded(struct.pack('<QII', 1, 0, 2))
    gd = len(data) // SECTOR
    data += padded(struct.pack('<I', table_at))
    data += padded(struct.pack('<QII', 1, 0, 3))
    data += vmdk_header(3, 0x30001, sectors, 0, gd, 21, 1)
    return data + bytes(SECTOR)


def monolithic_sparse(extra=''):
    """Header, descriptor, both directories and tables, one grain."""
    rgd, gd, grain = 21, 26, 31
    data = vmdk_header(1, 3, 2 * GRAIN, rgd, gd, grain, 0)
    data += vmdk_descriptor('monolithicSparse', 2 * GRAIN, extra)
    for at in (rgd, gd):
        data += padded(struct.pack('<I', at + 1))
        data += padded(struct.pack('<I', grain), 4 * SECTOR)
    return data + padded(b'grain', GRAIN * SECTOR)


def qcow2(version=3, backing=b'', backing_format=b'', incompatible=0):
    """Header, extensions, L1, refcounts; clusters of 512 bytes."""
    extensions = b''
    if backing_format:
        extensions += struct.pack('>II', 0xe2792aca, len(backing_format))
        extensions += padded(backing_format, 8)
    extensions += struct.pack('>II', 0, 0)
    length = 104 if version == 3 else 72
    name_at = length + len(extensions) if backing else 0
    header = struct.pack(
        '>4sIQIIQIIQQIIQ', b'QFI\xfb', version, name_at, len(backing), 9,
        64 << 10, 0, 2, 512, 1024, 1, 0, 0)
    if version == 3:
        header += struct.pack('>QQQII', incompatible, 0, 0, 4, length)
    data = padded(header + extensions + backing)
    data += padded(struct.pack('>2Q', 1 << 63 | 2048, 0))
    data += padded(struct.pack('>Q', 1536))
    data += padded(struct.pack('>8H', *[1] * 8))
    return data + padded(struct.pack('>2Q', 1 << 63 | 2560, 0)) + bytes(512)


OVF = '''<?xml version="1.0"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1"
 xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"
 xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/\
CIM_ResourceAllocationSettingData">
<References><File ovf:href="{href}" ovf:id="f1" ovf:size="{size}"{extra}/>
</References>
<DiskSection><Info/><Disk ovf:capacity="{sectors}"
 ovf:capacityAllocationUnits="byte * 2^9" ovf:diskId="d1" ovf:fileRef="f1"
 ovf:format="http://www.vmware.com/interfaces/specifications/vmdk.html\
#streamOptimized"/></DiskSection>
{open}{machines}{close}</Envelope>
'''
MACHINE = '''<VirtualSystem ovf:id="{id}"><Info/><Name>{id}</Name>
<VirtualHardwareSection><Info/>
<Item><rasd:ElementName>cpu</rasd:ElementName><rasd:InstanceID>1\
</rasd:InstanceID><rasd:ResourceType>3</rasd:ResourceType>\
<rasd:VirtualQuantity>1</rasd:VirtualQuantity></Item>
<Item><rasd:AllocationUnits>byte * 2^20</rasd:AllocationUnits>\
<rasd:InstanceID>2</rasd:InstanceID><rasd:ResourceType>4</rasd:ResourceType>\
<rasd:VirtualQuantity>256</rasd:VirtualQuantity></Item>
<Item><rasd:Address>0</rasd:Address><rasd:InstanceID>3</rasd:InstanceID>\
<rasd:ResourceSubType>lsilogic</rasd:ResourceSubType>\
<rasd:ResourceType>6</rasd:ResourceType></Item>
<Item><rasd:AddressOnParent>0</rasd:AddressOnParent>\
<rasd:HostResource>ovf:/disk/d1</rasd:HostResource>\
<rasd:InstanceID>4</rasd:InstanceID><rasd:Parent>3</rasd:Parent>\
<rasd:ResourceType>17</rasd:ResourceType></Item>
</VirtualHardwareSection></VirtualSystem>
'''


def ovf(href, size, machines=('one',), extra=''):
    several = len(machines) > 1
    return OVF.format(
        href=href, size=size, extra=extra, sectors=2 * GRAIN,
        machines=''.join(MACHINE.format(id=name) for name in machines),
        open='<VirtualSystemCollection ovf:id="all"><Info/>' if several else '',
        close='</VirtualSystemCollection>' if several else '').encode()


def with_manifest(members, algorithm='sha256'):
    lines = [f'{algorithm.upper()}({name})= '
             f'{hashlib.new(algorithm, data).hexdigest()}\n'
             for name, data in members]
    return members[:1] + [('m.mf', ''.join(lines).encode())] + members[1:]


def as_tar(members, form=tarfile.USTAR_FORMAT, links=()):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode='w', format=form) as tar:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
        for name, target, kind in links:
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, target
            tar.addfile(info)
    data = buffer.getvalue()
    # Without the record's padding, but with both of the empty blocks.
    return padded(data.rstrip(b'\0')) + bytes(1024)


def as_zip(members, method):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, 'w', method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return buffer.getvalue()


def run_tool(argv, data=b'', folder=None):
    """The tool's output, or None where it is missing."""
    if not shutil.which(argv[0]):
        return None
    return subprocess.run(argv, input=data, stdout=subprocess.PIPE, cwd=folder,
                          stderr=subprocess.DEVNULL, check=True).stdout


def as_sparse_tar(members, form):
    """With holes at the end, which tarfile cannot write."""
    with tempfile.TemporaryDirectory() as folder:
        for name, data in members:
            with open(f'{folder}/{name}', 'wb') as f:
                f.write(data.rstrip(b'\0'))
                f.truncate(len(data))
        return run_tool(['tar', '-cS', '-b1', '--format=' + form, '-f-'] +
                        [name for name, data in members], folder=folder)


def unified_kernel(initrd):
    """A PE image with the sections of a unified kernel image."""
    sections = ((b'.cmdline', b'root=/dev/sda2'), (b'.uname', b'6.1.0-test'), (b'.initrd', initrd))
    head = b'MZ'.ljust(0x3c, b'\0') + struct.pack('<I', 0x40)
    head += b'PE\0\0' + struct.pack('<HHIIIHH', 0x8664, len(sections), 0, 0, 0, 0, 0)
    body, table = b'', b''
    for name, data in sections:
        table += struct.pack('<8sIIIIIIHHI', name, len(data), 0, len(padded(data)), SECTOR + len(body), 0, 0, 0, 0, 0)
        body += padded(data)
    return padded(head + table) + body
