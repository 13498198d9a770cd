#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# v2v-convert by User-mode Linux: what it changes, what it cannot, and its end in the middle.

load helper

# The first partition of debian.raw.
OFFSET=1048576

# One conversion of a guest whose files are hard to edit is shared, and its document.
setup_file() {
	requires linux.uml
	export V2V_SHARED=$BATS_FILE_TMPDIR
	export TMPDIR=$V2V_SHARED/tmp
	mkdir "$TMPDIR" "$V2V_SHARED/work"
	cd "$V2V_SHARED" || return
	cp "$GUESTS/debian.raw" disk.raw
	if [ "$EUID" -eq 0 ]; then
		echo 'root=/dev/sda1' >host-file
		mkdir tree
		mount -o "loop,offset=$OFFSET,noatime" disk.raw tree
		/usr/bin/python3 "$tests_dir/guests/disguise.py" tree "$PWD/host-file"
		# what only a trim can tell from data
		head -c 64M /dev/urandom >tree/srv/waste
		sync -f tree
		rm tree/srv/waste
		/usr/bin/python3 "$tests_dir/guests/tree.py" tree >before
		umount tree
	fi
	identity disk.raw >source.identity
	v2v-unpack --memory 1G --vcpus 1 --firmware bios disk.raw >unpacked
	v2v-convert --backend=uml --workdir work --backup . -v --messages=json <unpacked 2>log >doc || {
		cat log >&2
		return 1
	}
	if [ "$EUID" -eq 0 ]; then
		qemu-img convert -O raw work/overlay-0.qcow2 after.raw
		mount -o "loop,offset=$OFFSET,noatime,ro" after.raw tree
		/usr/bin/python3 "$tests_dir/guests/tree.py" tree >after
		umount tree
		rm after.raw
	fi
}

teardown_file() {
	umount "$BATS_FILE_TMPDIR/tree" 2>/dev/null || true
}

setup() {
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR"
	cd "$V2V_SHARED" || return
}

