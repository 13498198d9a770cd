# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: LGPL-2.1-or-later
# What is known of a guest of matrix/NAME.sh. Such a file states what differs from here and defines make_guest, which makes the
# disks in $work with the functions of lib.sh and layouts.sh; shows COMMAND BEFORE AFTER may be said several times.

matrix_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/matrix

# The names of all.
guests_of_matrix() {
	local file
	for file in "$matrix_dir"/*.sh; do
		basename "$file" .sh
	done
}

# A command in the guest, and what its output must match on VMware's devices and after the conversion.
shows() {
	commands+=("$1")
	before+=("$2")
	after+=("$3")
}

# When the console says what matches $1, $2 is typed.
answers() {
	answer_options+=(--answer "$1" "$2")
}

# guest_facts NAME
guest_facts() {
	[ -f "$matrix_dir/$1.sh" ] || return
	guest=$1
	title=
	base=base                   # the Debian under it, see more_packages in lib.sh
	layouts=()                  # more files of functions that make it
	disks=("$1.raw")            # in the guest's order
	also=()                     # files that are made beside them
	firmware=bios
	nvram=                      # the loader that the old machine's NVRAM names
	machine=q35
	bus=pvscsi                  # as boot.py knows it
	nic=vmxnet3
	mac=                        # the card's address at home, where a file of the guest names it
	slot=192                    # the PCI slot, as VMware numbers them
	nics='[]'                   # more cards behind that one, as members of source.nics
	interface=ens192
	address=192.0.2.7/24
	unconverted=dead            # on virtio it does not boot; offline: boots, without its network
	convert_options=()
	commands=()
	before=()
	after=()
	answer_options=()
	# shellcheck disable=SC1090
	. "$matrix_dir/$1.sh"
}
