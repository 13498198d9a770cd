#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# The program that runs once in a converted Windows, started by wine's service manager: a prefix is a machine, a wineserver that is killed a power loss.

load ../helper

old='{4D36E972-0000-0000-0000-00000000A111}'
# One whose addresses are too large to be moved; one of which the registry says too little.
large='{4D36E972-0000-0000-0000-00000000A222}'
short='{4D36E972-0000-0000-0000-00000000A333}'
services='System\\CurrentControlSet\\Services'
interfaces="$services\\\\Tcpip\\\\Parameters\\\\Interfaces"
interfaces6="$services\\\\Tcpip6\\\\Parameters\\\\Interfaces"
control='System\\CurrentControlSet\\Control'
addresses6="$control\\\\Nsi\\\\{eb004a01-9b1a-11d4-9123-0050047759bc}\\\\10"
class="$control\\\\Class\\\\{4D36E972-E325-11CE-BFC1-08002BE10318}"
lifetime=ff,ff,ff,ff,ff,ff,ff,ff,01,00,00,00,01,00,00,00,40

# Longer than a kilobyte.
name_servers() {
	printf '2001:db8::53'
	printf ',2001:db8::%x' $(seq 1000 1100)
}

# What v2v-convert writes into the registry, and a card that is not there any more; into wine's own file while nothing runs.
register() {
	cat >>"$WINEPREFIX/system.reg" <<END

[$services\\\\v2v-firstboot] 1700000000
"Type"=dword:00000010
"Start"=dword:00000002
"ErrorControl"=dword:00000001
"ObjectName"="LocalSystem"
"DisplayName"="v2v-tools first boot"
"ImagePath"=str(2):"\"%SystemDrive%\\\\Program Files\\\\v2v-tools\\\\firstboot.exe\""

[$interfaces\\\\$old] 1700000000
"EnableDHCP"=dword:00000001
"IPAddress"=str(7):"192.0.2.7\0"
"SubnetMask"=str(7):"255.255.255.0\0"
"DefaultGateway"=str(7):"192.0.2.1\0"
"DefaultGatewayMetric"=str(7):"0\0"
"NameServer"="192.0.2.53"
"Domain"="example.test"

[$interfaces6\\\\$old] 1700000000
"NameServer"="$(name_servers)"

[$class\\\\0989] 1700000000
"NetCfgInstanceId"=hex:$(printf %s "$old" | od -An -v -tx1 | xargs | tr ' ' ,),00
"NetLuidIndex"=dword:00bbbbbb
"*IfType"=dword:00000006

[$class\\\\0990] 1700000000
"NetCfgInstanceId"="$old"
"NetLuidIndex"=dword:00abcdef
"*IfType"=dword:00000006

[$class\\\\0991] 1700000000
"NetCfgInstanceId"="$large"
"NetLuidIndex"=dword:00cccccc
"*IfType"=dword:00000006

[$class\\\\0992] 1700000000
"NetCfgInstanceId"="$short"
"NetLuidIndex"=hex(4):dd,dd
"*IfType"=dword:00000006

[$addresses6] 1700000000
"000000efcdab060020010db8000000000000000000000007"=hex:$lifetime
"000000EFCDAB060020010DB8000000000000000000000008"=hex:$lifetime
"000000eecdab060020010db8000000000000000000000009"=hex:$lifetime
"000000cccccc060020010db800000000000000000000000a"=hex:$lifetime
"000000cccccc060020010db800000000000000000000000b"=hex:00$(printf ',%.0s00' $(seq 300))
$(printf '"000000efcdab060020010db8000000000000000000000%x"=hex:'"$lifetime"'\n' $(seq 256 335))
END
}

# The list of steps: one argument a line.
list() {
	printf '%s\n' 'v2v-firstboot 1' "$@" >"$files/steps.txt"
}

put_files() {
	mkdir -p "$files"
	cp "$O/libexec/v2v-tools/v2v-firstboot-x86_64.exe" "$files/firstboot.exe"
	for name in hang tick once fail; do
		cp "$BATS_FILE_TMPDIR/step.exe" "$files/$name.exe"
	done
	printf 'echo x>>C:\\ok\r\n' >"$files/ok and 1.cmd"
}

