#!/bin/sh
# made by v2v-meta
# Names are quoted as they are, whatever they look like:
# shellcheck disable=SC1003,SC1112,SC2016,SC2034
set -eu
# Uploads the disks of 'windows-8'.  With the name of a
# flavor it makes the server too; it needs 3
# processors, and memory and disk as the image says.

image0=$(openstack image create -f value -c id \
	--container-format bare --disk-format qcow2 \
	--min-disk 20 --min-ram 4096 \
	--property hw_architecture=x86_64 \
	--property hw_machine_type=q35 \
	--property hw_firmware_type=uefi \
	--property os_secure_boot=disabled \
	--property hw_disk_bus=sata \
	--property hw_vif_model=e1000e \
	--property hw_video_model=vga \
	--property hw_pointer_model=usbtablet \
	--property hw_qemu_guest_agent=yes \
	--property os_type=windows \
	--property os_distro=win8.1 \
	--property hw_time_hpet=false \
	--file /d/x-sda.qcow2 -- windows-8)

[ -n "${1-}" ] || exit 0
port0=$(openstack port create -f value -c id \
	--network default -- windows-8-net-0)
server=$(openstack server create -f value -c id --wait \
	--flavor "$1" --image "$image0" --nic "port-id=$port0" -- windows-8)
echo "$server"
