#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# v2v-copy: what arrives is what was there, from every kind of image, in every kind of target.

load helper

setup_file() {
	export IMAGES=$BATS_FILE_TMPDIR/images
	mkdir "$IMAGES"
	# shellcheck disable=SC2154 # helper sets it
	/usr/bin/python3 -B "$tests_dir/copy/images.py" "$IMAGES" >"$IMAGES/list"
}

setup() {
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR" "$BATS_TEST_TMPDIR/out"
	cd "$BATS_TEST_TMPDIR" || return
}

# document NAME: of the image of that name in the list.
document() {
	local name form file raw options
	read -r name form file raw options < <(grep "^$1 " "$IMAGES/list")
	[ "$options" != - ] || options=
	# shellcheck disable=SC2086 # options are words
	v2v-unpack --name m --format "$form" $options "$file"
}

raw_of() {
	awk -v name="$1" '$1 == name { print $4 }' "$IMAGES/list"
}

# The target $1 of format $2 holds the raw disk $3, and is sound.
same() {
	qemu-img compare -q -f "$2" -F raw "$1" "$3" || { echo "$1 differs from $3"; return 1; }
	[ "$2" = raw ] || qemu-img check -q -f qcow2 "$1"
}

# bats test_tags=plain
@test "each of more than 50 images becomes the same disk, raw and qcow2, and its hash is right" {
	count=0
	while read -r name _ _ raw _; do
		echo "$name"
		document "$name" >doc.json
		hash=--hash
		[[ $name != *large* ]] || hash=
		v2v-copy --force -f raw -o out $hash <doc.json >done.json
		cat done.json >>all.json
		same out/m-sda raw "$raw"
		[ -z "$hash" ] || [ "$(jq -r '.targets[0].sha256' done.json)" = "$(sha256sum <"$raw" | cut -d' ' -f1)" ]
		v2v-copy --force -o out <doc.json >done.json
		same out/m-sda.qcow2 qcow2 "$raw"
		count=$((count + 1))
	done <"$IMAGES/list"
	[ "$count" -ge 50 ]
	[ "$(wc -l <all.json)" -eq "$count" ]
	valid all.json
	nothing_left "$TMPDIR"
}

@test "overlays are merged: written, zeroed and discarded clusters over every kind of source" {
	for name in streamOptimized-8-4099 streamOptimized-128-16385 streamOptimized-2048-9001 monolithicSparse-32-70001 \
		qemu-mixed-streamOptimized raw-mixed qcow2-zlib qcow2-512 vhdx; do
		echo "$name"
		mkdir work
		document "$name" | v2v-overlay --workdir work >doc.json
		size=$(jq '.source.disks[0].virtual_size' doc.json)
		qemu-io -f qcow2 -c "write -P 1 $((size / 3 / 512 * 512)) 1000" -c "write -P 2 0 512" \
			-c "write -z $((size / 2 / 65536 * 65536)) 64k" -c "discard 128k 64k" \
			-c "write -P 3 $((size - 512)) 512" work/overlay-0.qcow2 >/dev/null
		for format in raw qcow2; do
			v2v-copy --force -f $format -o out <doc.json >done.json
			target=$(jq -r '.targets[0].file' done.json)
			qemu-img compare -q -f $format -F qcow2 "$target" work/overlay-0.qcow2
			[ $format = raw ] || qemu-img check -q "$target"
		done
		rm -r work
	done
}

@test "64 TiB: sound, and as fast as small; data at both ends" {
	mkdir work
	truncate -s 512 tiny
	v2v-unpack --name m --format raw tiny |
		jq -c '.source.disks[0] |= (.file = null | .format = null | .virtual_size = 70368744177664)' |
		v2v-overlay --workdir work >doc.json
	qemu-io -f qcow2 -c 'write -P 5 63T 1M' -c 'write -P 6 512 512' -c 'write -P 7 70368744177152 512' \
		work/overlay-0.qcow2 >/dev/null
	for options in '' '-c --verify'; do
		# seconds of processor time
		# shellcheck disable=SC2086 # options are words
		(ulimit -t 20 && exec v2v-copy --force $options -o out <doc.json >done.json)
		qemu-img check -q -f qcow2 out/m-sda.qcow2
		qemu-img compare -q -f qcow2 -F qcow2 out/m-sda.qcow2 work/overlay-0.qcow2
		[ "$(stat -c %s out/m-sda.qcow2)" -lt 4000000 ]
	done
}

