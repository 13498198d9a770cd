#!/bin/sh
# made by v2v-meta
# Names are quoted as they are, whatever they look like:
# shellcheck disable=SC1003,SC1112,SC2016,SC2034
set -eu
# Uploads the disks of 'file-name-xml-cannot-hold'.  With the name of a
# flavor it makes the server too; it needs 1
# processors, and memory and disk as the image says.

image0=$(openstack image create -f value -c id \
	--container-format bare --disk-format qcow2 \
	--min-disk 20 --min-ram 1024 \
	--property hw_architecture=x86_64 \
	--property hw_machine_type=q35 \
	--property hw_firmware_type=bios \
	--property hw_disk_bus=virtio \
	--property hw_video_model=vga \
	--property hw_pointer_model=usbtablet \
	--property hw_rng_model=virtio \
	--property hw_qemu_guest_agent=yes \
	--file '/d/' -- file-name-xml-cannot-hold)

[ -n "${1-}" ] || exit 0
server=$(openstack server create -f value -c id --wait \
	--flavor "$1" --image "$image0" --nic none -- file-name-xml-cannot-hold)
echo "$server"
