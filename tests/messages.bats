#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Messages for programs: a code for each, and a page that lists them.

load helper

setup() {
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR"
	cd "$BATS_TEST_TMPDIR" || return
}

@test "every code that the sources use is listed in v2v-tools(7), and no other" {
	# shellcheck disable=SC2154 # helper sets it
	/usr/bin/python3 "$tests_dir/codes.py" "$top/lib" "$top/tools" | awk '{ print $1 }' | sort -u >used
	[ "$(wc -l <used)" -gt 100 ]
	sed -n '/^\.Ss Codes/,/^\.S[sh] [^C]/p' "$top/tools/common/v2v-tools.7" | sed -n 's/^\.It //p' | sort >listed
	echo progress | sort -u used - | diff - listed
	[ -z "$(uniq -d listed)" ]
}

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

# Each line of stderr is an object with step, level, code, and text or figures.
all_json() {
	[ -n "$stderr" ]
	jq -es --arg step "$1" 'all(.step == $step and (.code | type == "string" and test("^[a-z][a-z0-9-]*$")) and
		(.level | IN("error", "warning", "info", "debug", "progress")) and (has("text") or has("total")))' <<<"$stderr"
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
	# the warning of an estimate without inspection; the progress of a copy
	run -0 --separate-stderr v2v-estimate --messages=json <doc
	all_json estimate
	[[ $stderr == *'"warning"'*'"estimate-unknown"'* ]]
	run -0 --separate-stderr v2v-copy --messages=json -o . <doc
	all_json copy
	[[ $stderr == *'"progress"'* ]]
}

@test "what argp says of a wrong option is no JSON: nothing was begun" {
	run -2 --separate-stderr v2v-copy --messages=json --no-such-option
	[[ $stderr == *no-such-option* ]]
}
