#!/bin/sh
# made by v2v-meta
# Names are quoted as they are, whatever they look like:
# shellcheck disable=SC1003,SC1112,SC2016,SC2034
set -eu
# Uploads the disks of 'three_disks'.  With the name of a
# flavor it makes the server too; it needs 4
# processors, and memory and disk as the image says.

image0=$(openstack image create -f value -c id \
	--container-format bare --disk-format qcow2 \
	--min-disk 20 --min-ram 1024 \
	--property hw_architecture=x86_64 \
	--property hw_machine_type=q35 \
	--property hw_firmware_type=bios \
	--property hw_disk_bus=virtio \
	--property hw_vif_model=virtio \
	--property hw_video_model=vga \
	--property hw_pointer_model=usbtablet \
	--property hw_rng_model=virtio \
	--property hw_qemu_guest_agent=yes \
	--property hw_cpu_sockets=2 \
	--property hw_cpu_cores=2 \
	--property hw_cpu_threads=1 \
	--property os_type=linux \
	--property os_distro=debian12 \
	--file '/d/three, disks-2.qcow2' -- three_disks)

image1=$(openstack image create -f value -c id \
	--container-format bare --disk-format qcow2 \
	--file '/d/three, disks-0.qcow2' -- three_disks-disk-1)
volume1=$(openstack volume create -f value -c id \
	--image "$image1" --size 20 -- three_disks-disk-1)

image2=$(openstack image create -f value -c id \
	--container-format bare --disk-format qcow2 \
	--file '/d/three, disks-1.qcow2' -- three_disks-disk-2)
volume2=$(openstack volume create -f value -c id \
	--image "$image2" --size 20 -- three_disks-disk-2)

[ -n "${1-}" ] || exit 0

# Until the volume $1 can be attached.
await() {
	while status=$(openstack volume show -f value -c status "$1"); do
		case $status in
		available) return 0 ;;
		error*) break ;;
		esac
		sleep 2
	done
	echo "$0: the volume $1 is not available: $status" >&2
	exit 1
}
port0=$(openstack port create -f value -c id \
	--mac-address 52:54:00:0a:0b:0c --network default -- three_disks-net-0)
port1=$(openstack port create -f value -c id \
	--network default -- three_disks-net-1)
server=$(openstack server create -f value -c id --wait \
	--flavor "$1" --image "$image0" --nic "port-id=$port0" --nic "port-id=$port1" -- three_disks)
await "$volume1"
openstack server add volume "$server" "$volume1"
await "$volume2"
openstack server add volume "$server" "$volume2"
echo "$server"
