#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Run one fuzzer and tell the result on one line: run.sh KIND BUILD HOW-LONG NAME
# KIND is "libfuzzer", for so many seconds, or "main" for the fuzzers that have main.c, so many mutations.
set -u

kind=$1 build=$2 how_long=$3 name=$4
program=$build/fuzz/fuzz-$name
found=$build/found/$name
log=$build/fuzz-$name.log
mkdir -p "$build/corpus/$name" "$found"
V2V_FUZZ_DIR=$(mktemp -d /dev/shm/v2v-fuzz-XXXXXX) || exit 1
export V2V_FUZZ_DIR
trap 'rm -rf "$V2V_FUZZ_DIR"' EXIT
trap 'exit 1' INT TERM

# Nothing may fill the memory with one file: 256 MiB, then EFBIG.
ulimit -f 524288
trap '' XFSZ

case $name in
descriptor | document | manifest | network | ovf | plan | vhdx | vhost | vmx) max_len=16384 ;;
*) max_len=65536 ;;
esac
set -- "$build/seeds/$name"
# What was found before is run again.
[ -d "tests/fuzz/found/$name" ] && set -- "$@" "tests/fuzz/found/$name"

if [ "$kind" = libfuzzer ]; then
	"$program" -max_total_time="$how_long" -max_len="$max_len" -timeout=300 \
		-rss_limit_mb=1024 -handle_xfsz=0 -print_final_stats=1 \
		-artifact_prefix="$found/" "$build/corpus/$name" "$@" >"$log" 2>&1
	status=$?
	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
else
	find "$@" -type f -print0 | sort -z |
		xargs -0 -x "$program" --mutate "$how_long" 1 >"$log" 2>&1
	status=$?
	runs=$(sed -n 's/^\([0-9]*\) runs$/\1/p' "$log")
	[ $status -eq 0 ] || cp "$V2V_FUZZ_DIR/input.last" \
		"$found/$(sha1sum <"$V2V_FUZZ_DIR/input.last" | cut -c 1-40)"
fi

if [ $status -eq 0 ]; then
	echo "$name: ${runs:-?} runs, nothing found"
else
	# A signal's number is in xargs' last line, whose status for all of them is 125.
	echo "$name: ${runs:-?} runs, FOUND (status $status: $(tail -n 1 "$log" | cut -c 1-120)): $found, $log"
	exit 1
fi
