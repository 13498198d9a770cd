#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Guests read by the small kernel (User-mode Linux): the same as by libguestfs, by anybody, and whatever happens to it.

load helper

# bats file_tags=guest
setup() {
	requires linux.uml
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR"
	cd "$BATS_TEST_TMPDIR" || return
}

inspect() {
	v2v-inspect --backend uml "$@" >doc
	valid doc
	[ "$(jq -r .inspect.backend doc)" = uml ]
}

mountpoints() {
	jq -cS '[.inspect.mountpoints[] | {(.path): .device}] | add' doc
}

is_debian() {
	jq -e '.inspect | [.type, .distro, .osinfo, .arch, .major_version, .package_format, (.kernels | length)] ==
		["linux", "debian", "debian12", "x86_64", 12, "deb", 1] and
		any(.applications[]; .name == "linux-image-amd64") and all(.findings[]; .level != "blocker")' "$1"
}

@test "a Debian from its disk, and from the OVA in place" {
	inspect "$GUESTS/debian.raw"
	is_debian doc
	[ "$(mountpoints)" = '{"/":"/dev/sda1"}' ]
	jq -S '.inspect | del(.findings, .network)' doc >raw
	pipe "v2v-unpack '$GUESTS/debian.ova' | v2v-inspect --backend uml >doc"
	is_debian doc
	jq -S '.inspect | del(.findings, .network)' doc | diff raw -
	nothing_left "$TMPDIR"
}

@test "LVM, a thin volume, btrfs with subvolumes" {
	inspect "$GUESTS/lvm.raw"
	is_debian doc
	# Sectors of 512 bytes.
	sfdisk -J "$GUESTS/lvm.raw" | jq -c '[.partitiontable.partitions[] | [.start * 512, .size * 512]]' >lies
	jq -c '[.inspect.partitions[] | [.offset, .size]]' doc | diff lies -
	jq -e '[.inspect.partitions[] | [.device, .type]] == [["/dev/sda1", "ext4"], ["/dev/sda2", "LVM2_member"]]' doc
	[ "$(mountpoints)" = '{"/":"/dev/vg0/root","/boot":"/dev/sda1"}' ]
	inspect "$GUESTS/layout-thin.raw"
	[ "$(mountpoints)" = '{"/":"/dev/vg2/root","/boot":"/dev/sda1"}' ]
	v2v-unpack "$GUESTS"/layout-{data,btrfs}.raw | inspect --root single
	[ "$(mountpoints)" = '{"/":"btrfsvol:/dev/sdb1/@","/data":"/dev/sda1","/home":"btrfsvol:/dev/sdb1/@home"}' ]
	nothing_left "$TMPDIR"
}

@test "the packages of an RPM guest are read from its own database, by the host's rpm" {
	mkdir -p root/{bin,etc,boot,var/lib/rpm} top
	printf 'NAME=Fedora\nID=fedora\nVERSION_ID=40\nPRETTY_NAME="Fedora Linux 40"\n' >root/etc/os-release
	echo '/dev/sda / ext4 defaults 0 1' >root/etc/fstab
	cat >tiny.spec <<-'END'
		Name: tiny
		Version: 1.2
		Release: 3.fc40
		Summary: A test
		License: LGPLv2+
		BuildArch: noarch
		%description
		A test.
		%files
	END
	rpmbuild --quiet -bb -D "_topdir $PWD/top" tiny.spec
	rpm --root "$PWD/root" --dbpath /var/lib/rpm -i --justdb --nodeps top/RPMS/noarch/tiny-*.rpm
	truncate -s 32M disk
	mkfs.ext4 -q -d root disk
	inspect --format raw disk
	jq -e '.inspect | .package_format == "rpm" and .product_name == "Fedora Linux 40" and
		.applications == [{name: "tiny", epoch: 0, version: "1.2", release: "3.fc40", arch: "noarch"}]' doc
	jq -e 'all(.warnings[]; .code != "guest-packages")' doc
}

