#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# What steps know of each other: names that meet, steps in another order, mistakes that are reported early.

load helper

setup() {
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR" "$BATS_TEST_TMPDIR/out"
	cd "$BATS_TEST_TMPDIR" || return
}

# Documents of small disks a and b under the names $1 and $2.
two_machines() {
	small_disk a
	small_disk b
	printf 'b' | dd of=b conv=notrunc status=none
	v2v-unpack --memory 1G --vcpus 1 --firmware bios --name "$1" a >stream
	v2v-unpack --memory 1G --vcpus 1 --firmware bios --name "$2" b >>stream
}

# The first of two machines is done and stays; the second is reported, without an option that would have it replaced.
first_stays() {
	[ "$status" -eq 1 ]
	[ "${#lines[@]}" -eq 1 ]
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr == *"another machine's of this run"* ]]
	[[ $stderr != *--force* ]]
}

@test "two machines of one name: the second replaces nothing of the first, --force or not" {
	two_machines web web
	for options in '' --force '--force -f raw'; do
		# shellcheck disable=SC2086 # options are words
		run --separate-stderr v2v-copy $options -o out <stream
		first_stays
		qemu-img compare -q -F raw "$(jq -r '.targets[0].file' <<<"$output")" a
		rm out/*
	done
	# what was there before the run is replaced
	v2v-copy -o out < <(head -1 stream) >/dev/null
	run -0 --separate-stderr v2v-copy --force -o out < <(tail -1 stream)
	qemu-img compare -q -F raw out/web-sda.qcow2 b
}

@test "names that differ only in what a file's name cannot hold are one name" {
	two_machines a/b a_b
	run --separate-stderr v2v-copy --force -o out <stream
	first_stays
	qemu-img compare -q -F raw out/a_b-sda.qcow2 a
}

@test "meta replaces no description of the same run" {
	two_machines web web
	mkdir other
	v2v-copy -o out < <(head -1 stream) >copied
	v2v-copy -o other < <(tail -1 stream) >>copied
	for options in '' --force; do
		rm -f out/web.xml
		# shellcheck disable=SC2086 # options are words
		run --separate-stderr v2v-meta $options -o out <copied
		first_stays
		grep -q "$PWD/out/web-sda.qcow2" out/web.xml
	done
}

@test "one --name for several machines is refused before any is unpacked" {
	"$tests_dir/make-ovas.sh" "$PWD" >/dev/null
	run -2 --separate-stderr v2v-unpack --name x gzip.ova xz.ova
	[ -z "$output" ]
	[[ $stderr == "v2v-unpack: one name, 'x', for several machines: 'gzip.ova' and 'xz.ova'" ]]
	run -2 --separate-stderr v2v-unpack --name x gzip.ova disk.raw
	[[ $stderr == *"'gzip.ova' and 'disk.raw'" ]]
	nothing_left "$TMPDIR"
	v2v-unpack --name x gzip.ova | jq -e '.source.name == "x"'
}

@test "what disk images do not say of their machine is one warning, and none of what is given" {
	small_disk disk
	run -0 --separate-stderr v2v-unpack disk
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr == *"warning: "*"assumed: 1 GiB of memory, 1 CPU, BIOS unless the disks have UEFI's, one network card"* ]]
	jq -e '[.warnings[].code] == ["machine-assumed"]' <<<"$output"
	run -0 --separate-stderr v2v-unpack --memory 4G --firmware uefi disk
	[[ $stderr == *"assumed: 1 CPU, one network card"* ]]
	run -0 --separate-stderr v2v-unpack --memory 4G --firmware uefi --vcpus 2 disk
	[ -z "$stderr" ]
	# v2v-overlay hands a machine on, too; an OVA says what it is
	run -0 --separate-stderr v2v-overlay --workdir out disk
	[[ $stderr == *"(v2v-unpack --memory, --vcpus, --firmware)" ]]
	"$tests_dir/make-ovas.sh" "$PWD" >/dev/null
	run -0 --separate-stderr v2v-unpack ustar.ova
	[[ $stderr != *assumed* ]]
}

# A document of the small disk, copied to out; $1 are options of v2v-copy.
copied() {
	small_disk disk
	v2v-unpack --memory 1G --vcpus 1 --firmware bios --name m disk >doc
	# shellcheck disable=SC2086 # options are words
	v2v-copy -o out $1 <doc >copied
}

# As v2v-convert says of a guest that it converted on overlays.
converted='{block_bus: "virtio-blk", net_bus: "virtio-net", in_place: false, device_map: [], nics: [],
	changes: [{path: "/etc/fstab", what: "sda1 → vda1"}]}'

@test "behind v2v-copy what is converted on overlays would be lost: the right orders are said" {
	copied
	for options in '' --remove-tools '--backup .'; do
		# shellcheck disable=SC2086 # options are words
		run --separate-stderr v2v-convert $options <copied
		refused 'v2v-convert | v2v-copy, or v2v-copy | v2v-convert --in-place'
	done
	run --separate-stderr v2v-overlay <copied
	refused 'v2v-overlay comes before v2v-copy'
	run --separate-stderr v2v-estimate <copied
	refused 'v2v-estimate comes before v2v-copy'
	run --separate-stderr pipe 'v2v-copy -o - --document streamed <doc >/dev/null; v2v-convert <streamed'
	refused 'v2v-copy | v2v-convert --in-place'
	nothing_left "$TMPDIR"
}

@test "new overlays do not take the place of converted ones" {
	copied
	v2v-overlay <doc >with
	jq -c ".guestcaps = $converted" with >converted
	sum=$(sha256sum <"$(jq -r '.overlays[0].file' with)")
	run --separate-stderr v2v-overlay <converted
	refused 'comes before v2v-convert'
	[ "$(sha256sum <"$(jq -r '.overlays[0].file' with)")" = "$sum" ]
	# nothing is lost of a dry run's
	jq -c '.guestcaps.dry_run = true' converted | v2v-overlay >/dev/null
	v2v-copy --force -o out <with >/dev/null
	nothing_left "$TMPDIR"
}

@test "what was converted is copied from its overlays or not at all" {
	copied
	v2v-overlay <doc | jq -c ".guestcaps = $converted" >converted
	mkdir again
	v2v-copy --force --keep -o out <converted >kept
	v2v-copy --force -o again <kept >gone
	run --separate-stderr v2v-copy --force -f raw -o again <gone
	refused 'the overlays with the converted guest are gone'
	jq -c '.guestcaps.dry_run = true' kept >dry
	for step in 'v2v-copy --force -o again' v2v-meta; do
		run --separate-stderr $step <dry
		refused 'a dry run'
	done
	# not converted: the source is unchanged
	v2v-copy -f raw -o again <copied >second
	cmp again/m-sda disk
	nothing_left "$TMPDIR"
}

@test "in place, a target must be the copy of its disk" {
	copied '-f raw'
	sum=$(sha256sum <disk)
	check() {
		jq -c "$1" copied >bad
		run --separate-stderr v2v-convert --in-place <bad
		refused "$2"
		[ "$(sha256sum <disk)" = "$sum" ]
		[ "$(sha256sum <out/m-sda)" = "$sum" ]
	}
	check '.targets[0].file = .source.disks[0].file' "is the source of disk 0, no copy"
	ln disk link
	check ".targets[0].file = \"$PWD/link\"" "is the source of disk 0, no copy"
	check '.targets[0].file = "out/m-sda"' "not an absolute path"
	check '.targets[0].format = "vmdk"' "unknown format 'vmdk'"
	check '.targets[0].format = "qcow2"' "out/m-sda"
	check '.targets[0].virtual_size = 67109376' "its source 67108864"
	check '.targets[0].disk = 1' 'targets[0].disk: unknown disk 1 in source'
	check '.targets = [.targets[0], .targets[0]]' 'targets[1].disk: 0 is taken'
	check '.targets[0].file = "/dev/null"' "/dev/null"
	check ".targets[0].file = \"$PWD/gone\"" "$PWD/gone"
	check '.source.disks[1] = (.source.disks[0] | .id = 1 | .file = null | .format = null)' 'disk 1 was copied to'
	check '.source.disks[1] = (.source.disks[0] | .id = 1 | .file = null | .format = null) |
		.targets[1] = (.targets[0] | .disk = 1)' 'is that of disk 0 and of disk 1'
	truncate -s 32M out/m-sda
	run --separate-stderr v2v-convert --in-place <copied
	refused 'image'
	truncate -s 64M out/m-sda
	qemu-img create -q -f qcow2 -b "$PWD/disk" -F raw out/over.qcow2
	jq -c ".targets[0].file = \"$PWD/out/over.qcow2\" | .targets[0].format = \"qcow2\"" copied >bad
	run --separate-stderr v2v-convert --in-place <bad
	refused 'backing file'
	nothing_left "$TMPDIR"
}

@test "a copy on a device is raw and as large as the disk" {
	requires losetup
	copied
	truncate -s 32M small
	device=$(losetup --find --show small) || skip 'cannot make a loop device'
	jq -c ".targets[0].file = \"$device\" | .targets[0].format = \"raw\"" copied >bad
	run --separate-stderr v2v-convert --in-place <bad
	small=$status:$stderr
	jq -c '.targets[0].format = "qcow2"' bad >worse
	run --separate-stderr v2v-convert --in-place <worse
	losetup -d "$device"
	[[ $small == 1:*"fewer than the disk's 67108864"* ]]
	[[ $status:$stderr == 1:*"only a raw disk"* ]]
}

@test "what went into a stream or an NBD export cannot be converted there" {
	copied
	v2v-copy -o - --document streamed <doc >/dev/null
	run --separate-stderr v2v-convert --in-place <streamed
	refused 'an NBD export or a stream'
	jq -c ".guestcaps = $converted" streamed >converted
	run --separate-stderr v2v-inspect <converted
	refused 'cannot be looked at there'
}

@test "a target of a disk that is not there is refused, and by every step" {
	copied
	v2v-estimate <doc | jq -c '.targets[0].disk = 7' >bad
	for step in 'v2v-copy --force -o out' v2v-estimate v2v-overlay v2v-meta v2v-convert v2v-inspect; do
		run --separate-stderr $step <bad
		refused 'targets[0].disk: unknown disk 7 in source'
	done
}

# What is wrong is reported before the input, which never ends, is read: status 2.
told_early() {
	local want=$1
	shift
	mkfifo endless 2>/dev/null || true
	exec 8<>endless
	run -2 --separate-stderr timeout 60 "$@" <&8
	exec 8>&-
	[ -z "$output" ]
	[[ $stderr == *"$want"* ]] || { echo "stderr: $stderr, not '$want'"; false; }
}

@test "directories that are not there are reported before anything is read" {
	: >file
	for call in 'v2v-copy -o' 'v2v-copy -f raw -o' 'v2v-estimate -o' 'v2v-meta -o' 'v2v-overlay --workdir' \
		'v2v-convert --workdir' 'v2v-convert --backup' 'v2v-convert --in-place --backup'; do
		# shellcheck disable=SC2086 # words
		told_early "'/nonexistent': No such file" $call /nonexistent
		# shellcheck disable=SC2086
		told_early "'file' is not a directory" $call file
	done
	told_early "'/nonexistent': No such file" v2v-convert --undo /nonexistent
}

@test "a --root or --key that cannot be is reported before anything is read" {
	for tool in v2v-inspect v2v-convert 'v2v-convert --undo /dev/null'; do
		for root in sda1 0 -1 second '' btrfsvol:sda1; do
			# shellcheck disable=SC2086 # words
			told_early "--root: unknown '$root' (supported: first, single," $tool "--root=$root"
		done
		for key in secret all: :key:secret all:keys:x :file:x :ask; do
			# shellcheck disable=SC2086
			told_early '--key: not a SELECTOR:ask, SELECTOR:file:NAME' $tool --key "$key"
		done
		# shellcheck disable=SC2086
		told_early "'/nonexistent'" $tool --key all:file:/nonexistent
		# shellcheck disable=SC2086
		told_early "cannot read descriptor 77: Bad file descriptor" $tool --key all:fd:77
		# shellcheck disable=SC2086
		told_early "'x' is not a descriptor's number" $tool --key all:fd:x
		# shellcheck disable=SC2086
		told_early 'cannot ask: no terminal' setsid -w $tool --key all:ask
	done
}

@test "a target that is there already is reported by estimate, before the long work" {
	copied
	run -0 --separate-stderr v2v-estimate -o out <doc
	[[ $stderr == "v2v-estimate: warning: '$PWD/out/m-sda.qcow2' exists: "*--force* ]]
	jq -e '.warnings[].code == "file-exists"' <<<"$output"
	run -0 --separate-stderr v2v-estimate -f raw -o out <doc
	[ -z "$stderr" ]
}

@test "a passphrase of the command line is not to be seen in ps" {
	mkfifo fifo
	v2v-convert --key all:key:geheim --key all:key:offen <fifo 2>/dev/null 3>&- &
	pid=$!
	exec 8>fifo
	# Of a busy machine: it may not even be that program yet.
	for _ in $(seq 600); do
		tr '\0' ' ' <"/proc/$pid/cmdline" >line
		grep -q '^v2v-convert.*xxxxx' line && break
		sleep 0.1
	done
	exec 8>&-
	wait "$pid" || true
	grep -q 'v2v-convert --key all:key:xxxxxx --key all:key:xxxxx' line
}

@test "a passphrase from a descriptor is its first line; the documents may follow" {
	copied
	# from standard input, in front of the document; what fails then is the order
	run --separate-stderr pipe '(echo geheim; cat copied) | v2v-convert --key all:fd:0'
	refused 'already'
	run -2 --separate-stderr v2v-convert --key all:fd:3 --key /dev/sda1:fd:3 3<<<only <copied
	[[ $stderr == *"cannot read descriptor 3: No data available"* ]]
	run --separate-stderr pipe "v2v-convert --key all:fd:3 --key /dev/sda1:fd:3 3< <(printf 'one\ntwo\n') <copied"
	refused 'already'
}

@test "a passphrase is asked for at the terminal, unseen, when there is a guest; ^C ends it" {
	copied
	cat >at-terminal.py <<-'END'
		import os, pty, sys, termios
		answer = sys.argv[1].encode().decode("unicode_escape").encode()
		pid, terminal = pty.fork()
		if pid == 0:
		    os.dup2(os.open("copied", os.O_RDONLY), 0)
		    os.execvp("v2v-convert", ["v2v-convert", "--key", "all:ask"])
		seen = b""
		while b"passphrase of the guest's all: " not in seen:
		    seen += os.read(terminal, 1000)
		assert not termios.tcgetattr(terminal)[3] & termios.ECHO
		os.write(terminal, answer)
		try:
		    while more := os.read(terminal, 1000):
		        seen += more
		        echo = termios.tcgetattr(terminal)[3] & termios.ECHO
		except OSError:
		    pass
		print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), bool(echo))
		print(seen.decode())
	END
	run -0 /usr/bin/python3 at-terminal.py 'geheim\n'
	[ "${lines[0]}" = '1 True' ]
	[[ $output == *'copied already'* ]]
	[[ $output != *geheim* ]]
	run -0 /usr/bin/python3 at-terminal.py '\x03'
	[ "${lines[0]}" = '130 True' ]
}
