#!/bin/sh
# made by v2v-meta
# Names are quoted as they are, whatever they look like:
# shellcheck disable=SC1003,SC1112,SC2016,SC2034
set -eu
# Starts 'not-converted-lsilogic'.  Arguments are further options of
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

exec qemu-system-x86_64 -nodefaults -no-user-config \
	-name guest=not-converted-lsilogic \
	-machine "pc,accel=$accel" \
	-cpu "$cpu" \
	-smp 1 \
	-m size=1048576k \
	-rtc base=utc \
	-boot strict=on \
	-device lsi53c895a,id=scsi0 \
	-drive if=none,id=disk0,format=qcow2,file=/d/x-sda.qcow2 \
	-device scsi-hd,bus=scsi0.0,scsi-id=0,lun=0,drive=disk0,bootindex=1 \
	-device ide-cd,bus=ide.0,unit=0 \
	-netdev user,id=net0 \
	-device e1000,netdev=net0 \
	-usb \
	-device usb-tablet \
	-serial "$serial" \
	-device VGA \
	"$@"
