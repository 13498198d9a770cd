# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What all .bats files share: where the programs are, small disks and documents, checks.

bats_require_minimum_version 1.5.0

tests_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=${tests_dir%/*}
O=${O:-$top/build}
GUESTS=${GUESTS:-$top/build/guests}
export PATH=$O/bin:$PATH
# TMPDIR is each test's own; the appliance, and the small kernel's image, are made once for all.
export LIBGUESTFS_CACHEDIR=${LIBGUESTFS_CACHEDIR:-/var/tmp} V2V_CACHEDIR=${V2V_CACHEDIR:-/var/tmp}
# Nothing is left in the tree.
export PYTHONDONTWRITEBYTECODE=1
# Drivers for Windows: what a test makes, not what the host has.
export VIRTIO_WIN=
tools='v2v-unpack v2v-overlay v2v-inspect v2v-estimate v2v-convert v2v-copy v2v-meta v2v-boot'
# shellcheck disable=SC2034 # for the tests
filters=${tools#v2v-unpack }

# In CI a missing thing is a failure, elsewhere a reason to skip.
requires() {
	command -v "$1" >/dev/null && return
	if [ -n "${CI-}" ]; then
		echo "missing: $1" >&2
		return 1
	fi
	skip "missing: $1"
}

# make with the flags of the build that is there: with others it would build everything once more.
as_built() {
	make -C "$top" --no-print-directory O="$O" CC="$(sed 's/ -std=.*//' "$O/flags")" WERROR="$(grep -oe -Werror "$O/flags")" "$@"
}

# Run a pipeline; its status is that of the first program that failed.
pipe() {
	bash -o pipefail -c "$1"
}

# The documents of a file fit the schema.
valid() {
	/usr/bin/python3 "$tests_dir/validate.py" <"$1"
}

# What the inspection said of a document's guest is what its conversion did.
one_plan() {
	jq -e -f "$tests_dir/one-plan.jq" "$1"
}

# A raw disk of 64 MiB with a boot record's mark and some data in it.
small_disk() {
	truncate -s 64M "$1"
	printf '\125\252' | dd of="$1" bs=1 seek=510 conv=notrunc status=none
	head -c 300000 "$tests_dir/../lib/core/fields.c" |
		dd of="$1" bs=1M seek=3 conv=notrunc status=none
}

# A document for the small disk $1, as v2v-unpack writes it.
small_document() {
	v2v-unpack --memory 1G --vcpus 1 --firmware bios --name small "$1"
}

# One line on stderr, "v2v-x: …", that names $1; nothing on stdout; status 1.
refused() {
	# shellcheck disable=SC2154 # bats sets them
	[ "$status" -eq 1 ] || { echo "status $status: $stderr"; return 1; }
	[ -z "$output" ] || { echo "stdout: $output"; return 1; }
	# shellcheck disable=SC2154
	[ "${#stderr_lines[@]}" -eq 1 ] || { echo "stderr: $stderr"; return 1; }
	[[ $stderr == v2v-*": "*"$1"* ]] || { echo "stderr: $stderr, not '$1'"; return 1; }
}

# For boot.py --run: the address of ens192, which it can get some time after the login is there.
# shellcheck disable=SC2034 # for the tests
guest_address='for i in $(seq 120); do
	ip -br -4 address show ens192 | grep -q "UP .*192.0.2.7/24" && break
	sleep 1
done
ip -br -4 address show ens192'

# All processes below $1, a line.
processes_below() {
	local all=$1 parent
	while all=$(for parent in $all; do pgrep -P "$parent" || true; done) && [ -n "$all" ]; do
		echo "$all"
	done
}

# What no write to a file leaves as it is; a sum of a disk of gigabytes takes a processor ten seconds.
identity() {
	stat -c '%n %i %s %y %z' "$@"
}

# What comes from descriptor 8, a pipe, goes to the file stderr until a line with $1 has come.  No process is started for it: who writes there
# is stopped or ended soon after.
said_until() {
	local line
	while IFS= read -r line <&8; do
		printf '%s\n' "$line"
		[[ $line != *"$1"* ]] || return 0
	done >stderr
	return 1
}

# None of these processes runs any more; they may take a while to end.
all_ended() {
	local pid
	for pid; do
		for _ in $(seq 300); do
			case $(ps -o stat= -p "$pid") in
			'' | Z*) continue 2 ;;
			esac
			sleep 0.1
		done
		ps -fp "$pid"
		return 1
	done
}

# No work directory, temporary file or qemu of ours is left in $1.
nothing_left() {
	local left
	left=$(find "$1" -mindepth 1)
	[ -z "$left" ] || { echo "left: $left"; return 1; }
}
