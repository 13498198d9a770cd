/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The hive SYSTEM: drive letters, in MountedDevices. */
#include "windows/readers.h"

#include <ctype.h>

#define MOST_LETTERS 32

/* Of a path in UTF-16. */
#define MOST_DATA 1024

static uint64_t little(const unsigned char *at, size_t size)
{
	uint64_t number = 0;

	while (size-- > 0)
		number = number << 8 | at[size];
	return number;
}

/* The first three parts of a GUID are little endian. */
static char *partuuid_of(const unsigned char *g)
{
	return v2v_format("%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x",
		(unsigned)little(g, 4), (unsigned)little(g + 4, 2),
		(unsigned)little(g + 6, 2), g[8], g[9], g[10], g[11], g[12],
		g[13], g[14], g[15]);
}

/* A path of ASCII, as those of devices are; NULL. */
static char *path_of(const unsigned char *data, size_t size)
{
	struct v2v_text path CLEANUP_TEXT = { 0 };

	if (size % 2)
		return NULL;
	for (size_t i = 0; i < size && little(data + i, 2); i += 2)
		v2v_text_addf(&path, "%c",
			data[i + 1] || !isprint(data[i]) ? '?' : data[i]);
	return v2v_text_take(&path);
}

static void set_place(struct v2v_windows_letter *letter,
	const unsigned char *data, size_t size)
{
	static const char gpt[] = "DMIO:ID:";
	const size_t n = strlen(gpt);

	letter->offset = -1;
	if (size == 12) {
		const uint64_t offset = little(data + 4, 8);

		letter->signature =
			v2v_format("%08x", (unsigned)little(data, 4));
		letter->offset = offset > INT64_MAX ? -1 : (int64_t)offset;
	} else if (size == n + 16 && memcmp(data, gpt, n) == 0) {
		letter->partuuid = partuuid_of(data + n);
	} else {
		letter->path = path_of(data, size);
	}
}

static void add_letter(struct v2v_registry *registry, v2v_registry_key key,
	const char *name, void *opaque)
{
	static const char before[] = "\\DosDevices\\";
	struct v2v_windows *w = opaque;
	unsigned char data[MOST_DATA];
	struct v2v_windows_letter *letter;
	size_t size;

	if (strncasecmp(name, before, strlen(before)) != 0 ||
		w->letters.count >= MOST_LETTERS)
		return;
	size = v2v_registry_bytes(registry, key, name, data, sizeof data);
	if (!size)
		return;
	letter = v2v_list_add(&w->letters, sizeof *letter);
	letter->letter = v2v_strdup(name + strlen(before));
	set_place(letter, data, size);
}

void v2v_system_letters(struct v2v_registry *registry, struct v2v_windows *w)
{
	v2v_registry_each_value(registry,
		v2v_registry_find(registry, v2v_registry_root(registry),
			"MountedDevices"),
		add_letter, w);
}
