#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Disk images and OVAs in archives and compressed as a whole; and files that are nothing.

load helper
load ovas

# zip NAME FILE...: deflated, or stored where the name says so.
zip_of() {
	/usr/bin/python3 - "$@" <<-'END'
	import os, sys, zipfile
	how = zipfile.ZIP_STORED if "stored" in sys.argv[1] else zipfile.ZIP_DEFLATED
	with zipfile.ZipFile(sys.argv[1], "w", how) as out:
	    for name in sys.argv[2:]:
	        out.write(name, os.path.basename(name))
	END
}

@test "an image of each format, compressed in each way, is the disk that it holds" {
	cp "$ovas/disk.raw" disk.raw
	cp "$ovas/in/disk.vmdk" "$ovas/raw/sparse.vmdk" .
	for f in qcow2 vhd vhdx vdi; do
		cp "$ovas/$f/disk.img" "disk.$f"
	done
	qemu-img convert -q -f raw -O vpc -o subformat=fixed,force_size=on disk.raw fixed.vhd
	for image in disk.raw disk.vmdk sparse.vmdk disk.qcow2 disk.vhd disk.vhdx disk.vdi fixed.vhd; do
		echo "$image"
		gzip -k "$image"
		round_trip "$image.gz"
		[ "$(jq -r .source.name doc.json)" = "${image%.*}" ]
		jq -e '.workdir as $w | .source.disks[0].file | startswith($w)' doc.json
	done
	bzip2 -k disk.raw
	xz -k disk.qcow2
	zstd -q disk.vmdk
	for packed in disk.raw.bz2 disk.qcow2.xz disk.vmdk.zst; do
		echo "$packed"
		round_trip "$packed"
	done
	# its content tells, not its name
	cp disk.qcow2.xz disk.img
	round_trip disk.img
	round_trip --format qcow2 disk.qcow2.xz
	# a signature behind it, as OpenWrt has
	echo FWx0123456789 >>disk.raw.gz
	run -0 --separate-stderr round_trip disk.raw.gz
	[[ $stderr == *"warning: '$PWD/disk.raw.gz': what follows"* ]]
	# two disks of one machine
	v2v-unpack disk.raw.gz disk.qcow2 >doc.json
	jq -e '.source.disks | map(.format) == ["raw", "qcow2"]' doc.json
}

@test "an archive without a descriptor that holds one image is its machine" {
	cp "$ovas/disk.raw" disk.raw
	cp "$ovas/qcow2/disk.img" web.qcow2
	cp "$ovas/in/disk.vmdk" web.vmdk
	echo read me >README.txt
	tar -cf disk.tar disk.raw
	tar -czf disk.raw.tar.gz disk.raw
	tar -cf - README.txt web.qcow2 | xz >web.tar.xz
	zip_of web.zip README.txt web.vmdk
	zip_of stored.zip web.qcow2 README.txt
	cp disk.raw odd
	zip_of odd.zip odd
	for archive in disk.tar disk.raw.tar.gz web.tar.xz web.zip stored.zip odd.zip; do
		echo "$archive"
		round_trip "$archive"
	done
	v2v-unpack web.zip >doc.json
	jq -e '.source.name == "web" and .source.vcpus == 1' doc.json
	# holes of a disk stay holes
	truncate -s 600M disk.raw
	tar -cSzf sparse.tar.gz disk.raw
	v2v-unpack sparse.tar.gz >doc.json
	[ "$(du -k "$(jq -r '.source.disks[0].file' doc.json)" | cut -f1)" -lt 1000 ]
}

@test "an OVA in a zip is that OVA" {
	for how in deflated stored; do
		for ova in ustar late-ovf monolithicFlat twoGbMaxExtentSparse disk-gzip sparse-gnu raw; do
			echo "$how $ova"
			zip_of "$how.zip" "$ovas/$ova.ova"
			round_trip "$how.zip"
			[ "$(jq -r .source.name doc.json)" = small ]
		done
	done
	run -1 --separate-stderr v2v-unpack --vm none stored.zip
	refused "stored.zip"
	zip_of twice.zip stored.zip
	run -1 --separate-stderr v2v-unpack twice.zip
	refused "twice.zip"
	gzip -c "$ovas/ustar.ova" >ustar.ova.gz
	zip_of packed.zip ustar.ova.gz
	run -1 --separate-stderr v2v-unpack packed.zip
	refused "compressed"
	nothing_left "$TMPDIR"
}

@test "several images in an archive are not a machine, nor are those beside another description" {
	cp "$ovas/disk.raw" disk.raw
	cp "$ovas/in/disk.vmdk" disk.vmdk
	zip_of two.zip disk.raw disk.vmdk
	run -1 --separate-stderr v2v-unpack two.zip
	refused "'disk.vmdk', a disk image"
	: >x.pvs
	zip_of pvs.zip disk.vmdk x.pvs
	run -1 --separate-stderr v2v-unpack pvs.zip
	refused ".ovf"
	echo 'displayName = "x"' >x.vmx
	zip_of vmx.zip disk.vmdk x.vmx
	run -1 --separate-stderr v2v-unpack vmx.zip
	refused "the machine has no disk"
	nothing_left "$TMPDIR"
}

