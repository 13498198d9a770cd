# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: LGPL-2.1-or-later
# UEFI with systemd-boot, in the layout of Debian's own systemd-boot package: kernel and initrd without a version in their names, in
# the ESP, which is /efi; no \EFI\BOOT, so that only the old machine's NVRAM leads to the loader.

title='systemd-boot, kernels in the ESP, no fallback loader'
layouts=(bases.sh)
firmware=uefi
nvram='\EFI\systemd\systemd-bootx64.efi'
bus=sata
nic=e1000
shows 'findmnt -n -o SOURCE /efi' '^/dev/sda1$' '^/dev/vda1$'

make_guest() {
	local release esp=$work/esp machine_id=76327632763276327632763276327632
	rm -f "$work/systemd-boot.raw"
	truncate -s 3G "$work/systemd-boot.raw"
	sfdisk --quiet "$work/systemd-boot.raw" <<-'END'
		label: gpt
		start=1MiB, size=256MiB, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B, name="EFI System Partition"
		start=257MiB, type=4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709, name="root"
	END
	attach_partitioned "$work/systemd-boot.raw"
	mkfs.ext4 -q "${loop}p2"
	mount "${loop}p2" "$root"
	unpack_base "$root"
	drop_resume
	rename_guest systemd-boot-demo
	release=$(ls "$root/lib/modules")
	write_file "$root/etc/kernel/cmdline" <<<'root=/dev/sda2 ro console=tty0 console=ttyS0,115200'
	write_file "$root/etc/kernel/entry-token" <<<"$machine_id"
	write_fstab <<-'END'
		/dev/sda2 / ext4 errors=remount-ro 0 1
		/dev/sda1 /efi vfat umask=0077 0 2
	END
	mkdir "$root/efi"
	make_esp
	rm -r "$root/boot/grub" "$root/etc/default/grub" "$root/etc/grub.d"
	rm "$root"/boot/vmlinuz-* "$root"/boot/initrd.img-*
	umount "$root"
	detach "$loop"
	dd if="$esp" of="$work/systemd-boot.raw" bs=1M seek=1 conv=notrunc,sparse status=none
}

# Without vfat: mtools writes to a file.
make_esp() {
	local loader
	need_package systemd-boot-efi
	loader=$outdir/.packages/systemd-boot-efi/usr/lib/systemd/boot/efi/systemd-bootx64.efi
	truncate -s 256M "$esp"
	mformat -i "$esp" -F -v ESP ::
	mmd -i "$esp" ::/EFI ::/EFI/systemd ::/loader ::/loader/entries "::/$machine_id" "::/$machine_id/$release"
	mcopy -i "$esp" "$loader" ::/EFI/systemd/
	mcopy -i "$esp" "$root/boot/vmlinuz-$release" "::/$machine_id/$release/linux"
	mcopy -i "$esp" "$root/boot/initrd.img-$release" "::/$machine_id/$release/initrd.img-$release"
	printf '%s\n' 'timeout 0' "default $machine_id-*" | mcopy -i "$esp" - ::/loader/loader.conf
	mcopy -i "$esp" - "::/loader/entries/$machine_id-$release.conf" <<-END
		# Boot Loader Specification type#1 entry
		title      Debian GNU/Linux 12 (bookworm)
		version    $release
		machine-id $machine_id
		sort-key   debian
		options    root=/dev/sda2 ro console=tty0 console=ttyS0,115200
		linux      /$machine_id/$release/linux
		initrd     /$machine_id/$release/initrd.img-$release
	END
}
