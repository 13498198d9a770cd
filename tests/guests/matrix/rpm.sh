# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: LGPL-2.1-or-later
# AlmaLinux 8's layout: rpm, dracut with drivers as .ko.xz, BLS entries whose root lies in grubenv's kernelopts or in the entry
# itself, a rescue kernel, a separate /boot beside xfs, NetworkManager's keyfile.

title='RPM, dracut, BLS entries'
layouts=(bases.sh layouts-rpm.sh)
base=dracut
bus=pvscsi

make_guest() {
	local boot_uuid machine_id=76327632763276327632763276327632 release
	new_disk "$work/rpm.raw" 3G <<-'END'
		start=1MiB, size=511MiB, type=83, bootable
		start=512MiB, type=83
	END
	attach_partitioned "$work/rpm.raw"
	mkfs.ext4 -q "${loop}p1"
	mkfs.xfs -q "${loop}p2"
	boot_uuid=$(blkid -o value -s UUID "${loop}p1")
	mount "${loop}p2" "$root"
	mkdir "$root/boot"
	mount "${loop}p1" "$root/boot"
	unpack_base "$root" dracut
	release=$(ls "$root/lib/modules")
	name_rpm_guest rpm-demo kernel-core
	write_alma_files
	cp "$root/boot/vmlinuz-$release" "$root/boot/vmlinuz-0-rescue-$machine_id"
	cp "$root/boot/initramfs-$release.img" "$root/boot/initramfs-0-rescue-$machine_id.img"
	write_fstab <<-'END'
		/dev/sda2 / xfs defaults 0 0
		/dev/sda1 /boot ext4 defaults 1 2
	END
	# shellcheck disable=SC2016 # grub's variables
	write_bls_entry "$release" "AlmaLinux ($release) 8.9 (Midnight Oncilla)" '$kernelopts $tuned_params'
	write_bls_entry "0-rescue-$machine_id" "AlmaLinux (0-rescue-$machine_id) 8.9 (Midnight Oncilla)" \
		'root=/dev/sda2 ro console=tty0 console=ttyS0,115200'
	install_grub2 "$loop" "$boot_uuid" "" i386-pc/start.cfg
	write_bls_grub_cfg "$boot_uuid"
	grub-editenv "$root/boot/grub2/grubenv" create
	grub-editenv "$root/boot/grub2/grubenv" set "saved_entry=$machine_id-$release" \
		'kernelopts=root=/dev/sda2 ro console=tty0 console=ttyS0,115200 rd.retry=20 ' boot_success=0
	umount "$root/boot" "$root"
	detach "$loop"
}

write_alma_files() {
	write_file "$root/etc/os-release" <<-'END'
		NAME="AlmaLinux"
		VERSION="8.9 (Midnight Oncilla)"
		ID="almalinux"
		ID_LIKE="rhel centos fedora"
		VERSION_ID="8.9"
		PLATFORM_ID="platform:el8"
		PRETTY_NAME="AlmaLinux 8.9 (Midnight Oncilla)"
		CPE_NAME="cpe:/o:almalinux:almalinux:8::baseos"
	END
	write_file "$root/etc/almalinux-release" <<<'AlmaLinux release 8.9 (Midnight Oncilla)'
	ln -s almalinux-release "$root/etc/redhat-release"
	ln -s almalinux-release "$root/etc/system-release"
	write_file "$root/etc/default/grub" <<-'END'
		GRUB_TIMEOUT=0
		GRUB_DISTRIBUTOR="$(sed 's, release .*$,,g' /etc/system-release)"
		GRUB_DEFAULT=saved
		GRUB_DISABLE_SUBMENU=true
		GRUB_TERMINAL_OUTPUT="console"
		GRUB_CMDLINE_LINUX="console=tty0 console=ttyS0,115200"
		GRUB_DISABLE_RECOVERY="true"
		GRUB_ENABLE_BLSCFG=true
	END
	mkdir -p "$root/etc/sysconfig"
	ln -s ../default/grub "$root/etc/sysconfig/grub"
	printf '%s\n' UPDATEDEFAULT=yes DEFAULTKERNEL=kernel-core | write_file "$root/etc/sysconfig/kernel"
	write_keyfile
}

write_keyfile() {
	local file=$root/etc/NetworkManager/system-connections/ens192.nmconnection
	write_file "$file" <<-'END'
		[connection]
		id=ens192
		uuid=03da7500-2101-c722-2438-d0d006c28c73
		type=ethernet
		interface-name=ens192

		[ethernet]

		[ipv4]
		address1=192.0.2.7/24
		method=manual

		[ipv6]
		method=ignore
	END
	chmod 600 "$file"
}

# write_bls_entry VERSION TITLE OPTIONS
write_bls_entry() {
	write_file "$root/boot/loader/entries/$machine_id-$1.conf" <<-END
		title $2
		version $1
		linux /vmlinuz-$1
		initrd /initramfs-$1.img
		options $3
		id alma-20231113-$1
		grub_users \$grub_users
		grub_arg --unrestricted
		grub_class kernel
	END
}
