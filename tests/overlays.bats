#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Overlays: ours are what qemu wants them to be, and a document's are proven before they are used.

load helper

setup() {
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR" "$BATS_TEST_TMPDIR/out"
	cd "$BATS_TEST_TMPDIR" || return
	small_disk disk.raw
	small_document disk.raw >source
	mkdir work
	v2v-overlay --workdir work <source >doc
	overlay=$PWD/work/overlay-0.qcow2
}

# Every step that uses overlays refuses the document $1 with one line that names $2, and makes nothing.
all_refuse() {
	for step in 'v2v-copy -o out' v2v-inspect v2v-convert 'v2v-estimate --measure'; do
		echo "$step"
		# shellcheck disable=SC2086 # options are words
		run --separate-stderr $step <"$1"
		refused "$2"
		nothing_left out
	done
	nothing_left "$TMPDIR"
	[ "$(ls work)" = overlay-0.qcow2 ]
}

# An overlay of qemu-img's own, with these arguments.
make_other() {
	rm "$overlay"
	qemu-img create -q -f qcow2 "$@"
}

# As v2v-overlay names the source: json: with the file $1.
json_name() {
	printf 'json:{"driver":"raw","file":{"driver":"file","filename":"%s"}}' "$1"
}

@test "an overlay is an empty qcow2 that qemu finds sound, over the source in its format" {
	truncate -s 65537 odd.raw
	qemu-img convert -f raw -O vmdk -o subformat=streamOptimized disk.raw disk.vmdk
	qemu-img convert -f raw -O qcow2 disk.raw disk.qcow2
	qemu-img convert -f raw -O vpc disk.raw disk.vhd
	qemu-img convert -f raw -O vhdx disk.raw disk.vhdx
	for disk in disk.raw odd.raw disk.vmdk disk.qcow2 disk.vhd disk.vhdx; do
		echo "$disk"
		rm work/*
		format=${disk##*.}
		v2v-unpack --name small --format "$format" "$disk" | v2v-overlay --workdir work >doc
		qemu-img check -q -f qcow2 "$overlay"
		qemu-img info --output=json "$overlay" >info
		jq -e --slurpfile doc doc '$doc[0] as $d | .format == "qcow2" and ."format-specific".data.compat == "1.1" and
			."virtual-size" == $d.source.disks[0].virtual_size and (."backing-filename" | startswith("json:")) and
			."backing-filename-format" == ($d.source.disks[0].format | if . == "vhd" then "vpc" else . end)' info
		qemu-io -f qcow2 -c 'write -P 7 1000 3000' "$overlay" >/dev/null
		v2v-copy -o out --force <doc >done
		qemu-img compare -q -f qcow2 -F qcow2 out/small-sda.qcow2 "$overlay"
	done
}

@test "an overlay over nothing, and one of 64 TiB" {
	for size in 512 1048576 70368744177664; do
		jq -c ".source.disks[0] |= (.file = null | .format = null | .virtual_size = $size)" source |
			v2v-overlay --workdir "$TMPDIR" >blank
		file=$(jq -r '.overlays[0].file' blank)
		qemu-img check -q -f qcow2 "$file"
		[ "$(qemu-img info --output=json "$file" | jq -c '[."virtual-size", ."backing-filename"]')" = "[$size,null]" ]
		qemu-io -f qcow2 -c "write -P 9 $((size - 512)) 512" "$file" >/dev/null
		qemu-img check -q -f qcow2 "$file"
		rm "$file"
	done
}

@test "v2v-overlay starts no other program" {
	requires strace
	# LeakSanitizer cannot work beneath it.
	ASAN_OPTIONS=detect_leaks=0 strace -f -qq -e trace=execve -e signal=none -o log v2v-overlay --workdir work <source >doc
	[ "$(wc -l <log)" -eq 1 ]
}

@test "overlays of others are used: made by qemu-img over the plain name, or a json: name in another order" {
	make_other -b "$PWD/disk.raw" -F raw "$overlay"
	qemu-io -f qcow2 -c 'write -P 7 1000 3000' "$overlay" >/dev/null
	v2v-copy -o out <doc >done
	qemu-img compare -q -f qcow2 -F qcow2 out/small-sda.qcow2 "$overlay"
	make_other -u -b "json:{\"file\":{\"filename\":\"$PWD/disk.raw\",\"driver\":\"file\"},\"driver\":\"raw\"}" -F raw "$overlay" 64M
	v2v-copy -o out --force <doc >done
	qemu-img compare -q -f qcow2 -F raw out/small-sda.qcow2 disk.raw
}

@test "an overlay of another size than the source is refused" {
	make_other -u -b "$(json_name "$PWD/disk.raw")" -F raw "$overlay" 1M
	all_refuse doc 'is 1048576 bytes large'
	jq -c '.overlays[0].virtual_size = 1048576' doc >other
	all_refuse other 'overlays[0].virtual_size'
}

@test "an overlay for a disk that there is not, and a second one for a disk, are refused, and nothing is lost" {
	jq -c '.overlays[0].disk = 7' doc >other
	all_refuse other 'overlays[0].disk: unknown disk 7 in source'
	jq -c '.overlays += [.overlays[0]]' doc >other
	all_refuse other 'overlays[1].disk: disk 0 has an overlay already'
	jq -c '.overlays[0].format = "raw"' doc >other
	all_refuse other "overlays[0].format"
}

@test "an overlay over another file than the source, or none, is refused: no step reads it" {
	echo secret >secret
	truncate -s 64M secret
	make_other -b "$PWD/secret" -F raw "$overlay"
	all_refuse doc 'not an overlay of this disk'
	make_other -u -b "$(json_name "$PWD/secret")" -F raw "$overlay" 64M
	all_refuse doc 'not an overlay of this disk'
	make_other "$overlay" 64M
	all_refuse doc "lies over 'nothing'"
	# the source is another one, the overlay as it was
	rm "$overlay"
	v2v-overlay --workdir work <source >doc
	jq -c --arg file "$PWD/secret" '.source.disks[0].file = $file' doc >other
	all_refuse other 'not an overlay of this disk'
}

@test "an overlay over another format, another part of a file, or an overlay, is refused" {
	make_other -u -b "$(json_name "$PWD/disk.raw" | sed 's/"raw"/"qcow2"/')" -F qcow2 "$overlay" 64M
	all_refuse doc 'not an overlay of this disk'
	make_other -u -b "$PWD/disk.raw" "$overlay" 64M -F vmdk
	all_refuse doc 'not an overlay of this disk'
	make_other -u -b "json:{\"driver\":\"raw\",\"offset\":512,\"size\":67108352,\"file\":{\"driver\":\"file\",\"filename\":\"$PWD/disk.raw\"}}" \
		-F raw "$overlay" 64M
	all_refuse doc 'not an overlay of this disk'
	qemu-img create -q -f qcow2 -b "$PWD/disk.raw" -F raw middle.qcow2
	make_other -b "$PWD/middle.qcow2" -F qcow2 "$overlay"
	all_refuse doc 'not an overlay of this disk'
}

@test "an overlay with a data file, and a source with a backing file below it, are refused" {
	make_other -o data_file="$PWD/data" -b "$PWD/disk.raw" -F raw "$overlay"
	all_refuse doc 'data file'
	qemu-img create -q -f qcow2 -b "$PWD/disk.raw" -F raw over.qcow2
	make_other -b "$PWD/over.qcow2" -F qcow2 "$overlay"
	jq -c --arg file "$PWD/over.qcow2" '.source.disks[0] |= (.file = $file | .format = "qcow2")' doc >other
	all_refuse other '--backing-chain'
	# the user's own word
	jq -c '.source.disks[0].backing_chain = true' other >allowed
	v2v-copy -o out <allowed >done
	qemu-img compare -q -f qcow2 -F raw out/small-sda.qcow2 disk.raw
}

@test "what is not a qcow2, a FIFO and a missing file are not overlays" {
	cp disk.raw "$overlay"
	all_refuse doc 'is not a qcow2'
	rm "$overlay"
	mkfifo "$overlay"
	all_refuse doc 'not a regular file'
	rm "$overlay"
	run --separate-stderr v2v-copy -o out <doc
	refused overlay-0.qcow2
}

@test "a name that a qcow2 cannot hold is reported" {
	long=$(printf '%0250d' 0)
	mkdir -p "$long/$long/$long/$long"
	cp --sparse=always disk.raw "$long/$long/$long/$long/disk.raw"
	run --separate-stderr pipe "v2v-unpack --memory 1G --vcpus 1 --firmware bios $long/$long/$long/$long/disk.raw | v2v-overlay"
	refused 'longer than a qcow2 can hold'
	nothing_left "$TMPDIR"
}

# other DIRECTORY: it belongs to somebody else.
other() {
	[ "$(id -u)" -eq 0 ] || skip 'not root'
	mkdir "$1"
	chown 65534 "$1"
}

# What the steps do that work in a directory; in $1 as --workdir, or as TMPDIR.
all_refuse_directory() {
	for step in v2v-overlay v2v-convert; do
		run --separate-stderr $step --workdir "$1" <source
		refused "root does not work in '$1"
	done
	for step in v2v-overlay v2v-inspect v2v-convert; do
		TMPDIR=$PWD/$1 run --separate-stderr $step <source
		refused "$1"
	done
	jq -c --arg dir "$PWD/$1" '.workdir = $dir' source >there
	for step in v2v-overlay v2v-inspect v2v-convert; do
		run --separate-stderr $step <there
		refused "$1"
	done
	[ -z "$(ls "$1")" ]
}

@test "root works in no directory in which somebody else could swap the files" {
	other theirs
	all_refuse_directory theirs
	chown 0 theirs
	chmod 777 theirs
	all_refuse_directory theirs
	chgrp 65534 theirs
	chmod 770 theirs
	all_refuse_directory theirs
	mkdir below
	chown 65534 below
	mkdir below/ours
	all_refuse_directory below/ours
}

@test "root works below a sticky directory, and others where they like" {
	other theirs
	mkdir sticky
	chmod 1777 sticky
	v2v-overlay --workdir sticky <source >doc
	[ -f sticky/overlay-0.qcow2 ]
	requires setpriv
	# The tests' own directory others cannot reach.
	place=$(mktemp -d /tmp/v2v-overlays-XXXXXX)
	chmod 755 "$place"
	mkdir -m 777 "$place/theirs"
	cp disk.raw "$place"
	small_document "$place/disk.raw" >source
	setpriv --reuid 65534 --clear-groups v2v-overlay --workdir "$place/theirs" <source >doc
	[ -f "$place/theirs/overlay-0.qcow2" ]
}

teardown() {
	rm -rf "${place-}"
}

@test "a link that lies where a temporary file could be is not followed" {
	echo precious >victim
	ln -s "$PWD/victim" work/.overlay-0.qcow2.aaaaaa
	rm "$overlay"
	ln -s "$PWD/victim" "$overlay"
	run --separate-stderr v2v-overlay --workdir work <source
	refused 'not an overlay of this disk'
	[ "$(cat victim)" = precious ]
}
