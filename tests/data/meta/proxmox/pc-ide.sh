#!/bin/sh
# made by v2v-meta
# Names are quoted as they are, whatever they look like:
# shellcheck disable=SC1003,SC1112,SC2016,SC2034
set -eu
# Makes 'pc-ide' on this node of Proxmox VE:
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
ln -s /d/x-sda "$links/disk0.qcow2"
ln -s /d/x-sdb "$links/disk1.qcow2"
ln -s /d/x-sdc "$links/disk2.qcow2"
qm create "$1" \
	--name pc-ide \
	--ostype l26 \
	--memory 1024 \
	--sockets 1 \
	--cores 1 \
	--cpu x86-64-v2-AES \
	--bios seabios \
	--net0 rtl8139,bridge=vmbr0 \
	--agent 1 \
	--tablet 1 \
	--serial0 socket \
	--vga std \
	--localtime 0 \
	--balloon 0 \
	--acpi 0 \
	--scsihw virtio-scsi-single \
	--ide0 "$storage:0,import-from=$links/disk0.qcow2" \
	--ide1 "$storage:0,import-from=$links/disk1.qcow2" \
	--ide2 "$storage:0,import-from=$links/disk2.qcow2" \
	--ide3 none,media=cdrom \
	--boot 'order=ide0;ide1;ide2'
