#!/bin/sh
# made by v2v-meta
# Names are quoted as they are, whatever they look like:
# shellcheck disable=SC1003,SC1112,SC2016,SC2034
set -eu
# Starts 'not-converted-sas-uefi'.  Arguments are further options of
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

state=/d/not-converted-sas-uefi
# In an option of qemu's a comma of a name is doubled.
double() {
	doubled=$(printf '%sx' "$1" | sed 's/,/,,/g')
	doubled=${doubled%x}
}

# The string $2 of the object $1 in $text.
member() {
	printf '%s\n' "$text" |
		sed -n 's/.*"'"$1"'":{[^}]*"'"$2"'":"\([^"]*\)".*/\1/p'
}
code=
user=${XDG_CONFIG_HOME:-${HOME-}/.config}/qemu/firmware
while IFS= read -r name; do
	for file in "$user" /etc/qemu/firmware /usr/share/qemu/firmware; do
		file=$file/$name
		[ ! -e "$file" ] || break
	done
	[ -f "$file" ] || continue
	[ "$(wc -c <"$file")" -le 1048576 ] || continue
	text=$(tr -d '[:space:]' <"$file")
	case $text in *'"device":"flash"'*) ;; *) continue ;; esac
	case $text in *'"mode":"stateless"'* | *'"mode":"combined"'*) continue ;; esac
	case $text in *'"architecture":"x86_64"'*) ;; *) continue ;; esac
	case $text in *'"pc-q35-'*) ;; *) continue ;; esac
	case $text in *'"enrolled-keys"'* | *'"requires-smm"'*) continue ;; esac
	code=$(member executable filename) code_format=$(member executable format)
	vars=$(member nvram-template filename) vars_format=$(member nvram-template format)
	[ -r "$code" ] && [ -r "$vars" ] && break
	code=
done <<END
$(for file in "$user"/*.json /etc/qemu/firmware/*.json /usr/share/qemu/firmware/*.json; do
	printf '%s\n' "${file##*/}"
done | LC_ALL=C sort -u)
END
if [ -z "$code" ]; then
	echo "$0: no firmware for UEFI on x86_64 (OVMF, edk2) is installed" >&2
	exit 1
fi
own=$state.vars.${vars_format:-raw}
if [ ! -e "$own" ]; then
	cp -- "$vars" "$own.new"
	mv -- "$own.new" "$own"
fi
double "$own"
set -- -drive "if=pflash,unit=1,format=${vars_format:-raw},file=$doubled" "$@"
double "$code"
set -- -drive "if=pflash,unit=0,readonly=on,format=${code_format:-raw},file=$doubled" "$@"

exec qemu-system-x86_64 -nodefaults -no-user-config \
	-name guest=not-converted-sas-uefi \
	-machine "q35,accel=$accel" \
	-cpu "$cpu" \
	-smp 1 \
	-m size=1048576k \
	-rtc base=utc \
	-boot strict=on \
	-device mptsas1068,id=scsi0 \
	-drive if=none,id=disk0,format=qcow2,file=/d/x-sda.qcow2 \
	-device scsi-hd,bus=scsi0.0,scsi-id=0,lun=0,drive=disk0,bootindex=1 \
	-drive if=none,id=disk1,format=qcow2,file=/d/x-sdb \
	-device ide-hd,bus=ide.0,drive=disk1,bootindex=2 \
	-device ide-cd,bus=ide.1 \
	-netdev user,id=net0 \
	-device e1000e,netdev=net0 \
	-usb \
	-device usb-tablet \
	-serial "$serial" \
	-device VGA \
	"$@"
