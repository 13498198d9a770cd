#!/bin/sh
# made by v2v-meta
# Names are quoted as they are, whatever they look like:
# shellcheck disable=SC1003,SC1112,SC2016,SC2034
set -eu
# Starts 'windows-7'.  Arguments are further options of
# qemu's: -snapshot keeps the disks as they are, -display
# none shows nothing.  V2V_SERIAL=mon:stdio has the serial
# console here; else a terminal is made, and named.
# libosinfo calls the system 'win7'.
serial=${V2V_SERIAL:-pty}

accel=tcg cpu=max
if [ -w /dev/kvm ] && [ "$(uname -m)" = x86_64 ] &&
	grep -Eqw 'vmx|svm' /proc/cpuinfo; then
	accel=kvm cpu=host,hv-relaxed,hv-vapic,hv-spinlocks=0x1fff,hv-time
fi
[ $accel = tcg ] || set -- -global kvm-pit.lost_tick_policy=delay "$@"
[ -n "${DISPLAY-}${WAYLAND_DISPLAY-}" ] ||
	set -- -display vnc=localhost:0,to=99 "$@"

state=/d/windows-7
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
	-name guest=windows-7 \
	-machine "pc,accel=$accel,hpet=off" \
	-cpu "$cpu" \
	-smp 3 \
	-m size=4194304k \
	-rtc base=localtime,driftfix=slew \
	-boot strict=on \
	-drive if=none,id=disk0,format=qcow2,file=/d/x-sda.qcow2 \
	-device ide-hd,bus=ide.0,unit=0,drive=disk0,bootindex=1 \
	-device ide-cd,bus=ide.0,unit=1 \
	-netdev user,id=net0 \
	-device e1000,netdev=net0 \
	-usb \
	-device usb-tablet \
	-serial "$serial" \
	-device virtio-serial-pci \
	-chardev "socket,id=agent,server=on,wait=off,path=$agent" \
	-device virtserialport,chardev=agent,name=org.qemu.guest_agent.0 \
	-device VGA \
	"$@"
