#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Compare with qemu-img what is read from images whose headers and tables were changed: mutate.sh BUILD COUNT SEED [FORMAT...]
# COUNT changes of each format (qcow2 vmdk vhd vhdx vdi cowd sesparse chain; all), spread over its images.  The same SEED, the same changes.
# REFUSALS=1 also lists what is refused here and read by qemu-img.
set -u

build=$(realpath "$1") count=$2 seed=$3
shift 3
here=$(cd "$(dirname "$0")" && pwd)
# No copy is for long: a real disk would only be worn.
dir=$(mktemp -d -p "$([ -w /dev/shm ] && echo /dev/shm || echo "${TMPDIR:-/tmp}")" v2v-mutate-XXXXXX) || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM
export TMPDIR=$dir

# shellcheck disable=SC2046 # words
gcc -O1 -g -Wall -Wextra ${SANITIZE:+-fsanitize=address,undefined} -I"$here/../../lib" "$here/mutate.c" -o "$dir/mutate" \
	-L"$build/lib" -lv2v $(pkg-config --libs jansson) -Wl,-rpath,"$build/lib" || exit 1
cd "$dir" && mkdir out && /usr/bin/python3 -B "$here/fields.py" . >list || exit 1

[ $# -gt 0 ] || set -- qcow2 vmdk vhd vhdx vdi cowd sesparse chain
status=0
for format; do
	images=$(grep -c "^$format " list)
	while read -r name; do
		./mutate "$format" "$name.image" "$name.fields" out $(((count + images - 1) / images)) "$seed" \
			${REFUSALS:+refusals} || status=1
	done < <(awk -v format="$format" '$1 == format { print $2 }' list)
done
exit $status
