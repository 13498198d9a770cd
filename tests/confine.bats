#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# What the programs may still do once they know their options: confine/attack.c tries all the rest from their inside.

load helper

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	${CC:-cc} -shared -fPIC -o attack.so "$tests_dir/confine/attack.c"
	${CC:-cc} -DALONE -o attack "$tests_dir/confine/attack.c"
	# listeners: what is refused is refused by us
	/usr/bin/python3 -c '
import socket, sys, time
tcp, abstract = socket.create_server(("127.0.0.1", 0)), socket.socket(socket.AF_UNIX)
abstract.bind("\0v2v-attack")
abstract.listen(64)
open("port.new", "w").write(str(tcp.getsockname()[1]))
import os
os.rename("port.new", "port")
time.sleep(3600)' 3>&- &
	echo $! >listener
	for _ in $(seq 600); do
		[ -e port ] && return
		sleep 0.1
	done
	return 1
}

teardown_file() {
	kill "$(cat "$BATS_FILE_TMPDIR/listener")"
}

setup() {
	export TMPDIR=$BATS_TEST_TMPDIR/tmp V2V_ATTACK=$BATS_TEST_TMPDIR/place
	mkdir "$TMPDIR" "$V2V_ATTACK" "$BATS_TEST_TMPDIR/out"
	cd "$BATS_TEST_TMPDIR" || return
	echo secret >place/secret
	echo own >place/own
	V2V_PORT=$(cat "$BATS_FILE_TMPDIR/port")
	export V2V_PORT
	small_disk disk.raw
	small_document disk.raw >source
	unset V2V_CONFINE
	v2v-unpack -vv disk.raw 2>&1 >/dev/null | grep -q 'confined by Landlock, ABI [4-9]' || skip 'this kernel has no Landlock of ABI 4'
}

# Run a tool with the attack in it; what was tried is in ./tried, the rest of its stderr in ./err.
attacked() {
	local code=0
	LD_PRELOAD=${LD_PRELOAD:+$LD_PRELOAD:}$BATS_FILE_TMPDIR/attack.so ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0 \
		"$@" 2>all || code=$?
	sed -n 's/^attack //p' all >tried
	grep -v '^attack ' all >err || true
	[ -s tried ] && [ "$code" -eq 0 ]
}

