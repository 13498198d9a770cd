#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Ended in the middle: SIGTERM, SIGKILL and a full disk, in each step.

load ../helper

# bats test_tags=guest
setup_file() {
	export V2V_SHARED=$BATS_FILE_TMPDIR
	export TMPDIR=$V2V_SHARED
	sha256sum "$GUESTS/debian.ova" >"$V2V_SHARED/source.sha256"
	v2v-unpack "$GUESTS/debian.ova" >"$V2V_SHARED/1.json"
	mkdir "$V2V_SHARED/work"
	v2v-overlay --workdir "$V2V_SHARED/work" <"$V2V_SHARED/1.json" >"$V2V_SHARED/2.json"
	v2v-inspect <"$V2V_SHARED/2.json" >"$V2V_SHARED/3.json"
	cp "$V2V_SHARED/work/overlay-0.qcow2" "$V2V_SHARED/overlay.saved"
}

setup() {
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR" "$BATS_TEST_TMPDIR/out"
	cd "$BATS_TEST_TMPDIR" || return
}

# Start a step on document $2; send it signal $1 once the command $3 succeeds.
ended_by() {
	local signal=$1 document=$2 moment=$3 pid
	shift 3
	"$@" <"$document" >stdout 2>stderr &
	pid=$!
	until eval "$moment" || ! kill -0 "$pid" 2>/dev/null; do
		sleep 0.02
	done
	kill -"$signal" "$pid" 2>/dev/null || true
	code=0
	wait "$pid" || code=$?
}

# Nothing of ours runs that names our directories.
no_children() {
	local i
	for i in $(seq 600); do
		pgrep -f "$1" >/dev/null || return 0
		sleep 0.1
	done
	pgrep -fa "$1"
	return 1
}

source_is_unchanged() {
	sha256sum -c --quiet "$V2V_SHARED/source.sha256"
}

@test "SIGTERM while unpack checks the manifest: status 143, nothing on stdout" {
	ended_by TERM /dev/null "sleep 0.05" v2v-unpack "$GUESTS/debian.ova"
	[ "$code" -eq 143 ] || [ "$code" -eq 0 ]
	[ "$code" -eq 0 ] || [ ! -s stdout ]
}

@test "SIGTERM while the appliance of inspect starts: status 143, nothing left" {
	# its qemu names the overlay
	ended_by TERM "$V2V_SHARED/2.json" "grep -q launching stderr && pgrep -f '$V2V_SHARED/work' >/dev/null" v2v-inspect -v
	[ "$code" -eq 143 ]
	[ ! -s stdout ]
	no_children "$V2V_SHARED/work"
	[ "$(ls "$V2V_SHARED/work")" = overlay-0.qcow2 ]
	source_is_unchanged
}

@test "SIGTERM in the middle of convert: status 143, the overlay as it was" {
	ended_by TERM "$V2V_SHARED/3.json" "grep -q fstab stderr" v2v-convert -v
	[ "$code" -eq 143 ]
	[ ! -s stdout ]
	no_children "$V2V_SHARED/work"
	[ "$(ls "$V2V_SHARED/work")" = overlay-0.qcow2 ]
	cmp "$V2V_SHARED/work/overlay-0.qcow2" "$V2V_SHARED/overlay.saved"
	source_is_unchanged
}

@test "SIGKILL in the middle of convert: the overlay as it was; running it again works, and so does the rest" {
	ended_by KILL "$V2V_SHARED/3.json" "grep -q fstab stderr" v2v-convert -v
	[ "$code" -eq 137 ]
	cmp "$V2V_SHARED/work/overlay-0.qcow2" "$V2V_SHARED/overlay.saved"
	no_children "$V2V_SHARED/work"
	pipe "v2v-convert <'$V2V_SHARED/3.json' | v2v-copy -o out >doc"
	valid doc
	qemu-img check -q "$(jq -r '.targets[0].file' doc)"
	source_is_unchanged
	cp "$V2V_SHARED/overlay.saved" "$V2V_SHARED/work/overlay-0.qcow2"
	rm -rf "$V2V_SHARED"/work/tmp-v2v-*
}

@test "SIGTERM and SIGKILL in copy: no final file; running it again works" {
	declare -A codes=([TERM]=143 [KILL]=137)
	for signal in TERM KILL; do
		ended_by "$signal" "$V2V_SHARED/2.json" '[ -n "$(ls -A out)" ]' v2v-copy --threads 1 -o out
		[ "$code" -eq "${codes[$signal]}" ]
		[ ! -s stdout ]
		[ -z "$(ls out)" ]
		no_children "$PWD/out"
		[ "$signal" = KILL ] || nothing_left out
	done
	v2v-copy -o out <"$V2V_SHARED/2.json" >doc
	valid doc
	[ "$(ls out)" = debian12-demo-sda.qcow2 ]
}

@test "a full disk at the target: one line, no final file" {
	mkdir full
	mount -t tmpfs -o size=32M tmpfs full || skip "cannot mount a tmpfs"
	run -1 --separate-stderr v2v-copy -o full <"$V2V_SHARED/2.json"
	left=$(find full -mindepth 1)
	run2=$stderr
	umount full
	[ -z "$left" ]
	[[ $run2 == v2v-copy:*"No space left"* ]]
	[ -z "$output" ]
}

@test "estimate says beforehand that the target has no room" {
	mkdir full
	mount -t tmpfs -o size=32M tmpfs full || skip "cannot mount a tmpfs"
	run --separate-stderr v2v-estimate -o full <"$V2V_SHARED/3.json"
	umount full
	refused full
}
