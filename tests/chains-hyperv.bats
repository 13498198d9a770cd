#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Differences of VHDs and VHDXs over their parents: Hyper-V's checkpoints as they lie in a folder.  qemu reads none.

load helper

setup_file() {
	export CHAINS=$BATS_FILE_TMPDIR/chains
	mkdir "$CHAINS"
	# shellcheck disable=SC2154 # helper sets it
	/usr/bin/python3 -B "$tests_dir/copy/hyperv.py" "$CHAINS" >"$CHAINS/list"
}

setup() {
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR" "$BATS_TEST_TMPDIR/out"
	cd "$BATS_TEST_TMPDIR" || return
}

# A new chain in ./x, of the size $1 and the suffix $2, that the lines of Python on standard input make of "c".
chain() {
	rm -rf x
	{
		printf 'import pathlib, sys\nsys.path.insert(0, sys.argv[1])\nimport hyperv\nMIB = 1 << 20\n'
		printf 'c = hyperv.Chain(pathlib.Path("."), "x", %s, "%s")\n' "$1" "$2"
		cat
	} | /usr/bin/python3 -B - "$tests_dir/copy"
}

# v2v-unpack refuses the top of ./x, in a line with $2.
refuses() {
	run -1 --separate-stderr v2v-unpack --name m --backing-chain "$1"
	refused "$2"
}

@test "every chain is the disk that was written, through an overlay too; the writer's whole disks are what qemu-img reads" {
	while read -r name file raw; do
		echo "$name"
		v2v-unpack --name m --backing-chain "$file" >doc
		cat doc >>all
		v2v-copy --force -f raw -o out <doc >copied
		qemu-img compare -q -f raw -F raw out/m-sda "$raw"
		v2v-overlay <doc | v2v-copy --force -o out >copied
		qemu-img compare -q -f qcow2 -F raw out/m-sda.qcow2 "$raw"
		# qemu reads every zero of a VHDX.
		[ "$(stat -c %s "$raw")" -lt 1000000000 ] || continue
		base=$(jq -r '.source.disks[0].layers[-1] | "\(.format) \(.file)"' doc)
		v2v-unpack --name m "${base#* }" | v2v-copy --force -f raw -o out >copied
		driver=vhdx
		[[ $base == vhdx* ]] || driver=vpc,force_size_calc=current_size
		qemu-img compare -q --image-opts driver=raw,file.filename=out/m-sda "driver=$driver,file.filename=${base#* }"
	done <"$CHAINS/list"
	valid all
	[ "$(wc -l <all)" -eq 12 ]
	jq -se 'map(.source.disks[0].layers | (.[0].subformat == "differencing") and (length >= 2)) | all' all
}

@test "an estimate measures what the layers have together; a whole disk with --backing-chain has none" {
	v2v-unpack --name m --backing-chain "$CHAINS/vhdx/vhdx-1.vhdx" >doc
	v2v-estimate --measure -o out <doc >estimated
	v2v-copy -o out <doc >copied
	# Zeros that a block has are copied as none.
	[ "$(jq '.targets[0].estimated_size' estimated)" -ge "$(stat -c %s out/m-sda.qcow2)" ]
	for file in "$CHAINS"/vhdx/vhdx-0.vhdx "$CHAINS"/vhd-over-fixed/vhd-over-fixed-0.vhd; do
		v2v-unpack --name m --backing-chain "$file" | jq -e '.source.disks[0] | has("layers") == false'
	done
}

@test "without --backing-chain a difference is refused" {
	for file in "$CHAINS"/vhd/vhd-1.vhd "$CHAINS"/vhdx/vhdx-1.vhdx; do
		run -1 --separate-stderr v2v-unpack "$file"
		refused "--backing-chain reads both"
	done
}

@test "a parent that was written since, is another disk's, of another size or another format, or is not there, is refused" {
	for form in vhd vhdx; do
		chain '2 * MIB' "$form" <<<"c.$form(0.1).$form(0.1).$form(0.1)"
		mv "x/x-1.$form" middle
		cp "x/x-0.$form" "x/x-1.$form"
		refuses "x/x-2.$form" "x-1.$form' is not what"
		rm "x/x-1.$form"
		refuses "x/x-2.$form" "No such file"
		cp middle "x/x-1.$form"
		v2v-unpack --name m --backing-chain "x/x-2.$form" >doc
		qemu-img create -q -f qcow2 "x/x-0.$form" 2M
		refuses "x/x-2.$form" "'$PWD/x/x-0.$form' is the parent of"
		chain '2 * MIB' "$form" <<<"c.$form(0.1); c.size = MIB; c.$form(0.1)"
		refuses "x/x-1.$form" "is 1048576 bytes large"
	done
}

