# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Run inside a guest: is what its fstab asks for there, on the devices named?  Says what is not.
wrong=0
findmnt --fstab --evaluate -n -r -o SOURCE,TARGET,FSTYPE,OPTIONS >/run/fstab
while read -r source target type options; do
	case $type,$options in
	*,*noauto* | proc,* | tmpfs,* | iso9660,*) continue ;;
	swap,*) is=$(swapon --show=NAME --noheadings | while read -r f; do readlink -f "$f"; done) ;;
	*) is=$(findmnt -n -v -o SOURCE -M "$target") ;;
	esac
	want=$(readlink -f "$source")
	found=no
	for device in $is; do
		[ "$(readlink -f "$device")" != "$want" ] || found=yes
	done
	if [ $found = no ]; then
		echo "fstab: $target is on '$is', not on $source ($want)"
		wrong=1
	fi
done </run/fstab
[ $wrong = 1 ] || echo "fstab fits"
