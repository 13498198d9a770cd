#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Guests read and converted in what a container gives its programs (container/container.sh): no KVM, FUSE, network, or capability.

load helper

# bats file_tags=guest,plain
setup_file() {
	${CC:-cc} -Wall -Wextra -Werror -o "$BATS_FILE_TMPDIR/filter" "$tests_dir/container/filter.c"
}

setup() {
	requires linux.uml
	requires setpriv
	[ "$(id -u)" -eq 0 ] || skip "not root"
	export FILTER=$BATS_FILE_TMPDIR/filter
	cd "$BATS_TEST_TMPDIR" || return
}

# contained USER PROGRAM [ARGUMENT…]
contained() {
	env -u V2V_CACHEDIR TMPDIR=/tmp LIBGUESTFS_CACHEDIR=/tmp "$tests_dir/container/container.sh" "$@"
}

# The same of any run; what xfs or ext4 frees late is not looked at.
compared='.inspect | del(.filesystems)'

@test "as nobody, as root and as root of a user namespace: the same document by User-mode Linux" {
	local user
	v2v-inspect "$GUESTS/debian.raw" | jq -S "$compared" >outside
	for user in nobody root rootless; do
		contained "$user" "$O/bin/v2v-inspect" "$GUESTS/debian.raw" >doc
		valid doc
		jq -e '.inspect.backend == "uml"' doc
		jq -S "$compared" doc | diff outside -
	done
}

@test "an OVA converts as nobody, and nothing but its overlay and the cache is left" {
	contained nobody bash -o pipefail -c "v2v-unpack '$GUESTS/debian.ova' | v2v-convert && ls -d /tmp/*v2v* >&2" >doc 2>left
	valid doc
	jq -e '.inspect.backend == "uml" and .guestcaps.initrd == "extended"' doc
	[ "$(sed 's/-[A-Za-z0-9]*$//' left | sort | tr '\n' ' ')" = '/tmp/v2v /tmp/v2v-cache ' ]
}

@test "the kernel's memory needs no room and no right to execute in /tmp" {
	TMP=128m,noexec contained nobody "$O/bin/v2v-inspect" "$GUESTS/debian.raw" >doc
	jq -e '.inspect.backend == "uml"' doc
}

@test "a cache that is not writable: what is made once is made in TMPDIR" {
	contained nobody env V2V_CACHEDIR=/etc "$O/bin/v2v-inspect" -v "$GUESTS/debian.raw" >doc 2>err
	jq -e '.inspect.backend == "uml"' doc
	grep "kept in '/tmp': cannot create '/etc/v2v-cache-65534': Read-only file system" err
}

# refuses TEXT PROGRAM…, as nobody by uml alone.  LeakSanitizer needs ptrace() and a process, too.
refuses() {
	local -x ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
	local text=$1
	shift
	run --separate-stderr contained nobody "$@" --backend uml "$GUESTS/debian.raw"
	refused "$text"
}

@test "what is lacking is named in one line: ptrace(), room, limits, a directory" {
	local inspect=$O/bin/v2v-inspect
	FILTER_OPTION=-p refuses 'User-mode Linux needs ptrace(), which is not allowed here' "$inspect"
	TMP=16m refuses 'No space left on device' "$inspect"
	TMP=1g,mode=755 refuses "cannot make a directory in '/tmp': Permission denied" "$inspect"
	refuses "cannot make a directory in '/var/tmp': Read-only file system" env -u TMPDIR "$inspect"
	refuses 'the limit of the size of a file (ulimit -f) is 100000000,' prlimit --fsize=100000000 "$inspect"
	refuses 'the limit of open files (ulimit -n) is 32, User-mode Linux needs 64' prlimit --nofile=32 "$inspect"
	refuses 'the limit of pending signals (ulimit -i) is 0,' prlimit --sigpending=0 "$inspect"
	refuses 'Resource temporarily unavailable' prlimit --nproc=3 "$inspect"
}

@test "the job of the Kubernetes manifest converts a machine as it says: its command, its user, its limits" {
	local manifest=$top/tools/v2v-fleet/kubernetes-job.yaml where=/tmp/k8s
	# pod MEMBER: of its one container
	pod() {
		/usr/bin/python3 -c 'import json, sys, yaml
print(json.dumps(yaml.safe_load(open(sys.argv[1]))["spec"]["template"]["spec"]))' "$manifest" | jq -r "$1"
	}
	[ "$(pod '.securityContext | "\(.runAsNonRoot) \(.seccompProfile.type)"')" = 'true RuntimeDefault' ]
	[ "$(pod '.containers[0].securityContext | "\(.readOnlyRootFilesystem) \(.capabilities.drop[])"')" = 'true ALL' ]
	pod '.containers[0].command[2]' | sed "s, /vm , $where/vm ,; s, /list/, $where/list/," >command
	grep -q 'v2v-fleet job -o /tmp/k8s/vm --list /tmp/k8s/list/inputs' command
	mapfile -t variables < <(pod '.containers[0].env[] | "\(.name)=\(.value)"')
	# what the pod's volumes are is made in the one place that is writable here
	contained nobody env "${variables[@]}" JOB_COMPLETION_INDEX=1 PATH="$O/bin:$PATH" sh -ec "
		mkdir -p $where/vm $where/list && printf '%s\n' /in/no.ova '$GUESTS/debian.ova' >$where/list/inputs
		$(sed 's/^exec //' command)
		qemu-img check -q $where/vm/*-sda.qcow2
		cat $where/vm/fleet/machines/debian.json" >state 2>err
	jq -e '.state == "done" and .engine == "kubernetes" and .try == 1' state
}
