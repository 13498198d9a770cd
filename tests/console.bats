#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# tests/guests/boot.py, the reader of guests' consoles: qemu is a script here.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	: >disk
}

# Boot a guest that does what the script on stdin says.
boot() {
	mkdir bin
	cat - >bin/qemu-system-x86_64
	chmod +x bin/qemu-system-x86_64
	# shellcheck disable=SC2154 # helper sets it
	PATH=$PWD/bin:$PATH /usr/bin/python3 "$tests_dir/guests/boot.py" --timeout 60 "$@" disk
}

@test "a busy guest logs in: others talk behind its prompts, and it asks for all of it twice" {
	run -0 --separate-stderr boot --answer 'unlock it' yes --run 'echo one; echo two' <<-'EOF'
		#!/bin/bash
		printf 'Please unlock it: [   12.3] clocksource: switched\r\n'
		read -r answer
		[ "$answer" = yes ] || exit
		printf 'debian login: [  \e[0;32mOK\e[0m  ] Finished \e[0;1;39mnetworking.service\e[0m.\r\n'
		read -r user
		printf 'Password: \r\nLogin timed out after 60 seconds.\r\n\r\ndebian login: '
		read -r password
		read -r user
		printf 'Password: '
		read -r password
		[ "$user $password" = 'root v2v' ] || exit
		printf '\r\nLast login: today on ttyS0\r\nroot@debian:~# '
		until [[ ${command-} == *'exec env'* ]]; do
			read -r command
		done
		exec sh
	EOF
	[ "$output" = $'one\ntwo' ]
}

@test "a guest that lets nobody in, one without a root and one that powers off are reported" {
	run -1 boot --run true <<-'EOF'
		#!/bin/bash
		while :; do
			printf '\r\ndebian login: '
			read -r user
			printf 'Password: '
			read -r password
			printf '\r\nLogin incorrect\r\n'
		done
	EOF
	[[ $output == *'root cannot log in'* ]]
	rm -r bin
	run -1 boot <<-'EOF'
		#!/bin/sh
		echo 'Gave up waiting for root file system device.'
		exec sleep 100
	EOF
	[[ $output == *'Gave up waiting for root'* ]]
	rm -r bin
	run -1 boot <<<'#!/bin/sh'
	[[ $output == *'powered off'* ]]
}
