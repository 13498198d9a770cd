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

# bats test_tags=plain
@test "the version script and the Debian package name the same symbols" {
	cd "$BATS_TEST_TMPDIR" || return
	sed -nE 's/^\t(v2v_[a-z_]+);$/\1/p' "$top/lib/libv2v.sym" | sort >script
	sed -nE 's/^ (v2v_[a-z_]+)@LIBV2V_0 .*/\1/p' "$top/debian/libv2v0.symbols" | sort >package
	[ "$(wc -l <script)" -ge 21 ]
	diff script package
}

# bats test_tags=plain
@test "a version is one: Makefile, NEWS, debian/changelog" {
	version=$(sed -n 's/^VERSION := //p' "$top/Makefile")
	[ "$(grep -oEm1 '^[0-9]+\.[0-9.]+' "$top/NEWS")" = "$version" ]
	[[ $(head -1 "$top/debian/changelog") == "v2v-tools ($version) "* ]]
	[ "$(v2v-copy --version)" = "v2v-copy (v2v-tools) $version" ]
}

# bats test_tags=plain
@test "the library does not print, exit or read the environment" {
	run grep -nE '\b(printf|fprintf|puts|perror|exit|getenv|system|popen)[[:space:]]*\(' -r "$top/lib" --include=*.c --exclude-dir=server --exclude-dir=service
	echo "$output" | grep -vE 'snprintf|_exit|fprintf\(out,|:/\* ' | (! grep -q .)
}

# bats test_tags=plain
@test "an arrow between folders that may not be, and a circle of files, are found by make lint" {
	cp -r "$top/lib" "$top/tools" "$BATS_TEST_TMPDIR"
	echo '#include "unpack/ova.h"' >>"$BATS_TEST_TMPDIR/lib/copy/plan.c"
	run -1 "$tests_dir/arrows.py" "$BATS_TEST_TMPDIR"
	[[ $output == *"lib/copy/plan.c: uses lib/unpack (unpack/ova.h), which lib/copy may not"* ]]
	cp "$top/lib/copy/plan.c" "$BATS_TEST_TMPDIR/lib/copy"
	printf 'void v2v_down(void)\n{\n\tv2v_names_clear(NULL);\n}\n' >>"$BATS_TEST_TMPDIR/lib/core/mem.c"
	printf 'void v2v_up(void)\n{\n\tv2v_down();\n}\n' >>"$BATS_TEST_TMPDIR/lib/core/names.c"
	run -1 "$tests_dir/arrows.py" "$BATS_TEST_TMPDIR"
	[[ $output == *"a circle: "*lib/core/mem.c*lib/core/names.c* ]]
}

# bats test_tags=plain
@test "libguestfs is met in one folder" {
	cd "$top" || return
	run -0 grep -rlE --include='*.[ch]' 'guestfs\.h>|guestfs_h\b' lib tools
	[ -n "$output" ]
	echo "$output" | (! grep -v '^lib/guest/libguestfs/')
}

# bats test_tags=plain
@test "what is loaded into User-mode Linux builds with a distribution's flags" {
	file=$BATS_TEST_TMPDIR/o/obj/lib/kernel/preload/ptrace.so
	CPPFLAGS=-D_FORTIFY_SOURCE=2 make -s -C "$top" O="$BATS_TEST_TMPDIR/o" "$file"
	[ -s "$file" ]
}

# bats test_tags=plain
@test "install and uninstall mirror each other" {
	as_built DESTDIR="$BATS_TEST_TMPDIR/root" PREFIX=/usr install >/dev/null
	for tool in $tools v2v-fleet; do
		"$BATS_TEST_TMPDIR/root/usr/bin/$tool" --version
		[ -s "$BATS_TEST_TMPDIR/root/usr/share/man/man1/$tool.1" ]
	done
	[ -s "$BATS_TEST_TMPDIR/root/usr/share/man/man3/libv2v.3" ]
	[ -s "$BATS_TEST_TMPDIR/root/usr/share/man/man7/v2v-tools.7" ]
	as_built DESTDIR="$BATS_TEST_TMPDIR/root" PREFIX=/usr uninstall >/dev/null
	left=$(find "$BATS_TEST_TMPDIR/root" ! -type d)
	[ -z "$left" ] || { echo "left: $left"; false; }
}

