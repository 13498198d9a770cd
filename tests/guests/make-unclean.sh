#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A disk of a machine that was switched off: the small system on it has its name in the journal alone. As any user, by User-mode Linux.
#	make-unclean.sh TYPE FILE		TYPE: ext4, xfs; FILE is new
#	make-unclean.sh --clean TYPE FILE	the same, shut down properly
# It is also /init of that kernel, with this host's programs.
set -eu

if [ $$ = 1 ]; then
	PATH=/usr/sbin:/usr/bin:/sbin:/bin
	mount -t tmpfs none /mnt
	mkdir /mnt/dev /mnt/fs
	mount -t devtmpfs none /mnt/dev
	# shellcheck disable=SC2154 # an argument of the kernel's
	mount -t "$fs" /mnt/dev/ubda /mnt/fs
	cd /mnt/fs
	mkdir bin etc
	printf 'ID=nobody\nPRETTY_NAME="Nobody 1"\n' >etc/os-release
	echo 127.0.0.1 localhost >etc/hosts
	sync
	echo late >etc/hostname
	sync etc/hostname
	cd /
	[ "$clean" = 0 ] || umount /mnt/fs
	exit # the kernel panics
fi

clean=0
if [ "$1" = --clean ]; then
	clean=1
	shift
fi
type=$1 file=$(realpath "$2") init=$(realpath "$0")
truncate -s 300M "$file"
"mkfs.$type" -q "$file"
log=$({ timeout 60 linux.uml mem=128M root=/dev/root rootfstype=hostfs rootflags=/ ro "fs=$type" "clean=$clean" "init=$init" "ubda=$file" \
	con=null con0=null,fd:1 quiet </dev/null || :; } 2>&1)
case $log in
*'exitcode=0x00000000'*) ;;
*) printf '%s\n' "$log" >&2; exit 1 ;;
esac
