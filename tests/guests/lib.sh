# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: LGPL-2.1-or-later
# What the makers of guests share: the cached Debian bases, loop disks, chroots, stamps, and cleaning up.

guests_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mib=$((1024 * 1024))

packages=(
	systemd-sysv udev kmod linux-image-amd64 initramfs-tools zstd grub-pc
	ifupdown iproute2 login passwd e2fsprogs util-linux
)

# What a base of another name has beside these.
declare -A more_packages=(
	[base]=''
	[storage]='lvm2 mdadm cryptsetup-initramfs btrfs-progs xfsprogs grub-efi-amd64-bin netplan.io'
)

# What a headless guest without Wi-Fi never loads, and what nobody reads: a third of the size.
excluded_paths=(
	'/usr/share/doc/*' '/usr/share/man/*' '/usr/share/info/*' '/usr/share/locale/*'
	'/usr/share/lintian/*' '/usr/share/bug/*'
	'/lib/modules/*/kernel/sound/*' '/lib/modules/*/kernel/drivers/media/*'
	'/lib/modules/*/kernel/drivers/net/wireless/*' '/lib/modules/*/kernel/drivers/infiniband/*'
	'/lib/modules/*/kernel/drivers/gpu/drm/amd/*' '/lib/modules/*/kernel/drivers/gpu/drm/i915/*'
	'/lib/modules/*/kernel/drivers/gpu/drm/nouveau/*' '/lib/modules/*/kernel/drivers/gpu/drm/radeon/*'
)

# The disk controllers that VMware offers and their friends; deliberately nothing of virtio.
initramfs_modules=(
	mptspi mptsas vmw_pvscsi sym53c8xx sd_mod ahci ata_piix ata_generic ext4 xfs
)

# Units that only cost time in an emulated guest, or that cannot work without D-Bus.
masked_units=(
	apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer
	e2scrub_reap.service fstrim.timer grub-common.service systemd-logind.service
	systemd-pstore.service systemd-tmpfiles-clean.timer dev-hugepages.mount dev-mqueue.mount
	sys-kernel-config.mount sys-kernel-debug.mount sys-kernel-tracing.mount
	sys-fs-fuse-connections.mount
)

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

note() {
	printf '%s: %4d s: %s\n' "${0##*/}" "$SECONDS" "$*" >&2
}

# --- one run: private mounts, a lock, a work directory that is always cleaned up ---

loops=()
daemons=()

# Mounts live in a namespace of their own and so die with the script, however it dies.
enter_namespace() {
	[ "$(id -u)" = 0 ] || die "must be root"
	[ -n "${V2V_GUESTS_NS-}" ] && return
	export V2V_GUESTS_NS=1
	exec unshare --mount --propagation private -- bash "$0" "$@"
}

enter_outdir() {
	mkdir -p "$1"
	outdir=$(cd "$1" && pwd)
	work=$outdir/.work
	exec 9>"$outdir/.lock"
	flock 9
	trap clean_up EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
	drop_stale_loops
	rm -rf --one-file-system "$work"
	mkdir "$work"
}