as_root() {
	[ "$EUID" -eq 0 ] || skip 'only root can mount'
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

@test "one launch inspects and converts; the overlay is sound, the source as it was" {
	valid doc
	[ "$(jq -s '[.[] | select(.code == "appliance-runs")] | length' log)" -eq 1 ]
	jq -e '.inspect.backend == "uml" and .guestcaps.initrd == "extended" and (.guestcaps.changes | length) > 5' doc
	[ "$(ls work)" = overlay-0.qcow2 ]
	qemu-img check -q work/overlay-0.qcow2
	identity disk.raw | diff source.identity -
	nothing_left "$V2V_SHARED/tmp"
}

@test "converted once more there is nothing to change" {
	v2v-inspect --backend=uml <<<"$(jq -c 'del(.inspect, .guestcaps)' doc)" >again
	jq -e '[.inspect.findings[].code] | contains(["initrd-lacks-virtio"]) or contains(["root-by-device-name"]) | not' again
}

@test "owner, mode, times, ACL, label, attributes and flags of what is edited stay" {
	as_root
	for file in /etc/fstab /etc/initramfs-tools/conf.d/resume /srv/grub.real /etc/initramfs-tools/modules; do
		only_content_differs $file
	done
	[ "$(field /etc/fstab 8 after)" = 0x50 ]
	[[ $(field /etc/fstab 9 after) == *posix_acl_access*user.note* ]]
	[ "$(field /etc/initramfs-tools/conf.d 8 after)" = 0x10 ]
	[ "$(field /etc/initramfs-tools/modules 10 after)" = "$(field /srv/modules.too 10 after)" ]
	[ "$(field /etc/default/grub 10 after)" = /etc/grub.link ]
}

@test "links into nowhere, in a circle and to a file of the host are left" {
	as_root
	for link in /etc/crypttab /etc/circle /etc/uswsusp.conf /etc/kernel/cmdline; do
		[ "$(field "$link" 10 before)" = "$(field "$link" 10 after)" ]
	done
	[ "$(cat host-file)" = root=/dev/sda1 ]
}

@test "nothing but what changes say is changed; a new file has its label; no temporary file is left" {
	as_root
	jq -r '.guestcaps.changes[].path' doc >said
	printf '%s\n' /srv/grub.real /srv/modules.too >>said
	diff <(sort before) <(sort after) | sed -n 's/^[<>] //p' | grep -vP '^[^\t]*\t0o4' | cut -f 1 | sort -u >differing
	run grep -vxFf said differing
	[ -z "$output" ] || { echo "not said: $output"; false; }
	run -1 grep -F .v2v- after
	link=$(jq -r '.guestcaps.changes[].path' doc | grep '\.link$')
	[[ $(field "$link" 9 after) == *"$(printf 'system_u:object_r:link_file_t:s0\0' | od -An -v -tx1 | tr -d ' \n')"* ]]
}

@test "the backup has what was changed, as it was" {
	as_root
	mkdir "$BATS_TEST_TMPDIR/untarred"
	tar xf disk-backup.tar -C "$BATS_TEST_TMPDIR/untarred" 2>/dev/null
	[ "$(sha256sum <"$BATS_TEST_TMPDIR/untarred/etc/fstab")" = "$(field /etc/fstab 10 before)  -" ]
}

@test "what the guest deleted is zeros in the overlay, and in no copy" {
	as_root
	qemu-img map --output=json work/overlay-0.qcow2 |
		jq -e '[.[] | select(.depth == 0 and .zero and (.data | not)).length] | add >= 60 * 1024 * 1024'
}

@test "a dry run says the same, and keeps nothing" {
	v2v-convert --backend=uml --dry-run <unpacked >dry
	valid dry
	cmp <(jq -S .guestcaps.changes dry) <(jq -S .guestcaps.changes doc)
	jq -e 'has("overlays") | not' dry
	run -0 --separate-stderr v2v-convert --backend=uml --dry-run --diff <unpacked
	[[ $output == *"+++ "*"/etc/fstab"* ]]
}

@test "the inspection has in its diff what the conversion would print, and the report shows it" {
	v2v-inspect --backend=uml --diff <unpacked >"$BATS_TEST_TMPDIR/doc"
	valid "$BATS_TEST_TMPDIR/doc"
	cmp <(jq -j .inspect.diff "$BATS_TEST_TMPDIR/doc") <(v2v-convert --backend=uml --dry-run --diff <unpacked)
	v2v-meta -t report -o "$BATS_TEST_TMPDIR" --name page <"$BATS_TEST_TMPDIR/doc" >"$BATS_TEST_TMPDIR/done"
	grep -q '<b>+++ b/etc/fstab</b>' "$BATS_TEST_TMPDIR/page.html"
	grep -q '<ins>+UUID=' "$BATS_TEST_TMPDIR/page.html"
	"$tests_dir/targets/page.py" "$BATS_TEST_TMPDIR/page.html"
}

@test "what it cannot is an error before a launch, with the option's name" {
	for option in --initramfs=rebuild --remove-tools; do
		run -1 --separate-stderr v2v-convert --backend=uml $option <unpacked
		refused uml
		[[ $stderr == *"$option"* ]]
	done
	nothing_left "$TMPDIR"
}

# Convert over an overlay of one's own; signal $1 goes to $2 (self, or the kernel) at the first change that is reported.
ended_by() {
	local pid target
	cd "$BATS_TEST_TMPDIR" || return
	mkdir own
	pipe "v2v-unpack --memory 1G --vcpus 1 --firmware bios '$V2V_SHARED/disk.raw' | v2v-overlay --workdir own >2.json"
	cp own/overlay-0.qcow2 saved
	mkfifo said
	v2v-convert --backend=uml -v <2.json >stdout 2>said 3>&- &
	pid=$!
	exec 8<said
	said_until fstab
	# it waits while its kernel is looked for
	kill -STOP "$pid"
	target=$pid
	mapfile -t below < <(processes_below "$pid")
	[ "${#below[@]}" -gt 2 ]
	[ "$2" = self ] || target=$(kernel_of "$pid")
	kill -"$1" "$target"
	kill -CONT "$pid" 2>/dev/null || true
	code=0
	wait "$pid" || code=$?
	timeout 60 cat <&8 >>stderr
	exec 8<&-
}

# The oldest process of the kernel that is below $1.
kernel_of() {
	local all=$1 child found=
	while [ -n "$all" ]; do
		all=$(for child in $all; do pgrep -P "$child" || true; done)
		[ -n "$all" ] || break
		for child in $all; do
			# the supervisor is a copy of us
			case $(readlink "/proc/$child/exe") in
			*linux.uml*) found=${found:-$child} ;;
			esac
		done
	done
	[ -n "$found" ] || { echo 'no kernel found' >&2; return 1; }
	echo "$found"
}

unchanged() {
	cmp own/overlay-0.qcow2 saved
	(cd "$V2V_SHARED" && identity disk.raw | diff source.identity -)
	[ ! -s stdout ]
	all_ended "${below[@]}"
}

@test "SIGTERM in the middle: status 143, the overlay as it was, nothing left" {
	ended_by TERM self
	[ "$code" -eq 143 ]
	unchanged
	[ "$(ls own)" = overlay-0.qcow2 ]
}

@test "SIGKILL in the middle: the overlay as it was, no process left" {
	ended_by KILL self
	[ "$code" -eq 137 ]
	unchanged
}

@test "SIGKILL of the kernel in the middle: one clear line, the overlay as it was" {
	ended_by KILL kernel
	[ "$code" -eq 1 ]
	unchanged
	[ "$(ls own)" = overlay-0.qcow2 ]
	tail -1 stderr
	grep -E '^v2v-convert: .*(kernel|appliance)' <(tail -1 stderr)
}
