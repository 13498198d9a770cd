#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Storage in layers: which root is found, what is mounted, and what is refused with which reason (tests/guests/make-layouts.sh).

load ../helper

# bats file_tags=guest
setup() {
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR"
	cd "$BATS_TEST_TMPDIR" || return
	vg1=5ecc0000-0000-4000-8000-000000000002
	data=5ecc0000-0000-4000-8000-000000000003
}

# codes LEVEL: what was found, without where.
codes() {
	jq -c --arg level "$1" '[.inspect.findings[] | select(.level == $level) | .code] | unique' doc
}

mountpoints() {
	jq -cS '[.inspect.mountpoints[] | {(.path): .device}] | add' doc
}

@test "a data disk first, then btrfs with snapshots: the subvolume that boots is the root, and converts" {
	v2v-unpack "$GUESTS"/layout-{data,btrfs}.raw | v2v-inspect --root single >doc
	valid doc
	[ "$(jq -r .inspect.root doc)" = btrfsvol:/dev/sdb1/@ ]
	[ "$(mountpoints)" = '{"/":"btrfsvol:/dev/sdb1/@","/data":"/dev/sda1","/home":"btrfsvol:/dev/sdb1/@home"}' ]
	[ "$(codes blocker)" = '[]' ]
	jq -e '[.inspect.findings[] | select(.code == "another-root") | .where] == [
		"btrfsvol:/dev/sdb1/@/.snapshots/1/snapshot",
		"btrfsvol:/dev/sdb1/timeshift-btrfs/snapshots/2024-01-01/@"]' doc
	# its room is counted once
	jq -e '[.inspect.filesystems[] | select(.type == "btrfs" and .statvfs != null)] | length == 1' doc
	v2v-convert <doc >converted
	one_plan converted
	valid converted
	jq -e '.guestcaps.initrd == "extended" and any(.guestcaps.changes[]; .path == "/etc/fstab")' converted
}

# bats test_tags=plain
@test "half of a RAID 1 with LVM on it: a note; names of device-mapper are resolved" {
	v2v-inspect "$GUESTS/layout-md.raw" >doc
	valid doc
	[ "$(jq -r .inspect.root doc)" = /dev/vg-0/root ]
	[ "$(codes blocker)" = '[]' ]
	[[ $(codes note) == *'"raid-degraded"'* ]]
	jq -e '[.inspect.filesystems[] | {(.device): .type}] | add | .["/dev/vg-0/swap"] == "swap"' doc
}

# bats test_tags=plain
@test "LVM in LUKS without a key: each device is named with its UUID, status 1" {
	run -1 --separate-stderr v2v-inspect --check "$GUESTS/layout-luks.raw"
	[[ $output == *blocker*/dev/sda2*--key\ $vg1:*"[encrypted]"* ]]
	[[ $output == *blocker*/dev/sda3*--key\ $data:*"[encrypted]"* ]]
	[[ $output != *no-operating-system* ]]
}

@test "LVM in LUKS with its keys, by UUID and by device: mountpoints through crypttab; a key for nothing is a warning" {
	printf 'second\n' >key
	v2v-inspect --key "$vg1:key:wrong" --key "$vg1:key:first" --key /dev/sda3:file:key --key /dev/sdz9:key:x \
		"$GUESTS/layout-luks.raw" >doc
	valid doc
	[ "$(mountpoints)" = "{\"/\":\"/dev/vg1/root\",\"/boot\":\"/dev/sda1\",\"/data\":\"/dev/mapper/luks-$data\"}" ]
	[ "$(codes blocker)" = '[]' ]
	[ "$(jq -c '[.warnings[].code] - ["kvm-unusable", "machine-assumed"]' doc)" = '["key-unused"]' ]
}

# bats test_tags=plain
@test "a machine that was switched off, of no known distribution, without an fstab: converts" {
	pipe "v2v-unpack '$GUESTS/layout-dirty.raw' | v2v-convert --dry-run >doc"
	valid doc
	jq -e '.inspect.type == "linux" and .inspect.distro == "nobody" and .inspect.product_name == "Nobody Knows Linux 7.3"' doc
	jq -e '.inspect.root == "/dev/sda1" and .guestcaps.initrd == "extended"' doc
	[ "$(codes blocker)" = '[]' ]
	[[ $(codes note) == *'"distro-unknown"'* ]]
}

# bats test_tags=plain
@test "a thin volume is read" {
	v2v-inspect "$GUESTS/layout-thin.raw" >doc
	valid doc
	[ "$(mountpoints)" = '{"/":"/dev/vg2/root","/boot":"/dev/sda1"}' ]
}

@test "what cannot be read is named with its reason: bcachefs, ZFS, a filesystem of tomorrow, a damaged one" {
	v2v-inspect "$GUESTS/layout-strange.raw" >doc
	valid doc
	jq -e '[.inspect.findings[] | select(.level == "blocker") | [.where, .code]] | sort == [
		["/dev/sda1", "fs-not-supported"],
		["/dev/sda2", "fs-not-supported"],
		["/dev/sda3", "filesystem-damaged"],
		["/dev/sda4", "fs-not-supported"]]' doc
	# one kernel says so, and no other need be started
	jq -e '.inspect.backend == "uml"' doc
	jq -e '.inspect.findings[] | select(.where == "/dev/sda2") | .text | contains("unsupported optional features")' doc
	# convert refuses by the document alone
	run -1 --separate-stderr v2v-convert <doc
	refused fs-not-supported
	nothing_left "$TMPDIR"
}
