#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Work directories: whose they are, and who removes them.

load helper

setup_file() {
	mkdir "$BATS_FILE_TMPDIR/ovas"
	"$(dirname "$BATS_TEST_FILENAME")/make-ovas.sh" "$BATS_FILE_TMPDIR/ovas"
}

setup() {
	packed=$BATS_FILE_TMPDIR/ovas/gzip.ova
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR" "$BATS_TEST_TMPDIR/out"
	cd "$BATS_TEST_TMPDIR" || return
}

# The document $1 has a work directory, and its disk is there.
is_there() {
	[ -f "$(jq -r '.source.disks[0].file' "$1")" ] && [ -d "$(jq -r .workdir "$1")" ]
}

@test "a document that names another machine's work directory leaves it alone" {
	v2v-unpack "$packed" >a.json
	valid a.json
	jq -e '.workdir_id | test("^[0-9a-f]{32}$")' a.json
	v2v-unpack --name b "$BATS_FILE_TMPDIR/ovas/disk.raw" >raw.json
	jq -e 'has("workdir_id") and .workdir_id == null' raw.json
	dir=$(jq -r .workdir a.json)
	for id in null '"0123456789abcdef0123456789abcdef"' '""' 7; do
		jq -c --arg d "$dir" --argjson id "$id" '.workdir = $d | .workdir_id = $id' raw.json >b.json
		v2v-copy --force -f raw -o out <b.json >done.json
		is_there a.json
		# one that ends the stream
		run -1 --separate-stderr pipe "jq -c '.source.disks[0].virtual_size = 512' b.json | v2v-copy -o out"
		refused "the document says 512"
		is_there a.json
	done
	# a link to it is not it
	ln -s "$dir" link
	jq -c --arg d "$PWD/link" '.workdir = $d' a.json >b.json
	v2v-copy --force -f raw -o out <b.json >done.json 2>err
	is_there a.json
	grep -q "work directory" err
	jq -e '.workdir != null and any(.warnings[]; .code == "workdir-kept")' done.json
	# the marker is a file of the user's own, by one name
	cp "$dir/.v2v-workdir" marker
	for kind in 's' ''; do
		mkdir other
		touch other/overlay-0.qcow2
		ln "-${kind}f" "$PWD/marker" other/.v2v-workdir
		jq -c --arg d "$PWD/other" '.workdir = $d' a.json >b.json
		v2v-copy --force -f raw -o out <b.json >done.json 2>err
		[ -e other/overlay-0.qcow2 ]
		rm -r other
	done
	v2v-copy --force -f raw -o out <a.json >done.json
	jq -e '.workdir == null and .workdir_id == null' done.json
	nothing_left "$TMPDIR"
}

@test "a directory that others can write to is refused as a work directory" {
	v2v-unpack "$packed" >a.json
	chmod 777 "$(jq -r .workdir a.json)"
	v2v-copy -f raw -o out <a.json >done.json 2>err
	is_there a.json
	grep -q "work directory" err
}

@test "the id goes through steps and scripts that do not know it" {
	v2v-unpack "$packed" | jq -c '.mine = 1' | v2v-overlay | v2v-estimate >doc.json
	valid doc.json
	jq -e '.workdir_id | length == 32' doc.json
	v2v-copy -o out <doc.json >done.json
	nothing_left "$TMPDIR"
}

@test "a work directory goes where the program that reads the pipe has ended" {
	# Written to by 9, and nobody reads it any more.
	mkfifo unread
	exec 8<>unread 9>unread 8<&-
	run -1 --separate-stderr pipe "v2v-unpack '$packed' >&9"
	refused "Broken pipe"
	nothing_left "$TMPDIR"
	# a later step's too, though another one made it
	run -1 --separate-stderr pipe "v2v-unpack '$packed' | v2v-overlay >&9"
	exec 9>&-
	refused "Broken pipe"
	nothing_left "$TMPDIR"
}

