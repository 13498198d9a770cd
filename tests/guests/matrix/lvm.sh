# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: LGPL-2.1-or-later
title='LVM on xfs, /boot on a partition'
base=storage
bus=mptsas
nic=e1000
shows 'findmnt -n -o SOURCE,FSTYPE /' '^/dev/mapper/vg0-root *xfs$' '^/dev/mapper/vg0-root *xfs$'
shows 'findmnt -n -o SOURCE /boot' '^/dev/sda1$' '^/dev/vda1$'
shows 'pvs --noheadings -o pv_name 2>&1' '/dev/sda2' '/dev/vda2'

# Without device-mapper: LVM only writes its labels, and a linear LV starts 1 MiB into its PV.
make_guest() {
	local raw=$work/lvm.raw disk config
	partition_with_boot "$raw" 8e
	disk=$loop
	config="devices { filter=[\"a|^${disk}p2\$|\",\"r|.*|\"] use_devicesfile=0 } backup { backup=0 archive=0 }"
	lvm_offline pvcreate --dataalignment 1m "${disk}p2"
	lvm_offline vgcreate vg0 "${disk}p2"
	lvm_offline lvcreate -an -Zn -Wn -L 2G -n root vg0
	sync
	attach "$raw" --offset $((257 * mib)) --sizelimit $((2048 * mib))
	mkfs.xfs -q "$loop"
	fill_with_boot "$disk" "$loop" /dev/mapper/vg0-root xfs
	rename_guest lvm-demo
	refresh_initrds
	umount "$root/boot" "$root"
	detach "$disk"
}
