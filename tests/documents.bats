#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Documents as the attack: each member that the schema names made wrong, given to each step (tests/hostile/documents.py).  A part of
# them; `make check-documents` tries all.

load helper

setup() {
	export TMPDIR=$BATS_TEST_TMPDIR
}

try() {
	/usr/bin/python3 -B "$tests_dir/hostile/documents.py" --bin "$O/bin" "$@"
}

@test "a member that is missing, of another type, too large or another machine's harms nothing in any step" {
	# Sanitizers see more, and get more.
	if [ -n "$SANITIZE" ]; then
		run try --every 19 --least 900
	else
		run try --every 38 --first 9 --least 450
	fi
	[ "$status" -eq 0 ] || { echo "$output"; false; }
}

@test "whole sections of another machine, in every step" {
	run try --only 'another' --least 50
	[ "$status" -eq 0 ] || { echo "$output"; false; }
}

# bats test_tags=plain
@test "documents as the attack, run by a user who is not root" {
	[ "$(id -u)" -eq 0 ] || skip 'not root: the other tests were that already'
	run try --user nobody --every 90 --first 4 --least 200
	[ "$status" -eq 0 ] || { echo "$output"; false; }
}

# bats test_tags=plain
@test "the checker of documents sees what is lost, changed, shown or left behind" {
	cp -r "$O/bin" "$O/lib" "$TMPDIR"
	# fault BODY TEXT: where v2v-estimate is such a script, that is reported
	fault() {
		rm "$TMPDIR/bin/v2v-estimate"
		printf '%s\n' '#!/usr/bin/python3' 'import sys, json, os, glob' "$1" >"$TMPDIR/bin/v2v-estimate"
		chmod +x "$TMPDIR/bin/v2v-estimate"
		run /usr/bin/python3 -B "$tests_dir/hostile/documents.py" --bin "$TMPDIR/bin" --steps v2v-estimate --only 'id #0'
		[ "$status" -eq 1 ] || { echo "not seen: $2"; return 1; }
		[[ $output == *"$2"* ]] || { echo "$output, not '$2'"; return 1; }
	}
	fault 'pass' '0 out, 0 refused'
	fault 'os.abort()' 'status -6'
	fault 'print("x: y", file=sys.stderr); sys.exit(1)' "not the step's"
	fault 'print("v2v-estimate: \x1b", file=sys.stderr); sys.exit(1)' 'control bytes'
	fault 'print("v2v-estimate: x", file=sys.stderr)' 'status 0, 1 refused'
	fault 'sys.stdout.write(sys.stdin.read().replace("\"memory\": 1", "\"memory\": 2"))' 'section source was changed'
	fault 'print(json.dumps({**json.load(sys.stdin), "targets": 7}))' 'targets of the result'
	fault 'print(json.dumps(json.load(sys.stdin))); open(sys.argv[2] + "/left", "w")' 'left behind: left'
	fault 'print(json.dumps(json.load(sys.stdin))); print("v2v-estimate: warning: c4n4ry-s3cr3t-w0rd", file=sys.stderr)' 'secret is shown'
	fault 'print(json.dumps(json.load(sys.stdin)))
[open(f, "a").write("x") for f in glob.glob(os.getcwd() + "/../../outside/secret")]' 'changed outside'
}