# All that was tried was refused, but for what is named.
refused_but_for() {
	local wanted
	wanted=$([ $# -eq 0 ] || printf '%s: done\n' "$@" | sort)
	[ "$(grep ': done$' tried | sort)" = "$wanted" ] || { cat tried; return 1; }
	[ "$(cat place/own)" = own ]
	[ "$(ls place)" = $'own\nsecret' ]
}

@test "without confinement every attempt succeeds" {
	V2V_MAY_READ=$PWD/disk.raw "$BATS_FILE_TMPDIR/attack" 2>tried
	# of another process's memory no byte is there, and a container may refuse namespaces
	run -1 grep -v -e '^attack [a-z-]*: done$' -e '^attack peek: Bad address' -e '^attack namespace: ' -e '^attack xattr: ' tried
	[ ! -e place/own ]
}

@test "v2v-unpack reads the files that it was given, writes below TMPDIR, and nothing else" {
	export V2V_MAY_READ=$PWD/disk.raw V2V_MAY_WRITE=$TMPDIR
	attacked v2v-unpack --name small disk.raw >doc
	valid doc
	refused_but_for may-read may-write may-remove
	# beside an image that is binary is nothing to be read, beside a descriptor there is
	export V2V_ATTACK=$PWD
	cp place/* .
	attacked v2v-unpack --name small disk.raw >doc
	grep -q '^read: Permission denied' tried
	qemu-img convert -f raw -O vmdk -o subformat=monolithicFlat disk.raw flat.vmdk
	attacked v2v-unpack --name small flat.vmdk >doc
	valid doc
	grep -q '^read: done' tried
	grep -q '^write: Permission denied' tried
}

@test "v2v-overlay reads the document's disks, writes in the work directory, and nothing else" {
	export V2V_MAY_READ=$PWD/disk.raw V2V_MAY_WRITE=$TMPDIR
	attacked v2v-overlay <source >doc
	refused_but_for may-read may-write may-remove
	attacked v2v-overlay disk.raw >doc
	refused_but_for may-read may-write may-remove
	mkdir work
	export V2V_MAY_WRITE=$PWD/work
	attacked v2v-overlay --workdir work <source >doc
	refused_but_for may-read may-write may-remove
	[ -e work/overlay-0.qcow2 ]
	attacked v2v-overlay <doc >again
	refused_but_for may-read may-write may-remove
}

@test "v2v-estimate writes nothing, or what qemu needs below TMPDIR" {
	export V2V_MAY_READ=$PWD/disk.raw V2V_MAY_WRITE=$PWD/out
	attacked v2v-estimate -o out <source >doc
	refused_but_for may-read
	attacked v2v-estimate -o out --measure <source >doc
	refused_but_for may-read
	V2V_MAY_WRITE=$TMPDIR attacked v2v-estimate --measure <source >doc
	refused_but_for may-read may-write may-remove
}

@test "v2v-copy writes where -o says and in the document's work directory, and nothing else" {
	export V2V_MAY_READ=$PWD/disk.raw V2V_MAY_WRITE=$PWD/out
	v2v-overlay <source >over
	attacked v2v-copy --keep -o out <over >doc
	refused_but_for may-read may-write may-remove
	V2V_MAY_WRITE=$(jq -r .workdir over) attacked v2v-copy --force -o out <over >doc
	refused_but_for may-read may-write may-remove
	nothing_left "$TMPDIR"
	attacked v2v-copy -o - <source >raw
	refused_but_for may-read
	cmp raw disk.raw
}

@test "v2v-meta writes where -o says, or beside the first target, and nothing else" {
	v2v-copy -o out <source >doc
	mkdir xml
	V2V_MAY_READ=$PWD/disk.raw V2V_MAY_WRITE=$PWD/xml attacked v2v-meta -o xml <doc >done
	refused_but_for may-read may-write may-remove
	V2V_MAY_WRITE=$PWD/out attacked v2v-meta -o xml --force <doc >done
	refused_but_for
	V2V_MAY_WRITE=$PWD/out attacked v2v-meta <doc >done
	refused_but_for may-write may-remove
	[ -e out/small.xml ]
}

@test "to a server v2v-copy may have a network, and may write no file" {
	requires nbdkit
	port=$(/usr/bin/python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')
	nbdkit -f -i 127.0.0.1 -p "$port" memory 64M 3>&- &
	server=$!
	for _ in $(seq 600); do
		(: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
		sleep 0.1
	done
	export V2V_MAY_READ=$PWD/disk.raw V2V_MAY_WRITE=$PWD/out
	status=0
	attacked v2v-copy --verify -o "nbd://localhost:$port" <source >doc || status=$?
	kill $server
	[ $status -eq 0 ]
	refused_but_for may-read tcp udp netlink
}

@test "a program that was started may do no more than its parent" {
	requires qemu-nbd
	qemu-img convert -f raw -O vhdx disk.raw disk.vhdx
	v2v-unpack --name small --memory 1G --vcpus 1 --firmware bios disk.vhdx >doc
	v2v-copy --verify -f raw -o out <doc >done
	qemu-img compare -q -f raw -F raw out/small-sda disk.raw
	mkdir bin
	cat >bin/qemu-nbd <<-EOF
		#!/bin/sh
		(read -r secret <"$V2V_ATTACK/secret") 2>&1
		(: >"$V2V_ATTACK/own") 2>&1
		(/bin/true) 2>&1
		(: <"$PWD/disk.vhdx") 2>&1 && echo 'it reads its disk' >&2
	EOF
	chmod +x bin/qemu-nbd
	PATH=$PWD/bin:$PATH run -1 --separate-stderr v2v-copy --force -o out <doc
	[[ $stderr == *'it reads its disk'* ]]
	[ "$(cat place/own)" = own ]
	PATH=$PWD/bin:$PATH V2V_CONFINE=off run -1 --separate-stderr v2v-copy --force -o out <doc
	[ "$(cat place/own)" != own ]
}

@test "a work directory of unknown origin is not written to, and the message says where it is from" {
	mkdir theirs
	jq -c --arg d "$PWD/theirs" '.workdir = $d | .workdir_id = "0123456789abcdef0123456789abcdef"' source >doc
	run -1 --separate-stderr v2v-overlay <doc
	refused "cannot create '$PWD/theirs/overlay-0.qcow2': Permission denied (or not among the files that were named, v2v-tools(7), CONFINEMENT)"
	nothing_left theirs
	V2V_CONFINE=off v2v-overlay <doc >done
	[ -e theirs/overlay-0.qcow2 ]
}

@test "one document that crashes the step is reported, and the next is worked on" {
	small_document disk.raw | jq -c '.source.name = "other"' >other
	LD_PRELOAD=$BATS_FILE_TMPDIR/attack.so ASAN_OPTIONS=verify_asan_link_order=0:handle_segv=0 V2V_CRASH=1 \
		run -1 --separate-stderr v2v-copy -o out < <(cat source other)
	[ -z "$output" ]
	[ "${#stderr_lines[@]}" -eq 2 ]
	[ "${stderr_lines[1]}" = 'v2v-copy: other: the confined process was ended by signal 11' ]
}

@test "what one document wrote is known when the next one comes" {
	run -1 --separate-stderr v2v-copy --force -o out < <(cat source source)
	[ "$(jq -r '.targets[0].file' <<<"$output")" = "$PWD/out/small-sda.qcow2" ]
	[ "$(wc -l <<<"$output")" -eq 1 ]
	[[ $stderr == *"is another machine's of this run"* ]]
	run -1 --separate-stderr v2v-copy -o - < <(cat source source)
	[[ $stderr == *'only one machine can go there'* ]]
}

@test "a signal for the program ends who works for it, and nothing is left" {
	for signal in TERM INT KILL; do
		mkfifo pipe
		exec 9<>pipe
		v2v-copy -o - <source >pipe 2>err 9>&- 3>&- &
		pid=$!
		# It writes, and the pipe is full soon.
		[ "$(head -c 1 <&9 | wc -c)" -eq 1 ]
		mapfile -t workers < <(processes_below $pid)
		[ ${#workers[@]} -gt 0 ]
		# a background job of a shell ignores SIGINT only if it does not set it
		kill -$signal $pid
		status=0
		wait $pid || status=$?
		[ "$status" -eq $((128 + $(kill -l $signal))) ]
		all_ended "${workers[@]}"
		exec 9>&-
		rm pipe
	done
	nothing_left "$TMPDIR"
}

@test "a kernel without Landlock: the work is done, and -v says that files are not confined" {
	requires strace
	for tool in 'v2v-unpack disk.raw' 'v2v-copy -o out'; do
		# shellcheck disable=SC2086 # words
		ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o log -e trace=landlock_create_ruleset -e signal=none \
			-e inject=landlock_create_ruleset:error=ENOSYS $tool -v <source >doc 2>err
		valid doc
		[ "$(grep -c 'this kernel has no Landlock that can be used: files are not confined' err)" -eq 1 ]
	done
	v2v-copy --force -o out <source 2>err >doc
	[ ! -s err ]
}
