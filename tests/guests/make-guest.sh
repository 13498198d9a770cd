#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Makes the disks of guests of matrix/: OUTDIR/NAME.raw and what else the guest's file names; those that are current are left.
set -euo pipefail

. "$(dirname "$0")/lib.sh"
. "$guests_dir/facts.sh"
. "$guests_dir/layouts.sh"

[ $# = 2 ] || die "usage: make-guest.sh NAME|all OUTDIR"
if [ "$1" = all ]; then
	for name in $(guests_of_matrix); do
		"$guests_dir/make-guest.sh" "$name" "$2"
	done
	exit
fi
guest_facts "$1" || die "no guest '$1' in $matrix_dir"
for layout in ${layouts[@]+"${layouts[@]}"}; do
	# shellcheck disable=SC1090
	. "$guests_dir/$layout"
done
if ! declare -F make_guest >/dev/null; then
	exec "$guests_dir/make-debian.sh" "$2"
fi
enter_namespace "$@"
enter_outdir "$2"

root=$work/root
files=("${disks[@]}" ${also[@]+"${also[@]}"})
stamp=$(stamp_of "$guests_dir"/{lib,layouts,make-guest}.sh "$matrix_dir/$guest.sh" \
	${layouts[@]+"${layouts[@]/#/$guests_dir/}"})
if is_current "$outdir/$guest.stamp" "$stamp" "${files[@]/#/$outdir/}"; then
	exit 0
fi
need_base "$base"
note "making $guest"
mkdir "$root"
SECONDS=0
make_guest
publish "$outdir/$guest.stamp" "$stamp" "${files[@]/#/$work/}"
# For the table of check-guest.sh.
echo "$SECONDS" >"$outdir/$guest.seconds"
note "$guest is made"
