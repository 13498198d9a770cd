#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# v2v-copy of damaged images, killed at any moment, and onto a target that is full.

load helper

setup() {
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR" "$BATS_TEST_TMPDIR/out"
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	rm -rf "${in_memory-}"
}

# damaged KIND GRAIN-SECTORS CAPACITY-SECTORS COUNT; the same bytes each time, others with another SEED.
damaged() {
	# shellcheck disable=SC2154 # helper sets it
	/usr/bin/python3 -B "$tests_dir/copy/vmdk.py" "$1" "$2" "$3" disk.vmdk disk.raw disk.ranges
	run ./damage disk.vmdk disk.raw disk.ranges out "$4" "${SEED:-1}"
	echo "$1 $2 $3: $output"
	[ "$status" -eq 0 ]
	[ "$(find out -mindepth 1)" = out/m-sda ]
}

@test "3 200 damaged bytes in VMDKs' metadata: refused, told, or copied right" {
	# Each copy is synced, which takes a real disk a while.
	if in_memory=$(mktemp -d -p /dev/shm); then
		cd "$in_memory" || return
		mkdir out
	fi
	each=400
	# Sanitizers take ten times as long.
	[ -z "${SANITIZE-}" ] || each=50
	# shellcheck disable=SC2046,SC2154
	gcc -Wall -Wextra ${SANITIZE:+-fsanitize=address,undefined} -I"$top/lib" "$tests_dir/copy/damage.c" -o damage \
		-L"$O/lib" -lv2v $(pkg-config --libs jansson) -Wl,-rpath,"$O/lib"
	for kind in streamOptimized monolithicSparse; do
		damaged "$kind" 8 4099 "$each"
		damaged "$kind" 16 999 "$each"
		damaged "$kind" 128 16385 "$each"
		damaged "$kind" 256 2048 "$each"
	done
	nothing_left "$TMPDIR"
}

@test "320 images with changed headers and tables, of eight formats: refused, or copied as qemu-img reads them" {
	each=40
	[ -z "${SANITIZE-}" ] || each=20
	# shellcheck disable=SC2154
	run -0 "$tests_dir/copy/mutate.sh" "$O" "$each" "${SEED:-1}"
	echo "$output"
	# Some are refused, and some are not.
	awk '{ refused += $4; read += $6 } END { exit refused < NR || read < NR }' <<<"$output"
	nothing_left "$TMPDIR"
}

# A disk that takes a second or so to copy.
make_large() {
	head -c 100M /dev/urandom >noise
	for i in 0 1 2; do
		dd if=noise of=large.raw bs=1M seek=$((i * 200)) conv=notrunc status=none
	done
	rm noise
	qemu-img convert -O vmdk -o subformat=streamOptimized large.raw large.vmdk
	v2v-unpack --name m large.vmdk >large.json
}

# bats test_tags=plain
@test "kill -9 at 10 moments: no final file but a whole one, and the next copy is right" {
	make_large
	# How long a copy takes is not the same twice: the moments follow it, until 10 were in the middle of one.
	range=1000000
	tries=0
	halves=0
	while [ "$halves" -lt 10 ]; do
		tries=$((tries + 1))
		[ "$tries" -le 500 ]
		v2v-copy -f raw -o out <large.json >doc 2>stderr &
		pid=$!
		wait_for=$((range * RANDOM / 32768))
		sleep "$(printf '%d.%06d' $((wait_for / 1000000)) $((wait_for % 1000000)))"
		kill -KILL "$pid" 2>/dev/null || true
		code=0
		wait "$pid" || code=$?
		if [ -e out/m-sda ]; then
			# Killed after it had its name, or not at all: complete.
			qemu-img compare -q -f raw -F raw out/m-sda large.raw
			range=$((range * 4 / 5))
		else
			[ "$code" -eq 137 ]
			[ ! -s doc ]
			[ -z "$(find out -mindepth 1 -size +0)" ] || halves=$((halves + 1))
			range=$((range * 21 / 20 + 1000))
		fi
		find out -mindepth 1 -delete
	done
	echo "10 of $tries were killed in the middle"
	v2v-copy -f raw -o out <large.json >doc
	qemu-img compare -q -f raw -F raw out/m-sda large.raw
}

@test "no space at the target, at five sizes: how much was missing is reported, and no file is left" {
	make_large
	mkdir full
	for size in 1M 7M 64M 200M 299M; do
		for format in raw qcow2; do
			mount -t tmpfs -o size=$size tmpfs full || skip 'cannot mount a tmpfs'
			run -1 --separate-stderr v2v-copy -f $format -o full <large.json
			left=$(find full -mindepth 1)
			umount full
			[ -z "$left" ]
			refused 'No space left'
			# shellcheck disable=SC2154 # bats sets it
			[[ $stderr == *missing* ]]
		done
	done
}
