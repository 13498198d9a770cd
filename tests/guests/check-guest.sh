#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Shows of guests of matrix/, with a line for each:
# (a) it boots on the devices it was made for, with its address on its old interface;
# (b) as it is, it does not boot on virtio, or is without its network there;
# (c) after the pipeline the machine of the libvirt XML reaches its login, with its address on its old interface, and has what its
#     fstab asks for; the convert step ran no program of the guest;
# (d) each backend says the same of it, and --check, --dry-run and the conversion have one plan (check-documents.sh).
set -euo pipefail
shopt -s inherit_errexit

here=$(cd "$(dirname "$0")" && pwd)
tests=${here%/*}
. "$here/facts.sh"
. "$here/booted.sh"
O=$(realpath "${O:-$tests/../build}")
GUESTS=$(realpath -m "${GUESTS:-$tests/../build/guests}")
PATH=$O/bin:$PATH
export LIBGUESTFS_CACHEDIR=${LIBGUESTFS_CACHEDIR:-/var/tmp} V2V_CACHEDIR=${V2V_CACHEDIR:-/var/tmp}

usage() {
	echo 'usage: check-guest.sh [-b BACKEND] [-p PARTS] NAME…|all     (PARTS: some of abcd)' >&2
	exit 2
}

parts=abcd
backend=auto
while getopts b:p: option; do
	case $option in
	b) backend=$OPTARG ;;
	p) parts=$OPTARG ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || usage

at_home() {
	local options=(--machine "$machine" --bus "$bus" --nic "$nic")
	[ "$firmware" = bios ] || options+=(--uefi)
	[ -z "$nvram" ] || options+=(--loader "$nvram")
	[ -z "$slot" ] || options+=(--slot "$slot")
	[ -z "$mac" ] || options+=(--mac "$mac")
	proofs before
	# Linux looks at SCSI disks side by side: on a busy machine the second can become sda, there as at VMware.
	boot_guest a "${options[@]}" "${proofs[@]}" "${disks[@]/#/$GUESTS/}" || {
		[ ${#disks[@]} -gt 1 ] && boot_guest a "${options[@]}" "${proofs[@]}" "${disks[@]/#/$GUESTS/}"
	}
}

unconverted() {
	local options=(--machine q35 --bus virtio --nic virtio)
	[ "$firmware" = bios ] || options+=(--uefi)
	case $unconverted in
	dead) options+=(--expect-fail) ;;
	offline) options+=(--expect "$(wait_for_address 15) | grep -F '$address' || echo no address" '^no address') ;;
	esac
	boot_guest b "${options[@]}" "${disks[@]/#/$GUESTS/}"
}

# What the OVF of the old machine would have said of its devices.
describe() {
	v2v-unpack --name "$guest" --firmware "$firmware" "${disks[@]/#/$GUESTS/}" |
		jq -c --arg bus "$bus" --arg nic "$nic" --arg slot "$slot" --argjson more "$nics" '.source |= (
			.hypervisor = "vmware" |
			.nics[0] += {model: $nic, pci_slot: (if $slot == "" then null else ($slot | tonumber) end)} |
			.nics[0] as $first | .nics += [$more | to_entries[] | $first + {id: (.key + 1), mac: null, pci_slot: null} + .value] |
			.disks |= [to_entries[] | .value + {unit: .key, controller: ({ide: "ide", sata: "sata"}[$bus] // "scsi"),
				controller_model: ({pvscsi: "pvscsi", lsi: "lsilogic", mptsas: "lsisas1068"}[$bus])}])'
}

convert() {
	describe >1.json
	local start=$EPOCHREALTIME
	if ! v2v-convert --backend="$backend" -vv --messages=json ${convert_options[@]+"${convert_options[@]}"} \
		<1.json >2.json 2>convert.log; then
		jq -r 'select(.code != "appliance-command") | .text' convert.log >&2
		return 1
	fi
	convert_seconds=$(since "$start")
	nothing_of_the_guest_ran
	jq -e -f "$tests/one-plan.jq" <2.json >/dev/null
	mkdir out
	v2v-copy -o out <2.json | v2v-meta >3.json
	/usr/bin/python3 "$tests/validate.py" <3.json
}

# libguestfs' log of commands has none that runs a program of the guest; debug runs the appliance's own.  The small kernel has no such
# operation.
nothing_of_the_guest_ran() {
	local calls programs
	[ "$(used_backend)" = libguestfs ] || return 0
	calls=$(jq -r 'select(.code == "appliance-command") | .text' convert.log)
	programs=$(grep -E '^(command|command_lines|command_out|sh|sh_lines|sh_out) |^debug .*(sysroot|chroot)' <<<"$calls" || true)
	if ! grep -q '^write ' <<<"$calls" || [ -n "$programs" ]; then
		printf '%s: of %d commands to the appliance: %s\n' "$guest" "$(wc -l <<<"$calls")" "$programs" >&2
		return 1
	fi
}

used_backend() {
	jq -r .inspect.backend 2.json
}

since() {
	awk "BEGIN { printf \"%.1f\", $EPOCHREALTIME - $1 }"
}

converted() {
	convert
	proofs after
	boot_seconds=$(boot_guest c --libvirt-xml "$(jq -r .metadata.file 3.json)" "${proofs[@]}")
}

check() {
	local seconds
	"$here/make-guest.sh" "$guest" "$GUESTS"
	line="$guest:"
	seconds=$(cat "$GUESTS/$guest.seconds" 2>/dev/null || echo '?')
	line+=" made in $seconds s"
	if [[ $parts == *a* ]]; then
		seconds=$(at_home)
		line+="; (a) $bus, $nic: $seconds s"
	fi
	if [[ $parts == *b* ]]; then
		seconds=$(unconverted)
		line+="; (b) $unconverted after $seconds s"
	fi
	if [[ $parts == *c* ]]; then
		converted
		line+="; (c) convert by $(used_backend) $convert_seconds s, login after $boot_seconds s"
	fi
	if [[ $parts == *d* ]]; then
		describe >source.json
		"$here/check-documents.sh" documents ${convert_options[@]+"${convert_options[@]}"} <source.json
		line+="; (d) one document"
	fi
	line+=": ok"
}

# shellcheck disable=SC2317 # called by the trap
# The disks made are big; what remains tells what went wrong.
clean_up() {
	local status=$?
	[ -n "${KEEP-}" ] || rm -rf out v2v-* documents/v2v-*
	cd /
	if [ "$status" = 0 ] && [ -z "${KEEP-}" ]; then
		rm -rf "$dir"
	else
		echo "$guest: status $status; see $dir" >&2
	fi
}

if [ $# = 1 ] && [ "$1" != all ]; then
	guest_facts "$1" || usage
	dir=$(mktemp -d "${TMPDIR:-/var/tmp}/check-$1-XXXXXX")
	cd "$dir"
	export TMPDIR=$dir
	trap clean_up EXIT
	check
	echo "$line"
	exit
fi
[ "$1" != all ] || mapfile -t guests < <(guests_of_matrix)
result=0
for name in "${guests[@]:-$@}"; do
	"$here/check-guest.sh" -b "$backend" -p "$parts" "$name" || result=1
done
exit $result
