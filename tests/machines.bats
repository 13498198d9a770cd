#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# v2v-unpack of machines as they lie: VMware's folders, libvirt's XML, VirtualBox' .vbox, boxes of Vagrant.

load helper

setup() {
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR"
	cd "$BATS_TEST_TMPDIR" || return
}

# What a test of devices left.
teardown() {
	[ -s device ] || return 0
	umount mnt 2>/dev/null || true
	losetup --detach "$(cat device)"
}

# A folder web with the machine and one disk of 64 MiB: web.vmdk and web-flat.vmdk, as ESXi has them.
folder() {
	mkdir -p web
	small_disk web/web-flat.vmdk
	cat >web/web.vmdk <<-'END'
	# Disk DescriptorFile
	version=1
	encoding="UTF-8"
	CID=fffffffe
	parentCID=ffffffff
	createType="vmfs"

	RW 131072 VMFS "web-flat.vmdk"

	ddb.adapterType = "lsilogic"
	END
	vmx "${1-web.vmdk}" >web/web.vmx
}

# The settings of a machine with that disk.
vmx() {
	cat <<-END
	.encoding = "UTF-8"
	config.version = "8"
	virtualHW.version = "19"
	displayName = "web server"
	guestOS = "debian12-64"
	firmware = "efi"
	numvcpus = "2"
	memSize = "512"
	uuid.bios = "56 4d 01 02 03 04 05 06-07 08 09 0a 0b 0c 0d 0e"
	scsi0.present = "TRUE"
	scsi0.virtualDev = "pvscsi"
	scsi0:0.present = "TRUE"
	scsi0:0.fileName = "$1"
	ethernet0.present = "TRUE"
	ethernet0.virtualDev = "vmxnet3"
	ethernet0.networkName = "VM Network"
	ethernet0.addressType = "static"
	ethernet0.address = "00:50:56:00:00:01"
	END
}

# domain FILE: a KVM machine with that disk.
domain() {
	cat <<-END
	<domain type='kvm'><name>web</name><memory unit='MiB'>512</memory><vcpu>1</vcpu><os><type>hvm</type></os>
	<devices><disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='$1'/><target dev='vda' bus='virtio'/></disk></devices>
	</domain>
	END
}

