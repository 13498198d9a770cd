#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# A real guest: through the whole pipeline, then started.  One conversion, made once, is shared by the tests of this file.

load ../helper

# bats file_tags=guest
setup_file() {
	export V2V_SHARED=$BATS_FILE_TMPDIR
	export TMPDIR=$V2V_SHARED/tmp
	mkdir "$TMPDIR" "$V2V_SHARED/out"
	sha256sum "$GUESTS/debian.ova" >"$V2V_SHARED/source.sha256"
	pipe "v2v-unpack '$GUESTS/debian.ova' | tee '$V2V_SHARED/1.json' |
		v2v-overlay | tee '$V2V_SHARED/2.json' |
		v2v-inspect --messages=json 2>'$V2V_SHARED/inspect.log' | tee '$V2V_SHARED/3.json' |
		v2v-estimate -o '$V2V_SHARED/out' | tee '$V2V_SHARED/4.json' |
		v2v-convert -v --messages=json 2>'$V2V_SHARED/convert.log' | tee '$V2V_SHARED/5.json' |
		v2v-copy -o '$V2V_SHARED/out' | tee '$V2V_SHARED/6.json' |
		v2v-meta >'$V2V_SHARED/7.json'"
}

setup() {
	export TMPDIR=$V2V_SHARED/tmp
	cd "$BATS_TEST_TMPDIR" || return
}

boot() {
	/usr/bin/python3 "$tests_dir/guests/boot.py" "$@"
}

@test "every document of the pipeline fits the schema" {
	for i in 1 2 3 4 5 6 7; do
		valid "$V2V_SHARED/$i.json"
	done
}

@test "the source is as it was, and the work directory is gone" {
	sha256sum -c "$V2V_SHARED/source.sha256"
	nothing_left "$V2V_SHARED/tmp"
}

@test "unpack: the OVA's facts" {
	jq -e '.source | .name == "debian12-demo" and .memory == 1073741824 and
		.vcpus == 2 and .firmware == "bios" and .hypervisor == "vmware"' "$V2V_SHARED/1.json"
	jq -e '.source.disks[0] | .format == "vmdk" and .subformat == "streamOptimized" and
		.controller == "scsi" and .offset > 0 and .virtual_size == 3221225472' "$V2V_SHARED/1.json"
	jq -e '.source.nics[0] | .model == "vmxnet3" and .pci_slot == 192 and .network == "VM Network"' "$V2V_SHARED/1.json"
}

@test "inspect: the system, its kernel and its network" {
	jq -e '.inspect | .distro == "debian" and .major_version == 12 and .type == "linux" and
		.hostname == "debian12-demo" and .boot_device == 0 and .firmware == "bios"' "$V2V_SHARED/3.json"
	jq -e '.inspect.kernels[0] | .default and .virtio.blk and (.initrd_has.virtio_blk | not) and
		.initrd_needs > 100000 and .modules > 1000 and (.package | startswith("linux-image-"))' "$V2V_SHARED/3.json"
	jq -e '.inspect.network[0] == {"name": "ens192", "mac": null, "method": "static",
		"addresses": ["192.0.2.7/24"], "where": "/etc/network/interfaces", "path": null,
		"original": null, "driver": null, "unclear": null}' "$V2V_SHARED/3.json"
	# systemd itself gives the card in that slot the same name.
	jq -e '[.inspect.network[1:][] | .name, .where] ==
		["ens192", "/usr/lib/systemd/network/99-default.link"]' "$V2V_SHARED/3.json"
	jq -e '.inspect.bootloader == {"type": "grub2", "config": "/boot/grub/grub.cfg"}' "$V2V_SHARED/3.json"
	jq -e '[.inspect.findings[].code] | contains(["root-by-device-name", "initrd-lacks-virtio", "network-name", "network-static"])' "$V2V_SHARED/3.json"
	jq -e '.inspect.applications | length > 50' "$V2V_SHARED/3.json"
}

