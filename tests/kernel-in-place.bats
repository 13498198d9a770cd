#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# v2v-convert --in-place by the small kernel: the disks are written at the end, and whenever it is ended they can be had back.

load helper

# The first partition of debian.raw.
OFFSET=1048576

# bats file_tags=guest,plain
setup_file() {
	requires linux.uml
	requires strace
	export V2V_SHARED=$BATS_FILE_TMPDIR
	export TMPDIR=$V2V_SHARED/tmp
	mkdir "$TMPDIR"
	cd "$V2V_SHARED" || return
	cp "$GUESTS/debian.raw" disk.raw
	v2v-unpack --memory 1G --vcpus 1 --firmware bios disk.raw >unpacked
}

teardown_file() {
	umount "$BATS_FILE_TMPDIR/tree" 2>/dev/null || true
}

setup() {
	export TMPDIR=$V2V_SHARED/tmp
	cd "$V2V_SHARED" || return
}

teardown() {
	# what a killed one leaves
	rm -rf "$V2V_SHARED"/tmp/tmp-v2v-*
}

as_root() {
	[ "$EUID" -eq 0 ] || skip 'only root can mount'
}

# All that a disk's files are, one line each.
tree_of() {
	mkdir -p tree
	mount -o "loop,offset=$OFFSET,noatime,ro" "$1" tree
	/usr/bin/python3 "$tests_dir/guests/tree.py" tree
	umount tree
}

# The disk is what it was, and nothing lies beside it.
unchanged() {
	qemu-img compare -q -f raw -F raw disk.raw "$GUESTS/debian.raw"
	[ ! -e .disk.raw.v2v-undo ]
	[ ! -e disk-backup.tar ]
}

# Convert disk.raw in place; at call number $3 of $2, of those that are about the file $1, happens $4.
interrupted() {
	run --separate-stderr env ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0" \
		strace -qq -P "$PWD/$1" -o calls -e trace="$2" -e inject="$2:$4:when=$3" \
		v2v-convert --backend=uml --in-place "${@:5}" <unpacked
	[ -z "$output" ]
}

# How many calls of $2 about the file $1 there are.
count_calls() {
	cp disk.raw counted.raw
	v2v-unpack --memory 1G --vcpus 1 --firmware bios counted.raw >counted
	env ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0" strace -qq -P "$PWD/$1" -o calls -e trace="$2" -e signal=none \
		v2v-convert --backend=uml --in-place <counted >/dev/null
	rm counted.raw
	wc -l <calls
}

@test "the files are what libguestfs makes of them, and --undo gives every one back" {
	as_root
	mkdir uml libguestfs
	tree_of disk.raw >before
	for backend in uml libguestfs; do
		cp disk.raw "$backend"
		pipe "v2v-unpack --memory 1G --vcpus 1 --firmware bios $backend/disk.raw |
			v2v-convert --backend=$backend --in-place --backup $backend >$backend/doc"
		valid "$backend/doc"
		# times are when it was done
		tree_of "$backend/disk.raw" | cut -f 1-5,8- | sort >"$backend/after"
	done
	diff libguestfs/after uml/after
	run -1 cmp -s uml/after <(cut -f 1-5,8- before | sort)
	jq -e '.guestcaps.in_place and .inspect.backend == "uml" and (has("overlays") | not)' uml/doc
	cmp <(jq -S .guestcaps libguestfs/doc) <(jq -S .guestcaps uml/doc)
	[ "$(ls -A uml)" = "$(printf '%s\n' after disk-backup.tar disk.raw doc)" ]
	v2v-convert --backend=uml --undo uml/disk-backup.tar <uml/doc >undone
	jq -e 'has("guestcaps") | not' undone
	tree_of uml/disk.raw | diff before -
	rm -r libguestfs uml
}

@test "SIGKILL at any moment: nobody reads the disk, and the next run makes it what it was, byte for byte" {
	local all moment moments=(1 2) log=$PWD/.disk.raw.v2v-undo
	# The others are the same code as these two.
	if [ -z "${SANITIZE-}" ]; then
		all=$(count_calls counted.raw pwrite64)
		[ "$all" -gt 5 ]
		moments+=($((RANDOM % all + 1)) $((RANDOM % all + 1)) "$all")
	fi
	for moment in "${moments[@]}"; do
		echo "write $moment of ${all-}"
		interrupted disk.raw pwrite64 "$moment" signal=KILL
		[ "$status" -eq 137 ]
		[ -f "$log" ]
		run --separate-stderr v2v-inspect --backend=uml disk.raw
		refused "'$log'"
		run --separate-stderr v2v-copy -o tmp <unpacked
		refused "'$log'"
		if [ $((moment % 2)) -eq 0 ]; then
			v2v-convert --undo "$log" <unpacked >doc
			jq -e '.warnings[0].code == "recovered"' doc
		else
			# it does no more than that
			run -1 --separate-stderr v2v-convert --backend=uml --in-place --root /dev/none <unpacked
			[[ $stderr == *"are now what they were before"* ]]
		fi
		unchanged
	done
	interrupted disk.raw fsync 1 signal=KILL
	[ "$status" -eq 137 ]
	v2v-convert --undo "$log" <unpacked
	unchanged
}

