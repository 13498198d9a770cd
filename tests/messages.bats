#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Messages for programs: a code for each, and a page that lists them.

load helper

setup() {
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR"
	cd "$BATS_TEST_TMPDIR" || return
}

# bats test_tags=plain
@test "every code that the sources use is listed in v2v-tools(7), and no other" {
	# shellcheck disable=SC2154 # helper sets it
	/usr/bin/python3 "$tests_dir/codes.py" "$top/lib" "$top/tools" | awk '{ print $1 }' | sort -u >used
	[ "$(wc -l <used)" -gt 100 ]
	sed -n '/^\.Ss Codes/,/^\.S[sh] [^C]/p' "$top/tools/common/v2v-tools.7" | sed -n 's/^\.It //p' | sort >listed
	echo progress | sort -u used - | diff - listed
	[ -z "$(uniq -d listed)" ]
}

# bats test_tags=plain
@test "the list of codes is found by a code that is added" {
	mkdir more
	cat >more/x.c <<-'EOF'
		static int no(struct v2v_error *err, const char *code, int n)
		{
			return v2v_fail(err, code, "(%d", n);
		}
		int f(void) { return no(err, a ? "one-code" : "another", g(")", 1)); }
		struct v2v_error err = { "a-third" };
		int v2v_fail(struct v2v_error *err, const char *code, const char *fmt, ...);
		int g(void) { return v2v_fail(err, "a-fourth",
			"text-of-it") + no(err, SEVENTH, 1); }
		#define SIXTH "a-sixth"
		#define SEVENTH "a-seventh"
		static const struct { const char *path; const char *code; int n; } table[] = {
			{ "a/*.path", "a-fifth", 1 }, { "another/path", SIXTH, 2 },
		};
	EOF
	run -0 /usr/bin/python3 "$tests_dir/codes.py" more
	[ "$(awk '{ printf "%s ", $1 }' <<<"$output")" = 'a-fifth a-fourth a-seventh a-sixth a-third another one-code ' ]
}

# The codes of class $1 in the table of retry.c, and in the page.
in_table() {
	sed -n "s/^\t{ \"$1\", \"\([a-z-]*\)\" },\$/\1/p" "$top/tools/common/retry.c"
}

in_page() {
	sed -n '/^\.Ss Retry/,/^\.Ss Exit/p' "$top/tools/common/v2v-tools.7" | sed -n "/^\.It $1\$/,/^\.[IE][tl]/{s/^\.Ql \([a-z-]*\) [,.]\$/\1/p}"
}