@test "a work directory goes with a document that fails, unless it lies in a file or --keep is given" {
	wrong='.source.disks[0].virtual_size = 512'
	run -1 --separate-stderr pipe "v2v-unpack $packed | jq -c '$wrong' | v2v-copy -o out"
	refused "the document says 512"
	nothing_left "$TMPDIR"
	v2v-unpack "$packed" >doc.json
	jq -c "$wrong" doc.json >wrong.json
	run -1 --separate-stderr v2v-copy -o out <wrong.json
	refused "the document says 512"
	is_there doc.json
	run -1 --separate-stderr bash -c 'v2v-overlay <doc.json >/dev/full'
	refused "No space left"
	is_there doc.json
	run -1 --separate-stderr pipe "cat wrong.json | v2v-copy --keep -o out"
	is_there doc.json
	run -1 --separate-stderr pipe "cat wrong.json | v2v-copy -o out"
	nothing_left "$TMPDIR"
}

@test "a document that went on keeps its work directory" {
	v2v-unpack "$packed" | tee saved.json | v2v-overlay | jq -c . >doc.json
	is_there doc.json
	v2v-copy -f raw -o out <doc.json >done.json
	cmp out/small-sda "$BATS_FILE_TMPDIR/ovas/disk.raw"
	nothing_left "$TMPDIR"
}

@test "a signal does not leave the work directories of documents that wait in the pipe" {
	mkfifo in out.fifo
	v2v-unpack "$packed" >a.json
	v2v-unpack "$packed" >b.json
	# The first document cannot be written: nobody reads more of the pipe, which is full.
	jq -c '.mine = ([range(200000)] | map(tostring) | join(""))' a.json >long.json
	v2v-overlay <in >out.fifo 2>err 3>&- &
	step=$!
	cat long.json b.json >in 3>&- &
	feeder=$!
	exec 9<out.fifo
	[ "$(head -c 1 <&9)" = '{' ]
	# the other one lies in the pipe
	wait "$feeder"
	kill -TERM "$step"
	status=0
	wait "$step" || status=$?
	exec 9<&-
	[ "$status" -eq 143 ]
	nothing_left "$TMPDIR"
}

# Until what was written to the pipe $1 has been read.
read_out_of() {
	/usr/bin/python3 - "$1" <<-'END'
		import fcntl, sys, termios, time
		while any(fcntl.ioctl(int(sys.argv[1]), termios.FIONREAD, bytes(4))):
		    time.sleep(0.01)
	END
}

@test "a signal in the middle of a document lets it come whole, but no longer than a second" {
	mkfifo in
	v2v-unpack "$packed" >a.json
	v2v-unpack "$packed" >b.json
	size=$(wc -c <a.json)
	{ tail -c +$((size / 2 + 1)) a.json; cat b.json; } >rest
	v2v-overlay <in >out.json 3>&- &
	step=$!
	exec 8>in
	head -c $((size / 2)) a.json >&8
	read_out_of 8
	kill -TERM "$step"
	# in one piece: what is not in the pipe when the first has come whole nobody waits for
	dd if=rest bs=64k status=none >&8
	status=0
	wait "$step" || status=$?
	[ "$status" -eq 143 ]
	exec 8>&-
	[ ! -s out.json ]
	nothing_left "$TMPDIR"
	v2v-overlay <in >out.json 3>&- &
	step=$!
	exec 8>in
	printf '{"v2v": 1' >&8
	read_out_of 8
	kill -TERM "$step"
	status=0
	wait "$step" || status=$?
	[ "$status" -eq 143 ]
	exec 8>&-
}

