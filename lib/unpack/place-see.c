/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which members of a packed OVA are a disk's, found when they pass by: from a
 * table, since an OVF may name thousands of disks, and an OVA have thousands of
 * members. */
#include "unpack/place-private.h"

#define CHUNK_DIGITS 9 /* "HREF.000000000" (DSP0243 §7.1) */

/* The largest disk that the name is for counts; -1: nobody knows how large. */
static void add_name(json_t *names, const char *name, int64_t capacity)
{
	const json_t *before = json_object_get(names, name);
	json_int_t n = json_integer_value(before);

	if (!before || (n >= 0 && (capacity < 0 || capacity > n)))
		json_object_set_new_nocheck(
			names, name, json_integer(capacity));
}

/* All chunks of a disk as one name, such as no member has. */
static char *chunks_of(const char *name, size_t length)
{
	return v2v_format("%.*s\n", (int)length, name);
}

static void add_disk(json_t *names, const struct v2v_ova_member *descriptor,
	const struct v2v_descriptor_disk *disk)
{
	char *of[V2V_OVA_HREF_NAMES];

	v2v_ova_href_names(descriptor, disk->href, of);
	for (size_t i = 0; i < V2V_OVA_HREF_NAMES; i++) {
		if (of[i]) {
			CLEANUP_FREE char *chunks =
				chunks_of(of[i], strlen(of[i]));

			add_name(names, of[i], disk->capacity);
			if (disk->chunked)
				add_name(names, chunks, disk->capacity);
		}
		free(of[i]);
	}
}

void v2v_place_names(const struct v2v_ova_member *descriptor,
	const struct v2v_descriptor_machine *machine, json_t *names)
{
	v2v_list_foreach (
		const struct v2v_descriptor_disk, disk, &machine->disks)
		if (disk->href)
			add_disk(names, descriptor, disk);
}

void v2v_place_see(const json_t *names, struct v2v_ova_member *member)
{
	const json_t *capacity = json_object_get(names, member->name);
	size_t n = strlen(member->name);
	const char *dot = n > CHUNK_DIGITS + 1
				  ? member->name + n - CHUNK_DIGITS - 1
				  : NULL;

	if (!capacity && dot && *dot == '.' &&
		strspn(dot + 1, "0123456789") == CHUNK_DIGITS) {
		CLEANUP_FREE char *chunks =
			chunks_of(member->name, n - CHUNK_DIGITS - 1);

		capacity = json_object_get(names, chunks);
	}
	if (!capacity)
		return;
	member->wanted = true;
	member->max = v2v_place_max(json_integer_value(capacity));
}
