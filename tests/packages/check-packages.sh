#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# check-packages.sh DEBS OVA: the packages of `make deb` in a fresh Debian: installed, an OVA converted by somebody who is not root, by the
# programs and by Python, and removed without a trace.  Needs root, mmdebstrap and a mirror.
set -euo pipefail

[ $# = 2 ] || { echo "usage: check-packages.sh DEBS OVA" >&2; exit 2; }
debs=$(realpath "$1")
ova=$(realpath "$2")
root=$(mktemp -d "${TMPDIR:-/var/tmp}/check-packages.XXXXXX")
mounted=()

leave() {
	local place
	for place in "${mounted[@]}"; do
		umount "$root/$place"
	done
	rm -rf --one-file-system "$root"
}
trap leave EXIT

bind() {
	mkdir -p "$root/$2"
	mount --bind ${3:+-o "$3"} "$1" "$root/$2"
	mounted=("$2" "${mounted[@]}")
}

# What is there, but for what changes by itself, and for what users keep, such as the small kernel's tools.
list() {
	(cd "$root" && find . -xdev \( -path ./proc -o -path ./dev -o -path ./sys -o -path ./debs -o -path ./in -o -path ./home -o \
		-path ./var/lib/apt -o -path ./var/cache -o -path ./var/lib/dpkg -o -path ./var/log -o -path ./tmp -o -path ./var/tmp -o -name __pycache__ \) -prune \
		-o -print | LC_ALL=C sort)
}

inside() {
	chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
}

say() {
	printf '== %s (%s s)\n' "$*" "$SECONDS"
}

say 'a fresh Debian 12'
mmdebstrap --quiet --variant=minbase --include=ca-certificates,python3-minimal,jq bookworm "$root"
bind /proc proc
bind /dev dev
mkdir "$root/in" "$root/debs"
cp "$debs"/*.deb "$root/debs"
cp --sparse=always "$ova" "$root/in/guest.ova"
inside useradd --create-home v2v

# What they depend on first, and the small kernel, so that the packages are the one difference.
say 'what the packages depend on'
inside apt-get update -q >/dev/null
inside sh -c 'apt-get install -q -y --no-install-recommends /debs/v2v-tools_*.deb /debs/libv2v0_*.deb /debs/libv2v-dev_*.deb \
	/debs/python3-v2v_*.deb user-mode-linux' >/dev/null
packages='v2v-tools libv2v0 libv2v-dev python3-v2v'
# shellcheck disable=SC2086 # a list of names
inside apt-get purge -q -y $packages >/dev/null
list >"$root/tmp/before"

say 'the packages, installed'
inside sh -c 'dpkg -i /debs/v2v-tools_*.deb /debs/libv2v0_*.deb /debs/libv2v-dev_*.deb /debs/python3-v2v_*.deb' >/dev/null
# shellcheck disable=SC2086
inside dpkg-query -W $packages

say 'an OVA converted by somebody who is not root'
# shellcheck disable=SC2016 # that shell's
inside setpriv --reuid=v2v --regid=v2v --init-groups --no-new-privs env HOME=/home/v2v sh -ec 'cd && mkdir out tmp && export TMPDIR=$PWD/tmp
	v2v-unpack /in/guest.ova | v2v-overlay | v2v-inspect | v2v-estimate -o out | v2v-convert | v2v-copy -o out | v2v-meta >doc.json
	jq -c "[.inspect.backend, .inspect.product_name, .guestcaps.block_bus, .targets[0].file, .metadata.file]" doc.json
	jq -e ".guestcaps.block_bus == \"virtio-blk\"" doc.json >/dev/null
	qemu-img check -q "$(jq -r ".targets[0].file" doc.json)"
	python3 -c "import v2v
with v2v.Handle() as handle:
    print(v2v.version(), handle.inspect(handle.unpack(\"/in/guest.ova\")[0])[\"inspect\"][\"product_name\"])"
	[ -z "$(ls tmp | grep -v "^v2v-cache-")" ]'

say 'the packages, removed'
# shellcheck disable=SC2086
inside apt-get purge -q -y $packages >/dev/null
list >"$root/tmp/after"
left=$(diff "$root/tmp/before" "$root/tmp/after" | grep '^[<>]' || true)
[ -z "$left" ] || { echo "left behind, or lost:"; echo "$left"; exit 1; }
say 'nothing is left'
