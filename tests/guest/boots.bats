#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# The part of the matrix of guests that fits make check; all of it: make check-guests.

load ../helper

# bats file_tags=guest,plain
setup() {
	export TMPDIR=$BATS_TEST_TMPDIR
}

converted() {
	"$tests_dir/guests/check-guest.sh" -p c "$@"
}

@test "two disks: /dev/sdb1 of fstab is mounted on the second virtio disk" {
	converted -b libguestfs two-disks
}

# bats test_tags=long
@test "netplan, and an LZ4 initramfs that is recompressed: a login with its address" {
	converted netplan
}

# bats test_tags=long
@test "a LUKS root asks for its passphrase, and is opened" {
	converted luks
}

@test "UEFI without a fallback loader: it gets one, and boots without its NVRAM" {
	converted uefi
}