@test "convert: guestcaps name what was changed, each once" {
	jq -e '.guestcaps | .block_bus == "virtio-blk" and .net_bus == "virtio-net" and .initrd == "extended" and
		.device_map == [{"from": "sda", "to": "vda"}] and .nics[0].name == "ens192"' "$V2V_SHARED/5.json"
	jq -e '.guestcaps.changes | (unique | length) == length and ([.[].path] | contains(["/etc/fstab", "/boot/grub/grub.cfg"]))' "$V2V_SHARED/5.json"
	one_plan "$V2V_SHARED/5.json"
}

@test "inspect and convert launch one appliance each" {
	[ "$(grep -c '"kvm-unusable"' "$V2V_SHARED/inspect.log")" -le 1 ]
	[ "$(jq -s '[.[] | select(.code == "appliance-runs")] | length' "$V2V_SHARED/convert.log")" -eq 1 ]
}

@test "the target is a sound qcow2 of the source's size" {
	file=$(jq -r '.targets[0].file' "$V2V_SHARED/7.json")
	qemu-img check -q "$file"
	[ "$(qemu-img info --output=json "$file" | jq '."virtual-size"')" -eq 3221225472 ]
	[ "$(qemu-img info --output=json "$file" | jq 'has("backing-filename")')" = false ]
	jq -e '.targets[0] | .actual_size > 0 and .estimated_size > 0 and .bus == "virtio-blk" and .dev == "vda"' "$V2V_SHARED/7.json"
}

@test "the domain XML is what libvirt's schema wants" {
	requires virt-xml-validate
	virt-xml-validate "$(jq -r .metadata.file "$V2V_SHARED/7.json")" domain
}

# The driver asks for a user that only libvirt's daemon brings along: it sees one.
as_if_installed() {
	cp /etc/passwd /etc/group .
	grep -q ^libvirt-qemu: passwd || echo 'libvirt-qemu:x:64055:64055::/nonexistent:/usr/sbin/nologin' >>passwd
	grep -q ^libvirt-qemu: group || echo 'libvirt-qemu:x:64055:' >>group
	# shellcheck disable=SC2016 # the inner shell's
	unshare --mount sh -c 'mount --bind passwd /etc/passwd; mount --bind group /etc/group; exec "$@"' sh "$@"
}

@test "libvirt itself defines the machine" {
	# There is no KVM here: the same machine, emulated.
	sed 's/<domain type="kvm"/<domain type="qemu"/' "$(jq -r .metadata.file "$V2V_SHARED/7.json")" >domain.xml
	grep -q '<domain type="qemu"' domain.xml
	mkdir root
	as_if_installed virsh -q -k0 -c "qemu:///embed?root=$PWD/root" "define domain.xml; dumpxml debian12-demo" >defined.xml
	grep -q "<target dev='vda' bus='virtio'/>" defined.xml
	grep -q "<mac address='$(jq -r '.guestcaps.nics[0].mac' "$V2V_SHARED/7.json")'/>" defined.xml
}

# bats test_tags=plain
@test "the converted machine reaches its login, with ens192 and its address, its swap and its root" {
	run -0 --separate-stderr boot --libvirt-xml "$(jq -r .metadata.file "$V2V_SHARED/7.json")" \
		--run "$guest_address" --run 'swapon --show=NAME --noheadings' \
		--run 'findmnt -n -o SOURCE /' --run 'systemctl is-failed networking.service || true'
	[[ $output == *'ens192'*'UP'*'192.0.2.7/24'* ]]
	[[ $output == */dev/vda2* ]]
	[[ $output == */dev/vda1* ]]
}

# bats test_tags=plain
@test "its unconverted twin does not boot on virtio" {
	run -0 boot --bus virtio --expect-fail "$GUESTS/debian.raw"
}

@test "estimate runs again from a saved document, and says the same" {
	v2v-estimate -o "$V2V_SHARED/out" <"$V2V_SHARED/3.json" >again.json
	diff <(jq -S .targets again.json) <(jq -S .targets "$V2V_SHARED/4.json")
}

@test "meta runs again from a saved document; an existing file needs --force" {
	run -1 --separate-stderr v2v-meta <"$V2V_SHARED/6.json"
	refused '--force'
	mkdir m
	v2v-meta -o m <"$V2V_SHARED/6.json" >again.json
	cmp m/*.xml "$(jq -r .metadata.file "$V2V_SHARED/7.json")"
}
