# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: LGPL-2.1-or-later
title='32-bit Debian'
layouts=(bases.sh)
base=i686
bus=lsi
shows 'uname -m' '^i686$' '^i686$'
shows 'findmnt -n -o SOURCE /' '^/dev/sda1$' '^/dev/vda1$'

make_guest() {
	make_plain "$work/i386.raw" i386
	rename_guest i386-demo
	finish_plain
}
