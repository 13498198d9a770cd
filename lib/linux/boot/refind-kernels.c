/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernels that rEFInd finds by itself. */
#include "core/lines.h"
#include "linux/boot/refind-private.h"

#include <ctype.h>

#define MAX_KERNELS 64 /* in one folder */

/* rEFInd cuts at "=" and "," too. */
char *v2v_refind_word(char **s)
{
	char *word, *out;
	bool quoted = false;

	*s += strspn(*s, " \t,=");
	if (!**s || **s == '#')
		return NULL;
	word = out = *s;
	for (; **s && (quoted || !strchr(" \t,=", **s)); ++*s) {
		if (**s == '"' && quoted && (*s)[1] == '"')
			*out++ = *++*s;
		else if (**s == '"')
			quoted = !quoted;
		else
			*out++ = **s;
	}
	*s += **s != '\0';
	*out = '\0';
	return word;
}

/* A kernel's name by rEFInd's default for scan_all_linux_kernels. */
static bool is_kernel(const char *name)
{
	return (v2v_starts_with(name, "vmlinuz") ||
		       v2v_starts_with(name, "bzImage") ||
		       v2v_starts_with(name, "kernel")) &&
	       !v2v_ends_with(name, ".old") && !v2v_ends_with(name, ".txt") &&
	       !v2v_ends_with(name, ".sig");
}

/* From the first digit on, without the ending of a file; "" where there is
 * none. */
static char *version_of(const char *name)
{
	static const char *const endings[] = { ".img", ".gz", ".efi" };
	size_t n;

	while (*name && !isdigit((unsigned char)*name))
		name++;
	n = strlen(name);
	for (size_t i = 0; i < ARRAY_SIZE(endings); i++)
		if (v2v_ends_with(name, endings[i]))
			n = strlen(name) - strlen(endings[i]);
	return v2v_strndup(name, n);
}

/* The initrd in the folder that has the kernel's version in its name. */
static char *initrd_of(
	const char *folder, const struct v2v_list *names, const char *version)
{
	v2v_list_foreach (char *, name, names) {
		CLEANUP_FREE char *own = version_of(*name);

		if (v2v_starts_with(*name, "init") &&
			strcmp(own, version) == 0 && !strstr(*name, "fallback"))
			return v2v_format("%s/%s", folder, *name);
	}
	return NULL;
}

/* The arguments in the first line of refind_linux.conf; "%v" is the kernel's
 * version. */
static char *arguments_of(const char *text, const char *version)
{
	struct v2v_text out CLEANUP_TEXT = { 0 };

	while (text && *text) {
		CLEANUP_FREE char *line = v2v_line_next(&text);
		char *s = v2v_line_trim(line);
		const char *title = v2v_refind_word(&s);
		const char *options = title ? v2v_refind_word(&s) : NULL;

		for (; options && *options; options++)
			if (v2v_starts_with(options, "%v")) {
				v2v_text_addf(&out, "%s", version);
				options++;
			} else {
				v2v_text_add(&out, options, 1);
			}
		if (title)
			break;
	}
	return v2v_text_take(&out);
}

/* "initrd=boot\initrd.img-6.1" among the arguments. */
static char *named_initrd(const char *options)
{
	const char *s = v2v_starts_with(options, "initrd=")
				? options
				: strstr(options, " initrd=");

	if (!s)
		return NULL;
	s = strchr(s, '=') + 1;
	return v2v_strndup(s, strcspn(s, " \t,"));
}

static void add_found(const struct v2v_tree *tree, const char *folder,
	const char *name, const struct v2v_list *names,
	struct v2v_list *entries)
{
	CLEANUP_FREE char *conf = v2v_format("%s/refind_linux.conf", folder);
	CLEANUP_FREE char *text = v2v_tree_text(tree, conf);
	CLEANUP_FREE char *version = version_of(name);
	struct v2v_boot_entry *entry =
		v2v_boot_entry_add(entries, v2v_format("%s/%s", folder, name));

	if (!entry)
		return;
	entry->title = v2v_strdup(name);
	entry->options = arguments_of(text, version);
	entry->initrd = named_initrd(entry->options);
	if (!entry->initrd)
		entry->initrd = initrd_of(folder, names, version);
	entry->file = v2v_strdup(text ? conf : folder);
}

/* The newest first; times of files are not asked, versions are as good. */
void v2v_refind_kernels(const struct v2v_tree *tree, const char *folder,
	struct v2v_list *files, struct v2v_list *entries)
{
	CLEANUP_FREE char *conf = v2v_format("%s/refind_linux.conf", folder);
	struct v2v_list names CLEANUP_STRINGS = { 0 };
	unsigned count = 0;

	v2v_tree_list(tree, folder, &names);
	if (v2v_tree_is_file(tree, conf))
		v2v_list_add_string(files, conf);
	for (size_t i = names.count; i-- > 0 && count < MAX_KERNELS;) {
		const char *name = v2v_items(char *, &names)[i];

		if (is_kernel(name)) {
			add_found(tree, folder, name, &names, entries);
			count++;
		}
	}
}
