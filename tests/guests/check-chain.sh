#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A machine of VMware as it lies, with two snapshots: the guest debian as the base, two differences with what was changed in it since, its
# .vmx. The whole pipeline converts it; the guest boots on virtio, and has the files of each layer as they were last.
set -euo pipefail
shopt -s inherit_errexit

here=$(cd "$(dirname "$0")" && pwd)
tests=${here%/*}
. "$here/facts.sh"
. "$here/booted.sh"
O=$(realpath "${O:-$tests/../build}")
GUESTS=$(realpath -m "${GUESTS:-$tests/../build/guests}")
PATH=$O/bin:$PATH:/usr/sbin:/sbin
export LIBGUESTFS_CACHEDIR=${LIBGUESTFS_CACHEDIR:-/var/tmp} V2V_CACHEDIR=${V2V_CACHEDIR:-/var/tmp}
block=4096 first=$((2048 * 512)) # of the root filesystem: bytes of a block, and where it begins

# in_guest DISK COMMAND…: debugfs' commands, each of which must succeed silently.
in_guest() {
	local disk=$1 said
	shift
	said=$(printf '%s\n' "$@" | debugfs -w -f - "$disk?offset=$first" 2>&1 | grep -v '^debugfs\|^Allocated inode' || true)
	[ -z "$said" ] || {
		echo "debugfs: $said" >&2
		return 1
	}
}

# put DISK NAME TEXT: the file /etc/NAME of the guest.
put() {
	printf '%s\n' "$3" >text
	in_guest "$1" "rm /etc/$2" 2>/dev/null || true
	in_guest "$1" "write text /etc/$2"
}

# over DISK STEP TEXT: every STEPth block of /etc/layers has other bytes, where it is; the file on the host, too.
over() {
	local blocks i
	read -ra blocks < <(debugfs -R 'blocks /etc/layers' "$1?offset=$first" 2>/dev/null)
	[ "${#blocks[@]}" -ge 64 ]
	yes "$3" | head -c "$block" >text || true
	for ((i = 0; i < ${#blocks[@]}; i += $2)); do
		dd if=text of="$1" bs="$block" seek=$((first / block + blocks[i])) conv=notrunc status=none
		dd if=text of=layers bs="$block" seek="$i" conv=notrunc status=none
	done
}

# The disk as it was at first, at the one snapshot, and now.
make_states() {
	cp --sparse=always "$GUESTS/debian.raw" base.raw
	yes base | head -c $((64 * block)) >layers || true
	in_guest base.raw 'write layers /etc/layers'
	put base.raw layer-base base
	put base.raw layer-gone base
	put base.raw layer base
	cp --sparse=always base.raw middle.raw
	over middle.raw 2 middle
	put middle.raw layer-middle middle
	put middle.raw layer middle
	cp --sparse=always middle.raw top.raw
	over top.raw 3 top
	put top.raw layer-top top
	put top.raw layer top
	in_guest top.raw 'rm /etc/layer-gone'
}

# The document of the whole pipeline, by which it was read as three layers.
convert() {
	v2v-inspect vm/chained.vmx >inspected.json
	jq -e '.inspect.product_name | startswith("Debian")' inspected.json >/dev/null
	v2v-unpack vm/chained.vmx | v2v-overlay | v2v-inspect | v2v-convert | v2v-copy -o out | v2v-meta -o out >all.json
	jq -e '[.source.disks[0].layers[].subformat] == ["seSparse", "vmfsSparse", "vmfs"]' all.json >/dev/null
}

check() {
	local seconds
	guest_facts debian
	"$here/make-guest.sh" debian "$GUESTS"
	make_states
	/usr/bin/python3 -B "$here/chain.py" base.raw vm middle.raw top.raw
	rm base.raw middle.raw top.raw
	mkdir out
	convert
	shows 'cat /etc/layer-base /etc/layer-middle /etc/layer-top /etc/layer | tr "\n" " "' '' '^base middle top top'
	shows 'ls /etc/layer-gone 2>&1 || true' '' 'No such file'
	shows 'sha256sum </etc/layers' '' "^$(sha256sum <layers | cut -d' ' -f1)"
	proofs after
	seconds=$(boot_guest boot --libvirt-xml "$(jq -r .metadata.file all.json)" "${proofs[@]}")
	echo "chain of debian: 3 layers of $(du -ch vm/*.vmdk | awk 'END { print $1 }'); login after $seconds s: ok"
}

# shellcheck disable=SC2317 # called by the trap
clean_up() {
	local status=$?
	cd /
	if [ "$status" = 0 ] && [ -z "${KEEP-}" ]; then
		rm -rf "$dir"
	else
		echo "chain of debian: status $status; see $dir" >&2
	fi
}

dir=$(mktemp -d "${TMPDIR:-/var/tmp}/check-chain-XXXXXX")
trap clean_up EXIT
cd "$dir"
export TMPDIR=$dir
check
