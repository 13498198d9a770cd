# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: LGPL-2.1-or-later
title='Debian 12, MODULES=list, on one ext4; swap and resume= by name'
also=(debian.ova)
shows 'findmnt -n -o SOURCE /' '^/dev/sda1$' '^/dev/vda1$'
shows 'swapon --show=NAME --noheadings' '^/dev/sda2$' '^/dev/vda2$'
# Made by make-debian.sh.
