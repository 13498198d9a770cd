# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: LGPL-2.1-or-later
# The real grub 0.97 with menu.lst as Debian's update-grub kept it: kopt and groot in comments, root= by name in the entries; eth0.

title='grub 1, menu.lst'
layouts=(bases.sh)
machine=pc
bus=lsi
nic=e1000
slot=
interface=eth0
shows 'findmnt -n -o SOURCE /' '^/dev/sda1$' '^/dev/vda1$'
shows 'swapon --show=NAME --noheadings' '^/dev/sda2$' '^/dev/vda2$'

make_guest() {
	local release
	new_disk "$work/grub1.raw" 2G <<-'END'
		start=1MiB, size=1919MiB, type=83, bootable
		start=1920MiB, type=82
	END
	attach_partitioned "$work/grub1.raw"
	mkfs.ext3 -q -I 128 "${loop}p1" >/dev/null 2>&1
	mkswap -q "${loop}p2"
	mount "${loop}p1" "$root"
	unpack_base "$root"
	rename_guest grub1-demo
	release=$(ls "$root/lib/modules")
	rm -r "$root/boot/grub" "$root/etc/default/grub" "$root/etc/grub.d"
	sed -i 's/ens192/eth0/' "$root/etc/network/interfaces"
	write_fstab <<-'END'
		/dev/sda1 / ext3 errors=remount-ro 0 1
		/dev/sda2 none swap sw 0 0
	END
	write_menu_lst "$release"
	need_package grub-legacy
	cp "$outdir"/.packages/grub-legacy/usr/lib/grub/x86_64-pc/* "$root/boot/grub/"
	umount "$root"
	detach "$loop"
	sync "$work/grub1.raw"
	printf '%s\n' "device (hd0) $work/grub1.raw" 'root (hd0,0)' 'setup (hd0)' quit |
		"$outdir/.packages/grub-legacy/usr/sbin/grub" --batch --device-map=/dev/null >"$work/grub.log" 2>&1
	grep -q 'Done\.$' "$work/grub.log" || die "grub: $(cat "$work/grub.log")"
}

write_menu_lst() {
	local menu=$root/boot/grub/menu.lst arguments='console=tty0 console=ttyS0,115200 net.ifnames=0 resume=/dev/sda2'
	write_file "$menu" <<-END
		# menu.lst - See: grub(8), info grub, update-grub(8)
		default		0
		timeout		0

		### BEGIN AUTOMAGIC KERNELS LIST
		## lines between the AUTOMAGIC KERNELS LIST markers will be modified
		## by the debian update-grub script except for the default options below

		## DO NOT UNCOMMENT THEM, Just edit them to your needs

		## ## Start Default Options ##
		## default kernel options
		# kopt=root=/dev/sda1 ro $arguments

		## default grub root device
		# groot=(hd0,0)

		# alternative=true
		# lockalternative=false
		# defoptions=quiet
		# lockold=false
		# howmany=all
		## ## End Default Options ##

		title		Debian GNU/Linux, kernel $1
		root		(hd0,0)
		kernel		/boot/vmlinuz-$1 root=/dev/sda1 ro $arguments quiet
		initrd		/boot/initrd.img-$1

		title		Debian GNU/Linux, kernel $1 (single-user mode)
		root		(hd0,0)
		kernel		/boot/vmlinuz-$1 root=/dev/sda1 ro $arguments single
		initrd		/boot/initrd.img-$1

		### END DEBIAN AUTOMAGIC KERNELS LIST
	END
	name_grub_device "$root"
}
