#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# v2v-fleet: many machines, some that fail, some that are killed, and what is left.  The machines are small disks that are copied.

# bats file_tags=plain

load helper

setup_file() {
	mkdir "$BATS_FILE_TMPDIR/ovas"
	"$tests_dir/make-ovas.sh" "$BATS_FILE_TMPDIR/ovas"
	head -c 30000 "$BATS_FILE_TMPDIR/ovas/ustar.ova" >"$BATS_FILE_TMPDIR/cut.ova"
}

setup() {
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR" "$BATS_TEST_TMPDIR/vm"
	cd "$BATS_TEST_TMPDIR" || return
	small_disk one.raw
	small_disk two.raw
	head -c 100000 "$tests_dir/../README.md" | dd of=two.raw bs=1M seek=5 conv=notrunc status=none
	printf '%s\n' one.raw two.raw >list
}

# The member $2 of the state of the machine $1.
state_of() {
	jq -r ".$2" "vm/fleet/machines/$1.json"
}

# The disk of the machine $1 is there and is right, and its XML names it where it is.
is_whole() {
	qemu-img compare -q "$1.raw" "vm/$1-sda.qcow2"
	grep -qF "<source file=\"$PWD/vm/$1-sda.qcow2\"/>" "vm/$1.xml"
	! grep -q 'fleet/machines' "vm/$1.xml"
}

# Nothing but the files of done machines, states, logs and locks.
no_leftovers() {
	local left
	left=$(find vm -mindepth 1 ! -name '*-sda.qcow2' ! -name '*.xml' ! -path vm/fleet ! -path vm/fleet/machines \
		! -path 'vm/fleet/machines/*.json' ! -path 'vm/fleet/machines/*.log' ! -path 'vm/fleet/machines/*.lock' \
		! -path 'vm/fleet/machines/*.documents' ! -path vm/fleet/run.json ! -path vm/fleet/room.lock)
	[ -z "$left" ] || { echo "left: $left"; return 1; }
	nothing_left "$TMPDIR"
}

# The program with steps of which v2v-meta waits as long as there is a file "hold".
slow_steps() {
	local step
	mkdir bin
	for step in $tools; do
		ln -s "$O/bin/$step" bin/
	done
	cp "$O/bin/v2v-fleet" bin/
	rm bin/v2v-meta
	cat >bin/v2v-meta <<-END
		#!/bin/sh
		echo \$\$ >>"$PWD/waiting"
		while [ -e "$PWD/hold" ]; do sleep 0.1; done
		exec "$O/bin/v2v-meta" "\$@"
	END
	chmod +x bin/v2v-meta
	touch hold
}

# Until $1 of these wait.
until_waiting() {
	for _ in $(seq 300); do
		[ ! -e waiting ] || [ "$(wc -l <waiting)" -lt "$1" ] || return 0
		sleep 0.1
	done
	return 1
}

@test "the local engine: what can be done is, what fails has the code of its cause, and nothing is left" {
	cp "$BATS_FILE_TMPDIR/cut.ova" bad.ova
	echo bad.ova >>list
	run -1 --separate-stderr v2v-fleet run --no-convert -j 2 list -o vm
	[ -z "$output" ]
	[[ $stderr == *"bad: failed: "*'is cut off'*'[ova-truncated]'* ]]
	[[ ${stderr_lines[-1]} == 'v2v-fleet: 3 machines: 2 done, 1 failed' ]]
	is_whole one
	is_whole two
	no_leftovers
	[ "$(state_of bad '| "\(.state) \(.step) \(.code) \(.retry) \(.files | length)"')" = 'failed unpack ova-truncated never 0' ]
	[ "$(state_of one '| "\(.state) \(.try) \(.engine) \(.files | join(" "))"')" = 'done 1 local one-sda.qcow2 one.xml' ]
	[ "$(state_of one head_sha256)" = "$(head -c 1M one.raw | sha256sum | cut -d' ' -f1)" ]
	[ "$(state_of one bytes.read)" = 67108864 ]
	[ "$(state_of one bytes.written)" -gt 300000 ]
	[ "$(state_of one '| .seconds | keys | join(" ")')" = 'copy estimate meta total unpack' ]
	[ "$(state_of one 'warnings[]')" = machine-assumed ]
	/usr/bin/python3 "$tests_dir/validate.py" --messages <vm/fleet/machines/one.log
	valid vm/fleet/machines/one.documents
	run -1 v2v-fleet status -o vm
	[[ ${lines[0]} == 'bad '*'failed '*'[ova-truncated]' ]]
	[[ ${lines[1]} =~ ^one\ +done$ ]]
}

