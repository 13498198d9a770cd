#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# v2v-unpack on every container and every form of a disk: the disk that comes out is the disk that went in.

load helper
load ovas

# Nothing of $1's was unpacked: its disk is read in the file itself.
in_place() {
	jq -e --arg f "$ovas/$1" '.file == $f and .offset > 0' disk.json
}

@test "tar of any kind: read in place, wherever the OVF is, with macOS' companions" {
	for ova in ustar pax gnu v7 late-ovf subfolder mac; do
		echo "$ova"
		round_trip "$ovas/$ova.ova"
		in_place "$ova.ova"
	done
}

@test "tar compressed with gzip, xz, bzip2, zstd: only the disk is unpacked" {
	for ova in gzip xz bzip2 zstd pzstd late-ovf-xz v7-gzip; do
		echo "$ova"
		round_trip "$ovas/$ova.ova"
		jq -e '.workdir' doc.json
		jq -e '.offset == null and .subformat == "streamOptimized"' disk.json
	done
}

@test "zip: stored members are read in place, deflated ones unpacked" {
	round_trip "$ovas/zip-stored.ova"
	in_place zip-stored.ova
	round_trip "$ovas/zip-deflated.ova"
	jq -e '.offset == null' disk.json
}

@test "a folder, a folder in it, a lone OVF with its files beside it" {
	for ova in folder deep "with blank" folder/small.ovf "with blank/small.ovf"; do
		echo "$ova"
		round_trip "$ovas/$ova"
		jq -e '(.file | endswith("/disk.vmdk")) and .offset == null' disk.json
		jq -e '.workdir == null' doc.json
	done
}

@test "hrefs: percent-encoded, with blanks, not ASCII, in pax and in a compressed tar" {
	for ova in percent percent-gzip non-ascii non-ascii-zip latin1 latin1-gzip inner-dots inner-dots-gzip; do
		echo "$ova"
		round_trip "$ovas/$ova.ova"
	done
}

@test "a compressed disk, one in chunks, both, and the highest of a snapshot's" {
	for ova in disk-gzip chunks chunks-gzip chunks-disk-gzip snapshot; do
		echo "$ova"
		round_trip "$ovas/$ova.ova"
	done
	in_place snapshot.ova
}

