#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Disks in layers: snapshots of VMware as they lie in a folder, and qcow2 over other images.

load helper

setup_file() {
	export CHAINS=$BATS_FILE_TMPDIR/chains
	mkdir "$CHAINS"
	# shellcheck disable=SC2154 # helper sets it
	/usr/bin/python3 -B "$tests_dir/copy/chains.py" "$CHAINS" >"$CHAINS/list"
}

setup() {
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR" "$BATS_TEST_TMPDIR/out"
	cd "$BATS_TEST_TMPDIR" || return
}

# A copy of the chain $1 in ./x; its top's name.
take() {
	cp -r "$CHAINS/$1" x
	basename "$(awk -v name="$1" '$1 == name { print $2 }' "$CHAINS/list")"
}

# v2v-unpack refuses x/$1, in a line with $2 and $3.
refuses() {
	run -1 --separate-stderr v2v-unpack --name m --backing-chain "x/$1"
	refused "$2"
	refused "${3-$2}"
}

@test "every chain is the disk that was written, by our readers and, where it can, by qemu-img; an overlay lies over it" {
	while read -r name file raw qemu; do
		echo "$name"
		v2v-unpack --name m --backing-chain "$file" >doc
		cat doc >>all
		v2v-overlay <doc | v2v-copy --force -f raw -o out >copied
		cmp out/m-sda "$raw"
		v2v-copy --force -o out <doc >copied
		qemu-img compare -q -f qcow2 -F raw out/m-sda.qcow2 "$raw"
		[ "$qemu" = no ] && continue
		# Through the overlay's own statement of what it is over.
		v2v-overlay <doc >overlaid
		qemu-img compare -q -f qcow2 -F raw "$(jq -r '.overlays[0].file' overlaid)" "$raw"
	done <"$CHAINS/list"
	valid all
	[ "$(wc -l <all)" -ge 20 ]
	jq -se 'map(.source.disks[0].layers | length) | (min >= 2 and max == 33)' all
}

@test "layers and extents are in the document; an estimate measures what the layers have together" {
	v2v-unpack --name m --backing-chain "$CHAINS/mixed/"mixed-000003.vmdk >doc
	jq -e --arg dir "$CHAINS/mixed" '.source.disks[0] | .file == "\($dir)/mixed-000003.vmdk" and .format == "vmdk" and
		.subformat == "seSparse" and .backing_chain and ([.layers[] | .extents | map(.format) | unique] ==
		[["sesparse"], ["cowd"], ["vmdk"], ["raw"]]) and (.layers[2].extents | length == 4) and
		.layers[3].file == "\($dir)/mixed.vmdk" and .layers[3].extents[0].file == "\($dir)/mixed-000000-flat.vmdk"' doc
	v2v-estimate --measure -o out <doc >estimated
	v2v-copy -o out <doc >copied
	# holes of the file have no blocks
	jq -se '.[1].targets[0].actual_size as $blocks | $blocks > 0 and $blocks <= .[0].targets[0].estimated_size' estimated copied ||
		{ jq -s 'map(.targets[0])' estimated copied; false; }
	[ "$(jq '.targets[0].estimated_size' estimated)" -eq "$(stat -c %s out/m-sda.qcow2)" ]
}

@test "without --backing-chain a difference is refused, and so is its bare extent" {
	run -1 --separate-stderr v2v-unpack "$CHAINS/flat-cowd/flat-cowd-000001.vmdk"
	refused difference
	run -1 --separate-stderr v2v-unpack --backing-chain "$CHAINS/flat-cowd/flat-cowd-000001-delta.vmdk"
	refused difference
	run -1 --separate-stderr v2v-unpack "$CHAINS/qcow2-over-raw/top.qcow2"
	refused --backing-chain
}

@test "a parent that was written later, or is of another size, is refused with both names" {
	top=$(take flat-cowd-cowd)
	sed -i 's/^CID=.*/CID=00000001/' x/flat-cowd-cowd-000001.vmdk
	refuses "$top" flat-cowd-cowd-000001.vmdk "$top"
	rm -r x
	top=$(take flat-cowd)
	sed -i 's/^RW 6149 /RW 6148 /' x/flat-cowd.vmdk
	refuses "$top" x/flat-cowd.vmdk "$top"
}

@test "no name leads out of the folder: upwards, from the root, by a link, by a protocol" {
	top=$(take flat-cowd)
	cp x/flat-cowd.vmdk x/flat-cowd-000000-flat.vmdk .
	for name in ../flat-cowd.vmdk "$PWD/flat-cowd.vmdk" http://host/flat-cowd.vmdk sub/../../flat-cowd.vmdk json:{} link.vmdk \
		dir/flat-cowd.vmdk fifo; do
		rm -rf x
		take flat-cowd
		ln -s ../flat-cowd.vmdk x/link.vmdk
		ln -s .. x/dir
		mkfifo x/fifo
		sed -i "s|^parentFileNameHint=.*|parentFileNameHint=\"$name\"|" "x/$top"
		refuses "$top" "names '$name'"
	done
	rm -rf x
	take flat-cowd
	sed -i 's|"flat-cowd-000001-delta.vmdk"|"../flat-cowd-000000-flat.vmdk"|' "x/$top"
	refuses "$top" "names '../flat-cowd-000000-flat.vmdk'"
}