# bats test_tags=plain
@test "v2v-tools(7) has the classes of the table of retries, and each code there is used" {
	/usr/bin/python3 "$tests_dir/codes.py" "$top/lib" "$top/tools" | awk '{ print $1 }' >used
	for class in now later; do
		in_table "$class" >table
		[ "$(wc -l <table)" -ge 5 ]
		in_page "$class" | diff table -
		sort -c table
		! grep -vxFf used table
	done
	[ "$(grep -c '^	{ "' "$top/tools/common/retry.c")" -eq "$(cat <(in_table now) <(in_table later) | sort -u | wc -l)" ]
}

@test "an error says whether to try again; what only follows from another step's is info, and the status is 1" {
	run -1 --separate-stderr v2v-unpack --messages=json gone.ova
	[ "$(jq -r '.code, .retry' <<<"$stderr" | paste -sd ' ')" = 'io later' ]
	all_json unpack
	echo '<broken' >broken.ovf
	run -1 --separate-stderr v2v-unpack --messages=json broken.ovf
	[ "$(jq -r .retry <<<"$stderr")" = never ]
	run -1 --separate-stderr pipe 'v2v-unpack --messages=json broken.ovf | v2v-estimate --messages=json | v2v-copy -o . --messages=json'
	[ "$(jq -r '"\(.step) \(.level) \(.code)"' <<<"$stderr" | paste -sd ,)" = \
		'unpack error ovf-xml,estimate info no-document,copy info no-document' ]
	/usr/bin/python3 "$tests_dir/validate.py" --messages <<<"$stderr"
}

# Each line of stderr is an object that the schema of messages has, of the step $1 (that a program confined itself is a detail of its own).
all_json() {
	[ -n "$stderr" ]
	/usr/bin/python3 "$tests_dir/validate.py" --messages <<<"$stderr"
	jq -es --arg step "$1" 'all(.step == $step or (.step == "confine" and .level == "debug"))' <<<"$stderr"
}

@test "errors, warnings, details and progress of all seven tools are objects with a code" {
	small_disk disk
	small_document disk >doc
	printf '<broken' >broken.ovf
	run -1 --separate-stderr v2v-unpack -vv --messages=json broken.ovf
	all_json unpack
	for tool in $filters; do
		option=
		[ "$tool" != v2v-copy ] || option='-o .'
		for input in '{"v2v": 1}' '{' '' '[]'; do
			# shellcheck disable=SC2086 # options are words
			run -1 --separate-stderr $tool -vv --messages=json $option <<<"$input"
			all_json "${tool#v2v-}"
		done
	done
	# the warning of an estimate of what is not there; the progress of a copy
	run -0 --separate-stderr pipe "jq -c '.source.disks[0].file = \"/gone\"' doc | v2v-estimate --messages=json"
	all_json estimate
	[[ $stderr == *'"warning"'*'"estimate-unknown"'* ]]
	run -0 --separate-stderr v2v-copy --messages=json -o . <doc
	all_json copy
	[[ $stderr == *'"progress"'* ]]
}

@test "what is wrong with the command line is an object too, wherever --messages=json stands" {
	for arguments in '--messages=json --no-such-option' '-o /gone --mess=json' '-o . --messages json extra' '--messages=json'; do
		# shellcheck disable=SC2086 # words
		run -2 --separate-stderr v2v-copy $arguments
		all_json copy
		[ "${#stderr_lines[@]}" -eq 1 ]
		[ "$(jq -r .code <<<"$stderr")" = usage ]
	done
	[[ $(jq -r .text <<<"$stderr") == *'-o DIR'* ]]
	run -2 --separate-stderr v2v-copy -o . -- --messages=json
	[[ $stderr == v2v-copy:* ]]
	run -0 --separate-stderr v2v-copy --messages=json --help
	[ -z "$stderr" ]
	[[ $output == Usage* ]]
}

@test "an object names the machine and the time; a line does where there are several machines" {
	small_disk disk
	small_document "$PWD/disk" | jq -c '.source.disks[0].file = "/gone"' >doc
	{
		jq -c '.source.name = "one"' doc
		jq -c '.source.name = "two\u001b"' doc
	} >docs
	run -0 --separate-stderr v2v-estimate --messages=json <docs
	[ "$(jq -r .machine <<<"$stderr" | uniq | tr '\n\033' ' ?')" = 'one two? ' ]
	run -0 --separate-stderr v2v-estimate <docs
	[[ ${stderr_lines[0]} == 'v2v-estimate: warning: '* ]]
	[[ ${stderr_lines[-1]} == 'v2v-estimate: warning: two?: '* ]]
}

@test "the schema of messages says nothing that no validator knows" {
	/usr/bin/python3 "$tests_dir/validate.py" --schema "$tests_dir/../lib/v2v-messages.schema.json"
}

@test "a text is kept though it holds bytes that are not UTF-8, or is cut inside a character" {
	name=$'no-such-\xff\xe2\x82-\xed\xa0\x80-ü'
	run -1 --separate-stderr v2v-unpack --messages=json "$name"
	all_json unpack
	[[ $(jq -r .text <<<"$stderr") == *$'no-such-\ufffd\ufffd\ufffd-\ufffd\ufffd\ufffd-ü\''* ]]
	run -1 --separate-stderr v2v-unpack "$name"
	[[ $stderr == *"no-such-???-???-ü'"* ]]
	# One of them is cut inside a character, wherever the text begins.
	for more in '' a aa aaa; do
		name=$more$(printf '\xf0\x9f\x98\x80%.0s' $(seq 150))
		for json in '' --messages=json; do
			# shellcheck disable=SC2086 # none, or one
			run -1 --separate-stderr v2v-unpack $json "$name"
			iconv -f UTF-8 -t UTF-8 <<<"$stderr" >/dev/null
			[[ $stderr == *$'\U1f600'* && $stderr != *$'\ufffd'* && $stderr != *'?'* ]]
		done
	done
}

# Nothing in the file $1 acts on a terminal.
harmless() {
	! LC_ALL=C grep -qP '[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]' "$1"
}

@test "no control character of a name reaches a terminal, as DEL or C1 either, and its value is kept" {
	small_disk disk
	hostile='a\u001b[31m\u007f\u0080\u009b31m\u009fü\u00a0\\u009b'
	small_document disk | jq -c ".source.name = \"$hostile\" | .[\"k\u009b\u007f\"] = 1" >named
	run ! harmless named
	for option in '' --pretty; do
		# shellcheck disable=SC2086 # none, or one
		v2v-overlay $option <named >out
		harmless out
		jq -e --slurpfile want named '.source.name == $want[0].source.name and .["k\u009b\u007f"] == 1' out
	done
	v2v-estimate --messages=json <named >out 2>said
	harmless out
	harmless said
	echo '{"v2v": 1, "source": "'"$(printf '\xc2\x9b')"'"' >broken
	run -1 --separate-stderr v2v-estimate <broken
	echo "$stderr" >said
	harmless said
}
