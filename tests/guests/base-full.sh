# shellcheck shell=bash disable=SC2034,SC2154 # lib.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A cached base tree of full size, beside those of bases.sh: what Debian's installer puts on a server, nothing left out, and an
# initramfs with most drivers, as the installer leaves it. Sourced behind bases.sh.

# bases.sh takes these for this base alone: others are made by processes that do not source this file.
excluded_paths=()
base_packages() {
	# Priorities are what tasksel's "standard system utilities" is.
	echo "${packages[@]}" '?priority(important)' '?priority(standard)' openssh-server open-vm-tools sudo
}

write_full_files() {
	write_guest_files "$1"
	rm "$1/etc/initramfs-tools/modules" "$1/etc/initramfs-tools/conf.d/modules"
}

write_full_finish() {
	write_finish_hook "$1"
	sed -i '/MODULES=list/d; /conf.d\/modules/d' "$1"
}
