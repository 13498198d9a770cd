#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# v2v-meta -t report: a page of any document, that loads nothing, and on which what a guest says stays text.

load helper

data=$tests_dir/data/meta
page=$tests_dir/targets/page.py

setup() {
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR" "$BATS_TEST_TMPDIR/out"
	cd "$BATS_TEST_TMPDIR" || return
}

# A PNG of 8 x 4 pixels, in $1.
picture() {
	python3 - "$1" <<-'END'
		import struct, sys, zlib
		def chunk(kind, data):
		    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
		open(sys.argv[1], "wb").write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 4, 8, 0, 0, 0, 0)) +
		    chunk(b"IDAT", zlib.compress((b"\0" + b"\x80" * 8) * 4)) + chunk(b"IEND", b""))
	END
}

@test "pages are well-formed, load nothing, and can be read by everybody, light, dark and on paper" {
	"$page" "$data"/report/*.html
	count=0
	for document in "$data"/documents/*.json; do
		[ -e "${document%.json}.error" ] && continue
		count=$((count + 1))
		jq -c . "$document" | v2v-meta -t report -o out --name "page-$count" >done
	done
	[ "$count" -ge 20 ]
	"$page" out/*.html
}

@test "the checker of pages finds what would be wrong with them" {
	while IFS='|' read -r edit message; do
		sed "$edit" "$data/report/converted.html" >bad.html
		run -1 cmp -s bad.html "$data/report/converted.html"
		run -1 "$page" bad.html
		[[ $output == *"$message"* ]] || { echo "$output, not $message"; false; }
	done <<-'END'
		s/<h1>/<script><\/script><h1>/|<script> is not an element
		s/<h1>/<h1 onclick="x">/|<h1> has onclick
		s/<h1>/<img src="http:\/\/x\/y" alt="x"><h1>/|loads or leads to http://x/y
		s/<h1>/<img src="data:,"><h1>/|<img> has no alternative text
		s/default-src 'none'/default-src */|the policy is
		s/ lang="en"//|no language
		s/<h3 id="m1-disks">\(.*\)<\/h3>/<h5>\1<\/h5>/|h5
		s/<h3 id="m1-disks"/<h3 id="m1-x"/|nothing has the id m1-disks
		s/<h3 id="m1-disks"/<h3 id="m1"/|two elements have the id m1
		s/ scope="row"//|<th> has no scope
		s/<\/section>//|closes what is not open
		s/--dim: #57606a/--dim: #9aa4ae/|light: dim on back
		s/--good: #6fdd8b/--good: #305030/|dark: good on back
		s/:focus-visible//g|the focus is not shown
	END
}

@test "what a guest says cannot leave its place: no markup, no control character of it is on the page" {
	v2v-meta -t report -o out --name x <"$data/report/hostile.json" >done
	"$page" out/x.html
	grep -q '&lt;script&gt;alert' out/x.html
	run -1 grep -iE '<script|<img|onerror="|href="[^#d]' out/x.html
	LC_ALL=C tr -d '\n\t' <out/x.html | LC_ALL=C grep -q -P '[\x00-\x1f\x7f]' && false
	# Names of files are made of it too.
	jq -c '.source.name = "../a\u0007\"b/<c>"' "$data/report/described.json" >doc
	v2v-meta -t report -o out <doc >done
	[ -e "$(jq -r .metadata.file done)" ]
	[ "$(find . -name '*.html' -not -path './out/*' | wc -l)" -eq 0 ]
}

@test "the documents of a stream are one page, with a table whose rows lead to them" {
	jq -c . "$data"/report/{described,inspected,converted}.json >docs
	v2v-meta -t report -o out <docs >done
	[ "$(jq -r .metadata.file done | sort -u)" = "$(realpath out)/report.html" ]
	[ "$(jq -r .source.name done | paste -sd ' ')" = 'web web web' ]
	[ "$(ls out)" = report.html ]
	"$page" out/report.html
	[ "$(grep -c '<section' out/report.html)" -eq 3 ]
	for number in 1 2 3; do
		grep -q "<a href=\"#m$number\">web</a>" out/report.html
	done
	valid done
}

