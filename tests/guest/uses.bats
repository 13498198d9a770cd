#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# The ways in which the steps are used beside the whole pipeline.

load ../helper

# bats file_tags=guest,plain
# One ad-hoc inspection is shared: a disk over another beside it, as a snapshot is.
setup_file() {
	export V2V_SHARED=$BATS_FILE_TMPDIR
	export TMPDIR=$V2V_SHARED/tmp
	mkdir "$TMPDIR"
	cd "$V2V_SHARED" || return
	ln "$GUESTS/debian.raw" base.raw 2>/dev/null || cp --sparse=always "$GUESTS/debian.raw" base.raw
	qemu-img create -q -f qcow2 -b base.raw -F raw top.qcow2
	v2v-inspect --backing-chain top.qcow2 >inspected.json 2>inspect.said || {
		cat inspect.said >&2
		return 1
	}
	nothing_left "$TMPDIR"
}

setup() {
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR"
	cd "$BATS_TEST_TMPDIR" || return
}

@test "ad-hoc inspection: a disk, and jq" {
	run -1 --separate-stderr v2v-inspect "$V2V_SHARED/top.qcow2"
	refused backing
	valid "$V2V_SHARED/inspected.json"
	[[ $(jq -r .inspect.product_name "$V2V_SHARED/inspected.json") == Debian* ]]
	# A /dev/kvm that does not work is reported, and nothing else.
	run -1 grep -v 'emulation (TCG)' "$V2V_SHARED/inspect.said"
	[ "$(wc -l <"$V2V_SHARED/inspect.said")" -le 1 ]
	nothing_left "$TMPDIR"
}

@test "inspection writes nothing to the disk, not even the journal" {
	before=$(identity "$GUESTS"/two-disks{,-sdb}.raw)
	v2v-inspect "$GUESTS/two-disks.raw" "$GUESTS/two-disks-sdb.raw" >doc
	[ "$(identity "$GUESTS"/two-disks{,-sdb}.raw)" = "$before" ]
	jq -e '[.inspect.mountpoints[].path] | contains(["/", "/data"])' doc
	jq -e '[.inspect.findings[] | select(.code == "device-name") | .where] | length >= 2' doc
	valid doc
}

@test "--check is text for people, and status 0 without a blocker" {
	run -0 --separate-stderr v2v-inspect --check "$GUESTS/lvm.raw"
	[[ ${lines[0]} == 'READY    '* ]]
	[[ $output == *"change"*"[initrd-lacks-virtio]"* ]]
	[[ $output != *"{"* ]]
}

@test "--check on a terminal: lines of its width, blockers first; of several machines each has a line" {
	export NO_COLOR=1
	truncate -s 4M blank
	{
		v2v-unpack "$GUESTS/debian.ova"
		small_document "$PWD/blank"
		small_document "$GUESTS/layout-luks.raw" | jq -c '.source.name = "safe"'
	} >docs
	run -1 "$tests_dir/terminal.py" 80 v2v-inspect --check <docs
	[ "${#lines[@]}" -eq 3 ]
	[[ ${lines[0]} == 'READY    debian12-demo: Debian GNU/Linux 12 (bookworm); '*' changes, '* ]]
	[ "${lines[1]}" = 'BLOCKED  small: no operating system known; 1 blocker (no-operating-system)' ]
	[ "${lines[2]}" = 'BLOCKED  safe: locked, a key is needed; 2 blockers (encrypted)' ]
	run -0 "$tests_dir/terminal.py" 80 v2v-inspect --check --color=always < <(head -n 1 docs)
	[[ ${lines[0]} == $'\e[1;32mREADY\e[0m    '*' changes, '* ]]
	[ "${lines[1]}" = 'debian12-demo: Debian GNU/Linux 12 (bookworm)' ]
	[[ ${lines[2]} == change* && ${lines[3]} == '        '* ]]
	for line in "${lines[@]:1}"; do
		[ "${#line}" -le 80 ]
	done
}

