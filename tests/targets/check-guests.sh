#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every type of v2v-meta, over the documents of each disk that is in GUESTS (those of make guests, and more where check-guest.sh made
# them): as the disk is, and converted where that can be.  Each file is read by what its target knows: a schema, a parser, qemu, tables.
set -euo pipefail
shopt -s inherit_errexit nullglob

tests=$(cd "$(dirname "$0")/.." && pwd)
O=$(realpath "${O:-$tests/../build}")
GUESTS=$(realpath -m "${GUESTS:-$tests/../build/guests}")
PATH=$O/bin:$PATH
options=(--nova "$@")

dir=$(mktemp -d "${TMPDIR:-/var/tmp}/check-targets-XXXXXX")
trap '[ $? != 0 ] || rm -rf "$dir"' EXIT
cd "$dir"

# copied DOCUMENT: by v2v-copy; only the names of the new disks are needed from there on, so empty ones take their places
copied() {
	local disk size
	mkdir -p disks
	v2v-copy --force -o disks <"$1" 2>>log >copied
	jq -r '.targets[] | "\(.virtual_size) \(.file)"' copied | while read -r size disk; do
		qemu-img create -q -f qcow2 "$disk" "$size"
	done
	cat copied
}

# documents NAME: NAME-old.json, and NAME-new.json where it can be converted
documents() {
	local firmware=bios keys=()
	[ "$1" != uefi ] || firmware=uefi
	[[ $1 != *luks ]] || keys=(--key all:key:v2v)
	v2v-unpack --name "$1-old" --firmware $firmware "$GUESTS/$1.raw" 2>>log >unpacked
	v2v-inspect ${keys[@]+"${keys[@]}"} <unpacked 2>>log >inspected
	copied inspected >"$1-old.json"
	jq -c '.source.name = $name' --arg name "$1-new" unpacked |
		v2v-convert --workdir=. ${keys[@]+"${keys[@]}"} 2>>log >converted || return 0
	copied converted >"$1-new.json"
	rm -f overlay-*
}

# qemu reads the options of a script, and ends.
qemu_takes() {
	printf '%s\n' '{"execute": "qmp_capabilities"}' '{"execute": "quit"}' |
		timeout 600 "$1" -S -display none -qmp stdio -m 64 >qmp 2>>log
	grep -q SHUTDOWN qmp
}

for disk in "$GUESTS"/*.raw; do
	name=$(basename "$disk" .raw)
	documents "$name"
done
for type in $(v2v-meta --list-types); do
	mkdir "$type"
	for document in *-old.json *-new.json; do
		v2v-meta -t "$type" -o "$type" <"$document" 2>>log >>"$type.documents"
	done
	/usr/bin/python3 "$tests/validate.py" <"$type.documents"
done
for file in libvirt/*.xml; do
	virt-xml-validate "$file" domain >>log 2>&1
done
for file in qemu/*.sh; do
	qemu_takes "$file"
done
shellcheck qemu/*.sh proxmox/*.sh openstack/*.sh
"$tests/targets/targets.py" "${options[@]}" kubevirt kubevirt/*.yaml
"$tests/targets/targets.py" "${options[@]}" proxmox proxmox/*.conf
"$tests/targets/targets.py" "${options[@]}" openstack openstack/*.json
"$tests/targets/targets.py" "${options[@]}" opennebula opennebula/*.template
"$tests/targets/page.py" report/*.html

# count DIR PATTERN: of files
count() {
	find "$1" -maxdepth 1 -name "$2" -type f | wc -l
}
printf 'guests: %d as they are, %d converted; files: ' "$(count . '*-old.json')" "$(count . '*-new.json')"
for type in $(v2v-meta --list-types); do
	printf '%s %d, ' "$type" "$(count "$type" '*')"
done
echo 'each read by its target'
