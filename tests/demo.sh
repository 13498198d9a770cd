#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The main job, shown: a VMware OVA with a real Debian through all seven programs, then started on virtio and asked for its login.
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
O=${O:-$top/build}
GUESTS=${GUESTS:-$top/build/guests}
out=${DEMO_DIR:-$top/build/demo}
export PATH=$O/bin:$PATH

say() {
	printf '\n== %s\n' "$*"
}

say "A Debian 12 with VMware's disk layout, packed as an OVA"
"$top/tests/guests/make-debian.sh" "$GUESTS"
ova=$GUESTS/debian.ova
tar tvf "$ova"

say 'v2v-unpack | v2v-overlay | v2v-inspect | v2v-estimate | v2v-convert | v2v-copy | v2v-meta'
mkdir -p "$out"
start=$SECONDS
v2v-unpack "$ova" | v2v-overlay | v2v-inspect | v2v-estimate -o "$out" |
	v2v-convert -v | v2v-copy -o "$out" --force |
	v2v-meta --force >"$out/document.json"
echo "done in $((SECONDS - start)) s; the document: $out/document.json"

say 'What was changed in the guest'
jq -r '.guestcaps.changes[] | "\(.path): \(.what)"' "$out/document.json"

say 'What was made'
jq -r '.targets[].file, .metadata.file' "$out/document.json" | xargs ls -lsh

say 'The machine of that XML, started on virtio (emulated: a minute or two)'
/usr/bin/python3 "$top/tests/guests/boot.py" --log "$out/console.log" \
	--run 'ip -br address' --run 'findmnt -n /' \
	--run 'cat /proc/cmdline' \
	--libvirt-xml "$(jq -r .metadata.file "$out/document.json")"
say 'Its console, at the end'
tr -d '\r' <"$out/console.log" | grep -a 'login:' | head -1