# The document's disk is the folder's, and v2v-copy reads it.
is_the_disk() {
	valid doc
	rm -rf out
	mkdir out
	v2v-copy -f raw -o out <doc >copied
	cmp out/*-sda web/web-flat.vmdk
}

@test "a .vmx and its folder: the machine, and its disk read where it lies" {
	folder
	cp -a web before
	for name in web/web.vmx web web/; do
		echo "$name"
		v2v-unpack $name >doc 2>said
		[ ! -s said ]
		jq -e --arg file "$PWD/web/web-flat.vmdk" '.source | .descriptor == "vmx" and .name == "web server" and
			.uuid == "564d0102-0304-0506-0708-090a0b0c0d0e" and .firmware == "uefi" and .vcpus == 2 and
			.memory == 512 * 1048576 and .nics[0].mac == "00:50:56:00:00:01" and
			.os_hint.vmware == "debian12-64" and (.disks | length) == 1 and
			(.disks[0] | .file == $file and .controller_model == "pvscsi" and .virtual_size == 67108864)' doc
		is_the_disk
	done
	v2v-unpack --name other --memory 1G web | jq -e '.source | .name == "other" and .memory == 1073741824'
	diff -r before web
	nothing_left "$TMPDIR"
}

@test "a .vmx in a tar, packed or not, and in a zip" {
	folder
	tar -cf web.tar web
	tar -czf web.tgz web
	/usr/bin/python3 -m zipfile -c web.zip web
	for archive in web.tar web.tgz web.zip; do
		echo $archive
		v2v-unpack $archive >doc
		jq -e '.source.descriptor == "vmx" and .source.name == "web server"' doc
		is_the_disk
	done
	nothing_left "$TMPDIR"
}

@test "a folder with several .vmx: they are listed, and one is chosen" {
	folder
	vmx gone.vmdk >web/old.vmx
	run -1 --separate-stderr v2v-unpack web
	refused "2 .vmx files are in it"
	# shellcheck disable=SC2154 # bats sets it
	[[ $stderr == *"'old.vmx'"*"'web.vmx'"* || $stderr == *"'web.vmx'"*"'old.vmx'"* ]]
	v2v-unpack --ovf web.vmx web >doc
	is_the_disk
	v2v-unpack web/web.vmx >doc
	is_the_disk
	run -1 --separate-stderr v2v-unpack --vm another web/web.vmx
	refused "no machine 'another' is in it, but 'web server'"
}

@test "a machine that may be running, is suspended or encrypted is refused" {
	folder
	for lock in web.vmx.lck web.vmdk.lck .lck-5f00a10000000000; do
		echo $lock
		mkdir web/$lock
		: >web/$lock/M12345.lck
		for name in web web/web.vmx; do
			[[ $lock != .lck-* ]] || { rm -rf web/$lock; : >web/$lock; }
			run -1 --separate-stderr v2v-unpack --messages=json $name
			[[ $stderr == *machine-locked*"$lock"*--force-locked* ]]
			[ -z "$output" ]
		done
		v2v-unpack --force-locked web/web.vmx >doc
		is_the_disk
		rm -rf web/$lock
	done
	mkdir web/web.vmx.lck
	run -1 --separate-stderr v2v-unpack web/web.vmx
	refused "'web.vmx.lck' is there"
	rmdir web/web.vmx.lck
	# That of another machine does not matter.
	mkdir web/other.vmx.lck
	v2v-unpack web/web.vmx >doc
	echo 'checkpoint.vmState = "web-1a2b.vmss"' >>web/web.vmx
	run -1 --separate-stderr v2v-unpack --force-locked web
	refused "the machine is suspended"
	vmx web.vmdk >web/web.vmx
	echo 'encryption.keySafe = "vmware:key/list/(pair/(phrase/x))"' >>web/web.vmx
	run -1 --separate-stderr v2v-unpack web
	refused "the machine is encrypted"
}

@test "names of the old host: what lies beside is meant, and nothing else is opened" {
	requires strace
	for name in '/vmfs/volumes/5f2a-01/web/web.vmdk' 'C:\VMs\web\web.vmdk' 'D:/web.vmdk' '[ds 1] web/web.vmdk'; do
		folder "$name"
		run -0 --separate-stderr v2v-unpack web/web.vmx
		[[ $stderr == *"is read from 'web.vmdk', beside the descriptor"* ]]
		echo "$output" >doc
		jq -e '.warnings[0].code == "disk-moved"' doc
		is_the_disk
	done
	mkdir secret
	small_disk secret/secret.img
	ln -s ../secret/secret.img web/link.vmdk
	ln -s ../secret web/sub
	for name in ../secret/secret.img "$PWD/secret/secret.img" /etc/passwd link.vmdk sub/secret.img \
		'..\secret\secret.img' "/vmfs/volumes/x/sub/secret.img"; do
		folder "$name"
		echo "$name"
		ASAN_OPTIONS=detect_leaks=0 V2V_CONFINE=off run -1 --separate-stderr strace -f -qq -o log -e signal=none \
			-e trace=open,openat,openat2 v2v-unpack web/web.vmx
		refused "is not in it"
		[ -z "$(grep -E 'secret.img|/etc/passwd|"link.vmdk"' log | grep -v ENOENT | grep -v ELOOP)" ]
	done
	# Two disks under one name would be one file.
	folder '/vmfs/volumes/a/web/web.vmdk'
	printf 'scsi0:1.present = "TRUE"\nscsi0:1.fileName = "/vmfs/volumes/b/web_1/web.vmdk"\n' >>web/web.vmx
	run -1 --separate-stderr v2v-unpack --messages=json web/web.vmx
	[[ $stderr == *"two disks of the machine are the file 'web.vmdk'"* ]]
	# Copied as they were, each is found.
	mkdir web/web_1
	cp web/web.vmdk web/web-flat.vmdk web/web_1/
	v2v-unpack web/web.vmx 2>said >doc
	jq -e '[.source.disks[].file | sub(".*/web/"; "")] == ["web-flat.vmdk", "web_1/web-flat.vmdk"]' doc
}

