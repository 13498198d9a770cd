#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# make-ovas.sh DIR: one small machine in every container, for tests/unpack.bats.
# The disk is 8 MiB with some text in it, streamOptimized.
set -eu

cd "$1"
mkdir -p in "with blank"
truncate -s 8M disk.raw
seq 1 30000 | dd of=disk.raw bs=1M seek=1 conv=notrunc status=none
qemu-img convert -q -f raw -O vmdk -o subformat=streamOptimized disk.raw in/disk.vmdk

# ovf FILE HREF [FILE'S ATTRIBUTES [DISK'S FORMAT]]
ovf() {
	cat >"$1" <<-END
	<?xml version="1.0" encoding="UTF-8"?>
	<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1" xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData" xmlns:vmw="http://www.vmware.com/schema/ovf">
	  <References><File ovf:href="$2" ovf:id="f1" ${3-}/></References>
	  <DiskSection><Info>Disks</Info>
	    <Disk ovf:capacity="8" ovf:capacityAllocationUnits="byte * 2^20" ovf:diskId="d1" ovf:fileRef="f1" ovf:format="${4-http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized}"/>
	  </DiskSection>
	  <VirtualSystem ovf:id="small"><Info>One</Info><Name>small</Name>
	    <VirtualHardwareSection><Info>Hardware</Info>
	      <Item><rasd:InstanceID>1</rasd:InstanceID><rasd:ResourceType>6</rasd:ResourceType><rasd:ResourceSubType>lsilogic</rasd:ResourceSubType></Item>
	      <Item><rasd:AddressOnParent>0</rasd:AddressOnParent><rasd:HostResource>ovf:/disk/d1</rasd:HostResource><rasd:InstanceID>2</rasd:InstanceID><rasd:Parent>1</rasd:Parent><rasd:ResourceType>17</rasd:ResourceType></Item>
	    </VirtualHardwareSection>
	  </VirtualSystem>
	</Envelope>
	END
}

# mf FILE...: the manifest of the files in the current folder
mf() {
	for f; do
		printf 'SHA256(%s)= %s\n' "$f" "$(sha256sum "$f" | cut -c1-64)"
	done
}

ovf in/small.ovf disk.vmdk
(cd in && mf small.ovf disk.vmdk >small.mf)
files='small.ovf small.mf disk.vmdk'
# shellcheck disable=SC2086 # a list
{
	tar -C in --format=ustar -cf ustar.ova $files
	tar -C in --format=pax -cf pax.ova $files
	tar -C in --format=gnu -cf gnu.ova $files
	tar -C in --format=v7 -cf v7.ova $files
	tar -C in -cf late-ovf.ova disk.vmdk small.mf small.ovf
	tar -C in -cf subfolder.ova --transform='s,^,./a/b/,' $files
}
for c in gzip xz bzip2 zstd; do
	$c -c <ustar.ova >"$c.ova"
