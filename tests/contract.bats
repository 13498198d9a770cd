#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# The promises that all seven tools keep (lib/README.md, "A step").

load helper

setup() {
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR"
	cd "$BATS_TEST_TMPDIR" || return
}

@test "--help goes to stdout, says every option, and ends with status 0" {
	for tool in $tools; do
		run -0 --separate-stderr "$tool" --help
		[[ $output == *"Usage: $tool"* ]]
		[ -z "$stderr" ]
		options=$(sed -n '/struct argp_option .*options\[\] = {/,/^};/s/^\t{ "\([a-z-]*\)".*/\1/p' \
			"$top/tools/$tool/$tool.c" "$top/tools/common/options.c")
		[ "$(wc -w <<<"$options")" -ge 5 ]
		for option in $options help version; do
			grep -qE -- "^ +(-., )?--$option([^a-z-]|\$)" <<<"$output" || { echo "$tool --help does not say --$option"; false; }
		done
	done
}

# bats test_tags=plain
@test "every option of --help is in the tool's man page" {
	for tool in $tools v2v-fleet; do
		page=$top/tools/$tool/$tool.1
		mandoc -T utf8 "$page" | sed "s/.\x08//g" >text
		for option in $("$tool" --help | grep -oE -- '--[a-z][a-z-]+' | sort -u); do
			grep -q -- "$option" text || { echo "$page does not name $option"; false; }
		done
	done
}