clean_up() {
	local status=$? i
	trap - EXIT INT TERM
	set +e
	cd /
	umount_below "$work"
	for ((i = ${#loops[@]} - 1; i >= 0; i--)); do
		drop_loop "${loops[i]}"
	done
	for i in ${daemons[@]+"${daemons[@]}"}; do
		stop_daemon "$i"
	done
	rm -rf --one-file-system "$work"
	exit "$status"
}

# A run that was killed leaves its loop devices behind; only those over our own work directory are ours.
drop_stale_loops() {
	local device file
	while read -r device file; do
		case $file in
		"$work"/*) drop_loop "$device" ;;
		esac
	done < <(losetup --list --noheadings --output NAME,BACK-FILE)
}

umount_below() {
	local target
	while read -r target; do
		umount "$target" || umount --lazy "$target"
	done < <(findmnt --noheadings --list --output TARGET | grep -F "$1/" | sort -r)
}

stop_daemon() {
	kill "$1" 2>/dev/null || true
	wait "$1" || true
}

# --- stamps: a result is current when the stamp beside it was made from the same scripts ---

stamp_of() {
	cat "$@" | sha256sum | cut -d' ' -f1
}

# is_current STAMPFILE STAMP FILE…
is_current() {
	local stampfile=$1 stamp=$2 file
	shift 2
	[ "$(cat "$stampfile" 2>/dev/null)" = "$stamp" ] || return 1
	for file; do
		[ -e "$file" ] || return 1
	done
}

# publish STAMPFILE STAMP FILE… moves finished files out of the work directory; the stamp comes last.
publish() {
	local stampfile=$1 stamp=$2 file
	shift 2
	rm -f "$stampfile"
	sync -- "$@"
	for file; do
		mv -f -- "$file" "$outdir/"
	done
	printf '%s\n' "$stamp" >"$work/stamp"
	mv -f "$work/stamp" "$stampfile"
}

# --- the base: a Debian userland with everything in it that does not depend on the disk ---

write_file() {
	mkdir -p "$(dirname "$1")"
	cat >"$1"
}

write_guest_files() {
	local root=$1 unit

	write_file "$root/etc/hostname" <<<debian12-demo
	printf '%s\n' '127.0.0.1 localhost' '127.0.1.1 debian12-demo' | write_file "$root/etc/hosts"
	write_file "$root/etc/resolv.conf" </dev/null
	write_file "$root/etc/machine-id" <<<76327632763276327632763276327632

	write_file "$root/etc/fstab" <<-'END'
		# <file system> <mount point> <type> <options> <dump> <pass>
		/dev/sda1 / ext4 errors=remount-ro 0 1
		/dev/sda2 none swap sw 0 0
	END
	write_file "$root/etc/network/interfaces" <<-'END'
		# The loopback network interface
		auto lo
		iface lo inet loopback

		# The primary network interface
		auto ens192
		iface ens192 inet static
			address 192.0.2.7/24
	END
	write_file "$root/etc/default/grub" <<-'END'
		GRUB_DEFAULT=0
		GRUB_TIMEOUT=0
		GRUB_DISTRIBUTOR=`lsb_release -i -s 2> /dev/null || echo Debian`
		GRUB_CMDLINE_LINUX_DEFAULT="quiet"
		GRUB_CMDLINE_LINUX="console=tty0 console=ttyS0,115200 resume=/dev/sda2"
		GRUB_TERMINAL=console
		GRUB_DISABLE_LINUX_UUID=true
	END
	printf '%s\n' "${initramfs_modules[@]}" | write_file "$root/etc/initramfs-tools/modules"
	write_file "$root/etc/initramfs-tools/conf.d/resume" <<<RESUME=/dev/sda2
	write_file "$root/etc/initramfs-tools/conf.d/modules" <<<MODULES=list

	mkdir -p "$root/etc/systemd/system/getty.target.wants"
	ln -s /lib/systemd/system/serial-getty@.service \
		"$root/etc/systemd/system/getty.target.wants/serial-getty@ttyS0.service"
	for unit in "${masked_units[@]}"; do
		ln -s /dev/null "$root/etc/systemd/system/$unit"
	done
}

# The last touch inside the guest. The setting moves from the drop-in to the file that people edit,
# and fresh .updated files keep systemd from rebuilding its databases at each boot of a snapshot.
write_finish_hook() {
	write_file "$1" <<-'END'
		set -eu
		root=$1
		echo 'root:v2v' | chroot "$root" chpasswd -c SHA512
		sed -i 's/^MODULES=.*/MODULES=list/' "$root/etc/initramfs-tools/initramfs.conf"
		rm -f "$root/etc/initramfs-tools/conf.d/modules"
		rm -rf "$root/var/lib/apt/lists"/* "$root/var/cache/apt"/*.bin "$root/var/log"/*.log
		rm -rf "$root/var/log/apt" "$root/var/log/journal" "$root/usr/share/grub/themes"
		cp "$2/etc/resolv.conf" "$2/etc/hostname" "$2/etc/machine-id" "$root/etc/"
		touch "$root/etc/.updated" "$root/var/.updated"
	END
}

# base_stamp NAME
base_stamp() {
	{
		declare -f build_base write_file write_guest_files write_finish_hook
		declare -p packages excluded_paths initramfs_modules masked_units
		echo "${more_packages[$1]}"
	} | sha256sum | cut -d' ' -f1
}

# build_base NAME
build_base() {
	local path options=()
	for path in "${excluded_paths[@]}"; do
		options+=("--dpkgopt=path-exclude=$path")
	done
	mkdir "$work/files"
	write_guest_files "$work/files"
	write_finish_hook "$work/finish"
	mkdir "$work/tmp"
	mount -t tmpfs tmpfs "$work/tmp"
	# shellcheck disable=SC2086 # a list of names
	TMPDIR=$work/tmp mmdebstrap --quiet --mode=root --variant=minbase \
		--include="$(printf '%s,' "${packages[@]}" ${more_packages[$1]})" "${options[@]}" \
		--aptopt='Acquire::Languages "none"' \
		--essential-hook="cp -a '$work/files/.' \"\$1/\"" \
		--essential-hook="echo grub-pc grub-pc/install_devices_empty boolean true | chroot \"\$1\" debconf-set-selections" \
		--customize-hook="sh '$work/finish' \"\$1\" '$work/files'" \
		bookworm "$work/$1.tar" ${DEBIAN_MIRROR:+"$DEBIAN_MIRROR"} >&2
	umount "$work/tmp"
	rm -r "$work/files" "$work/finish" "$work/tmp"
}

# need_base [NAME]: makes OUTDIR/NAME.tar, unless there is one made from the same recipe; bases.sh knows some that are not so.
need_base() {
	local name=${1:-base} kind=base stamp
	! declare -F "write_${name}_files" >/dev/null || kind=other_base
	stamp=$("${kind}_stamp" "$name")
	is_current "$outdir/$name.stamp" "$stamp" "$outdir/$name.tar" && return
	note "building the Debian of $name.tar"
	"build_$kind" "$name"
	publish "$outdir/$name.stamp" "$stamp" "$work/$name.tar"
}

# --- disks ---

# attach FILE [LOSETUP-OPTION…] sets $loop.
attach() {
	local file=$1
	shift
	loop=$(losetup --find --show "$@" "$file")
	loops+=("$loop")
}

# Partitions of an earlier owner of the loop device may be left; they would hide ours.
attach_partitioned() {
	attach "$1" --partscan
	partx --delete "$loop" 2>/dev/null || true
	partx --add "$loop"
}

drop_loop() {
	partx --delete "$1" 2>/dev/null || true
	losetup --detach "$1" 2>/dev/null || true
}

detach() {
	drop_loop "$1"
	forget_loop "$1"
}

# For a mounted loop device: its last unmount detaches it, even that of a killed run.
detach_with_mount() {
	losetup --detach "$1"
	forget_loop "$1"
}

forget_loop() {
	local i
	for i in "${!loops[@]}"; do
		[ "${loops[i]}" != "$1" ] || unset "loops[i]"
	done
	loops=(${loops[@]+"${loops[@]}"})
}

# new_disk FILE SIZE reads an sfdisk script for an MBR from stdin; the file stays sparse.
new_disk() {
	rm -f "$1"
	truncate -s "$2" "$1"
	{
		echo 'label: dos'
		echo 'label-id: 0x76327632'
		cat
	} | sfdisk --quiet "$1"
}

# unpack_base DIR [NAME]
unpack_base() {
	tar --extract --file="$outdir/${2:-base}.tar" --directory="$1" --numeric-owner --xattrs --xattrs-include='*'
}

mount_chroot() {
	mount --bind /dev "$1/dev"
	mount -t proc proc "$1/proc"
	mount -t sysfs sysfs "$1/sys"
}

umount_chroot() {
	umount "$1/sys" "$1/proc" "$1/dev"
}

# install_grub ROOT LOOP: boot code and modules; needs mount_chroot.
install_grub() {
	mkdir -p "$1/boot/grub"
	printf '(hd0) %s\n' "$2" >"$1/boot/grub/device.map"
	chroot "$1" grub-install --target=i386-pc --no-floppy "$2" 2>&1 | grep -v '^Install' >&2 || true
	[ -e "$1/boot/grub/i386-pc/core.img" ] || die "grub-install failed"
}

# What the installer of a real machine would have written.
name_grub_device() {
	printf '(hd0) /dev/sda\n' >"$1/boot/grub/device.map"
}
