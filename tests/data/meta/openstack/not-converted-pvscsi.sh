#!/bin/sh
# made by v2v-meta
# Names are quoted as they are, whatever they look like:
# shellcheck disable=SC1003,SC1112,SC2016,SC2034
set -eu
# Uploads the disks of 'not-converted-pvscsi'.  With the name of a
# flavor it makes the server too; it needs 1
# processors, and memory and disk as the image says.

image0=$(openstack image create -f value -c id \
	--container-format bare --disk-format qcow2 \
	--min-disk 20 --min-ram 1024 \
	--property hw_architecture=x86_64 \
	--property hw_machine_type=pc \
	--property hw_firmware_type=bios \
	--property hw_disk_bus=scsi \
	--property hw_scsi_model=vmpvscsi \
	--property hw_vif_model=pcnet \
	--property hw_video_model=vga \
	--property hw_pointer_model=usbtablet \
	--file /d/0 -- not-converted-pvscsi)

image1=$(openstack image create -f value -c id \
	--container-format bare --disk-format qcow2 \
	--file /d/1 -- not-converted-pvscsi-disk-1)
volume1=$(openstack volume create -f value -c id \
	--image "$image1" --size 20 -- not-converted-pvscsi-disk-1)

image2=$(openstack image create -f value -c id \
	--container-format bare --disk-format qcow2 \
	--file /d/2 -- not-converted-pvscsi-disk-2)
volume2=$(openstack volume create -f value -c id \
	--image "$image2" --size 20 -- not-converted-pvscsi-disk-2)

image3=$(openstack image create -f value -c id \
	--container-format bare --disk-format qcow2 \
	--file /d/3 -- not-converted-pvscsi-disk-3)
volume3=$(openstack volume create -f value -c id \
	--image "$image3" --size 20 -- not-converted-pvscsi-disk-3)

image4=$(openstack image create -f value -c id \
	--container-format bare --disk-format qcow2 \
	--file /d/4 -- not-converted-pvscsi-disk-4)
volume4=$(openstack volume create -f value -c id \
	--image "$image4" --size 20 -- not-converted-pvscsi-disk-4)

image5=$(openstack image create -f value -c id \
	--container-format bare --disk-format qcow2 \
	--file /d/5 -- not-converted-pvscsi-disk-5)
volume5=$(openstack volume create -f value -c id \
	--image "$image5" --size 20 -- not-converted-pvscsi-disk-5)

image6=$(openstack image create -f value -c id \
	--container-format bare --disk-format qcow2 \
	--file /d/6 -- not-converted-pvscsi-disk-6)
volume6=$(openstack volume create -f value -c id \
	--image "$image6" --size 20 -- not-converted-pvscsi-disk-6)

image7=$(openstack image create -f value -c id \
	--container-format bare --disk-format qcow2 \
	--file /d/7 -- not-converted-pvscsi-disk-7)
volume7=$(openstack volume create -f value -c id \
	--image "$image7" --size 20 -- not-converted-pvscsi-disk-7)

image8=$(openstack image create -f value -c id \
	--container-format bare --disk-format qcow2 \
	--file /d/8 -- not-converted-pvscsi-disk-8)
volume8=$(openstack volume create -f value -c id \
	--image "$image8" --size 20 -- not-converted-pvscsi-disk-8)

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
	--network default -- not-converted-pvscsi-net-0)
server=$(openstack server create -f value -c id --wait \
	--flavor "$1" --image "$image0" --nic "port-id=$port0" -- not-converted-pvscsi)
await "$volume1"
openstack server add volume "$server" "$volume1"
await "$volume2"
openstack server add volume "$server" "$volume2"
await "$volume3"
openstack server add volume "$server" "$volume3"
await "$volume4"
openstack server add volume "$server" "$volume4"
await "$volume5"
openstack server add volume "$server" "$volume5"
await "$volume6"
openstack server add volume "$server" "$volume6"
await "$volume7"
openstack server add volume "$server" "$volume7"
await "$volume8"
openstack server add volume "$server" "$volume8"
echo "$server"
