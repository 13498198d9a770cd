/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of packages, whatever they are read from. */
#include "linux/packages/packages-private.h"

struct place {
	struct v2v_application app;
	size_t index;
};

static int by_name(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int order = strcmp(x->app.name, y->app.name);

	if (order)
		return order;
	return x->index < y->index ? -1 : x->index > y->index;
}

void v2v_packages_sort(struct v2v_list *applications)
{
	struct v2v_application *apps = applications->items;
	const size_t count = applications->count;
	CLEANUP_FREE struct place *places =
		v2v_alloc(count + 1, sizeof *places);

	for (size_t i = 0; i < count; i++)
		places[i] = (struct place){ apps[i], i };
	if (count)
		qsort(places, count, sizeof *places, by_name);
	for (size_t i = 0; i < count; i++)
		apps[i] = places[i].app;
}

static int list_rpm(const struct v2v_rpm *rpm, struct v2v_list *applications,
	struct v2v_error *err)
{
	CLEANUP_FREE char *text =
		rpm ? rpm->query(rpm->opaque, err) : v2v_strdup("");

	if (!text)
		return -1;
	v2v_packages_rpm(text, applications);
	return 0;
}

int v2v_packages_list(const struct v2v_tree *tree, const char *format,
	const struct v2v_rpm *rpm, struct v2v_list *applications,
	struct v2v_error *err)
{
	int status = 0;

	if (v2v_streq(format, "deb"))
		status = v2v_packages_deb(tree, applications, err);
	else if (v2v_streq(format, "apk"))
		status = v2v_packages_apk(tree, applications, err);
	else if (v2v_streq(format, "pacman"))
		status = v2v_packages_pacman(tree, applications, err);
	else if (v2v_streq(format, "rpm"))
		status = list_rpm(rpm, applications, err);
	v2v_packages_sort(applications);
	return status;
}
