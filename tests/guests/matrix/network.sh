# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: LGPL-2.1-or-later
title='three cards: ens192 by its slot; eth0 and eth1 by udev rules, against the order of the cards, and a rule for a card of long ago'
nics='[{"mac": "00:50:56:00:00:0a"}, {"mac": "00:50:56:00:00:0b"}]'

# Such a card gets its address some time after the login is there.
address_of() {
	echo "for i in \$(seq 30); do [ ! -e /sys/class/net/$1 ] || ip -4 address show dev $1 | grep -q inet && break; sleep 1; done;" \
		"ip -br -4 address show dev $1 2>&1 || true"
}

# At home boot.py gives the machine its first card only.
shows "$(address_of eth0)" 'does not exist' '^eth0 .* 198.51.100.7/28'
shows "$(address_of eth1)" 'does not exist' '^eth1 .* 198.51.100.33/28'
shows 'cat /sys/class/net/eth0/address 2>&1 || true' 'No such file' '^00:50:56:00:00:0b$'

make_guest() {
	make_plain "$work/network.raw"
	rename_guest network-demo
	refresh_initrds
	cat >>"$root/etc/network/interfaces" <<-'END'

		allow-hotplug eth0
		iface eth0 inet static
		address 198.51.100.7/28

		allow-hotplug eth1
		iface eth1 inet static
		address 198.51.100.33/28
	END
	{
		rule 00:0c:29:00:00:99 eth0
		rule 00:50:56:00:00:0b eth0
		rule 00:50:56:00:00:0a eth1
	} >"$root/etc/udev/rules.d/70-persistent-net.rules"
	finish_plain
}

# As udev's own write_net_rules did it.
rule() {
	echo "SUBSYSTEM==\"net\", ACTION==\"add\", DRIVERS==\"?*\", ATTR{address}==\"$1\", ATTR{dev_id}==\"0x0\", ATTR{type}==\"1\"," \
		"KERNEL==\"eth*\", NAME=\"$2\""
}
