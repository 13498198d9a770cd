#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# v2v-boot: how far a machine comes.  Boot sectors of our own say what guests say; whole guests are tests/guests' to start.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
}

# says TEXT FILE - a boot sector that writes TEXT by the BIOS and stops: mov si, text; lodsb; or al, al; jz stop; mov ah, 0eh; mov bx, 7;
# int 10h; jmp; hlt.
says() {
	/usr/bin/python3 - "$1" "$2" <<-'EOF'
		import sys
		code = bytes.fromhex("31c08ed8be207cac08c0740ab40ebb0700cd10ebf290f4ebfd")
		text = sys.argv[1].encode().decode("unicode_escape").encode("latin-1")
		sector = code.ljust(0x20, b"\0") + text + b"\0"
		with open(sys.argv[2], "wb") as disk:
		    disk.write(sector.ljust(510, b"\0") + b"\x55\xaa")
		    disk.truncate(1 << 20)
	EOF
}

# machine FILE [OPTION...] - its document, with the disk as v2v-copy has made it, a Windows as far as anybody knows: what is not a Linux
# gets no console of ours.
machine() {
	local file=$1
	shift
	mkdir -p copies
	v2v-unpack --name "$(basename "$file" .img)" "$@" "$file" 2>/dev/null | v2v-copy -f raw -o copies |
		jq -c '.inspect = {type: "windows", mountpoints: [], filesystems: [], findings: []}'
}

