/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a bootloader offers. */
#include "linux/boot/boot-entry.h"

void v2v_boot_entry_clear(struct v2v_boot_entry *entry)
{
	free(entry->title);
	free(entry->id);
	free(entry->place);
	free(entry->kernel);
	free(entry->options);
	free(entry->initrd);
	free(entry->uuid);
	free(entry->file);
	*entry = (struct v2v_boot_entry){ 0 };
}

void v2v_boot_entries_clear(struct v2v_list *entries)
{
	v2v_list_foreach (struct v2v_boot_entry, entry, entries)
		v2v_boot_entry_clear(entry);
	free(entries->items);
	*entries = (struct v2v_list){ 0 };
}

struct v2v_boot_entry *v2v_boot_entry_add(
	struct v2v_list *entries, char *kernel)
{
	struct v2v_boot_entry *entry;

	if (entries->count >= V2V_BOOT_MAX_ENTRIES) {
		free(kernel);
		return NULL;
	}
	entry = v2v_list_add(entries, sizeof *entry);
	entry->kernel = kernel;
	return entry;
}

void v2v_boot_entry_take(struct v2v_list *entries, struct v2v_boot_entry *entry)
{
	if (entries->count < V2V_BOOT_MAX_ENTRIES) {
		*(struct v2v_boot_entry *)v2v_list_add(entries, sizeof *entry) =
			*entry;
		*entry = (struct v2v_boot_entry){ 0 };
	}
	v2v_boot_entry_clear(entry);
}

static bool is_main(const char *name)
{
	const char *slash = strrchr(name, '/');

	return strstr(slash ? slash : name, "initr") != NULL;
}

void v2v_boot_entry_set_initrd(struct v2v_boot_entry *entry, const char *names)
{
	static const char separators[] = " \t";

	if (entry->initrd && is_main(entry->initrd))
		return;
	for (names += strspn(names, separators); *names;
		names += strspn(names, separators)) {
		size_t n = strcspn(names, separators);

		free(entry->initrd);
		entry->initrd = v2v_strndup(names, n);
		if (is_main(entry->initrd))
			return;
		names += n;
	}
}

const struct v2v_boot_entry *v2v_boot_entries_default(
	const struct v2v_list *entries)
{
	v2v_list_foreach (const struct v2v_boot_entry, entry, entries)
		if (entry->is_default)
			return entry;
	return NULL;
}
