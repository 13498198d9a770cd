#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Damaged filesystems and volumes, and an end of the small kernel that nobody expects: a short part of
# make check-filesystems and make check-kills.

load helper

# bats file_tags=guest
setup() {
	requires linux.uml
	requires mkfs.xfs
	export TMPDIR=$BATS_TEST_TMPDIR
}

filesystems() {
	# shellcheck disable=SC2154 # helper sets it
	/usr/bin/python3 -B "$tests_dir/hostile/filesystems.py" "$@"
}

# bats test_tags=plain
@test "twenty changes of metadata: read or refused, and nothing else" {
	run filesystems --bin "$O/bin" --kinds ext4 xfs lvm --mutations 20 --jobs 2
	[ "$status" -eq 0 ] || { echo "$output"; false; }
	[[ ${lines[-1]} == '20 changes, 0 faults'* ]]
	[[ $output == *'read: no root'* ]]
}

# bats test_tags=plain
@test "that checker itself can fail" {
	cat >"$TMPDIR/v2v-inspect" <<-'END'
		#!/bin/bash
		sleep 1000 &
		touch "$TMPDIR/rubbish"
		printf x | dd of="${*: -1}" bs=1 seek=5000 conv=notrunc status=none
		echo something >&2
		exit 1
	END
	chmod +x "$TMPDIR/v2v-inspect"
	run -1 filesystems --bin "$TMPDIR" --kinds lvm --mutations 1
	for fault in 'left running: sleep' 'left behind: rubbish' 'the disk is another' "says b'something'" '0 errors with status 1'; do
		[[ $output == *"$fault"* ]] || { echo "$output, not '$fault'"; false; }
	done
	printf '#!/bin/sh\nexec sleep 1000\n' >"$TMPDIR/v2v-inspect"
	run -1 filesystems --bin "$TMPDIR" --kinds lvm --mutations 1 --deadline 1
	[[ $output == *'not done after 1 s'* ]]
}

# bats test_tags=plain
@test "the kernel is killed at random moments of v2v-inspect and v2v-convert" {
	run /usr/bin/python3 -B "$tests_dir/hostile/kills.py" --bin "$O/bin" --disk "$GUESTS/debian.raw" --kills 2
	[ "$status" -eq 0 ] || { echo "$output"; false; }
	[[ ${lines[0]} == 'inspect: 2 kills, '*'; 0 faults' ]]
	[[ ${lines[1]} == 'convert: 2 kills, '*'; 0 faults' ]]
}