@test "no name leads out of the folder; an absolute one means what lies beside; a loop is refused" {
	chain '2 * MIB' vhd <<<'c.vhd(0.1).vhd(names=("x", {b"W2ru": "..\\x-0.vhd"}))'
	mv x/x-0.vhd .
	refuses x/x-1.vhd "names '../x-0.vhd': outside"
	chain '2 * MIB' vhdx <<<'c.vhdx(0.1).vhdx(words={"relative_path": "..\\x-0.vhdx"})'
	mv x/x-0.vhdx .
	refuses x/x-1.vhdx "names '../x-0.vhdx': outside"
	chain '2 * MIB' vhdx <<<'c.vhdx(0.1).vhdx(words={"volume_path": "\\\\?\\Volume{26A21BDA-A627-11D7-9931-806E6F6E6963}\\a\\x-0.vhdx"})'
	v2v-unpack --name m --backing-chain x/x-1.vhdx | jq -e '.source.disks[0].layers | length == 2'
	ln -sf ../x-0.vhdx x/x-0.vhdx
	refuses x/x-1.vhdx "not a regular file"
	# Its parent has its own ID, and is itself.
	chain '2 * MIB' vhd <<<'c.vhd(0.1).vhd(names=("x", {b"W2ru": ".\\x-1.vhd"}))'
	refuses x/x-1.vhd "is its own parent"
}

@test "bitmaps of a VHDX that are not there, outside the file, or over something else are refused" {
	chain '2 * MIB' vhdx <<<'c.vhdx(0.1).vhdx(0.1)'
	cp x/x-1.vhdx before
	# The entry behind those of a chunk's 4096 blocks; one of its blocks is at 4 MiB.
	while read -r entry said; do
		cp before x/x-1.vhdx
		/usr/bin/python3 -c 'import struct, sys; sys.stdout.buffer.write(struct.pack("<Q", int(sys.argv[1], 0)))' "$entry" |
			dd of=x/x-1.vhdx bs=8 seek=$((2 * 1024 * 1024 / 8 + 4096)) conv=notrunc status=none
		refuses x/x-1.vhdx "$said"
	done <<-END
		0 has no bitmap of its sectors
		0x600005 has no bitmap of its sectors
		0x40000006 has its bitmap outside the file
		0x400006 has its bitmap where something else is
	END
}

@test "qemu refuses an overlay over one, and does not take it for a whole disk; no document leaves the layers out" {
	for form in vhd vhdx; do
		v2v-unpack --name m --backing-chain "$CHAINS/$form/$form-1.$form" >doc
		v2v-overlay <doc >overlaid
		run -1 qemu-img convert -O raw "$(jq -r '.overlays[0].file' overlaid)" out/wrong
		[[ $output == *only-v2v-tools* ]]
		jq -c 'del(.source.disks[0].layers)' doc >changed
		for step in 'v2v-copy --force -o out' v2v-overlay v2v-inspect; do
			run -1 --separate-stderr pipe "$step <changed"
			refused "not those that the document says"
		done
	done
}

# The layers of the top of ./x that v2v-unpack finds.
layers() {
	v2v-unpack --name m --backing-chain "$1" | jq -r '.source.disks[0].layers[].file | ltrimstr("'"$PWD"'/")' | xargs
}

