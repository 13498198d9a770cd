#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Closed descriptors: what is printed goes nowhere, and never into a file that is being made.

load helper

setup() {
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR" "$BATS_TEST_TMPDIR/out"
	cd "$BATS_TEST_TMPDIR" || return
	small_disk disk.raw
	small_document disk.raw >doc
}

# closed LIST COMMAND...: with these of the descriptors 0, 1 and 2 closed, the others from doc, to done and to said.
closed() {
	local list=$1 redirections='<doc >done 2>said'
	shift
	: >done >said
	for fd in $list; do
		redirections+=" $fd>&-"
	done
	bash -c "exec \"\$@\" $redirections" bash "$@"
}

some='0 1 2 0,1 0,2 1,2 0,1,2'

@test "messages and progress never get into a disk: a copy is the same with standard error closed" {
	for options in '-f raw' '-f raw --preallocation full' ''; do
		# shellcheck disable=SC2086 # options are words
		closed 2 v2v-copy -vv --messages=json --progress --verify --force $options -o out
		target=$(jq -r '.targets[0].file' done)
		qemu-img compare -q -F raw -f "$(jq -r '.targets[0].format' done)" "$target" disk.raw
	done
	cmp disk.raw out/small-sda
	nothing_left "$TMPDIR"
}

@test "every tool, with each combination of descriptors 0 to 2 closed, does its work or fails" {
	for list in $some; do
		fds=${list//,/ }
		for tool in $filters; do
			echo "$tool without $fds"
			arguments=()
			# shellcheck disable=SC2154 # helper sets it
			[ "$tool" != v2v-copy ] || arguments=(-f raw --force -o out)
			# These two would launch an appliance.
			[[ $tool != v2v-inspect && $tool != v2v-convert ]] || [[ $list == *[01]* ]] || continue
			# This one says with its status whether a machine comes up; an empty disk does not.
			[ "$tool" != v2v-boot ] || continue
			want=0
			[[ $list == 2 ]] || want=1
			[[ $tool != v2v-meta || $list != 2 ]] || v2v-copy -f raw --force -o out <doc >copied
			[[ $tool != v2v-meta || $list != 2 ]] || cp copied doc
			run -$want closed "$fds" "$tool" "${arguments[@]}" --messages=json -vv
			[ "$want" -eq 0 ] || [ ! -s done ]
			[ "$want" -ne 0 ] || [ -s done ]
			[[ $list != 0 ]] || grep -q 'no document on standard input' said
			[[ $list != 1 ]] || grep -q 'cannot write the document' said
			[ ! -f out/small-sda ] || cmp disk.raw out/small-sda
			small_document disk.raw >doc
		done
		for tool in v2v-unpack; do
			want=0
			[[ $list != *1* ]] || want=1
			run -$want closed "$fds" $tool -vv disk.raw
		done
	done
}

@test "a disk that is written to a closed standard output is a failure" {
	run -1 closed 1 v2v-copy -o - --document document
	grep -q 'standard output' said
	[ ! -e document ]
}

@test "a document goes to its file though standard output is closed" {
	closed 1 v2v-copy -f raw -o out --document document
	cmp disk.raw out/small-sda
	valid document
}

@test "help that cannot be written is a failure" {
	for tool in $tools; do
		run -1 closed 1 "$tool" --help
		grep -q "^$tool: cannot write to standard output" said
		run -1 bash -c "$tool --version >/dev/full"
	done
}

@test "a program that closed its descriptors 0 to 2 copies with the library, and prints into no file" {
	gcc -Wall -Wextra -Werror ${SANITIZE:+-fsanitize=address,undefined} -I"$top/lib" "$tests_dir/closed.c" -o closed \
		-L"$O/lib" -lv2v $(pkg-config --cflags --libs jansson) -Wl,-rpath,"$O/lib"
	./closed out log done <doc || { cat log; false; }
	cmp disk.raw out/small-sda
	valid done
}

@test "qemu reads the very file that was checked, not what has its name by then" {
	mkdir bin
	echo secret >secret.raw
	truncate -s 64M secret.raw
	for format in vhdx vdi vpc; do
		qemu-img convert -f raw -O $format disk.raw disk.$format
		qemu-img convert -f raw -O $format secret.raw secret.$format
		cat >bin/qemu-nbd <<-EOF
			#!/bin/bash
			ln -sf "$PWD/secret.$format" "$PWD/disk.$format"
			PATH=\${PATH#*:} exec qemu-nbd "\$@"
		EOF
		chmod +x bin/qemu-nbd
		v2v-unpack --name small disk.$format >doc
		# The link is somebody else's doing, who is not confined.
		V2V_CONFINE=off PATH=$PWD/bin:$PATH v2v-copy -f raw --force -o out <doc >done
		[ -L disk.$format ]
		qemu-img compare -q -f raw -F raw out/small-sda disk.raw
	done
}

@test "the library opens files in one place only, which gives no descriptor below 3" {
	# The file server of the small kernel is a program of its own, the first there, without this library;
	# what supervises the kernel's process is a process that places its descriptors itself.
	run grep -rnE '\b(open|openat|openat2|creat|mkostemp|mkstemp|socket|socketpair|pipe2?|memfd_create|dup|fopen|opendir)\(' \
		"$top/lib" --include=*.c --exclude-dir=server
	# ops->open() is one of ours.
	echo "$output" | grep -vE '/core/open\.c:|/kernel/(supervise|become)\.c:|:[[:space:]]*(/\*|\*)|->open\(' | (! grep .)
}
