#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# v2v-convert: what it refuses before an appliance is launched.

load helper

setup() {
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR"
	cd "$BATS_TEST_TMPDIR" || return
	small_disk disk.raw
	small_document disk.raw >doc
}

@test "in place: an image that a running qemu has open is refused" {
	requires qemu-storage-daemon
	qemu-storage-daemon --blockdev driver=file,filename=disk.raw,node-name=x \
		--nbd-server "addr.type=unix,addr.path=nbd" \
		--export type=nbd,node-name=x,id=e,writable=on --pidfile pid --daemonize 3>&-
	run -1 --separate-stderr v2v-convert --in-place <doc
	kill "$(cat pid)"
	refused 'in use'
	nothing_left "$TMPDIR"
}

@test "a backup that is there already is not replaced" {
	: >small-backup.tar
	run -1 --separate-stderr v2v-convert --in-place --backup . <doc
	refused small-backup.tar
	[ ! -s small-backup.tar ]
}

@test "a backup into a directory that there is not" {
	run -2 --separate-stderr v2v-convert --in-place --backup no-such <doc
	[[ $stderr == *no-such* ]]
}

@test "a dry run has nothing to back up" {
	run -2 --separate-stderr v2v-convert --dry-run --backup . <doc
	[[ $stderr == *'dry run'* ]]
	run -2 --separate-stderr v2v-convert --initramfs=rebuild --backup . <doc
	[[ $stderr == *'backed up'* ]]
	run -2 --separate-stderr v2v-convert --undo x --backup . <doc
}

# A tar of the files given.
a_tar() {
	tar cf x.tar --format=pax "$@"
}

@test "undo: a file that is not a backup of ours is refused, and nothing is launched" {
	run -2 --separate-stderr v2v-convert --undo no-such.tar <doc
	[[ $stderr == *no-such.tar* ]]
	head -c 100000 /dev/urandom >noise
	run -1 --separate-stderr v2v-convert --undo noise <doc
	refused noise
	: >empty
	run -1 --separate-stderr v2v-convert --undo empty <doc
	refused empty
	mkdir etc
	echo x >etc/fstab
	a_tar etc/fstab
	run -1 --separate-stderr v2v-convert --undo x.tar <doc
	refused 'not a backup'
	echo '{"v2v_backup": 2, "machine": "x", "root_uuid": "1"}' >.v2v-backup.json
	a_tar .v2v-backup.json etc/fstab
	run -1 --separate-stderr v2v-convert --undo x.tar <doc
	refused 'unsupported version'
	mkfifo fifo
	run -1 --separate-stderr timeout 60 v2v-convert --undo fifo <doc
	refused fifo
}

@test "undo: members that no backup has are refused" {
	echo '{"v2v_backup": 1, "machine": "x", "root_uuid": "1"}' >.v2v-backup.json
	mkdir etc
	mkfifo etc/fifo
	a_tar .v2v-backup.json etc/fifo
	run -1 --separate-stderr v2v-convert --undo x.tar <doc
	refused member
	a_tar -P .v2v-backup.json "$PWD/doc"
	run -1 --separate-stderr v2v-convert --undo x.tar <doc
	refused member
	a_tar -P .v2v-backup.json etc/../doc
	run -1 --separate-stderr v2v-convert --undo x.tar <doc
	refused member
	ln doc etc/hard
	a_tar .v2v-backup.json doc etc/hard
	run -1 --separate-stderr v2v-convert --undo x.tar <doc
	refused member
}

@test "undo: the backup of another machine, by the document's inspection" {
	echo '{"v2v_backup": 1, "machine": "other", "root_uuid": "1"}' >.v2v-backup.json
	a_tar .v2v-backup.json
	jq -c '.inspect = {root: "/dev/sda1", type: "linux", mountpoints: [], filesystems:
		[{device: "/dev/sda1", type: "ext4", label: null, uuid: "2", statvfs: null}]}' doc >inspected
	run -1 --separate-stderr v2v-convert --undo x.tar <inspected
	refused 'another machine'
}
