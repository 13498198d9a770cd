# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: LGPL-2.1-or-later
# The demo guest at the size of real ones: a Debian server with its standard packages and VMware's tools, and MODULES=most, so that
# virtio's drivers are in its initramfs already; what it lacks there is its network. Speed is measured against others on it (make bench).

title='Debian server of full size, MODULES=most'
layouts=(bases.sh base-full.sh)
base=full
unconverted=offline
shows 'grep ^MODULES= /etc/initramfs-tools/initramfs.conf' '^MODULES=most$' '^MODULES=most$'

make_guest() {
	new_disk "$work/full.raw" 8G <<<'start=1MiB, type=83, bootable'
	attach_partitioned "$work/full.raw"
	mkfs.ext4 -q "${loop}p1"
	mount "${loop}p1" "$root"
	unpack_base "$root" full
	drop_resume
	rename_guest full-demo
	# The fstab of the base has swap, which is not here.
	write_fstab <<<'/dev/sda1 / ext4 errors=remount-ro 0 1'
	refresh_initrds
	install_boot "$loop"
	write_grub_cfg /dev/sda1 /boot "$(blkid -o value -s UUID "${loop}p1")"
	finish_plain
}
