#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# More guests that are started after the pipeline: the machine of the XML, on virtio, does what its files ask for.

load ../helper

# bats test_tags=guest
setup() {
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR" "$BATS_TEST_TMPDIR/out"
	cd "$BATS_TEST_TMPDIR" || return
}

# Convert the disks named, copy, describe.
convert() {
	v2v-unpack "$@" | v2v-convert | v2v-copy -o out | v2v-meta >doc
	valid doc
}

boot() {
	/usr/bin/python3 "$tests_dir/guests/boot.py" --libvirt-xml "$(jq -r .metadata.file doc)" "$@"
}

@test "two disks: /dev/sdb1 of fstab is mounted on the second virtio disk" {
	convert "$GUESTS/two-disks.raw" "$GUESTS/two-disks-sdb.raw"
	jq -e '[.targets[].dev] == ["vda", "vdb"]' doc
	run -0 --separate-stderr boot --run 'findmnt -n -o SOURCE /data' --run 'ip -br -4 address'
	[[ $output == */dev/vdb1* ]]
	[[ $output == *ens192*192.0.2.7/24* ]]
}

@test "an LZ4 initramfs that was stored anew and appended to boots; so does a guest with netplan" {
	convert "$GUESTS/netplan.raw"
	jq -e '[.guestcaps.changes[].what] | any(startswith("stored anew with gzip"))' doc
	run -0 --separate-stderr boot --run 'lsmod | grep virtio_blk'
	[[ $output == *virtio_blk* ]]
}
