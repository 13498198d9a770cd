#!/bin/sh
# made by v2v-meta
# Names are quoted as they are, whatever they look like:
# shellcheck disable=SC1003,SC1112,SC2016,SC2034
set -eu
# Makes 'not-converted-sas-uefi' on this node of Proxmox VE:
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
ln -s /d/x-sdb "$links/disk1.qcow2"
qm create "$1" \
	--name not-converted-sas-uefi \
	--ostype l26 \
	--memory 1024 \
	--machine q35 \
	--sockets 1 \
	--cores 1 \
	--cpu x86-64-v2-AES \
	--bios ovmf \
	--efidisk0 "$storage:1",efitype=4m,pre-enrolled-keys=0 \
	--net0 e1000e,bridge=vmbr0 \
	--agent 0 \
	--tablet 1 \
	--serial0 socket \
	--vga std \
	--localtime 0 \
	--balloon 0 \
	--scsihw virtio-scsi-single \
	--sata0 "$storage:0,import-from=/d/x-sda.qcow2" \
	--sata1 "$storage:0,import-from=$links/disk1.qcow2" \
	--sata2 none,media=cdrom \
	--boot 'order=sata0;sata1'
