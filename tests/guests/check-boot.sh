#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What v2v-boot says of guests that start and of guests that do not, a line for each: what was asked, its verdict, its seconds, and
# whether the disks are as they were.  And the scripts of v2v-meta -t qemu, to their login.
set -euo pipefail
shopt -s inherit_errexit

here=$(cd "$(dirname "$0")" && pwd)
tests=${here%/*}
. "$here/facts.sh"
. "$here/broken.sh"
O=$(realpath "${O:-$tests/../build}")
GUESTS=$(realpath -m "${GUESTS:-$tests/../build/guests}")
PATH=$O/bin:$PATH:/usr/sbin
export V2V_CACHEDIR=${V2V_CACHEDIR:-/var/tmp}

# NAME GUEST DISK BREAK VERDICT: DISK is "home" (as it is, on its old devices), "virtio" (as it is, on new ones) or "new" (converted);
# $linux of broken.sh is the number of the partition that is changed.
cases=(
	'empty            debian    new    everything boot-no-device'
	'empty-uefi       uefi      new    everything boot-no-device'
	'old-uefi         uefi      virtio nothing    boot-no-device'
	'no-menu          debian    new    menu       boot-grub'
	'no-grub          debian    new    grub       boot-grub'
	'no-kernel        debian    new    kernel     boot-grub'
	'no-menu-uefi     uefi      new    menu       boot-grub'
	'no-kernel-uefi   uefi      new    kernel     boot-grub'
	'no-initrd        debian    new    initrd     boot-panic'
	'debian           debian    new    nothing    boot-login'
	'uefi             uefi      new    nothing    boot-login'
	'old-debian       debian    virtio nothing    boot-initramfs'
	'no-root          debian    new    root       boot-initramfs'
	'no-mount         debian    new    fstab      boot-emergency'
	'no-init          debian    new    init       boot-panic'
	'luks             luks      new    nothing    boot-running'
	'no-console       debian    new    console    boot-login'
	'lvm              lvm       new    nothing    boot-login'
	'netplan          netplan   new    nothing    boot-login'
	'two-disks        two-disks new    nothing    boot-login'
	'old-netplan      netplan   virtio nothing    boot-initramfs'
	'old-lvm          lvm       virtio nothing    boot-initramfs'
	'old-luks         luks      virtio nothing    boot-initramfs'
	'old-two-disks    two-disks virtio nothing    boot-initramfs'
	'rescue           debian    new    rescue     boot-emergency'
	'off              debian    new    off        boot-off'
	'script           debian    new    script     login'
	'script-uefi      uefi      new    script     login'
	'agent            debian    new    agent      boot-login'
	'home             debian    home   nothing    boot-login'
)

# What the old machine's OVF would have said of it, and a console that nobody has to add.
describe() {
	v2v-unpack --name "$guest" --firmware "$firmware" "${disks[@]/#/$GUESTS/}" 2>>log |
		jq -c --arg bus "$bus" --arg nic "$nic" '.source |= (.hypervisor = "vmware" | .nics[0].model = $nic |
			.disks |= [to_entries[] | .value + {unit: .key, controller: ({sata: "sata"}[$bus] // "scsi"),
				controller_model: ({pvscsi: "pvscsi", lsi: "lsilogic", mptsas: "lsisas1068"}[$bus])}])'
}

# new_machine WHICH: its document, with disks of its own
new_machine() {
	case $1 in
	home) describe | v2v-inspect 2>>log ;;
	virtio) describe | v2v-convert --dry-run ${convert_options[@]+"${convert_options[@]}"} 2>>log | jq -c 'del(.guestcaps.dry_run)' ;;
	new) describe | v2v-convert --workdir="$PWD/work" ${convert_options[@]+"${convert_options[@]}"} 2>>log ;;
	esac | v2v-copy -f raw -o "$PWD" 2>>log
}

# login_of SCRIPT: on a copy of the disks in memory, with its serial port in a file; its pid is $!
login_of() {
	local pid start=$SECONDS
	V2V_SERIAL=file:serial "$1" -snapshot -display none >>log 2>&1 &
	pid=$!
	verdict=timeout
	while kill -0 $pid 2>/dev/null && [ $((SECONDS - start)) -lt 1200 ]; do
		if grep -q 'login: ' serial 2>/dev/null; then
			verdict=login
			break
		fi
		sleep 1
	done
	kill $pid 2>/dev/null || verdict=ended
	wait $pid 2>/dev/null || true
	seconds=$((SECONDS - start))
}

# watched DOCUMENT [OPTION]: by v2v-boot
watched() {
	v2v-boot --screenshot-dir . "${@:2}" <"$1" >booted.json 2>>log || true
	verdict=$(jq -r .boot.verdict booted.json)
	seconds=$(jq -r .boot.seconds booted.json)
	/usr/bin/python3 "$tests/validate.py" <booted.json
	jq -e '.boot.up == (.boot.verdict | IN("boot-login", "boot-running"))' booted.json >/dev/null
}

check() {
	local name=$1 disk=$3 how=$4 wanted=$5 linux=1 verdict seconds same
	guest_facts "$2"
	[ "$firmware" = bios ] || linux=2
	mkdir work
	new_machine "$disk" >machine.json
	jq -r '.targets[].file' machine.json >files
	if [ "$how" = script ]; then
		sum >before
		login_of "$(v2v-meta -t qemu -o . <machine.json 2>>log | jq -r .metadata.file)"
	else
		"break_$how" "$(head -1 files)"
			sum >before
		if [ "$how" = agent ]; then
			watched machine.json --agent-ping
			jq -e .boot.agent booted.json >/dev/null
		else
			watched machine.json
		fi
	fi
	same=$(sum | cmp -s - before && echo same || echo CHANGED)
	printf '%-16s %-15s %-15s %6s s  disks %s\n' "$name" "$wanted" "$verdict" "$seconds" "$same"
	[ "$verdict" = "$wanted" ] && [ "$same" = same ]
}

# Of what is in the disks and where it is: holes are not read.
sum() {
	xargs -d '\n' tar --create --sparse --absolute-names <files | sha256sum
}

# shellcheck disable=SC2317 # called by the trap
# The disks are big; what remains tells what went wrong.
clean_up() {
	local status=$?
	cd /
	[ ! -e "$dir/files" ] || xargs -d '\n' rm -f <"$dir/files"
	rm -rf "$dir/work"
	if [ "$status" = 0 ]; then
		rm -rf "$dir"
	else
		echo "$name: status $status; see $dir" >&2
	fi
}

# one NAME: in a folder that stays where something is wrong
one() {
	local line
	for line in "${cases[@]}"; do
		[ "${line%% *}" = "$1" ] || continue
		dir=$(mktemp -d "${TMPDIR:-/var/tmp}/check-boot-$1-XXXXXX")
		name=$1
		cd "$dir"
		export TMPDIR=$dir
		trap clean_up EXIT
		# shellcheck disable=SC2086 # its words
		check $line
		exit
	done
	echo "check-boot.sh: unknown case '$1'" >&2
	exit 2
}

[ $# != 1 ] || one "$1"
[ $# -gt 0 ] || mapfile -t names < <(printf '%s\n' "${cases[@]%% *}")
result=0
printf '%-16s %-15s %s\n' case wanted seen
for name in "${names[@]:-$@}"; do
	"$here/check-boot.sh" "$name" || result=1
done
exit $result