# bats test_tags=plain
@test "behind 2 GiB of data the counts go on in the next block" {
	head -c 16M /dev/urandom >noise
	for i in $(seq 0 131); do
		printf '%d' "$i" | dd of=noise conv=notrunc status=none
		cat noise
	done >big.raw
	v2v-unpack --name m --format raw big.raw >doc.json
	# of the two compressions the one that is done with noise soon
	for options in '' '-c --compression=zstd'; do
		# shellcheck disable=SC2086 # options are words
		v2v-copy $options -o out <doc.json >done.json
		same out/m-sda.qcow2 qcow2 big.raw
		[ "$(stat -c %s out/m-sda.qcow2)" -gt $((2 << 30)) ]
		rm out/m-sda.qcow2
	done
	rm big.raw
}

@test "a disk inside a tar is read where it lies" {
	read -r _ _ file raw _ < <(grep '^qemu-mixed-streamOptimized ' "$IMAGES/list")
	size=$(stat -c %s "$raw")
	cp "$file" d.vmdk
	sed -e "s/@SIZE@/$size/" >m.ovf <<-'EOF'
		<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"
		 xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData">
		<References><File ovf:id="f" ovf:href="d.vmdk"/></References>
		<DiskSection><Info/><Disk ovf:capacity="@SIZE@" ovf:diskId="d" ovf:fileRef="f"
		 ovf:format="http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"/></DiskSection>
		<VirtualSystem ovf:id="m"><Info/><Name>m</Name><VirtualHardwareSection><Info/>
		<Item><rasd:InstanceID>1</rasd:InstanceID><rasd:ResourceType>3</rasd:ResourceType><rasd:VirtualQuantity>1</rasd:VirtualQuantity></Item>
		<Item><rasd:AllocationUnits>byte * 2^20</rasd:AllocationUnits><rasd:InstanceID>2</rasd:InstanceID><rasd:ResourceType>4</rasd:ResourceType><rasd:VirtualQuantity>64</rasd:VirtualQuantity></Item>
		<Item><rasd:Address>0</rasd:Address><rasd:InstanceID>3</rasd:InstanceID><rasd:ResourceType>6</rasd:ResourceType></Item>
		<Item><rasd:AddressOnParent>0</rasd:AddressOnParent><rasd:HostResource>ovf:/disk/d</rasd:HostResource><rasd:InstanceID>4</rasd:InstanceID><rasd:Parent>3</rasd:Parent><rasd:ResourceType>17</rasd:ResourceType></Item>
		</VirtualHardwareSection></VirtualSystem></Envelope>
	EOF
	tar cf m.ova m.ovf d.vmdk
	v2v-unpack m.ova >doc.json
	jq -e '.source.disks[0].offset > 0' doc.json
	v2v-copy -o out <doc.json >done.json
	same out/m-sda.qcow2 qcow2 "$raw"
}

# bats test_tags=plain
@test "compressed with zlib and zstd, preallocated in every way, read back and compared" {
	for name in qemu-mixed-streamOptimized qemu-full-monolithicSparse qemu-empty-streamOptimized raw-byte qcow2-edited; do
		document $name >doc.json
		for options in -c '-c --compression=zstd' --preallocation={metadata,falloc,full} '-f raw --preallocation='{falloc,full}; do
			echo "$name $options"
			# shellcheck disable=SC2086 # options are words
			v2v-copy --force --verify --hash $options -o out <doc.json >done.json
			read -r target format < <(jq -r '.targets[0] | "\(.file) \(.format)"' done.json)
			same "$target" "$format" "$(raw_of $name)"
			[ "$(jq -r '.targets[0].sha256' done.json)" = "$(sha256sum <"$(raw_of $name)" | cut -d' ' -f1)" ]
		done
	done
}

