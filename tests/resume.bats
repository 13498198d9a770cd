#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# v2v-copy --resume: a copy that breaks is gone on with, and what it makes is what a whole one makes; where anything differs it begins anew.

load helper

setup_file() {
	export DISK=$BATS_FILE_TMPDIR/disk.raw
	# Data of 24 MiB in 40, with holes of all sizes, and zeros that take room.
	/usr/bin/python3 - "$DISK" <<-'END'
		import random, sys
		chance = random.Random(7)
		with open(sys.argv[1], "wb") as disk:
		    for mib in [0, *chance.sample(range(2, 40), 23)]:
		        disk.seek((mib << 20) + (mib and 512 * chance.randrange(1024)))
		        disk.write(chance.randbytes(1 << 20))
		    disk.seek(40 << 20)
		    disk.write(bytes(200000) + b"end")
		    disk.truncate((41 << 20) + 512)
	END
}

setup() {
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	cd "$BATS_TEST_TMPDIR" || return
	mkdir tmp out records
	cp --sparse=always "$DISK" disk.raw
	v2v-unpack --name m --memory 1G --vcpus 1 --firmware bios disk.raw >doc
}

teardown() {
	[ ! -s server ] || kill "$(cat server)" 2>/dev/null || true
	[ ! -s device ] || losetup -d "$(cat device)"
	[ ! -d again ] || { mountpoint -q again && umount again; } || true
	[ ! -d small ] || { mountpoint -q small && umount small; } || true
}

# Bytes that the record says are done; $1: a pattern of its name.
recorded() {
	local sum
	# shellcheck disable=SC2086 # a pattern
	sum=$(jq '[.done[] | .[1] - .[0]] | add // 0' $1 2>/dev/null) || true
	echo "${sum:-0}"
}

# break_off RECORD ARGUMENT...: a slow copy, killed with all its processes once its record says that some MiB are done.
break_off() {
	local record=$1 pid
	shift
	setsid v2v-copy --threads 2 --bwlimit "${RATE:-3M}" "$@" <doc >copied 2>err 3>&- &
	pid=$!
	for _ in $(seq 600); do
		[ "$(recorded "$record")" -lt "${LEAST:-1500000}" ] || break
		kill -0 "$pid" || { cat err; return 1; }
		sleep 0.05
	done
	kill -KILL -- "-$pid"
	wait "$pid" || true
	[ ! -s copied ]
	[ "$(recorded "$record")" -gt 0 ]
}

# go_on ARGUMENT...: the bytes that were there already are in $there.
go_on() {
	v2v-copy -v --messages=json "$@" <doc >copied 2>err || { cat err; return 1; }
	there=$(jq -r 'select(.code == "resumed") | .text' err | sed 's/.*: \([0-9]*\) bytes of .*/\1/')
}

# The last copy began anew, and said $1.
anew() {
	[ -z "$there" ]
	jq -es --arg why "$1" 'any(.[] | select(.code == "resume-restart" and .level == "warning"); .text | contains($why))' err
	jq -e 'any(.warnings[]; .code == "resume-restart")' copied
}

# Bytes that a program writes to the file $1: as it was traced.
written_to() {
	sed -n "s/.*pwrite64([0-9]*<[^>]*$1>.* = \([0-9]*\)\$/\1/p" trace.* | awk '{ n += $1 } END { print n + 0 }'
}

# LeakSanitizer does not run under strace.
# bats test_tags=plain
@test "a file: what is done is not written again, and nothing is left; the next copy is a whole one" {
	requires strace
	break_off 'out/.m-sda.*.resume' --resume -f raw -o out
	[ "$(stat -c %a out/.m-sda.part)" = 600 ]
	[ "$(stat -c %a out/.m-sda.*.resume)" = 600 ]
	strace -ff -y -e trace=pwrite64 -o trace v2v-copy -v --messages=json --resume -f raw -o out <doc >copied 2>err
	there=$(jq -r 'select(.code == "resumed") | .text' err | sed 's/.*: \([0-9]*\) bytes of .*/\1/')
	[ "$there" -ge 1000000 ]
	valid copied
	cmp out/m-sda "$DISK"
	[ "$(stat -c %a out/m-sda)" = "$(printf '%o' $((0666 & ~0$(umask))))" ]
	[ "$(ls -A out)" = m-sda ]
	some=$(written_to '.*part')
	rm trace.*
	strace -ff -y -e trace=pwrite64 -o trace v2v-copy --force --resume -f raw -o out <doc >copied
	all=$(written_to '.*part')
	echo "written: $some of $all"
	[ "$all" -ge 24000000 ]
	[ "$some" -le $((all - there + 65536)) ]
	[ "$(ls -A out)" = m-sda ]
	cmp out/m-sda "$DISK"
}

