#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# python3-v2v: its own tests, and its example on a guest.

load helper

# bats test_tags=plain
@test "python: steps, errors, callbacks and structs are the library's" {
	mkdir "$BATS_TEST_TMPDIR/tmp"
	run env TMPDIR="$BATS_TEST_TMPDIR/tmp" LD_LIBRARY_PATH="$O/lib" PYTHONPATH="$top/lib/python" \
		V2V_GUEST="$GUESTS/debian.ova" /usr/bin/python3 -B "$top/tests/python/test_v2v.py"
	[ "$status" -eq 0 ] || { echo "$output"; false; }
	[ -z "$(ls "$BATS_TEST_TMPDIR/tmp")" ]
}
