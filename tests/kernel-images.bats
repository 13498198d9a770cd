#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Images of systems in the small kernel (User-mode Linux): VyOS' root is a file of the guest, OpenWrt writes behind its squashfs.

load helper

# The partitions of an OpenWrt, in sectors; what is behind its squashfs begins at a multiple of 64 KiB.
BOOT=2048
ROOT=34816
BEHIND=$((ROOT + 128))

# bats file_tags=guest
setup_file() {
	requires linux.uml
	export V2V_SHARED=$BATS_FILE_TMPDIR
	cd "$V2V_SHARED" || return
	make_vyos
	make_openwrt
}

setup() {
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR"
	cd "$V2V_SHARED" || return
}

teardown() {
	umount "$BATS_TEST_TMPDIR/mounted" 2>/dev/null || true
}

# release ID NAME VERSION
release() {
	printf 'ID=%s\nNAME="%s"\nVERSION_ID="%s"\nPRETTY_NAME="%s %s"\n' "$1" "$2" "$3" "$2" "$3"
}

# squash FOLDER IMAGE COMPRESSION
squash() {
	mksquashfs "$1" "$2" -comp "$3" -noappend -no-progress -quiet >/dev/null
}

# filesystem FOLDER IMAGE SIZE
filesystem() {
	rm -f "$2"
	truncate -s "$3" "$2"
	mke2fs -q -F -t ext4 -d "$1" "$2"
}

# partitioned DISK SIZE <TABLE
partitioned() {
	rm -f "$1"
	truncate -s "$2" "$1"
	sfdisk --quiet "$1"
}

# put IMAGE DISK SECTOR
put() {
	dd if="$1" of="$2" bs=512 seek="$3" conv=notrunc,sparse status=none
}

# A machine's disk of the folder that VyOS keeps its images in.
vyos_disk() {
	filesystem "$1" part 48M
	partitioned "$2" 50M <<<'start=2048, type=83'
	put part "$2" 2048
	rm part
}

make_vyos() {
	local kernel version
	for version in 1.3.9 1.4.0; do
		mkdir -p "root-$version/usr/lib" "vyos/boot/$version/rw"
		release vyos VyOS "$version" >"root-$version/usr/lib/os-release"
		# enough for blocks, fragments and tables of each kind
		head -c 600000 /bin/bash >"root-$version/usr/lib/bash"
	done
	squash root-1.3.9 vyos/boot/1.3.9/1.3.9.squashfs zstd
	squash root-1.4.0 vyos/boot/1.4.0/1.4.0.squashfs xz
	for kernel in /boot/vmlinuz-*; do
		cp "$kernel" vyos/boot/1.4.0/vmlinuz
	done
	mkdir vyos/boot/grub
	cat >vyos/boot/grub/grub.cfg <<-'END'
		menuentry "VyOS 1.4.0" {
			linux /boot/1.4.0/vmlinuz boot=live vyos-union=/boot/1.4.0 console=tty0
			initrd /boot/1.4.0/initrd.img
		}
	END
	vyos_disk vyos vyos.raw
}

# network ADDRESS: what was set up, which is not in the image.
network() {
	printf "config interface 'lan'\n\toption device 'eth0'\n\toption proto 'static'\n"
	printf "\toption ipaddr '%s'\n\toption netmask '255.255.255.0'\n" "$1"
}

make_openwrt() {
	mkdir -p openwrt/{etc/config,bin,sbin,lib,overlay,boot,rom} start/boot/grub written/{upper/etc/config,work}
	release openwrt OpenWrt 23.05.3 >openwrt/etc/os-release
	echo 'root:x:0:0:root:/root:/bin/ash' >openwrt/etc/passwd
	cp /bin/true openwrt/bin/sh
	network 192.0.2.1 >openwrt/etc/config/network
	network 192.0.2.77 >written/upper/etc/config/network
	echo 'menuentry "OpenWrt" { linux /boot/vmlinuz root=PARTUUID=76327632-02 rootwait }' >start/boot/grub/grub.cfg
	squash openwrt root.squashfs xz
	[ "$(stat -c %s root.squashfs)" -le 65536 ]
	filesystem start start.ext4 8M
	filesystem written written.ext4 16M
	partitioned openwrt.raw 40M <<-END
		label: dos
		label-id: 0x76327632
		start=$BOOT, size=$((ROOT - BOOT)), type=83
		start=$ROOT, type=83
	END
	put start.ext4 openwrt.raw $BOOT
	put root.squashfs openwrt.raw $ROOT
	cp --sparse=always openwrt.raw new.raw
	put written.ext4 openwrt.raw $BEHIND
}

inspect() {
	v2v-inspect --backend uml "$@" >"$BATS_TEST_TMPDIR/doc"
	cd "$BATS_TEST_TMPDIR" || return
	valid doc
	[ "$(jq -r .inspect.backend doc)" = uml ]
}