# bats test_tags=plain
@test "--hash and --verify are of the whole disk; a part that became another while nobody looked is found by --verify" {
	break_off 'out/.m-sda.*.resume' --resume -f raw -o out
	go_on --resume --hash --verify -f raw -o out
	[ "$there" -gt 0 ]
	[ "$(jq -r '.targets[0].sha256' copied)" = "$(sha256sum <"$DISK" | cut -d' ' -f1)" ]
	cmp out/m-sda "$DISK"
	# Several MiB are looked at before a copy goes on: of a larger disk something else can differ.
	rm out/*
	head -c 44M /dev/urandom >disk.raw
	v2v-unpack --name m --memory 1G --vcpus 1 --firmware bios disk.raw >doc
	RATE=10M LEAST=27000000 break_off 'out/.m-sda.*.resume' --resume -f raw -o out
	printf x | dd of=out/.m-sda.part bs=1 seek=$((3 << 19)) conv=notrunc status=none
	run -1 --separate-stderr v2v-copy --resume --verify -f raw -o out <doc
	refused 'does not hold what was written'
	[ -z "$(ls -A out)" ]
}

@test "SIGTERM and a file that is too large leave the part too; without --resume nothing is left" {
	v2v-copy --resume --bwlimit 4M -f raw -o out <doc >copied 2>err &
	pid=$!
	until [ "$(recorded 'out/.m-sda.*.resume')" -gt 0 ]; do
		kill -0 "$pid"
		sleep 0.05
	done
	kill -TERM "$pid"
	code=0
	wait "$pid" || code=$?
	[ "$code" -eq 143 ]
	run -1 --separate-stderr bash -c 'ulimit -f 30000; exec v2v-copy --resume -f raw -o out <doc'
	refused 'File too large; '
	[ -e out/.m-sda.part ]
	go_on --resume -f raw -o out
	[ "$there" -gt 8000000 ]
	cmp out/m-sda "$DISK"
	rm out/m-sda
	run -1 --separate-stderr bash -c 'ulimit -f 30000; exec v2v-copy -f raw -o out <doc'
	[ -z "$(ls -A out)" ]
}

# bats test_tags=plain
@test "a source that changed, was replaced or is described otherwise: anew, with the reason" {
	break_off 'out/.m-sda.*.resume' --resume -f raw -o out
	cp -r out kept
	printf changed | dd of=disk.raw conv=notrunc status=none
	go_on --resume -f raw -o out
	anew "'$PWD/disk.raw' is not what it was (mtime)"
	cmp out/m-sda disk.raw
	rm -r out
	mv kept out
	# The part is another file now, though all its bytes are the same.
	cp --preserve=all "$DISK" disk.raw
	go_on --resume -f raw -o out
	anew "'$PWD/disk.raw' is not what it was ("
	cmp out/m-sda "$DISK"
	rm out/m-sda
	break_off 'out/.m-sda.*.resume' --resume -f raw -o out
	go_on --resume -f raw --preallocation=full -o out
	anew "'preallocation' is not what it was"
	cmp out/m-sda "$DISK"
	[ "$(stat -c %b out/m-sda)" -ge $((41 << 11)) ]
}

# LeakSanitizer does not run under strace.
# bats test_tags=plain
@test "a source that is replaced while it is opened is copied as it was, and has no record" {
	requires strace
	cp disk.raw other.raw
	strace -f -o trace -e trace=lseek -e inject=lseek:delay_enter=1000000:when=1 -P "$PWD/disk.raw" \
		v2v-copy -v --messages=json --resume -f raw -o out <doc >copied 2>err 3>&- &
	pid=$!
	until [ -s out/.m-sda.part ] || readlink /proc/[0-9]*/fd/* | grep -Fqx "$PWD/disk.raw"; do
		kill -0 "$pid"
		sleep 0.05
	done
	mv other.raw disk.raw
	wait "$pid"
	jq -es 'any(.[]; .code == "resume-restart" and .level == "info" and (.text | contains("while it was opened")))' err
	cmp out/m-sda "$DISK"
	[ "$(ls -A out)" = m-sda ]
}

# bats test_tags=plain
@test "a part that is gone, another's, a link, cut, or changed where it is looked at: anew" {
	local way
	break_off 'out/.m-sda.*.resume' --resume -f raw -o out
	record=$(echo out/.m-sda.*.resume)
	cp "$record" record
	mv out/.m-sda.part part
	for way in gone copied link cut changed; do
		echo "$way"
		cp record "$record"
		chmod 600 "$record"
		echo mine >other
		case $way in
		copied) cp part out/.m-sda.part ;;
		link) ln -s "$PWD/other" out/.m-sda.part ;;
		cut | changed)
			mv part out/.m-sda.part
			[ "$way" = changed ] || truncate -s 4M out/.m-sda.part
			[ "$way" = cut ] || printf x | dd of=out/.m-sda.part bs=1 seek=3000000 conv=notrunc status=none
			;;
		esac
		go_on --resume -f raw -o out
		anew ''
		cmp out/m-sda "$DISK"
		[ "$(cat other)" = mine ]
		[ "$(ls -A out)" = m-sda ]
		rm out/m-sda
		[ "$way" != cut ] || {
			break_off 'out/.m-sda.*.resume' --resume -f raw -o out
		}
		[ "$way" != cut ] || mv out/.m-sda.part part
		[ "$way" != cut ] || cp "$record" record
	done
}

@test "a record that is damaged, hostile or another's is not believed, and does no harm" {
	local way
	break_off 'out/.m-sda.*.resume' --resume -f raw -o out
	record=$(echo out/.m-sda.*.resume)
	cp "$record" good
	jq -c '.done = [[0, 42991616]]' good >all
	[ "$(jq .identity.size all)" -eq 42992128 ]
	for way in damaged version list large writable foreign link hard fifo; do
		echo "$way"
		rm -f "$record"
		echo mine >other
		case $way in
		damaged) head -c 300 good >"$record" ;;
		version) jq -c '.["v2v-copy-record"] = 2' good >"$record" ;;
		list) cp all "$record" ;;
		large) { cat good; head -c 5M /dev/zero | tr '\0' ' '; } >"$record" ;;
		writable) cp good "$record"; chmod 622 "$record" ;;
		foreign) cp good "$record"; chown 12345 "$record" || continue ;;
		link) ln -s "$PWD/other" "$record" ;;
		hard) ln good "$record" ;;
		fifo) mkfifo "$record" ;;
		esac
		go_on --resume -f raw -o out
		[ -z "$there" ]
		# of a link nothing was read
		[ "$way" = link ] || anew 'is not used: '
		cmp out/m-sda "$DISK"
		[ "$(cat other)" = mine ]
		[ "$(ls -A out)" = m-sda ]
		rm out/m-sda
	done
}

@test "a copy that was killed before it emptied the part of another leaves nothing of that" {
	break_off 'out/.m-sda.*.resume' --resume -f raw -o out
	record=$(echo out/.m-sda.*.resume)
	tr '\0' '\377' </dev/zero | dd of=out/.m-sda.part bs=1M count=41 conv=notrunc status=none iflag=fullblock
	# As it was saved before the first byte was written.
	jq -c '.done = [] | del(.sha256)' "$record" >none
	sum=$(jq -cSj . none | sha256sum | cut -d' ' -f1)
	jq -c --arg sum "$sum" '.sha256 = $sum' none >"$record"
	go_on --resume -f raw -o out
	[ "$there" -eq 0 ]
	cmp out/m-sda "$DISK"
}

@test "two copies to one target: the second says so and changes nothing" {
	v2v-copy --resume --bwlimit 3M -f raw -o out <doc >copied 2>err 3>&- &
	pid=$!
	until [ -s out/.m-sda.*.resume ]; do
		kill -0 "$pid"
		sleep 0.05
	done
	run -1 --separate-stderr v2v-copy --resume -f raw -o out <doc
	kill -TERM "$pid"
	wait "$pid" || true
	refused "'$PWD/out/m-sda' is being copied to by another process"
	go_on --resume -f raw -o out
	[ "$there" -gt 0 ]
	cmp out/m-sda "$DISK"
}

@test "two copies to one target by two names of its directory: the second says so and changes nothing" {
	mkdir again
	mount --bind out again || skip 'cannot mount'
	v2v-copy --resume --bwlimit 3M -f raw -o out <doc >copied 2>err 3>&- &
	pid=$!
	until [ -s out/.m-sda.*.resume ]; do
		kill -0 "$pid"
		sleep 0.05
	done
	run -1 --separate-stderr v2v-copy --resume -f raw -o again <doc
	kill -TERM "$pid"
	wait "$pid" || true
	refused "'$PWD/again/m-sda' is being copied to by another process"
}

# bats test_tags=plain
@test "several disks: those that are done are not copied again, also where one has its name already" {
	head -c 2M disk.raw >first.raw
	v2v-unpack --name m --memory 1G --vcpus 1 --firmware bios first.raw disk.raw >doc
	break_off 'out/.m-sdb.*.resume' --resume -f raw -j 1 -o out
	mv out/.m-sda.part out/m-sda
	# A machine that was started too early.
	cp out/m-sda saved
	printf guest | dd of=out/m-sda bs=1 seek=1900000 conv=notrunc status=none
	run -1 --separate-stderr v2v-copy --resume -f raw -o out <doc
	[[ $stderr == *"m-sda' was written to since"*"m-sda' exists; --force replaces it"* ]]
	[ "$(dd if=out/m-sda bs=1 skip=1900000 count=5 status=none)" = guest ]
	cp saved out/m-sda
	touch -r first.raw out/m-sda
	# As it was made, of a user whose group can write.
	chmod 664 out/m-sda
	(umask 002; go_on --resume -f raw -o out)
	[ "$(jq -s '[.[] | select(.code == "resumed")] | length' err)" -eq 2 ]
	cmp out/m-sda first.raw
	cmp out/m-sdb "$DISK"
	[ "$(ls -A out | tr '\n' ' ')" = 'm-sda m-sdb ' ]
	# A file of that name that is not ours is never taken for it.
	rm out/*
	break_off 'out/.m-sdb.*.resume' --resume -f raw -j 1 -o out
	cp out/.m-sda.part out/m-sda
	run -1 --separate-stderr v2v-copy --resume -f raw -o out <doc
	[[ $stderr == *"m-sda' exists; --force replaces it"* ]]
	cmp out/m-sda first.raw
}

# bats test_tags=plain
@test "overlays, packed grains and a disk inside a file are gone on with" {
	qemu-img convert -f raw -O vmdk -o subformat=streamOptimized disk.raw d.vmdk
	v2v-unpack --name m --memory 1G --vcpus 1 --firmware bios d.vmdk | v2v-overlay --workdir tmp >doc
	qemu-io -f qcow2 -c 'write -P 1 0 5M' -c 'write -z 10M 3M' tmp/overlay-0.qcow2 >/dev/null
	qemu-img convert -f qcow2 -O raw tmp/overlay-0.qcow2 expected
	break_off 'out/.m-sda.*.resume' --resume -f raw -o out
	[ "$(jq '.identity.files | length' out/.m-sda.*.resume)" -eq 2 ]
	go_on --resume --keep -f raw -o out
	[ "$there" -gt 0 ]
	cmp out/m-sda expected
	rm out/m-sda
	break_off 'out/.m-sda.*.resume' --resume -f raw -o out
	qemu-io -f qcow2 -c 'write -P 2 0 512' tmp/overlay-0.qcow2 >/dev/null
	go_on --resume --keep -f raw -o out
	anew "overlay-0.qcow2' is not what it was"
	[ "$(od -An -tx1 -N1 out/m-sda)" = ' 02' ]
}

@test "an NBD export; the record goes where --resume says, and has no password" {
	requires nbdkit
	truncate -s 42M there
	head -c 42M /dev/zero | tr '\0' '\377' >there
	nbdkit -f -U sock file there 3>&- &
	echo $! >server
	until [ -S sock ]; do sleep 0.05; done
	uri="nbd+unix:///?socket=$PWD/sock"
	run -2 --separate-stderr v2v-copy --resume -o "$uri" <doc
	[[ $stderr == *"--resume=DIR"* ]]
	break_off 'records/.*.resume' --resume=records -o "$uri"
	go_on --resume=records --verify -o "$uri"
	[ "$there" -gt 0 ]
	valid copied
	cmp -n "$(stat -c %s "$DISK")" there "$DISK"
	nothing_left records
	# Another export, or what it has was changed.
	break_off 'records/.*.resume' --resume=records -o "$uri"
	tr '\0' '\1' </dev/zero | dd of=there bs=1M count=1 conv=notrunc status=none iflag=fullblock
	go_on --resume=records -o "$uri"
	anew 'does not hold what was written to it between the bytes 0 and 1048576'
	cmp -n "$(stat -c %s "$DISK")" there "$DISK"
}

# bats test_tags=plain
@test "an NBD server that goes away, and one that cannot flush" {
	requires nbdkit
	truncate -s 42M there
	nbdkit -f -U sock file there 3>&- &
	echo $! >server
	until [ -S sock ]; do sleep 0.05; done
	uri="nbd+unix:///?socket=$PWD/sock"
	v2v-copy --resume=records --bwlimit 3M -o "$uri" <doc >copied 2>err 3>&- &
	pid=$!
	until [ "$(recorded 'records/.*.resume')" -gt 1500000 ]; do
		kill -0 "$pid"
		sleep 0.05
	done
	kill -KILL "$(cat server)"
	code=0
	wait "$pid" || code=$?
	[ "$code" -eq 1 ]
	rm sock
	nbdkit -f -U sock file there 3>&- &
	echo $! >server
	until [ -S sock ]; do sleep 0.05; done
	go_on --resume=records -o "$uri"
	[ "$there" -gt 0 ]
	cmp -n "$(stat -c %s "$DISK")" there "$DISK"
	# One that cannot be looked at now is not copied anew: what was done stays done.
	break_off 'records/.*.resume' --resume=records -o "$uri"
	cp records/.*.resume before
	kill "$(cat server)"
	wait "$(cat server)" || true
	rm -f sock
	nbdkit -f -U sock --filter=error file there error-pread=EIO error-pread-rate=1 3>&- &
	echo $! >server
	until [ -S sock ]; do sleep 0.05; done
	run -1 --separate-stderr v2v-copy --resume=records -o "$uri" <doc
	[[ $stderr != *resume-restart* ]] && [[ $stderr == *'disk 0: '* ]]
	cmp records/.*.resume before
	kill "$(cat server)"
	wait "$(cat server)" || true
	rm -f sock
	cat >noflush.sh <<-'END'
		case $1 in
		get_size) echo 44040192 ;;
		pread) dd if=there iflag=skip_bytes,count_bytes skip="$4" count="$3" status=none ;;
		can_write) exit 0 ;;
		pwrite) dd of=there oflag=seek_bytes seek="$4" conv=notrunc status=none ;;
		*) exit 2 ;;
		esac
	END
	chmod +x noflush.sh
	nbdkit -f -U sock sh noflush.sh 3>&- &
	echo $! >server
	until [ -S sock ]; do sleep 0.05; done
	go_on --resume=records -o "$uri"
	jq -es 'any(.[]; .code == "resume-restart" and .level == "info" and (.text | contains("the server")))' err
	cmp -n "$(stat -c %s "$DISK")" there "$DISK"
	nothing_left records
}

@test "a block device; one that holds something else is never gone on with, nor emptied without --force" {
	requires losetup
	truncate -s 42M there
	device=$(losetup --find --show there) || skip 'cannot make a loop device'
	echo "$device" >device
	run -2 --separate-stderr v2v-copy --resume -o "$device" <doc
	[[ $stderr == *"--resume=DIR"* ]]
	break_off 'records/.*.resume' --resume=records -o "$device"
	# The device is emptied once only.
	go_on --resume=records --verify -o "$device"
	[ "$there" -gt 0 ]
	valid copied
	cmp -n "$(stat -c %s "$DISK")" "$device" "$DISK"
	nothing_left records
	run -1 --separate-stderr v2v-copy --resume=records -o "$device" <doc
	refused 'is not empty; --force overwrites it'
	nothing_left records
	head -c 42M /dev/zero >"$device"
	break_off 'records/.*.resume' --resume=records -o "$device"
	head -c 1M /dev/zero | tr '\0' '\2' >"$device"
	run -1 --separate-stderr v2v-copy --resume=records -o "$device" <doc
	[[ $stderr == *"does not hold what was written"*"is not empty; --force overwrites it"* ]]
	[ "$(head -c 1M "$device" | tr -d '\2' | wc -c)" -eq 0 ]
	go_on --force --resume=records -o "$device"
	anew 'does not hold what was written'
	cmp -n "$(stat -c %s "$DISK")" "$device" "$DISK"
}

@test "a full disk, then room" {
	mkdir small
	mount -t tmpfs -o size=12M tmpfs small || skip 'cannot mount'
	# Nothing was written that could be gone on with.
	run -1 --separate-stderr v2v-copy --resume --preallocation=falloc -f raw -o small <doc
	refused 'No space left on device; '
	[ -z "$(ls -A small)" ]
	run -1 --separate-stderr v2v-copy --resume -f raw -o small <doc
	refused 'No space left on device; '
	[ -e small/.m-sda.part ]
	mount -o remount,size=60M small
	go_on --resume -f raw -o small
	[ "$there" -gt 8000000 ]
	cmp small/m-sda "$DISK"
	[ "$(ls -A small)" = m-sda ]
}

# bats test_tags=plain
@test "what cannot be gone on with is copied as ever: qcow2, standard output, a device as the source" {
	requires losetup
	v2v-copy -v --messages=json --resume -o out <doc >copied 2>err
	[ "$(jq -s '[.[] | select(.code == "resume-restart" and .level == "info")] | length' err)" -eq 1 ]
	qemu-img compare -q -f qcow2 -F raw out/m-sda.qcow2 "$DISK"
	[ "$(ls -A out)" = m-sda.qcow2 ]
	v2v-copy --resume -o - <doc | cmp - "$DISK"
	device=$(losetup --find --show disk.raw) || skip 'cannot make a loop device'
	echo "$device" >device
	v2v-unpack --name m --memory 1G --vcpus 1 --firmware bios "$device" >doc
	go_on --resume -f raw -o out
	jq -es --arg why "'$device' is not a file" 'any(.[] | select(.code == "resume-restart"); .text | contains($why))' err
	cmp -n "$(stat -c %s "$DISK")" out/m-sda "$DISK"
	run -1 --separate-stderr bash -c 'ulimit -f 30000; exec v2v-copy --force --resume -f raw -o out <doc'
	[ "$(ls -A out | sort | tr '\n' ' ')" = 'm-sda m-sda.qcow2 ' ]
	# The part is the same for all copies, of whatever machine of that name: one at a time.
	rm out/m-sda
	v2v-copy --resume --bwlimit 3M -f raw -o out <doc >copied 2>err 3>&- &
	pid=$!
	until [ -s out/.m-sda.part ]; do
		kill -0 "$pid"
		sleep 0.05
	done
	v2v-unpack --name m --memory 1G --vcpus 1 --firmware bios disk.raw >doc
	run -1 --separate-stderr v2v-copy --resume -f raw -o out <doc
	kill -TERM "$pid"
	wait "$pid" || true
	refused "'$PWD/out/m-sda' is being copied to by another process"
	[ "$(ls -A out)" = m-sda.qcow2 ]
}

# bats test_tags=plain,long
@test "killed twenty times at any moment, and gone on with until it is done: the right bytes" {
	requires losetup
	truncate -s 42M there
	device=$(losetup --find --show there) || skip 'cannot make a loop device'
	echo "$device" >device
	for target in out "$device"; do
		for try in $(seq 20); do
			setsid v2v-copy --threads 3 --bwlimit 8M --resume=records -f raw -o "$target" <doc >copied 2>err 3>&- &
			pid=$!
			sleep "$((RANDOM % 2)).$(printf %03d $((RANDOM % 1000)))"
			kill -KILL -- "-$pid" 2>/dev/null || true
			wait "$pid" || true
			[ ! -s copied ] || break
		done
		echo "$target: $try tries"
		[ -s copied ] || go_on --resume=records -f raw -o "$target"
		[ "$target" = out ] && target=out/m-sda
		cmp -n "$(stat -c %s "$DISK")" "$target" "$DISK"
		nothing_left records
	done
	[ "$(ls -A out)" = m-sda ]
}
