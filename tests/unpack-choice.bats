#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# v2v-unpack where there is nothing to read, or a choice: what it says is there, and what to do.

load helper

setup() {
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR"
	cd "$BATS_TEST_TMPDIR" || return
}

# An OVF of one raw disk: $1 its file, $2 the disk's, $3 the machine's name.
ovf() {
	cat >"$1" <<-END
	<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">
	  <References><File ovf:href="$2" ovf:id="f1"/></References>
	  <DiskSection><Disk ovf:capacity="1" ovf:capacityAllocationUnits="byte * 2^20" ovf:diskId="d1" ovf:fileRef="f1"/></DiskSection>
	  <VirtualSystem ovf:id="m"><Name>$3</Name><VirtualHardwareSection>
	    <Item><HostResource>ovf:/disk/d1</HostResource><InstanceID>2</InstanceID><ResourceType>17</ResourceType></Item>
	  </VirtualHardwareSection></VirtualSystem>
	</Envelope>
	END
}

# A folder of the files named, empty ones, and a tar, a compressed tar and a zip of it.
containers() {
	rm -rf box box.*
	mkdir box
	for file; do
		mkdir -p "box/$(dirname "$file")"
		: >"box/$file"
	done
	tar -C box -cf box.tar .
	tar -C box -czf box.tgz .
	(cd box && /usr/bin/python3 -m zipfile -c ../box.zip ./*)
}

@test "--ovf chooses one of several descriptors, and its manifest" {
	mkdir two two/sub
	truncate -s 1M two/a.img two/b.img two/sub/c.img
	ovf two/a.ovf a.img first
	ovf two/b.ovf b.img second
	ovf two/sub/c.ovf c.img third
	# Each has its own; that of another does not matter.
	(cd two && sha256sum a.ovf a.img >a.mf && sha256sum b.ovf b.img | sed 's/[0-7]/8/g' >b.mf)
	tar -C two -cf two.ova .
	tar -C two -cJf two.txz b.mf b.img a.img a.mf b.ovf a.ovf sub/c.img sub/c.ovf
	(cd two && /usr/bin/python3 -m zipfile -c ../two.zip ./*)
	for ova in two two.ova two.txz two.zip; do
		echo "$ova"
		run -1 --separate-stderr v2v-unpack $ova
		refused "3 .ovf files are in it"
		for name in a.ovf b.ovf sub/c.ovf; do
			[[ $stderr == *"'$name'"* ]]
		done
		[[ $stderr == *--ovf* ]]
		[ "$(v2v-unpack --ovf a.ovf $ova | jq -r .source.name)" = first ]
		run -1 --separate-stderr v2v-unpack --ovf b.ovf $ova
		refused "the SHA256 of 'b.ovf' is not the manifest's"
		[ "$(v2v-unpack --no-verify --ovf ./b.ovf $ova | jq -r .source.name)" = second ]
		for name in sub/c.ovf c.ovf; do
			v2v-unpack --ovf $name $ova >doc.json
			jq -e '.source.name == "third"' doc.json
			jq -e '.warnings[0].code == "manifest-absent"' doc.json
		done
		for name in d.ovf A.OVF a.img a.mf a .ovf '' / ../a.ovf ../../x /two/a.ovf sub; do
			run -1 --separate-stderr v2v-unpack --ovf "$name" $ova
			refused "no .ovf '$name' is in it, but '"
		done
	done
	# Other texts of the archive are not manifests.
	mkdir texts
	cp two/a.* two/b.ovf two/b.img texts
	touch texts/a.vmx texts/b.vmsd texts/metadata.json
	v2v-unpack --ovf a.ovf texts >doc.json
	tar -C texts -cf texts.ova .
	v2v-unpack --ovf a.ovf texts.ova | jq -e '.source.name == "first" and .warnings == []'
	# Beside one that is named itself no other counts.
	[ "$(v2v-unpack two/a.ovf | jq -r .source.name)" = first ]
	[ "$(v2v-unpack --ovf a.ovf two/a.ovf | jq -r .source.name)" = first ]
	run -1 --separate-stderr v2v-unpack --ovf b.ovf two/a.ovf
	refused "no .ovf 'b.ovf' is in it, but 'a.ovf'"
	# These tell two of one name in two folders apart.
	cp two/a.ovf two/a.img two/sub
	[ "$(v2v-unpack --ovf sub/a.ovf two | jq -r '.source.disks[0].file')" = "$PWD/two/sub/a.img" ]
	[ "$(v2v-unpack --ovf a.ovf two | jq -r '.source.disks[0].file')" = "$PWD/two/a.img" ]
	mkdir deep
	mv two/a.ovf deep/
	mv deep two/
	run -1 --separate-stderr v2v-unpack --ovf a.ovf two
	refused "'deep/a.ovf'"
}

@test "without an .ovf, what is there is named and what to do" {
	while IFS='|' read -r files word what; do
		# shellcheck disable=SC2086 # a list
		containers $files
		for ova in box box.tar box.tgz box.zip; do
			echo "$ova of $files"
			run -1 --separate-stderr v2v-unpack $ova
			refused "'$PWD/$ova'"
			[[ $stderr == *"$word"*"$what"* ]] || { echo "$stderr"; false; }
		done
	done <<-'END'
	vm.VMCX a.vhdx|'vm.VMCX'|Hyper-V
	readme.txt x.ova a.pvs|'x.ova'|an OVA
	ova.xml Ref:1/0|'ova.xml'|XenServer
	Vagrantfile box.img other.img|'Vagrantfile'|Vagrant
	oci-layout index.json|'oci-layout'|nothing to convert
	a.QCOW2 b.img c.txt|'a.QCOW2'|a disk image
	a b c d e f g|and 2 more|
	END
	run -1 --separate-stderr v2v-unpack box
	[[ $stderr != *"unpack it"* ]]
	mkdir empty
	run -1 --separate-stderr v2v-unpack empty
	refused "no .ovf, .vmx or .vbox is in it, but nothing"
}

@test "a disk that is not there: what is there is named, in bounds" {
	mkdir box
	truncate -s 1M box/t.vmdk box/other.iso
	ovf box/x.ovf T.VMDK one
	tar -C box -cf x.ova .
	tar -C box -cJf x.txz .
	for ova in box box/x.ovf x.ova x.txz; do
		run -1 --separate-stderr v2v-unpack $ova
		refused "the disk 'T.VMDK' is not in it"
		[[ $stderr == *"but 't.vmdk' (upper and lower case differ)" ]]
	done
	ovf box/x.ovf gone.vmdk one
	for i in {1..200}; do
		: >"box/$(printf 'a%.0s' {1..100})$i-é"
	done
	run -1 --separate-stderr v2v-unpack box
	refused "the disk 'gone.vmdk' is not in it"
	[[ $stderr == *" more" ]]
	[ "${#stderr}" -lt 500 ]
	run -1 --separate-stderr v2v-unpack --messages=json box
	jq -e '.code == "ova-missing-disk"' <<<"$stderr"
}

@test "--memory takes binary units in any spelling" {
	truncate -s 1M disk.raw
	for size in 4G 4g 4GB 4gb 4GiB 4gib 4096M 4096MB 4096MiB 4194304k 4194304KB 4294967296; do
		echo "$size"
		[ "$(v2v-unpack --memory $size disk.raw | jq .source.memory)" = 4294967296 ]
	done
	[ "$(v2v-unpack --memory 2TiB disk.raw | jq .source.memory)" = 2199023255552 ]
}
