#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# check-reproducible.sh: the packages built twice, in folders of other names, in another language, time zone and umask: byte for byte the same.
set -euo pipefail

top=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/var/tmp}/check-reproducible.XXXXXX")
trap 'rm -rf "$work"' EXIT
DEB_BUILD_OPTIONS="nocheck parallel=$(nproc)"
export DEB_BUILD_OPTIONS

# build FOLDER COMMAND…: the packages of this tree, built in FOLDER by COMMAND make ….
build() {
	local folder=$work/$1
	shift
	mkdir -p "$folder"
	(cd "$top" && git ls-files -z | tar --null -c -T -) | tar -x -C "$folder"
	(
		cd "$folder"
		git -c init.defaultBranch=main init -q
		git add -A
		export SOURCE_DATE_EPOCH
		"$@" make -s deb rpm
	) >"$folder.log" 2>&1 || { tail -20 "$folder.log"; exit 1; }
	(cd "$folder/build" && sha256sum -- deb/*.deb rpm/RPMS/*/*.rpm rpm/SRPMS/*.rpm) >"$folder.sums"
}

SOURCE_DATE_EPOCH=$(git -C "$top" log -1 --format=%ct)
build first env LC_ALL=C.UTF-8 TZ=UTC
build another-folder env LC_ALL=C TZ=Asia/Tokyo sh -c 'umask 077; exec "$@"' sh
[ "$(wc -l <"$work/first.sums")" -ge 9 ]
diff "$work/first.sums" "$work/another-folder.sums" || { echo 'the builds differ'; exit 1; }
echo "$(wc -l <"$work/first.sums") packages, the same twice"
