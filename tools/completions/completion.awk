# SPDX-License-Identifier: LGPL-2.1-or-later
# A tool's --help into a completion: awk -v shell=bash|zsh|fish -v tool=v2v-copy.  completions.mk has argp print each option on a
# line of its own.  In an argument lower case is a word to type ("qcow2|raw"), upper case a kind of value: the table below says
# which kinds are files.

BEGIN {
	is_file["FILE"] = is_file["DISK"] = is_file["DEVICE"] = is_file["/dev/X"] = 1
	is_file["FILE..."] = is_file["DISK..."] = 1
	name = tool
	gsub(/[^a-z0-9]/, "_", name)
}

function add_option(line,    text, at) {
	n++
	text = line
	sub(/^ +/, "", text)
	if (text ~ /^-[^-], /) {
		short[n] = substr(text, 1, 2)
		text = substr(text, 5)
		sub(/^ +/, "", text)
	}
	at = match(text, / +[^ ]/)
	help[n] = at ? substr(text, at) : ""
	text = at ? substr(text, 1, at - 1) : text
	gsub(/^ +| +$/, "", help[n])
	is_optional[n] = sub(/\[=/, "=", text) && sub(/\]$/, "", text)
	at = index(text, "=")
	long[n] = at ? substr(text, 1, at - 1) : text
	value[n] = at ? substr(text, at + 1) : ""
	sort_value(n, value[n])
}

# words[i]: what can be typed; kind[i]: "f" files, "d" directories, "" neither.
function sort_value(i, text,    parts, count, p) {
	words[i] = kind[i] = ""
	count = split(text, parts, "|")
	for (p = 1; p <= count; p++) {
		if (parts[p] in is_file)
			kind[i] = "f"
		else if (parts[p] == "DIR")
			kind[i] = kind[i] == "f" ? "f" : "d"
		else if (parts[p] !~ /[A-Z]/)
			words[i] = words[i] (words[i] ? " " : "") parts[p]
	}
}

/^Usage: / {
	count = split($0, usage, " ")
	last = usage[count]
	gsub(/\[|\]/, "", last)
	takes_files = last in is_file
}

/^ +(-[^-], )? *--[a-z]/ { add_option($0) }

function quoted(text) {
	gsub(/'/, "'\\''", text)
	return "'" text "'"
}

function bash_value(i,    line) {
	if (words[i])
		line = "_v2v_words '" words[i] "'"
	if (kind[i])
		line = line (line ? "; " : "") "_v2v_files -" kind[i]
	return line ? line : ":"
}

function print_bash(    i, all, names) {
	# The helpers are the same in each tool's file: each can be loaded alone.
	print "_v2v_words() { local word; for word in $1; do [[ $word == \"$cur\"* ]] && COMPREPLY+=(\"$prefix$word\"); done; return 0; }"
	print "_v2v_files() {"
	print "\tlocal file"
	print "\tcompopt -o filenames 2>/dev/null"
	print "\twhile IFS= read -r file; do COMPREPLY+=(\"$prefix$file\"); done < <(compgen \"$1\" -- \"$cur\")"
	print "}"
	print "_" name "() {"
	print "\tlocal cur=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD-1]} prefix="
	print "\tCOMPREPLY=()"
	# readline splits at '=', unless the user took it out of COMP_WORDBREAKS
	print "\tif [[ $cur == --*=* ]]; then option=${cur%%=*} cur=${cur#*=} prefix=$option="
	print "\telif [[ $cur == '=' ]]; then cur="
	print "\telif [[ $option == '=' ]]; then option=${COMP_WORDS[COMP_CWORD-2]}; fi"
	print "\tcase $option in"
	for (i = 1; i <= n; i++) {
		all = all (all ? " " : "") long[i] (value[i] && !is_optional[i] ? "=" : "")
		if (!value[i] || is_optional[i])
			continue
		names = long[i] (short[i] ? " | " short[i] : "")
		print "\t" names ") " bash_value(i) "; return ;;"
	}
	print "\tesac"
	print "\tif [[ $cur == -* ]]; then"
	print "\t\t_v2v_words '" all "'"
	print "\t\t[[ ${COMPREPLY[*]} == *= ]] && compopt -o nospace 2>/dev/null"
	if (takes_files) {
		print "\telse"
		print "\t\t_v2v_files -f"
	}
	print "\tfi"
	print "\treturn 0"
	print "}"
	print "complete -F _" name " " tool
}

function zsh_value(i) {
	if (words[i] && kind[i])
		return "{ compadd -- " words[i] "; _files }"
	if (words[i])
		return "(" words[i] ")"
	return kind[i] == "d" ? "_files -/" : kind[i] == "f" ? "_files" : " "
}

function print_zsh(    i, text, what, spec) {
	print "#compdef " tool
	print "_arguments -s -S \\"
	for (i = 1; i <= n; i++) {
		text = help[i]
		gsub(/\[|\]|:|\\/, "\\\\&", text)
		what = value[i]
		gsub(/:/, "\\:", what)
		spec = "[" text "]"
		if (value[i])
			spec = (is_optional[i] ? "=-" : "=") spec (is_optional[i] ? "::" : ":") what ":" zsh_value(i)
		if (short[i])
			print "\t" quoted("(" short[i] " " long[i] ")" short[i] (value[i] ? "+" substr(spec, 2) : spec)) " \\"
		print "\t" quoted((short[i] ? "(" short[i] " " long[i] ")" : "") long[i] spec) " \\"
	}
	print takes_files ? "\t'*:file:_files'" : "\t&& return 0"
}

function fish_value(i,    line) {
	if (!value[i] || is_optional[i])
		return ""
	line = kind[i] == "f" ? " -r -F" : " -x"
	if (words[i] || kind[i] == "d")
		line = line " -a " quoted(words[i] (kind[i] == "d" ? " (__fish_complete_directories)" : ""))
	return line
}

function print_fish(    i) {
	if (!takes_files)
		print "complete -c " tool " -f"
	for (i = 1; i <= n; i++)
		print "complete -c " tool (short[i] ? " -s " quoted(substr(short[i], 2)) : "") " -l " substr(long[i], 3) \
			fish_value(i) " -d " quoted(help[i])
}

END {
	if (!n) {
		print "no options in the help of " tool >"/dev/stderr"
		exit 1
	}
	if (shell == "bash")
		print_bash()
	else if (shell == "zsh")
		print_zsh()
	else
		print_fish()
}
