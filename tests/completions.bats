#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# What a shell offers when Tab is pressed.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir vm
	touch x.ova
}

# What bash offers for the last of the words given; readline splits them at '='.
offered() {
	bash -c '
		source "$1" || exit
		shift
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
		"_${1//-/_}" || exit
		printf "%s\n" "${COMPREPLY[@]}"' - "$O/completions/bash/$1" "$@" | paste -sd ' '
}

@test "bash completes options, their words, files and directories" {
	[ "$(offered v2v-copy --form)" = '--format=' ]
	[ "$(offered v2v-copy --format = q)" = qcow2 ]
	[ "$(offered v2v-copy --format =)" = 'qcow2 raw' ]
	[ "$(offered v2v-copy --format=r)" = '--format=raw' ]
	[ "$(offered v2v-copy -f '')" = 'qcow2 raw' ]
	[ "$(offered v2v-copy -o v)" = vm ]
	[ "$(offered v2v-copy -c -)" = "$(offered v2v-copy --)" ]
	[ "$(offered v2v-copy --jobs = '')" = '' ]
	[ "$(offered v2v-copy '')" = '' ]
	[ "$(offered v2v-convert --initramfs = '')" = 'append rebuild' ]
	[ "$(offered v2v-convert --backup = '')" = vm ]
	[ "$(offered v2v-convert --undo = x)" = x.ova ]
	[ "$(offered v2v-inspect --messages = '')" = json ]
	[ "$(offered v2v-inspect --root = f)" = first ]
	[ "$(offered v2v-unpack --format = v)" = 'vmdk vhd vhdx vdi' ]
	[ "$(offered v2v-unpack --cl)" = --clean ]
	[ "$(offered v2v-unpack x)" = x.ova ]
	[ "$(offered v2v-fleet --engine = '')" = 'local parallel slurm' ]
	[ "$(offered v2v-fleet run -o v)" = vm ]
	[ "$(offered v2v-fleet job x)" = x.ova ]
}

@test "every option that --help of a tool has is completed in each shell" {
	for tool in $tools v2v-fleet; do
		"$O/bin/$tool" --help | grep -oE '^ +(-., )? *--[a-z-]+' | grep -oE -- '--.*' | sort >options
		[ "$(wc -l <options)" -ge 8 ]
		offered "$tool" -- | tr ' ' '\n' | tr -d = | sort | diff options -
		grep -oE -- '--[a-z-]+[=[]' "$O/completions/zsh/_$tool" | tr -d '=[' | sort -u | diff options -
		sed -nE 's/^complete .*-l ([a-z-]+) .*/--\1/p' "$O/completions/fish/$tool.fish" | sort | diff options -
	done
}

@test "the files of each shell can be read by it" {
	for tool in $tools v2v-fleet; do
		bash -n "$O/completions/bash/$tool"
		! command -v zsh >/dev/null || zsh -n "$O/completions/zsh/_$tool"
		! command -v fish >/dev/null || fish --no-execute "$O/completions/fish/$tool.fish"
	done
	command -v fish >/dev/null || return 0
	run -0 fish --private -c "source $O/completions/fish/v2v-copy.fish; complete -C 'v2v-copy --format q'"
	[[ $output == *qcow2* ]]
}

@test "what cannot be made of a help is an error, and no file is left" {
	run -1 awk -v shell=bash -v tool=x -f "$top/tools/completions/completion.awk" /dev/null
	[ "$output" = 'no options in the help of x' ]
}
