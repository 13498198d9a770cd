#!/bin/sh
# made by v2v-meta
# Names are quoted as they are, whatever they look like:
# shellcheck disable=SC1003,SC1112,SC2016,SC2034
set -eu
# Makes 'three_disks' on this node of Proxmox VE:
# its disks are copied into the storage.
case ${1-} in
'' | *[!0-9]*)
	echo "usage: $0 VMID [STORAGE]" >&2
	exit 2
	;;
esac
storage=${2:-local-lvm}
links=$(mktemp -d)
trap 'rm -rf "$links"' EXIT
ln -s '/d/three, disks-2.qcow2' "$links/disk0.qcow2"
ln -s '/d/three, disks-0.qcow2' "$links/disk1.qcow2"
ln -s '/d/three, disks-1.qcow2' "$links/disk2.qcow2"
qm create "$1" \
	--name three-disks \
	--vmgenid 01234567-89ab-cdef-0123-456789abcdef \
	--ostype l26 \
	--memory 1024 \
	--machine q35 \
	--sockets 2 \
	--cores 2 \
	--cpu x86-64-v2-AES \
	--bios seabios \
	--net0 virtio=52:54:00:0a:0b:0c,bridge=vmbr0 \
	--net1 virtio,bridge=vmbr0 \
	--agent 1 \
	--tablet 1 \
	--serial0 socket \
	--vga std \
	--localtime 0 \
	--rng0 source=/dev/urandom \
	--audio0 device=ich9-intel-hda,driver=none \
	--scsihw virtio-scsi-single \
	--virtio2 "$storage:0,import-from=$links/disk0.qcow2" \
	--virtio0 "$storage:0,import-from=$links/disk1.qcow2" \
	--virtio1 "$storage:0,import-from=$links/disk2.qcow2" \
	--sata0 none,media=cdrom \
	--boot 'order=virtio2;virtio0;virtio1'
