#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# An appliance that does not start, and why: libguestfs is the real one, its appliance and qemu are not.

load helper

setup() {
	requires qemu-system-x86_64
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	cd "$BATS_TEST_TMPDIR" || return
	mkdir tmp cache appliance
	touch appliance/{kernel,initrd,README.fixed}
	# libguestfs asks for its UUID
	/sbin/mkfs.ext2 -q appliance/root 1M
	# It knows its options, and never runs a machine: it says what is in a file, from the second time on what is in another.
	cat >qemu <<-EOF
		#!/bin/sh
		case "\$*" in
		*id=appliance*)
			echo >>'$PWD/launches'
			[ "\$(wc -l <'$PWD/launches')" -lt 2 ] || [ ! -e '$PWD/then' ] || mv '$PWD/then' '$PWD/says'
			cat '$PWD/says' >&2
			exit 1
			;;
		esac
		exec qemu-system-x86_64 "\$@"
	EOF
	chmod +x qemu
	small_disk disk.raw
	export LIBGUESTFS_BACKEND=direct LIBGUESTFS_BACKEND_SETTINGS=force_tcg LIBGUESTFS_PATH=$PWD/appliance \
		LIBGUESTFS_CACHEDIR=$PWD/cache LIBGUESTFS_HV=$PWD/qemu
}

@test "qemu's last words are the error, on one line, with the code and the way out" {
	printf "qemu-system-x86_64: cannot set up guest memory 'pc.ram': Cannot allocate memory\n" >says
	run -1 --separate-stderr v2v-inspect --backend=libguestfs disk.raw
	refused LIBGUESTFS_MEMSIZE
	run -1 --separate-stderr v2v-inspect --backend=libguestfs --messages=json disk.raw
	jq -es 'map(select(.level != "progress")) | length == 1 and .[0].level == "error" and .[0].code == "appliance-memory"' <<<"$stderr"
	nothing_left tmp
}

@test "unknown words are passed on, control bytes masked" {
	printf 'first\n\033[2Jqemu: -device x: no\001such thing.\r\n' >says
	run -1 --separate-stderr v2v-inspect --backend=libguestfs disk.raw
	refused 'no?such thing; libguestfs-test-tool tells more'
}

@test "no qemu: which to install" {
	run -1 --separate-stderr env LIBGUESTFS_HV="$PWD/none" v2v-inspect --backend=libguestfs disk.raw
	refused 'install qemu-system-x86'
}

@test "a lock on the disk, or the appliance's, is waited for; then the file is named" {
	cat >says <<-EOF
		qemu-system-x86_64: -drive file=$PWD/x,if=none: Failed to get shared "write" lock
		Is another process using the image [$PWD/disk.raw]?
	EOF
	echo 'qemu: Cannot allocate memory' >then
	run -1 --separate-stderr v2v-inspect --backend=libguestfs -v --messages=json disk.raw
	jq -es --arg name "'$PWD/disk.raw'" '[.[] | select(.code == "lock-wait")] | length == 1 and .[0].level == "info" and
		(.[0].text | contains($name))' <<<"$stderr"
	[[ ${stderr_lines[-1]} == *'"appliance-memory"'* ]]
	[ "$(wc -l <launches)" -eq 2 ]
}

@test "libguestfs' own debugging does not get between the messages for programs" {
	printf 'no\n' >says
	run -1 --separate-stderr env LIBGUESTFS_DEBUG=1 LIBGUESTFS_TRACE=1 v2v-inspect --backend=libguestfs -vv --messages=json disk.raw
	jq -es 'all(has("code")) and any(.[]; .code == "appliance-log")' <<<"$stderr"
}

@test "a variable that libguestfs cannot use is one error, and says nothing of KVM" {
	unset LIBGUESTFS_BACKEND_SETTINGS
	export LIBGUESTFS_CACHEDIR=/nowhere
	run -1 --separate-stderr v2v-inspect --backend=libguestfs disk.raw
	refused /nowhere
}
