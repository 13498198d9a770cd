#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Disks with a Windows, made of the cases of data/windows-plan, go through the programs; stand-ins for its loaders are started from what
# comes of it.

load helper

setup_file() {
	"$(dirname "$BATS_TEST_FILENAME")/windows/make-tools.sh" "$BATS_FILE_TMPDIR/tools"
	/usr/bin/python3 "$(dirname "$BATS_TEST_FILENAME")/guests/make-virtio-win.py" "$BATS_FILE_TMPDIR/virtio-win"
}

setup() {
	tools_dir=$BATS_FILE_TMPDIR/tools
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR" "$BATS_TEST_TMPDIR/out"
	cd "$BATS_TEST_TMPDIR" || return
}

# The disk NAME.raw of a case.
disk() {
	/usr/bin/python3 "$tests_dir/windows/make-disk.py" --tools "$tools_dir" --tree "$tests_dir/data/windows-plan/$1.tree" \
		--loader "$tools_dir/bootmgfw.efi" --mbr "$tools_dir/mbr" "$1.raw"
}

# What the stand-ins say: run_loader OPTION... [DISK]
run_loader() {
	/usr/bin/python3 "$tests_dir/windows/run-loader.py" "$@"
}

# The whole way of a disk's OVA; documents in done, the machine in xml.
convert_ova() {
	"$tests_dir/windows/make-ova.sh" "$1.raw" "$1.ova" "$2"
	# Both are given the same drivers: the plan that one shows is what the other does.
	pipe "v2v-unpack $1.ova | v2v-inspect ${3-} | v2v-convert ${3-} | v2v-copy -f raw -o out | v2v-meta" >done
	valid done
	one_plan done
	xml=$(jq -r .metadata.file done)
}

# virsh of libvirt's own driver takes the machine, though there is no KVM.
libvirt_takes() {
	virt-xml-validate "$xml" domain
	sed 's/<domain type="kvm"/<domain type="qemu"/' "$xml" >domain.xml
	cp /etc/passwd /etc/group .
	grep -q ^libvirt-qemu: passwd || echo 'libvirt-qemu:x:64055:64055::/nonexistent:/usr/sbin/nologin' >>passwd
	grep -q ^libvirt-qemu: group || echo 'libvirt-qemu:x:64055:' >>group
	mkdir root
	# shellcheck disable=SC2016 # the inner shell's
	unshare --mount sh -c 'mount --bind passwd /etc/passwd; mount --bind group /etc/group; exec "$@"' sh \
		virsh -q -k0 -c "qemu:///embed?root=$PWD/root" "define domain.xml; dumpxml $1" >defined.xml
	grep -q "<target dev='sda' bus='sata'/>\|<target dev='vda' bus='virtio'/>" defined.xml
}

@test "disks of four generations are made without a mount, and inspected, with what only their logs have" {
	while read -r case osinfo arch firmware finding; do
		disk "$case"
		v2v-inspect "$case.raw" >doc
		valid doc
		jq -e --arg osinfo "$osinfo" --arg arch "$arch" --arg firmware "$firmware" --arg finding "$finding" \
			'.inspect | .osinfo == $osinfo and .arch == $arch and .firmware == $firmware and .hostname == "proof" and
			any(.findings[]; .code == $finding)' doc || { jq .inspect doc; false; }
	done <<-'END'
		xp-x86-dirt winxp i386 bios registry-replayed
		7-x86-vmware win7 i386 bios tools-disabled
		81-x64-hvle win8.1 x86_64 bios registry-replayed
		2022-x64-san-uefi win2k22 x86_64 uefi esp-fallback
	END
}

# bats test_tags=plain
@test "firmware does not find the boot manager before the conversion, and starts it from the fallback path after it, on SATA" {
	disk 10-x64-uefi
	run -1 run_loader --uefi 10-x64-uefi.raw
	[ "$output" = 'Shell>' ]
	convert_ova 10-x64-uefi efi
	jq -e '.guestcaps | .block_bus == "sata" and .net_bus == "e1000e" and .machine == "q35"' done
	libvirt_takes 10-x64-uefi
	run -0 run_loader --libvirt-xml "$xml"
	[ "$output" = "$(printf '%s\n' 'v2v stand-in boot manager: \EFI\BOOT\BOOTX64.EFI' 'v2v stand-in: sector 0 is a partition table')" ]
}

@test "with virtio-win the boot manager is started from virtio-blk" {
	disk 10-x64-uefi
	convert_ova 10-x64-uefi efi "--virtio-win $BATS_FILE_TMPDIR/virtio-win"
	jq -e '.guestcaps | .block_bus == "virtio-blk" and .net_bus == "virtio-net"' done
	grep -q '<target dev="vda" bus="virtio"/>' "$xml"
	run -0 run_loader --libvirt-xml "$xml"
	[[ $output == *'v2v stand-in: sector 0 is a partition table' ]]
}

# bats test_tags=plain
@test "the code of an MBR reads its disk on the machine of a converted Windows 7" {
	disk 7-x64-vmware-static
	convert_ova 7-x64-vmware-static bios
	jq -e '.guestcaps | .block_bus == "sata" and .net_bus == "e1000"' done
	run -0 run_loader --libvirt-xml "$xml"
	[[ $output == *'v2v stand-in: the partition is an NTFS' ]]
}

# bats test_tags=plain
@test "what virt-v2v was seen to change is changed the same, or otherwise for a reason that is known" {
	while read -r case reference; do
		disk "$case"
		v2v-unpack --name "$case" "$case.raw" | v2v-convert --virtio-win "$BATS_FILE_TMPDIR/virtio-win" | v2v-copy -f raw -o out >done
		run -0 /usr/bin/python3 "$tests_dir/windows/differences.py" --reference "$case.raw" "out/$case-sda" "$tests_dir/windows/$reference"
		echo "$output"
		[ "$(sed -n 's/.* changes, \(.*\) of them the same, 0 unexplained/\1/p' <<<"$output")" -gt 30 ]
	done <<-'END'
		10-x64-uefi reference-10.txt
		7-x86-vmware reference-7.txt
	END
}

@test "damaged hives of a disk: it is converted, or there is one clear error and the disk is as it was" {
	disk 10-x64-hvle-uefi
	run -0 /usr/bin/python3 "$tests_dir/windows/hostile.py" --times 5 10-x64-hvle-uefi.raw
	echo "$output"
}
