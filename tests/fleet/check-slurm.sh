#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# v2v-fleet on a Slurm of its own: four nodes, which are daemons on this host.  24 OVAs, of which one is damaged, one blocked, one locked
# by another job; one node loses its power in mid-run.  Begins and ends its daemons; as root.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export PATH=${O:?}/bin:/usr/sbin:/sbin:$PATH
dir=$(mktemp -d /tmp/v2v-slurm.XXXXXX)
export SLURM_CONF=$dir/slurm.conf
host=$(hostname -s)
daemons=()

fail() {
	echo "not ok: $*" >&2
	exit 1
}

# All processes below the given ones, and these.
tree() {
	local pid
	for pid; do
		echo "$pid"
		# shellcheck disable=SC2046 # numbers
		tree $(pgrep -P "$pid" || true)
	done
}

clean() {
	local status=$?
	trap - EXIT
	scancel --user=root 2>/dev/null || true
	for _ in $(seq 50); do
		[ -n "$(squeue -h 2>/dev/null)" ] || break
		sleep 0.2
	done
	[ "${#daemons[@]}" -eq 0 ] || kill "${daemons[@]}" 2>/dev/null || true
	[ "${#daemons[@]}" -eq 0 ] || wait "${daemons[@]}" 2>/dev/null || true
	if [ "$status" -eq 0 ]; then
		rm -rf "$dir"
	else
		echo "kept for a look: $dir" >&2
	fi
	exit "$status"
}

configure() {
	mkdir -m 755 "$dir/state" "$dir/run"
	chmod 755 "$dir"
	head -c 1024 /dev/urandom >"$dir/munge.key"
	chmod 600 "$dir/munge.key"
	cat >"$SLURM_CONF" <<-END
		ClusterName=v2v
		SlurmctldHost=$host(127.0.0.1)
		SlurmUser=root
		SlurmdUser=root
		AuthType=auth/munge
		CredType=cred/munge
		AuthInfo=socket=$dir/run/munge.socket,cred_expire=15
		SlurmctldPort=26817
		StateSaveLocation=$dir/state
		SlurmdSpoolDir=$dir/state/%n
		SlurmctldPidFile=$dir/run/slurmctld.pid
		SlurmdPidFile=$dir/run/%n.pid
		SlurmctldLogFile=$dir/slurmctld.log
		SlurmdLogFile=$dir/%n.log
		ProctrackType=proctrack/linuxproc
		TaskPlugin=task/none
		JobAcctGatherType=jobacct_gather/none
		SelectType=select/cons_tres
		SelectTypeParameters=CR_CPU_Memory
		MpiDefault=none
		SlurmdTimeout=10
		ReturnToService=2
		JobRequeue=1
		SlurmdParameters=config_overrides
		Licenses=target:6
		SchedulerParameters=batch_sched_delay=0,sched_interval=2
		NodeName=n[1-4] NodeHostname=$host NodeAddr=127.0.0.1 Port=26821-26824 CPUs=2 RealMemory=4000
		PartitionName=all Nodes=n[1-4] Default=YES State=UP
	END
}

