#!/bin/sh
# made by v2v-meta
# Names are quoted as they are, whatever they look like:
# shellcheck disable=SC1003,SC1112,SC2016,SC2034
set -eu
# Starts 'transitional-scsi'.  Arguments are further options of
# qemu's: -snapshot keeps the disks as they are, -display
# none shows nothing.  V2V_SERIAL=mon:stdio has the serial
# console here; else a terminal is made, and named.
# libosinfo calls the system 'sles12sp5'.
serial=${V2V_SERIAL:-pty}

accel=tcg cpu=max
if [ -w /dev/kvm ] && [ "$(uname -m)" = x86_64 ] &&
	grep -Eqw 'vmx|svm' /proc/cpuinfo; then
	accel=kvm cpu=host
fi
[ -n "${DISPLAY-}${WAYLAND_DISPLAY-}" ] ||
	set -- -display vnc=localhost:0,to=99 "$@"

state=/d/transitional-scsi
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
	-name guest=transitional-scsi \
	-machine "q35,accel=$accel" \
	-cpu "$cpu" \
	-smp 1 \
	-m size=1048576k \
	-rtc base=utc \
	-boot strict=on \
	-device virtio-scsi-pci-transitional,id=scsi0 \
	-drive if=none,id=disk0,format=qcow2,file=/d/x-sda.qcow2 \
	-device scsi-hd,bus=scsi0.0,scsi-id=0,lun=0,drive=disk0,bootindex=1 \
	-drive if=none,id=disk1,format=raw,file=/d/x-sdb \
	-device scsi-hd,bus=scsi0.0,scsi-id=1,lun=0,drive=disk1,bootindex=2 \
	-device ide-cd,bus=ide.0 \
	-netdev user,id=net0 \
	-device virtio-net-pci-transitional,netdev=net0 \
	-usb \
	-device usb-tablet \
	-serial "$serial" \
	-device virtio-serial-pci-transitional \
	-chardev "socket,id=agent,server=on,wait=off,path=$agent" \
	-device virtserialport,chardev=agent,name=org.qemu.guest_agent.0 \
	-device VGA \
	-object rng-random,id=rng,filename=/dev/urandom \
	-device virtio-rng-pci-transitional,rng=rng \
	-device virtio-balloon-pci-transitional \
	-device pvpanic \
	"$@"
