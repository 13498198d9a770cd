#!/bin/sh
# made by v2v-meta
# Names are quoted as they are, whatever they look like:
# shellcheck disable=SC1003,SC1112,SC2016,SC2034
set -eu
# Makes 'not-converted-pvscsi' on this node of Proxmox VE:
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
ln -s /d/0 "$links/disk0.qcow2"
ln -s /d/1 "$links/disk1.qcow2"
ln -s /d/2 "$links/disk2.qcow2"
ln -s /d/3 "$links/disk3.qcow2"
ln -s /d/4 "$links/disk4.qcow2"
ln -s /d/5 "$links/disk5.qcow2"
ln -s /d/6 "$links/disk6.qcow2"
ln -s /d/7 "$links/disk7.qcow2"
ln -s /d/8 "$links/disk8.qcow2"
qm create "$1" \
	--name not-converted-pvscsi \
	--ostype l26 \
	--memory 1024 \
	--sockets 1 \
	--cores 1 \
	--cpu x86-64-v2-AES \
	--bios seabios \
	--net0 pcnet,bridge=vmbr0 \
	--agent 0 \
	--tablet 1 \
	--serial0 socket \
	--vga std \
	--localtime 0 \
	--balloon 0 \
	--scsihw pvscsi \
	--scsi0 "$storage:0,import-from=$links/disk0.qcow2" \
	--scsi1 "$storage:0,import-from=$links/disk1.qcow2" \
	--scsi2 "$storage:0,import-from=$links/disk2.qcow2" \
	--scsi3 "$storage:0,import-from=$links/disk3.qcow2" \
	--scsi4 "$storage:0,import-from=$links/disk4.qcow2" \
	--scsi5 "$storage:0,import-from=$links/disk5.qcow2" \
	--scsi6 "$storage:0,import-from=$links/disk6.qcow2" \
	--scsi7 "$storage:0,import-from=$links/disk7.qcow2" \
	--scsi8 "$storage:0,import-from=$links/disk8.qcow2" \
	--boot 'order=scsi0;scsi1;scsi2;scsi3;scsi4;scsi5;scsi6;scsi7;scsi8'