@test "--anywhere: the disks that the descriptor names, wherever they are" {
	folder
	mkdir else
	mv web/web.vmdk web/web-flat.vmdk else/
	for name in "$PWD/else/web.vmdk" ../else/web.vmdk; do
		vmx "$name" >web/web.vmx
		run -1 --separate-stderr v2v-unpack web
		refused "is not in it"
		v2v-unpack --anywhere web/web.vmx >doc 2>said
		[ ! -s said ]
		jq -e --arg file "$PWD/else/web-flat.vmdk" '.source.disks[0].file == $file' doc
	done
	mkdir out
	v2v-copy -f raw -o out <doc >copied
	cmp out/*-sda else/web-flat.vmdk
	# One file is one disk, whatever it is called.
	ln -s else/web.vmdk link.vmdk
	for name in ../else/web.vmdk ../link.vmdk "$PWD/else/../else/web.vmdk"; do
		{
			vmx "$PWD/else/web.vmdk"
			printf 'scsi0:1.present = "TRUE"\nscsi0:1.fileName = "%s"\n' "$name"
		} >web/web.vmx
		run -1 --separate-stderr v2v-unpack --anywhere web
		refused "two disks of the machine are the file '$name'"
	done
	mkdir else/web.vmdk.lck
	vmx "$PWD/else/web.vmdk" >web/web.vmx
	run -1 --separate-stderr v2v-unpack --anywhere web
	refused "web.vmdk.lck' is there"
}

@test "libvirt's XML: disks beside it, or by --anywhere where they are" {
	folder
	domain /var/lib/libvirt/images/web-flat.vmdk >web/web.xml
	v2v-unpack web/web.xml 2>said >doc
	grep -q "is read from 'web-flat.vmdk'" said
	jq -e '.source | .descriptor == "libvirt" and .hypervisor == "kvm" and .disks[0].controller == "virtio"' doc
	is_the_disk
	mkdir xml
	domain "$PWD/web/web-flat.vmdk" >xml/web.xml
	run -1 --separate-stderr v2v-unpack xml/web.xml
	refused "(--anywhere takes it from where it says)"
	v2v-unpack --anywhere xml/web.xml >doc
	is_the_disk
	# A raw disk in which a guest wrote a header stays raw; a file of another format is not what was said.
	qemu-img convert -O qcow2 web/web-flat.vmdk web/disk.qcow2
	domain disk.qcow2 | sed "s/type='raw'/type='qcow2'/" >web/web.xml
	v2v-unpack web/web.xml >doc
	is_the_disk
	domain web-flat.vmdk | sed "s/type='raw'/type='qcow2'/" >web/web.xml
	run -1 --separate-stderr v2v-unpack web/web.xml
	refused "not a qcow2, as the descriptor says"
	# A document of a stranger does not choose what is read by a chain.
	qemu-img create -q -f qcow2 -b "$PWD/web/web-flat.vmdk" -F raw web/top.qcow2
	domain top.qcow2 | sed "s/type='raw'/type='qcow2'/" >web/web.xml
	run -1 --separate-stderr v2v-unpack --anywhere web/web.xml
	refused "backing"
}

# bats test_tags=plain
@test "a block device as a disk: named, or in libvirt's XML with --anywhere; only read, and not while it is mounted" {
	requires losetup
	folder
	device=$(losetup --find --show web/web-flat.vmdk) || skip 'cannot make a loop device'
	echo "$device" >device
	v2v-unpack --name web "$device" >doc
	jq -e --arg file "$device" '.source.disks[0] | .file == $file and .format == "raw" and .virtual_size == 67108864' doc
	is_the_disk
	v2v-overlay <doc | v2v-copy --force -o out >copied
	qemu-img compare -q -f qcow2 -F raw out/web-sda.qcow2 web/web-flat.vmdk
	qemu-img compare -q -f qcow2 -F raw "$(v2v-overlay <doc | jq -r '.overlays[0].file')" web/web-flat.vmdk
	domain x | sed "s|file='x'|dev='$device'|; s/type='file'/type='block'/" >web/web.xml
	run -1 --separate-stderr v2v-unpack web/web.xml
	refused "'$device' is not in it"
	v2v-unpack --anywhere web/web.xml >doc
	jq -e --arg file "$device" '.source.disks[0] | .file == $file and .controller == "virtio"' doc
	is_the_disk
	run -1 --separate-stderr v2v-convert --in-place <doc
	refused "which is only read"
	jq -c '.source.disks[0].format = "vhd"' doc >other
	run -1 --separate-stderr pipe 'v2v-copy --force -o out <other'
	refused "is a device, which has no vhd image"
	# Somebody else has it.
	mkfs.ext4 -q "$device"
	mkdir mnt
	mount -o ro "$device" mnt
	run -1 --separate-stderr v2v-unpack --name web "$device"
	umount mnt
	refused "'$device' is mounted, or in use otherwise"
}

@test "VirtualBox' .vbox, alone and in a folder" {
	folder
	qemu-img convert -O vdi web/web-flat.vmdk web/web.vdi
	cat >web/web.vbox <<-'END'
	<?xml version="1.0"?>
	<VirtualBox xmlns="http://www.virtualbox.org/" version="1.19-linux"><Machine uuid="{11111111-2222-3333-4444-555555555555}" name="box" OSType="Debian_64">
	<MediaRegistry><HardDisks><HardDisk uuid="{aaaaaaaa-0000-0000-0000-000000000001}" location="web.vdi" format="VDI"/></HardDisks></MediaRegistry>
	<Hardware><CPU count="2"/><Memory RAMSize="1024"/><StorageControllers><StorageController name="SATA" type="AHCI">
	<AttachedDevice type="HardDisk" port="0" device="0"><Image uuid="{aaaaaaaa-0000-0000-0000-000000000001}"/></AttachedDevice>
	</StorageController></StorageControllers></Hardware></Machine></VirtualBox>
	END
	rm web/web.vmx
	for name in web web/web.vbox; do
		v2v-unpack $name >doc
		jq -e '.source | .descriptor == "virtualbox" and .name == "box" and .memory == 1073741824 and
			.disks[0].format == "vdi"' doc
		is_the_disk
	done
}

@test "boxes of Vagrant: for libvirt, VMware and VirtualBox" {
	folder
	mkdir box
	qemu-img convert -O qcow2 web/web-flat.vmdk box/box.img
	echo '{"provider":"libvirt","format":"qcow2","virtual_size":1}' >box/metadata.json
	echo 'Vagrant.configure("2") { |config| }' >box/Vagrantfile
	tar -C box -czf debian.box metadata.json Vagrantfile box.img
	for name in debian.box box; do
		run -0 --separate-stderr v2v-unpack $name
		[[ $stderr == *"assumed: 1 GiB of memory"* ]]
		echo "$output" >doc
		jq -e --arg name ${name%.box} '.source | .descriptor == "vagrant" and .name == $name and
			.disks[0].controller == "virtio"' doc
		is_the_disk
	done
	v2v-unpack --memory 2G --vcpus 2 --firmware bios box >doc 2>said
	[ ! -s said ]
	echo '{"provider":"virtualbox"}' >box/metadata.json
	tar -C box -czf other.box metadata.json Vagrantfile box.img
	run -1 --separate-stderr v2v-unpack other.box
	refused "a box for 'virtualbox' without its .ovf"
	cp box/metadata.json box/Vagrantfile web/
	tar -C web -czf vmware.box .
	v2v-unpack vmware.box >doc
	jq -e '.source.descriptor == "vmx"' doc
	is_the_disk
	# VirtualBox' has an OVF, which comes first.
	cat >box/box.ovf <<-'END'
	<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">
	<References><File ovf:href="box.img" ovf:id="f1"/></References>
	<DiskSection><Disk ovf:capacity="64" ovf:capacityAllocationUnits="byte * 2^20" ovf:diskId="d1" ovf:fileRef="f1"/></DiskSection>
	<VirtualSystem ovf:id="m"><Name>box</Name><VirtualHardwareSection>
	<Item><HostResource>ovf:/disk/d1</HostResource><InstanceID>2</InstanceID><ResourceType>17</ResourceType></Item>
	</VirtualHardwareSection></VirtualSystem></Envelope>
	END
	tar -C box -czf virtualbox.box metadata.json Vagrantfile box.img box.ovf
	v2v-unpack virtualbox.box >doc
	jq -e '.source.descriptor == "ovf" and .source.name == "box"' doc
	is_the_disk
	nothing_left "$TMPDIR"
}

@test "--print: some lines for people of every input, and nothing is written" {
	requires strace
	folder
	mkdir small
	small_disk small/disk.raw
	gzip -k small/disk.raw
	domain web-flat.vmdk >web/web.xml
	tar -czf web.tgz web/web.vmx web/web.vmdk web/web-flat.vmdk
	cat >small/x.ovf <<-'END'
	<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">
	<References><File ovf:href="disk.raw.gz" ovf:id="f1" ovf:compression="gzip"/></References>
	<DiskSection><Disk ovf:capacity="64" ovf:capacityAllocationUnits="byte * 2^20" ovf:diskId="d1" ovf:fileRef="f1"/></DiskSection>
	<VirtualSystem ovf:id="m"><Name>small</Name><VirtualHardwareSection>
	<Item><HostResource>ovf:/disk/d1</HostResource><InstanceID>2</InstanceID><ResourceType>17</ResourceType></Item>
	</VirtualHardwareSection></VirtualSystem></Envelope>
	END
	for name in web web/web.vmx web/web.xml web.tgz small small/disk.raw small/disk.raw.gz; do
		echo "$name"
		run -0 --separate-stderr strace -f -qq -o log -e trace=openat,mkdir,mkdirat,link,linkat -e signal=none \
			env ASAN_OPTIONS=detect_leaks=0 v2v-unpack --print $name
		[ "${#lines[@]}" -ge 6 ]
		[ "${#lines[@]}" -le 14 ]
		[[ ${lines[0]} == Machine* ]]
		[[ $output == *Disk* ]]
		[ -z "$(grep -E 'O_CREAT|mkdir|link\(' log | grep -v /dev/null)" ]
		nothing_left "$TMPDIR"
	done
	v2v-unpack --print web/web.vmx >said
	grep -q 'web server, of vmware (read from vmx)' said
	grep -q 'scsi (pvscsi) 0: web.vmdk, vmdk vmfs, 64.0 MiB' said
	grep -q '564d0102-0304-0506-0708-090a0b0c0d0e' said
	grep -q "vmxnet3, 00:50:56:00:00:01, on 'VM Network'" said
	# Locks and missing disks do not matter here, but are said.
	mkdir web/web.vmx.lck
	rm web/web.vmdk
	v2v-unpack --print web/web.vmx >said
	grep -q 'ova-missing-disk' said
	run -2 --separate-stderr v2v-unpack --print --clean
}

@test "v2v-overlay takes a .vmx as it takes images" {
	folder
	v2v-overlay web/web.vmx >doc
	jq -e '.source.descriptor == "vmx" and (.overlays | length) == 1' doc
	rm -rf "$(jq -r .workdir doc)"
}
