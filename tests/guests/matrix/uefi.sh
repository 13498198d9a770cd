# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: LGPL-2.1-or-later
title='UEFI on GPT, its loader known to the NVRAM only: nothing in \EFI\BOOT; SATA'
base=storage
firmware=uefi
nvram='\EFI\debian\grubx64.efi'
bus=sata
nic=e1000
shows 'ls -d /sys/firmware/efi' '^/sys/firmware/efi$' '^/sys/firmware/efi$'
shows 'findmnt -n -o SOURCE /boot/efi' '^/dev/sda1$' '^/dev/vda1$'
shows 'find /boot/efi -iname "boot*.efi" | wc -l' '^0$' '^[1-9]$'

make_guest() {
	local raw=$work/uefi.raw esp=$work/esp
	truncate -s 2G "$raw"
	sfdisk --quiet "$raw" <<-'END'
		label: gpt
		start=1MiB, size=64MiB, type=uefi, name="EFI System Partition"
		start=65MiB, type=linux
	END
	attach_partitioned "$raw"
	mkfs.ext4 -q "${loop}p2"
	mount "${loop}p2" "$root"
	unpack_base "$root" "$base"
	drop_resume
	rename_guest uefi-demo
	install_efi_loader "$(blkid -o value -s UUID "${loop}p2")"
	write_grub_cfg /dev/sda2 /boot "$(blkid -o value -s UUID "${loop}p2")"
	sed -i "s/part_msdos/part_gpt/; s/hd0,msdos1/hd0,gpt2/" "$root/boot/grub/grub.cfg"
	mkdir "$root/boot/efi"
	write_fstab <<-'END'
		/dev/sda2 / ext4 errors=remount-ro 0 1
		/dev/sda1 /boot/efi vfat umask=0077 0 1
	END
	# There may be no driver for FAT here.
	truncate -s 64M "$esp"
	mformat -i "$esp" -F -v ESP ::
	mmd -i "$esp" ::/EFI ::/EFI/debian
	mcopy -i "$esp" "$root/grubx64.efi" ::/EFI/debian/grubx64.efi
	rm "$root/grubx64.efi"
	dd if="$esp" of="${loop}p1" bs=1M status=none
	umount "$root"
	detach "$loop"
}

# What grub-install --no-nvram makes; it wants to see the ESP mounted.
install_efi_loader() {
	mkdir -p "$root/boot/grub"
	cp -r "$root/usr/lib/grub/x86_64-efi" "$root/boot/grub/"
	write_file "$root/early.cfg" <<-END
		search.fs_uuid $1 root
		set prefix=(\$root)'/boot/grub'
	END
	chroot "$root" grub-mkimage --format=x86_64-efi --prefix=/boot/grub --config=/early.cfg \
		--output=/grubx64.efi part_gpt ext2 fat search_fs_uuid normal configfile
	rm "$root/early.cfg"
}
