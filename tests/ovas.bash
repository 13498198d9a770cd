# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# For the .bats files that unpack the OVAs of make-ovas.sh: made once a file, an empty directory for each test.

setup_file() {
	mkdir "$BATS_FILE_TMPDIR/ovas"
	"$(dirname "$BATS_TEST_FILENAME")/make-ovas.sh" "$BATS_FILE_TMPDIR/ovas"
}

setup() {
	ovas=$BATS_FILE_TMPDIR/ovas
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR" "$BATS_TEST_TMPDIR/out"
	cd "$BATS_TEST_TMPDIR" || return
}

# round_trip [OPTION...] FILE: unpack it and copy its disk, which is that of all the OVAs; what the document says of it is in
# disk.json.
round_trip() {
	rm -rf out/*
	v2v-unpack "$@" >doc.json || return
	valid doc.json || return
	jq -c '.source.disks[0]' doc.json >disk.json
	v2v-copy -f raw -o out <doc.json >copied.json || return
	cmp out/*-sda "$ovas/disk.raw" || return
	nothing_left "$TMPDIR"
}
