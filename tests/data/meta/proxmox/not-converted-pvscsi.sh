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
	--scsi0 "$storage:0,import-from=/d/0" \
	--scsi1 "$storage:0,import-from=/d/1" \
	--scsi2 "$storage:0,import-from=/d/2" \
	--scsi3 "$storage:0,import-from=/d/3" \
	--scsi4 "$storage:0,import-from=/d/4" \
	--scsi5 "$storage:0,import-from=/d/5" \
	--scsi6 "$storage:0,import-from=/d/6" \
	--scsi7 "$storage:0,import-from=/d/7" \
	--scsi8 "$storage:0,import-from=/d/8" \
	--boot 'order=scsi0;scsi1;scsi2;scsi3;scsi4;scsi5;scsi6;scsi7;scsi8'
