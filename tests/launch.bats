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
			echo "\$*" | sed 's/.* -kernel \([^ ]*\) .*/\1/' >>'$PWD/launches'
			[ "\$(wc -l <'$PWD/launches')" -lt 2 ] || [ ! -e '$PWD/then' ] || mv '$PWD/then' '$PWD/says'
			cat '$PWD/says' >&2
			exit 1
			;;
		esac
		exec qemu-system-x86_64 "\$@"
	EOF
	chmod +x qemu
	small_disk disk.raw
	kept=${LIBGUESTFS_CACHEDIR-}
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

# The appliance is the one that other tests start; supermin makes it where it is not there yet.
with_the_real_appliance() {
	unset LIBGUESTFS_PATH
	if [ -n "$kept" ]; then export LIBGUESTFS_CACHEDIR=$kept; else unset LIBGUESTFS_CACHEDIR; fi
	export V2V_CACHEDIR=$PWD/cache
}

magic() {
	head -c 4 "$1" | od -An -tx1
}

# bats test_tags=plain
@test "an emulated appliance has its kernel unpacked; where that does not run, it is started as it is" {
	with_the_real_appliance
	echo 'qemu: Error loading uncompressed kernel without PVH ELF Note' >says
	run -1 --separate-stderr v2v-inspect --backend=libguestfs -v --messages=json disk.raw
	jq -es '[.[] | select(.code == "appliance-packed")] | length == 1 and .[0].level == "info" and (.[0].text | contains("PVH"))' <<<"$stderr"
	[[ ${stderr_lines[-1]} == *'"appliance"'* ]]
	[ "$(wc -l <launches)" -eq 2 ]
	first=$(sed -n 1p launches) second=$(sed -n 2p launches)
	[[ $first == "$PWD"/cache/v2v-cache-*/appliance-*/kernel ]]
	[ "$(magic "$first")" = ' 7f 45 4c 46' ]
	[[ $second == */.guestfs-*/appliance.d/kernel ]]
	[ "$(magic "$second")" != ' 7f 45 4c 46' ]
	# Of supermin's appliance there is no second copy.
	[ "$(readlink "${first%/*}/root")" = "${second%/*}/root" ]
	[ "$(find cache -name 'root' -type f | wc -l)" -eq 0 ]
	nothing_left tmp
}

@test "what has a cause of its own is not tried once more; the links are made once, and again where the kernel is another" {
	with_the_real_appliance
	echo 'qemu: Cannot allocate memory' >says
	run -1 --separate-stderr v2v-inspect --backend=libguestfs disk.raw
	refused LIBGUESTFS_MEMSIZE
	run -1 --separate-stderr v2v-inspect --backend=libguestfs disk.raw
	[ "$(wc -l <launches)" -eq 2 ]
	[ "$(sort -u launches | wc -l)" -eq 1 ]
	# As after a cleaner of temporary files.
	rm cache/v2v-cache-*/vmlinux-*
	run -1 --separate-stderr v2v-inspect --backend=libguestfs disk.raw
	[ "$(magic "$(tail -n 1 launches)")" = ' 7f 45 4c 46' ]
}

@test "a kernel that is not this machine's newest stays packed" {
	with_the_real_appliance
	mkdir -p parts/supermin.d own/.guestfs-"$(id -u)"/appliance.d bin
	touch parts/supermin.d/{packages,base.tar.gz}
	# In supermin's place: the appliance is there already.
	printf '#!/bin/sh\necho "$*" >>"%s"\n' "$PWD/calls" >bin/supermin
	chmod +x bin/supermin
	cp appliance/{kernel,initrd,root} own/.guestfs-"$(id -u)"/appliance.d
	echo no >says
	run -1 --separate-stderr env PATH="$PWD/bin:$PATH" LIBGUESTFS_PATH="$PWD/parts" LIBGUESTFS_CACHEDIR="$PWD/own" \
		v2v-inspect --backend=libguestfs -v --messages=json disk.raw
	jq -es '[.[] | select(.code == "appliance-packed")] | length == 1 and (.[0].text | contains("is not"))' <<<"$stderr"
	[ "$(cat calls)" = "--build --if-newer --lock $PWD/own/.guestfs-$(id -u)/lock --copy-kernel -f ext2 --host-cpu $(uname -m) $PWD/parts/supermin.d -o $PWD/own/.guestfs-$(id -u)/appliance.d" ]
	[ "$(find cache -name 'vmlinux-*' -o -name 'appliance-*' | wc -l)" -eq 0 ]
}
