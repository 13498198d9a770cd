# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: LGPL-2.1-or-later
# Boot a guest of facts.sh, and look at it from inside. $here is this folder.

# boot_guest LOG ARGUMENT…: the seconds until login, or until the guest gave up
boot_guest() {
	local log=$1
	shift
	if ! /usr/bin/python3 "$here/boot.py" --timeout "${BOOT_TIMEOUT:-900}" --log "$log.console" \
		${answer_options[@]+"${answer_options[@]}"} "$@" >"$log" 2>&1; then
		cat "$log" >&2
		return 1
	fi
	sed -n 's/^boot\.py: \([0-9]*\) s: .*/\1/p' "$log" | head -1
}

# The interface gets its address some time after the login is there.
wait_for_address() {
	cat <<-END
		for i in \$(seq $1); do
			ip -br -4 address show dev $interface 2>/dev/null | grep -qF '$address' && break
			sleep 1
		done
		ip -br -4 address show dev $interface 2>&1
	END
}

# proofs ARRAY-OF-PATTERNS sets $proofs: the arguments of boot.py that make it look.
proofs() {
	local -n patterns=$1
	local i
	proofs=(--expect "$(wait_for_address 120)" "^$interface .*[ ]$address")
	proofs+=(--expect "$(cat "$here/fits-fstab.sh")" '^fstab fits')
	for i in "${!commands[@]}"; do
		proofs+=(--expect "${commands[i]}" "${patterns[i]}")
	done
}
