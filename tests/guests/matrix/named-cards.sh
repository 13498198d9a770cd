# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: LGPL-2.1-or-later
title='two cards named by .link files with OriginalName=, the second of the machine in the first slot'
nics='[{"mac": "00:50:56:00:00:0b", "pci_slot": 160}]'
interface=wan

# The file of interfaces still has ens192, as the second card was called before. By the order of the machine's cards, there and on
# KVM, the two networks would be swapped. At home boot.py gives the machine its first card only.
shows 'cat /sys/class/net/wan/address' '^..:' '^00:50:56:00:00:0b$'
shows 'ip -br -4 address show dev lan 2>&1 || true' 'does not exist' '^lan .* 10.0.0.1/24'

make_guest() {
	make_plain "$work/named-cards.raw"
	rename_guest named-cards-demo
	refresh_initrds
	name_card eth0 wan 192.0.2.7/24
	name_card eth1 lan 10.0.0.1/24
	finish_plain
}

name_card() {
	write_file "$root/etc/systemd/network/10-$2.link" <<-END
		[Match]
		OriginalName=$1

		[Link]
		Name=$2
	END
	cat >>"$root/etc/network/interfaces" <<-END

		allow-hotplug $2
		iface $2 inet static
		address $3
	END
}
