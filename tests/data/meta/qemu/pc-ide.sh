#!/bin/sh
# made by v2v-meta
# Names are quoted as they are, whatever they look like:
# shellcheck disable=SC1003,SC1112,SC2016,SC2034
set -eu
# Starts 'pc-ide'.  Arguments are further options of
# qemu's: -snapshot keeps the disks as they are, -display
# none shows nothing.  V2V_SERIAL=mon:stdio has the serial
# console here; else a terminal is made, and named.
serial=${V2V_SERIAL:-pty}

accel=tcg cpu=max
if [ -w /dev/kvm ] && [ "$(uname -m)" = x86_64 ] &&
	grep -Eqw 'vmx|svm' /proc/cpuinfo; then
	accel=kvm cpu=host
fi
[ -n "${DISPLAY-}${WAYLAND_DISPLAY-}" ] ||
	set -- -display vnc=localhost:0,to=99 "$@"

state=/d/pc-ide
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
	-name guest=pc-ide \
	-machine "pc,accel=$accel,acpi=off" \
	-cpu "$cpu" \
	-smp 1 \
	-m size=1048576k \
	-rtc base=utc \
	-boot strict=on \
	-drive if=none,id=disk0,format=qcow2,file=/d/x-sda \
	-device ide-hd,bus=ide.0,unit=0,drive=disk0,bootindex=1 \
	-drive if=none,id=disk1,format=qcow2,file=/d/x-sdb \
	-device ide-hd,bus=ide.0,unit=1,drive=disk1,bootindex=2 \
	-drive if=none,id=disk2,format=qcow2,file=/d/x-sdc \
	-device ide-hd,bus=ide.1,unit=0,drive=disk2,bootindex=3 \
	-device ide-cd,bus=ide.1,unit=1 \
	-netdev user,id=net0 \
	-device rtl8139,netdev=net0 \
	-usb \
	-device usb-tablet \
	-serial "$serial" \
	-device virtio-serial-pci \
	-chardev "socket,id=agent,server=on,wait=off,path=$agent" \
	-device virtserialport,chardev=agent,name=org.qemu.guest_agent.0 \
	-device VGA \
	"$@"
