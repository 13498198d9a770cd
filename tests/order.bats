#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# What steps know of each other: names that meet, steps in another order, mistakes that are told early.

load helper

setup() {
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR" "$BATS_TEST_TMPDIR/out"
	cd "$BATS_TEST_TMPDIR" || return
}

# Documents of small disks a and b under the names $1 and $2.
two_machines() {
	small_disk a
	small_disk b
	printf 'b' | dd of=b conv=notrunc status=none
	v2v-unpack --memory 1G --vcpus 1 --firmware bios --name "$1" a >stream
	v2v-unpack --memory 1G --vcpus 1 --firmware bios --name "$2" b >>stream
}

# The first of two machines is done and stays; the second is told, without an option that would have it replaced.
first_stays() {
	[ "$status" -eq 1 ]
	[ "${#lines[@]}" -eq 1 ]
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr == *"another machine's of this run"* ]]
	[[ $stderr != *--force* ]]
}

@test "two machines of one name: the second replaces nothing of the first, --force or not" {
	two_machines web web
	for options in '' --force '--force -f raw'; do
		# shellcheck disable=SC2086 # options are words
		run --separate-stderr v2v-copy $options -o out <stream
		first_stays
		qemu-img compare -q -F raw "$(jq -r '.targets[0].file' <<<"$output")" a
		rm out/*
	done
	# what was there before the run is replaced
	v2v-copy -o out < <(head -1 stream) >/dev/null
	run -0 --separate-stderr v2v-copy --force -o out < <(tail -1 stream)
	qemu-img compare -q -F raw out/web-sda.qcow2 b
}

@test "names that differ only in what a file's name cannot hold are one name" {
	two_machines a/b a_b
	run --separate-stderr v2v-copy --force -o out <stream
	first_stays
	qemu-img compare -q -F raw out/a_b-sda.qcow2 a
}

@test "meta replaces no description of the same run" {
	two_machines web web
	mkdir other
	v2v-copy -o out < <(head -1 stream) >copied
	v2v-copy -o other < <(tail -1 stream) >>copied
	for options in '' --force; do
		rm -f out/web.xml
		# shellcheck disable=SC2086 # options are words
		run --separate-stderr v2v-meta $options -o out <copied
		first_stays
		grep -q "$PWD/out/web-sda.qcow2" out/web.xml
	done
}

@test "one --name for several machines is refused before any is unpacked" {
	"$tests_dir/make-ovas.sh" "$PWD" >/dev/null
	run -2 --separate-stderr v2v-unpack --name x gzip.ova xz.ova
	[ -z "$output" ]
	[[ $stderr == "v2v-unpack: one name, 'x', for several machines: 'gzip.ova' and 'xz.ova'" ]]
	run -2 --separate-stderr v2v-unpack --name x gzip.ova disk.raw
	[[ $stderr == *"'gzip.ova' and 'disk.raw'" ]]
	nothing_left "$TMPDIR"
	v2v-unpack --name x gzip.ova | jq -e '.source.name == "x"'
}
