#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Guests whose disk lies in layers: in a machine's folder a base, a vmfsSparse, a seSparse; differences of VHDXs.

load ../helper

# bats file_tags=guest,plain
setup() {
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR"
	cd "$BATS_TEST_TMPDIR" || return
}

@test "the guest of a VMX with two snapshots is the guest of its whole disk, and is converted" {
	# shellcheck disable=SC2154 # helper sets it
	/usr/bin/python3 -B "$tests_dir/guests/chain.py" "$GUESTS/debian.raw" vm
	v2v-inspect --backend=uml vm/chained.vmx >chained
	v2v-inspect --backend=uml "$GUESTS/debian.raw" >plain
	[ "$(jq '.source.disks[0].layers | length' chained)" -eq 3 ]
	jq -Se '.inspect | {product_name, kernels, applications, mountpoints, filesystems}' chained >left
	jq -Se '.inspect | {product_name, kernels, applications, mountpoints, filesystems}' plain >right
	diff left right
	v2v-overlay <chained | v2v-convert --backend=uml >converted
	[ "$(jq -r .guestcaps.block_bus converted)" = virtio-blk ]
	v2v-copy -f raw -o . <converted >copied
	v2v-inspect --backend=uml "$(jq -r '.targets[0].file' copied)" | jq -r .inspect.product_name | grep -q Debian
}

@test "a guest of two checkpoints of Hyper-V is read and converted by the small kernel; libguestfs says why it cannot" {
	/usr/bin/python3 -B "$tests_dir/guests/checkpoint.py" "$GUESTS/debian.raw" vm
	v2v-unpack --name m --backing-chain vm/guest_2.avhdx >doc
	[ "$(jq '.source.disks[0].layers | length' doc)" -eq 3 ]
	v2v-copy -f raw -o . <doc >copied
	qemu-img compare -q -f raw -F raw m-sda "$GUESTS/debian.raw"
	run -1 --separate-stderr v2v-inspect --backend=libguestfs <doc
	[[ $stderr == *"which libguestfs cannot read"* ]]
	v2v-convert --backend=uml <doc | v2v-copy --force -o . >converted
	jq -e '.inspect.distro == "debian" and .guestcaps.block_bus == "virtio-blk"' converted
	v2v-inspect --backend=uml m-sda.qcow2 | jq -e '.inspect.kernels[0].initrd_has.virtio_blk'
}

# bats test_tags=long
@test "a base and two differences with what was changed in the guest since: converted, it boots, and has the files of each" {
	"$tests_dir/guests/check-chain.sh"
}
