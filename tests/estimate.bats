#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# v2v-estimate on real disks: where nobody knows the filesystems, what is allocated counts.

load helper

setup() {
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR"
	cd "$BATS_TEST_TMPDIR" || return
	truncate -s 2T thin
	small_disk disk
}

# An inspection that found these filesystems: DEVICE BYTES FREE, each.
inspect() {
	local list=
	while [ $# -gt 0 ]; do
		list+="${list:+,}{\"device\": \"$1\", \"type\": \"ext4\", \"label\": null, \"uuid\": null, \"statvfs\": {\"bsize\": 4096,
			\"blocks\": $(($2 / 4096)), \"bfree\": $(($3 / 4096)), \"bavail\": 0, \"files\": 10000, \"ffree\": 10000}}"
		shift 3
	done
	jq -c --argjson list "[$list]" '.inspect = {root: null, type: null, distro: null, osinfo: null, arch: null, major_version: null,
		minor_version: null, product_name: null, product_variant: null, hostname: null, package_format: null,
		package_management: null, firmware: null, boot_device: null, windows: null, mountpoints: [], filesystems: $list,
		applications: [], kernels: [], bootloader: null, network: [], findings: []}'
}

estimates() {
	jq -c '[.targets[].estimated_size]' "$@"
}

@test "a thin disk of 2 TiB with nothing in it takes next to nothing, inspected or not" {
	v2v-unpack --format raw thin >doc
	inspect <doc >inspected
	for input in doc inspected; do
		run -0 --separate-stderr v2v-estimate -o . <$input
		[ -z "$stderr" ]
		[ "$(jq '.targets[0].estimated_size' <<<"$output")" -lt 1000000 ]
		cmp <(estimates <<<"$output") <(v2v-estimate --measure <$input | estimates)
		run -0 --separate-stderr v2v-estimate -f raw -o . <$input
		[ "$(estimates <<<"$output")" = '[0]' ]
	done
}

@test "beside a system disk that is known the unknown one takes no part in the formula" {
	v2v-unpack --format raw disk | inspect /dev/sda1 60000000 50000000 | v2v-estimate >alone
	v2v-unpack --format raw disk thin | inspect /dev/sda1 60000000 50000000 | v2v-estimate -f raw -o . >beside
	[ "$(jq -c '.targets[0].estimated_size' alone)" = "$(jq -c '.targets[0].estimated_size' beside)" ]
	[ "$(jq -c '.targets[1].estimated_size' beside)" = 0 ]
	# sdaa is none of sda's
	v2v-unpack --format raw disk thin | inspect /dev/sda1 60000000 50000000 /dev/sdaa1 4096 4096 | v2v-estimate -o . >other
	[ "$(jq -c '.targets[1].estimated_size' other)" -lt 1000000 ]
}

@test "logical volumes may lie on any disk: the formula counts, and no more than what is allocated" {
	v2v-unpack --format raw disk thin | inspect /dev/sda1 1000000 500000 /dev/vg/root 60000000 0 | v2v-estimate -f raw -o . >doc
	# by the formula both were full
	[ "$(jq -c '.targets[1].estimated_size' doc)" = 0 ]
	[ "$(jq -c '.targets[0].estimated_size' doc)" -lt 1000000 ]
	# less than what is allocated counts
	head -c 64M /dev/urandom >full
	v2v-unpack --format raw full | inspect /dev/vg/root 67108864 60000000 | v2v-estimate -f raw >doc
	[ "$(jq -c '.targets[0].estimated_size' doc)" -lt 8000000 ]
}

@test "a disk that cannot be read counts as a whole, with a warning" {
	v2v-unpack --format raw disk >doc
	rm disk
	run -0 --separate-stderr v2v-estimate <doc
	[ "$(estimates <<<"$output")" = '[67108864]' ]
	[[ $stderr == *"warning: disk 0: "*"the estimate is the virtual size" ]]
	jq -e '[.warnings[].code] | contains(["estimate-unknown"])' <<<"$output"
}