# bats test_tags=plain
@test "a login, a panic, no boot device: each has its verdict, and the disk stays as it is" {
	says 'debian login: ' login.img
	says 'Kernel panic - not syncing: VFS' panic.img
	truncate -s 1M empty.img
	{
		machine login.img
		machine panic.img
		machine empty.img --format raw
	} >docs
	sha256sum copies/* >before
	run -1 --separate-stderr v2v-boot --timeout 200 <docs
	[ "$(jq -r '.boot.verdict' <<<"$output" | tr '\n' ' ')" = 'boot-login boot-panic boot-no-device ' ]
	[ "$(jq -r '.boot.up' <<<"$output" | tr '\n' ' ')" = 'true false false ' ]
	[[ $stderr == *'did not come up: boot-panic'*'did not come up: boot-no-device'* ]]
	[[ $(jq -r '.boot.console[]' <<<"$output") == *'debian login:'* ]]
	sha256sum --quiet -c before
	jq -c "del(.inspect)" <<<"$output" | /usr/bin/python3 "$tests_dir/validate.py"
}

# bats test_tags=plain
@test "a picture is kept, and not over another one" {
	says 'debian login: ' 'it,s $(x).img'
	machine 'it,s $(x).img' >doc
	mkdir pictures
	run -0 --separate-stderr v2v-boot --timeout 200 --screenshot-dir pictures <doc
	picture=$(jq -r .boot.screenshot <<<"$output")
	[ "$picture" = "$PWD/pictures/it,s \$(x).png" ]
	[ "$(head -c 4 "$picture" | tail -c 3)" = PNG ]
	run -1 --separate-stderr v2v-boot --timeout 200 --screenshot-dir pictures <doc
	[[ $stderr == *'pictures/it,s $(x).png'* ]]
	# before anything else
	jq -c '.guestcaps = null | .inspect.arch = "aarch64"' doc >foreign
	run -1 --separate-stderr v2v-boot --screenshot-dir pictures <foreign
	[[ $stderr == *'pictures/it,s $(x).png'* ]]
	run -2 --separate-stderr v2v-boot --screenshot-dir /no/such </dev/null
}

# bats test_tags=plain
@test "UEFI without a loader says so; a machine that says nothing has its time" {
	truncate -s 1M none.img
	says '' silent.img
	machine none.img --format raw --firmware uefi >uefi
	machine silent.img >silent
	run -1 --separate-stderr v2v-boot --timeout 300 <uefi
	[ "$(jq -r '.boot.verdict' <<<"$output")" = boot-no-device ]
	# v2v-meta has said what the new machine does not have
	[ "$(jq '[.warnings[]? | select(.code != "boot-no-device" and .step == "boot")] | length' <<<"$output")" = 0 ]
	run -1 --separate-stderr v2v-boot --timeout 8 <silent
	[ "$(jq -r '.boot.verdict' <<<"$output")" = boot-timeout ]
}

@test "an agent that is asked for, and does not answer, is told; else nothing is said of it" {
	says 'debian login: ' login.img
	machine login.img >doc
	run --separate-stderr v2v-boot --agent-ping --timeout 5 <doc
	jq -e '.boot.agent == false and (.boot.verdict | IN("boot-login", "boot-timeout"))' <<<"$output"
	jq -c 'del(.inspect)' <<<"$output" | /usr/bin/python3 "$tests_dir/validate.py"
	run -0 --separate-stderr v2v-boot --timeout 200 <doc
	jq -e '.boot | has("agent") | not' <<<"$output"
}

@test "an empty descriptor of firmware hides the one of its name; the first by name counts, whatever its folder" {
	[ "$(id -u)" -eq 0 ] || skip 'not root'
	truncate -s 1M none.img
	machine none.img --format raw --firmware uefi >doc
	# a namespace of its own: no other test sees these folders
	cat >script <<-'END'
		set -e
		cp /usr/share/qemu/firmware/60-edk2-x86_64.json plain.json
		mount -t tmpfs tmpfs /usr/share/qemu/firmware
		mount -t tmpfs tmpfs /usr/local/share
		export XDG_CONFIG_HOME=$PWD/config
		own=config/qemu/firmware
		mkdir -p $own /usr/local/share/qemu/firmware
		cp plain.json /usr/share/qemu/firmware/60-edk2-x86_64.json
		sed 's,/usr/share/OVMF/OVMF_CODE_4M.fd,/dev/null,' plain.json >$own/70-mine.json
		# qemu's specification has no such folder; what is no file, or longer than any descriptor, is none
		cp $own/70-mine.json /usr/local/share/qemu/firmware/10-local.json
		mkfifo $own/20-fifo.json
		{ cat $own/70-mine.json; head -c 1048576 /dev/zero | tr '\0' ' '; } >$own/30-long.json
		v2v-boot --timeout 3 <doc >70 || true
		: >$own/60-edk2-x86_64.json
		rm $own/70-mine.json
		v2v-boot --timeout 3 <doc
	END
	run -1 --separate-stderr unshare --mount timeout 100 sh script
	[[ $stderr == *'no firmware for UEFI'* ]]
	[ -z "$output" ]
	# that of qemu's own firmware has run, not /dev/null
	[ "$(jq -r .boot.verdict 70)" != null ]
	[ "$(wc -l <70)" -eq 1 ]
}

@test "a disk in layers is started where it lies" {
	says 'debian login: ' base.img
	qemu-img create -q -f qcow2 -b base.img -F raw top.qcow2
	v2v-unpack --backing-chain --name top top.qcow2 2>/dev/null |
		jq -c '.guestcaps = {block_bus: "virtio-blk", net_bus: "virtio-net", acpi: true, in_place: true, device_map: [], nics: [], changes: []} |
			.inspect = {type: "windows", mountpoints: [], filesystems: [], findings: []}' >doc
	[ "$(jq '.source.disks[0].layers | length' doc)" -eq 2 ]
	sha256sum base.img top.qcow2 >before
	run -0 --separate-stderr v2v-boot --timeout 200 <doc
	[ "$(jq -r '.boot.verdict' <<<"$output")" = boot-login ]
	sha256sum --quiet -c before
}

@test "what cannot be started is refused with one line, and nothing is left" {
	says 'x' some.img
	machine some.img >doc
	for edit in '.targets[0].file = "/gone.img"' 'del(.targets)' '.guestcaps = null | .inspect.arch = "aarch64"' '.targets[0].virtual_size = 5'; do
		jq -c "$edit" doc >bad
		TMPDIR=$PWD run -1 --separate-stderr v2v-boot --timeout 20 <bad
		[ "${#stderr_lines[@]}" = 1 ]
		[ -z "$output" ]
	done
	[ -z "$(find . -name 'v2v-boot-*')" ]
}
