# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: LGPL-2.1-or-later
title='Root on MD RAID 1 over two disks, the members named in mdadm.conf; swap on the second disk'
base=storage
disks=(raid.raw raid-sdb.raw)
shows 'findmnt -n -o SOURCE /' '^/dev/md0$' '^/dev/md0$'
shows 'grep -A1 ^md0 /proc/mdstat' 'active raid1 .*sd[ab]2' 'active raid1 .*vd[ab]2'
shows 'cat /sys/block/md0/md/degraded' '^0$' '^0$'

make_guest() {
	local raw=$work/raid.raw second=$work/raid-sdb.raw disk
	partition_with_boot "$raw" fd
	disk=$loop
	new_disk "$second" 3G <<-'END'
		start=1MiB, size=255MiB, type=82
		start=256MiB, type=fd
	END
	attach_partitioned "$second"
	mkswap -q "${loop}p1"
	detach "$loop"
	# The data of a member begins 1 MiB into it.
	attach "$raw" --offset $((257 * mib)) --sizelimit $((2800 * mib - 257 * mib))
	mkfs.ext4 -q "$loop"
	fill_with_boot "$disk" "$loop" /dev/md0 ext4
	rename_guest raid-demo
	echo '/dev/sdb1 none swap sw 0 0' >>"$root/etc/fstab"
	write_file "$root/etc/mdadm/mdadm.conf" <<-'END'
		# mdadm.conf
		DEVICE /dev/sda2 /dev/sdb2
		HOMEHOST <system>
		MAILADDR root
		ARRAY /dev/md0 metadata=1.2 name=raid-demo:0 UUID=76327632:76327632:76327632:76327632
	END
	refresh_initrds
	umount "$root/boot" "$root"
	detach "$disk"
	dd if="$raw" of="$second" bs=1M skip=257 seek=257 count=$((2800 - 257)) conv=sparse,notrunc status=none
	write_superblocks "$raw" "$second"
}

# MD needs its driver, which the appliance has; with --assume-clean only the superblocks are written.
write_superblocks() {
	in_appliance "$@" || LIBGUESTFS_BACKEND_SETTINGS=force_tcg in_appliance "$@" || die "$(cat "$work/mdadm.log")"
}

in_appliance() {
	LIBGUESTFS_BACKEND=direct guestfish --format=raw -a "$1" -a "$2" run : debug sh \
		"udevadm settle; mdadm --create /dev/md0 --run --level=1 --raid-devices=2 --metadata=1.2 --data-offset=1M --assume-clean \
		--bitmap=none --homehost=raid-demo --name=0 --uuid=76327632:76327632:76327632:76327632 /dev/sda2 /dev/sdb2 2>&1 &&
		mdadm --stop /dev/md0 2>&1" 9>&- >"$work/mdadm.log" 2>&1
}
