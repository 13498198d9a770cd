#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A disk of a machine that was switched off: the small system on it has its name in the journal alone. As any user, by User-mode Linux.
#	make-unclean.sh TYPE FILE [FROM]	TYPE: ext4, xfs; FILE is new; with the files of the first partition, ext4, of a disk FROM
#	make-unclean.sh --clean TYPE FILE	the same, shut down properly
# It is also /init of that kernel, with this host's programs.  O: where all is built; without what mends its ptrace() there
# (lib/kernel/preload) User-mode Linux does not run on every processor.
set -eu

if [ $$ = 1 ]; then
	PATH=/usr/sbin:/usr/bin:/sbin:/bin
	mount -t tmpfs none /mnt
	mkdir /mnt/dev /mnt/fs
	mount -t devtmpfs none /mnt/dev
	# shellcheck disable=SC2154 # an argument of the kernel's
	mount -t "$fs" /mnt/dev/ubda /mnt/fs
	cd /mnt/fs
	if [ -e /mnt/dev/ubdb1 ]; then
		mkdir /mnt/from
		mount -t ext4 -o ro,noload /mnt/dev/ubdb1 /mnt/from
		cp -a /mnt/from/. .
	fi
	mkdir -p bin etc
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
from=${3+ubdbr=$(realpath "$3")}
type=$1 file=$(realpath "$2") init=$(realpath "$0")
truncate -s 300M "$file"
"mkfs.$type" -q "$file"
mended=$(realpath "${O:-$(dirname "$0")/../../build}/obj/lib/kernel/preload/ptrace.so")
# shellcheck disable=SC2086 # one word or none
log=$({ timeout 60 env LD_PRELOAD="$mended" linux.uml mem=128M root=/dev/root rootfstype=hostfs rootflags=/ ro "fs=$type" "clean=$clean" "init=$init" "ubda=$file" $from \
	con=null con0=null,fd:1 quiet </dev/null || :; } 2>&1)
case $log in
*'exitcode=0x00000000'*) ;;
*) printf '%s\n' "$log" >&2; exit 1 ;;
esac
