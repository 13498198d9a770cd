/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The stream of documents, every section read, written, and read again. */
#undef NDEBUG
#include "scratch.h"

#include "core/doc.h"
#include "model/guestcaps.h"
#include "model/inspect.h"
#include "model/overlays.h"
#include "model/source.h"
#include "model/targets.h"

#include <assert.h>

/* The section, loaded by @load and stored: new, or NULL where it is not right.
 */
#define THROUGH(name, type, load)                                              \
	static json_t *name##_through(const json_t *doc)                       \
	{                                                                      \
		type it = { 0 };                                               \
		struct v2v_error err = { 0 };                                  \
		json_t *section = NULL;                                        \
                                                                               \
		if (load(doc, &it, &err) == 0)                                 \
			section = v2v_##name##_store(&it);                     \
		v2v_##name##_clear(&it);                                       \
		return section;                                                \
	}

/* Sections that are for disks of the source: the document's own. */
#define OF_SOURCE(name)                                                        \
	static int name##_load(const json_t *doc, struct v2v_list *list,       \
		struct v2v_error *err)                                         \
	{                                                                      \
		struct v2v_source source CLEANUP_SOURCE = { 0 };               \
                                                                               \
		if (v2v_source_load(doc, &source, err) < 0)                    \
			return -1;                                             \
		return v2v_##name##_load(doc, &source, list, err);             \
	}

OF_SOURCE(overlays)
OF_SOURCE(targets)
THROUGH(source, struct v2v_source, v2v_source_load)
THROUGH(overlays, struct v2v_list, overlays_load)
THROUGH(inspect, struct v2v_inspect, v2v_inspect_load)
THROUGH(guestcaps, struct v2v_guestcaps, v2v_guestcaps_load)
THROUGH(targets, struct v2v_list, targets_load)
THROUGH(removable_slots, struct v2v_list, v2v_removable_slots_load)

static const struct {
	const char *key;
	json_t *(*through)(const json_t *doc);
} sections[] = {
	{ "source", source_through },
	{ "overlays", overlays_through },
	{ "inspect", inspect_through },
	{ "guestcaps", guestcaps_through },
	{ "targets", targets_through },
	{ "removable_slots", removable_slots_through },
};

/* What was stored can be loaded, and says the same. */
static void read_sections(json_t *doc)
{
	for (size_t i = 0; i < ARRAY_SIZE(sections); i++) {
		json_auto_t *first = sections[i].through(doc), *second = NULL;

		if (!first)
			continue;
		json_object_set(doc, sections[i].key, first);
		second = sections[i].through(doc);
		assert(second && json_equal(first, second));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_quiet quiet CLEANUP_QUIET = fuzz_quiet();
	CLEANUP_FCLOSE FILE *in = fmemopen((void *)data, size, "r");
	struct v2v_error err = { 0 };
	json_t *doc;

	while (in && v2v_doc_read(in, &doc, &err) == 1) {
		read_sections(doc);
		json_decref(doc);
	}
	return 0;
}
