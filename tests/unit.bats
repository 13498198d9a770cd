#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# The unit programs, one for each module; they find their data from the project's folder.

load helper

setup() {
	cd "$top" || return
}

@test "core: numbers, names, fields, documents, output files, child processes" {
	"$O/unit/test-core"
}

@test "image: headers are read, and what names other files is refused" {
	"$O/unit/test-image"
}

@test "image: VHD, VHDX, VDI and the tables of VMDK, as qemu-img makes them and broken" {
	"$O/unit/test-image-formats"
}

@test "image: what lies over something else in a table, or means nothing there, is an error" {
	"$O/unit/test-image-tables"
}

@test "image: descriptors of VMDKs as exporters write them, and what is no descriptor" {
	"$O/unit/test-descriptor"
}

@test "unpack: OVF descriptors, good and bad" {
	"$O/unit/test-ovf"
}

@test "unpack: manifests in all their forms" {
	"$O/unit/test-manifest"
}

@test "initrd: kernel modules and what they need" {
	"$O/unit/test-modules"
}

@test "initrd: archives read, written and stored anew" {
	"$O/unit/test-initrd"
}

@test "initrd: sections of unified kernel images" {
	"$O/unit/test-pe"
}

@test "initrd: what is appended to each kind; its index is depmod's, byte for byte" {
	"$O/unit/test-extend"
}

@test "convert: lists of modules of mkinitcpio, SUSE, mkinitfs, booster" {
	"$O/unit/test-words"
}

@test "convert: the command of each tool that makes an initramfs" {
	"$O/unit/test-rebuild"
}

@test "convert: killed, ended or out of room at any moment, the backup gives the guest back" {
	"$O/unit/test-backup"
}

@test "convert: names of devices inside an initramfs" {
	"$O/unit/test-stale"
}

@test "inspect: network configurations, and their edits" {
	"$O/unit/test-network"
}

@test "inspect: names paired with cards" {
	"$O/unit/test-pairing"
}

@test "inspect: cards that udev calls by their slots" {
	"$O/unit/test-netdefault"
}

@test "inspect: grub.cfg, its kernels and its default" {
	"$O/unit/test-grub2"
}

@test "inspect: texts that name one thing many times cost little" {
	# seconds of processor time
	(ulimit -t 60 && exec "$O/unit/test-hostile")
}

@test "inspect: bootloaders, which of several counts and what it offers" {
	"$O/unit/test-bootloader"
}

@test "inspect: names of devices, which are followed and which are told" {
	"$O/unit/test-devices"
}

@test "inspect: which kernels there are, and what stands against them" {
	"$O/unit/test-kernels"
}

@test "inspect: distributions, roots, mountpoints, what of the storage stands against converting" {
	"$O/unit/test-storage"
}

@test "every blocker of the storage has a case in tests/data/storage" {
	for code in $(grep -ho '"[a-z]*-[a-z-]*"\|"encrypted"\|"hibernated"' lib/inspect/find-storage.c lib/model/space.c | tr -d '"'); do
		case $code in # no findings
		UUID | document-shape) continue ;;
		esac
		grep -q " $code " tests/data/storage/*.json || { echo "no case: $code"; return 1; }
	done
}

@test "every blocker of inspect is an error of convert by the same code, and stands in both man pages" {
	for code in $(grep -Pzo 'BLOCKER,\s*"[a-z-]+"' lib/inspect/*.c | grep -ao '"[a-z-]*"' | tr -d '"' | sort -u); do
		for file in lib/inspect/find-codes.c tools/v2v-inspect/v2v-inspect.1; do
			grep -qF "$code" "$file" || { echo "$file: no $code"; return 1; }
		done
	done
}

@test "guests that cost time: an initrd once, whichever kernels it starts; folders and bombs have an end, and that is told" {
	"$O/unit/test-shared"
}

@test "guest: what libguestfs and qemu say is messages, and the reason of a launch that fails; locks are waited for" {
	"$O/unit/test-launch"
}

@test "convert: edits of configuration files" {
	"$O/unit/test-texts"
}

@test "inspect: the old hypervisor's parts in texts" {
	"$O/unit/test-foreign"
}

@test "convert: SELinux labels by a guest's file_contexts, hostile ones too" {
	"$O/unit/test-labels"
}

@test "estimate: the formula, the seed's figures, free space" {
	"$O/unit/test-estimate"
}

@test "copy: buses and slots" {
	"$O/unit/test-assign"
}

@test "one handle: no machine takes another's place" {
	"$O/unit/test-written"
}

@test "copy: layers, batches, sizes, sums and hashes" {
	"$O/unit/test-copy"
}

@test "meta: domain XML" {
	"$O/unit/test-meta"
}

@test "every unit program is run by this file" {
	for program in "$O"/unit/test-*; do
		grep -q "unit/${program##*/}\"" "$tests_dir/unit.bats"
	done
}
