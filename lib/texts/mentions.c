/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Old names of devices that stand anywhere in a text. */
#include "texts/edit.h"
#include "texts/texts.h"

/* A disk full of names is hostile. */
#define MAX_MENTIONS 100

static bool is_known(
	const struct v2v_list *mentions, unsigned line, const char *name)
{
	v2v_list_foreach (const struct v2v_text_mention, mention, mentions)
		if (mention->line == line && strcmp(mention->name, name) == 0)
			return true;
	return false;
}

static void look_at(const char *name, unsigned line,
	const struct v2v_devices *devices, struct v2v_list *mentions)
{
	CLEANUP_FREE char *new_name = NULL;
	struct v2v_text_mention *mention;

	if (mentions->count >= MAX_MENTIONS)
		return;
	new_name = v2v_devices_replace(devices, name);
	if (!new_name && !v2v_devices_is_unknown(devices, name))
		return;
	/* A new name may be that of a filesystem with a UUID. */
	if (new_name && v2v_devices_is_new(devices, name))
		return;
	if (is_known(mentions, line, name))
		return;
	mention = v2v_list_add(mentions, sizeof *mention);
	mention->line = line;
	mention->name = v2v_strdup(name);
	mention->known = new_name != NULL;
}

static void look_at_line(const char *s, const char *end, unsigned number,
	const struct v2v_devices *devices, struct v2v_list *mentions)
{
	static const char separators[] = V2V_BLANKS "\n\"'=,;|()[]{}<>";

	s += strspn(s, V2V_BLANKS);
	if (*s == '#' || *s == ';')
		return;
	while (s < end && (s = memmem(s, (size_t)(end - s), "/dev/", 5))) {
		size_t n = strcspn(s, separators);
		CLEANUP_FREE char *name = v2v_strndup(s, n);

		look_at(name, number, devices, mentions);
		s += n;
	}
}

void v2v_text_mentions(const char *text, const struct v2v_devices *devices,
	struct v2v_list *mentions)
{
	for (unsigned number = 1; *text; number++) {
		size_t n = strcspn(text, "\n");

		look_at_line(text, text + n, number, devices, mentions);
		text += n + (text[n] == '\n');
	}
}

void v2v_text_mentions_clear(struct v2v_list *mentions)
{
	v2v_list_foreach (struct v2v_text_mention, mention, mentions)
		free(mention->name);
	free(mentions->items);
	*mentions = (struct v2v_list){ 0 };
}
