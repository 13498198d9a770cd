#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Ended in the middle: SIGTERM, SIGKILL and a full disk, in each step.

load ../helper

# bats file_tags=guest,plain
setup_file() {
	export V2V_SHARED=$BATS_FILE_TMPDIR
	export TMPDIR=$V2V_SHARED
	sha256sum "$GUESTS/debian.ova" >"$V2V_SHARED/source.sha256"
	v2v-unpack "$GUESTS/debian.ova" >"$V2V_SHARED/1.json"
	mkdir "$V2V_SHARED/work"
	v2v-overlay --workdir "$V2V_SHARED/work" <"$V2V_SHARED/1.json" >"$V2V_SHARED/2.json"
	v2v-inspect <"$V2V_SHARED/2.json" >"$V2V_SHARED/3.json"
	cp "$V2V_SHARED/work/overlay-0.qcow2" "$V2V_SHARED/overlay.saved"
}

setup() {
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR" "$BATS_TEST_TMPDIR/out"
	cd "$BATS_TEST_TMPDIR" || return
}

# Start a step on document $2; send it signal $1 once the command $3 succeeds.
ended_by() {
	local signal=$1 document=$2 moment=$3 pid
	shift 3
	"$@" <"$document" >stdout 2>stderr &
	pid=$!
	until eval "$moment" || ! kill -0 "$pid" 2>/dev/null; do
		sleep 0.02
	done
	kill -"$signal" "$pid" 2>/dev/null || true
	code=0
	wait "$pid" || code=$?
}

# Nothing of ours runs that names our directories.
no_children() {
	local i
	for i in $(seq 600); do
		pgrep -f "$1" >/dev/null || return 0
		sleep 0.1
	done
	pgrep -fa "$1"
	return 1
}

source_is_unchanged() {
	sha256sum -c --quiet "$V2V_SHARED/source.sha256"
}

# An OVA whose disk is 7 GiB of holes: hashing takes longer than a signal.
make_long() {
	/usr/bin/python3 - long.ova <<-'END'
		import sys, tarfile
		ovf = b'''<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"
		 xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData">
		<References><File ovf:id="f" ovf:href="d.vmdk"/></References>
		<DiskSection><Disk ovf:capacity="8589934592" ovf:diskId="d" ovf:fileRef="f"/></DiskSection>
		<VirtualSystem ovf:id="m"><VirtualHardwareSection>
		<Item><rasd:HostResource>ovf:/disk/d</rasd:HostResource><rasd:InstanceID>4</rasd:InstanceID><rasd:ResourceType>17</rasd:ResourceType></Item>
		</VirtualHardwareSection></VirtualSystem></Envelope>
		'''
		with open(sys.argv[1], 'wb') as ova:
		    for name, data, size in (('m.ovf', ovf, len(ovf)), ('m.mf', b'SHA256(d.vmdk)= ' + b'0' * 64 + b'\n', 81), ('d.vmdk', b'', 7 << 30)):
		        header = tarfile.TarInfo(name)
		        header.size = size
		        ova.write(header.tobuf(tarfile.USTAR_FORMAT) + data)
		        ova.seek(size - len(data) + -size % 512, 1)
		    ova.truncate(ova.tell() + 1024)
	END
}

@test "SIGTERM while unpack checks the manifest: status 143, nothing on stdout" {
	make_long
	ended_by TERM /dev/null "grep -q '\"progress\"' stderr" v2v-unpack --messages=json --progress long.ova
	[ "$code" -eq 143 ]
	[ ! -s stdout ]
	nothing_left "$TMPDIR"
}

@test "SIGTERM while the appliance of inspect starts: status 143, nothing left" {
	# its qemu names the overlay
	ended_by TERM "$V2V_SHARED/2.json" "grep -q launching stderr && pgrep -f '$V2V_SHARED/work' >/dev/null" v2v-inspect -v --backend=libguestfs
	[ "$code" -eq 143 ]
	[ ! -s stdout ]
	no_children "$V2V_SHARED/work"
	[ "$(ls "$V2V_SHARED/work")" = overlay-0.qcow2 ]
	source_is_unchanged
}

# bats test_tags=long
@test "SIGTERM in the middle of convert: status 143, the overlay as it was" {
	ended_by TERM "$V2V_SHARED/3.json" "grep -q fstab stderr" v2v-convert -v --backend=libguestfs
	[ "$code" -eq 143 ]
	[ ! -s stdout ]
	no_children "$V2V_SHARED/work"
	[ "$(ls "$V2V_SHARED/work")" = overlay-0.qcow2 ]
	cmp "$V2V_SHARED/work/overlay-0.qcow2" "$V2V_SHARED/overlay.saved"
	source_is_unchanged
}

@test "SIGKILL in the middle of convert: the overlay as it was; running it again works, and so does the rest" {
	ended_by KILL "$V2V_SHARED/3.json" "grep -q fstab stderr" v2v-convert -v --backend=libguestfs
	[ "$code" -eq 137 ]
	cmp "$V2V_SHARED/work/overlay-0.qcow2" "$V2V_SHARED/overlay.saved"
	no_children "$V2V_SHARED/work"
	pipe "v2v-convert <'$V2V_SHARED/3.json' | v2v-copy -o out >doc"
	valid doc
	qemu-img check -q "$(jq -r '.targets[0].file' doc)"
	source_is_unchanged
	cp "$V2V_SHARED/overlay.saved" "$V2V_SHARED/work/overlay-0.qcow2"
	rm -rf "$V2V_SHARED"/work/tmp-v2v-*
}

@test "SIGTERM and SIGKILL in copy: no final file; running it again works" {
	declare -A codes=([TERM]=143 [KILL]=137)
	for signal in TERM KILL; do
		ended_by "$signal" "$V2V_SHARED/2.json" '[ -n "$(ls -A out)" ]' v2v-copy --threads 1 -o out
		[ "$code" -eq "${codes[$signal]}" ]
		[ ! -s stdout ]
		[ -z "$(ls out)" ]
		no_children "$PWD/out"
		[ "$signal" = KILL ] || nothing_left out
	done
	v2v-copy -o out <"$V2V_SHARED/2.json" >doc
	valid doc
	[ "$(ls out)" = debian12-demo-sda.qcow2 ]
}

@test "a full disk at the target: one line, no final file" {
	mkdir full
	mount -t tmpfs -o size=32M tmpfs full || skip "cannot mount a tmpfs"
	run -1 --separate-stderr v2v-copy -o full <"$V2V_SHARED/2.json"
	left=$(find full -mindepth 1)
	run2=$stderr
	umount full
	[ -z "$left" ]
	[[ $run2 == v2v-copy:*"No space left"* ]]
	[ -z "$output" ]
}

@test "estimate says beforehand that the target has no room" {
	mkdir full
	mount -t tmpfs -o size=32M tmpfs full || skip "cannot mount a tmpfs"
	run --separate-stderr v2v-estimate -o full <"$V2V_SHARED/3.json"
	umount full
	refused full
}
