#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# v2v-meta: what it writes libvirt takes; a document of which nothing could be written is refused with its member.

load helper

setup() {
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR" "$BATS_TEST_TMPDIR/out"
	cd "$BATS_TEST_TMPDIR" || return
	small_disk disk
	v2v-unpack --memory 1G --vcpus 1 --firmware bios --name m disk |
		jq -c '.source.removables = [{type: "cdrom", controller: "ide", slot: 0}, {type: "floppy", controller: null, slot: 0}] |
			.source.disks[1] = (.source.disks[0] | .id = 1)' |
		v2v-copy -o out | jq -c '.guestcaps = {block_bus: "virtio-blk", net_bus: "virtio-net", acpi: true, in_place: false,
			device_map: [], nics: [], changes: []}' >doc
}

@test "what no machine can have is refused, with its member" {
	requires virt-xml-validate
	count=0
	while IFS='|' read -r edit message; do
		echo "$edit"
		jq -c "$edit" doc >bad
		run --separate-stderr v2v-meta <bad
		refused "${message# }"
		[ ! -e out/m.xml ]
		count=$((count + 1))
	done <<-'END'
		.targets[0].bus = "usb" | targets[0].bus: unknown 'usb' (supported: virtio-blk, 
		.targets[1].bus = "floppy" | targets[1].bus: unknown 'floppy'
		.targets[0].dev = "vd a" | targets[0].dev: 'vd a' is not a disk's name
		.targets[0].dev = "vd" | targets[0].dev: 'vd' is not
		.targets[0].dev = "" | targets[0].dev: '' is not
		.targets[0].dev = "vd\" x=\"" | targets[0].dev: 
		.targets[1].dev = .targets[0].dev | targets[1]: 
		.targets[1].slot = .targets[0].slot | targets[1]: 
		.targets[1].slot = 4 | targets[1].slot: the bus 'ide' has no slot 4
		.targets[0].format = "qcow3" | targets[0].format: unknown 'qcow3' (supported: qcow2, raw
		.targets[0].file = "out/m-sda.qcow2" | targets[0].file: 'out/m-sda.qcow2' is not an absolute path
		.targets[0].file = "" | targets[0].file: '' is not an absolute path
		.source.vcpus = 4294967297 | source.vcpus: 4294967297 virtual CPUs: out of range
		.source.vcpus = 0 | source.vcpus: 0 virtual CPUs
		.source.memory = 70368744177665 | source.memory: 70368744177665 bytes: out of range
		.source.memory = 1048575 | source.memory: 1048575 bytes: out of range
		.guestcaps.net_bus = "ne2k" | guestcaps.net_bus: unknown 'ne2k' (supported: virtio-net, 
		.guestcaps.video = "xql" | guestcaps.video: unknown 'xql'
		.guestcaps.machine = "q 35" | guestcaps.machine: unknown 'q 35'
		.guestcaps.arch = "z80" | guestcaps.arch: unknown 'z80' (supported: x86_64, 
		.removable_slots[0].type = "tape" | removable_slots[0].type: unknown 'tape' (supported: cdrom, floppy)
		.removable_slots[0].bus = "virtio-blk" | removable_slots[0].bus: unknown 'virtio-blk'
		.removable_slots[0].bus = "floppy" | removable_slots[0].bus: unknown 'floppy'
		.removable_slots[1].bus = "ide" | removable_slots[1].bus: unknown 'ide' (supported: floppy)
		.removable_slots[1].slot = 2 | removable_slots[1].slot: the bus 'floppy' has no slot 2
		.removable_slots[0].slot = .targets[0].slot | removable_slots[0]: 
	END
	[ "$count" -ge 26 ]
}

@test "what is taken libvirt's schema takes, names that the user moved too" {
	requires virt-xml-validate
	while read -r edit; do
		echo "$edit"
		jq -c "$edit" doc >good
		v2v-meta --force <good >done
		valid done
		virt-xml-validate out/m.xml domain
		names=$(grep -o 'target dev="[a-z]*"' out/m.xml)
		[ -z "$(sort <<<"$names" | uniq -d)" ] || { echo "$names"; false; }
	done <<-'END'
		.
		del(.guestcaps)
		.targets[0].dev = "hdc"
		.targets[0] |= (.bus = "sata" | .dev = "sdb") | .removable_slots[0] |= (.bus = "sata" | .slot = 5)
		.targets |= map(.bus = "virtio-scsi" | .dev |= sub("hd"; "sd"))
		.source.vcpus = 4096 | .source.memory = 70368744177664
		.guestcaps |= (.arch = "aarch64" | .machine = "virt")
	END
}

# The kind and the name of what each card is plugged into.
plugged() {
	grep -oP '<source (network|bridge)="\K[^"]*' out/m.xml | paste -sd ' '
}

@test "cards are plugged where the maps say: a card's own before its network's, before that of all" {
	jq -c '.source.nics = [{id: 0, network: "VM Network", mac: "00:50:56:00:00:01", model: "vmxnet3", pci_slot: null, type: "bridge"},
		{id: 1, network: "back", mac: "00:50:56:00:00:02", model: "vmxnet3", pci_slot: null, type: "bridge"},
		{id: 2, network: "VM Network", mac: null, model: "vmxnet3", pci_slot: null, type: "bridge"}]' doc >cards
	v2v-meta <cards >/dev/null
	[ "$(plugged)" = 'default default default' ]
	v2v-meta --force --network lan <cards >/dev/null
	[ "$(plugged)" = 'lan lan lan' ]
	run -0 --separate-stderr v2v-meta --force --network-map 'vm network=bridge=br0' --network-map 00:50:56:00:00:01=front <cards
	[ "$(plugged)" = 'front default br0' ]
	[ "$(grep -c '<interface type="bridge">' out/m.xml)" -eq 1 ]
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr == *"nic 1: no map is for the network 'back'"* ]]
	jq -e '.warnings[] | select(.code == "network-unmapped")' <<<"$output"
	run -0 --separate-stderr v2v-meta --force --network bridge=br1 --network-map back=storage <cards
	[ "$(plugged)" = 'br1 storage br1' ]
	[ -z "$stderr" ]
	requires virt-xml-validate
	virt-xml-validate out/m.xml domain
}

@test "what is not a map is a usage error, and nothing is written" {
	for option in --network= --network=bridge= --network=a/b --network-map=a --network-map==b --network-map=a= --network-map=a=bridge=; do
		run -2 --separate-stderr v2v-meta "$option" <doc
		[ "${#stderr_lines[@]}" -eq 1 ]
		[ ! -e out/m.xml ]
	done
}
