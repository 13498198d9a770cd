# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: LGPL-2.1-or-later
title='LUKS root, opened by the initramfs with a passphrase from the console'
base=storage
convert_options=(--key all:key:v2v)
answers 'Please unlock disk sda2_crypt' v2v
shows 'findmnt -n -o SOURCE /' '^/dev/mapper/sda2_crypt$' '^/dev/mapper/sda2_crypt$'
shows 'cryptsetup status sda2_crypt | grep device:' '/dev/sda2$' '/dev/vda2$'

# Without dm-crypt: qemu's LUKS driver, shown as a file through FUSE, under a loop device.
make_guest() {
	local raw=$work/luks.raw disk plain=$work/plain uuid
	partition_with_boot "$raw"
	disk=$loop
	printf v2v | cryptsetup luksFormat --batch-mode --type luks1 --pbkdf-force-iterations 1000 "${disk}p2" -
	uuid=$(cryptsetup luksUUID "${disk}p2")
	sync
	: >"$plain"
	setpriv --pdeathsig KILL qemu-storage-daemon --pidfile "$work/qsd.pid" \
		--object secret,id=key,data=v2v \
		--blockdev "driver=file,node-name=file,filename=$raw" \
		--blockdev "driver=raw,node-name=part,file=file,offset=$((256 * mib)),size=$(((3072 - 256) * mib))" \
		--blockdev driver=luks,node-name=plain,file=part,key-secret=key \
		--export "fuse,id=plain,node-name=plain,mountpoint=$plain,writable=on" 9>&- &
	daemons+=($!)
	until [ -s "$work/qsd.pid" ]; do
		kill -0 "${daemons[0]}" || die "qemu-storage-daemon does not start"
		sleep 0.1
	done
	attach "$plain"
	# A discarded block would not read as zeros through the encryption.
	mkfs.ext4 -q -E nodiscard "$loop"
	fill_with_boot "$disk" "$loop" /dev/mapper/sda2_crypt ext4
	rename_guest luks-demo
	# The hook of update-initramfs must find the device, which has its final name in the guest only.
	write_crypttab "UUID=$uuid"
	refresh_initrds
	write_crypttab /dev/sda2
	umount "$root/boot" "$root"
	stop_daemon "${daemons[0]}"
	daemons=()
	detach "$disk"
}

write_crypttab() {
	printf '%s\n' '# <target name> <source device> <key file> <options>' "sda2_crypt $1 none luks,initramfs" |
		write_file "$root/etc/crypttab"
}