@test "full preallocation leaves no hole, none leaves zeros out" {
	document raw-mixed | v2v-copy -f raw --preallocation=full -o out >done.json
	[ "$(jq '.targets[0].actual_size' done.json)" -ge "$(stat -c %s "$(raw_of raw-mixed)")" ]
	document raw-mixed | v2v-copy --force -f raw -o out >done.json
	# a MiB of the data are zeros
	[ "$(jq '.targets[0].actual_size' done.json)" -le $((4 << 20)) ]
	jq -e '.targets[0] | .actual_size <= .estimated_size' done.json
}

@test "what --measure says is what a copy takes, to the cluster" {
	for name in qemu-full-streamOptimized streamOptimized-128-16385 qcow2-2M; do
		document $name | v2v-estimate --measure >doc.json
		v2v-copy --force -o out <doc.json >done.json
		cmp <(jq '.targets[0].estimated_size' done.json) <(jq '.targets[0].estimated_size' doc.json)
		size=$(stat -c %s out/m-sda.qcow2)
		estimate=$(jq '.targets[0].estimated_size' doc.json)
		[ "$size" -le "$estimate" ]
		[ "$name" != qemu-full-streamOptimized ] || [ "$size" -eq "$estimate" ]
	done
}

@test "several disks share the threads; -j 1 and one thread give the same" {
	cp "$(raw_of raw-mixed)" a
	cp "$IMAGES/qcow2-zlib.image" b
	cp "$IMAGES/vdi.image" c
	v2v-unpack --name m a b c >doc.json
	for options in '' '-j 1' '--threads 1' '-j 2 --threads 7 --hash --verify'; do
		# shellcheck disable=SC2086 # options are words
		v2v-copy --force $options -o out <doc.json >done.json
		valid done.json
		for disk in a b c; do
			same "out/m-sd$disk.qcow2" qcow2 a
		done
	done
	[ "$(jq -r '[.targets[].sha256] | unique | length' done.json)" -eq 1 ]
}

