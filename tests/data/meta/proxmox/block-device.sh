#!/bin/sh
# made by v2v-meta
# Names are quoted as they are, whatever they look like:
# shellcheck disable=SC1003,SC1112,SC2016,SC2034
set -eu
# Makes 'transitional-blk' on this node of Proxmox VE:
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
ln -s /dev/vg/x "$links/disk0.raw"
qm create "$1" \
	--name transitional-blk \
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
	--vga qxl \
	--localtime 0 \
	--rng0 source=/dev/urandom \
	--scsihw virtio-scsi-single \
	--virtio0 "$storage:0,import-from=$links/disk0.raw" \
	--boot order=virtio0
