#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Block devices as disks: what is read is never written, whatever it is called, and nobody else has it meanwhile.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir out tmp
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	truncate -s 64M disk.raw
	echo '2048,65536,83' | sfdisk -q disk.raw
	mkfs.ext4 -q -E offset=1048576 disk.raw 32M
	cp disk.raw before
}

teardown() {
	mountpoint -q mnt && umount mnt
	[ ! -s device ] || detach "$(cat device)"
}

# $device: a loop device with the disk $1.
attach() {
	requires losetup
	device=$(losetup --find --show "$1") || skip 'cannot make a loop device'
	echo "$device" >device
}

detach() {
	partx -d "$1" 2>/dev/null || true
	losetup -d "$1"
}

# The last command failed, with $1, and the disk is as it was.
refused() {
	[ "$status" -eq 1 ]
	[[ $stderr == *"$1"* ]] || { echo "$stderr"; return 1; }
	sync
	cmp disk.raw before
}

# bats test_tags=plain
@test "a device is no target of its own disk: by another node, by its partitions' whole, with --force" {
	attach disk.raw
	partx -a "$device"
	v2v-unpack --name m "$device" >doc
	run --separate-stderr v2v-copy --force -o "$device" <doc
	refused "'$device' is a source of disk 0"
	mknod same b "$((0x$(stat -c %t "$device")))" "$((0x$(stat -c %T "$device")))"
	run --separate-stderr v2v-copy --force -o "$PWD/same" <doc
	refused "same' is a source of disk 0"
	[ -b "${device}p1" ]
	v2v-unpack --name m "${device}p1" >doc
	run --separate-stderr v2v-copy --force -o "$device" <doc
	refused "cannot open '$device': Device or resource busy"
}

# bats test_tags=plain
@test "no layer of a chain, and no overlay, is replaced, with --force" {
	cp disk.raw m-sda
	qemu-img create -q -f qcow2 -b m-sda -F raw top.qcow2
	v2v-unpack --name m --backing-chain top.qcow2 >doc
	run --separate-stderr v2v-copy --force -f raw -o . <doc
	refused "m-sda' is a source of disk 0"
	cmp m-sda before
	v2v-overlay <doc >over
	ln "$(jq -r '.overlays[0].file' over)" out/m-sda
	run --separate-stderr v2v-copy --force -f raw -o out <over
	refused "m-sda' is the overlay of disk 0"
}

# bats test_tags=plain
@test "what is mounted is not read: by no descriptor, nor where it was mounted after v2v-unpack" {
	attach disk.raw
	partx -a "$device"
	v2v-unpack --name m "$device" >doc
	mkdir mnt
	mount -o ro "${device}p1" mnt
	run --separate-stderr v2v-copy -o out <doc
	refused "'$device' is mounted, or in use otherwise"
	[ -z "$(ls -A out)" ]
	cat >x.xml <<-END
		<domain type='kvm'><name>x</name><memory>65536</memory><vcpu>1</vcpu><os><type>hvm</type></os><devices>
		<disk type='block' device='disk'><source dev='$device'/><target dev='vda' bus='virtio'/></disk></devices></domain>
	END
	run --separate-stderr v2v-unpack --anywhere x.xml
	refused "'$device' is mounted, or in use otherwise"
	umount mnt
	v2v-unpack --anywhere x.xml >doc
	v2v-copy -f raw -o out <doc >done
	cmp "$(jq -r '.targets[0].file' done)" before
}

# bats test_tags=plain
@test "a device keeps the name that it was given, and is read by qemu where only that can" {
	attach disk.raw
	ln -s "$device" by-id
	v2v-unpack --name m by-id >doc
	[ "$(jq -r '.source.disks[0].file' doc)" = "$PWD/by-id" ]
	v2v-copy -f raw -o out <doc >done
	cmp out/m-sda before
	detach "$device"
	truncate -s 100M image
	attach image
	qemu-img create -q -f qcow2 -o extended_l2=on "$device" 64M
	qemu-io -f qcow2 -c 'write -P 7 1M 64k' "$device" >io
	v2v-unpack --name q --format qcow2 "$device" >doc
	v2v-copy -f raw -o out <doc >done
	truncate -s 64M expected
	head -c 64K /dev/zero | tr '\0' '\7' | dd of=expected bs=1M seek=1 conv=notrunc status=none
	cmp out/q-sda expected
}
