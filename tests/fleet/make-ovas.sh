#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# make-ovas.sh DIR N: good-01.ova to good-N.ova, small guests that can be converted in a second (links of one file); damaged.ova, which is
# cut off; blocked.ova, without a system.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
cd "$1"

# ova FILE DISK: a machine with this raw disk.
ova() {
	qemu-img convert -O vmdk -o subformat=streamOptimized "$2" disk.vmdk
	cat >machine.ovf <<-END
	<?xml version="1.0" encoding="UTF-8"?>
	<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1" xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData">
	  <References><File ovf:href="disk.vmdk" ovf:id="f"/></References>
	  <DiskSection><Info/><Disk ovf:capacity="$(stat -c %s "$2")" ovf:diskId="d" ovf:fileRef="f" ovf:format="http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"/></DiskSection>
	  <VirtualSystem ovf:id="template"><Info/><Name>template</Name><VirtualHardwareSection><Info/>
	    <Item><rasd:InstanceID>1</rasd:InstanceID><rasd:ResourceType>3</rasd:ResourceType><rasd:VirtualQuantity>1</rasd:VirtualQuantity></Item>
	    <Item><rasd:AllocationUnits>byte * 2^20</rasd:AllocationUnits><rasd:InstanceID>2</rasd:InstanceID><rasd:ResourceType>4</rasd:ResourceType><rasd:VirtualQuantity>512</rasd:VirtualQuantity></Item>
	    <Item><rasd:InstanceID>3</rasd:InstanceID><rasd:ResourceType>6</rasd:ResourceType></Item>
	    <Item><rasd:AddressOnParent>0</rasd:AddressOnParent><rasd:HostResource>ovf:/disk/d</rasd:HostResource><rasd:InstanceID>4</rasd:InstanceID><rasd:Parent>3</rasd:Parent><rasd:ResourceType>17</rasd:ResourceType></Item>
	  </VirtualHardwareSection></VirtualSystem>
	</Envelope>
	END
	tar -cf "$1" machine.ovf disk.vmdk
	rm machine.ovf disk.vmdk
}

/usr/bin/python3 -B "$here/../hostile/guest.py" guest.raw --modules 10 --kernels 1 --bombs 0 --netplan 1 --fstab 0 --initrd 8
ova good-01.ova guest.raw
for n in $(seq 2 "$2"); do
	ln good-01.ova "$(printf 'good-%02d.ova' "$n")"
done
head -c 3000000 good-01.ova >damaged.ova
truncate -s 16M empty.raw
seq 1 30000 | dd of=empty.raw bs=1M seek=1 conv=notrunc status=none
ova blocked.ova empty.raw
rm guest.raw empty.raw
