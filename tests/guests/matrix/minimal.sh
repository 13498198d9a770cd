# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: LGPL-2.1-or-later
# A distribution that nobody knows, in Alpine's layout: extlinux, a kernel without its version in its name, modules as .ko.gz, an
# initramfs as mkinitfs makes them (without its feature virtio), busybox's init; neither systemd nor udev.

title='unknown, mkinitfs, extlinux, busybox'
layouts=(bases.sh)
bus=pvscsi
interface=eth0
shows 'findmnt -n -o SOURCE /boot' '^/dev/sda1$' '^/dev/vda1$'
shows 'swapon --show=NAME --noheadings' '^/dev/sda2$' '^/dev/vda2$'

make_guest() {
	local release
	new_disk "$work/minimal.raw" 2G <<-'END'
		start=1MiB, size=127MiB, type=83, bootable
		start=128MiB, size=64MiB, type=82
		start=192MiB, type=83
	END
	attach_partitioned "$work/minimal.raw"
	mkfs.ext4 -q -O ^64bit,^metadata_csum "${loop}p1"
	mkswap -q "${loop}p2"
	mkfs.ext4 -q "${loop}p3"
	mount "${loop}p3" "$root"
	mkdir "$root/boot"
	mount "${loop}p1" "$root/boot"
	unpack_base "$root"
	release=$(ls "$root/lib/modules")
	need_package busybox-static
	strip_debian
	write_busybox_init
	make_initramfs
	compress_modules "$root/lib/modules/$release"
	mv "$root/boot/vmlinuz-$release" "$root/boot/vmlinuz-lts"
	mv "$root/boot/config-$release" "$root/boot/config-lts"
	mv "$root/boot/System.map-$release" "$root/boot/System.map-lts"
	install_extlinux
	umount "$root/boot" "$root"
	detach "$loop"
}

strip_debian() {
	rm -r "$root/usr/lib/systemd" "$root/usr/lib/udev" "$root/etc/systemd" "$root/etc/udev" "$root/etc/initramfs-tools" \
		"$root/etc/default/grub" "$root/etc/grub.d" "$root/boot/grub" "$root/var/lib/dpkg" "$root/etc/debian_version" \
		"$root/etc/os-release" "$root/usr/lib/os-release" "$root/etc/kernel" "$root"/boot/initrd.img-* "$root/sbin/init"
	rename_guest minimal-demo
	write_file "$root/etc/os-release" <<-'END'
		NAME="Tiny Linux"
		ID=tinylinux
		VERSION_ID=3.19.1
		PRETTY_NAME="Tiny Linux v3.19"
	END
	write_file "$root/etc/fstab" <<-'END'
		/dev/sda3	/	ext4	rw,relatime 0 1
		/dev/sda1	/boot	ext4	rw,relatime 0 2
		/dev/sda2	swap	swap	defaults 0 0
		tmpfs	/tmp	tmpfs	nosuid,nodev 0	0
	END
	sed -i 's/ens192/eth0/' "$root/etc/network/interfaces"
}

# The services of Alpine's runlevels sysinit and boot, in one script.
write_busybox_init() {
	cp "$outdir/.packages/busybox-static/bin/busybox" "$root/bin/"
	ln -s ../bin/busybox "$root/sbin/init"
	ln -sf ../bin/busybox "$root/sbin/modprobe"
	ln -s ../bin/busybox "$root/sbin/mdev"
	printf '%s\n' '::sysinit:/etc/init.d/rcS' 'ttyS0::respawn:/bin/busybox getty -L 115200 ttyS0 vt100' \
		'::ctrlaltdel:/bin/busybox reboot' | write_file "$root/etc/inittab"
	write_file "$root/etc/init.d/rcS" <<-'END'
		#!/bin/busybox sh
		export PATH=/usr/sbin:/usr/bin:/sbin:/bin
		mount -t proc proc /proc
		mount -t sysfs sysfs /sys
		mount -t devtmpfs dev /dev 2>/dev/null
		mkdir -p /dev/pts
		mount -t devpts devpts /dev/pts
		mount -t tmpfs -o mode=755 tmpfs /run
		mdev -s
		find /sys -name modalias -type f -exec cat {} + | sort -u | xargs modprobe -b -a 2>/dev/null
		mount -o remount,rw /
		mount -a
		swapon -a
		hostname -F /etc/hostname
		mkdir -p /run/network
		# By its path: the name alone is an applet of busybox.
		/sbin/ifup -a
	END
	chmod 755 "$root/etc/init.d/rcS"
}

