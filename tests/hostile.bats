#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Hostile OVAs, images and documents, and benign twins of them (SECURITY.md).

load helper

setup_file() {
	# shellcheck disable=SC2154 # helper sets it
	/usr/bin/python3 -B "$tests_dir/hostile/make.py" "$BATS_FILE_TMPDIR/set"
}

setup() {
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR"
	# The sanitizers keep what was freed.
	limits=(${SANITIZE:+--rss 2048 --processor 60})
}

run_cases() {
	/usr/bin/python3 -B "$tests_dir/hostile/run.py" --bin "$O/bin" "${limits[@]}" "$@"
}

# Are the cases of the index $1 that jq's $2 changes to $3 reported, with $4?
reported() {
	mkdir -p "$BATS_TEST_TMPDIR/set"
	jq --arg name "$1" "[.[] | select(.name == \$name) | $2]" "$BATS_FILE_TMPDIR/set/cases.json" \
		>"$BATS_TEST_TMPDIR/set/cases.json"
	run run_cases "$BATS_TEST_TMPDIR/set"
	[ "$status" -eq 1 ] || { echo "$1: status $status: $output"; return 1; }
	[[ ${lines[0]} == "$1: "*"$3"* ]] || { echo "$1: $output, not '$3'"; return 1; }
	[ "${lines[-1]}" = '1 cases, 1 failed' ]
}

@test "hostile inputs are refused and do nothing else, benign twins are accepted" {
	hostile=$(jq '[.[] | select(.expect == "refused")] | length' "$BATS_FILE_TMPDIR/set/cases.json")
	[ "$hostile" -ge 75 ]
	# Each class has a benign twin.
	twins=$(jq -r '[.[] | select(.class != "container")] | group_by(.class)[]
		| select(all(.expect != "accepted")) | .[0].class' "$BATS_FILE_TMPDIR/set/cases.json")
	[ -z "$twins" ] || { echo "no benign twin: $twins"; false; }
	run run_cases "$BATS_FILE_TMPDIR/set"
	[ "$status" -eq 0 ] || { echo "$output"; false; }
	nothing_left "$TMPDIR"
}

# bats test_tags=plain
@test "the checker itself can fail" {
	reported tar-symlink-ovf '.expect = "accepted"' 'not accepted'
	reported tar-symlink-ovf '.words = ["something else"]' 'something else'
	reported tar-symlink-ovf '.never += ["x.ovf"]' 'shows x.ovf'
	reported tar-benign '.expect = "refused"' 'not refused'
	reported tar-benign '.expect = "warning"' 'none of'
	reported tar-benign '.has = {"source.name": "other"}' 'source.name'
	reported tar-benign '.not_in_place = true' 'not unpacked'
	# Its folder is then another case's.
	reported tar-benign '.' "the disk is $BATS_FILE_TMPDIR"
	limits=(--seconds 0)
	reported tar-benign '.' 'not done after 0'
	limits=(--processor 0)
	reported tar-benign '.' 's of a processor'
	limits=(--rss 1)
	reported tar-benign '.' 'MiB of memory'
}

# bats test_tags=plain
@test "the checker sees a file read, written or connected to that must not be" {
	requires strace
	reported tar-benign '.' "reads $BATS_FILE_TMPDIR"
	mkdir -p "$BATS_TEST_TMPDIR/o/bin"
	: >"$BATS_TEST_TMPDIR/read"
	cat >"$BATS_TEST_TMPDIR/o/bin/v2v-unpack" <<-EOF
		#!/bin/bash
		: <"$BATS_TEST_TMPDIR/read" >"$BATS_TEST_TMPDIR/written"
		: 2>/dev/null </dev/tcp/127.0.0.1/9
		/bin/true
		echo 'v2v-unpack: x.ovf' >&2
		exit 1
	EOF
	chmod +x "$BATS_TEST_TMPDIR/o/bin/v2v-unpack"
	O=$BATS_TEST_TMPDIR/o
	for fault in "writes $BATS_TEST_TMPDIR/written" "reads $BATS_TEST_TMPDIR/read" 'network socket' \
		'starts /bin/true'; do
		reported tar-symlink-ovf '.' "$fault"
	done
}
