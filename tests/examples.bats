#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# The EXAMPLES of the man pages run as they are written, each command in a directory of its own with the files that it names.

load helper

# What is left out, by a word of the command, and why.
left_out="
v2v-convert	a guest that can be converted: tests/guest
v2v-boot	a guest that starts: tests/boot.bats
virsh	libvirt's daemon
ssh	another host
nbd+unix	a server that listens there
/dev/vg/x	a logical volume
/mnt/datastore1	a datastore of VMware: tests/machines.bats
web/web.vmx	a machine's folder: tests/machines.bats
--key	an encrypted disk, its passphrase
v2v-fleet	many machines: tests/fleet.bats
/vm/x.sh	what the command before it wrote: tests/targets.bats
"

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	small_disk disk.raw
	qemu-img convert -O qcow2 disk.raw disk.qcow2
	qemu-img convert -O vmdk -o subformat=streamOptimized disk.raw x.vmdk
	cat >x.ovf <<-'END'
		<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"
		 xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData">
		<References><File ovf:id="f" ovf:href="x.vmdk"/></References>
		<DiskSection><Info/><Disk ovf:capacity="67108864" ovf:diskId="d" ovf:fileRef="f"
		 ovf:format="http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"/></DiskSection>
		<NetworkSection><Info/><Network ovf:name="VM Network"/></NetworkSection>
		<VirtualSystem ovf:id="x"><Info/><Name>x</Name><VirtualHardwareSection><Info/>
		<Item><rasd:InstanceID>1</rasd:InstanceID><rasd:ResourceType>3</rasd:ResourceType><rasd:VirtualQuantity>1</rasd:VirtualQuantity></Item>
		<Item><rasd:AllocationUnits>byte * 2^20</rasd:AllocationUnits><rasd:InstanceID>2</rasd:InstanceID><rasd:ResourceType>4</rasd:ResourceType><rasd:VirtualQuantity>64</rasd:VirtualQuantity></Item>
		<Item><rasd:Address>0</rasd:Address><rasd:InstanceID>3</rasd:InstanceID><rasd:ResourceType>6</rasd:ResourceType></Item>
		<Item><rasd:AddressOnParent>0</rasd:AddressOnParent><rasd:HostResource>ovf:/disk/d</rasd:HostResource><rasd:InstanceID>4</rasd:InstanceID><rasd:Parent>3</rasd:Parent><rasd:ResourceType>17</rasd:ResourceType></Item>
		<Item><rasd:Address>00:50:56:9a:1c:03</rasd:Address><rasd:Connection>VM Network</rasd:Connection><rasd:InstanceID>5</rasd:InstanceID><rasd:ResourceSubType>E1000</rasd:ResourceSubType><rasd:ResourceType>10</rasd:ResourceType></Item>
		</VirtualHardwareSection></VirtualSystem></Envelope>
	END
	tar cf x.ova x.ovf x.vmdk
	# A machine that is started would run for ever: it ends when it has its devices.
	mkdir bin
	cat >bin/qemu-system-x86_64 <<-END
		#!/bin/sh
		echo quit | $(command -v qemu-system-x86_64) -S -display none -monitor stdio "\$@"
	END
	chmod +x bin/qemu-system-x86_64
	examples | awk '{ command = $0; sub(/^[^ ]* /, "", command) } !seen[command]++' >commands
}

# A line "PAGE COMMAND" for each command of the pages; a command of several lines is one.
examples() {
	local page
	for page in "$top"/tools/*/*.1 "$top/tools/common/v2v-tools.7"; do
		sed -n '/^\.Sh EXAMPLES/,/^\.Sh DESCRIPTION/p' "$page" |
			sed -n '/^\.Bd -literal/,/^\.Ed/{/^\./!p}' |
			sed -e 's/\\e/\\/g' -e 's/\\&//g' -e 's/\\(dq/"/g' -e 's/\\-/-/g' |
			sed -e ':more' -e '/[|\\]$/{N' -e 's/\\\n[[:space:]]*/ /; s/|\n[[:space:]]*/| /' -e 'b more' -e '}' |
			sed "s|^|$(basename "$page") |"
	done
}

# Why it is left out; fails for one that is to run.
reason_of() {
	local word reason
	while IFS=$'\t' read -r word reason; do
		[ -n "$word" ] && [[ $1 == *"$word"* ]] && echo "$reason" && return
	done <<<"$left_out"
	return 1
}

# The command in its directory; /vm and /scratch are folders in there.
run_example() {
	local dir command got=0
	dir=$(mktemp -d "$BATS_TEST_TMPDIR/XXXXXX")
	mkdir "$dir/vm" "$dir/scratch" "$dir/tmp"
	cp "$BATS_FILE_TMPDIR"/x.ova "$BATS_FILE_TMPDIR"/disk.* "$dir"
	cp "$dir/disk.raw" "$dir/sda.raw"
	cp "$dir/disk.qcow2" "$dir/web-sda.qcow2"
	printf b | dd of="$dir/disk.raw" bs=1 seek=100 conv=notrunc status=none
	cp "$dir/disk.raw" "$dir/sdb.raw"
	qemu-img convert -O qcow2 "$dir/disk.raw" "$dir/web-sdb.qcow2"
	command=$(sed -E "s,(^|[ =])/(vm|scratch)([/ ]|\$),\\1$dir/\\2\\3,g" <<<"$1")
	(
		cd "$dir" || exit
		export TMPDIR=$dir/tmp PATH=$BATS_FILE_TMPDIR/bin:$PATH
		if [[ $1 == *'<x.json'* || $1 == *'*.json'* || $1 == *x-sda.qcow2* ]]; then
			v2v-unpack x.ova | v2v-copy -o vm >x.json || exit
		fi
		bash -o pipefail -c "$command" </dev/null >output 2>messages
	) || got=$?
	[ "$got" -ne 0 ] || return 0
	# these disks have no system, which is the verdict
	[[ $got == 1 && $1 == *--check* ]] && grep -q '^BLOCKED .*1 blocker' "$dir/output" && return
	echo "status $got: $command"
	cat "$dir/output" "$dir/messages"
	return 1
}

# bats test_tags=plain
@test "every example of the man pages that needs no guest runs as it is written" {
	count=0
	while read -r page command; do
		reason_of "$command" >/dev/null && continue
		run_example "$command" || { echo "$page: $command"; false; }
		count=$((count + 1))
	done <"$BATS_FILE_TMPDIR/commands"
	echo "$count examples"
	[ "$count" -ge 15 ]
}

# bats test_tags=plain
@test "what the examples' test leaves out is an example, by each of its words" {
	while IFS=$'\t' read -r word reason; do
		[ -z "$word" ] || grep -qF -e "$word" "$BATS_FILE_TMPDIR/commands" || { echo "$word: $reason"; false; }
	done <<<"$left_out"
}