# bats test_tags=plain
@test "every man page is clean mdoc with EXAMPLES before DESCRIPTION" {
	for page in "$top"/tools/*/*.1 "$top"/tools/common/*.7 "$top"/lib/*.3; do
		# Our pages have the examples first.
		lint=$(mandoc -T lint -W warning "$page" |
			grep -vE 'sections out of conventional order|unusual Xr order' || true)
		[ -z "$lint" ] || { echo "$lint"; false; }
		examples=$(grep -n '^.Sh EXAMPLES' "$page" | cut -d: -f1)
		description=$(grep -n '^.Sh DESCRIPTION' "$page" | cut -d: -f1)
		[ "$examples" -lt "$description" ]
	done
}

@test "--version names the tool and the version" {
	for tool in $tools v2v-fleet; do
		run -0 "$tool" --version
		[[ $output == "$tool (v2v-tools) "[0-9]* ]]
	done
}

@test "an unknown option ends with status 2 and nothing on stdout" {
	for tool in $tools; do
		run -2 --separate-stderr "$tool" --no-such-option </dev/null
		[ -z "$output" ]
		[[ $stderr == *no-such-option* ]]
	done
}

@test "an argument too many, or an option's wrong value, ends with status 2" {
	run -2 --separate-stderr v2v-estimate argument </dev/null
	run -2 --separate-stderr v2v-copy -o . -f vhd </dev/null
	run -2 --separate-stderr v2v-meta -t no-such-type </dev/null
	run -2 --separate-stderr v2v-copy </dev/null
	run -2 --separate-stderr v2v-convert --network never </dev/null
	run -2 --separate-stderr v2v-convert --backend never </dev/null
	run -2 --separate-stderr v2v-inspect --backend never x
	[[ $stderr == *"unknown backend 'never' (supported: auto, libguestfs, uml, qemu)"* ]]
	run -2 --separate-stderr v2v-unpack
	for size in 1.5G 4GX 4GiBs 4iB 4B 4bG G GB -4G '4 G' '' 0 0G 16777216T 18446744073709551616; do
		run -2 --separate-stderr v2v-unpack --memory "$size" x
		[[ $stderr == *"--memory: '$size' is not a size"* ]]
	done
	run -2 --separate-stderr v2v-unpack --vcpus 0 x
	run -2 --separate-stderr v2v-unpack --messages=xml x
}

@test "--times leaves in the document how long each step took, once; without it nothing is said" {
	truncate -s 1M disk.raw
	v2v-unpack --times --name x disk.raw | v2v-overlay --times | v2v-copy --times -o . >copied
	v2v-meta --times -o . <copied | v2v-meta --times --force -o . >doc
	jq -e '[.times[].step] == ["unpack", "overlay", "copy", "meta"] and all(.times[].seconds; type == "number" and . >= 0)' doc
	python3 "$tests_dir/validate.py" <doc
	jq -c '.times = "x"' copied | v2v-meta --times --force -o . | jq -e '[.times[].step] == ["meta"]'
	v2v-meta --force -o . <copied | jq -e '[.times[].step] == ["unpack", "overlay", "copy"]'
	v2v-unpack --name x disk.raw | jq -e 'has("times") | not'
}

# The options without which a tool does not begin.
call() {
	case $1 in
	v2v-copy) "$1" -o . ;;
	*) "$1" ;;
	esac
}

@test "nothing on stdin: one line, status 1" {
	for tool in $filters; do
		run --separate-stderr call "$tool" </dev/null
		refused 'no document on standard input'
	done
}

@test "broken JSON: one line with its place, status 1, empty stdout" {
	printf '{"v2v": 1,\n "source": [}' >broken
	for tool in $filters; do
		run --separate-stderr call "$tool" <broken
		refused 'document:2:'
	done
}

@test "a document of the wrong shape is named by what is wrong" {
	for tool in $filters; do
		run --separate-stderr call "$tool" <<<'[1, 2]'
		refused 'expected an object'
		run --separate-stderr call "$tool" <<<'{"name": "x"}'
		refused "no member 'v2v'"
		run --separate-stderr call "$tool" <<<'{"v2v": "one"}'
		refused 'v2v'
		run --separate-stderr call "$tool" <<<'{"v2v": 1, "v2v": 1}'
		refused 'duplicate'
	done
}

@test "a newer document is refused" {
	for tool in $filters; do
		run --separate-stderr call "$tool" <<<'{"v2v": 2, "source": {}}'
		refused 'version 2'
	done
}

@test "a missing section is named, with the tool that makes it" {
	for tool in $filters; do
		run --separate-stderr call "$tool" <<<'{"v2v": 1}'
		refused "'source'; v2v-unpack"
	done
}

@test "a member of the wrong shape is named with its path" {
	small_disk disk
	small_document "$PWD/disk" >good
	jq -c '.source.disks[0].file = 7' good >bad
	for tool in $filters; do
		run --separate-stderr call "$tool" <bad
		refused 'source.disks[0].file: expected a string'
	done
}

@test "a source disk that is gone is named" {
	small_disk disk
	small_document "$PWD/disk" >good
	rm disk
	for tool in v2v-overlay v2v-inspect v2v-convert v2v-copy; do
		run --separate-stderr call "$tool" <good
		refused "$PWD/disk"
	done
	nothing_left "$TMPDIR"
}

@test "what is neither an OVA nor a disk is refused by name" {
	run --separate-stderr v2v-unpack no-such-file
	refused no-such-file
	echo 'just a text' >text
	run --separate-stderr v2v-unpack text
	refused text
	: >empty
	run --separate-stderr v2v-unpack empty
	refused empty
	mkfifo fifo
	run --separate-stderr timeout 60 v2v-unpack fifo
	refused fifo
}

@test "a full stdout is reported, status 1" {
	small_disk disk
	run -1 --separate-stderr bash -c 'v2v-unpack disk >/dev/full'
	[[ $stderr == v2v-unpack:*"No space left"* ]]
}

@test "what was made for a document that nobody gets is removed" {
	small_disk disk
	small_document "$PWD/disk" >doc
	run -1 --separate-stderr bash -c 'v2v-overlay <doc >/dev/full'
	nothing_left "$TMPDIR"
	# that of an earlier step is not this one's
	v2v-overlay <doc >with
	run -1 --separate-stderr bash -c 'v2v-overlay <with >/dev/full'
	[ -f "$(jq -r '.overlays[0].file' with)" ]
}

@test "sections that a step does not know are passed on unchanged" {
	small_disk disk
	small_document "$PWD/disk" | jq -c '. + {"mine": {"pi": 3.25, "big": 9007199254740993, "text": "ü\u0000\n/"}}' >doc
	jq -c .mine doc >want
	for step in v2v-overlay v2v-estimate 'v2v-copy -o .' v2v-meta; do
		$step <doc >next
		jq -c .mine next | cmp - want
		valid next
		mv next doc
	done
}

@test "a document that failed is left out, the others go on" {
	small_disk disk
	small_document "$PWD/disk" >good
	run -1 --separate-stderr bash -c '(cat good; echo "{\"v2v\": 1}"; cat good) | v2v-estimate'
	[ "${#lines[@]}" -eq 2 ]
	[ "${#stderr_lines[@]}" -ge 1 ]
}

@test "several documents may be on one line, or one on several" {
	small_disk disk
	small_document "$PWD/disk" >good
	(tr -d '\n' <good; jq . good) | v2v-estimate >out
	[ "$(wc -l <out)" -eq 2 ]
	v2v-estimate --pretty <good >out
	[ "$(wc -l <out)" -gt 20 ]
	valid out
}

@test "--messages=json makes every line on stderr a JSON object with a code" {
	for tool in $filters; do
		run --separate-stderr bash -c "echo '{\"v2v\": 1}' | $tool --messages=json $([ "$tool" = v2v-copy ] && echo '-o .')"
		[ "$status" -eq 1 ]
		jq -e --arg step "${tool#v2v-}" '.level == "error" and .step == $step and .code == "section-missing" and (.text | length > 0)' <<<"$stderr"
	done
}

@test "control bytes of a hostile name do not reach the terminal" {
	run -1 --separate-stderr v2v-unpack $'evil\e[31m\nname'
	[[ $stderr != *$'\e'* ]]
	[ "${#stderr_lines[@]}" -eq 1 ]
}

@test "a terminal on stdin is refused" {
	requires script
	run script -qec 'v2v-estimate' /dev/null
	[[ $output == *'is a terminal'* ]]
}

@test "a step that is quiet prints nothing on stderr" {
	small_disk disk
	run -0 --separate-stderr pipe 'v2v-unpack --memory 1G --vcpus 1 --firmware bios disk | v2v-overlay |
		v2v-copy -o . --force'
	[ -z "$stderr" ] || { echo "$stderr"; false; }
}
