#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# A guest that is made to cost time (tests/hostile/guest.py, in small): what is asked of the appliance is counted, not the seconds.

load ../helper

# bats file_tags=guest,long
setup_file() {
	export V2V_SHARED=$BATS_FILE_TMPDIR
	export TMPDIR=$V2V_SHARED/tmp
	mkdir "$TMPDIR"
	cd "$V2V_SHARED" || return
	/usr/bin/python3 -B "$tests_dir/hostile/guest.py" disk.raw --modules 3000 --netplan 400 --fstab 2000 --kernels 70 --bombs 2 --initrd 3
	# With sanitizers its calls are not counted, and the small kernel is enough.
	backend=libguestfs
	[ -z "${SANITIZE-}" ] || backend=uml
	pipe "v2v-unpack disk.raw | v2v-convert --backend=$backend --dry-run -vv --messages=json 2>log >doc" || {
		cat log >&2
		return 1
	}
	jq -r 'select(.code == "appliance-command") | .text' log >calls
}

setup() {
	cd "$V2V_SHARED" || return
}

@test "an initrd of many names is fetched once to be looked at and once to be extended, and so is a list of modules" {
	valid doc
	for file in 'boot/initrd.img-6.1.1[0-9]*' 'lib/modules/[^/]*/modules.dep'; do
		# the first inode, and those of the bombs, which are not looked at twice
		[ "$(grep -cE "^(download|pread) \"/(usr/)?$file\"" calls)" -le 8 ] || {
			grep -E "^(download|pread) \"/(usr/)?$file\"" calls
			false
		}
	done
	[ "$(wc -l <calls)" -lt 5000 ]
	# two thousand lines of an fstab took it more than ten minutes
	run -1 grep -x inspect_os calls
}

@test "it is extended once, for eight kernels; the others are reported" {
	jq -e '[.guestcaps.changes[] | select(.path | test("initrd"))] | length == 1 and
		([.[0].what | scan("virtio drivers for 6.1.[0-9]+")] | length == 8)' doc
	jq -e '.guestcaps.initrd == "extended" and .inspect.kernels[0].initrd_needs > 0' doc
	jq -e '[.inspect.kernels[] | select(.initrd_needs != null)] | length == 8' doc
}

@test "what is not looked at has a word: fstab, folders, kernels, bombs" {
	codes='guest-files-limit kernels-limit initrd-unreadable'
	# a long fstab costs what libguestfs makes of it
	[ -n "${SANITIZE-}" ] || codes+=' guest-file-costly'
	for code in $codes; do
		jq -e --arg code "$code" 'any(.warnings[]; .code == $code)' doc || { echo "no $code"; false; }
	done
	jq -e '[.warnings[] | select(.text | test("unpacks to more than"))] | length == 2' doc
	jq -e '.inspect.network | length == 256' doc
}
