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

# win.raw, as make-disk.py lays it out; its SYSTEM has a mode of its own.  Windows/Boot: the ESP is read at a directory.
make_disk() {
	# shellcheck disable=SC2154 # helper sets it
	"$tests_dir/windows/make-tools.sh" tools
	{ echo '==== /Windows/Boot dir'; cat "$tests_dir/data/windows-plan/$case.tree"; } >tree
	/usr/bin/python3 -B "$tests_dir/windows/make-disk.py" --tools tools --tree tree win.raw
	take_apart win.raw
	ntfssecaudit ntfs 600 $config/SYSTEM >/dev/null 2>&1
	dd if=ntfs of=win.raw bs=1M seek=33 conv=notrunc status=none
	truncate -s 1M more.raw
}

# The partitions of a disk, as esp and ntfs.
take_apart() {
	dd if="$1" of=esp bs=1M skip=1 count=16 status=none
	dd if="$1" of=ntfs bs=1M skip=33 count=32 status=none
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
	mkdir meta
	v2v-meta -o meta <converted >/dev/null
	grep -q '<target dev="sda" bus="sata"/>' meta/*.xml
	grep -q '<model type="e1000e"/>' meta/*.xml
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

# What differs between two conversions of one disk: none of the changes.
same_changes() {
	run -0 /usr/bin/python3 "$tests_dir/windows/differences.py" before.raw "$1" "$2"
	echo "$output"
	[[ ${lines[-1]} =~ ^([0-9]+)\ changes,\ ([0-9]+)\ of\ them\ the\ same ]]
	[ "${BASH_REMATCH[1]}" = "${BASH_REMATCH[2]}" ]
}

# bats test_tags=long
@test "libguestfs changes each file, key and value as the small kernel does, and gives them back" {
	cp --sparse=always before.raw win.raw
	mkdir guestfs
	v2v-convert --backend=libguestfs --in-place --backup guestfs <doc >by-guestfs
	cmp <(jq -S .guestcaps.changes by-guestfs) <(jq -S .guestcaps.changes converted)
	same_changes after.raw win.raw
	[ "${BASH_REMATCH[1]}" -gt 20 ]
	take_apart win.raw
	security >new
	take_apart before.raw
	security | diff - new
	v2v-convert --backend=libguestfs --undo guestfs/win-backup.tar <by-guestfs >undone
	same_changes before.raw win.raw
	[ "${BASH_REMATCH[1]}" = 0 ]
}
