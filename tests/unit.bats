#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# The unit programs, one for each module; they find their data from the project's folder.

load helper

setup_file() {
	local program
	for program in "$top"/tests/unit/test-*.c; do
		program=$O/unit/$(basename "$program" .c)
		[ -x "$program" ] && continue
		echo "'$program' is not built: make all units" >&2
		return 1
	done
	export V2V_CASES=$BATS_FILE_TMPDIR/cases
	: >"$V2V_CASES"
}

setup() {
	cd "$top" || return
}

@test "core: numbers, names, fields, documents, output files, child processes" {
	"$O/unit/test-core"
}

@test "boot: what a console says and a screen shows, as a verdict" {
	"$O/unit/test-boot"
}

@test "core: options of programs that were compiled with an older or a newer v2v.h" {
	"$O/unit/test-options"
}

@test "confine: files, sockets and programs; what a confined child says, and what becomes of one that crashes" {
	"$O/unit/test-confine"
}

@test "image: headers are read, and what names other files is refused" {
	"$O/unit/test-image"
}

@test "image: VHD, VHDX, VDI, VMDK and qcow2, as qemu-img makes them" {
	"$O/unit/test-image-formats"
}

@test "image: each damage of a VHD, VHDX or VDI has its code" {
	"$O/unit/test-image-harm"
}

@test "image: differences of VHDs and VHDXs: parents, table entries, sectors" {
	"$O/unit/test-hyperv"
}

@test "image: entries of VMDK's and qcow2's tables that point out of the file, or to what is not a table" {
	"$O/unit/test-image-entries"
}

@test "image: what lies over something else in a table, or means nothing there, is an error" {
	"$O/unit/test-image-tables"
}

@test "unpack: machines of VMware, libvirt, VirtualBox and Vagrant, as they lie" {
	"$O/unit/test-machines"
}

@test "image: descriptors of VMDKs as exporters write them, and what is not a descriptor" {
	"$O/unit/test-descriptor"
}

@test "convert: steps of a Windows' first start, what is written for them, and who may read it" {
	"$O/unit/test-firstboot"
}

