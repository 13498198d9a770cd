#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Makes OUTDIR/layout-NAME.raw: disks of a hundred megabytes with a tiny Linux on them, for tests of storage that are never booted.
# The kernel, its initrd and its modules are the Debian base's; one appliance lays all of them out, so that its tools are the real ones.
set -euo pipefail

. "$(dirname "$0")/lib.sh"

# In the appliance's order; the array's second member is thrown away.
disks=(data:48M btrfs:320M md:200M lost:200M luks:256M thin:200M)
names=(data btrfs md luks thin dirty strange)

[ $# = 1 ] || die "usage: make-layouts.sh OUTDIR"
enter_namespace "$@"
enter_outdir "$1"

tree=$work/tree
base_files=(
	./boot './usr/lib/modules/*/modules.*' './usr/lib/modules/*/kernel/drivers/virtio'
	'./usr/lib/modules/*/kernel/drivers/block/virtio_blk.ko' './usr/lib/modules/*/kernel/drivers/net/virtio_net.ko'
	'./usr/lib/modules/*/kernel/drivers/net/net_failover.ko' './usr/lib/modules/*/kernel/net/core/failover.ko'
	'./usr/lib/modules/*/kernel/drivers/scsi/*_scsi.ko' './usr/lib/modules/*/kernel/drivers/scsi/s[dr]_mod.ko'
	'./usr/lib/modules/*/kernel/drivers/scsi/scsi_*mod.ko' ./usr/bin/dash
)

make_tree() {
	mkdir -p "$tree"/{etc,usr/bin,usr/sbin,usr/lib,var,root,dev,proc,sys,data,home}
	ln -s usr/bin usr/sbin usr/lib "$tree/"
	tar --extract --file="$outdir/base.tar" --directory="$tree" --wildcards --no-same-owner "${base_files[@]}"
	ln -s dash "$tree/usr/bin/sh"
	rm -rf "$tree/boot/grub"
	write_file "$tree/etc/passwd" <<<'root:x:0:0:root:/root:/bin/sh'
	release=$(basename "$tree"/boot/vmlinuz-*)
	release=${release#vmlinuz-}
}

# write_system NAME ID: what tells one of these from another.
write_system() {
	write_file "$tree/etc/os-release" <<-END
		NAME="$1"
		ID=$2
		PRETTY_NAME="$1 7.3"
		VERSION_ID="7.3"
	END
	write_file "$tree/etc/hostname" <<<"$2-layout"
}

# write_grub PREFIX ARGUMENTS
write_grub() {
	write_file "$tree/boot/grub/grub.cfg" <<-END
		set default="0"
		menuentry 'Linux' --class gnu-linux {
			linux	$1/vmlinuz-$release $2 ro quiet
			initrd	$1/initrd.img-$release
		}
	END
}

pack_tree() {
	tar --create --file="$work/$1.tar" --directory="$tree" --numeric-owner --owner=0 --group=0 .
}

# Roots that name their devices in a way of their own; the appliance fixes the UUIDs.
make_trees() {
	write_system 'Nobody Knows Linux' nobody
	rm -f "$tree/etc/fstab"
	write_grub /boot root=/dev/sda1
	pack_tree dirty
	write_grub /@/boot 'root=UUID=b7bf0000-0000-4000-8000-000000000001 rootflags=subvol=@'
	write_file "$tree/etc/fstab" <<-'END'
		UUID=b7bf0000-0000-4000-8000-000000000001 / btrfs defaults,subvol=@ 0 0
		UUID=b7bf0000-0000-4000-8000-000000000001 /home btrfs subvol=@home 0 0
		/dev/sda1 /data ext4 defaults 0 2
	END
	pack_tree btrfs
	write_grub /boot root=/dev/mapper/vg--0-root
	write_file "$tree/etc/fstab" <<-'END'
		/dev/mapper/vg--0-root / ext4 defaults 0 1
		/dev/mapper/vg--0-swap none swap sw 0 0
	END
	pack_tree md
	write_file "$tree/etc/fstab" <<-'END'
		/dev/mapper/vg1-root / ext4 defaults 0 1
		/dev/cciss/c0d0p1 /boot ext4 defaults 0 2
		/dev/mapper/data_crypt /data ext4 defaults 0 2
	END
	write_file "$tree/etc/crypttab" <<-'END'
		# <target name> <source device> <key file> <options>
		cryptlvm UUID=5ecc0000-0000-4000-8000-000000000002 none luks
		data_crypt /dev/sda3 /root/key luks
	END
	write_grub '' root=/dev/mapper/vg1-root
	pack_tree luks
	mv "$tree/boot" "$work/boot"
	rm -rf "$tree/usr/lib/modules" "$tree/etc/crypttab"
	tar --create --file="$work/boot.tar" --directory="$work/boot" --numeric-owner --owner=0 --group=0 .
	mkdir "$tree/boot"
	write_file "$tree/etc/fstab" <<-'END'
		/dev/vg2/root / xfs defaults 0 1
		PARTUUID=76327632-01 /boot ext4 defaults 0 2
	END
	pack_tree thin
}

# Labels that a few bytes identify, and superblocks that no kernel takes: magic numbers of OpenZFS (uberblock) and bcachefs.
spoil_strange() {
	/usr/bin/python3 - "$1" <<-'END'
		import sys, struct, uuid
		disk = open(sys.argv[1], 'r+b')
		MIB = 1 << 20
		def put(offset, data):
		    disk.seek(offset)
		    disk.write(data)
		def get(offset, size):
		    disk.seek(offset)
		    return disk.read(size)
		put(1 * MIB + 4096 + 24, uuid.UUID('c68573f6-66ce-90a9-d96a-60cf803df7ef').bytes)
		# a feature that does not exist, and block groups that are gone
		(incompat,) = struct.unpack('<I', get(17 * MIB + 1024 + 0x60, 4))
		put(17 * MIB + 1024 + 0x60, struct.pack('<I', incompat | 0x80000000))
		put(49 * MIB + 2048, b'\xff' * 4096)
		for label in 0, 256 << 10:
		    for i in range(128):
		        put(81 * MIB + label + (128 << 10) + i * 1024, struct.pack('<5Q', 0x00bab10c, 5000, i + 1, 7, 9))
	END
}

# Runs in the appliance, whose tools are the real ones; it reads nothing untrusted.
write_script() {
	write_file "$work/script" <<-'END'
		set -e
		exec >&2
		mkdir -p /mnt
		udevadm settle
		# sdX are given as the disks answer, which is any order; their addresses are the order.
		i=0
		for name in data btrfs md lost luks thin; do
			eval "$name=$(readlink -f /dev/disk/by-path/*-scsi-0:0:$i:0 | head -n 1)"
			i=$((i + 1))
		done
		into() {
			mount "$1" /mnt
			tar -xf "$2" -C "${3-/mnt}"
		}
		partition() {
			printf 'label: dos\nlabel-id: 0x76327632\n%s\n' "$2" | sfdisk --quiet "$1"
			udevadm settle
		}

		partition "$data" 'start=2048, type=83'
		mkfs.ext4 -q -L data "${data}1"

		partition "$btrfs" 'start=2048, type=83'
		mkfs.btrfs -q -U b7bf0000-0000-4000-8000-000000000001 "${btrfs}1"
		mount "${btrfs}1" /mnt
		btrfs -q subvolume create /mnt/@
		btrfs -q subvolume create /mnt/@home
		tar -xf btrfs.tar -C /mnt/@
		mkdir -p /mnt/@/.snapshots/1 /mnt/timeshift-btrfs/snapshots/2024-01-01
		btrfs -q subvolume snapshot -r /mnt/@ /mnt/@/.snapshots/1/snapshot
		btrfs -q subvolume snapshot /mnt/@ /mnt/timeshift-btrfs/snapshots/2024-01-01/@
		umount /mnt

		partition "$md" 'start=2048, type=fd'
		partition "$lost" 'start=2048, type=fd'
		mdadm --create /dev/md/r1 --run --assume-clean --level=1 --raid-devices=2 --metadata=1.2 "${md}1" "${lost}1"
		udevadm settle
		vgcreate -q vg-0 /dev/md/r1
		lvcreate -q -Wn -n root -L 128m vg-0
		lvcreate -q -Wn -n swap -L 16m vg-0
		mkfs.ext4 -q /dev/vg-0/root
		mkswap /dev/vg-0/swap
		into /dev/vg-0/root md.tar
		umount /mnt

		partition "$luks" 'start=2048, size=96256, type=83
		size=360448, type=83
		type=83'
		mkfs.ext4 -q "${luks}1"
		into "${luks}1" boot.tar
		umount /mnt
		pbkdf='--pbkdf pbkdf2 --pbkdf-force-iterations 1000'
		printf first | cryptsetup luksFormat -q --type luks2 --luks2-metadata-size 16k --luks2-keyslots-size 256k \
			--uuid 5ecc0000-0000-4000-8000-000000000002 $pbkdf "${luks}2" -
		printf first | cryptsetup open "${luks}2" outer -
		printf second | cryptsetup luksFormat -q --type luks1 --pbkdf-force-iterations 1000 \
			--uuid 5ecc0000-0000-4000-8000-000000000003 "${luks}3" -
		printf second | cryptsetup open "${luks}3" data -
		vgcreate -q vg1 /dev/mapper/outer
		lvcreate -q -Wn -n root -l 100%FREE vg1
		mkfs.ext4 -q /dev/vg1/root
		into /dev/vg1/root luks.tar
		umount /mnt
		mkfs.ext4 -q /dev/mapper/data

		partition "$thin" 'start=2048, size=96256, type=83
		type=8e'
		mkfs.ext4 -q "${thin}1"
		into "${thin}1" boot.tar
		umount /mnt
		vgcreate -q vg2 "${thin}2"
		thin() {
			lvcreate -q --config 'global/thin_check_executable=""' -T "$@"
		}
		thin -L 120m vg2/pool
		thin -V 400m -n root vg2/pool
		mkfs.xfs -q /dev/vg2/root
		into /dev/vg2/root thin.tar
		umount /mnt

		sync
		vgchange -q -an
		cryptsetup close outer
		cryptsetup close data
		mdadm --stop --scan
		sync
		echo laid out
	END
}

# in_appliance SECONDS ARGUMENT…; 0: no limit
in_appliance() {
	LIBGUESTFS_BACKEND=direct timeout -k 10 "$1" guestfish "${@:2}" --format=raw -a "$work/all.tar" run : \
		debug sh 'mkdir /tmp/v2v && cd /tmp/v2v && cat /dev/disk/by-path/pci-*-scsi-0:0:6:0 | tar xf - && sh ./script 2>&1' \
		>"$work/log" 2>&1 9>&-
}

blank_disks() {
	local disk
	for disk in "${disks[@]}"; do
		rm -f "$work/layout-${disk%%:*}.raw"
		truncate -s "${disk#*:}" "$work/layout-${disk%%:*}.raw"
	done
}

lay_out() {
	local args=() disk
	for disk in "${disks[@]}"; do
		args+=(--format=raw -a "$work/layout-${disk%%:*}.raw")
	done
	blank_disks
	write_script
	tar --create --file="$work/all.tar" --directory="$work" script {btrfs,md,luks,boot,thin}.tar
	# A /dev/kvm that is there may still not work: it fails, or never ends (on x86 without VT-x and AMD-V).
	if [ ! -e /dev/kvm ] || ! grep -qwE 'vmx|svm|Features' /proc/cpuinfo || ! in_appliance 240 "${args[@]}"; then
		blank_disks
		LIBGUESTFS_BACKEND_SETTINGS=force_tcg in_appliance 0 "${args[@]}" || die "$(tail "$work/log")"
	fi
	grep -qx 'laid out' "$work/log" || die "$(tail "$work/log")"
}

# A machine that was switched off: its image is copied while the filesystem is mounted and being written to.
make_dirty() {
	new_disk "$work/run.raw" 160M <<<'start=1MiB, type=83, bootable'
	attach_partitioned "$work/run.raw"
	mkfs.ext4 -q "${loop}p1"
	mkdir "$work/root"
	mount "${loop}p1" "$work/root"
	tar --extract --file="$work/dirty.tar" --directory="$work/root"
	sync
	echo 'only in the journal' >"$work/root/root/late"
	sync -- "$work/root/root/late"
	cp --sparse=always "$work/run.raw" "$work/layout-dirty.raw"
	umount "$work/root"
	detach "$loop"
}

make_strange() {
	local offset
	new_disk "$work/layout-strange.raw" 162M <<-'END'
		start=1MiB, size=16MiB, type=83
		start=17MiB, size=32MiB, type=83
		start=49MiB, size=32MiB, type=83
		start=81MiB, size=80MiB, type=bf
	END
	for offset in 17 49; do
		mkfs.ext4 -q -O ^metadata_csum -E offset=$((offset * mib)) "$work/layout-strange.raw" 32M
	done
	spoil_strange "$work/layout-strange.raw"
}

files=("${names[@]/%/.raw}")
files=("${files[@]/#/layout-}")
stamp=$(stamp_of "$guests_dir/lib.sh" "$guests_dir/make-layouts.sh")
is_current "$outdir/layouts.stamp" "$stamp" "${files[@]/#/$outdir/}" && exit
need_base base
note "making layouts"
make_tree
make_trees
make_dirty
make_strange
lay_out
publish "$outdir/layouts.stamp" "$stamp" "${files[@]/#/$work/}"
note "done"