# Windows starts, and with it what is to start by itself.
boot() {
	wine "$BATS_FILE_TMPDIR/stay.exe" 3>&- &
}

# The service's key is gone a moment after its process.
shut_down() {
	for _ in $(seq 100); do
		pgrep -f 'v2v-tools.firstboot\.exe' >/dev/null || break
		sleep 0.2
	done
	sleep 2
	wineserver -k
	wineserver -w
	end_programs
}

power_loss() {
	wineserver -k9
	wineserver -w
	end_programs
}

# Some programs do not see that their wineserver is gone; those of this prefix, and no other's, are ended.
end_programs() {
	for environment in /proc/[0-9]*/environ; do
		pid=${environment#/proc/}
		pid=${pid%/environ}
		[ "$pid" != $$ ] && [ "$pid" != "$BASHPID" ] || continue
		case $(readlink "/proc/$pid/exe" 2>/dev/null) in */wine*) ;; *) continue ;; esac
		grep -qzxF "WINEPREFIX=$WINEPREFIX" "$environment" 2>/dev/null && kill -9 "$pid" 2>/dev/null
	done
	true
}

# Until a line of the log says so.
await() {
	for _ in $(seq 300); do
		grep -q "$1" "$files/firstboot.log" 2>/dev/null && return
		sleep 0.2
	done
	cat "$files/firstboot.log" >&2
	return 1
}

await_file() {
	for _ in $(seq 300); do
		[ -s "$1" ] && return
		sleep 0.2
	done
	return 1
}

# A machine is made and starts three times; the power is lost in the first.  wine writes its registry at times, whatever is flushed: what
# steps write there is looked at after the second.
setup_file() {
	export WINEPREFIX=$BATS_FILE_TMPDIR/prefix WINEDEBUG=-all WINEDLLOVERRIDES='mscoree,mshtml,winemenubuilder.exe='
	export drive=$WINEPREFIX/drive_c
	export files="$drive/Program Files/v2v-tools"
	unset DISPLAY
	# Not that of lo, which is zeros, nor what is no Ethernet address.
	mac=$(cat /sys/class/net/*/address | grep -xE '([0-9a-f]{2}:){5}[0-9a-f]{2}' | grep -vx 00:00:00:00:00:00 | head -1)
	[ -n "$mac" ]
	x86_64-w64-mingw32-gcc -Wall -Wextra -Werror -O1 -s -o "$BATS_FILE_TMPDIR/step.exe" "$tests_dir/firstboot/step.c"
	cp "$BATS_FILE_TMPDIR/step.exe" "$BATS_FILE_TMPDIR/stay.exe"
	wineboot -i
	shut_down
	put_files
	register
	list 'run	60	\Program Files\v2v-tools\ok and 1.cmd' \
		'run	60	\Program Files\v2v-tools\fail.exe' \
		'run	2	\Program Files\v2v-tools\hang.exe' \
		"network	1	02:00:00:00:00:99	$old" \
		'run	600	\Program Files\v2v-tools\once.exe' \
		"network	30	$mac	$old" \
		'san	60	2' \
		"network6	30	$mac	$old" \
		"network6	30	$mac	$old" \
		"network6	30	$mac	$large" \
		"network6	30	$mac	$short"
	boot
	await_file "$drive/once"
	power_loss
	cp "$files/firstboot.log" "$BATS_FILE_TMPDIR/first.log"
	touch "$drive/go-on"
	wc -c <"$drive/ticks" >"$BATS_FILE_TMPDIR/ticks"
	boot
	await 'the service is removed'
	shut_down
	cp "$WINEPREFIX/system.reg" "$BATS_FILE_TMPDIR/after.reg"
}

teardown_file() {
	wineserver -k9 || true
	wineserver -w || true
	end_programs
}

# The values of a key, as wine keeps them, each on one line: after the first machine's second start, or in the file $2.
values() {
	KEY="[$1]" awk 'index(tolower($0), tolower(ENVIRON["KEY"])) == 1 { told = 1; next } /^\[/ { told = 0 } told' \
		"${2-$BATS_FILE_TMPDIR/after.reg}" | sed -e ':more' -e '/\\$/ { N; s/\\\n *//; b more' -e '}'
}