@test "a hint that only qemu would see, a loop and a chain that is too long are refused" {
	top=$(take flat-cowd)
	sed -i '1a # parentFileNameHint="secret.vmdk"' "x/$top"
	refuses "$top" "names its parent twice"
	rm -r x
	top=$(take flat-cowd-cowd)
	cid=$(sed -n 's/^CID=//p' "x/$top")
	sed -i "s/^parentCID=.*/parentCID=$cid/; s/^CID=.*/&\nparentFileNameHint=\"$top\"/" x/flat-cowd-cowd.vmdk
	refuses "$top" "is its own parent"
	rm -r x
	top=$(take deepest)
	sed "s/^RW .*/$(sed -n '/^RW/p' x/deepest-000001.vmdk | sed 's/000001-delta/000099-delta/')/
		s/^parentCID=.*/parentCID=$(sed -n 's/^CID=//p' "x/$top")/; s/^parentFileNameHint=.*/parentFileNameHint=\"$top\"/" \
		"x/$top" >x/more.vmdk
	cp x/deepest-000001-delta.vmdk x/deepest-000099-delta.vmdk
	refuses more.vmdk "more than 33 layers"
}

@test "a file that is in two layers, also in two that follow each other, is refused" {
	qemu-img create -q -f qcow2 own.qcow2 1M
	qemu-img rebase -u -f qcow2 -F qcow2 -b own.qcow2 own.qcow2
	run -1 --separate-stderr v2v-unpack --name m --backing-chain own.qcow2
	refused "is its own parent"
	top=$(take flat-cowd)
	sed -i '/^RW/s/.*/RW 6149 VMFSSPARSE "flat-cowd-000001-delta.vmdk"/; s/"vmfs"/"vmfsSparse"/' x/flat-cowd.vmdk
	refuses "$top" "share a file"
	sed -i '/^RW/s/.*/RW 6149 VMFS "flat-cowd.vmdk"/; s/"vmfsSparse"/"vmfs"/' x/flat-cowd.vmdk
	refuses "$top" "names itself"
}

@test "extents that qemu would not read as we do are refused" {
	top=$(take flat-cowd)
	cp x/flat-cowd.vmdk before
	long=$(printf 'd/%.0s' {1..252})
	mkdir -p "x/$long"
	cp x/flat-cowd-000000-flat.vmdk "x/$long/disk.vmdk"
	while IFS= read -r change; do
		echo "$change"
		sed "$change" before >x/flat-cowd.vmdk
		refuses "$top" "'$PWD/x/flat-cowd.vmdk'" "qemu would not read"
	done <<-END
		s/^RW/RDONLY/
		s/^RW/rw/
		s/^RW/\n&/
		s/"flat-cowd-000000-flat.vmdk"/flat-cowd-000000-flat.vmdk/
		s|"flat-cowd-000000-flat.vmdk"|"$long/disk.vmdk"|
		s/^RW 6149/RW 8 ZERO\nRW 6141/
	END
	# Zeros at the end are the same to it.
	sed 's/^RW 6149.*/RW 6141 VMFS "flat-cowd-000000-flat.vmdk"\nRW 8 ZERO/' before >x/flat-cowd.vmdk
	v2v-unpack --name m --backing-chain "x/$top" | jq -e '.source.disks[0].layers[1].extents | length == 2'
}

@test "a layer of nothing but zeros, and a raw one that ends within a sector" {
	top=$(take flat-cowd)
	sed -i 's/^RW.*/RW 6149 ZERO/' x/flat-cowd.vmdk
	v2v-unpack --name m --backing-chain "x/$top" >doc
	v2v-copy -f raw -o out <doc >copied
	v2v-overlay <doc >overlaid
	qemu-img compare -q -F raw -f qcow2 "$(jq -r '.overlays[0].file' overlaid)" out/m-sda
	# The layer by itself.
	v2v-unpack --name m --backing-chain x/flat-cowd.vmdk | v2v-copy --force -f raw -o out >copied
	cmp out/m-sda <(head -c $((6149 * 512)) /dev/zero)
	head -c $((100 * 512 + 7)) /dev/urandom >base.raw
	qemu-img create -q -f qcow2 -F raw -b base.raw top.qcow2
	v2v-unpack --name m --backing-chain top.qcow2 | v2v-copy --force -f raw -o out >copied
	qemu-img convert -f qcow2 -O raw top.qcow2 want
	cmp out/m-sda want
}

