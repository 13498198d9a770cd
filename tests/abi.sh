#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Does libv2v.so still serve programs that were linked with the last release?  abi.sh BUILD-DIRECTORY [TAG]
# Compares it with the one that the last tag v* builds: what is gone or has another form is an error.
set -eu

build=$1
cd "$(dirname "$0")/.."

if ! command -v abidiff >/dev/null; then
	echo "abi: abidiff is missing; its package is abigail-tools" >&2
	exit 1
fi
tag=${2-$(git describe --tags --abbrev=0 --match 'v[0-9]*' 2>/dev/null || true)}
if [ -z "$tag" ]; then
	echo "abi: no tag v* yet: there is no release to compare with"
	exit 0
fi

old=$(mktemp -d)
trap 'rm -rf "$old"' EXIT
git archive "$tag" | tar -x -C "$old"
echo "abi: building $tag"
env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -C "$old" -j2 O=build build/lib/libv2v.so >"$old/log" 2>&1 ||
	{ tail -20 "$old/log" >&2; echo "abi: cannot build $tag" >&2; exit 1; }

# Folders with the public header alone: its types count, and no others.  (--header-file finds no difference at all, in 2.2.)
mkdir "$old/then" "$old/now"
cp "$old/lib/v2v.h" "$old/then"
cp lib/v2v.h "$old/now"
# What is new does no harm: functions, and options behind those that there were (abi.suppr).
if ! abidiff --headers-dir1 "$old/then" --headers-dir2 "$old/now" --drop-private-types --no-added-syms --suppressions tests/abi.suppr \
	"$old/build/lib/libv2v.so.0" "$build/lib/libv2v.so.0"; then
	echo "abi: libv2v.so.0 does not fit programs of $tag: undo the change, or raise SOVERSION" >&2
	exit 1
fi
echo "abi: programs of $tag work with this libv2v.so.0"