@test "what is done is not done again; what was changed or taken away since is told, or done" {
	v2v-fleet run --no-convert list -o vm
	identity vm/*.qcow2 vm/*.xml vm/fleet/machines/*.json >before
	run -0 --separate-stderr v2v-fleet run --no-convert list -o vm
	[ "$stderr" = 'v2v-fleet: 2 machines: 2 done' ]
	v2v-fleet job --no-convert "$PWD/one.raw" -o vm
	identity vm/*.qcow2 vm/*.xml vm/fleet/machines/*.json | diff before -
	printf x | dd of=one.raw bs=1 seek=700 conv=notrunc status=none
	run -1 --separate-stderr v2v-fleet job --no-convert one.raw -o vm
	[[ $stderr == *'has changed since'* ]]
	identity vm/*.qcow2 vm/*.xml vm/fleet/machines/*.json | diff before -
	rm vm/one*
	v2v-fleet job --no-convert one.raw -o vm
	is_whole one
	rm two.raw
	v2v-fleet job --no-convert two.raw -o vm
}

@test "a machine with a blocker is blocked, with its code, before anything is copied" {
	echo one.raw >list
	run -1 --separate-stderr v2v-fleet run list -o vm
	[[ $stderr == *'one: blocked: '*'[no-operating-system]'* ]]
	[ "$(state_of one '| "\(.state) \(.step) \(.code) \(.retry)"')" = 'blocked inspect no-operating-system never' ]
	no_leftovers
	[ ! -e vm/one-sda.qcow2 ]
	run -0 v2v-fleet retry --dry-run -o vm
	[ -z "$output" ]
	run -0 v2v-fleet retry --dry-run --all -o vm
	[ "$output" = "$PWD/one.raw" ]
}

@test "a machine that another job has is left alone with status 75, and done later" {
	mkdir -p vm/fleet/machines
	exec 7>vm/fleet/machines/one.lock
	flock 7
	run -75 --separate-stderr v2v-fleet job --no-convert one.raw -o vm 7>&-
	[[ $stderr == *'another job has this machine'* ]]
	run -1 --separate-stderr v2v-fleet run --no-convert list -o vm 7>&-
	[[ $stderr == *'2 machines: 1 planned, 1 done'* ]]
	run -1 v2v-fleet report -o vm 7>&-
	[[ $output == *'left: 0.00 hours'* ]]
	run -1 v2v-fleet status -o vm 7>&-
	[[ ${lines[0]} == one*planned*'another job has it' ]]
	run -0 v2v-fleet retry --dry-run -o vm 7>&-
	[ -z "$output" ]
	exec 7>&-
	run -0 --separate-stderr v2v-fleet retry -o vm
	[[ $stderr == *'one: again, after planned'* ]]
	is_whole one
}

@test "two jobs of one machine at once: one does it, the other leaves it" {
	slow_steps
	bin/v2v-fleet job --no-convert one.raw -o vm &
	until_waiting 1
	run -75 --separate-stderr bin/v2v-fleet job --no-convert one.raw -o vm
	run -1 bin/v2v-fleet status -o vm
	[[ ${lines[0]} == one*running* ]]
	rm hold
	wait $!
	is_whole one
	no_leftovers
}

@test "SIGTERM: nothing but the state is left, and it can be tried again" {
	slow_steps
	bin/v2v-fleet job --no-convert one.raw -o vm &
	job=$!
	until_waiting 1
	[ -d vm/fleet/machines/one.work ]
	kill "$job"
	wait "$job" || got=$?
	[ "$got" -eq 143 ]
	# shellcheck disable=SC2046 # numbers
	all_ended $(cat waiting)
	[ "$(state_of one '| "\(.state) \(.code) \(.retry)"')" = 'failed cancelled now' ]
	no_leftovers
	[ ! -e vm/one-sda.qcow2 ]
	rm hold
	# a job alone is no run, from which a retry would have its options
	run -1 --separate-stderr bin/v2v-fleet retry -o vm
	[[ $stderr == *"nothing was run in '$PWD/vm'"* ]]
	bin/v2v-fleet job --no-convert one.raw -o vm
	[ "$(state_of one try)" -eq 2 ]
	is_whole one
}

@test "SIGKILL in mid-run: its steps end with it, it is interrupted, and a second run has no leftovers of the first" {
	slow_steps
	bin/v2v-fleet job --no-convert one.raw -o vm &
	job=$!
	until_waiting 1
	kill -KILL "$job"
	wait "$job" || true
	# shellcheck disable=SC2046 # numbers
	all_ended $(cat waiting)
	[ -d vm/fleet/machines/one.work ]
	[ ! -e vm/one-sda.qcow2 ]
	touch vm/fleet/machines/one.work/out/.one-sda.qcow2.XXXXXX
	# what the step had started holds the lock for a moment more
	flock vm/fleet/machines/one.lock true
	run -1 bin/v2v-fleet status -o vm
	[[ ${lines[0]} == one*interrupted* ]]
	rm hold
	bin/v2v-fleet job --no-convert one.raw -o vm
	[ "$(state_of one try)" -eq 2 ]
	is_whole one
	no_leftovers
}

@test "a run that is ended ends its jobs; the next one does the rest" {
	slow_steps
	for engine in local parallel; do
		touch hold
		rm -rf vm waiting
		mkdir vm
		bin/v2v-fleet run --no-convert --engine "$engine" -j 2 list -o vm &
		run=$!
		until_waiting 2
		kill "$run"
		wait "$run" || got=$?
		[ "$got" -eq 143 ]
		# shellcheck disable=SC2046 # numbers
		all_ended $(cat waiting)
		[ "$(state_of one state) $(state_of two code)" = 'failed cancelled' ]
		rm hold
		no_leftovers
		bin/v2v-fleet retry -o vm
		[ "$(state_of two '| "\(.engine) \(.try)"')" = "$engine 2" ]
		is_whole one
		is_whole two
		no_leftovers
	done
}

@test "GNU parallel killed in mid-run and resumed: all are done, each once" {
	requires parallel
	slow_steps
	setsid bin/v2v-fleet run --no-convert --engine parallel -j 1 list -o vm &
	run=$!
	until_waiting 1
	pids=$(processes_below "$run")
	# shellcheck disable=SC2086 # numbers
	kill -KILL "$run" $pids
	wait "$run" || true
	# shellcheck disable=SC2086
	all_ended $pids
	rm hold
	bin/v2v-fleet run --no-convert --engine parallel -j 2 list -o vm
	[ "$(state_of one '| "\(.state) \(.engine) \(.try)"') $(state_of two try)" = 'done parallel 2 1' ]
	is_whole one
	is_whole two
	no_leftovers
}

# The room that is free, and $1 MiB.
free_and() {
	echo -n $(($(stat -f -c '%a * %S' vm) + ($1 << 20)))
}

@test "two machines that fit alone, but not together, do not both begin; what one has written counts once" {
	mkdir -p vm/fleet/machines/other.work/out
	fallocate -l 1G vm/fleet/machines/other.work/out/part
	# another job holds all that is left, beside what it has written
	exec 7>vm/fleet/machines/other.room
	flock 7
	free_and 2048 >&7
	run -1 --separate-stderr v2v-fleet job --no-convert one.raw -o vm 7>&-
	[[ $stderr == *"are reserved by other machines"* ]]
	[ "$(state_of one '| "\(.state) \(.code) \(.retry)"')" = 'failed target-no-space later' ]
	[ ! -e vm/one-sda.qcow2 ]
	# and now less than that
	free_and 512 >vm/fleet/machines/other.room
	v2v-fleet job --no-convert one.raw -o vm 7>&-
	is_whole one
	[ -e vm/fleet/machines/other.room ]
	# a reservation that nobody holds is none
	exec 7>&-
	free_and 2048 >vm/fleet/machines/other.room
	v2v-fleet job --no-convert two.raw -o vm
	is_whole two
	rm -r vm/fleet/machines/other.work
	no_leftovers
}

@test "a file that is there is not replaced, and a machine with another's name does not take its place" {
	echo mine >vm/one.xml
	run -1 --separate-stderr v2v-fleet job --no-convert one.raw -o vm
	[ "$(state_of one '| "\(.state) \(.code) \(.retry)"')" = 'failed file-exists later' ]
	[ "$(cat vm/one.xml)" = mine ]
	[ ! -e vm/one-sda.qcow2 ]
	no_leftovers
	mkdir other
	cp two.raw other/one.raw
	run -1 --separate-stderr v2v-fleet job --no-convert other/one.raw -o vm
	[[ $stderr == *"would have the name of '$PWD/one.raw'"* ]]
	printf '%s\n' one.raw other/one.raw >list
	run -1 --separate-stderr v2v-fleet run --no-convert list -o vm
	[[ $stderr == *'would have the name of'* ]]
}

@test "machines whose descriptors have one name are told apart by their files" {
	ovas=$BATS_FILE_TMPDIR/ovas
	cp "$ovas/ustar.ova" first.ova
	cp "$ovas/pax.ova" second.ova
	printf '%s\n' first.ova second.ova >list
	run -1 v2v-fleet run --no-convert list -j 1 -o vm
	[ "$(state_of second code)" = file-exists ]
	rm -r vm
	mkdir vm
	v2v-fleet run --no-convert --name-by-file list -o vm
	qemu-img compare -q "$ovas/disk.raw" vm/second-sda.qcow2
	grep -q '<name>first</name>' vm/first.xml
}

# The machine "one", whose job ended between the two renames of its files.
crash_amid_renames() {
	v2v-fleet job --no-convert one.raw -o vm
	mkdir -p vm/fleet/machines/one.work/out
	mv vm/one.xml vm/fleet/machines/one.work/out
	jq '.state = "running" | .publishing = .files | .files = []' vm/fleet/machines/one.json >state
	cp state vm/fleet/machines/one.json
}

@test "after a crash amid the renames the next job goes on with the rest" {
	crash_amid_renames
	identity vm/one-sda.qcow2 >before
	v2v-fleet job --no-convert one.raw -o vm
	identity vm/one-sda.qcow2 | diff before -
	is_whole one
	[ "$(state_of one '| "\(.state) \(.files | length) \(.publishing | length)"')" = 'done 2 0' ]
	no_leftovers
}

@test "the cause is the first error of the first step that failed, or of the one that was called wrongly" {
	run -1 v2v-fleet job --no-convert one.raw -o vm -- v2v-copy --no-such-option
	[ "$(state_of one '| "\(.step) \(.code) \(.retry)"')" = 'copy usage never' ]
	run -1 v2v-fleet job --no-convert one.raw -o vm -- v2v-meta -t openstack --storage $'a\nb'
	[ "$(state_of one step)" = meta ]
	slow_steps
	bin/v2v-fleet job --no-convert one.raw -o vm &
	until_waiting 1
	kill -KILL "$(cat waiting)"
	wait $! || got=$?
	[ "$got" -eq 1 ]
	[ "$(state_of one '| "\(.step) \(.code) \(.retry) \(.text)"')" = 'meta child now v2v-meta ended by signal 9' ]
}

@test "of two steps that failed the first in the pipeline is the cause, whichever spoke first" {
	cat >log <<-'END'
		{"step": "copy", "level": "error", "code": "io", "text": "second", "retry": "later"}
		{"step": "convert", "level": "warning", "code": "guest-packages", "text": "no error"}
		{"step": "convert", "level": "error", "code": "guest-write", "text": "first", "retry": "never"}
		{"step": "convert", "level": "error", "code": "undo-left", "text": "then", "retry": "never"}
		no JSON
	END
	PYTHONPATH=$top/tools/v2v-fleet /usr/bin/python3 -B - <<-'END'
		from fleet.steps import Result, cause, warnings

		def of(*statuses):
		    why = cause([Result(step, status, 0) for step, status in zip(("convert", "copy"), statuses)], "log", 0)
		    return why and (why["step"], why["code"], why["retry"])

		assert of(1, 1) == ("convert", "guest-write", "never")
		assert of(0, 1) == ("copy", "io", "later")
		assert of(1, 2) == ("copy", "io", "later")
		assert of(0, 0) is None
		assert warnings("log", 0) == ["guest-packages"]
	END
}

@test "options of the steps reach them, in a retry as well" {
	v2v-fleet run --no-convert list -o vm -- v2v-copy --compress v2v-meta -t qemu
	[ "$(state_of one '| .files | join(" ")')" = 'one-sda.qcow2 one.sh' ]
	grep -qF "$PWD/vm/one-sda.qcow2" vm/one.sh
	qemu-img compare -q one.raw vm/one-sda.qcow2
	rm vm/two*
	jq '.state = "failed" | .retry = "now"' vm/fleet/machines/two.json >state
	cp state vm/fleet/machines/two.json
	v2v-fleet retry -o vm
	[ -e vm/two.sh ]
}

@test "a retry takes what may succeed again, and with --all the rest" {
	cp "$BATS_FILE_TMPDIR/cut.ova" bad.ova
	echo bad.ova >>list
	echo mine >vm/two.xml
	run -1 v2v-fleet run --no-convert list -o vm
	run -0 v2v-fleet retry --dry-run -o vm
	[ "$output" = "$PWD/two.raw" ]
	run -0 v2v-fleet retry --dry-run --all -o vm
	[ "$output" = "$PWD/bad.ova"$'\n'"$PWD/two.raw" ]
	rm vm/two.xml
	run -0 v2v-fleet retry -o vm
	is_whole two
	[ "$(state_of bad try)" -eq 1 ]
}

@test "the report: text, JSON, CSV, HTML and figures for Prometheus" {
	cp "$BATS_FILE_TMPDIR/cut.ova" =bad.ova
	echo =bad.ova >>list
	run -1 v2v-fleet run --no-convert list -o vm
	run -1 v2v-fleet report -o vm
	[ "${lines[0]}" = '3 machines: 2 done, 1 failed' ]
	[[ $output == *'1 ova-truncated: =bad'* ]]
	v2v-fleet report --json -o vm >report.json || true
	[ "$(jq -r '.summary | "\(.machines) \(.states.done) \(.failed["ova-truncated"])"' report.json)" = '3 2 1' ]
	[ "$(jq .summary.bytes_written report.json)" -eq "$(($(state_of one bytes.written) + $(state_of two bytes.written)))" ]
	v2v-fleet report --csv -o vm >report.csv || true
	/usr/bin/python3 - <<-'END'
		import csv
		rows = list(csv.DictReader(open("report.csv")))
		assert [(row["name"], row["state"], row["code"]) for row in rows] == [
		    ("'=bad", "failed", "ova-truncated"), ("one", "done", ""), ("two", "done", "")], rows
		assert rows[1]["files"] == "one-sda.qcow2 one.xml" and int(rows[1]["written"]) > 300000
	END
	run -1 v2v-fleet report --html page.html --prometheus fleet.prom -o vm
	[ -z "$output" ]
	grep -q '>one<' page.html
	grep -q '>two<' page.html
	grep -q 'Times of the steps' page.html
	run ! grep -q fleet/machines page.html
	grep -qx 'v2v_fleet_machines{state="done"} 2' fleet.prom
	grep -qx 'v2v_fleet_failed{code="ova-truncated"} 1' fleet.prom
	! grep -vqE '^(# (HELP|TYPE) [a-z0-9_]+ .+|[a-z0-9_]+(\{[a-z]+="[^"]*"\})? [0-9.]+)$' fleet.prom
}

@test "the plan sorts machines into waves; a wave is converted; the next plan knows how long it takes" {
	requires linux.uml
	mkdir ovas
	"$tests_dir/fleet/make-ovas.sh" ovas 2
	run -1 v2v-fleet plan -j 2 ovas/*.ova -o vm
	[[ $output == *'pilot '*good-01*'A hostile guest'*'warnings '*good-02*'hands '*blocked*'[no-operating-system]'*'blocked '*damaged*'[ova-truncated]'* ]]
	[ "$(cat vm/wave-pilot.list vm/wave-warnings.list vm/wave-hands.list vm/wave-blocked.list)" = \
		"$(printf "$PWD/ovas/%s.ova\n" good-01 good-02 blocked damaged)" ]
	[ ! -s vm/wave-ok.list ]
	[ "$(jq -r '.machines[] | select(.name == "damaged").failed | "\(.step) \(.code)"' vm/plan.json)" = 'unpack ova-truncated' ]
	[ "$(find vm -mindepth 1 | wc -l)" -eq 6 ]
	nothing_left "$TMPDIR"
	run -1 --separate-stderr v2v-fleet plan ovas/good-01.ova -o vm --simulate vm
	[[ $stderr == *'no machine is done'* ]]
	v2v-fleet run --name-by-file vm/wave-pilot.list -o vm
	[ "$(state_of good-01 '| .seconds | keys | join(" ")')" = 'convert copy estimate inspect meta total unpack' ]
	jq -e '.guestcaps.changes | length >= 2' vm/fleet/machines/good-01.documents
	v2v-inspect vm/good-01-sda.qcow2 | jq -e '[.inspect.findings[] | select(.level != "note")] == []'
	run -0 v2v-fleet plan ovas/good-0*.ova -o vm --simulate vm
	[[ ${lines[-3]} =~ ^warnings\ +1\ machines,\ .*GiB,\ 0:[0-9][0-9]:[0-9][0-9]:\ wave-warnings.list$ ]] || { echo "${lines[-3]}"; false; }
	# two machines of one size: each takes what the one took
	jq -e --slurpfile state vm/fleet/machines/good-01.json \
		'[.waves[] | .seconds // 0] | add / 2 - $state[0].seconds.total | fabs < 0.2' vm/plan.json
}

@test "waves: a pilot of each product and firmware, the largest first; times are simulated from what was measured" {
	PYTHONPATH=$top/tools/v2v-fleet /usr/bin/python3 -B - <<-'END'
		from fleet import plan, rates

		def machine(name, size, verdict, product="Debian", firmware="bios"):
		    return {"name": name, "bytes": size, "verdict": verdict, "product_name": product, "firmware": firmware}

		machines = [machine("a", 5, "ok"), machine("b", 3, "ok"), machine("c", 9, "ok"), machine("d", 4, "warnings", firmware="uefi"),
		            machine("e", 1, "hands"), machine("f", 7, "warnings"), machine("g", 2, "blocked", product=None)]
		plan.sort(machines)
		assert [(m["wave"], m["name"]) for m in machines] == [
		    ("pilot", "d"), ("pilot", "b"), ("ok", "c"), ("ok", "a"), ("warnings", "f"), ("hands", "e"), ("blocked", "g")], machines
		line = rates.fit([{"state": "done", "bytes": {"estimated": size}, "seconds": {"total": 2 + size / 10}} for size in (10, 20, 40)])
		assert abs(line[0] - 2) < 1e-9 and abs(line[1] - 0.1) < 1e-9
		assert rates.fit([]) is None
		assert rates.makespan([3, 3, 2, 2, 2], 1) == 12 and rates.makespan([3, 3, 2, 2, 2], 2) == 7 and rates.makespan([], 4) == 0
		waves = {wave["name"]: wave for wave in plan.waves_of(machines, (1, 1), 2)}
		assert waves["ok"]["seconds"] == 10 and waves["pilot"]["seconds"] == 5 and waves["hands"]["seconds"] is None
	END
}

@test "a wrong command line ends with status 2 and one line that says what is wrong" {
	for words in '' no-such-command 'run list' 'run -o /gone list' 'run -o vm' 'status -o vm extra' 'run -o vm -j 0 list' \
		'run -o vm --all list' 'run -o vm -e pbs list' 'job -o vm' 'job -o vm one.raw two.raw' 'plan -o vm' 'run list -o vm -- --compress'; do
		# shellcheck disable=SC2086 # words
		run -2 --separate-stderr v2v-fleet $words
		[ -z "$output" ]
		[[ ${stderr_lines[0]} == 'v2v-fleet: '* ]]
		[ "${#stderr_lines[@]}" -eq 2 ]
	done
	nothing_left vm
	run -1 --separate-stderr v2v-fleet status -o vm
	[[ $stderr == *'no machine was run in '*/vm* ]]
	: >empty
	run -0 --separate-stderr v2v-fleet run empty -o vm
	[ "$stderr" = 'v2v-fleet: there is no machine to run' ]
	run -1 --separate-stderr v2v-fleet run gone -o vm
	[[ $stderr == *"'gone'"* ]]
}

