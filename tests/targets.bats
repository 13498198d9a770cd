#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# What v2v-meta writes for each kind of hypervisor: that it can be read there, that nothing of a name gets out of its place.

load helper

data=$tests_dir/data/meta

setup() {
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR" "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/stub"
	cd "$BATS_TEST_TMPDIR" || return
}

# A program $1 that writes its arguments, each with a NUL behind it, to the file "calls"; what it makes is there at once.
stub() {
	printf '#!/bin/sh\n{ printf "%%s\\0" "%s" "$@"; printf "\\n"; } >>%s/calls\ncase $* in\n"volume show"*) echo available ;;\n*) echo id ;;\nesac\n' \
		"$1" "$BATS_TEST_TMPDIR" >"stub/$1"
	chmod +x "stub/$1"
}

# The document $1 of a machine whose disks are in this folder, with $2 done to it.
here() {
	local file
	jq -c --arg dir "$PWD/out" '.targets |= map(.file |= $dir + "/" + (split("/") | last))'"${2:+ | $2}" "$data/documents/$1.json" >doc
	jq -j '.targets[] | .file + "\u0000"' doc | while IFS= read -r -d '' file; do
		qemu-img create -q -f qcow2 "$file" 16M
	done
}

@test "--list-types has each type that --type takes" {
	run -0 v2v-meta --list-types
	[ "${lines[*]}" = 'libvirt qemu kubevirt proxmox openstack opennebula report' ]
	here debian-q35 '.inspect.backend = "uml"'
	for type in "${lines[@]}"; do
		v2v-meta -t "$type" -o out --force <doc >done 2>err
		jq -e --arg type "$type" '.metadata | .type == $type and .file == .files[0] and (.files | length > 0)' done
		cat done >>all
	done
	valid all
	[ "$(jq -s 'map(.metadata.files | length) | max' all)" -gt 1 ]
	while read -r wrong where; do
		jq -c ".metadata.files = $wrong" done >bad
		run -1 valid bad
		[[ $output == "document 1: $where: "* ]]
	done <<-'END'
		[] metadata/files
		null metadata/files
		"/d/x.xml" metadata/files
		["/d/x.xml",7] metadata/files/1
		["x.xml"] metadata/files/0
	END
	jq -c 'del(.metadata.files)' done >old
	valid old
}

