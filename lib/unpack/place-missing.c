/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A disk that the OVF names and the OVA has not: what there is. */
#include "core/names.h"
#include "unpack/ova-private.h"
#include "unpack/place-private.h"

/* What may be meant: the same in another case, or else all but the texts. */
static bool add_candidates(const struct v2v_ova *ova, const char *href,
	bool same, struct v2v_names *names)
{
	uint64_t max;

	v2v_ova_foreach (member, ova) {
		if (same ? strcasecmp(member->name, href) == 0
			 : !v2v_ova_is_text(member->name, &max))
			v2v_names_add(names, member->name);
	}
	return names->count > 0;
}

int v2v_place_fail_missing(const struct v2v_ova *ova,
	const struct v2v_ova_member *descriptor,
	const struct v2v_descriptor_disk *said, struct v2v_error *err)
{
	CLEANUP_FREE char *name = v2v_ova_beside(descriptor, said->href);
	struct v2v_names names CLEANUP_NAMES = { 0 };
	bool is_case = add_candidates(ova, name, true, &names);

	if (!is_case)
		add_candidates(ova, name, false, &names);
	return v2v_fail(err, "ova-missing-disk",
		"'%s': the disk '%s' is not in it%s, but %s%s%s", ova->file,
		said->href, ova->folder ? ", or is not a regular file" : "",
		v2v_names_text(&names),
		is_case ? " (upper and lower case differ)" : "",
		said->foreign && ova->folder && !ova->anywhere
			? " (--anywhere takes it from where it says)"
			: "");
}
