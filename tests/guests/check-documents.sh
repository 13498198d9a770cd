#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# One machine, every way: reads a document of v2v-unpack and fails, showing the difference, where
# - `inspect` by User-mode Linux and by each other backend differ in more than the backend's name and whether a journal was replayed;
# - the changes of --check, of --dry-run by each backend, and of the conversion (by User-mode Linux) differ.
# Where there is a blocker, there is nothing to convert. What the programs wrote is left in DIR.
# BACKENDS: those compared with User-mode Linux, "qemu libguestfs"
set -euo pipefail
shopt -s inherit_errexit

[ $# -ge 1 ] || {
	echo 'usage: check-documents.sh DIR [OPTION]… <DOCUMENT     (options of v2v-inspect: --key, --root)' >&2
	exit 2
}
tests=$(cd "$(dirname "$0")/.." && pwd)
PATH=$(realpath "${O:-$tests/../build}")/bin:$PATH
read -ra others <<<"${BACKENDS-qemu libguestfs}"
mkdir -p "$1"
cd "$1"
options=("${@:2}")
cat >source.json

# step WORD…: a program over the document, with the options of this machine
step() {
	"$@" ${options[@]+"${options[@]}"} <source.json 2>log || {
		cat log >&2
		return 1
	}
}

# compare NAME ONE OTHER FILTER: of two documents
compare() {
	diff --label "$1: $2" --label "$1: $3" -U1 <(jq -S "$4" "$2.json") <(jq -S "$4" "$3.json") >&2 || result=1
}

# xfs frees the inode of a file that was removed a while later: what is free there differs between two runs of one backend, too.
inspection='.inspect | del(.backend, (.filesystems[] | select(.type == "xfs") | .statvfs["bfree", "bavail", "ffree"]?)) |
	.findings |= map(select(.code != "journal-replayed"))'

# is_one_plan DOCUMENT BACKEND
is_one_plan() {
	jq -e -f "$tests/one-plan.jq" "$1.json" >/dev/null || result=1
	[ "$(jq -r .inspect.backend "$1.json")" = "$2" ] || result=1
	compare inspect uml "$1" "$inspection"
	compare changes dry-uml "$1" '.guestcaps | del(.dry_run)'
}

is_convertible() {
	jq -e 'all(.inspect.findings[]; .level != "blocker")' uml.json >/dev/null
}

check_says() {
	step v2v-inspect --backend=uml --check | sed -n 's/^change *//p' | sort >check
	jq -r '.inspect.findings[] | select(.level == "change") | "\(.where): \(.text) [\(.code)]"' uml.json | sort |
		diff --label findings --label --check -U1 - check >&2 || result=1
}

result=0
step v2v-inspect --backend=uml >uml.json
if is_convertible; then
	# Such a document has both: what was found, and what would be changed.
	for backend in uml "${others[@]}"; do
		step v2v-convert --dry-run --backend="$backend" >"dry-$backend.json"
		is_one_plan "dry-$backend" "$backend"
	done
	check_says
	step v2v-convert --backend=uml --workdir=. >converted.json
	is_one_plan converted uml
else
	for backend in "${others[@]}"; do
		step v2v-inspect --backend="$backend" >"$backend.json"
		compare inspect uml "$backend" "$inspection"
	done
fi
exit $result