# All but the backend's name.  What two builds of it say is the same, so the one that is quick is asked.
same_as_libguestfs() {
	[ -z "${SANITIZE-}" ] || return 0
	v2v-inspect --backend libguestfs "$V2V_SHARED/$1" >other
	jq 'del(.inspect.backend, .warnings)' doc >ours
	jq 'del(.inspect.backend, .warnings)' other >theirs
	diff theirs ours
}

@test "VyOS: the release is that of its newest image" {
	inspect vyos.raw
	jq -e '.inspect | [.distro, .product_name, .major_version, .minor_version] == ["vyos", "VyOS 1.4.0", 1, 4]' doc
	same_as_libguestfs vyos.raw
}

# Findings of images, "level code where".
images() {
	jq -r '.inspect.findings[] | select(.where // "" | endswith(".squashfs")) | "\(.level) \(.code) \(.where)"' doc
}

@test "an image that does not mount is reported with its name, and the one before it is read" {
	cp -r vyos "$BATS_TEST_TMPDIR/broken"
	cd "$BATS_TEST_TMPDIR" || return
	truncate -s 30000 broken/boot/1.4.0/1.4.0.squashfs
	vyos_disk broken broken.raw
	inspect broken.raw
	[ "$(images)" = 'note not-mounted /boot/1.4.0/1.4.0.squashfs' ]
	[ "$(jq -r .inspect.product_name doc)" = 'VyOS 1.3.9' ]
	# one of another kind, by the same loop device
	filesystem "$V2V_SHARED/root-1.3.9" broken/boot/1.3.9/1.3.9.squashfs 4M
	vyos_disk broken broken.raw
	inspect broken.raw
	[ "$(jq -r .inspect.product_name doc)" = 'VyOS 1.3.9' ]
	rm -r broken/boot/1.3.9
	vyos_disk broken broken.raw
	inspect broken.raw
	[ "$(images)" = 'blocker filesystem-damaged /boot/1.4.0/1.4.0.squashfs' ]
	# the last that was mounted before is not the reason
	run -1 grep EXT4-fs doc
}

@test "an image that is a link out of the guest, or no file, is none" {
	cp -r vyos "$BATS_TEST_TMPDIR/links"
	cd "$BATS_TEST_TMPDIR" || return
	rm -r links/boot/1.3.9/*.squashfs
	mv links/boot/1.4.0/1.4.0.squashfs links/real
	ln -s ../../../../../../dev/vda links/boot/1.3.9/1.3.9.squashfs
	ln -s ../../../../real links/boot/1.4.0/1.4.0.squashfs
	mkdir links/boot/1.5.0
	mkfifo links/boot/1.5.0/1.5.0.squashfs
	vyos_disk links links.raw
	inspect links.raw
	[ "$(jq -r .inspect.product_name doc)" = 'VyOS 1.4.0' ]
	[ "$(images)" = 'note not-mounted /boot/1.5.0/1.5.0.squashfs' ]
	rm links/boot/1.4.0/1.4.0.squashfs links/boot/1.5.0/1.5.0.squashfs
	vyos_disk links links.raw
	inspect links.raw
	[ "$(images)" = 'blocker filesystem-damaged /boot/1.3.9/1.3.9.squashfs' ]
}

addresses() {
	jq -c '[.inspect.network[] | .addresses[]]' doc
}

@test "OpenWrt: what was written is read from behind its image" {
	inspect openwrt.raw
	[ "$(jq -r .inspect.product_name doc)" = 'OpenWrt 23.05.3' ]
	[ "$(addresses)" = '["192.0.2.77/24"]' ]
	same_as_libguestfs openwrt.raw
}

# bats test_tags=long
@test "OpenWrt before its first start: nothing is behind its image" {
	inspect new.raw
	[ "$(addresses)" = '["192.0.2.1/24"]' ]
	jq -e '[.inspect.findings[].code] | contains(["not-mounted"]) | not' doc
}

# bats test_tags=long
@test "OpenWrt that was switched off: what is only in the journal is read, and the source is not written" {
	[ "$EUID" -eq 0 ] || skip 'only root can mount'
	cp written.ext4 "$BATS_TEST_TMPDIR/run.ext4"
	cp --sparse=always openwrt.raw "$BATS_TEST_TMPDIR/dirty.raw"
	cd "$BATS_TEST_TMPDIR" || return
	mkdir mounted
	mount -o loop run.ext4 mounted
	network 192.0.2.99 >mounted/upper/etc/config/new
	mv mounted/upper/etc/config/new mounted/upper/etc/config/network
	sync mounted/upper/etc/config/network
	cp run.ext4 dirty.ext4
	umount mounted
	dumpe2fs -h dirty.ext4 2>&1 | grep needs_recovery
	put dirty.ext4 dirty.raw $BEHIND
	sha256sum dirty.raw >before
	inspect dirty.raw
	[ "$(addresses)" = '["192.0.2.99/24"]' ]
	sha256sum -c --quiet before
}
