#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The one list of Debian packages that building, testing and the demo need: installs what is missing (root), else, or with --check, says how.
set -eu

# build
packages="gcc make pkg-config binutils libguestfs-dev libarchive-dev libxml2-dev
libjansson-dev libblkid-dev libssl-dev libyaml-dev libdeflate-dev zlib1g-dev libzstd-dev libnbd-dev libselinux1-dev libhivex-dev g++"
# what runs once in a converted Windows
packages="$packages gcc-mingw-w64-x86-64-win32 gcc-mingw-w64-i686-win32"
# running: the appliance with its kernel and its filesystems' tools, qemu-img and qemu-nbd
packages="$packages libguestfs-tools libguestfs-xfs linux-image-amd64
qemu-utils qemu-system-x86"
if [ "$(dpkg --print-architecture)" = amd64 ]; then
	packages="$packages user-mode-linux"
fi
# demo and tests: guests, their boots, validators, the bats runner
packages="$packages bats parallel jq python3 python3-jsonschema python3-yaml mmdebstrap fdisk
e2fsprogs xfsprogs btrfs-progs dosfstools mtools ntfs-3g ntfs-3g-dev grub-common extlinux lvm2 mdadm rpm cryptsetup-bin mount zstd lz4 cpio xz-utils
squashfs-tools ovmf libvirt-clients libvirt-daemon-driver-qemu libxml2-utils mandoc procps bsdutils git nbdkit strace bzip2 reglookup libhivex-bin
osslsigncode openssl genisoimage"
# lint and sanitizers
packages="$packages clang clang-format libclang-rt-14-dev cppcheck shellcheck"

# --check installs nothing, as whoever it is called; --bench adds the peers that are measured against; --wine the service manager and
# registry of what runs once in a converted Windows; --nova what reads the properties of images in OpenStack; --slurm a cluster
# for v2v-fleet, --ssh its hosts.
case ${1-} in
--bench) packages="$packages virt-v2v libnbd-bin" ;;
--nova) packages="$packages python3-nova" ;;
--wine) packages="$packages wine wine64" ;;
--slurm) packages="$packages slurmctld slurmd slurm-client slurm-wlm-basic-plugins munge" ;;
--ssh) packages="$packages openssh-client openssh-server" ;;
esac

missing=
for package in $packages; do
	if ! dpkg-query -W -f '${Status}\n' "$package" 2>/dev/null |
		grep -q 'ok installed'; then
		missing="$missing $package"
	fi
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ] || [ "${1-}" = --check ]; then
	echo "missing packages; as root:" >&2
	echo "  apt-get install --no-install-recommends$missing" >&2
	exit 1
fi
echo "setup: installing$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get update -q >/dev/null
# shellcheck disable=SC2086 # a list of names
apt-get install -q -y --no-install-recommends $missing >/dev/null
