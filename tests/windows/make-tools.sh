#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# make-tools.sh FOLDER: what the tests of Windows are made with: make-guest, fill-ntfs, and the stand-ins bootmgfw.efi and mbr.
set -eu

mkdir -p "$1"
to=$(realpath "$1")
cd "$(dirname "$0")/../.."
# shellcheck disable=SC2046 # a list of flags
gcc -std=gnu11 -D_GNU_SOURCE -Ilib -Wall -Wextra -o "$to/make-guest" tests/windows/make-guest.c lib/core/mem.c lib/core/lines.c \
	lib/core/fields.c lib/core/error.c lib/core/utf8.c lib/core/doc.c $(pkg-config --cflags --libs jansson hivex)
gcc -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -o "$to/fill-ntfs" tests/windows/fill-ntfs.c -lntfs-3g
x86_64-w64-mingw32-gcc -Wall -Wextra -Os -s -ffreestanding -fno-stack-protector -nostdlib -Wl,--subsystem,10 -e efi_main \
	-o "$to/bootmgfw.efi" tests/windows/bootmgfw.c
as --32 -o "$to/mbr.o" tests/windows/mbr.S
ld -m elf_i386 --oformat binary -Ttext 0x7c00 -e start -o "$to/mbr" "$to/mbr.o"
