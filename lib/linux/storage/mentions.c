/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Old names of devices anywhere in a text. */
#include "linux/storage/unit.h"
#include "linux/text/edit.h"
#include "linux/text/texts.h"

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

/* @name is that of @device: itself, or a unit's. */
static void look_at(const char *name, const char *device, unsigned line,
	const struct v2v_devices *devices, struct v2v_list *mentions)
{
	CLEANUP_FREE char *new_name = NULL;
	struct v2v_text_mention *mention;

	if (mentions->count >= MAX_MENTIONS)
		return;
	new_name = v2v_devices_replace(devices, device);
	if (!new_name && !v2v_devices_is_unknown(devices, device))
		return;
	/* A new name may be that of a filesystem with a UUID. */
	if (new_name && v2v_devices_is_new(devices, device))
		return;
	if (is_known(mentions, line, name))
		return;
	mention = v2v_list_add(mentions, sizeof *mention);
	mention->line = line;
	mention->name = v2v_strdup(name);
	mention->known = new_name != NULL;
}

static const char separators[] = V2V_BLANKS "\n\"'=,;|()[]{}<>";

/* "/dev/sda2:root"; a by-path name has colons. */
static void look_at_paths(const char *s, const char *end, unsigned number,
	const struct v2v_devices *devices, struct v2v_list *mentions)
{
	while (s < end && (s = memmem(s, (size_t)(end - s), "/dev/", 5))) {
		bool by_path = v2v_starts_with(s, "/dev/disk/by-path/");
		size_t n = strcspn(s, separators);
		CLEANUP_FREE char *name = v2v_strndup(s, n);

		if (!by_path)
			name[strcspn(name, ":")] = '\0';
		look_at(name, name, number, devices, mentions);
		s += strlen(name);
	}
}

/* "dev-sda1.device", "systemd-fsck@dev-sda1.service" */
static void look_at_units(const char *s, const char *end, unsigned number,
	const struct v2v_devices *devices, struct v2v_list *mentions)
{
	while (s < end) {
		size_t n = strcspn(s, separators);
		CLEANUP_FREE char *name = v2v_strndup(s, n);
		CLEANUP_FREE char *device = v2v_unit_device(name);

		if (device)
			look_at(name, device, number, devices, mentions);
		s += n + (s[n] != '\0');
	}
}

static void look_at_line(const char *s, const char *end, unsigned number,
	const struct v2v_devices *devices, struct v2v_list *mentions)
{
	s += strspn(s, V2V_BLANKS);
	if (*s == '#' || *s == ';')
		return;
	look_at_paths(s, end, number, devices, mentions);
	look_at_units(s, end, number, devices, mentions);
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