@test "--bwlimit: the same disk, not before its time; SIGTERM ends the wait" {
	head -c 5M /dev/urandom >disk.raw
	truncate -s 100M disk.raw
	v2v-unpack disk.raw >doc.json 2>/dev/null
	run --separate-stderr v2v-copy -o out --bwlimit 5x <doc.json
	[ "$status" -eq 2 ]
	[[ ${stderr_lines[0]} == "v2v-copy: --bwlimit: '5x' is not a size"* ]]
	begun=${EPOCHREALTIME/./}
	v2v-copy -o out --bwlimit 10M --hash --verify <doc.json >done.json
	# Ten MiB are read, and the first of them waits for nothing.
	((${EPOCHREALTIME/./} - begun >= 900000))
	same out/disk-sda.qcow2 qcow2 disk.raw
	rm out/*
	v2v-copy -o out --bwlimit 1 <doc.json >done.json 2>err &
	pid=$!
	until [ -n "$(ls -A out)" ]; do
		kill -0 "$pid"
		sleep 0.05
	done
	kill "$pid"
	code=0
	wait "$pid" || code=$?
	[ "$code" -eq 143 ]
	[ -z "$(ls -A out)" ]
}

@test "-o - writes the disk to a pipe or a file, and the document where --document says" {
	document qemu-mixed-streamOptimized >doc.json
	v2v-copy -o - --document done.json <doc.json | cmp - "$(raw_of raw-mixed)"
	valid done.json
	jq -e '.targets[0] | .file == null and .format == "raw"' done.json
	v2v-copy -o - <doc.json >stream
	cmp stream "$(raw_of raw-mixed)"
	[ "$(stat -c %b stream)" -lt 12000 ]
	v2v-copy -o - <doc.json >>stream
	cmp stream <(cat "$(raw_of raw-mixed)" "$(raw_of raw-mixed)")
}

@test "a pipe that nobody reads ends the copy; so does SIGTERM while nobody reads" {
	document qemu-full-streamOptimized >doc.json
	run -1 --separate-stderr pipe 'v2v-copy -o - <doc.json | true'
	[[ $stderr == *"standard output"* ]]
	mkfifo fifo
	v2v-copy -o - <doc.json >fifo &
	pid=$!
	exec 9<fifo
	# It writes; the pipe is full soon.
	[ "$(head -c 1 <&9 | wc -c)" -eq 1 ]
	sleep 0.5
	kill -TERM "$pid"
	code=0
	wait "$pid" || code=$?
	exec 9<&-
	[ "$code" -eq 143 ]
}

@test "a limit of a file's size ends the copy like a full disk; what is not a regular file is never replaced" {
	document qemu-full-streamOptimized >doc.json
	run --separate-stderr bash -c 'ulimit -f 100; exec v2v-copy -o out <doc.json'
	refused 'File too large; '
	[ -z "$(ls -A out)" ]
	mkfifo out/m-sda.qcow2
	run --separate-stderr v2v-copy --force -o out <doc.json
	refused 'is not a file'
	[ -p out/m-sda.qcow2 ]
}

@test "only one disk of one machine goes to a pipe" {
	document raw-mixed >doc.json
	cp "$(raw_of raw-mixed)" a
	v2v-unpack a "$(raw_of raw-byte)" >two.json
	run --separate-stderr v2v-copy -o - <two.json
	refused '2 disks'
	cat doc.json doc.json >twice.json
	status=0
	v2v-copy -o - <twice.json 2>stderr | cat >stream || status=${PIPESTATUS[0]}
	grep -q 'only one machine' stderr
	cmp stream a
}

@test "an NBD export gets the disk, and zeros where the disk has them; what it does not keep is found" {
	requires nbdkit
	document qemu-mixed-streamOptimized >doc.json
	truncate -s 13M there
	tr '\0' '\377' </dev/zero | dd of=there bs=1M count=13 conv=notrunc status=none iflag=fullblock
	# shellcheck disable=SC2016 # nbdkit's
	nbdkit -U - file there --run 'v2v-copy --verify -o "$uri" <doc.json >done.json'
	valid done.json
	size=$(stat -c %s "$(raw_of raw-mixed)")
	cmp -n "$size" there "$(raw_of raw-mixed)"
	# shellcheck disable=SC2016
	run -1 --separate-stderr nbdkit -U - null 20M --run 'v2v-copy --verify -o "$uri" <doc.json'
	[ "$status" -eq 1 ]
	[[ $stderr == *"holds a part of disk 0 only"*"does not hold what was written"* ]]
	# shellcheck disable=SC2016
	run -1 --separate-stderr nbdkit -U - memory 1M --run 'v2v-copy -o "$uri" <doc.json'
	refused 'fewer than the disk'
}

@test "a server that does not answer keeps nobody waiting: SIGTERM ends the copy" {
	requires nbdkit
	document qemu-mixed-streamOptimized >doc.json
	cat >silent.py <<-'EOF'
		import socket, time
		listener = socket.socket(socket.AF_UNIX)
		listener.bind("silent")
		listener.listen()
		time.sleep(600)
	EOF
	/usr/bin/python3 silent.py 3>&- &
	silent=$!
	nbdkit -f -U late --filter=delay memory 20M delay-write=600 delay-zero=600 3>&- &
	late=$!
	for server in silent late; do
		for _ in $(seq 600); do
			[ ! -S $server ] || break
			sleep 0.1
		done
		v2v-copy --messages=json -o "nbd+unix:///?socket=$server" <doc.json >done.json 3>&- &
		pid=$!
		sleep 1
		kill -TERM "$pid"
		for _ in $(seq 600); do
			kill -0 "$pid" 2>/dev/null || break
			sleep 0.1
		done
		kill -KILL "$pid" 2>/dev/null || true
		code=0
		wait "$pid" || code=$?
		echo "$server: $code"
		[ "$code" -eq 143 ] || break
	done
	kill -KILL "$silent" "$late"
	[ "$code" -eq 143 ]
	[ ! -s done.json ]
}

@test "a block device gets the disk; one that is not empty only with --force" {
	requires losetup
	document qemu-mixed-streamOptimized >doc.json
	truncate -s 13M there
	device=$(losetup --find --show there) || skip 'cannot make a loop device'
	status=0
	v2v-copy --verify --hash -o "$device" <doc.json >done.json || status=1
	[ $status -eq 1 ] || cmp -n "$(stat -c %s "$(raw_of raw-mixed)")" "$device" "$(raw_of raw-mixed)" || status=1
	run --separate-stderr v2v-copy -o "$device" <doc.json
	again=$status
	tr '\0' '\377' </dev/zero | dd of="$device" bs=1M count=13 status=none iflag=fullblock
	v2v-copy --force --verify -o "$device" <doc.json >done2.json || status=9
	cmp -n "$(stat -c %s "$(raw_of raw-mixed)")" "$device" "$(raw_of raw-mixed)" || status=9
	losetup -d "$device"
	[ "$again" -eq 1 ]
	[ "$status" -eq 1 ]
	[[ $stderr == *--force* ]]
	valid done.json
	[ "$(jq -r '.targets[0].file' done.json)" = "$device" ]
}

@test "a broken grain is named with its disk and places, and nothing gets its final name" {
	read -r _ _ file _ < <(grep '^qemu-full-streamOptimized ' "$IMAGES/list")
	cp "$file" broken.vmdk
	# in the middle of the data
	printf '\377\0\377\0' | dd of=broken.vmdk bs=1 seek=$((1536 << 10)) conv=notrunc status=none
	v2v-unpack --name m broken.vmdk >doc.json
	run --separate-stderr v2v-copy -o out <doc.json
	refused 'disk 0: '
	[[ $stderr == *"grain of byte "*", at "*" of the image: "* ]]
	nothing_left out
	nothing_left "$TMPDIR"
}

@test "progress is of the data only, all disks in one, and every line of --messages=json has its code" {
	document qemu-large-streamOptimized >doc.json
	run -0 --separate-stderr v2v-copy -v --messages=json -o out <doc.json
	jq -es 'all(.step == "copy" and (.code | type) == "string")' <<<"$stderr"
	jq -es '[.[] | select(.level == "progress")] | last | .done == .total and .total < 16777216 and .disk == -1 and
		.code == "progress" and .unit == "bytes" and has("rate") and has("left")' <<<"$stderr"
}

@test "--document replaces no file without --force, and never a pipe" {
	document raw-mixed >doc.json
	echo mine >done.json
	run -1 --separate-stderr v2v-copy -o out --document done.json <doc.json
	refused 'done.json'
	[ "$(cat done.json)" = mine ]
	nothing_left out
	v2v-copy -o out --document done.json --force <doc.json
	jq -e '.targets[0].file' done.json
	mkfifo pipe
	timeout 60 cat pipe >seen.json &
	v2v-copy -o out --document pipe --force <doc.json
	wait $!
	[ -p pipe ]
	jq -e '.targets[0].file' seen.json
}

@test "options that do not go together are refused" {
	document raw-mixed >doc.json
	for options in '-f raw -c' '-c --preallocation=full' '-f raw --preallocation=metadata' '--compression=zstd'; do
		# shellcheck disable=SC2086 # options are words
		run --separate-stderr v2v-copy $options -o out <doc.json
		[ "$status" -eq 2 ]
	done
	for options in '-f qcow2' -c --verify --preallocation=full; do
		# shellcheck disable=SC2086
		run -2 bash -c "v2v-copy $options -o - <doc.json 2>&1 | cat; exit \${PIPESTATUS[0]}"
	done
	nothing_left out
}