# bats test_tags=plain
@test "targets know every key, word and name that is written" {
	"$tests_dir/targets/targets.py" kubevirt "$data"/kubevirt/*.yaml
	"$tests_dir/targets/targets.py" proxmox "$data"/proxmox/*.conf
	"$tests_dir/targets/targets.py" openstack "$data"/openstack/*.json
	"$tests_dir/targets/targets.py" opennebula "$data"/opennebula/*.template
}

# bats test_tags=plain
@test "the checker of targets finds what they would refuse" {
	check=$tests_dir/targets/targets.py
	while IFS='|' read -r type file edit message; do
		sed "$edit" "$data/$type/$file" >bad
		run -1 cmp -s bad "$data/$type/$file"
		run -1 "$check" "$type" bad
		[[ $output == *"$message"* ]] || { echo "$output, not $message"; false; }
	done <<-'END'
		kubevirt|debian-q35.yaml|s/bus: virtio/bus: ide/|a bus
		kubevirt|debian-q35.yaml|s/bootOrder: 2/bootOrder: 1/|[1, 1]
		kubevirt|debian-q35.yaml|s/model:/modle:/|modle: unknown
		proxmox|debian-q35.conf|s/l26/linux/|ostype
		proxmox|debian-q35.conf|s/^virtio1/virtio16/|there is none
		openstack|debian-q35.json|s/"virtio"/"virtio-blk"/|hw_disk_bus
		openstack|debian-q35.json|s/hw_vif_model/hw_vif_modle/|unknown property
		opennebula|debian-q35.template|s/^NAME = "/&\\"/|NAME
	END
}

# bats test_tags=plain
@test "scripts are clean for shellcheck and sh" {
	shellcheck "$data"/{qemu,proxmox,openstack}/*.sh
	for script in "$data"/{qemu,proxmox,openstack}/*.sh; do
		sh -n "$script"
	done
}

# bats test_tags=plain
@test "qemu takes every option of the script, on each kind of machine" {
	for machine in debian-q35 windows-uefi windows-7 windows-8-utc pc-ide transitional-blk transitional-scsi not-converted-lsilogic \
		not-converted-pvscsi not-converted-sas-uefi three-disks hostile-words; do
		echo "$machine"
		here "$machine" '.source.memory = 67108864'
		v2v-meta -t qemu -o out <doc >done 2>err
		script=$(jq -r .metadata.file done)
		rm -f qmp.out
		printf '%s\n' '{"execute": "qmp_capabilities"}' '{"execute": "quit"}' |
			timeout 600 "$script" -S -display none -qmp stdio >qmp.out 2>qemu.err || { cat qemu.err; false; }
		grep -q SHUTDOWN qmp.out
		[ ! -e PWNED ]
		rm -rf out
		mkdir out
	done
}

@test "the machine keeps its UEFI variables from one start to the next" {
	stub qemu-system-x86_64
	here not-converted-sas-uefi '.source.name = "a,b"'
	v2v-meta -t qemu -o out <doc >done 2>err
	V2V_SERIAL=null PATH=$PWD/stub:$PATH "$(jq -r .metadata.file done)" -snapshot
	[ -s out/a,b.vars.raw ]
	echo mine >out/a,b.vars.raw
	PATH=$PWD/stub:$PATH "$(jq -r .metadata.file done)"
	[ "$(cat out/a,b.vars.raw)" = mine ]
	tr '\0' '\n' <calls >words
	[ "$(grep -c 'file=.*/out/a,,b.vars.raw$' words)" -eq 2 ]
	grep -qx -- '-snapshot' words
}

# descriptor NAME FIRMWARE: of the user's own, whose code is FIRMWARE.
descriptor() {
	mkdir -p config/qemu/firmware
	: >"$2"
	jq --arg code "$PWD/$2" '.mapping.executable.filename = $code' /usr/share/qemu/firmware/60-edk2-x86_64.json >"config/qemu/firmware/$1"
}