# What it is without a key: storage.bats.
@test "an encrypted root is read with its key, from a descriptor" {
	v2v-inspect --key all:fd:3 "$GUESTS/luks.raw" 3<<<v2v >doc
	valid doc
	[[ $(jq -r .inspect.product_name doc) == Debian* ]]
	nothing_left "$TMPDIR"
}

@test "a script of ten lines takes the place of inspect: convert believes its document" {
	cat >my-inspect.sh <<-'EOF'
		#!/bin/sh
		# Takes what was inspected before, but makes a finding of its own a blocker.
		exec jq -c --slurpfile old "$1" '. + {inspect: ($old[0].inspect + {
			findings: [{level: "blocker", code: "mine", where: null, text: "not on a Monday"}]})}'
	EOF
	chmod +x my-inspect.sh
	run -1 --separate-stderr pipe "v2v-unpack --memory 1G --vcpus 1 --firmware bios '$GUESTS/debian.raw' |
		./my-inspect.sh '$V2V_SHARED/inspected.json' | v2v-convert"
	refused 'not on a Monday'
	nothing_left "$TMPDIR"
}

@test "a scripted inspect is enough to convert by; overlays that are missing are made" {
	jq -c '{inspect}' "$V2V_SHARED/inspected.json" >saved.json
	cat >my-inspect.sh <<-'EOF'
		#!/bin/sh
		exec jq -c --slurpfile old saved.json '. + $old[0]'
	EOF
	chmod +x my-inspect.sh
	pipe "v2v-unpack '$GUESTS/debian.raw' | ./my-inspect.sh | v2v-convert >doc"
	valid doc
	jq -e '.guestcaps.initrd == "extended" and (.overlays | length) == 1' doc
	[ -s "$(jq -r '.overlays[0].file' doc)" ]
}

@test "unpack | convert inspects and converts in one launch; its dry run keeps only guestcaps" {
	before=$(identity "$GUESTS/netplan.raw")
	pipe "v2v-unpack '$GUESTS/netplan.raw' | v2v-convert --dry-run -v --messages=json 2>log >doc"
	[ "$(jq -s '[.[] | select(.code == "appliance-runs")] | length' log)" -eq 1 ]
	valid doc
	jq -e '(has("overlays") | not) and .workdir == null and (.guestcaps.changes | length) > 3' doc
	# an LZ4 archive cannot be appended to: it is recompressed
	jq -e '[.guestcaps.changes[].what] | any(startswith("recompressed with gzip"))' doc
	[ "$(identity "$GUESTS/netplan.raw")" = "$before" ]
	nothing_left "$TMPDIR"
}

@test "copy first, then convert the copy in place: one document, and it boots as the machine it was" {
	pipe "v2v-unpack '$GUESTS/debian.ova' | v2v-copy --hash -o . | tee copied | v2v-convert --in-place --backup . |
		tee converted | v2v-meta >doc"
	for step in copied converted doc; do
		valid $step
	done
	jq -e '.guestcaps | .in_place and .initrd == "extended"' doc
	jq -e '.targets[0] | .bus == "virtio-blk" and .dev == "vda" and .sha256 == null and .format == "qcow2"' doc
	jq -e '.targets[0] | .bus == "scsi" and .sha256' copied
	cmp <(jq -S .source copied) <(jq -S .source doc)
	grep -q '<vcpu>2</vcpu>' debian12-demo.xml
	# what a machine writes is not undone by files
	cp debian12-demo-sda.qcow2 kept.qcow2
	run -0 --separate-stderr /usr/bin/python3 "$tests_dir/guests/boot.py" \
		--libvirt-xml "$(jq -r .metadata.file doc)" --run "$guest_address"
	[[ $output == *ens192*192.0.2.7/24* ]]
	# the way back leads to the copies, too
	mv kept.qcow2 debian12-demo-sda.qcow2
	v2v-convert --undo debian12-demo-backup.tar <converted >undone
	valid undone
	jq -e 'has("guestcaps") | not' undone
	cmp <(jq -S '[.targets[] | {bus, slot, dev, file}]' copied) <(jq -S '[.targets[] | {bus, slot, dev, file}]' undone)
	v2v-inspect <undone >again
	jq -e '[.inspect.findings[].code] | contains(["root-by-device-name", "initrd-lacks-virtio"])' again
	nothing_left "$TMPDIR"
}

