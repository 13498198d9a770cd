#!/bin/sh
# made by v2v-meta
# Names are quoted as they are, whatever they look like:
# shellcheck disable=SC1003,SC1112,SC2016,SC2034
set -eu
# Starts 'debian-q35'.  Arguments are further options of
# qemu's: -snapshot keeps the disks as they are, -display
# none shows nothing.  V2V_SERIAL=mon:stdio has the serial
# console here; else a terminal is made, and named.
# libosinfo calls the system 'debian12'.
serial=${V2V_SERIAL:-pty}

accel=tcg cpu=max
if [ -w /dev/kvm ] && [ "$(uname -m)" = x86_64 ] &&
	grep -Eqw 'vmx|svm' /proc/cpuinfo; then
	accel=kvm cpu=host
fi
[ -n "${DISPLAY-}${WAYLAND_DISPLAY-}" ] ||
	set -- -display vnc=localhost:0,to=99 "$@"

state=/d/debian-q35
# In an option of qemu's a comma of a name is doubled.
double() {
	doubled=$(printf '%sx' "$1" | sed 's/,/,,/g')
	doubled=${doubled%x}
}

run=$state.run
mkdir -p -- "$run"
chmod 700 "$run"
sockets=$run
[ "$(printf %s "$run" | wc -c)" -lt 90 ] || sockets=$(mktemp -d)
double "$sockets/agent"
agent=$doubled

exec qemu-system-x86_64 -nodefaults -no-user-config \
	-name guest=debian-q35 \
	-device vmgenid,guid=01234567-89ab-cdef-0123-456789abcdef \
	-machine "q35,accel=$accel" \
	-cpu "$cpu" \
	-smp 4,sockets=2,cores=2,threads=1 \
	-m size=1048576k \
	-rtc base=utc \
	-boot strict=on \
	-drive if=none,id=disk0,format=qcow2,file=/d/x-sda.qcow2 \
	-device virtio-blk-pci,drive=disk0,bootindex=2 \
	-drive if=none,id=disk1,format=qcow2,file=/d/x-sdb.qcow2 \
	-device virtio-blk-pci,drive=disk1,bootindex=1 \
	-device ide-cd,bus=ide.0 \
	-drive if=floppy,index=0 \
	-netdev user,id=net0 \
	-device virtio-net-pci,netdev=net0,mac=52:54:00:0a:0b:0c \
	-netdev user,id=net1 \
	-device virtio-net-pci,netdev=net1 \
	-usb \
	-device usb-tablet \
	-serial "$serial" \
	-device virtio-serial-pci \
	-chardev "socket,id=agent,server=on,wait=off,path=$agent" \
	-device virtserialport,chardev=agent,name=org.qemu.guest_agent.0 \
	-device VGA \
	-audiodev none,id=sound \
	-device ich9-intel-hda,id=hda \
	-device hda-duplex,bus=hda.0,audiodev=sound \
	-object rng-random,id=rng,filename=/dev/urandom \
	-device virtio-rng-pci,rng=rng \
	-device virtio-balloon-pci \
	-device pvpanic \
	"$@"