@test "a disk of an OVA that is compressed without a word of it is read, with a warning" {
	mkdir in
	gzip -c "$ovas/in/disk.vmdk" >in/disk.vmdk
	cp "$ovas/in/small.ovf" in/
	tar -C in -cf x.ova small.ovf disk.vmdk
	run -0 --separate-stderr round_trip x.ova
	[[ $stderr == *"warning: 'disk.vmdk' is compressed with gzip"* ]]
	jq -e '.warnings | any(.code == "compression-differs")' doc.json
}

@test "what is damaged, nested or blows up is refused, and nothing is left" {
	cp "$ovas/qcow2/disk.img" disk.qcow2
	gzip -k disk.qcow2
	size=$(stat -c %s disk.qcow2.gz)
	head -c $((size - 9)) disk.qcow2.gz >cut.qcow2.gz
	cp disk.qcow2.gz sum.qcow2.gz
	printf 'x' | dd of=sum.qcow2.gz bs=1 seek=$((size - 6)) conv=notrunc status=none
	xz -c disk.qcow2.gz >twice.qcow2.xz
	for f in cut.qcow2.gz sum.qcow2.gz twice.qcow2.xz; do
		run -1 --separate-stderr v2v-unpack "$f"
		refused "$f"
	done
	# A qcow2 of 1 MiB cannot be 100 MiB large; zeros may be what they are.
	qemu-img create -q -f qcow2 small.qcow2 1M
	truncate -s 100M small.qcow2
	gzip small.qcow2
	run -1 --separate-stderr v2v-unpack small.qcow2.gz
	refused "unpacks to more than"
	truncate -s 100M zeros.raw
	gzip zeros.raw
	v2v-unpack --name z zeros.raw.gz >doc.json
	jq -e '.source.disks[0].virtual_size == 104857600' doc.json
	v2v-copy -f raw -o out <doc.json >/dev/null
	# Nothing lies beside an unpacked image.
	qemu-img create -q -f qcow2 -b disk.qcow2 -F qcow2 over.qcow2
	gzip over.qcow2
	run -1 --separate-stderr v2v-unpack --backing-chain over.qcow2.gz
	refused "backing file"
	nothing_left "$TMPDIR"
}

@test "a file of unknown content is not taken for a raw disk just because nothing else fits" {
	truncate -s 1M zeros.raw
	for name in x.ova x.OVF x.vmdk x.qcow2 x.vhdx x.vhd x.vdi x.zip x.box x.ova.gz; do
		cp zeros.raw "$name"
		for tool in v2v-unpack v2v-inspect; do
			run -1 --separate-stderr "$tool" "$name"
			refused "'$name' is neither an OVA nor a disk image"
		done
	done
	gzip -c zeros.raw >x.ova.gz
	run -1 --separate-stderr v2v-unpack x.ova.gz
	refused "'x.ova.gz' is neither"
	for name in x.raw x.img x x-flat.vmdk sda; do
		cp zeros.raw "$name"
		v2v-unpack "$name" >doc.json
		jq -e '.source.disks[0].format == "raw"' doc.json
	done
	v2v-unpack --format raw x.ova >doc.json
	jq -e '.source.disks[0].format == "raw"' doc.json
	# Beneath an OVF that states no format, too.
	mkdir in
	sed 's/ovf:format="[^"]*"//' "$ovas/in/small.ovf" >in/small.ovf
	cp zeros.raw in/disk.vmdk
	run -1 --separate-stderr v2v-unpack in
	refused "'disk.vmdk'"
}

@test "a page that a download ended in, and a text, are called what they are" {
	page='<html><head><title>404 Not Found</title></head></html>'
	printf '\357\273\277\r\n <!DOCTYPE HTML PUBLIC "x">\r\n%s' "$page" >page.ova
	echo "$page" >page.vmdk
	printf '<!doctype html>%*s' 1009 '' >page.raw
	gzip -c page.ova >page.ova.gz
	zip_of page.zip page.vmdk
	for f in page.ova page.vmdk page.raw page.ova.gz page.zip; do
		run -1 --separate-stderr v2v-unpack "$f"
		refused "an HTML page, not an OVA"
	done
	run -1 --separate-stderr v2v-inspect --check page.ova
	refused "an HTML page, not an OVA"
	yes 'a line of text' | head -c 10240 >text.raw
	run -1 --separate-stderr v2v-unpack text.raw
	refused "a text"
	nothing_left "$TMPDIR"
}