# The GUID of the card that got the addresses.
new_guid() {
	sed -n "s/.*configuration of $old for \({.*}\): 0.*/\1/p" "$1" | head -1
}

@test "a step that succeeds is done once, and not again after a power loss" {
	run -0 cat "$drive/ok"
	[ "$(grep -c x <<<"$output")" = 1 ]
	grep -q 'step 1, try 1: done, 0' "$files/firstboot.log"
	run ! grep -q 'step 1, try 2' "$files/firstboot.log"
}

@test "a step that fails is tried three times, and the others go on" {
	[ "$(grep -c 'step 2, try .: failed with 5' "$files/firstboot.log")" = 3 ]
	run ! grep -q 'step 2, try 4' "$files/firstboot.log"
	grep -q '11 steps, 5 failed' "$files/firstboot.log"
}

@test "a step that hangs is ended with all that it started, three times" {
	[ "$(grep -c 'step 3, try .: failed with 1460 (timeout)' "$files/firstboot.log")" = 3 ]
	[ -s "$drive/ticks" ]
	[ "$(wc -c <"$drive/ticks")" = "$(cat "$BATS_FILE_TMPDIR/ticks")" ]
}

@test "the addresses of a card go to the one with its MAC, with DNS, gateway and domain" {
	now=$(new_guid "$files/firstboot.log")
	[ -n "$now" ]
	run -0 values "$interfaces\\\\$now"
	for value in '"EnableDHCP"=dword:00000000' '"NameServer"="192.0.2.53"' '"Domain"="example.test"' '"IPAddress"=str(7):"192.0.2.7\0"' \
		'"SubnetMask"=str(7):"255.255.255.0\0"' '"DefaultGateway"=str(7):"192.0.2.1\0"' '"DefaultGatewayMetric"=str(7):"0\0"'; do
		[[ $output == *"$value"* ]] || { echo "not $value: $output"; return 1; }
	done
	run -0 values "$interfaces\\\\$old"
	[[ $output == *'"EnableDHCP"=dword:00000001'* ]]
	[[ $output != *IPAddress* ]]
	grep -q 'no network card with the address 02:00:00:00:00:99' "$files/firstboot.log"
}