@test "a program builds against the installed library with pkg-config" {
	as_built PREFIX="$BATS_TEST_TMPDIR/p" install >/dev/null
	export PKG_CONFIG_PATH=$BATS_TEST_TMPDIR/p/lib/pkgconfig
	[ "$(wc -l <"$tests_dir/example-embed.c")" -le 40 ]
	# shellcheck disable=SC2046
	gcc -Wall -Wextra -Werror ${SANITIZE:+-fsanitize=address,undefined} "$tests_dir/example-embed.c" -o "$BATS_TEST_TMPDIR/embed" $(pkg-config --cflags --libs libv2v)
	LD_LIBRARY_PATH=$BATS_TEST_TMPDIR/p/lib run --separate-stderr "$BATS_TEST_TMPDIR/embed" no-such-disk
	[ "$status" -eq 1 ]
	[[ $stderr == *no-such-disk* ]]
}

# bats test_tags=plain
@test "v2v.h compiles alone, as C and as C++" {
	echo '#include "v2v.h"' | gcc -x c -std=c99 -pedantic -Wall -Werror -I"$top/lib" -fsyntax-only -
	echo '#include "v2v.h"' | g++ -x c++ -Wall -Werror -I"$top/lib" -fsyntax-only -
}

# bats test_tags=plain
@test "make help has each target and variable; make test runs one unit program" {
	as_built -s help >"$BATS_TEST_TMPDIR/help"
	for word in demo check-quick 'test T=' uninstall help PREFIX GUESTS; do
		grep -q "  \(make \|.*\)$word" "$BATS_TEST_TMPDIR/help" || { echo "$word"; false; }
	done
	run ! grep '^#\|:=' "$BATS_TEST_TMPDIR/help"
	run ! as_built -s test
	[[ $output == *'make test T='* ]]
	for name in core test-core tests/unit/test-core.c; do
		[ "$(as_built -n test T="$name" | tail -1)" = "$O/unit/test-core" ]
	done
}

# bats test_tags=plain
@test "make check-quick installs nothing: it says what is missing, to root too" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\ncase "$*" in *jq) exit 1; esac; echo install ok installed\n' >"$BATS_TEST_TMPDIR/bin/dpkg-query"
	printf '#!/bin/sh\necho called >&2\n' >"$BATS_TEST_TMPDIR/bin/apt-get"
	chmod +x "$BATS_TEST_TMPDIR"/bin/*
	PATH=$BATS_TEST_TMPDIR/bin:$PATH run ! as_built check-quick T="$BATS_TEST_FILENAME" F=nothing
	[[ $output == *"missing packages; as root:"*"apt-get install --no-install-recommends jq"* ]]
	[[ $output != *called* ]]
}

# bats test_tags=plain
@test "unit.bats without unit programs says in one line what to make" {
	O=$BATS_TEST_TMPDIR run ! bats "$tests_dir/unit.bats"
	[[ $output == *"test-alone' is not built: make all units"* ]]
	[ "$(grep -c 'not built' <<<"$output")" = 1 ]
}

# The document's schema, changed by jq's $1, is refused with the words $2.
bad_schema() {
	jq "$1" "$top/lib/v2v-document.schema.json" >"$BATS_TEST_TMPDIR/bad.json"
	run -1 /usr/bin/python3 "$tests_dir/validate.py" --schema "$BATS_TEST_TMPDIR/bad.json"
	[[ $output == *"$2"* ]] || { echo "$1: $output, not '$2'"; false; }
}

# bats test_tags=plain
@test "every document schema definition is a valid JSON Schema, is used, and says nothing that no validator knows; each member is described" {
	jq -e '."$schema" == "https://json-schema.org/draft/2020-12/schema"' "$top/lib/v2v-document.schema.json"
	run -0 /usr/bin/python3 "$tests_dir/validate.py" --schema
	bad_schema '."$defs".inspect.type = 7' 'not valid'
	bad_schema '."$defs".inspect.requierd = []' requierd
	bad_schema '."$defs".more = {"type": "null"}' more
	bad_schema '.properties.inspect = {"$ref": "#/$defs/none"}' none
	bad_schema '."$defs".inspect.required += ["nothing"]' nothing
	bad_schema 'del(."$id")' 'no $id'
	bad_schema 'del(."$defs".source.properties.os_hint.properties.vmware.description)' 'os_hint/properties/vmware: no description'
	bad_schema '."$defs".guestcaps.properties.nics.items.properties.mac.description = " "' 'nics/items/properties/mac: no description'
}