# bats test_tags=plain
@test "a machine that was switched off: what is in the journal alone is read, and that it was replayed is a finding" {
	local type
	for type in ext4 xfs; do
		"$tests_dir/guests/make-unclean.sh" "$type" disk.raw
		cp --sparse=always disk.raw before.raw
		inspect disk.raw
		[ "$(jq -r .inspect.hostname doc)" = late ]
		jq -e '[.inspect.findings[] | select(.code == "journal-replayed") | [.level, .where]] == [["note", "/dev/sda"]]' doc
		cmp disk.raw before.raw
		rm disk.raw
		"$tests_dir/guests/make-unclean.sh" --clean "$type" disk.raw
		inspect disk.raw
		[ "$(jq -r .inspect.hostname doc)" = late ]
		jq -e 'all(.inspect.findings[]; .code != "journal-replayed")' doc
		rm disk.raw
	done
	nothing_left "$TMPDIR"
}

# bats test_tags=plain
@test "what is in the journal alone is in the converted disk, which is unmounted" {
	local type
	for type in ext4 xfs; do
		"$tests_dir/guests/make-unclean.sh" "$type" disk.raw "$GUESTS/layout-dirty.raw"
		mkdir out
		pipe "v2v-unpack disk.raw | v2v-convert --backend uml | v2v-copy -o out >doc"
		jq -e '.guestcaps.initrd == "extended" and any(.inspect.findings[]; .code == "journal-replayed")' doc
		inspect out/*
		[ "$(jq -r .inspect.hostname doc)" = late ]
		jq -e 'all(.inspect.findings[]; .code != "journal-replayed")' doc
		rm -r disk.raw out
	done
}

@test "as nobody, in a directory of its own" {
	[ "$(id -u)" -eq 0 ] || skip "not root"
	requires setpriv
	local nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set=-all --no-new-privs) own
	"${nobody[@]}" test -r "$GUESTS/debian.raw" || skip "nobody cannot read the guests"
	# Those of bats are root's alone.
	own=$(mktemp -d /tmp/v2v-nobody-XXXXXX)
	chown 65534:65534 "$own"
	V2V_CACHEDIR=$own TMPDIR=$own "${nobody[@]}" "$O/bin/v2v-inspect" --backend uml "$GUESTS/debian.raw" >doc || true
	ls -A "$own" >left
	rm -rf "$own"
	is_debian doc
	[ "$(cat left)" = v2v-cache-65534 ]
}

# bats test_tags=plain
@test "ten at once" {
	local i all=({1..10}) pids=()
	# a machine of two processors is full of three programs with sanitizers
	[ -z "${SANITIZE-}" ] || all=({1..3})
	inspect "$GUESTS/debian.raw"
	for i in "${all[@]}"; do
		v2v-inspect --backend uml "$GUESTS/debian.raw" >"doc$i" &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i"
	done
	for i in "${all[@]}"; do
		cmp doc "doc$i"
	done
	nothing_left "$TMPDIR"
}

# Of the process $1's children's children: the small kernel.
kernel_of() {
	local supervisor
	for supervisor in $(pgrep -P "$1"); do
		pgrep -P "$supervisor" && return 0
	done
	return 1
}

@test "its process is killed: one line, and nothing is left" {
	local pid kernel='' code=0
	inspect "$GUESTS/debian.raw"
	v2v-inspect --backend uml "$GUESTS/debian.raw" >out 2>err &
	pid=$!
	until kernel=$(kernel_of "$pid"); do
		kill -0 "$pid"
	done
	mapfile -t below < <(processes_below "$pid")
	# shellcheck disable=SC2086 # several processes
	kill -KILL $kernel
	wait "$pid" || code=$?
	[ "$code" -eq 1 ]
	[ ! -s out ]
	[ "$(grep -c . err)" -eq 1 ]
	[[ $(cat err) == "v2v-inspect: "*"the small kernel (uml) was ended by signal 9" ]]
	all_ended "${below[@]}"
	nothing_left "$TMPDIR"
}

# bats test_tags=plain
@test "the document is libguestfs', but for the backend's name and for what is free" {
	inspect "$GUESTS/layout-thin.raw"
	v2v-inspect --backend libguestfs "$GUESTS/layout-thin.raw" >other
	# xfs frees the inode of a file that was removed a while later: what is free differs between two runs of one backend, too.
	compared='del(.inspect.backend, .warnings, .inspect.filesystems[].statvfs["bfree", "bavail", "ffree"])'
	jq "$compared" doc >ours
	jq "$compared" other >theirs
	diff theirs ours
}
