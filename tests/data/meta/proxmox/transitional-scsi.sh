#!/bin/sh
# made by v2v-meta
# Names are quoted as they are, whatever they look like:
# shellcheck disable=SC1003,SC1112,SC2016,SC2034
set -eu
# Makes 'transitional-scsi' on this node of Proxmox VE:
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
ln -s /d/x-sdb "$links/disk1.raw"
qm create "$1" \
	--name transitional-scsi \
	--ostype l26 \
	--memory 1024 \
	--machine q35 \
	--sockets 1 \
	--cores 1 \
	--cpu x86-64-v2-AES \
	--bios seabios \
	--net0 virtio,bridge=vmbr0 \
	--agent 1 \
	--tablet 1 \
	--serial0 socket \
	--vga std \
	--localtime 0 \
	--rng0 source=/dev/urandom \
	--scsihw virtio-scsi-single \
	--scsi0 "$storage:0,import-from=/d/x-sda.qcow2" \
	--scsi1 "$storage:0,import-from=$links/disk1.raw" \
	--sata0 none,media=cdrom \
	--boot 'order=scsi0;scsi1'
