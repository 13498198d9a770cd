/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which kind of filesystem a file that is written lies on. */
#include "guest/private.h"

void v2v_guest_places_clear(struct v2v_list *places)
{
	v2v_list_foreach (struct v2v_guest_place, place, places)
		free(place->path);
	free(places->items);
	*places = (struct v2v_list){ NULL, 0 };
}

void v2v_guest_place_add(
	struct v2v_guest *guest, const char *path, const char *type)
{
	struct v2v_guest_place *place =
		v2v_list_add(&guest->places, sizeof *place);

	place->path = v2v_strdup(strcmp(path, "/") == 0 ? "" : path);
	place->is_ntfs = v2v_streq(type, "ntfs");
}

bool v2v_guest_has_more(const struct v2v_guest *guest, const char *name)
{
	const struct v2v_guest_place *found = NULL;
	size_t length = 0;

	v2v_list_foreach (const struct v2v_guest_place, place, &guest->places) {
		const size_t n = strlen(place->path);

		if (v2v_starts_with(name, place->path) && name[n] == '/' &&
			(!found || n > length)) {
			found = place;
			length = n;
		}
	}
	return found && found->is_ntfs;
}
