# shellcheck shell=bash disable=SC2016,SC2154
# SPDX-License-Identifier: LGPL-2.1-or-later
# Ways in which a machine does not start, and some in which it does: each is done to the copy of a disk, whose ext4 is edited by debugfs, without root.

# partition DISK NUMBER: where it begins, in bytes
partition() {
	sfdisk --json "$1" | jq --argjson n "$2" '.partitiontable | .partitions[$n - 1].start * .sectorsize'
}

# on_disk DISK COMMAND: of debugfs, in the partition $linux of it
on_disk() {
	debugfs -w -R "$2" "$1?offset=$(partition "$1" "$linux")" 2>>debugfs.log
}

# put DISK FILE: it becomes what standard input has; its mode is that of what was there
put() {
	local mode
	mode=$(on_disk "$1" "stat $2" | sed -n 's/.*Mode: *0*\([0-7]*\) .*/\1/p')
	cat >text
	chmod "${mode:-0644}" text
	on_disk "$1" "rm $2" >>debugfs.log
	on_disk "$1" "write text $2" >>debugfs.log
	on_disk "$1" "cat $2" | cmp - text
}

# edit DISK FILE SED-PROGRAM: which has to change it
edit() {
	on_disk "$1" "cat $2" >old
	sed "$3" old >new
	if cmp -s old new; then
		echo "$2 is as it was after $3" >&2
		return 1
	fi
	put "$1" "$2" <new
}

grub=/boot/grub/grub.cfg

break_nothing() {
	:
}

# The root file system is not there.
break_root() {
	edit "$1" $grub 's/root=UUID=[0-9a-f-]*/root=UUID=00000000-1111-2222-3333-444444444444/'
}

# Another one is not.
break_fstab() {
	edit "$1" /etc/fstab '$aUUID=00000000-1111-2222-3333-444444444444 /srv ext4 x-systemd.device-timeout=5s 0 2'
}

break_initrd() {
	edit "$1" $grub '/^[[:space:]]*initrd/d'
}

# It ends, and with it the kernel.
break_init() {
	edit "$1" $grub 's, root=UUID, init=/usr/bin/false&,'
}

break_menu() {
	on_disk "$1" "rm $grub" >>debugfs.log
	[ -z "$(on_disk "$1" "cat $grub")" ]
}

# GRUB's own modules.
break_grub() {
	on_disk "$1" 'unlink /boot/grub' >>debugfs.log
	[ -z "$(on_disk "$1" "cat $grub")" ]
}

break_kernel() {
	edit "$1" $grub 's,/vmlinuz-,/no-vmlinuz-,'
}

break_everything() {
	local size
	size=$(stat -c %s "$1")
	truncate -s 0 "$1"
	truncate -s "$size" "$1"
}

# Not broken: v2v-boot has to make its own.
break_console() {
	edit "$1" $grub 's/ console=ttyS0[^ ]*//; s/ console=tty0//'
}

break_target() {
	edit "$1" $grub "s, root=UUID, systemd.unit=$2&,"
}

break_rescue() {
	break_target "$1" rescue.target
}

break_off() {
	break_target "$1" poweroff.target
}

# Not broken: QEMU's guest agent is in it, of this host's distribution, which is the guest's.
break_agent() {
	local file libraries=(libglib-2.0.so.0 libgmodule-2.0.so.0 liburing.so.2 libnuma.so.1) lib=usr/lib/x86_64-linux-gnu
	mkdir agent
	(
		cd agent || exit
		apt-get -q download qemu-guest-agent libglib2.0-0 liburing2 libnuma1
		for file in *.deb; do
			dpkg-deb -x "$file" .
		done
	) >>debugfs.log 2>&1
	for file in sbin/qemu-ga lib/udev/rules.d/60-qemu-guest-agent.rules lib/systemd/system/qemu-guest-agent.service "${libraries[@]/#/$lib/}"; do
		[ -e "agent/$file" ] || file=usr/${file#usr/}
		cp -L "agent/$file" text
		on_disk "$1" "write text /usr/${file#usr/}" >>debugfs.log
		on_disk "$1" "cat /usr/${file#usr/}" | cmp - text
	done
}
