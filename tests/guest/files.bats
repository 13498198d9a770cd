#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Files of the guest: how they are changed.  One conversion in place, of a guest whose files are hard to edit, is shared.

load ../helper

# The first partition of debian.raw.
OFFSET=1048576

# bats file_tags=guest,plain
setup_file() {
	export V2V_SHARED=$BATS_FILE_TMPDIR
	export TMPDIR=$V2V_SHARED/tmp
	mkdir "$TMPDIR"
	cd "$V2V_SHARED" || return
	cp "$GUESTS/debian.raw" disk.raw
	echo 'root=/dev/sda1' >host-file
	mkdir tree
	mount -o "loop,offset=$OFFSET,noatime" disk.raw tree
	/usr/bin/python3 "$tests_dir/guests/disguise.py" tree "$PWD/host-file"
	/usr/bin/python3 "$tests_dir/guests/tree.py" tree >before
	umount tree
	pipe "v2v-unpack disk.raw | v2v-convert --backend=libguestfs --in-place --backup . -vv --messages=json 2>log >doc" || {
		cat log >&2
		return 1
	}
	tree_of disk.raw >after
	v2v-convert --undo disk-backup.tar -vv --messages=json <doc 2>undo.log >undone.doc || {
		cat undo.log >&2
		return 1
	}
	tree_of disk.raw >undone
}

teardown_file() {
	umount "$BATS_FILE_TMPDIR/tree" 2>/dev/null || true
}

setup() {
	export TMPDIR=$V2V_SHARED/tmp
	cd "$V2V_SHARED" || return
}

# All that a disk's files are, one line each.
tree_of() {
	mount -o "loop,offset=$OFFSET,noatime,ro" "$1" tree
	/usr/bin/python3 "$tests_dir/guests/tree.py" tree
	umount tree
}

# Field $2 (from 1) of a file's line in $3.
field() {
	awk -F '\t' -v name="$1" -v field="$2" '$1 == name { print $field }' "$3"
}

# A file's content is new, and all else of it is as it was.
only_content_differs() {
	[ "$(field "$1" 10 before)" != "$(field "$1" 10 after)" ]
	diff <(grep -P "^\Q$1\E\t" before | cut -f 1-9) <(grep -P "^\Q$1\E\t" after | cut -f 1-9)
}

@test "no program of the guest is run: the appliance's calls say so" {
	jq -r 'select(.code == "appliance-command") | .text' log >calls
	[ "$(wc -l <calls)" -gt 200 ]
	grep -q '^rename ' calls
	grep -q '^launch' calls
	# in place nothing is skipped: what is new is on the disk before its name is
	[ "$(grep -c '^sync' calls)" -ge 8 ]
	run -1 grep -wE '^(command|command_lines|sh|sh_lines|debug|selinux_relabel|setcon|tar_in|cp_a)' calls
}

@test "in place there is no overlay, and nothing for v2v-copy to do" {
	jq -e '.guestcaps.in_place and (has("overlays") | not)' doc
	mkdir "$BATS_TEST_TMPDIR/out"
	run -1 --separate-stderr v2v-copy -o "$BATS_TEST_TMPDIR/out" <doc
	[[ $stderr == v2v-copy:* ]]
	nothing_left "$BATS_TEST_TMPDIR/out"
}

@test "an immutable file with owner, ACL, label, attributes and old times keeps all of them" {
	only_content_differs /etc/fstab
	[[ $(field /etc/fstab 8 after) == 0x50 ]]
	[[ $(field /etc/fstab 9 after) == *posix_acl_access*user.note* ]]
}

@test "an append-only file in an immutable directory is edited; both stay so" {
	only_content_differs /etc/initramfs-tools/conf.d/resume
	[ "$(field /etc/initramfs-tools/conf.d/resume 8 after)" = 0x20 ]
	[ "$(field /etc/initramfs-tools/conf.d 8 after)" = 0x10 ]
}

@test "a chain of links is followed inside the guest, to a read-only file; the links stay" {
	only_content_differs /srv/grub.real
	[ "$(field /etc/default/grub 10 after)" = /etc/grub.link ]
	[ "$(field /etc/grub.link 10 after)" = ../srv/grub.real ]
}

@test "a link into nowhere, in a circle or to a file of the host is reported once, and left" {
	for link in /etc/crypttab /etc/circle /etc/uswsusp.conf /etc/kernel/cmdline; do
		[ "$(field "$link" 10 before)" = "$(field "$link" 10 after)" ]
	done
	[ "$(cat host-file)" = root=/dev/sda1 ]
	jq -e '[.warnings[] | select(.code == "guest-link").text] | length == (unique | length) and length >= 3' doc
	jq -e '.warnings[] | select(.text | test("crypttab.*in a circle"))' doc
	jq -e 'any(.inspect.findings[]; .code == "link-to-no-file" and .where == "/etc/uswsusp.conf")' doc
}