@test "SIGKILL while the log is made: the disk was not touched, and the log goes" {
	local moment
	for moment in 1 $((RANDOM % 20 + 2)); do
		interrupted .disk.raw.v2v-undo write "$moment" signal=KILL
		[ "$status" -eq 137 ]
		qemu-img compare -q -f raw -F raw disk.raw "$GUESTS/debian.raw"
		run -0 --separate-stderr v2v-convert -v --undo .disk.raw.v2v-undo <unpacked
		[[ $stderr == *"before it wrote anything"* ]]
		unchanged
	done
}

@test "SIGKILL when all was written: the next run ends it" {
	cp disk.raw saved.raw
	interrupted disk.raw fallocate $((RANDOM % 10 + 1)) signal=KILL --backup .
	[ "$status" -eq 137 ]
	run -0 --separate-stderr v2v-convert --undo .disk.raw.v2v-undo <unpacked
	[[ $stderr == *"are now converted"* ]]
	v2v-inspect --backend=uml disk.raw >again
	jq -e '[.inspect.findings[].code] | contains(["initrd-lacks-virtio"]) or contains(["root-by-device-name"]) | not' again
	[ ! -e .disk.raw.v2v-undo ]
	# and there is a way back
	v2v-convert --backend=uml --undo disk-backup.tar <unpacked >/dev/null
	v2v-inspect --backend=uml disk.raw >again
	jq -e '[.inspect.findings[].code] | contains(["initrd-lacks-virtio"])' again
	rm disk-backup.tar
	mv saved.raw disk.raw
}

@test "SIGTERM while the disk is written: status 143, the disk as it was" {
	interrupted disk.raw pwrite64 5 signal=TERM --backup .
	[ "$status" -eq 143 ]
	unchanged
}

@test "no room for the log, or in the disk: one line, the disk as it was, no backup of nothing" {
	interrupted .disk.raw.v2v-undo write 4 error=ENOSPC --backup .
	refused 'No space left'
	unchanged
	interrupted disk.raw pwrite64 6 error=ENOSPC --backup .
	refused 'No space left'
	unchanged
}

@test "nobody else writes the disk meanwhile; where somebody did, it is left" {
	local pid code=0
	mkfifo said
	v2v-convert --backend=uml --in-place -v <unpacked >stdout 2>said 3>&- &
	pid=$!
	exec 8<said
	said_until fstab
	kill -STOP "$pid"
	run -1 qemu-io -f raw -c 'write 0 512' disk.raw
	[[ $output == *lock* ]]
	touch disk.raw
	kill -CONT "$pid"
	wait "$pid" || code=$?
	timeout 60 cat <&8 >>stderr
	exec 8<&-
	[ "$code" -eq 1 ]
	[[ $(tail -1 stderr) == *"'$PWD/disk.raw' was changed by somebody else"* ]]
	[ ! -s stdout ]
	unchanged
}

@test "a log of others is not used" {
	cp unpacked .disk.raw.v2v-undo
	for by in uml libguestfs; do
		run --separate-stderr v2v-convert --backend=$by --in-place <unpacked
		refused ".disk.raw.v2v-undo' is not the log of these disks"
	done
	rm .disk.raw.v2v-undo
	unchanged
}

@test "a disk without whole sectors is not for this backend, and said before a launch" {
	cp disk.raw odd.raw
	truncate -s +100 odd.raw
	jq -c --arg file "$PWD/odd.raw" '.source.disks[0] |= (.file = $file | .virtual_size += 512)' unpacked >odd
	run --separate-stderr v2v-convert --backend=uml --in-place --messages=json <odd
	[ "$status" -eq 1 ]
	[ "$(jq -r 'select(.level == "error").code' <<<"$stderr")" = backend-cannot ]
	rm odd.raw
}

@test "copies, as qcow2: the disk is sound, and --undo gives it back" {
	mkdir out
	pipe "v2v-unpack '$GUESTS/debian.ova' | v2v-copy -o out | tee copied | v2v-convert --backend=uml --in-place --backup out |
		v2v-meta >doc"
	valid doc
	disk=$(jq -r '.targets[0].file' doc)
	[ "$(ls -A out)" = "$(printf '%s\n' debian12-demo-backup.tar debian12-demo-sda.qcow2 debian12-demo.xml)" ]
	jq -e '.targets[0].bus == "virtio-blk" and .guestcaps.in_place' doc
	qemu-img check -q "$disk"
	v2v-inspect --backend=uml "$disk" >again
	jq -e '[.inspect.findings[].code] | contains(["initrd-lacks-virtio"]) | not' again
	v2v-convert --backend=uml --undo out/debian12-demo-backup.tar <copied >/dev/null
	v2v-inspect --backend=uml "$disk" >again
	jq -e '[.inspect.findings[].code] | contains(["initrd-lacks-virtio"])' again
	qemu-img check -q "$disk"
	rm -r out
}

@test "by the backend qemu" {
	cp disk.raw other.raw
	pipe "v2v-unpack --memory 1G --vcpus 1 --firmware bios other.raw | v2v-convert --backend=qemu --in-place >doc"
	jq -e '.guestcaps.in_place and .inspect.backend == "qemu"' doc
	v2v-inspect --backend=uml other.raw >again
	jq -e '[.inspect.findings[].code] | contains(["initrd-lacks-virtio"]) | not' again
	[ ! -e .other.raw.v2v-undo ]
	rm other.raw
}
