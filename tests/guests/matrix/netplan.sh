# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: LGPL-2.1-or-later
title='Ubuntu-like: netplan over systemd-networkd, an initramfs in the legacy format of LZ4'
base=storage
bus=mptsas
shows 'cat /run/systemd/network/*netplan-ens192.network' '^Address=192.0.2.7/24$' '^Address=192.0.2.7/24$'
shows 'systemctl is-active systemd-networkd' '^active$' '^active$'

make_guest() {
	make_plain "$work/netplan.raw"
	rename_guest netplan-demo
	refresh_initrds
	name_it_ubuntu
	rm -r "$root/etc/network/interfaces"
	chroot "$root" systemctl enable systemd-networkd.service >/dev/null 2>&1
	write_file "$root/etc/netplan/50-cloud-init.yaml" <<-'END'
		# This file is generated from information provided by the datasource.
		network:
		    version: 2
		    ethernets:
		        ens192:
		            dhcp4: false
		            addresses:
		            - 192.0.2.7/24
		        ens224:
		            dhcp4: true
		            optional: true
	END
	chmod 600 "$root/etc/netplan/50-cloud-init.yaml"
	compress_initrds_with_lz4
	finish_plain
}

name_it_ubuntu() {
	rm "$root/etc/os-release" "$root/etc/debian_version"
	write_file "$root/usr/lib/os-release" <<-'END'
		PRETTY_NAME="Ubuntu 22.04.4 LTS"
		NAME="Ubuntu"
		VERSION_ID="22.04"
		VERSION="22.04.4 LTS (Jammy Jellyfish)"
		VERSION_CODENAME=jammy
		ID=ubuntu
		ID_LIKE=debian
		HOME_URL="https://www.ubuntu.com/"
		SUPPORT_URL="https://help.ubuntu.com/"
		BUG_REPORT_URL="https://bugs.launchpad.net/ubuntu/"
		UBUNTU_CODENAME=jammy
	END
	ln -s ../usr/lib/os-release "$root/etc/os-release"
	write_file "$root/etc/debian_version" <<<bookworm/sid
	write_file "$root/etc/lsb-release" <<-'END'
		DISTRIB_ID=Ubuntu
		DISTRIB_RELEASE=22.04
		DISTRIB_CODENAME=jammy
		DISTRIB_DESCRIPTION="Ubuntu 22.04.4 LTS"
	END
	sed -i 's/Debian GNU\/Linux/Ubuntu/; s/debian/ubuntu/' "$root/boot/grub/grub.cfg"
}

# As mkinitramfs does it with COMPRESS=lz4; the base's initrds are one zstd archive.
compress_initrds_with_lz4() {
	local initrd
	sed -i 's/^#* *COMPRESS=.*/COMPRESS=lz4/' "$root/etc/initramfs-tools/initramfs.conf"
	grep -q '^COMPRESS=lz4$' "$root/etc/initramfs-tools/initramfs.conf"
	for initrd in "$root"/boot/initrd.img-*; do
		zstd --quiet --decompress <"$initrd" >"$work/initrd"
		lz4 -q -l -9 <"$work/initrd" >"$initrd"
	done
}