@test "a streamed OVA cannot be converted in place, and stays as it is" {
	run -1 --separate-stderr pipe "v2v-unpack '$GUESTS/debian.ova' | v2v-convert --in-place"
	refused 'in place'
}

@test "embedding: one handle, unpack and inspect, in forty lines" {
	as_built PREFIX="$PWD/p" install >/dev/null
	# shellcheck disable=SC2046
	gcc ${SANITIZE:+-fsanitize=address,undefined} "$tests_dir/example-embed.c" -o embed $(PKG_CONFIG_PATH=$PWD/p/lib/pkgconfig pkg-config --cflags --libs libv2v)
	# The small kernel's programs are found beside the library: no appliance is started.
	LIBGUESTFS_HV=/bin/false LD_LIBRARY_PATH=$PWD/p/lib run -0 --separate-stderr ./embed "$GUESTS/debian.raw"
	[[ $output == "Debian GNU/Linux 12"* ]]
}

@test "all steps on one handle share one appliance" {
	# shellcheck disable=SC2046
	gcc -Wall -Wextra ${SANITIZE:+-fsanitize=address,undefined} -I"$top/lib" "$tests_dir/one-handle.c" -o one-handle \
		-L"$O/lib" -lv2v $(pkg-config --libs jansson) -Wl,-rpath,"$O/lib"
	mkdir out
	./one-handle "$GUESTS/debian.ova" "$PWD/out" >doc 2>messages
	grep -x 'launches 1' messages
	valid doc
	jq -e '.guestcaps.initrd == "extended" and .workdir == null' doc
	[ "$(ls out)" = "$(printf 'debian12-demo-sda.qcow2\ndebian12-demo.xml')" ]
}

@test "a Windows is inspected fully, its hibernation seen, and refused by convert" {
	/usr/bin/python3 "$tests_dir/guests/make-windows.py" --hibernated win.raw
	v2v-inspect win.raw >doc
	valid doc
	jq -e '.inspect | .type == "windows" and .product_name == "Windows Server 2019 Standard" and
		.osinfo == "win2k19" and .arch == "x86_64" and .hostname == "winfake" and
		.windows.current_control_set == "ControlSet001" and .windows.hibernated and
		.windows.system_hive == "/Windows/System32/config/SYSTEM"' doc
	jq -e '[.inspect.findings[] | select(.level == "blocker") | .code] == ["hibernated"]' doc
	run --separate-stderr v2v-convert <doc
	refused 'hibernated'
}

@test "the registry of a Windows is read in its child, and the boot manager's store on the other partition" {
	/usr/bin/python3 "$tests_dir/guests/make-windows.py" --uefi win.raw
	v2v-inspect win.raw >doc
	valid doc
	jq -e '.inspect.windows | .build == 17763 and .installation_type == "Server" and
		.drivers == [{service: "storahci", path: null, start: 0, start_override: 3, file: "/Windows/System32/drivers/storahci.sys"}] and
		.tools == [{product: "vmware", service: "VMTools", start: 2}] and
		.boot.device == "/dev/sda2" and .boot.file == "/EFI/Microsoft/Boot/BCD" and .boot.description == "Windows Server"' doc
	jq -e '[.inspect.findings[] | select(.level == "change") | .code] | contains(["boot-driver", "tools-disabled", "esp-fallback"])' doc
	jq -e '.inspect.mountpoints | map(.path) == ["/", "/Windows/Boot"]' doc
}
