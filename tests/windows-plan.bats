#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# The hives of Windows guests before and after their conversion, read by a parser that is not libhivex.

load helper

# Both states of all hives that the case's plan changes, in hives/.
make_hives() {
	rm -rf hives
	mkdir hives
	# shellcheck disable=SC2154 # helper sets it
	(cd "$tests_dir/.." && "$O/unit/test-windows-plan" --write "$OLDPWD/hives" "$1")
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

@test "only the values that a plan names differ in a hive, and no key is lost, as reglookup reads it" {
	count=0
	for case in "$tests_dir"/data/windows-plan/*.tree; do
		make_hives "$case"
		for changes in hives/*.changes; do
			[ -e "$changes" ] || continue
			hive=${changes%.changes}
			run -0 /usr/bin/python3 "$tests_dir/hives/compare.py" "$hive.before" "$hive.after" "$changes"
			count=$((count + 1))
		done
	done
	[ "$count" -ge 60 ]
}

@test "an edited hive opens in hivexsh, and a value that nobody names is seen" {
	make_hives "$tests_dir/data/windows-plan/10-vmware-uefi.tree"
	for hive in SYSTEM BCD; do
		run -0 hivexsh "hives/$hive.after" <<<"ls"
		[ -n "$output" ]
	done
	run -0 hivexsh hives/SYSTEM.after <<-'END'
		cd ControlSet001\Services\stornvme
		lsval
	END
	[[ "$output" = *'"Start"=dword:00000000'* ]]
	sed -i 1d hives/SYSTEM.changes
	run -1 /usr/bin/python3 "$tests_dir/hives/compare.py" hives/SYSTEM.before hives/SYSTEM.after hives/SYSTEM.changes
	[[ "$output" = *"nothing says so"* ]]
}
