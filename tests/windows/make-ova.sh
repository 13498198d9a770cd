#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# make-ova.sh RAW OVA bios|efi: packs a disk as VMware does: an OVF, a streamOptimized disk, a card of slot 192.
set -eu

work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
name=$(basename "$2" .ova)
qemu-img convert -q -f raw -O vmdk -o subformat=streamOptimized "$1" "$work/$name-disk1.vmdk"
cat >"$work/$name.ovf" <<END
<?xml version="1.0" encoding="UTF-8"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1" xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData" xmlns:vmw="http://www.vmware.com/schema/ovf">
  <References><File ovf:href="$name-disk1.vmdk" ovf:id="f1"/></References>
  <DiskSection><Info>Disks</Info>
    <Disk ovf:capacity="$(stat -c %s "$1")" ovf:capacityAllocationUnits="byte" ovf:diskId="d1" ovf:fileRef="f1" ovf:format="http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"/>
  </DiskSection>
  <NetworkSection><Info>Networks</Info><Network ovf:name="VM Network"/></NetworkSection>
  <VirtualSystem ovf:id="$name"><Info>One</Info><Name>$name</Name>
    <VirtualHardwareSection><Info>Hardware</Info>
      <Item><rasd:InstanceID>1</rasd:InstanceID><rasd:ResourceType>3</rasd:ResourceType><rasd:VirtualQuantity>2</rasd:VirtualQuantity></Item>
      <Item><rasd:AllocationUnits>byte * 2^20</rasd:AllocationUnits><rasd:InstanceID>2</rasd:InstanceID><rasd:ResourceType>4</rasd:ResourceType><rasd:VirtualQuantity>1024</rasd:VirtualQuantity></Item>
      <Item><rasd:InstanceID>3</rasd:InstanceID><rasd:ResourceSubType>lsilogicsas</rasd:ResourceSubType><rasd:ResourceType>6</rasd:ResourceType></Item>
      <Item><rasd:AddressOnParent>0</rasd:AddressOnParent><rasd:HostResource>ovf:/disk/d1</rasd:HostResource><rasd:InstanceID>4</rasd:InstanceID><rasd:Parent>3</rasd:Parent><rasd:ResourceType>17</rasd:ResourceType></Item>
      <Item><rasd:Address>00:0c:29:66:1a:a2</rasd:Address><rasd:AddressOnParent>7</rasd:AddressOnParent><rasd:Connection>VM Network</rasd:Connection><rasd:InstanceID>5</rasd:InstanceID><rasd:ResourceSubType>VmxNet3</rasd:ResourceSubType><rasd:ResourceType>10</rasd:ResourceType><vmw:Config ovf:required="false" vmw:key="slotInfo.pciSlotNumber" vmw:value="192"/></Item>
      <vmw:Config ovf:required="false" vmw:key="firmware" vmw:value="$3"/>
    </VirtualHardwareSection>
  </VirtualSystem>
</Envelope>
END
tar -C "$work" --format=ustar -cf "$2" "$name.ovf" "$name-disk1.vmdk"
