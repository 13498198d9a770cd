#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# check-reproducible.sh [deb] [rpm]: the packages built twice: in folders of other names, in another language, time zone and umask and, by
# root, as another user: byte for byte the same.
set -euo pipefail

top=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/var/tmp}/check-reproducible.XXXXXX")
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
kinds=("$@")
[ "$#" -gt 0 ] || kinds=(deb rpm)
DEB_BUILD_OPTIONS="nocheck parallel=$(nproc)"
SOURCE_DATE_EPOCH=$(git -C "$top" log -1 --format=%ct)
export DEB_BUILD_OPTIONS SOURCE_DATE_EPOCH NOLINT=1 CCACHE_DISABLE=1

# build FOLDER COMMAND…: the packages of this tree, built in FOLDER by COMMAND make ….
build() {
	local folder=$work/$1 owner=
	shift
	mkdir -p "$folder"
	(cd "$top" && git ls-files -z | tar --null -c -T -) | tar -x -C "$folder"
	[[ " $* " != *' --reuid=nobody '* ]] || { owner=nobody && chown -R nobody "$folder"; }
	(
		cd "$folder"
		"$@" sh -ec 'git -c init.defaultBranch=main init -q; git add -A; exec make -s "$@"' sh "${kinds[@]}"
	) >"$folder.log" 2>&1 || { tail -20 "$folder.log"; exit 1; }
	[ -z "$owner" ] || [ "$(stat -c %U "$folder/build")" = "$owner" ]
	(cd "$folder/build" && find . \( -name '*.deb' -o -name '*.rpm' \) -exec sha256sum -- {} + | sort -k 2) >"$folder.sums"
}

as=()
[ "$(id -u)" != 0 ] || as=(setpriv --reuid=nobody --regid=nogroup --clear-groups env HOME="$work/another-folder")
build first env LC_ALL=C.UTF-8 TZ=UTC
build another-folder "${as[@]}" env LC_ALL=C TZ=Asia/Tokyo sh -c 'umask 077; exec "$@"' sh
for kind in "${kinds[@]}"; do
	grep -q "\.$kind\$" "$work/first.sums"
done
diff "$work/first.sums" "$work/another-folder.sums" || { echo 'the builds differ'; exit 1; }
cat "$work/first.sums"
echo "$(wc -l <"$work/first.sums") packages, the same twice"
