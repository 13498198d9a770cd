#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# libv2v: its exports, its manners, its installation.

load helper

@test "only what v2v.h declares leaves libv2v.so" {
	nm -D --defined-only "$O/lib/libv2v.so" |
		awk '$2 == "T" { sub(/@.*/, "", $3); print $3 }' | sort >"$BATS_TEST_TMPDIR/exported"
	gcc -E -P "$top/lib/v2v.h" | tr '\n' ' ' |
		grep -oE '\bv2v_[a-z_]+\(' | tr -d '(' | sort -u >"$BATS_TEST_TMPDIR/declared"
	diff "$BATS_TEST_TMPDIR/exported" "$BATS_TEST_TMPDIR/declared"
}

@test "the library does not print, exit or read the environment" {
	run grep -nE '\b(printf|fprintf|puts|perror|exit|getenv|system|popen)[[:space:]]*\(' -r "$top/lib" --include=*.c
	echo "$output" | grep -vE 'snprintf|_exit|fprintf\(out,' | (! grep -q .)
}

@test "each step includes no other step's header, but for convert" {
	for step in unpack overlay inspect estimate copy meta; do
		for other in unpack overlay inspect estimate copy meta convert; do
			[ "$step" = "$other" ] && continue
			run grep -rn "#include \"$other/" "$top/lib/$step"
			[ -z "$output" ] || { echo "$output"; false; }
		done
	done
}

@test "install and uninstall mirror each other" {
	make -C "$top" --no-print-directory O="$O" DESTDIR="$BATS_TEST_TMPDIR/root" PREFIX=/usr install >/dev/null
	for tool in $tools; do
		"$BATS_TEST_TMPDIR/root/usr/bin/$tool" --version
		[ -s "$BATS_TEST_TMPDIR/root/usr/share/man/man1/$tool.1" ]
	done
	[ -s "$BATS_TEST_TMPDIR/root/usr/share/man/man3/libv2v.3" ]
	[ -s "$BATS_TEST_TMPDIR/root/usr/share/man/man7/v2v-tools.7" ]
	make -C "$top" --no-print-directory O="$O" DESTDIR="$BATS_TEST_TMPDIR/root" PREFIX=/usr uninstall >/dev/null
	left=$(find "$BATS_TEST_TMPDIR/root" ! -type d)
	[ -z "$left" ] || { echo "left: $left"; false; }
}

@test "a program builds against the installed library with pkg-config" {
	make -C "$top" --no-print-directory O="$O" PREFIX="$BATS_TEST_TMPDIR/p" install >/dev/null
	export PKG_CONFIG_PATH=$BATS_TEST_TMPDIR/p/lib/pkgconfig
	[ "$(wc -l <"$tests_dir/example-embed.c")" -le 40 ]
	# shellcheck disable=SC2046
	gcc -Wall -Wextra -Werror ${SANITIZE:+-fsanitize=address,undefined} "$tests_dir/example-embed.c" -o "$BATS_TEST_TMPDIR/embed" $(pkg-config --cflags --libs libv2v)
	LD_LIBRARY_PATH=$BATS_TEST_TMPDIR/p/lib run --separate-stderr "$BATS_TEST_TMPDIR/embed" no-such-disk
	[ "$status" -eq 1 ]
	[[ $stderr == *no-such-disk* ]]
}

@test "v2v.h compiles alone, as C and as C++" {
	echo '#include "v2v.h"' | gcc -x c -std=c99 -pedantic -Wall -Werror -I"$top/lib" -fsyntax-only -
	echo '#include "v2v.h"' | g++ -x c++ -Wall -Werror -I"$top/lib" -fsyntax-only -
}

@test "every document schema definition is a valid JSON Schema" {
	jq -e '."$schema" == "https://json-schema.org/draft/2020-12/schema"' "$top/lib/v2v-document.schema.json"
}