@test "a VHD below a qcow2, whose size qemu takes from its geometry, is refused" {
	qemu-img create -q -f vpc base.vhd 3M
	qemu-img create -q -f qcow2 -F vpc -b base.vhd top.qcow2 3M
	run -1 --separate-stderr v2v-unpack --name m --backing-chain top.qcow2
	refused "is a VHD below"
}

@test "what ESXi did not close cleanly is refused: a journal to replay, an inconsistent extent" {
	top=$(take flat-sesparse)
	printf '\1' | dd of=x/flat-sesparse-000001-sesparse.vmdk bs=1 seek=536 conv=notrunc status=none
	refuses "$top" "not closed cleanly"
	rm -r x
	top=$(take flat-cowd)
	printf '\7' | dd of=x/flat-cowd-000001-delta.vmdk bs=1 seek=8 conv=notrunc status=none
	refuses "$top" inconsistent
}

@test "each step reads the chain anew: what the document says otherwise, or was changed since, is refused" {
	top=$(take flat-cowd-cowd)
	v2v-unpack --name m --backing-chain "x/$top" >doc
	v2v-overlay <doc >overlaid
	for change in 'del(.layers[1])' '.layers[2].extents[0].file = "/etc/hostname"' '.layers[1].virtual_size += 512' \
		'.backing_chain = false' '.layers[1] = .layers[0]'; do
		jq -c "(.source.disks[0] | .) |= ($change)" doc >changed
		run -1 --separate-stderr pipe 'v2v-copy --force -o out <changed'
		refused layer
		[ -z "$(ls out)" ]
	done
	sed -i 's/^parentCID=.*/parentCID=00000007/' x/flat-cowd-cowd-000001.vmdk
	run -1 --separate-stderr pipe 'v2v-copy -o out <overlaid'
	refused "is not what"
}

# The machine "m" of the chain $1 in ./x: x/m.vmx with the disk $2, and its snapshots.
machine() {
	take "$1" >/dev/null
	cat >x/m.vmx <<-EOF
		.encoding = "UTF-8"
		config.version = "8"
		displayName = "m"
		memSize = "512"
		guestOS = "debian12-64"
		scsi0.present = "TRUE"
		scsi0.virtualDev = "pvscsi"
		scsi0:0.present = "TRUE"
		scsi0:0.fileName = "$2"
	EOF
	cat >x/m.vmsd <<-EOF
		.encoding = "UTF-8"
		snapshot.lastUID = "7"
		snapshot.current = "7"
		snapshot0.uid = "1"
		snapshot0.displayName = "before the update"
		snapshot0.numDisks = "1"
		snapshot0.disk0.fileName = "$1.vmdk"
		snapshot0.disk0.node = "scsi0:0"
		snapshot1.uid = "7"
		snapshot1.displayName = "1"
		snapshot1.numDisks = "1"
		snapshot1.disk0.fileName = "$1-000001.vmdk"
		snapshot1.disk0.node = "scsi0:0"
		snapshot.numSnapshots = "2"
	EOF
}

@test "a VMX has its disks in layers; --snapshot takes those of a snapshot, by name or ID, and knows no other" {
	machine flat-cowd-cowd flat-cowd-cowd-000002.vmdk
	v2v-unpack x/m.vmx >doc
	v2v-copy -f raw -o out <doc >copied
	cmp out/m-sda "$CHAINS/flat-cowd-cowd/raw"
	jq -e '.source.disks[0] | .layers | length == 3' doc
	v2v-unpack --snapshot 7 x/m.vmx >second
	jq -e '.source.disks[0] | (.layers | length) == 2 and (.file | endswith("/x/flat-cowd-cowd-000001.vmdk"))' second
	v2v-unpack --snapshot 1 x/m.vmx | jq -c .source.disks | cmp - <(jq -c .source.disks second)
	v2v-unpack --snapshot 'before the update' x/m.vmx >base
	jq -e '.source.disks[0] | has("layers") == false and .format == "raw" and (.file | endswith("-flat.vmdk"))' base
	cat doc second base >all
	valid all
	run -1 --separate-stderr v2v-unpack --snapshot after x/m.vmx
	refused "no snapshot 'after' (there are: 'before the update (1)', '1 (7)')"
	rm x/m.vmsd
	run -1 --separate-stderr v2v-unpack --snapshot 1 x/m.vmx
	refused m.vmsd
	run -1 --separate-stderr v2v-unpack --snapshot 1 x/flat-cowd-cowd.vmdk
	refused "only a VMX"
}

@test "--print has the size of a disk in layers; a list of snapshots is found in an archive too" {
	machine flat-cowd-cowd flat-cowd-cowd-000002.vmdk
	v2v-unpack --print x/m.vmx >said
	grep -q 'flat-cowd-cowd-000002.vmdk, vmdk vmfsSparse, 3.0 MiB' said
	tar -C x -czf m.tgz .
	v2v-unpack --snapshot 'before the update' m.tgz >doc
	jq -e '.source.disks[0] | .format == "raw" and .virtual_size == 6149 * 512' doc
}