@test "--clean removes what killed steps left, and nothing else" {
	v2v-unpack "$packed" >doc.json
	dir=$(jq -r .workdir doc.json)
	mkdir "$TMPDIR/v2v-spool-x" "$TMPDIR/tmp-v2v-x" "$TMPDIR/v2v-boot-x" "$TMPDIR/v2v-mine" "$TMPDIR/other"
	for d in v2v-spool-x tmp-v2v-x v2v-boot-x other; do
		cp "$dir/.v2v-workdir" "$TMPDIR/$d/"
		echo x >"$TMPDIR/$d/0"
	done
	echo x >"$TMPDIR/v2v-mine/overlay-0.qcow2"
	ln -s "$TMPDIR/other" "$TMPDIR/v2v-link"
	# used a moment ago
	run -0 --separate-stderr v2v-unpack --clean
	[ -z "$output$stderr" ]
	is_there doc.json
	# in use
	exec 7<"$dir/disk-0"
	run -0 --separate-stderr v2v-unpack -v --clean=0
	[[ $stderr == *"'$dir' is in use"* ]]
	is_there doc.json
	exec 7<&-
	run -0 --separate-stderr v2v-unpack -v --clean=0
	[[ $stderr == *"'$dir' is removed"* ]]
	[ "$(cd "$TMPDIR" && echo *)" = "other v2v-link v2v-mine" ]
	[ -e "$TMPDIR/v2v-mine/overlay-0.qcow2" ]
	[ -e "$TMPDIR/other/0" ]
	run -2 v2v-unpack --clean "$packed"
	run -2 v2v-unpack --clean=x
}

@test "--clean leaves what somebody else put into a work directory, and takes old ones" {
	v2v-unpack "$packed" >doc.json
	dir=$(jq -r .workdir doc.json)
	find "$dir" -exec touch -d '25 hours ago' {} +
	v2v-unpack "$packed" >new.json
	echo x >"$dir/note"
	touch -d '25 hours ago' "$dir/note" "$dir"
	run -0 --separate-stderr v2v-unpack --clean
	[[ $stderr == *warning*"'$dir' is kept"* ]]
	[ "$(ls -A "$dir")" = note ]
	is_there new.json
}

@test "a name that no document can hold is refused before the work" {
	bad=$'bad\xff'
	mkdir "$bad" good
	small_disk disk
	small_document "$PWD/disk" >doc.json
	v2v-copy -f raw -o out <doc.json >done.json
	for tool in v2v-copy v2v-estimate v2v-meta; do
		[ "$tool" != v2v-meta ] || cp done.json doc.json
		run --separate-stderr "$tool" -o "$bad" <doc.json
		refused "UTF-8"
	done
	small_document "$PWD/disk" >doc.json
	for tool in v2v-overlay v2v-convert; do
		run --separate-stderr "$tool" --workdir "$bad" <doc.json
		refused "UTF-8"
		TMPDIR=$PWD/$bad run --separate-stderr "$tool" <doc.json
		refused "UTF-8"
	done
	TMPDIR=$PWD/$bad run --separate-stderr v2v-unpack "$packed"
	refused "UTF-8"
	run --separate-stderr v2v-copy -f raw -o "nbd+unix:///x?socket=$PWD/$bad/s" <doc.json
	refused "UTF-8"
	nothing_left "$bad"
	# A link to a directory that has a good name is good.
	ln -s ../good "$bad/link"
	v2v-copy -f raw -o "$bad/link" <doc.json >done.json
	[ -e "$(jq -r '.targets[0].file' done.json)" ]
}

@test "--check and the C example leave no unpacked disk behind" {
	# The guest has no operating system, which is a blocker.
	run -1 --separate-stderr pipe "v2v-unpack $packed | v2v-inspect --check"
	[[ $output == *"blocker"*"[no-operating-system]"* ]]
	nothing_left "$TMPDIR"
	as_built PREFIX="$BATS_TEST_TMPDIR/p" install >/dev/null
	# shellcheck disable=SC2046
	gcc ${SANITIZE:+-fsanitize=address,undefined} "$tests_dir/example-embed.c" -o embed $(PKG_CONFIG_PATH=$PWD/p/lib/pkgconfig pkg-config --cflags --libs libv2v)
	export LD_LIBRARY_PATH=$PWD/p/lib
	run -0 --separate-stderr ./embed "$packed"
	nothing_left "$TMPDIR"
	# no backend is there
	rm -r p/libexec
	run -1 --separate-stderr env PATH=/nonexistent LIBGUESTFS_PATH=/nonexistent ./embed "$packed"
	nothing_left "$TMPDIR"
}
