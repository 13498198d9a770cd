#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Run the unit programs that have changed since they last passed: run.sh BUILD [NAME...], as in run.sh build core ovf.
# A program that passed leaves BUILD/unit/NAME.passed with a digest of itself and of the folders of tests/data that its source names.
set -u

build=$1
shift
cd "$(dirname "$0")/../.." || exit 1

digest() {
	{
		cat "$build/unit/test-$1"
		grep -oh 'tests/data/[a-z0-9]*' "tests/unit/test-$1.c" | sort -u |
			while read -r folder; do
				find "$folder" -type f -print0 | sort -z | xargs -0 -r sha1sum
			done
	} | sha1sum
}

# run.sh BUILD --one NAME, from xargs.
one() {
	passed=$build/unit/test-$1.passed
	now=$(digest "$1")
	if [ "$now" = "$(cat "$passed" 2>/dev/null)" ]; then
		return 0
	fi
	rm -f "$passed"
	if "$build/unit/test-$1" >"$build/unit/test-$1.log" 2>&1; then
		echo "ok $1"
		echo "$now" >"$passed"
		return 0
	fi
	printf 'not ok %s\n%s\n' "$1" "$(tail -n 40 "$build/unit/test-$1.log")"
	return 1
}

if [ "${1-}" = --one ]; then
	one "$2"
	exit
fi
if [ $# -eq 0 ]; then
	set -- tests/unit/test-*.c
fi
out=$(printf '%s\n' "$@" | sed 's,^tests/unit/test-\(.*\)\.c$,\1,' |
	xargs -P "$(nproc)" -n 1 tests/unit/run.sh "$build" --one)
status=$?
[ -z "$out" ] || echo "$out"
echo "$# unit programs, $(echo "$out" | grep -c '^ok ') run and passed, $(echo "$out" | grep -c '^not ok ') failed"
exit $status
