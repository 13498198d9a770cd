#!/bin/sh
# made by v2v-meta
# Names are quoted as they are, whatever they look like:
# shellcheck disable=SC1003,SC1112,SC2016,SC2034
set -eu
# Starts 'not-converted-pvscsi'.  Arguments are further options of
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
	-name guest=not-converted-pvscsi \
	-machine "pc,accel=$accel" \
	-cpu "$cpu" \
	-smp 1 \
	-m size=1048576k \
	-rtc base=utc \
	-boot strict=on \
	-device pvscsi,id=scsi0 \
	-device pvscsi,id=scsi1 \
	-drive if=none,id=disk0,format=qcow2,file=/d/0 \
	-device scsi-hd,bus=scsi0.0,scsi-id=0,lun=0,drive=disk0,bootindex=1 \
	-drive if=none,id=disk1,format=qcow2,file=/d/1 \
	-device scsi-hd,bus=scsi0.0,scsi-id=1,lun=0,drive=disk1,bootindex=2 \
	-drive if=none,id=disk2,format=qcow2,file=/d/2 \
	-device scsi-hd,bus=scsi0.0,scsi-id=2,lun=0,drive=disk2,bootindex=3 \
	-drive if=none,id=disk3,format=qcow2,file=/d/3 \
	-device scsi-hd,bus=scsi0.0,scsi-id=3,lun=0,drive=disk3,bootindex=4 \
	-drive if=none,id=disk4,format=qcow2,file=/d/4 \
	-device scsi-hd,bus=scsi0.0,scsi-id=4,lun=0,drive=disk4,bootindex=5 \
	-drive if=none,id=disk5,format=qcow2,file=/d/5 \
	-device scsi-hd,bus=scsi0.0,scsi-id=5,lun=0,drive=disk5,bootindex=6 \
	-drive if=none,id=disk6,format=qcow2,file=/d/6 \
	-device scsi-hd,bus=scsi0.0,scsi-id=6,lun=0,drive=disk6,bootindex=7 \
	-drive if=none,id=disk7,format=qcow2,file=/d/7 \
	-device scsi-hd,bus=scsi1.0,scsi-id=0,lun=0,drive=disk7,bootindex=8 \
	-drive if=none,id=disk8,format=qcow2,file=/d/8 \
	-device scsi-hd,bus=scsi1.0,scsi-id=1,lun=0,drive=disk8,bootindex=9 \
	-netdev user,id=net0 \
	-device pcnet,netdev=net0 \
	-usb \
	-device usb-tablet \
	-serial "$serial" \
	-device VGA \
	"$@"