start_daemons() {
	munged --foreground --force --key-file="$dir/munge.key" --socket="$dir/run/munge.socket" --pid-file="$dir/run/munged.pid" \
		--log-file="$dir/munged.log" --seed-file="$dir/state/munge.seed" 2>/dev/null &
	daemons+=($!)
	for _ in $(seq 50); do
		[ ! -S "$dir/run/munge.socket" ] || break
		sleep 0.1
	done
	slurmctld -D -f "$SLURM_CONF" 2>/dev/null &
	daemons+=($!)
	for n in 1 2 3 4; do
		slurmd -D -f "$SLURM_CONF" -N "n$n" 2>/dev/null &
		daemons+=($!)
	done
	for _ in $(seq 100); do
		[ "$(sinfo -h -t idle -o %D 2>/dev/null)" != 4 ] || return 0
		sleep 0.3
	done
	tail -5 "$dir"/*.log >&2
	fail 'the nodes do not come up'
}

state_of() {
	jq -r ".$2" "$dir/vm/fleet/machines/$1.json"
}

# The machines that are on their way on the node $1, in one look.
running_on() {
	cat "$dir"/vm/fleet/machines/good-*.json 2>/dev/null | jq -r --arg node "$1" 'select(.state == "running" and .node == $node).name' |
		paste -sd ' '
}

# The node's daemon and all that it started, at once.
power_off() {
	local pid slurmd steps=()
	slurmd=$(cat "$dir/run/$1.pid")
	for pid in $(pgrep -x slurmstepd); do
		# a step belongs to the node in whose environment its script runs
		for child in $(pgrep -P "$pid" || true); do
			! tr '\0' '\n' <"/proc/$child/environ" 2>/dev/null | grep -qx "SLURMD_NODENAME=$1" ||
				! tr '\0' '\n' <"/proc/$child/environ" 2>/dev/null | grep -qx "SLURM_CONF=$SLURM_CONF" || steps+=("$pid")
		done
	done
	# shellcheck disable=SC2046 # numbers
	kill -KILL "$slurmd" $(tree "${steps[@]}") 2>/dev/null || true
}

# What a machine's disk holds, as sums of its files.
files_of() {
	local tree
	tree=$(mktemp -d "$dir/tree.XXXXXX")
	qemu-img convert -O raw "$1" "$tree.raw"
	/sbin/e2fsck -fn "$tree.raw" >/dev/null 2>&1 || fail "$1: its filesystem is damaged"
	/sbin/debugfs -R "rdump / $tree" "$tree.raw" 2>/dev/null
	(cd "$tree" && find . -type f -exec sha256sum {} + -o -printf '%p %y %m %l\n' | sort)
	rm -r "$tree" "$tree.raw"
}

make_machines() {
	mkdir "$dir/ovas" "$dir/vm" "$dir/lone"
	"$here/make-ovas.sh" "$dir/ovas" 22
	mv "$dir/ovas/good-22.ova" "$dir/ovas/locked.ova"
	ls "$dir"/ovas/*.ova >"$dir/list"
	[ "$(wc -l <"$dir/list")" -eq 24 ]
	mkdir -p "$dir/vm/fleet/machines"
	v2v-unpack "$dir/ovas/good-01.ova" | v2v-convert | v2v-copy -o "$dir/lone" | v2v-meta >/dev/null
	files_of "$dir"/lone/*.qcow2 >"$dir/lone.files"
	[ "$(wc -l <"$dir/lone.files")" -gt 30 ]
}

check_states() {
	for n in $(seq -f '%02g' 21); do
		[ "$(state_of "good-$n" state)" = 'done' ] || fail "good-$n: $(state_of "good-$n" '| "\(.state) \(.code) \(.text)"')"
		files_of "$dir/vm/good-$n-sda.qcow2" | diff -q "$dir/lone.files" - >/dev/null || fail "good-$n: its files are not those of a lone run"
	done
	[ "$(state_of damaged '| "\(.state) \(.step) \(.code) \(.retry)"')" = 'failed unpack ova-truncated never' ] || fail damaged
	[ "$(state_of blocked '| "\(.state) \(.step) \(.code)"')" = 'blocked inspect no-operating-system' ] || fail blocked
}

check_leftovers() {
	local left
	left=$(find "$dir/vm" -mindepth 1 ! -name 'good-*-sda.qcow2' ! -name 'good-*.xml' ! -name 'locked-sda.qcow2' ! -name locked.xml \
		! -path '*/fleet' ! -path '*/machines' ! -name '*.json' ! -name '*.log' ! -name '*.lock' ! -name '*.documents' ! -name 'run-*.out')
	[ -z "$left" ] || fail "left: $left"
}

[ "$(id -u)" = 0 ] || fail 'Slurm needs root here'
trap clean EXIT
configure
start_daemons
make_machines

exec 9>"$dir/vm/fleet/machines/locked.lock"
flock 9
v2v-fleet run -e slurm -j 8 --license target --name-by-file --memory 500 -o "$dir/vm" "$dir/list" 9>&- 2>"$dir/run.log" &
run=$!
for _ in $(seq 600); do
	lost=$(running_on n2 || true)
	[ -z "$lost" ] || break
	sleep 0.05
done
[ -n "$lost" ] || fail 'nothing ran on n2'
power_off n2
echo "n2 has no power any more; it had: $lost"
wait "$run" && fail 'not all were to be done'
tail -1 "$dir/run.log"
grep -qx 'v2v-fleet: 24 machines: 1 planned, 21 done, 1 blocked, 1 failed' "$dir/run.log" || fail "$(cat "$dir/run.log")"
again=$(jq -r 'select(.try > 1).name' "$dir"/vm/fleet/machines/good-*.json | paste -sd ' ')
[ -n "$again" ] || fail 'nothing was run again'
echo "run again: $again"
[ "$(state_of locked state)" = planned ] || fail locked
check_states
check_leftovers

exec 9>&-
v2v-fleet retry -o "$dir/vm" 2>"$dir/retry.log" || fail "$(cat "$dir/retry.log")"
[ "$(state_of locked '| "\(.state) \(.engine)"')" = 'done slurm' ] || fail 'locked, after a retry'
check_leftovers
v2v-fleet report -o "$dir/vm" || true
echo 'ok: 24 machines on four nodes'
