#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# v2v-fleet by GNU parallel on two hosts, which are one sshd of our own on the loopback: 9 OVAs, of which one is damaged and one has a
# name that a shell would expand.  Ended by SIGKILL in mid-run, and started again: each machine is done once.  Keys, settings and the
# daemon are this script's own, below one temporary folder.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export PATH=${O:?}/bin:/usr/sbin:/sbin:$PATH
dir=$(mktemp -d /tmp/v2v-ssh.XXXXXX)
port=${PORT:-22522}
sshd=

fail() {
	echo "not ok: $*" >&2
	exit 1
}

clean() {
	local status=$?
	trap - EXIT TERM INT
	[ -z "$sshd" ] || kill "$sshd" 2>/dev/null || true
	if [ "$status" -eq 0 ]; then
		rm -rf "$dir"
	else
		echo "kept for a look: $dir" >&2
	fi
	exit "$status"
}

start_sshd() {
	ssh-keygen -q -t ed25519 -N '' -f "$dir/host"
	ssh-keygen -q -t ed25519 -N '' -f "$dir/key"
	cat >"$dir/sshd_config" <<-END
		ListenAddress 127.0.0.1:$port
		HostKey $dir/host
		AuthorizedKeysFile $dir/key.pub
		PidFile $dir/sshd.pid
		StrictModes no
		UsePAM no
		PasswordAuthentication no
		PermitRootLogin prohibit-password
		MaxStartups 100
	END
	echo "[127.0.0.1]:$port $(cut -d ' ' -f 1,2 "$dir/host.pub")" >"$dir/known_hosts"
	cat >"$dir/ssh_config" <<-END
		Host one two
			HostName 127.0.0.1
			Port $port
			User $(id -un)
			IdentityFile $dir/key
			IdentitiesOnly yes
			UserKnownHostsFile $dir/known_hosts
			StrictHostKeyChecking yes
	END
	# as root it insists on its folder
	[ "$(id -u)" != 0 ] || mkdir -p /run/sshd
	"$(command -v sshd)" -D -f "$dir/sshd_config" -E "$dir/sshd.log" </dev/null >/dev/null 2>&1 &
	sshd=$!
	for _ in $(seq 50); do
		! ssh -F "$dir/ssh_config" one true 2>/dev/null || return 0
		sleep 0.2
	done
	tail -5 "$dir/sshd.log" >&2
	fail 'sshd does not come up'
}

state_of() {
	jq -r ".$2" "$dir/vm/fleet/machines/$1.json"
}

count_of() {
	cat "$dir"/vm/fleet/machines/*.json 2>/dev/null | jq -r --arg state "$1" 'select(.state == $state).name' | wc -l
}

# In a group of its own, to be killed with all that is here.
# shellcheck disable=SC2054 # two hosts
run=(setsid v2v-fleet run -e parallel -j 1 --sshlogin one,two --name-by-file -o "$dir/vm" "$dir/list")
export PARALLEL_SSH="ssh -F $dir/ssh_config" PARALLEL_HOME=$dir/parallel

trap clean EXIT
trap 'exit 1' TERM INT
start_sshd
mkdir "$dir/ovas" "$dir/vm" "$dir/parallel"
"$here/make-ovas.sh" "$dir/ovas" 8
rm "$dir/ovas/blocked.ova"
# shellcheck disable=SC2016 # no shell may expand it
odd='good {#}$(touch pwned)'
mv "$dir/ovas/good-08.ova" "$dir/ovas/$odd.ova"
ls "$dir"/ovas/*.ova >"$dir/list"

# This host loses its power: the jobs on the others work on to their end.
"${run[@]}" >/dev/null 2>"$dir/first.log" &
group=$!
for _ in $(seq 600); do
	[ "$(count_of 'done')" -lt 2 ] || break
	sleep 0.1
done
kill -KILL -- "-$group"
wait "$group" 2>/dev/null || true
before=$(count_of 'done')
[ "$before" -ge 2 ] || fail "nothing was done: $(cat "$dir/first.log")"
[ "$before" -lt 8 ] || fail 'all was done before the end'
mkdir "$dir/before"
cp "$dir"/vm/fleet/machines/*.json "$dir/before"

# What still runs there has the machine, so the list may have to be started more than once.
for _ in $(seq 20); do
	status=0
	"${run[@]}" >/dev/null 2>"$dir/second.log" || status=$?
	[ "$status" -eq 1 ] || fail "status $status: $(cat "$dir/second.log")"
	[ "$(count_of 'done')" -lt 8 ] || break
	grep -q 'another job has this machine' "$dir/second.log" || fail "$(cat "$dir/second.log")"
	sleep 1
done
[ "$(count_of 'done')" -eq 8 ] || fail "$(cat "$dir/second.log")"
[ "$(state_of damaged '| "\(.state) \(.step) \(.code)"')" = 'failed unpack ova-truncated' ] || fail damaged
for name in good-0{1..7} "$odd"; do
	[ "$(state_of "$name" engine)" = parallel ] || fail "$name: $(state_of "$name" engine)"
	qemu-img check -q "$dir/vm/$name-sda.qcow2" || fail "$name: its disk is damaged"
done
for state in "$dir"/before/*.json; do
	[ "$(jq -r .state "$state")" != 'done' ] || cmp "$state" "$dir/vm/fleet/machines/${state##*/}" || fail "$state: done, and run again"
done
if [ -e pwned ] || [ -e ~/pwned ]; then
	fail 'a name was expanded'
fi
left=$(find "$dir/vm" -name '*.work' -o -name '.*')
[ -z "$left" ] || fail "left: $left"
[ "$(grep -c 'Accepted publickey' "$dir/sshd.log")" -ge 8 ] || fail 'the jobs did not go through ssh'
echo "ok: 9 machines by ssh on two hosts, $before done before this one was killed"
