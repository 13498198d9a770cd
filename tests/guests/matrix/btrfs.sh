# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: LGPL-2.1-or-later
title='btrfs, root in subvolume @, /home in @home, and a snapshot of @'
base=storage
nic=e1000
shows 'findmnt -n -o SOURCE /' '^/dev/sda1\[/@\]$' '^/dev/vda1\[/@\]$'
shows 'findmnt -n -o SOURCE /home' '^/dev/sda1\[/@home\]$' '^/dev/vda1\[/@home\]$'
shows 'grep -o "rootflags=[^ ]*" /proc/cmdline' '^rootflags=subvol=@$' '^rootflags=subvol=@$'

make_guest() {
	new_disk "$work/btrfs.raw" 2G <<<'start=1MiB, type=83, bootable'
	attach_partitioned "$work/btrfs.raw"
	mkfs.btrfs --quiet --nodiscard "${loop}p1"
	mount "${loop}p1" "$root"
	btrfs -q subvolume create "$root/@"
	btrfs -q subvolume create "$root/@home"
	umount "$root"
	mount -o subvol=@ "${loop}p1" "$root"
	unpack_base "$root" "$base"
	drop_resume
	rename_guest btrfs-demo
	mount -o subvol=@home "${loop}p1" "$root/home"
	echo btrfs >>"$root/etc/initramfs-tools/modules"
	refresh_initrds
	install_boot "$loop"
	write_grub_cfg '/dev/sda1 rootflags=subvol=@' /@/boot "$(blkid -o value -s UUID "${loop}p1")"
	sed -i 's/insmod ext2/insmod btrfs/' "$root/boot/grub/grub.cfg"
	write_fstab <<-'END'
		/dev/sda1 / btrfs defaults,subvol=@ 0 0
		/dev/sda1 /home btrfs defaults,subvol=@home 0 0
	END
	mkdir "$work/top"
	mount -o subvolid=5 "${loop}p1" "$work/top"
	mkdir "$work/top/@snapshots"
	btrfs -q subvolume snapshot -r "$work/top/@" "$work/top/@snapshots/1"
	umount "$work/top" "$root/home" "$root"
	detach "$loop"
}
