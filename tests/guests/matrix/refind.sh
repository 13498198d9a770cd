# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: LGPL-2.1-or-later
# UEFI with rEFInd as its own installer lays it: the kernel is in /boot on ext4, which rEFInd reads by a driver of its own, and its
# arguments are in refind_linux.conf beside it; no \EFI\BOOT, so that only the old machine's NVRAM leads to the loader.

title='rEFInd, which finds the kernel by itself; no fallback loader'
layouts=(bases.sh)
firmware=uefi
nvram='\EFI\refind\refind_x64.efi'
bus=sata
nic=e1000
shows 'findmnt -n -o SOURCE /efi' '^/dev/sda1$' '^/dev/vda1$'
shows 'find /efi -iname "ext4_*.efi" | wc -l' '^1$' '^2$'

make_guest() {
	local esp=$work/esp
	rm -f "$work/refind.raw"
	truncate -s 3G "$work/refind.raw"
	sfdisk --quiet "$work/refind.raw" <<-'END'
		label: gpt
		start=1MiB, size=128MiB, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B, name="EFI System Partition"
		start=129MiB, type=4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709, name="root"
	END
	attach_partitioned "$work/refind.raw"
	mkfs.ext4 -q "${loop}p2"
	mount "${loop}p2" "$root"
	unpack_base "$root"
	drop_resume
	rename_guest refind-demo
	write_fstab <<-'END'
		/dev/sda2 / ext4 errors=remount-ro 0 1
		/dev/sda1 /efi vfat umask=0077 0 2
	END
	mkdir "$root/efi"
	write_file "$root/boot/refind_linux.conf" <<-'END'
		"Boot with standard options"  "root=/dev/sda2 ro console=tty0 console=ttyS0,115200 initrd=boot\initrd.img-%v"
		"Boot to single-user mode"    "root=/dev/sda2 ro single"
	END
	rm -r "$root/boot/grub" "$root/etc/default/grub" "$root/etc/grub.d"
	umount "$root"
	detach "$loop"
	make_esp
	dd if="$esp" of="$work/refind.raw" bs=1M seek=1 conv=notrunc,sparse status=none
}

# Without vfat: mtools writes to a file.
make_esp() {
	local files
	need_package refind
	files=$outdir/.packages/refind/usr/share/refind/refind
	truncate -s 128M "$esp"
	mformat -i "$esp" -F -v ESP ::
	mmd -i "$esp" ::/EFI ::/EFI/refind ::/EFI/refind/drivers_x64
	mcopy -i "$esp" "$files/refind_x64.efi" ::/EFI/refind/
	mcopy -i "$esp" "$files/drivers_x64/ext4_x64.efi" ::/EFI/refind/drivers_x64/
	printf '%s\n' 'timeout 1' 'textonly' 'scanfor internal' | mcopy -i "$esp" - ::/EFI/refind/refind.conf
}
