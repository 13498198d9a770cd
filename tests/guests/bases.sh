# shellcheck shell=bash disable=SC2154 # lib.sh, make-guest.sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Further cached base trees beside lib.sh's: a 32-bit one, and one with dracut, rpm and NetworkManager.

# What both RPM distributions' guests need; Debian's dracut takes the place of initramfs-tools.
dracut_packages=(
	systemd-sysv udev kmod linux-image-amd64 dracut rpm xz-utils zstd grub-pc
	network-manager dbus iproute2 login passwd e2fsprogs xfsprogs btrfs-progs util-linux
)

# While packages are installed dracut finds no /run and so no devices to choose by: it runs again at the end.
write_dracut_files() {
	write_guest_files "$1"
	rm -r "$1/etc/network" "$1/etc/initramfs-tools" "$1/etc/default/grub"
	rm "$1/etc/systemd/system/systemd-logind.service"
	write_file "$1/etc/fstab" </dev/null
	write_file "$1/etc/dracut.conf.d/50-made.conf" <<<'no_kernel=yes compress=cat'
	write_file "$1/etc/rpm/macros" <<<'%_dbpath /var/lib/rpm'
	write_file "$1/usr/src/packages/kernel.spec" <<-'END'
		Name: kernel
		Version: %{kernel_version}
		Release: %{kernel_release}
		Summary: The Linux kernel
		License: GPL
		AutoReqProv: no
		%global __os_install_post %{nil}
		%description
		The Linux kernel.
		%package core
		Summary: The Linux kernel
		Provides: kernel = %{version}-%{release}
		%description core
		The Linux kernel.
		%package default
		Summary: The Linux kernel
		Provides: kernel = %{version}-%{release}
		%description default
		The Linux kernel.
		%install
		mkdir -p %{buildroot}/boot %{buildroot}/lib/modules
		cp -al /boot/vmlinuz-%{uname_r} /boot/config-%{uname_r} /boot/System.map-%{uname_r} %{buildroot}/boot/
		cp -al /lib/modules/%{uname_r} %{buildroot}/lib/modules/
		%files core
		%ghost /boot/*
		%ghost /lib/modules/%{uname_r}
		%files default
		%ghost /boot/*
		%ghost /lib/modules/%{uname_r}
	END
}

# Modules are packed as those of these distributions are. dracut chooses as on a VMware guest: by what it is configured to add and
# to omit, since the hardware that it finds here is another.
write_dracut_finish() {
	write_file "$1" <<-'END'
		set -eu
		root=$1
		release=$(ls "$root/lib/modules")
		echo 'root:v2v' | chroot "$root" chpasswd -c SHA512
		find "$root/lib/modules" -name '*.ko' -print0 | xargs -0 -P2 -n64 xz -0 --check=crc32
		chroot "$root" depmod "$release"
		cat >"$root/etc/dracut.conf.d/50-made.conf" <<-'CONF'
			hostonly=yes
			hostonly_cmdline=no
			compress=zstd
			add_drivers+=" vmw_pvscsi mptspi mptsas sym53c8xx sd_mod ahci ata_piix ata_generic ext4 xfs btrfs "
			omit_drivers+=" virtio virtio_ring virtio_pci virtio_pci_modern_dev virtio_pci_legacy_dev virtio_blk virtio_scsi virtio_net virtio_console "
			filesystems+=" ext4 xfs btrfs "
		CONF
		rm -f "$root"/boot/initrd.img-* "$root/boot/grub/unicode.pf2"
		mount --bind /dev "$root/dev"
		mount -t proc proc "$root/proc"
		mount -t tmpfs tmpfs "$root/run"
		chroot "$root" dracut --quiet --force "/boot/initramfs-$release.img" "$release"
		umount "$root/run"
		rm "$root/etc/dracut.conf.d/50-made.conf"
		version=${release%%-*}
		rest=${release#*-}
		chroot "$root" rpmbuild --quiet -bb --define '_topdir /usr/src/packages' --define "uname_r $release" \
			--define "kernel_version $version" --define "kernel_release ${rest%%-*}" /usr/src/packages/kernel.spec
		umount "$root/proc" "$root/dev"
		mv "$root"/usr/src/packages/RPMS/*/*.rpm "$root/usr/src/"
		rm -r "$root/usr/src/packages"
		rm -rf "$root/var/lib/apt/lists"/* "$root/var/cache/apt"/*.bin "$root/var/log"/*.log
		rm -rf "$root/var/log/apt" "$root/var/log/journal" "$root/usr/share/grub/themes"
		cp "$2/etc/resolv.conf" "$2/etc/hostname" "$2/etc/machine-id" "$root/etc/"
		touch "$root/etc/.updated" "$root/var/.updated"
	END
}

write_i686_files() { write_guest_files "$1"; }
write_i686_finish() { write_finish_hook "$1"; }

base_packages() {
	case $1 in
	dracut) echo "${dracut_packages[@]}" ;;
	i686) echo "${packages[@]/linux-image-amd64/linux-image-686-pae}" ;;
	esac
}

other_base_stamp() {
	{
		declare -f build_other_base base_packages write_file write_guest_files write_finish_hook \
			"write_${1}_files" "write_${1}_finish"
		declare -p packages dracut_packages excluded_paths initramfs_modules masked_units
	} | sha256sum | cut -d' ' -f1
}

build_other_base() {
	local name=$1 arch=amd64 mirror=${DEBIAN_MIRROR-} list path options=()
	if [ "$name" = i686 ]; then
		# Nothing is chosen from the host's sources: they may lack this architecture.
		arch=i386 mirror=${mirror:-http://deb.debian.org/debian}
	fi
	for path in "${excluded_paths[@]}"; do
		options+=("--dpkgopt=path-exclude=$path")
	done
	mkdir "$work/files"
	"write_${name}_files" "$work/files"
	"write_${name}_finish" "$work/finish"
	mkdir "$work/tmp"
	mount -t tmpfs tmpfs "$work/tmp"
	list=$(base_packages "$name")
	TMPDIR=$work/tmp mmdebstrap --quiet --mode=root --variant=minbase --architectures="$arch" --skip=check/qemu \
		--include="${list// /,}" "${options[@]}" \
		--aptopt='Acquire::Languages "none"' \
		--essential-hook="cp -a '$work/files/.' \"\$1/\"" \
		--essential-hook="echo grub-pc grub-pc/install_devices_empty boolean true | chroot \"\$1\" debconf-set-selections" \
		--customize-hook="sh '$work/finish' \"\$1\" '$work/files'" \
		bookworm "$work/$name.tar" ${mirror:+"$mirror"} >&2
	umount "$work/tmp"
	rm -r "$work/tmp" "$work/files" "$work/finish"
}

# need_package NAME: what Debian's package NAME holds lies in OUTDIR/.packages/NAME; nothing is installed.
need_package() {
	local dir=$outdir/.packages/$1
	[ -d "$dir" ] && return
	rm -rf "$work/package"
	mkdir -p "$work/package/root" "$outdir/.packages"
	(cd "$work/package" && apt-get -qq download "$1" 2>/dev/null)
	dpkg-deb --extract "$work/package/$1"_*.deb "$work/package/root"
	mv "$work/package/root" "$dir"
}
