# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: LGPL-2.1-or-later
title='Two disks, /dev/sdb1 in fstab'
disks=(two-disks.raw two-disks-sdb.raw)
bus=lsi
nic=e1000
shows 'findmnt -n -o SOURCE /data' '^/dev/sdb1$' '^/dev/vdb1$'
shows 'cat /data/file' '^kept on the second disk$' '^kept on the second disk$'

make_guest() {
	local data=$work/two-disks-sdb.raw
	make_plain "$work/two-disks.raw"
	rename_guest two-disks-demo
	refresh_initrds
	mkdir "$root/data"
	write_fstab <<-'END'
		/dev/sda1 / ext4 errors=remount-ro 0 1
		/dev/sdb1 /data ext4 defaults 0 2
	END
	finish_plain
	new_disk "$data" 512M <<<'start=1MiB, type=83'
	attach_partitioned "$data"
	mkfs.ext4 -q -L data "${loop}p1"
	mount "${loop}p1" "$root"
	echo 'kept on the second disk' >"$root/file"
	finish_plain
}
