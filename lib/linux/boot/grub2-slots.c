/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Slots of RAUC. */
#include "linux/boot/grub2-slots.h"

#include "core/lines.h"
#include "linux/boot/grubenv.h"

/* A_TRY counts starts since the slot was last found good.  How many are too
 * many is the script's; a slot that was never found good has no A_OK. */
static bool is_good(const struct v2v_list *variables, const char *slot)
{
	CLEANUP_FREE char *name = v2v_format("%s_OK", slot);

	return v2v_streq(v2v_grub_get(variables, name), "1");
}

static struct v2v_boot_entry *entry_of(
	const struct v2v_list *entries, const char *slot)
{
	CLEANUP_FREE char *argument = v2v_format("rauc.slot=%s", slot);
	size_t n = strlen(argument);

	v2v_list_foreach (struct v2v_boot_entry, entry, entries) {
		const char *found = strstr(entry->options, argument);

		if (found && (found == entry->options || found[-1] == ' ') &&
			(!found[n] || found[n] == ' '))
			return entry;
	}
	return NULL;
}

bool v2v_grub2_choose_slot(
	const struct v2v_list *variables, struct v2v_list *entries)
{
	const char *order = v2v_grub_get(variables, "ORDER");
	CLEANUP_FREE char *slots = v2v_strdup(order ? order : "");
	char *rest;

	for (char *slot = v2v_line_trim(slots); *slot; slot = rest) {
		struct v2v_boot_entry *entry = NULL;

		rest = v2v_line_split(slot);
		if (is_good(variables, slot))
			entry = entry_of(entries, slot);
		if (entry) {
			entry->is_default = true;
			return true;
		}
	}
	return false;
}