done
xz -c <late-ovf.ova >late-ovf-xz.ova
{
	# pzstd's first frame, which is to be skipped.
	printf '\120\052\115\030\004\000\000\000size'
	cat zstd.ova
} >pzstd.ova
gzip -c <v7.ova >v7-gzip.ova
/usr/bin/python3 - <<'END'
import zipfile
files = ["small.ovf", "small.mf", "disk.vmdk"]
for name, how in ("stored", zipfile.ZIP_STORED), ("deflated", zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile("zip-%s.ova" % name, "w", how) as z:
        for f in files:
            z.write("in/" + f, f)
END
mkdir folder deep deep/er
cp in/* folder/
cp in/* deep/er/
cp in/* "with blank/"

# macOS' companions, and names that need decoding.
mkdir mac name
cp in/disk.vmdk mac/
cp in/disk.vmdk "name/dïsk 1.vmdk"
ovf mac/x.ovf ./disk.vmdk
echo junk >mac/._x.ovf
echo junk >mac/._disk.vmdk
tar -C mac -cf mac.ova ._x.ovf x.ovf ._disk.vmdk disk.vmdk
ovf name/x.ovf 'd%C3%AFsk%201.vmdk'
tar -C name --format=pax -cf percent.ova x.ovf 'dïsk 1.vmdk'
gzip -c <percent.ova >percent-gzip.ova
ovf name/x.ovf 'dïsk 1.vmdk'
tar -C name -cf non-ascii.ova x.ovf 'dïsk 1.vmdk'
(cd name && LC_ALL=C.UTF-8 /usr/bin/python3 -m zipfile -c ../non-ascii-zip.ova x.ovf 'dïsk 1.vmdk')
mkdir latin1
cp in/disk.vmdk "latin1/d$(printf '\357')sk 1.vmdk"
sed 's/UTF-8/ISO-8859-1/' name/x.ovf | iconv -f UTF-8 -t ISO-8859-1 >latin1/x.ovf
(cd latin1 && mf x.ovf d*.vmdk >x.mf)
tar -C latin1 -cf latin1.ova .
gzip -c <latin1.ova >latin1-gzip.ova
mkdir -p dots/sub
cp in/disk.vmdk dots/sub/
ovf dots/x.ovf ./sub/.//disk.vmdk
tar -C dots -cf inner-dots.ova x.ovf sub/disk.vmdk
gzip -c <inner-dots.ova >inner-dots-gzip.ova

# A compressed disk, a disk in chunks, both, and a snapshot's last.
mkdir gz chunks both snapshot
gzip -c in/disk.vmdk >gz/disk.vmdk.gz
ovf gz/x.ovf disk.vmdk.gz 'ovf:compression="gzip"'
(cd gz && mf x.ovf disk.vmdk.gz >x.mf)
tar -C gz -cf disk-gzip.ova x.ovf x.mf disk.vmdk.gz
size=$(stat -c %s in/disk.vmdk)
split -b 20000 -d -a 9 in/disk.vmdk chunks/disk.vmdk.
ovf chunks/x.ovf disk.vmdk "ovf:size=\"$size\" ovf:chunkSize=\"20000\""
(cd chunks && tar -cf ../chunks.ova x.ovf disk.vmdk.*)
gzip -c <chunks.ova >chunks-gzip.ova
split -b 9000 -d -a 9 gz/disk.vmdk.gz both/disk.vmdk.gz.
ovf both/x.ovf disk.vmdk.gz "ovf:size=\"$(stat -c %s gz/disk.vmdk.gz)\" ovf:chunkSize=\"9000\" ovf:compression=\"gzip\""
(cd both && tar -cf ../chunks-disk-gzip.ova x.ovf disk.vmdk.gz.*)
echo old >snapshot/disk.vmdk.9
cp in/disk.vmdk snapshot/disk.vmdk.10
ovf snapshot/x.ovf disk.vmdk
tar -C snapshot -cf snapshot.ova x.ovf disk.vmdk.9 disk.vmdk.10

# A raw disk with holes, as GNU tar --sparse stores it.
mkdir raw
cp --sparse=always disk.raw raw/
ovf raw/x.ovf disk.raw '' http://example.com/raw
tar -C raw --sparse --format=gnu -cf sparse-gnu.ova x.ovf disk.raw
tar -C raw --sparse --format=pax -cf sparse-pax.ova x.ovf disk.raw
tar -C raw -cf raw.ova x.ovf disk.raw

# Disks whose data is in other files.
for s in monolithicFlat twoGbMaxExtentFlat twoGbMaxExtentSparse; do
	mkdir "$s"
	qemu-img convert -q -f raw -O vmdk -o "subformat=$s" disk.raw "$s/disk.vmdk"
	ovf "$s/x.ovf" disk.vmdk
	(cd "$s" && tar -cf "../$s.ova" x.ovf disk*.vmdk)
	gzip -c <"$s.ova" >"$s-gzip.ova"
done
for f in vpc:vhd vhdx:vhdx vdi:vdi qcow2:qcow2; do
	mkdir "${f#*:}"
	force=
	# Without it qemu-img rounds the size up to a CHS geometry.
	[ "$f" != vpc:vhd ] || force='-o force_size=on'
	# shellcheck disable=SC2086 # nothing, or two words
	qemu-img convert -q -f raw -O "${f%:*}" $force disk.raw "${f#*:}/disk.img"
	ovf "${f#*:}/x.ovf" disk.img '' "http://example.com/${f#*:}"
	(cd "${f#*:}" && tar -cf "../${f#*:}.ova" x.ovf disk.img)
done
qemu-img convert -q -f raw -O vmdk -o subformat=monolithicSparse disk.raw raw/sparse.vmdk
ovf raw/x.ovf sparse.vmdk
tar -C raw -cf monolithicSparse.ova x.ovf sparse.vmdk