@test "a parent that lay in another folder is found beside its child, by each name of it; one with another ID is refused" {
	while read -r form names; do
		echo "$form $names"
		chain '2 * MIB' "$form" <<<"c.$form(0.1).$form(0.1, $names)"
		[ "$(layers "x/x-1.$form")" = "x/x-1.$form x/x-0.$form" ]
	done <<-'END'
		vhdx words={"relative_path": "..\\templates\\x-0.vhdx", "absolute_win32_path": "\\\\?\\C:\\templates\\x-0.vhdx"}
		vhdx words={"relative_path": "..\\templates\\x-0.vhdx"}
		vhdx words={"relative_path": "D:\\gone\\x-0.vhdx"}
		vhdx words={"relative_path": "", "absolute_win32_path": "C:\\t\\x-0.vhdx"}
		vhdx words={"relative_path": ".\\a.vhdx", "volume_path": "\\\\?\\Volume{1}\\b.vhdx", "absolute_win32_path": "C:\\x-0.vhdx"}
		vhd names=("gone.vhd", {b"W2ku": "C:\\templates\\x-0.vhd", b"W2ru": "..\\templates\\x-0.vhd"})
		vhd names=("gone.vhd", {b"W2ru": "..\\templates\\x-0.vhd"})
		vhd names=("x-0.vhd", {b"W2ku": "C:\\", b"W2ru": "E:\\gone.vhd"})
		vhd names=("x-0.vhd", {b"W2ku": "C:\\" + 2100 * "x", b"W2ru": "\ud800"})
	END
	chain '2 * MIB' vhdx <<<'c.vhdx(0.1).vhdx(0.1, words={"relative_path": "..\\t\\x-0.vhdx"}).vhdx(0.1)'
	cp x/x-2.vhdx x/x-0.vhdx
	refuses x/x-1.vhdx "x-0.vhdx' is not what"
}

@test "either ID of the parent does; without one of them it is another disk's" {
	zeros="{00000000-0000-0000-0000-000000000000}"
	own='"relative_path": ".\\x-0.vhdx"'
	chain '2 * MIB' vhdx <<<"c.vhdx(0.1).vhdx(words={$own, 'parent_linkage': '$zeros', 'parent_linkage2': '{%s}' % c.id})"
	[ "$(layers x/x-1.vhdx)" = 'x/x-1.vhdx x/x-0.vhdx' ]
	chain '2 * MIB' vhdx <<<"c.vhdx(0.1).vhdx(words={$own, 'parent_linkage2': '$zeros'})"
	[ "$(layers x/x-1.vhdx)" = 'x/x-1.vhdx x/x-0.vhdx' ]
	chain '2 * MIB' vhdx <<<"c.vhdx(0.1).vhdx(words={$own, 'parent_linkage': '$zeros', 'parent_linkage2': '$zeros'})"
	refuses x/x-1.vhdx "is not what"
}

@test "a parent's name may differ in upper and lower case, where one file alone is called so" {
	for form in vhd vhdx; do
		names=(names='("cäsar.vhd", {b"W2ru": ".\\cäsar.vhd"})' words='{"relative_path": ".\\cäsar.vhdx"}')
		[ "$form" = vhdx ] || unset 'names[1]'
		chain '2 * MIB' "$form" <<<"c.$form(0.1).$form(0.1, ${names[-1]})"
		mv "x/x-0.$form" "x/CÄSAR.$form"
		[ "$(layers "x/x-1.$form")" = "x/x-1.$form x/CÄSAR.$form" ]
		cp "x/CÄSAR.$form" "x/Cäsar.$form"
		refuses "x/x-1.$form" "2 files are called so but for upper and lower case"
		mv "x/Cäsar.$form" "x/cäsar.$form"
		[ "$(layers "x/x-1.$form")" = "x/x-1.$form x/cäsar.$form" ]
		cp "x/x-1.$form" "x/cäsar.$form"
		refuses "x/x-1.$form" "is not what"
	done
}

@test "a device has no VHD, VHDX or VMDK, with --backing-chain neither" {
	requires losetup
	chain '2 * MIB' vhd <<<'c.vhd(0.1)'
	cp x/x-0.vhd x.vhd
	chain '2 * MIB' vhdx <<<'c.vhdx(0.1)'
	cp x/x-0.vhdx x.vhdx
	qemu-img create -q -f vmdk x.vmdk 2M
	truncate -s %512 x.vmdk
	for form in vhd vhdx vmdk; do
		device=$(losetup --find --show --read-only "x.$form") || skip 'cannot make a loop device'
		run --separate-stderr v2v-unpack --name m --backing-chain --format "$form" "$device"
		losetup --detach "$device"
		refused "is a device, which has no $form image"
	done
}
