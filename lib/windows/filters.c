/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The hive SYSTEM: filter drivers of a hypervisor.  A device whose filter does
 * not load does not start either. */
#include "windows/readers.h"
#include "windows/windows.h"

/* A real guest has a dozen. */
#define MOST_FILTERS 256

struct walk {
	const char *above; /* the path of the keys that are looked at */
	unsigned depth;	   /* of those that may have filters */
	struct v2v_windows *windows;
};

static void add_filter(struct v2v_registry *registry, v2v_registry_key key,
	const char *path, const char *value, struct v2v_windows *w)
{
	struct v2v_list drivers CLEANUP_STRINGS = { 0 };

	v2v_registry_strings(registry, key, value, &drivers);
	v2v_list_foreach (char *, driver, &drivers) {
		struct v2v_windows_filter *filter;

		if (!v2v_windows_product_of(*driver) ||
			w->filters.count >= MOST_FILTERS)
			continue;
		filter = v2v_list_add(&w->filters, sizeof *filter);
		filter->key = v2v_strdup(path);
		filter->value = v2v_strdup(value);
		filter->driver = v2v_strdup(*driver);
	}
}

static void look_at(struct v2v_registry *registry, v2v_registry_key key,
	const char *name, void *opaque)
{
	const struct walk *walk = opaque;
	CLEANUP_FREE char *path = v2v_format("%s\\%s", walk->above, name);
	struct walk below = { path, walk->depth - 1, walk->windows };

	if (below.depth) {
		v2v_registry_each(registry, key, look_at, &below);
		return;
	}
	add_filter(registry, key, path, "UpperFilters", walk->windows);
	add_filter(registry, key, path, "LowerFilters", walk->windows);
}

void v2v_system_filters(struct v2v_registry *registry, v2v_registry_key set,
	struct v2v_windows *w)
{
	/* Enum\BUS\ID\INSTANCE, Control\Class\{GUID}. */
	struct walk devices = { "Enum", 3, w };
	struct walk classes = { "Control\\Class", 1, w };

	v2v_registry_each(registry, v2v_registry_find(registry, set, "Enum"),
		look_at, &devices);
	v2v_registry_each(registry,
		v2v_registry_find(registry, set, "Control\\Class"), look_at,
		&classes);
}