@test "the firmware is the first descriptor by name; the user's hides the one of its name" {
	stub qemu-system-x86_64
	here not-converted-sas-uefi
	v2v-meta -t qemu -o out <doc >done 2>err
	script=$(jq -r .metadata.file done)
	code=$(jq -r .mapping.executable.filename /usr/share/qemu/firmware/60-edk2-x86_64.json)
	export XDG_CONFIG_HOME=$PWD/config
	# No file, or longer than any descriptor: none.
	descriptor 20-long.json long.fd
	head -c 1048576 /dev/zero | tr '\0' ' ' >>config/qemu/firmware/20-long.json
	mkfifo config/qemu/firmware/10-fifo.json
	for step in 70-mine.json:"$code" 60-edk2-x86_64.json:"$PWD/hides.fd" '50 mine.json':"$PWD/first.fd"; do
		descriptor "${step%%:*}" "$(basename "${step#*:}")"
		rm -f calls
		PATH=$PWD/stub:$PATH timeout 60 "$script"
		tr '\0' '\n' <calls | grep -qx ".*readonly=on,.*file=${step#*:}"
	done
	rm config/qemu/firmware/[57]*
	: >config/qemu/firmware/60-edk2-x86_64.json
	PATH=$PWD/stub:$PATH run -1 --separate-stderr "$script"
	[[ $stderr == *'no firmware for UEFI'* ]]
}

@test "openstack: a volume is attached when it is available, and one that has failed is told" {
	here debian-q35
	v2v-meta -t openstack -o out <doc >done 2>err
	script=$(jq -r .metadata.file done)
	# shellcheck disable=SC2016
	printf '%s\n' '#!/bin/sh' 'echo "$*" >>calls' 'case $* in' '"volume show"*) sed -n "$(wc -l <shown)p" states; echo >>shown ;;' '*) echo id ;;' \
		'esac' >stub/openstack
	printf 'echo "$*" >>slept\n' >stub/sleep
	chmod +x stub/openstack stub/sleep
	printf '%s\n' creating downloading available >states
	echo >shown
	PATH=$PWD/stub:$PATH sh "$script" flavor
	[ "$(wc -l <slept)" -eq 2 ]
	grep -A 1 'volume show' calls | tail -1 | grep -q '^server add volume id id$'
	printf '%s\n' creating error_downloading >states
	echo >shown
	rm calls
	PATH=$PWD/stub:$PATH run -1 --separate-stderr sh "$script" flavor
	[[ $stderr == *'the volume id is not available: error_downloading' ]]
	! grep -q 'add volume' calls
}

@test "names stay one word each, whatever is in them" {
	jq -c . "$data/documents/hostile-words.json" >doc
	name=$(jq -r .source.name doc)
	for program in qm openstack qemu-system-x86_64; do
		stub "$program"
	done
	for type in qemu proxmox openstack; do
		v2v-meta -t "$type" -o out --force <doc >done 2>err
		script=$(jq -r .metadata.file done)
		sed -i "s,^state=/d/,state=$PWD/out/," "$script"
		PATH=$PWD/stub:$PATH sh "$script" 100
	done
	[ -z "$(find . -name PWNED)" ]
	tr '\0' '\n' <calls >words
	grep -qxF "$(jq -r '.targets[0].file' doc)" words
	grep -qF "file=$(jq -r '.targets[0].file | gsub(","; ",,")' doc)" words
	grep -qF "os_distro=$(jq -r .inspect.osinfo doc)" words
	/usr/bin/python3 - calls "$name" <<-'END'
		import sys
		words = open(sys.argv[1], "rb").read().split(b"\0")
		name = sys.argv[2].encode()
		assert b"guest=" + name.replace(b",", b",,") in words
	END
}

@test "YAML reads back what was meant" {
	v2v-meta -t kubevirt -o out <"$data/documents/hostile-words.json" >done 2>err
	/usr/bin/python3 - "$(jq -r .metadata.file done)" done <<-'END'
		import json, sys, yaml
		machine = yaml.safe_load(open(sys.argv[1], encoding="utf-8"))
		source = json.load(open(sys.argv[2], encoding="utf-8"))
		notes = machine["metadata"]["annotations"]
		assert notes["v2v-tools/source-name"] == source["source"]["name"]
		assert notes["vm.kubevirt.io/os"] == source["inspect"]["osinfo"]
	END
	for code in name-changed genid-left-out network-changed removable-left-out; do
		jq -e --arg code "$code" '.warnings[] | select(.code == $code)' done
	done
}

@test "the user's names, networks, storage and namespace are in every file" {
	here debian-q35
	mac=52:54:00:0a:0b:0c
	options="--name new --storage fast --namespace blue --bridge-map $mac=br7,model=e1000e --network lan"
	for type in $(v2v-meta --list-types); do
		# shellcheck disable=SC2086
		v2v-meta -t "$type" -o out $options --force <doc >done 2>err
		jq -e '.metadata.file | test("/out/new[.]")' done
		jq -r '.metadata.files[]' done | xargs cat >"$type"
		grep -q e1000e "$type"
	done
	grep -q 'bridge="br7"' libvirt
	grep -q 'br=br7' qemu
	grep -q 'namespace: blue' kubevirt
	grep -q 'storageClassName: fast' kubevirt
	grep -q 'networkName: lan' kubevirt
	grep -q 'bridge=br7' proxmox
	grep -q '^storage=${2:-fast}' proxmox
	grep -q -- '--network br7' openstack
	grep -q -- '--type fast' openstack
	grep -q 'NETWORK = "br7", MODEL = "e1000e"' opennebula
	for option in --storage='a b' --namespace=A --name= --bridge-map=a --network-map=a=b,model=x; do
		run -2 --separate-stderr v2v-meta "$option" <doc
		[ "${#stderr_lines[@]}" -eq 1 ]
	done
}

@test "proxmox: disks for which a bus has no place follow in the guest's order, whichever boots" {
	here debian-q35 '.source.disks = [range(18) as $i | .source.disks[0] | .id = $i] |
		.targets = [range(18) as $i | .targets[0] | .disk = $i | .slot = $i | .dev = "vd" + "abcdefghijklmnopqr"[$i:$i + 1] | .file += "-\($i)"] |
		.inspect.boot_device = 16'
	v2v-meta -t proxmox -o out <doc >done 2>err
	conf=$(jq -r '.metadata.files[1]' done)
	script=$(jq -r .metadata.file done)
	grep -qx 'boot: order=scsi0;virtio0;virtio1;.*;virtio15;scsi1' "$conf"
	for pair in virtio0:0 virtio15:15 scsi0:16 scsi1:17; do
		link=$(grep -o "links/disk[0-9]*[.]qcow2" < <(grep "^ln -s .*-${pair#*:} " "$script"))
		grep -A 1 -- "--${pair%:*} " "$script" | grep -qF "$link"
	done
	[ "$(jq '[.warnings[] | select(.code == "bus-changed")] | length' done)" -eq 2 ]
}

@test "proxmox: a file is named with its format at the end, by a link where it has another name" {
	here debian-q35 '.targets[0].format = "raw" | .targets[1].file |= sub("qcow2$"; "raw")'
	v2v-meta -t proxmox -o out <doc >done 2>err
	script=$(jq -r .metadata.file done)
	grep -qF 'import-from=$links/disk1.raw"' "$script"
	grep -qF 'import-from=$links/disk0.qcow2"' "$script"
	here debian-q35
	v2v-meta -t proxmox -o out --force <doc >done 2>err
	! grep -q 'links' "$script"
}

@test "what one target needs said: the bus that boots, no card, a TPM on arm, no SMM for BIOS" {
	here debian-q35 '.targets[1] |= (.bus = "virtio-scsi" | .dev = "sda") | .inspect.boot_device = .targets[1].disk'
	v2v-meta -t openstack -o out <doc >done 2>err
	jq -e '.hw_disk_bus == "scsi" and .hw_scsi_model == "virtio-scsi"' "$(jq -r '.metadata.files[1]' done)"
	v2v-meta -t opennebula -o out <doc >done 2>err
	grep -q 'SD_DISK_BUS = "scsi"' "$(jq -r .metadata.file done)"
	here debian-q35 '.targets[0].file += "\nb"'
	v2v-meta -t opennebula -o out --force <doc >done 2>err
	grep -qx '# (a name with control characters: /.*/x-sda.qcow2_b)' "$(jq -r .metadata.file done)"
	here debian-q35 '.source.nics = [] | .guestcaps.nics = []'
	v2v-meta -t kubevirt -o out <doc >done 2>err
	grep -q 'autoattachPodInterface: false' "$(jq -r .metadata.file done)"
	here debian-q35 '.source.tpm = true | .guestcaps |= (.arch = "aarch64" | .machine = "virt")'
	v2v-meta -t qemu -o out --force <doc >done 2>err
	grep -q -- '-device tpm-tis-device,tpmdev=tpm0' "$(jq -r .metadata.file done)"
	here windows-uefi '.source |= (.firmware = "bios" | .secure_boot = true)'
	v2v-meta -t qemu -o out --force <doc >done 2>err
	! grep -q 'smm=on\|cfi.pflash01' "$(jq -r .metadata.file done)"
}

@test "files of one machine appear together, or not at all" {
	here debian-q35
	v2v-meta -t proxmox -o out <doc >done 2>err
	conf=$(jq -r '.metadata.files[1]' done)
	script=$(jq -r '.metadata.files[0]' done)
	[ -x "$script" ]
	[ ! -x "$conf" ]
	rm "$script"
	run --separate-stderr v2v-meta -t proxmox -o out <doc
	[ "$status" -eq 1 ]
	[[ $stderr == *"$conf' exists"* ]]
	[ ! -e "$script" ]
}