@test "members with holes are unpacked with their holes" {
	for ova in sparse-gnu sparse-pax; do
		echo "$ova"
		v2v-unpack "$ovas/$ova.ova" >doc.json
		[ "$(du -k "$(jq -r '.source.disks[0].file' doc.json)" | cut -f1)" -lt 1000 ]
		rm -rf tmp/*
		round_trip "$ovas/$ova.ova"
	done
	round_trip "$ovas/raw.ova"
}

@test "VMDKs of every kind: one flat file in place, several extents joined" {
	for ova in monolithicSparse monolithicFlat twoGbMaxExtentFlat; do
		echo "$ova"
		round_trip "$ovas/$ova.ova"
		in_place "$ova.ova"
		jq -e --arg s "$ova" '.subformat == $s' disk.json
	done
	for ova in monolithicFlat-gzip twoGbMaxExtentFlat-gzip twoGbMaxExtentSparse \
		twoGbMaxExtentSparse-gzip; do
		echo "$ova"
		round_trip "$ovas/$ova.ova"
		jq -e '.format == "raw" and (.subformat | test("^(monolithic|twoGb)"))' disk.json
	done
}

@test "a VMDK descriptor named itself is read with its extents beside it" {
	for s in monolithicFlat twoGbMaxExtentFlat twoGbMaxExtentSparse; do
		echo "$s"
		round_trip "$ovas/$s/disk.vmdk"
		jq -e --arg s "$s" '.format == "raw" and .subformat == $s' disk.json
	done
	round_trip "$ovas/monolithicFlat/disk.vmdk"
	jq -e '.file | endswith("/monolithicFlat/disk-flat.vmdk")' disk.json
	# As ESXi writes it, and through a link of the user's own.
	mkdir vmfs
	cp --sparse=always "$ovas/disk.raw" vmfs/disk-flat.vmdk
	printf '%s\n' 'version=1 ' 'parentCID=ffffffff ' 'createType="vmfs" ' 'RW 16384 VMFS "disk-flat.vmdk" ' >vmfs/disk.vmdk
	ln -s vmfs/disk.vmdk link.vmdk
	v2v-unpack link.vmdk | jq -e --arg f "$PWD/vmfs/disk-flat.vmdk" '.source.disks[0] | .file == $f and .subformat == "vmfs"'
	rm vmfs/disk-flat.vmdk
	ln -s "$ovas/disk.raw" vmfs/disk-flat.vmdk
	run -1 --separate-stderr v2v-unpack vmfs/disk.vmdk
	refused "not a regular file in the same directory"
	nothing_left "$TMPDIR"
}

@test "several descriptors are the disks of one machine, in one work directory" {
	v2v-unpack "$ovas/twoGbMaxExtentSparse/disk.vmdk" "$ovas/disk.raw" "$ovas/twoGbMaxExtentFlat/disk.vmdk" "$ovas/monolithicFlat/disk.vmdk" >doc.json
	valid doc.json
	jq -e '[.source.disks[].id] == [0, 1, 2, 3]' doc.json
	v2v-copy -f raw -o out <doc.json >/dev/null
	for disk in out/*-sd[a-d]; do
		cmp "$disk" "$ovas/disk.raw"
	done
	nothing_left "$TMPDIR"
	# What was joined goes when a later disk is refused.
	printf '%s\n' 'version=1' 'createType="vmfs"' 'RW 1 VMFS "gone"' >gone.vmdk
	run -1 --separate-stderr v2v-unpack "$ovas/twoGbMaxExtentSparse/disk.vmdk" gone.vmdk
	refused "gone"
	nothing_left "$TMPDIR"
}

@test "a descriptor's encoding decides what its extents are called" {
	for encoding in windows-1252:CP1252:Grün GBK:GBK:磁盘 Shift_JIS:CP932:表示 UTF-16:UTF-16:Grün; do
		IFS=: read -r stated iconv name <<<"$encoding"
		cp "$ovas/disk.raw" "$name-flat.vmdk"
		printf '%s\n' '# by a host of that language' version=1 "encoding=\"$stated\"" 'parentCID=ffffffff' \
			'createType="monolithicFlat"' "RW 16384 FLAT \"$name-flat.vmdk\" 0" |
			iconv -t "$iconv" >disk.vmdk
		v2v-unpack disk.vmdk | jq -e --arg n "/$name-flat.vmdk" '.source.disks[0].file | endswith($n)'
	done
	sed 's/UTF-16/klingon/' <(iconv -f UTF-16 disk.vmdk) >other.vmdk
	run -1 --separate-stderr v2v-unpack other.vmdk
	refused "unknown encoding 'klingon'"
}

@test "a snapshot's difference is named as one, whatever is given of it" {
	mkdir snapshot
	printf '%s\n' '# Disk DescriptorFile' version=1 CID=1 parentCID=67480cab 'createType="seSparse"' \
		'parentFileNameHint="disk.vmdk"' 'RW 16384 SESPARSE "disk-000001-sesparse.vmdk"' >snapshot/disk-000001.vmdk
	printf '\276\272\376\312\0\0\0\0' >snapshot/disk-000001-sesparse.vmdk
	printf 'COWD' >snapshot/disk-000001-delta.vmdk
	qemu-img create -q -f vmdk -b "$ovas/raw/sparse.vmdk" -F vmdk snapshot/disk-000002.vmdk
	truncate -s 64K snapshot/disk-000001-*
	for f in snapshot/*; do
		echo "$f"
		run -1 --separate-stderr v2v-unpack "$f"
		refused "snapshot's difference"
		run -1 --separate-stderr v2v-unpack --format=vmdk "$f"
		refused "snapshot's difference"
	done
}

@test "a file whose name no document can hold is refused" {
	cp "$ovas/ustar.ova" $'\xff.ova'
	run -1 --separate-stderr v2v-unpack $'\xff.ova'
	refused "UTF-8"
	cp "$ovas/ustar.ova" $'\xc3\xbf.ova'
	v2v-unpack $'\xc3\xbf.ova' >doc.json
	valid doc.json
}

@test "qcow2, vhd, vhdx and vdi, recognized by their headers" {
	for ova in qcow2 vhd vhdx vdi; do
		echo "$ova"
		round_trip "$ovas/$ova.ova"
		in_place "$ova.ova"
		jq -e --arg f "$ova" '.format == $f and .virtual_size == 8388608' disk.json
	done
}

@test "a manifest in any spelling is checked, its own line is not, what it leaves out is reported" {
	cp -r "$ovas/in" m
	cd m
	sum=$(sha256sum disk.vmdk | cut -c1-64)
	other=${sum//[0-7]/8}
	# Before the disk and behind it, packed and not: the digest is known when it passes by, or later.
	pack() {
		tar -cf plain.ova small.ovf small.mf disk.vmdk
		tar -cf late.ova disk.vmdk small.ovf small.mf
		gzip -kf plain.ova
		zstd -qf late.ova
	}
	for line in "SHA2-256(disk.vmdk)= SUM" "sha2_256 (DISK.VMDK) = SUM" "SUM *disk.vmdk" 'SHA-256(".\disk.vmdk")= SUM'; do
		printf '%s\n%s\n' "SHA256(small.ovf)= $(sha256sum small.ovf | cut -c1-64)" "${line/SUM/$sum}" >small.mf
		pack
		for ova in plain.ova late.ova plain.ova.gz late.ova.zst; do
			echo "$line in $ova"
			run -0 --separate-stderr v2v-unpack $ova
			[ -z "$stderr" ]
		done
		sed -i "s/$sum/$other/" small.mf
		pack
		for ova in . small.ovf plain.ova late.ova plain.ova.gz late.ova.zst; do
			run -1 --separate-stderr v2v-unpack $ova
			refused "the SHA256 of 'disk.vmdk' is not the manifest's"
			[[ $stderr == *--no-verify* ]]
			v2v-unpack --no-verify $ova
		done
	done
	for bits in 1 384 512; do
		printf 'SHA2-%s(disk.vmdk)= %s\n' "$bits" "$("sha${bits}sum" disk.vmdk | cut -d' ' -f1 | tr '[:lower:]' '[:upper:]')" >small.mf
		sed -i 's/SHA2-1(/SHA-1(/' small.mf
		echo "SHA256(small.mf)= $sum" >>small.mf
		pack
		for ova in . plain.ova plain.ova.gz late.ova.zst; do
			v2v-unpack $ova >doc.json 2>/dev/null
			jq -c .warnings doc.json
			jq -e '[.warnings[].code] == ["manifest-self", "manifest-incomplete"]' doc.json
			jq -e '.warnings[1].text | contains("'"'small.ovf'"'") and (contains("disk.vmdk") | not)' doc.json
		done
	done
	# A disk's extents count as well.
	cd "$ovas"
	cp -r twoGbMaxExtentFlat "$BATS_TEST_TMPDIR/e"
	cd "$BATS_TEST_TMPDIR/e"
	sha256sum x.ovf disk.vmdk >x.mf
	v2v-unpack x.ovf 2>/dev/null >doc.json
	jq -e '.warnings[0] | .code == "manifest-incomplete" and (.text | contains("'"'disk-f001.vmdk'"'"))' doc.json
	sha256sum x.ovf disk*.vmdk >x.mf
	run -0 --separate-stderr v2v-unpack .
	[ -z "$stderr" ]
	printf x | dd of=disk-f001.vmdk bs=1 seek=9999 conv=notrunc status=none
	run -1 --separate-stderr v2v-unpack .
	refused "'disk-f001.vmdk' is not the manifest's"
}

@test "a compressed OVA or disk without a manifest is checked by the sums that are in it" {
	tar -C "$ovas/in" -cf plain.tar small.ovf disk.vmdk
	for c in gzip bzip2 xz zstd; do
		$c -c <plain.tar >whole
		for cut in 1 5 9 30 1000; do
			echo "$c, $cut bytes are missing"
			head -c "-$cut" whole >x.ova
			run -1 --separate-stderr v2v-unpack x.ova
			refused "'$PWD/x.ova' is damaged or cut off: "
		done
		cp whole x.ova
		printf 'and more' >>x.ova
		run -1 --separate-stderr v2v-unpack x.ova
		refused "damaged"
	done
	gzip -c <plain.tar >x.ova
	printf '\0\0\0\0' | dd of=x.ova bs=1 seek=$(($(stat -c %s x.ova) - 8)) conv=notrunc status=none
	run -1 --separate-stderr v2v-unpack x.ova
	refused "incorrect data check"
	cp -r "$ovas/gz" .
	rm gz/x.mf
	v2v-unpack gz >doc.json
	printf '\0\0\0\0' | dd of=gz/disk.vmdk.gz bs=1 seek=$(($(stat -c %s gz/disk.vmdk.gz) - 8)) conv=notrunc status=none
	run -1 --separate-stderr v2v-unpack gz
	refused "'disk.vmdk.gz' is damaged or cut off: incorrect data check"
	rm -r "$(jq -r .workdir doc.json)"
	nothing_left "$TMPDIR"
}

@test "no room for the unpacked disk is said before anything is written" {
	mkdir small
	mount -t tmpfs -o size=64k none small 2>/dev/null || skip "no tmpfs can be mounted"
	TMPDIR=$PWD/small run -1 --separate-stderr v2v-unpack "$ovas/gzip.ova"
	umount small
	refused "room"
}

@test "--format says that a file is a disk, of whatever size" {
	head -c 1000001 "$ovas/disk.raw" >odd.raw
	printf x >>odd.raw
	run -1 --separate-stderr v2v-unpack odd.raw
	refused "neither"
	v2v-unpack --format=raw odd.raw >doc.json
	mkdir odd
	v2v-copy -o odd <doc.json >done.json
	qemu-img compare -q -f qcow2 -F raw odd/odd-sda.qcow2 odd.raw
}

@test "an unpacked disk goes where its document cannot be written" {
	mkdir made
	TMPDIR=$PWD/made run -1 --separate-stderr bash -c 'v2v-unpack "$1" >/dev/full' - "$ovas/gzip.ova"
	refused "No space left"
	nothing_left "$PWD/made"
}

@test "--vm chooses one of several machines, by its name or its id" {
	mkdir several
	cp "$ovas/in/disk.vmdk" several/a.vmdk
	cp "$ovas/in/disk.vmdk" several/b.vmdk
	/usr/bin/python3 - "$ovas/in/small.ovf" several/x.ovf <<-'END'
	import re, sys
	text = open(sys.argv[1]).read()
	machine = re.search(r"<VirtualSystem .*</VirtualSystem>", text, re.S).group(0)
	second = machine.replace("small", "other").replace("disk/d1", "disk/d2").replace("<Name>other", "<Name>The other")
	text = text.replace(machine, "<VirtualSystemCollection ovf:id='c'><Info/>%s%s</VirtualSystemCollection>" % (machine, second))
	disk = re.search(r"<Disk .*?/>", text).group(0)
	text = text.replace(disk, disk + disk.replace("d1", "d2").replace("f1", "f2"))
	file = re.search(r"<File .*?/>", text).group(0).replace("disk.vmdk", "a.vmdk")
	text = re.sub(r"<File .*?/>", file + file.replace("a.vmdk", "b.vmdk").replace("f1", "f2"), text)
	open(sys.argv[2], "w").write(text)
	END
	tar -C several -czf several.tar.gz x.ovf a.vmdk b.vmdk
	v2v-unpack several.tar.gz >doc.json
	valid doc.json
	[ "$(jq -r .source.name doc.json)" = "small
The other" ]
	[ "$(jq -r .workdir doc.json | sort -u | wc -l)" -eq 2 ]
	v2v-copy -o out -f raw <doc.json >/dev/null
	cmp "out/small-sda" "$ovas/disk.raw"
	cmp "out/The other-sda" "$ovas/disk.raw"
	nothing_left "$TMPDIR"
	run -2 --separate-stderr v2v-unpack --name web several.tar.gz
	[ -z "$output" ]
	[[ $stderr == *"one name, 'web', for its 2 machines 'small', 'The other'"* ]]
	nothing_left "$TMPDIR"
	v2v-unpack --name web --vm other several | jq -e '.source.name == "web"'
	v2v-unpack --vm "The other" several.tar.gz >doc.json
	[ "$(jq -r .source.name doc.json)" = "The other" ]
	v2v-unpack --vm other several >doc.json
	jq -e '.source.disks[0].file | endswith("/b.vmdk")' doc.json
	# What is wrong with another machine does not matter.
	rm several/b.vmdk
	sed -i 's/<Disk \([^>]*diskId="d2"\)/<Disk ovf:parentRef="d1" \1/' several/x.ovf
	v2v-unpack --vm small several >doc.json
	run -1 --separate-stderr v2v-unpack several
	refused "difference"
	run -1 --separate-stderr v2v-unpack --vm third several
	refused "'small', 'The other'"
}