@test "both names of a file see its new content" {
	only_content_differs /etc/initramfs-tools/modules
	[ "$(field /etc/initramfs-tools/modules 10 after)" = "$(field /srv/modules.too 10 after)" ]
	[ "$(field /srv/modules.too 5 after)" = 2 ]
}

@test "nothing but what changes say is changed, each thing once; no temporary file is left" {
	valid doc
	[ -z "$(jq -c '.guestcaps.changes[]' doc | sort | uniq -d)" ]
	jq -r '.guestcaps.changes[].path' doc >said
	printf '%s\n' /srv/grub.real /srv/modules.too >>said
	# directories have new times; links of the list mean their files
	diff <(sort before) <(sort after) | sed -n 's/^[<>] //p' | grep -vP '^[^\t]*\t0o4' | cut -f 1 | sort -u >differing
	run grep -vxFf said differing
	[ -z "$output" ] || { echo "not said: $output"; false; }
	run -1 grep -F .v2v- after
}

@test "a new file has the label of the guest's own policy" {
	link=$(jq -r '.guestcaps.changes[].path' doc | grep '\.link$')
	[[ $(field "$link" 9 after) == *"$(printf 'system_u:object_r:link_file_t:s0\0' | od -An -v -tx1 | tr -d ' \n')"* ]]
}

@test "the backup is a tar that tar reads: whole files, and a whiteout for each new one" {
	tar tf disk-backup.tar >members
	[ "$(head -1 members)" = .v2v-backup.json ]
	grep -x etc/fstab members
	grep -x 'boot/initrd.img-.*' members
	grep -x 'etc/systemd/network/.wh.10-v2v-.*\.link' members
	mkdir untarred
	tar xf disk-backup.tar -C untarred 2>/dev/null
	[ "$(sha256sum <untarred/etc/fstab)" = "$(field /etc/fstab 10 before)  -" ]
	[ "$(jq -r .v2v_backup untarred/.v2v-backup.json)" = 1 ]
}

@test "undo gives every file back: content, owner, mode, links, attributes, flags, times" {
	diff before undone
	valid undone.doc
	jq -e 'has("guestcaps") | not' undone.doc
}

@test "undo runs no program of the guest either" {
	jq -r 'select(.code == "appliance-command") | .text' undo.log >undo.calls
	run -1 grep -wE '^(command|command_lines|sh|sh_lines|debug)' undo.calls
}

@test "what the old hypervisor left is changed or noted; the findings said so" {
	for path in /etc/X11/xorg.conf /etc/cloud/cloud.cfg.d/99-vmware.cfg /etc/modules-load.d/vmware.conf \
		/etc/apt/sources.list.d/vmware.list /etc/rc2.d/S19vmware-tools /etc/rc3.d/S19vmware-tools \
		/etc/systemd/system/multi-user.target.wants/vboxadd.service /etc/init/vmware-tools.override; do
		jq -e --arg path "$path" 'any(.inspect.findings[]; .where == $path and .level == "change" and
			(.code | startswith("foreign-")))' doc || { echo "not found: $path"; false; }
		grep -qxF "$path" said || jq -e --arg path "$path" 'any(.guestcaps.changes[]; .path == $path)' doc
	done
	jq -e '[.guestcaps.changes[] | select(.path == "/etc/fstab") | .what] | any(test("UUID=")) and any(test("/mnt/hgfs commented out"))' doc
	one_plan doc
	jq -e 'any(.inspect.findings[]; .code == "foreign-tools" and .where == "/etc/vmware-tools/locations")' doc
	[ -z "$(field /etc/rc3.d/S19vmware-tools 1 after)" ]
	[ -n "$(field /etc/rc6.d/K08vmware-tools 1 after)" ]
	only_content_differs /etc/X11/xorg.conf
}

@test "--remove-tools: the guest's package manager removes them" {
	cp "$GUESTS/debian.raw" tools.raw
	mkdir -p deb/DEBIAN deb/usr/bin
	printf 'Package: open-vm-tools\nVersion: 2:99\nArchitecture: all\nMaintainer: x <x@x>\nDescription: x\n' >deb/DEBIAN/control
	: >deb/usr/bin/vmtoolsd
	dpkg-deb --root-owner-group -b deb deb.deb
	mount -o "loop,offset=$OFFSET" tools.raw tree
	dpkg --root="$PWD/tree" -i deb.deb
	umount tree
	pipe "v2v-unpack tools.raw | v2v-convert --in-place --remove-tools >tools.doc"
	jq -e 'any(.inspect.findings[]; .code == "foreign-tools" and (.text | test("open-vm-tools")))' tools.doc
	jq -e 'any(.guestcaps.changes[]; .what == "packages removed by apt: open-vm-tools")' tools.doc
	tree_of tools.raw >tools.after
	[ -z "$(field /usr/bin/vmtoolsd 1 tools.after)" ]
}