# mkinitfs' configuration, and the initramfs that it would make of it. Its init, of shell and busybox, and scripts
# for what are programs there.
make_initramfs() {
	local tree=$work/initramfs module file
	write_file "$root/etc/mkinitfs/mkinitfs.conf" <<<'features="ata base ext4 scsi"'
	write_file "$root/etc/mkinitfs/features.d/virtio.modules" <<-'END'
		kernel/drivers/block/virtio_blk.ko*
		kernel/drivers/net/virtio_net.ko*
		kernel/drivers/scsi/virtio_scsi.ko*
		kernel/drivers/virtio
	END
	printf '%s\n' kernel/fs/ext4 'kernel/crypto/crc32c*' | write_file "$root/etc/mkinitfs/features.d/ext4.modules"
	printf '%s\n' 'kernel/drivers/scsi/*.ko*' 'kernel/drivers/message/fusion' |
		write_file "$root/etc/mkinitfs/features.d/scsi.modules"
	printf '%s\n' 'kernel/drivers/ata/*.ko*' | write_file "$root/etc/mkinitfs/features.d/ata.modules"
	mkdir -p "$tree"/{bin,sbin,dev,proc,sys,sysroot,etc,usr/bin,usr/sbin,"lib/modules/$release"}
	cp "$outdir/.packages/busybox-static/bin/busybox" "$tree/bin/"
	ln -s busybox "$tree/bin/sh"
	ln -s ../bin/busybox "$tree/sbin/modprobe"
	for module in sd_mod vmw_pvscsi mptspi mptsas ahci ata_piix ext4 crc32c; do
		/sbin/modprobe --dirname "$root" --set-version "$release" --show-depends "$module"
	done | sed -n "s,^insmod $root/,,p" | sort -u | while read -r file; do
		mkdir -p "$tree/$(dirname "$file")"
		cp "$root/$file" "$tree/$file"
	done
	cp "$root/lib/modules/$release"/modules.{order,builtin,builtin.modinfo} "$tree/lib/modules/$release/"
	compress_modules "$tree/lib/modules/$release"
	write_file "$tree/etc/mdev.conf" <<<'.* 0:0 660'
	write_init "$tree/init"
	write_nlplug_findfs "$tree/sbin/nlplug-findfs"
	(cd "$tree" && find . | sort | cpio --quiet -o -H newc -R 0:0 | gzip -1) >"$root/boot/initramfs-lts"
	rm -r "$tree"
}

# depmod on this host does not know gzip: its text of the plain modules is edited, which is all that busybox reads.
compress_modules() {
	/sbin/depmod --basedir "${1%/lib/modules/*}" "${1##*/}"
	find "$1/kernel" -name '*.ko' -print0 | xargs -0 -P2 -n64 gzip -1
	sed -i 's/\.ko\>/.ko.gz/g' "$1/modules.dep" "$1/modules.order"
	rm -f "$1"/*.bin
}

write_init() {
	write_file "$1" <<-'END'
		#!/bin/sh
		export PATH=/usr/bin:/bin:/usr/sbin:/sbin
		/bin/busybox --install -s /bin
		mount -t proc -o noexec,nosuid,nodev proc /proc
		mount -t sysfs -o noexec,nosuid,nodev sysfs /sys
		mount -t devtmpfs -o exec,nosuid,mode=0755,size=2M devtmpfs /dev
		mode=ro
		for option in $(cat /proc/cmdline); do
			case $option in
			root=*) root=${option#root=} ;;
			modules=*) modules=${option#modules=} ;;
			rootfstype=*) type=${option#rootfstype=} ;;
			ro | rw) mode=$option ;;
			esac
		done
		echo "Loading boot drivers"
		modprobe -a $(echo "$modules $type" | tr , ' ') 2>/dev/null
		if [ -f /etc/modules ]; then
			sed 's/#.*//' /etc/modules | while read module arguments; do
				modprobe -q $module $arguments
			done
		fi
		if nlplug-findfs -p /sbin/mdev "$root" && mount -t "${type:-ext4}" -o $mode "$root" /sysroot; then
			mount --move /dev /sysroot/dev
			umount /sys /proc
			exec switch_root /sysroot /sbin/init
		fi
		echo "Mounting root $root failed: initramfs emergency recovery shell launched"
		exec sh
	END
	chmod 755 "$1"
}

# In place of the program: loads drivers by modalias until the filesystem is there.
write_nlplug_findfs() {
	write_file "$1" <<-'END'
		#!/bin/sh
		for root; do :; done
		for try in $(seq 60); do
			find /sys/devices -name modalias -exec cat {} + | sort -u | xargs modprobe -abq 2>/dev/null
			case $root in
			*=*) findfs "$root" >/dev/null 2>&1 && exit 0 ;;
			*) [ -b "$root" ] && exit 0 ;;
			esac
			sleep 0.5
		done
		exit 1
	END
	chmod 755 "$1"
}

install_extlinux() {
	write_file "$root/boot/extlinux.conf" <<-'END'
		# Generated by update-extlinux 6.04_pre1
		DEFAULT lts
		PROMPT 0
		TIMEOUT 1
		SERIAL 0 115200

		LABEL lts
		  MENU LABEL Linux lts
		  LINUX vmlinuz-lts
		  INITRD initramfs-lts
		  APPEND root=/dev/sda3 modules=sd-mod,usb-storage,ext4 quiet rootfstype=ext4 console=tty0 console=ttyS0,115200

		MENU SEPARATOR
	END
	write_file "$root/etc/update-extlinux.conf" <<-'END'
		# configuration for extlinux config builder
		overwrite=1
		vesa_menu=0
		default_kernel_opts="quiet rootfstype=ext4 console=tty0 console=ttyS0,115200"
		modules=sd-mod,usb-storage,ext4
		root=/dev/sda3
		verbose=0
		hidden=1
		timeout=1
		default=lts
		serial_port=0
		serial_baud=115200
	END
	extlinux --install "$root/boot" >"$work/extlinux.log" 2>&1 || die "extlinux: $(cat "$work/extlinux.log")"
	dd if=/usr/lib/EXTLINUX/mbr.bin of="$loop" bs=440 count=1 conv=notrunc status=none
}