@test "inspect: deployments of OSTree, NixOS, what is never written to" {
	"$O/unit/test-deployments"
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

@test "initrd: archives read, written and recompressed" {
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
	"$O/unit/test-backup-cut"
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

@test "inspect: names of devices, which are followed and which are reported" {
	"$O/unit/test-devices"
}

@test "inspect: which kernels there are, and what prevents their use" {
	"$O/unit/test-kernels"
	"$O/unit/test-kernel-image"
}

@test "inspect: distributions, mountpoints, what of the storage prevents converting" {
	"$O/unit/test-storage"
}

@test "inspect: which of several roots is meant, and the EFI system partition that is its own" {
	"$O/unit/test-roots"
}

@test "room in the guest: what lies on one filesystem is added up" {
	"$O/unit/test-space"
}

@test "every blocker of the storage has a case in tests/data/storage" {
	for code in $(grep -ho '"[a-z]*-[a-z-]*"\|"encrypted"\|"hibernated"' lib/inspect/findings/find-storage.c lib/model/space.c | tr -d '"'); do
		case $code in # no findings; kernel.bats has a journal that was replayed
		UUID | document-shape | journal-replayed) continue ;;
		esac
		grep -q " $code " tests/data/storage/*.json || { echo "no case: $code"; return 1; }
	done
}

# The codes that find-codes.c makes errors of convert; any other becomes "blocker".
error_codes() {
	sed -n '/codes\[\]/,/}/p' lib/inspect/findings/find-codes.c | grep -o '"[a-z-]*"' | tr -d '"' | sort
}

@test "every blocker of inspect is an error of convert by the same code, and is listed in the man page that both name" {
	grep -Pzo 'BLOCKER,\s*"[a-z-]+"' lib/inspect/*.c lib/inspect/findings/*.c lib/linux/*.c lib/linux/*/*.c |
		grep -ao '"[a-z-]*"' | tr -d '"' | sort -u >"$BATS_TEST_TMPDIR/blockers"
	error_codes >"$BATS_TEST_TMPDIR/codes"
	[ -s "$BATS_TEST_TMPDIR/blockers" ]
	missing=$(comm -23 "$BATS_TEST_TMPDIR"/{blockers,codes})
	[ -z "$missing" ] || { echo "not in find-codes.c: $missing"; false; }
	while read -r code; do
		grep -qE "^\.Ql $code( |$)" tools/v2v-inspect/v2v-inspect.1 || { echo "v2v-inspect.1: no $code"; false; }
		grep -rlF "\"$code\"" lib --include=*.c | grep -qv /find-codes.c || { echo "nobody finds $code"; false; }
	done <"$BATS_TEST_TMPDIR/codes"
	# v2v-convert(1) sends its reader there.
	tr '\n' ' ' <tools/v2v-convert/v2v-convert.1 | grep -q 'those of the blockers that \.Xr v2v-inspect 1 lists'
}

@test "plan: what is shown is what is done, for every guest that is a text, and nothing is written before" {
	"$O/unit/test-plan"
}

@test "plan: what it shows of a guest with links of every sort is what there is once it is committed" {
	"$O/unit/test-stage"
}

@test "plan: texts as unified diffs" {
	"$O/unit/test-diff"
}

@test "guests that cost time: an initrd once, whichever kernels it starts; folders and bombs have an end, and that is reported" {
	"$O/unit/test-shared"
}

@test "guest: what was read is kept until something is written or mounted" {
	"$O/unit/test-kept"
}

@test "initrd: what is in one is kept for the next reading of the same file" {
	"$O/unit/test-initrd-scans"
}

@test "guest: what a backend does not know is not passed over" {
	"$O/unit/test-missed"
}

@test "guest: which backend is taken, and one that knows nothing of operating systems" {
	"$O/unit/test-backend"
}

@test "guest: what libguestfs and qemu say is messages, and the reason of a launch that fails; locks are waited for" {
	"$O/unit/test-launch"
}

@test "families: a guest of each is converted over a directory: findings, edits, and none the second time" {
	"$O/unit/test-families"
}

@test "convert: a document whose inspection is of another machine is refused, one that says less is not" {
	"$O/unit/test-other-guest"
}

@test "families: the table in the man page is true" {
	"$O/unit/test-families" --table >"$BATS_TEST_TMPDIR/table"
	sed -n '/^\.\\" Made by .*--table/,/^\.\\" End of the table/p' tools/v2v-convert/v2v-convert.1 |
		sed '1d; $d' | diff - "$BATS_TEST_TMPDIR/table"
}

@test "convert: edits of configuration files" {
	"$O/unit/test-texts"
}

@test "inspect: the old hypervisor's parts in texts" {
	"$O/unit/test-foreign"
}

@test "inspect: BSDs, their networks, the names that change" {
	"$O/unit/test-bsd"
}

@test "inspect: roots that are images" {
	"$O/unit/test-images"
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

@test "disk: any position of every form of image, little and much, also of a hostile one" {
	"$O/unit/test-view"
}

@test "disk: a private layer is what was written, within its bounds; published it is an overlay" {
	"$O/unit/test-private"
}

@test "disk: layers written in place are all there or not at all, whenever one is killed" {
	"$O/unit/test-apply"
}

@test "disk: one that is going to be written in place is locked, and where its log lies" {
	"$O/unit/test-hold"
}

@test "copy: the record of a copy that breaks: every damage and every difference is a copy from the beginning" {
	"$O/unit/test-record"
}

@test "copy: layers, batches, sizes, sums and hashes" {
	"$O/unit/test-copy"
}

@test "vhost: disks and a mailbox for a kernel that keeps to the rules" {
	"$O/unit/test-vhost"
}

@test "vhost: a kernel that does not is an error, at once or at the deadline" {
	"$O/unit/test-vhost-hostile"
}

@test "meta: domain XML" {
	"$O/unit/test-meta"
}

@test "meta: the report of documents, what of them is escaped, and which pictures are shown" {
	"$O/unit/test-report"
}

@test "operating systems by their files, as libguestfs calls them" {
	"$O/unit/test-os"
}

@test "Windows: its names, its hibernation, and what its registry does not say is reported" {
	"$O/unit/test-windows"
}

@test "Windows: what is read of it, in five generations" {
	"$O/unit/test-windows-guest"
}

@test "Windows: what is changed in it, in the registry and beside it, and that twice changes nothing" {
	"$O/unit/test-windows-plan"
}

@test "Windows: damaged and hostile hives are planned, or refused, and nothing is changed" {
	"$O/unit/test-windows-hostile"
}

@test "Windows: an NTFS that is to be checked" {
	"$O/unit/test-ntfs"
}

@test "Windows: which folder of virtio-win is whose, and what INFs say in any encoding" {
	"$O/unit/test-driver-inf"
}

@test "Windows: drivers of virtio-win: who signed them, directories and images, damaged ones too" {
	"$O/unit/test-virtio-win"
}

@test "Windows: what virtio changes in each generation, with every driver there and with some missing or not to be loaded" {
	"$O/unit/test-windows-virtio"
}

@test "confine: a call in a child has two files, bounded memory, and nothing else" {
	"$O/unit/test-alone"
}

@test "hives: replay of their logs, bits turned over, and a second implementation that says the same" {
	"$O/unit/test-hive" "$BATS_TEST_TMPDIR/hives"
	"$O/unit/test-hive-flips" "$BATS_TEST_TMPDIR/flips"
	/usr/bin/python3 tests/hives/replay.py "$BATS_TEST_TMPDIR"/{hives,flips}/* >"$BATS_TEST_TMPDIR/compared" ||
		{ cat "$BATS_TEST_TMPDIR/compared"; false; }
	grep -q '^1[0-9][0-9] of 1' "$BATS_TEST_TMPDIR/compared"
	rm -r "$BATS_TEST_TMPDIR"/{hives,flips}
}

@test "hives: read with their logs; a Windows that was not shut down is told, or refused" {
	"$O/unit/test-whole"
}

@test "every unit program is run by this file" {
	for source in tests/unit/test-*.c; do
		program=${source##*/}
		grep -q "unit/${program%.c}\"" "$tests_dir/unit.bats" || { echo "not run: $program"; false; }
	done
}

@test "kernel: a hostile process in the box gets nothing, with a PID namespace and without" {
	"$O/unit/test-box"
}

@test "kernel: User-mode Linux starts, is confined, killed and ended, and nothing is left" {
	"$O/unit/test-vehicle"
}

@test "kernel: qemu starts, is killed and ended with this machine's kernel, and nothing is left" {
	"$O/unit/test-vehicle" qemu 3
}

@test "kernel: the newest kernel with modules is found, and unpacked" {
	"$O/unit/test-vehicle-image"
}

@test "the small kernel's server keeps names inside the guest" {
	"$O/unit/test-kernel-client"
}

@test "the small kernel's replies, cut off or changed, are errors" {
	"$O/unit/test-kernel-replies"
}

@test "the small kernel's server lists subvolumes past a missing one, and keeps the kernel's reason" {
	"$O/unit/test-kernel-server"
}

@test "the small kernel: what it cannot say is a failure, with its reason" {
	"$O/unit/test-kernel-guest"
}

# bats test_tags=plain
@test "the small kernel: MD and btrfs of RAID 6 are written, and read with members missing" {
	"$O/unit/test-kernel-volumes"
}

# bats test_tags=plain
@test "the same in qemu, whose kernel has RAID 6 as a module" {
	"$O/unit/test-kernel-volumes" qemu
}

@test "files of an NTFS that only administrators and the system may write, as ntfssecaudit sees them" {
	"$O/unit/test-protect"
}

# bats test_tags=plain
@test "the same by libguestfs" {
	"$O/unit/test-protect" libguestfs
}

# What is read by its own name, or made the data.
data_by_name='^tests/data/(depmod/modules\.|selinux/[a-z]+/file_contexts|extend/module\.ko|.*\.py$)'

@test "every file of tests/data is a case of some unit program, or read by its name" {
	# Most have run by now.
	for source in $(grep -l each_case tests/unit/test-*.c); do
		program=$(basename "$source" .c)
		grep -q "^$program " "$V2V_CASES" || "$O/unit/$program"
	done
	# A case and what lies beside it have a name in common, up to the first dot.
	while read -r _ pattern; do
		compgen -G "$pattern"
	done <"$V2V_CASES" | sed -E 's,^(.*/[^/.]*)[^/]*$,\1,' | sort -u >"$BATS_TEST_TMPDIR/read"
	find tests/data -type f | grep -vE "$data_by_name" | sed -E 's,^(.*/[^/.]*)[^/]*$,\1,' | sort -u >"$BATS_TEST_TMPDIR/there"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/read")" -gt 1000 ]
	left=$(comm -13 "$BATS_TEST_TMPDIR"/{read,there})
	[ -z "$left" ] || { echo "no program reads: $left"; false; }
}
