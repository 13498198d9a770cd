#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# A Windows on NTFS, with an EFI system partition, is converted by the small kernel and given back.

load helper

case=10-vmware-uefi
config=/Windows/System32/config

# bats file_tags=guest
setup_file() {
	requires linux.uml
	export V2V_SHARED=$BATS_FILE_TMPDIR
	export TMPDIR=$V2V_SHARED/tmp
	mkdir "$TMPDIR"
	cd "$V2V_SHARED" || return
	make_disk
	v2v-unpack --memory 1G --vcpus 1 --firmware uefi win.raw more.raw | v2v-inspect --backend=uml >doc
	v2v-convert --dry-run --backend=uml <doc >dry
	v2v-convert --dry-run --diff --backend=uml <doc >plan.reg
	cp --sparse=always win.raw before.raw
	v2v-convert --backend=uml --in-place --backup . <doc >converted 2>warnings
	cp --sparse=always win.raw after.raw
}

setup() {
	export TMPDIR=$V2V_SHARED/tmp
	cd "$V2V_SHARED" || return
}

# win.raw: the ESP from 1 MiB on, NTFS from 17 on; its hives are Administrators' and SYSTEM's alone.
make_disk() {
	mkdir tree
	# shellcheck disable=SC2154 # helper sets it
	(cd "$tests_dir/.." && "$O/unit/test-windows-plan" --make "$V2V_SHARED/tree" "tests/data/windows-plan/$case.tree")
	mkdir tree/Windows/Boot
	truncate -s 16M esp
	mkfs.vfat esp >/dev/null
	mcopy -s -i esp tree/EFI ::
	rm -rf tree/EFI tree/.source
	truncate -s 62M ntfs
	mkntfs -q -F -p 34816 -H 16 -S 63 ntfs 2>/dev/null
	mkdir mounted
	ntfs-3g ntfs mounted
	cp -r tree/. mounted
	umount mounted
	ntfssecaudit ntfs 600 $config/SYSTEM >/dev/null 2>&1
	truncate -s 80M win.raw
	truncate -s 1M more.raw
	sfdisk -q win.raw <<-'END'
		label: gpt
		start=1MiB, size=16MiB, type=U
		start=17MiB, size=62MiB, type=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7
	END
	dd if=esp of=win.raw bs=1M seek=1 conv=notrunc status=none
	dd if=ntfs of=win.raw bs=1M seek=17 conv=notrunc,sparse status=none
}

# The partitions of a disk, as esp and ntfs.
take_apart() {
	dd if="$1" of=esp bs=1M skip=1 count=16 status=none
	dd if="$1" of=ntfs bs=1M skip=17 count=62 status=none
}

# What a hive's file is, but for its content.
security() {
	ntfsinfo -F $config/SYSTEM ntfs 2>/dev/null | grep -E 'Dumping Inode|Security ID|File attributes'
	ntfssecaudit -v ntfs $config/SYSTEM 2>/dev/null | grep -E 'SID|grant|Interpreted|mode'
}

@test "the plan of --check and of --dry-run is what is done, and a diff of it is a .reg file" {
	[ "$(jq '.guestcaps.changes | length' converted)" -gt 10 ]
	cmp <(jq -S .guestcaps.changes dry) <(jq -S .guestcaps.changes converted)
	cmp <(jq -r '.inspect.findings[] | select(.level == "change") | .where' doc) <(jq -r '.guestcaps.changes[].where' converted)
	grep -qx 'Windows Registry Editor Version 5.00' plan.reg
	grep -qxF '[-HKEY_LOCAL_MACHINE\SYSTEM\ControlSet001\Services\storahci\StartOverride]' plan.reg
	[ "$(grep -c experimental warnings)" = 1 ]
}

@test "a hive keeps its owner, ACL and place in the NTFS, and what differs in it is what was said" {
	take_apart before.raw
	security >old
	grep -q 'mode 0600' old
	ntfscat ntfs $config/SYSTEM >SYSTEM.before 2>/dev/null
	take_apart after.raw
	security | diff old -
	ntfscat ntfs $config/SYSTEM >SYSTEM.after 2>/dev/null
	jq -r '.guestcaps.changes[] | select(.path | endswith("/SYSTEM")) | .where | ltrimstr("SYSTEM\\")' converted >changes
	run -0 /usr/bin/python3 "$tests_dir/hives/compare.py" SYSTEM.before SYSTEM.after changes
	ntfsfix -n ntfs >/dev/null
}

@test "UEFI firmware finds the boot manager, and its store lets the screen be used" {
	take_apart after.raw
	mcopy -n -i esp ::EFI/Boot/bootx64.efi ::EFI/Microsoft/Boot/bootmgfw.efi ::EFI/Microsoft/Boot/BCD .
	cmp bootx64.efi bootmgfw.efi
	run hivexsh BCD <<<'cd Objects\{7b1e2a40-aaaa-11ee-b9d1-0242ac120002}\Elements\16000046'
	[[ "$output" = *"not found"* ]]
}

@test "its machine has SATA and an e1000e, and no CD drive that it had not" {
	jq -e '.guestcaps | .block_bus == "sata" and .net_bus == "e1000e" and .machine == "q35" and .rtc_utc' converted
	mkdir copied meta
	v2v-copy -o copied <converted | v2v-meta -o meta >/dev/null
	grep -q "<target dev='sda' bus='sata'/>" meta/*.xml
	run ! grep -q cdrom meta/*.xml
}

@test "--undo gives all of it back, byte for byte" {
	cp --sparse=always after.raw win.raw
	v2v-convert --backend=uml --undo win-backup.tar <converted >undone
	take_apart win.raw
	mv esp esp.now
	mv ntfs ntfs.now
	take_apart before.raw
	cmp <(ntfscat ntfs.now $config/SYSTEM 2>/dev/null) <(ntfscat ntfs $config/SYSTEM 2>/dev/null)
	cmp <(mcopy -i esp.now ::EFI/Microsoft/Boot/BCD -) <(mcopy -i esp ::EFI/Microsoft/Boot/BCD -)
	run -1 mdir -i esp.now ::EFI/Boot
	security >old
	mv ntfs.now ntfs
	security | diff old -
}
