#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# What a person sees whose terminal gets the output: a summary, verdicts.

load helper

setup() {
	export NO_COLOR=1 TERM=xterm TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR" "$BATS_TEST_TMPDIR/out"
	cd "$BATS_TEST_TMPDIR" || return
}

# terminal COLUMNS COMMAND...: what the terminal gets; times are no matter.
terminal() {
	# shellcheck disable=SC2154 # helper sets it
	"$tests_dir/terminal.py" "$@" >got || return
	sed -E 's/^(Time +)[0-9.]+ s$/\1N s/' got
}

# A machine that was inspected and converted, as scripts may make it too.
whole_document() {
	small_disk disk
	small_document "$PWD/disk" | jq -c '.warnings = [{step: "convert", code: "no-guest-agent",
			text: "the guest has no agent, which backups and a graceful shutdown from outside will ask for"}]
		| .inspect = {type: "linux", product_name: "Debian GNU/Linux 12 (bookworm)", arch: "x86_64", findings: [
			{level: "note", code: "n", where: null, text: "see"}, {level: "change", code: "c", where: "/etc/fstab:2", text: "a"}]}
		| .guestcaps = {block_bus: "virtio-blk", net_bus: "virtio-net", dry_run: false, changes: [
			{path: "/etc/fstab", what: "a"}, {path: "/etc/fstab", what: "b"}, {path: "/boot/grub/grub.cfg", what: "c"}]}'
}

@test "a terminal gets a summary: machine, system, changes, files, warnings, the next command" {
	whole_document >doc
	terminal 80 v2v-estimate -o out -f raw <doc >summary
	diff - summary <<-'END'
		Machine   small: 1 processor, 1.0 GiB, 1 disk, 1 card, bios
		System    Debian GNU/Linux 12 (bookworm), x86_64; 1 change, 1 note
		Converted 3 changes in 2 files; disks on virtio-blk, cards virtio-net
		Disk      raw, to be copied, at most 12.0 KiB for a disk of 64.0 MiB
		Warning   the guest has no agent, which backups and a graceful shutdown from
		          outside will ask for [no-guest-agent]
		Time      N s
		Next      ... | v2v-copy -o DIR | v2v-meta
	END
	terminal 160 v2v-estimate -o out -f raw <doc | grep 'graceful shutdown from outside will ask for'
	v2v-copy -f raw -o out <doc >copied
	terminal 1000 v2v-meta -o out <copied >summary
	grep -q '^Disk      .*/out/small-sda: raw, .* for a disk of 64.0 MiB$' summary
	grep -q '^Next      virsh define .*/out/small.xml$' summary
}

@test "what comes next is the command of the target, or a look at what the machine said" {
	local count=0
	whole_document >doc
	v2v-copy -f raw -o out <doc >copied
	while IFS='|' read -r type command; do
		terminal 1000 v2v-meta -t "$type" -o out --force <copied >summary
		grep -qx "Next      $command" summary || { cat summary; false; }
		count=$((count + 1))
	done <<-END
		libvirt|virsh define $PWD/out/small.xml
		qemu|sh $PWD/out/small.sh
		kubevirt|kubectl create -f $PWD/out/small.yaml
		proxmox|sh $PWD/out/small.sh VMID
		openstack|sh $PWD/out/small.sh FLAVOR
		opennebula|onetemplate create $PWD/out/small.template
		report|... | v2v-meta
	END
	[ "$count" -eq "$(v2v-meta --list-types | wc -l)" ]
	jq -c '.boot = {verdict: "boot-login", up: true, seconds: 25.3, accelerator: "kvm", screenshot: null, console: []}' copied |
		terminal 1000 v2v-meta -o out --force >summary
	grep -qx 'Booted    boot-login after 25.3 s, with KVM' summary
	jq -c '.boot = {verdict: "boot-panic", up: false, seconds: 7, accelerator: "tcg", screenshot: null, console: ["x"]}' copied |
		terminal 1000 v2v-meta -o out --force >summary
	grep -qx 'Booted    it did not come up: boot-panic after 7.0 s, emulated' summary
	grep -qx 'Next      the same with --json: .boot.console is what it said' summary
}

@test "--json and --pretty write the document to a terminal; a pipe gets it always" {
	small_disk disk
	small_document "$PWD/disk" >doc
	terminal 80 v2v-estimate --json <doc >out.json
	[ "$(wc -l <out.json)" -eq 1 ]
	valid out.json
	terminal 80 v2v-estimate --pretty <doc >pretty.json
	[ "$(wc -l <pretty.json)" -gt 20 ]
	diff <(jq -S . out.json) <(jq -S . pretty.json)
	v2v-estimate <doc | diff - <(v2v-estimate --json <doc)
}

@test "several machines have a summary each, and none where the step failed" {
	small_disk disk
	small_document "$PWD/disk" >doc
	echo '{"v2v": 1}' >bad
	run -1 --separate-stderr terminal 80 v2v-estimate < <(cat doc bad doc)
	[ "$(grep -c '^Machine' got)" -eq 2 ]
	[ "$(grep -c '^$' got)" -eq 1 ]
	[ "${#stderr_lines[@]}" -eq 1 ]
	# those that are written together as well
	terminal 80 v2v-meta -t report -o out < <(cat doc doc)
	[[ $(head -n 1 got) == Machine* ]]
	[ "$(grep -c '^$' got)" -eq 1 ]
}

@test "the time of a summary is that of the pipeline up to there" {
	small_disk disk
	small_document "$PWD/disk" >doc
	mkdir here
	"$tests_dir/terminal.py" 80 v2v-estimate -o here >got < <(
		until pgrep -f '^v2v-estimate -o here' >/dev/null; do sleep 0.1; done
		sleep 3 && cat doc doc
	)
	[ "$(grep -c '^Time' got)" -eq 2 ]
	grep '^Time' got | head -n 1 | grep -qE '^Time +[1-9]'
}

@test "no control character of a stranger's name comes to the terminal in a summary" {
	small_disk disk
	small_document "$PWD/disk" | jq -c '.source.name = "a\u001b[31mb\u009bc\nd"' >doc
	terminal 80 v2v-estimate <doc >summary
	grep -q '^Machine   a?\[31mb?c?d: ' summary
	run -1 env LC_ALL=C grep -qP '[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]' summary
}
