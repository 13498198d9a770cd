#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A program in what a container gives it: its own mount, PID, IPC, UTS and network namespaces, this machine's files read-only, a /dev of
# five devices and /dev/shm, an empty /tmp, no /var/tmp, /proc/sys read-only, a seccomp filter (filter.c, compiled: FILTER).
#	container.sh USER PROGRAM [ARGUMENT…]	USER: nobody, root (with a container's capabilities), rootless (root of a user namespace)
# As root.  TMP: the size of /tmp, and other options of its mount; FILTER_OPTION: filter's.  O and GUESTS stay, though they be in /tmp.
set -euo pipefail

user=$1
shift
if [ -z "${V2V_CONTAINER-}" ]; then
	export V2V_CONTAINER=1
	apart=(unshare --mount --propagation private --pid --fork --kill-child --ipc --uts --net)
	[ "$user" != rootless ] || apart+=(--user --map-root-user)
	exec "${apart[@]}" bash "$0" "$user" "$@"
fi

new=/mnt
devices=(null zero full random urandom)

# A file or folder of this machine's stays where it is, read-only.
keep() {
	mount --bind "$1" "$new$1"
	mount -o remount,bind,ro "$new$1"
}

mount -t proc -o nosuid,nodev,noexec proc /proc # mount(8) reads it
mount --rbind / "$new"
mount -t tmpfs -o mode=755 none "$new/dev"
for device in "${devices[@]}"; do
	touch "$new/dev/$device"
	mount --bind "/dev/$device" "$new/dev/$device"
done
install "$FILTER" "$new/dev/filter"
mkdir "$new/dev/shm"
mount -t tmpfs -o "nosuid,nodev,noexec,mode=1777,size=64m" shm "$new/dev/shm"
mount -o remount,bind,ro "$new/dev"
keep /proc/sys
mount -t tmpfs -o "nosuid,nodev,mode=1777,size=${TMP:-1g}" none "$new/tmp"
umask 022
for place in "$O" "$GUESTS"; do
	[[ $place == /tmp/* ]] || continue
	mkdir -p "$new$place"
	keep "$place"
done
mount -t tmpfs -o ro,mode=755 none "$new/var/tmp"
mount -o remount,bind,ro "$new"
caps=-all,+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+setpcap,+net_bind_service,+net_raw,+sys_chroot,+mknod,+audit_write,+setfcap
run=(/dev/filter ${FILTER_OPTION+"$FILTER_OPTION"} "$@")
case $user in
nobody) run=(setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set=-all --inh-caps=-all --no-new-privs "${run[@]}") ;;
*) run=(setpriv --bounding-set="$caps" --inh-caps=-all --no-new-privs "${run[@]}") ;;
esac
cd "$new"
exec chroot "$new" "${run[@]}"