@test "a document that cannot be shown is left out, with its reason; the others are on the page" {
	{
		jq -c . "$data/report/described.json"
		jq -c '.source.vcpus = "x"' "$data/report/described.json"
		jq -c . "$data/report/converted.json"
	} >docs
	run -1 --separate-stderr v2v-meta -t report -o out --name two <docs
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr == *'source.vcpus: expected'* ]]
	[ "${#lines[@]}" -eq 2 ]
	[ "$(grep -c '<section' out/two.html)" -eq 2 ]
}

@test "the picture of the screen is on the page; what is not a picture is not" {
	picture screen.png
	edit='.boot.screenshot = $file'
	jq -c --arg file "$PWD/screen.png" "$edit" "$data/report/converted.json" >doc
	v2v-meta -t report -o out <doc >done
	"$page" out/web.html
	grep -q "<img width=\"8\" height=\"4\" alt=\"[^\"]*\" src=\"data:image/png;base64,$(base64 -w0 screen.png)\">" out/web.html
	mkfifo fifo
	{ cat screen.png; echo secret-words; } >behind.png
	echo secret-words >plain
	truncate -s 9M large.png
	for file in fifo behind.png plain large.png missing . /dev/zero; do
		jq -c --arg file "$(realpath -m "$file")" "$edit" "$data/report/converted.json" >doc
		timeout 20 v2v-meta -t report -o out --force <doc >done
		run -1 grep '<img' out/web.html
		grep -q 'The screen cannot be shown' out/web.html
		run -1 grep "$(base64 -w0 plain | cut -c1-12)" out/web.html
		"$page" out/web.html
	done
}

@test "the page is beside the disk that was copied; where none was, -o says where; nothing is replaced without --force" {
	jq -c --arg dir "$PWD/out" '.targets[].file |= $dir + "/" + (split("/") | last)' "$data/report/converted.json" >doc
	v2v-meta -t report <doc >done
	[ "$(jq -r .metadata.file done)" = "$(realpath out)/web.html" ]
	cp out/web.html before
	run -1 --separate-stderr v2v-meta -t report <doc
	[ -z "$output" ]
	[[ $stderr == *"web.html' exists; --force"* ]]
	cmp out/web.html before
	v2v-meta -t report --force <doc >done
	run -1 --separate-stderr v2v-meta -t report <"$data/report/described.json"
	[ -z "$output" ]
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr == *'no disk has been copied, and no directory is given'* ]]
}

@test "a report of the steps as they come: unpacked, copied, with what the hypervisor reads" {
	small_disk disk
	v2v-unpack --memory 1G --vcpus 1 --firmware bios --name m disk >unpacked
	v2v-meta -t report -o out <unpacked >done
	grep -q '>DESCRIBED</strong>' out/m.html
	v2v-copy -o out <unpacked | v2v-meta >written
	v2v-meta -t report --force <written >done
	grep -q '>COPIED</strong>' out/m.html
	grep -q "<code>$(realpath out)/m.xml</code> (libvirt)" out/m.html
	"$page" out/m.html
	# What libvirt's file was warned of is still there.
	diff <(jq .warnings written) <(jq .warnings done)
}

@test "each advice is about a code that v2v-tools(7) has" {
	count=0
	while read -r code; do
		grep -qx "\.It $code" "$tests_dir/../tools/common/v2v-tools.7" || { echo "$code"; false; }
		count=$((count + 1))
	done < <(sed -n '/advice\[\] = {/,/^};/s/^	{ "\([a-z0-9-]*\)".*/\1/p' "$tests_dir/../lib/meta/report/advice.c")
	[ "$count" -ge 70 ]
}
