/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of loader/entries: `key value` a line. */
#include "linux/boot/bls.h"

#include "core/lines.h"

/* No kernel takes more arguments; each line may be a variable's 64 KiB. */
#define MAX_VALUE (64 << 10)

/* Several lines of options or initrd are one list. */
static void append(char **value, const char *more)
{
	char *joined;

	if (*value && strlen(*value) > MAX_VALUE)
		return;
	joined = *value ? v2v_format("%s %s", *value, more) : v2v_strdup(more);

	free(*value);
	*value = joined;
}

static void replace(char **value, const char *by)
{
	v2v_string_set(value, by);
}

static void set(struct v2v_bls *entry, const char *key, const char *value)
{
	if (strcmp(key, "title") == 0)
		replace(&entry->title, value);
	else if (strcmp(key, "version") == 0)
		replace(&entry->version, value);
	else if (strcmp(key, "machine-id") == 0)
		replace(&entry->machine_id, value);
	else if (strcmp(key, "sort-key") == 0)
		replace(&entry->sort_key, value);
	else if (strcmp(key, "linux") == 0)
		replace(&entry->kernel, value);
	else if (strcmp(key, "options") == 0)
		append(&entry->options, value);
	else if (strcmp(key, "initrd") == 0)
		append(&entry->initrds, value);
}

bool v2v_bls_cut_tries(char *id)
{
	static const char digits[] = "0123456789";
	char *plus = strrchr(id, '+');
	size_t n = plus ? strspn(plus + 1, digits) : 0;
	const char *end = plus ? plus + 1 + n : id;

	if (!n)
		return false;
	if (*end == '-' && end[1])
		end += 1 + strspn(end + 1, digits);
	if (*end)
		return false;
	*plus = '\0';
	return strspn(plus + 1, "0") == n;
}

void v2v_bls_read(const char *name, const char *text,
	const struct v2v_list *variables, struct v2v_bls *entry)
{
	size_t n = strlen(name);

	*entry = (struct v2v_bls){ 0 };
	if (v2v_ends_with(name, ".conf"))
		n -= strlen(".conf");
	entry->id = v2v_strndup(name, n);
	while (*text) {
		CLEANUP_FREE char *line = v2v_line_next(&text);
		CLEANUP_FREE char *expanded = NULL;
		char *key = v2v_line_trim(line), *value = v2v_line_split(key);

		if (variables)
			expanded = v2v_grub_expand(variables, value);
		if (*key != '#')
			set(entry, key, expanded ? expanded : value);
	}
}

void v2v_bls_clear(struct v2v_bls *entry)
{
	free(entry->id);
	free(entry->file);
	free(entry->title);
	free(entry->version);
	free(entry->machine_id);
	free(entry->sort_key);
	free(entry->kernel);
	free(entry->options);
	free(entry->initrds);
}

void v2v_bls_list_clear(struct v2v_list *list)
{
	v2v_list_foreach (struct v2v_bls, bls, list)
		v2v_bls_clear(bls);
	free(list->items);
	*list = (struct v2v_list){ 0 };
}

static void take_one(
	struct v2v_bls *bls, size_t number, struct v2v_list *entries)
{
	struct v2v_boot_entry *entry;

	if (!bls->kernel || !*bls->kernel)
		return;
	entry = v2v_boot_entry_add(entries, v2v_take(bls->kernel));
	if (!entry)
		return;
	entry->title = v2v_take(bls->title);
	entry->id = v2v_take(bls->id);
	entry->place = v2v_format("%zu", number);
	entry->options = bls->options ? v2v_take(bls->options) : v2v_strdup("");
	entry->file = v2v_take(bls->file);
	entry->is_uki = bls->is_uki;
	if (bls->initrds)
		v2v_boot_entry_set_initrd(entry, bls->initrds);
}

void v2v_bls_take(struct v2v_list *list, struct v2v_list *entries)
{
	for (size_t i = 0; i < list->count; i++)
		take_one(&v2v_items(struct v2v_bls, list)[i], i, entries);
	v2v_bls_list_clear(list);
}