@test "the IPv6 addresses of a card go to the one with its MAC, with DNS, and stay where an earlier try has brought them" {
	list=$BATS_TEST_TMPDIR/addresses
	values "$addresses6" | tee "$list"
	[ "$(grep -cE "^\"000000[0-9a-f]{6}0600(20010db8000000000000000000000007|20010DB8000000000000000000000008)\"=hex:$lifetime" "$list")" = 2 ]
	[ "$(grep -ci '^"000000efcdab0600' "$list")" = 0 ]
	grep -q '^"000000eecdab060020010db8000000000000000000000009"=' "$list"
	run -0 values "$interfaces6\\\\$(new_guid "$files/firstboot.log")"
	[[ $output == *"\"NameServer\"=\"$(name_servers)\""* ]]
	# More than have room at a time.
	[ "$(grep -ciE '^"000000[0-9a-f]{6}060020010db80{21}1[0-9a-f]{2}"=' "$list")" = 80 ]
	grep -q 'step 8, try 1: done, 0' "$files/firstboot.log"
	grep -q 'step 9, try 1: done, 0' "$files/firstboot.log"
}

@test "an address with too much data is left where it is, and told; a card of which the registry says too little is not found" {
	list=$BATS_TEST_TMPDIR/addresses
	values "$addresses6" >"$list"
	[ "$(grep -ci '^"000000cccccc0600' "$list")" = 1 ]
	grep -qi '^"000000cccccc060020010db800000000000000000000000b"=' "$list"
	grep -qiE '^"000000[0-9a-f]{6}060020010db800000000000000000000000a"=' "$list"
	[ "$(grep -c ' 1 IPv6 addresses are left out' "$files/firstboot.log")" = 3 ]
	[ "$(grep -c 'step 10, try .: failed with 234' "$files/firstboot.log")" = 3 ]
	[ "$(grep -c 'step 11, try .: failed with 1168' "$files/firstboot.log")" = 3 ]
	# no key is made for a card that is gone
	run ! grep -qi "Tcpip6.*$large" "$BATS_FILE_TMPDIR/after.reg"
}

@test "a store that fails ends the search of it" {
	x86_64-w64-mingw32-gcc -std=gnu11 -D_WIN32_WINNT=0x0601 -I"$tests_dir/../lib" -o "$BATS_TEST_TMPDIR/store.exe" "$tests_dir/firstboot/store.c"
	timeout 60 wine "$BATS_TEST_TMPDIR/store.exe"
}

@test "after a power loss the step that was begun is tried again, and the rest is done" {
	grep -q 'step 5, try 1: run' "$BATS_FILE_TMPDIR/first.log"
	run ! grep -q 'step 6' "$BATS_FILE_TMPDIR/first.log"
	grep -q 'step 5, try 2: done, 0' "$files/firstboot.log"
	[ "$(cat "$drive/once")" = xx ]
	run -0 values "$services\\\\partmgr\\\\Parameters"
	[[ $output == *'"SanPolicy"=dword:00000002'* ]]
}

@test "the service and its files are gone at the end; only logs stay, and no later start does anything" {
	run ! grep -q 'v2v-firstboot]' "$BATS_FILE_TMPDIR/after.reg"
	[ ! -e "$files/steps.txt" ]
	[ ! -e "$files/once.exe" ]
	cp "$files/firstboot.log" "$BATS_TEST_TMPDIR/before.log"
	boot
	# services are started before the first program of somebody
	wine cmd /c 'echo x>C:\third'
	await_file "$drive/third"
	shut_down
	cmp "$files/firstboot.log" "$BATS_TEST_TMPDIR/before.log"
	run -0 ls "$files"
	[ "$output" = $'firstboot.log\noutput.log' ]
}

@test "a step that was begun three times, whatever ended it, is left out; a card that keeps its GUID is static again, a policy gone" {
	mac=$(cat "$(find /sys/class/net/ -type l ! -name lo | sort | head -1)/address")
	now=$(new_guid "$files/firstboot.log")
	[ -n "$now" ]
	rm -f "$files"/*.log "$drive/go-on"
	put_files
	register
	printf '\n[%s\\\\%s] 1700000000\n"EnableDHCP"=dword:00000001\n' "$interfaces" "$now" >>"$WINEPREFIX/system.reg"
	list 'run	600	\Program Files\v2v-tools\once.exe' 'san	60	0' "network	30	$mac	$now" 'san	60	0'
	printf '\003\000' >"$files/state"
	boot
	await 'the service is removed'
	shut_down
	grep -q '4 steps, 1 failed' "$files/firstboot.log"
	for step in 2 3 4; do
		grep -q "step $step, try 1: done, 0" "$files/firstboot.log"
	done
	run ! grep -q 'step 1' "$files/firstboot.log"
	run -0 values "$interfaces\\\\$now" "$WINEPREFIX/system.reg"
	[[ $output == *'"EnableDHCP"=dword:00000000'* && $output == *'"IPAddress"=str(7):"192.0.2.7\0"'* ]]
	run -0 values "$services\\\\partmgr\\\\Parameters" "$WINEPREFIX/system.reg"
	[[ $output != *SanPolicy* ]]
}

@test "a list that is damaged is not begun, and the service goes" {
	# What the last one left for its next start to remove is removed: the program itself.
	boot
	wine cmd /c 'echo x>C:\fourth'
	await_file "$drive/fourth"
	shut_down
	rm -f "$files"/*.log
	put_files
	register
	list 'run	60	\Program Files\v2v-tools\ok and 1.cmd' 'run	60	\..\evil.exe'
	rm -f "$drive/ok"
	boot
	await 'the service is removed'
	shut_down
	grep -q 'line 3 of the list of steps is wrong' "$files/firstboot.log"
	[ ! -e "$drive/ok" ]
}