@test "the array that Slurm gets runs the lines of the list, quoted, with its license" {
	mkdir fake
	cat >fake/sbatch <<-'END'
		#!/bin/sh
		cat >script
		echo "$@" >arguments
		echo 7
	END
	printf '#!/bin/sh\nexit 0\n' >fake/squeue
	chmod +x fake/*
	PATH=$PWD/fake:$PATH run -0 --separate-stderr v2v-fleet run --no-wait --no-convert --engine slurm -j 3 --license target \
		--sbatch=--partition=x list -o vm -- v2v-unpack --name "it's"
	[[ "$(cat arguments)" == "--parsable --output=$PWD/vm/fleet/run-"*'-%A_%a.out --licenses=target:1 --partition=x' ]]
	grep -qx '#SBATCH --array=1-2%3' script
	SLURM_ARRAY_TASK_ID=2 sh script
	[ "$(state_of two '| "\(.state) \(.engine) \(.files[0])"')" = "done slurm it's-sda.qcow2" ]
	[ "$(state_of one state)" = planned ]
}

@test "a directory that is a symlink, or below one, gets XML with the names that its files have" {
	mkdir -p real/below
	ln -s real link
	v2v-fleet job --no-convert one.raw -o link
	v2v-fleet job --no-convert two.raw -o link/below
	grep -qF "<source file=\"$PWD/real/one-sda.qcow2\"/>" real/one.xml
	grep -qF "<source file=\"$PWD/real/below/two-sda.qcow2\"/>" real/below/two.xml
	run ! grep -q 'fleet/machines' real/one.xml real/below/two.xml
	# where the work directory has another name than is known, it is said
	mkdir vm/fleet elsewhere
	ln -s ../../elsewhere vm/fleet/machines
	run -1 --separate-stderr v2v-fleet job --no-convert one.raw -o vm
	[[ $stderr == *'[internal]' ]]
	[ ! -e vm/one.xml ]
}

@test "a machine that has another's name, has changed or was converted otherwise does not count as done" {
	mkdir other
	cp two.raw other/one.raw
	echo one.raw >list
	v2v-fleet run --no-convert list -o vm
	echo other/one.raw >others
	run -1 --separate-stderr v2v-fleet run --no-convert others -o vm
	[[ $stderr == *'would have the name of'*'1 machines: 1 failed' ]]
	run -1 --separate-stderr v2v-fleet run list -o vm
	[[ $stderr == *'converted with other options'*'1 machines: 1 failed' ]]
	run -1 --separate-stderr v2v-fleet run --no-convert list -o vm -- v2v-copy --compress
	[[ $stderr == *'converted with other options'*'1 machines: 1 failed' ]]
	printf x | dd of=one.raw bs=1 seek=700 conv=notrunc status=none
	run -1 --separate-stderr v2v-fleet run --no-convert list -o vm
	[[ $stderr == *'has changed since'*'1 machines: 1 failed' ]]
}

@test "a retry runs each machine as it was run, not as the last one was" {
	echo mine >vm/one.xml
	echo one.raw >first
	echo two.raw >second
	run -1 v2v-fleet run --no-convert first -o vm -- v2v-copy --compress
	run -1 v2v-fleet run second -o vm
	rm vm/one.xml
	run -0 --separate-stderr v2v-fleet retry -o vm
	[ "$(state_of one '| "\(.state) \(.how.no_convert) \(.how.words | join(" "))"')" = 'done true v2v-copy --compress' ]
	is_whole one
}

@test "figures for Prometheus go to where they were asked for, and replace no link and no device" {
	v2v-fleet run --no-convert list -o vm
	echo old >real.prom
	ln -s real.prom link.prom
	v2v-fleet report --prometheus link.prom -o vm
	[ -L link.prom ]
	grep -qx 'v2v_fleet_machines{state="done"} 2' real.prom
	mkfifo pipe.prom
	cat pipe.prom >got &
	v2v-fleet report --prometheus pipe.prom -o vm
	wait $!
	[ -p pipe.prom ]
	diff got real.prom
	v2v-fleet report --prometheus - -o vm | diff - real.prom
	run -2 v2v-fleet report --prometheus - --csv -o vm
}

@test "a state that is damaged has failed; the list has the machine converted anew; a hidden name is a name" {
	v2v-fleet run --no-convert list -o vm
	cp one.raw .gone.raw
	run -1 --separate-stderr v2v-fleet job .gone.raw -o vm
	run -1 v2v-fleet status -o vm
	[[ ${lines[0]} == .gone*blocked* ]]
	for text in '{' '{"name": "one"}' '[]' "$(head -c 200000 /dev/zero | tr '\0' '[')" \
		"$(jq -c '.seconds = 3' vm/fleet/machines/two.json)" "$(jq -c '.files = ["../x"] | .name = "one"' vm/fleet/machines/two.json)"; do
		printf '%s\n' "$text" >vm/fleet/machines/one.json
		run -1 --separate-stderr v2v-fleet report -o vm
		[ -z "$stderr" ]
		[[ $output == *'1 document-broken: one'* ]]
		run -0 --separate-stderr v2v-fleet retry --dry-run --all -o vm
		[ "$output" = "$PWD/.gone.raw" ]
	done
	rm vm/one*
	v2v-fleet run --no-convert list -o vm
	is_whole one
	for text in '{}' '{' "$(jq -c '.engine = "pbs"' vm/fleet/run.json)" "$(jq -c '.jobs = "2"' vm/fleet/run.json)"; do
		printf '%s\n' "$text" >vm/fleet/run.json
		run -1 --separate-stderr v2v-fleet retry --all -o vm
		refused 'run.json'
	done
}

@test "--no-wait is of Slurm alone" {
	for engine in '' '-e local' '-e parallel'; do
		# shellcheck disable=SC2086 # words
		run -2 --separate-stderr v2v-fleet run --no-wait --no-convert $engine list -o vm
		[[ $stderr == *'--no-wait is an option of the engine slurm'* ]]
	done
	run -1 v2v-fleet run list -o vm
	run -1 --separate-stderr v2v-fleet retry --all --no-wait -o vm
	refused 'the last run was by local'
	[ -z "$(find vm -name 'run-*')" ]
}

# Slurm's programs: each notes its arguments; sbatch gives numbers from 7 on, and runs "sbatch-does" for the second.
fake_slurm() {
	mkdir fake
	cat >fake/sbatch <<-'END'
		#!/bin/sh
		n=$((7 + $(ls script.* 2>/dev/null | wc -l)))
		cat >script.$n
		printf '%s\n' "$@" >arguments.$n
		[ $n -eq 7 ] || . ./sbatch-does
		echo $n
	END
	printf '#!/bin/sh\necho "squeue $*" >>said\n' >fake/squeue
	printf '#!/bin/sh\necho "scancel $*" >>said\n' >fake/scancel
	chmod +x fake/*
	echo : >sbatch-does
}

# The machines m1.raw to m$1.raw, which are not there.
many_machines() {
	seq -f 'm%g.raw' "$1" >list
}

@test "arrays of Slurm follow each other, and what was submitted is cancelled when the rest fails or a signal comes" {
	fake_slurm
	many_machines 2100
	PATH=$PWD/fake:$PATH run -0 --separate-stderr v2v-fleet run --no-wait --engine slurm -j 8 list -o vm
	[[ ${stderr_lines[-1]} == *'2100 planned' ]]
	[ "$(grep -h '^--dep' arguments.? | paste -sd ' ')" = '--dependency=afterany:7 --dependency=afterany:8' ]
	[ "$(grep -h '^#SBATCH --array' script.? | paste -sd ' ')" = '#SBATCH --array=1-1000%8 #SBATCH --array=1-1000%8 #SBATCH --array=1-100%8' ]
	# shellcheck disable=SC2016 # for Slurm's shell
	grep -q 'index "$((2000 + SLURM_ARRAY_TASK_ID))"' script.9
	[ "$(sed -n 2001p vm/fleet/run-*.list)" = "$PWD/m2001.raw" ]
	for what in 'exit 1' 'touch second; exec sleep 600'; do
		rm -rf script.* said second vm/fleet/run-*
		echo "$what" >sbatch-does
		PATH=$PWD/fake:$PATH v2v-fleet run --engine slurm list -o vm 2>err &
		run=$!
		got=0
		if [ "$what" != 'exit 1' ]; then
			for _ in $(seq 300); do [ ! -e second ] || break; sleep 0.1; done
			kill "$run"
		fi
		wait "$run" || got=$?
		[ "$got" -eq 1 ] || [ "$got" -eq 143 ]
		[[ "$(sed 's/-[0-9T-]*$//' said | paste -sd ' ')" == 'scancel 7 scancel --name=v2v-fleet-run squeue --noheader --jobs 7' ]]
		[ -z "$(find vm -name 'run-*.list')" ]
	done
}

@test "Slurm gets the name of a directory as it is, or not at all" {
	fake_slurm
	mkdir 'a b%j' $'line\nbreak' 'back\slash'
	PATH=$PWD/fake:$PATH run -0 v2v-fleet run --no-wait --no-convert --engine slurm list -o 'a b%j'
	grep -qF -- "--output=$PWD/a b%%j/fleet/run-" arguments.7
	SLURM_ARRAY_TASK_ID=1 sh script.7
	qemu-img compare -q one.raw 'a b%j/one-sda.qcow2'
	for name in $'line\nbreak' 'back\slash'; do
		PATH=$PWD/fake:$PATH run -1 --separate-stderr v2v-fleet run --no-wait --no-convert --engine slurm list -o "$name"
		[[ $stderr == *'which Slurm cannot have'* ]]
	done
	[ ! -e script.8 ]
}

@test "GNU parallel replaces nothing in names and options" {
	requires parallel
	dir='p{= system("touch","pwned") =} {} {#} {.}'
	mkdir "$dir"
	# shellcheck disable=SC2016 # no shell runs it
	name='x{}{#}$(touch pwned)'
	cp one.raw "$name.raw"
	echo "$name.raw" >list
	run -0 v2v-fleet run --no-convert --name-by-file --engine parallel -j 1 list -o "$dir"
	qemu-img compare -q one.raw "$dir/$name-sda.qcow2"
	[ ! -e pwned ]
}

# A program v2v-unpack that hangs.
hanging_unpack() {
	slow_steps
	rm bin/v2v-unpack
	printf '#!/bin/sh\necho $$ >>"%s/waiting"\nexec sleep 600\n' "$PWD" >bin/v2v-unpack
	chmod +x bin/v2v-unpack
}

@test "a plan that is ended ends its steps; what one that was killed has left is removed by the next" {
	hanging_unpack
	for signal in TERM KILL; do
		rm -f waiting
		bin/v2v-fleet plan -j 2 one.raw two.raw one.raw -o vm &
		plan=$!
		until_waiting 2
		kill -"$signal" "$plan"
		wait "$plan" || got=$?
		# shellcheck disable=SC2046 # numbers
		all_ended $(cat waiting)
		[ "$(wc -l <waiting)" -eq 2 ]
		[ "$signal" = KILL ] || { [ "$got" -eq 143 ] && nothing_left vm; }
	done
	[ -n "$(find vm -name '.plan.*')" ]
	run -1 v2v-fleet plan "$BATS_FILE_TMPDIR/cut.ova" -o vm
	[ -z "$(find vm -name '.*')" ]
}

@test "a signal at any moment of a job gives no traceback, and leaves a state that is whole" {
	cat >signalled.py <<-'END'
		import os, shutil, signal, sys
		from fleet import job, main

		def signalled(owner, name):
		    before = getattr(owner, name)

		    def call(*arguments, **more):
		        os.kill(os.getpid(), signal.SIGTERM)
		        return before(*arguments, **more)
		    setattr(owner, name, call)

		owner, name = sys.argv[2].split(".")
		if name != "end":
		    signalled({"Job": job.Job, "shutil": shutil, "room": job.room}[owner], name)
		status = main.main([sys.argv[1], "job", "--no-convert", "one.raw", "-o", "vm"], "0")
		if name == "end":
		    os.kill(os.getpid(), signal.SIGTERM)
		sys.exit(status)
	END
	for moment in Job.begin room.drop Job.make Job.keep_documents Job.finish shutil.rmtree main.end; do
		rm -rf vm/*
		got=0
		PYTHONPATH=$top/tools/v2v-fleet /usr/bin/python3 -B signalled.py "$(type -P v2v-fleet)" "$moment" 2>err || got=$?
		run ! grep -q Traceback err
		case $moment in
		shutil.rmtree | main.end) [ "$got $(state_of one state)" = '0 done' ] ;;
		room.drop) [ "$got" -eq 143 ] && [ ! -e vm/fleet/machines/one.json ] ;;
		*) [ "$got $(state_of one code)" = '143 cancelled' ] ;;
		esac
		[ ! -e vm/fleet/machines/one.work ]
		[ ! -e vm/fleet/machines/one.room ]
	done
}

@test "a run says that a machine whose job was killed is interrupted, as status does" {
	slow_steps
	echo one.raw >list
	bin/v2v-fleet run --no-convert list -o vm 2>err &
	run=$!
	until_waiting 1
	kill -KILL "$(pgrep -P "$run")"
	got=0
	wait "$run" || got=$?
	[ "$got" -eq 1 ]
	grep -q '1 machines: 1 interrupted' err
}

@test "what a job that was killed late has left goes with the next one, also of a machine that is done" {
	v2v-fleet run --no-convert list -o vm
	# killed amid the renames, before the end was noted: nothing is missing but the state
	jq '.state = "running" | .publishing = .files | .files = [] | .ended = null | .seconds = {}' vm/fleet/machines/one.json >state
	cp state vm/fleet/machines/one.json
	mkdir -p vm/fleet/machines/one.work/out vm/fleet/machines/two.work
	for suffix in json documents; do
		touch "vm/fleet/machines/.$(printf 'one.%s' $suffix | sha256sum | head -c 16).abcdefgh.tmp"
	done
	echo 5 >vm/fleet/machines/one.room
	touch -d '2 hours ago' vm/fleet/.run.json.abcdefgh.tmp vm/fleet/machines/.old.tmp
	run -1 --separate-stderr v2v-fleet report --prometheus - -o vm
	[[ $output == *'state="interrupted"} 1'* ]]
	[ -z "$stderr" ]
	v2v-fleet run --no-convert list -o vm
	[ "$(state_of one '| "\(.state) \(.try) \(.ended | type) \(.warnings[0])"')" = 'done 2 string machine-assumed' ]
	no_leftovers
}

@test "renames that cannot go on are a failure that is noted, and those of another input are not made" {
	crash_amid_renames
	echo mine >vm/one.xml
	run -1 --separate-stderr v2v-fleet job --no-convert one.raw -o vm
	[ "$(state_of one '| "\(.state) \(.code) \(.retry) \(.try) \(.publishing | length)"')" = 'failed file-exists later 2 2' ]
	[ "$(cat vm/one.xml)" = mine ]
	rm vm/one.xml
	run -1 --separate-stderr v2v-fleet job one.raw -o vm
	[[ $stderr == *'converted with other options'* ]]
	printf x | dd of=one.raw bs=1 seek=700 conv=notrunc status=none
	run -1 --separate-stderr v2v-fleet job --no-convert one.raw -o vm
	[[ $stderr == *'has changed since'* ]]
	[ "$(state_of one try)" -eq 4 ]
	[ ! -e vm/one.xml ]
	printf '\0' | dd of=one.raw bs=1 seek=700 conv=notrunc status=none
	v2v-fleet job --no-convert one.raw -o vm
	is_whole one
	no_leftovers
}

@test "a fault of this program is a failure of one machine; a reservation or a list that is damaged is no fault" {
	mkdir -p vm/fleet/machines
	exec 7>vm/fleet/machines/other.room
	flock 7
	echo rubbish >&7
	v2v-fleet job --no-convert one.raw -o vm 7>&-
	exec 7>&-
	slow_steps
	printf '#!/bin/sh\necho no document\n' >bin/v2v-meta
	run -1 --separate-stderr bin/v2v-fleet job --no-convert two.raw -o vm
	[[ $stderr == *'[internal]' ]]
	[ "$(state_of two '| "\(.state) \(.code) \(.retry)"')" = 'failed internal never' ]
	for text in 'a\0b\n' 'a\rb\n' 'one.raw\n\033[2J\n' "$(head -c 70000 /dev/zero | tr '\0' a)"; do
		printf '%b' "$text" >bad
		run -1 --separate-stderr v2v-fleet run bad -o vm
		refused 'is it a list of files'
	done
	v2v-fleet run --no-convert <(printf '\357\273\277%s\r\n\r\n%s' "$PWD/one.raw" "$PWD/one.raw") -o vm
}

@test "a file system without links and renameat2, and one that fails" {
	PYTHONPATH=$top/tools/v2v-fleet /usr/bin/python3 -B - <<-'END'
		import errno, os
		from fleet import files

		def failing(number):
		    def call(*_, **__):
		        raise OSError(number, os.strerror(number))
		    return call

		def attempt(rename, link, target):
		    open("source", "w").close()
		    files.renameat2, files.link = failing(rename), failing(link) if link else real
		    try:
		        files.rename_new("source", target)
		    except OSError as error:
		        return error.errno
		    return os.path.exists("source")

		real, real_rename = files.link, files.renameat2
		open("taken", "w").close()
		for links in (errno.EPERM, errno.EOPNOTSUPP):
		    assert attempt(errno.EINVAL, links, f"new{links}") is False
		    assert attempt(errno.EINVAL, links, "taken") == errno.EEXIST
		assert attempt(errno.EINVAL, None, "newer") is False
		assert attempt(errno.EINVAL, None, "taken") == errno.EEXIST
		assert attempt(errno.EIO, None, "none") == errno.EIO and attempt(errno.EINVAL, errno.ENOSPC, "none") == errno.ENOSPC
		files.renameat2, files.link = real_rename, failing(errno.EIO)
		try:
		    files.rename_new("source", "taken")
		    assert False
		except FileExistsError:
		    pass
		files.rename_new("source", "newest")
		assert files.write_text("newest", "x", replace=False) is False and not [e for e in os.listdir(".") if e.endswith(".tmp")]
	END
}

@test "output that cannot be written is one line and status 1" {
	v2v-fleet run --no-convert list -o vm
	for command in status report 'report --json' 'report --csv' 'report --prometheus -' 'report --prometheus /dev/full'; do
		# shellcheck disable=SC2086 # words
		run -1 --separate-stderr pipe "v2v-fleet $command -o vm >/dev/full"
		refused 'No space left'
		[[ $stderr != *None* ]]
	done
	run -1 --separate-stderr pipe '{ sleep 0.3; v2v-fleet status -o vm; } | :'
	refused 'Broken pipe'
}

@test "another user, who may only read, can ask for the status" {
	open_to_all=$(mktemp -d /tmp/v2v-fleet.XXXXXX)
	chmod 755 "$open_to_all"
	v2v-fleet run --no-convert list -o "$open_to_all" && chmod a-w "$open_to_all"/fleet/machines/*
	run -0 env PYTHONPATH="$top/tools/v2v-fleet" /usr/bin/python3 -B - "$open_to_all" <<-'END'
		import os, sys
		from fleet import report
		from fleet.place import Place

		if os.getuid() == 0:
		    os.setuid(65534)
		assert report.run(Place(sys.argv[1])) == 0
	END
	rm -r "$open_to_all"
	[[ ${lines[0]} =~ ^one\ +done$ ]]
}

@test "a name that is too long fails alone; many machines are planned at once" {
	long=$(printf '機%.0s' $(seq 82)).raw
	fits=$(printf '機%.0s' $(seq 81)).raw
	cp one.raw "$long"
	cp one.raw "$fits"
	printf '%s\n' "$long" "$fits" one.raw >list
	run -1 --separate-stderr v2v-fleet run --no-convert --name-by-file list -o vm
	[[ $stderr == *'the name has more than 245 bytes'*'3 machines: '*' 1 failed' ]]
	is_whole one
	run -1 v2v-fleet plan -o vm "$long" "$BATS_FILE_TMPDIR/cut.ova"
	[ "$(jq '.machines | length' vm/plan.json)" -eq 2 ]
	run -1 --separate-stderr v2v-fleet plan -o vm one.raw $'two\nlines.raw'
	refused 'has a control character'
	rm -r vm/*
	requires strace
	# those that are there are not even opened
	many_machines 500
	fake_slurm
	PATH=$PWD/fake:$PATH v2v-fleet run --no-wait --engine slurm list -o vm
	identity vm/fleet/machines/m*.json >before
	PATH=$PWD/fake:$PATH run -0 strace -f -c -e trace=fsync -o calls v2v-fleet run --no-wait --engine slurm list -o vm
	identity vm/fleet/machines/m*.json | diff before -
	[ "$(awk '$NF == "fsync" { print $4 }' calls)" -lt 10 ]
}

@test "what is no disk does not hang a job; options that do not go together are refused; a damaged document is left out of the page" {
	mkfifo pipe.raw
	run -1 --separate-stderr timeout 60 v2v-fleet job --no-convert pipe.raw -o vm
	[ "$(state_of pipe state)" = failed ]
	for words in 'job one.raw --index 7' 'job one.raw -l list' 'job --index 1' 'report --json --csv'; do
		# shellcheck disable=SC2086 # words
		run -2 v2v-fleet $words -o vm
	done
	run -0 v2v-fleet run --no-convert list -o vm
	truncate -s -9 vm/fleet/machines/one.documents
	run -1 --separate-stderr v2v-fleet report --html page.html -o vm
	[[ $stderr == *'one: its document is damaged'* ]]
	grep -q '>two<' page.html
}

@test "the classes of the codes of v2v-fleet's own are those of the other programs" {
	PYTHONPATH=$top/tools/v2v-fleet /usr/bin/python3 -B - "$top" <<-'END'
		import glob, re, sys
		from fleet.error import retry_of

		top = sys.argv[1]
		table = {code: of for of, code in re.findall(r'\{ "(\w+)", "([a-z-]+)" \}', open(f"{top}/tools/common/retry.c").read())}
		own = {code for path in glob.glob(f"{top}/tools/v2v-fleet/fleet/*.py")
		       for code in re.findall(r'(?:Failed|fail)\("([a-z-]+)"', open(path).read())}
		assert len(own) > 10 and len(table) > 20
		assert {code: retry_of(code) for code in own} == {code: table.get(code, "never") for code in own}
	END
}
