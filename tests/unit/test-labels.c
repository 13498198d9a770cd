/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SELinux labels by file_contexts, also by untrusted ones. */
#include "cases.h"

#include "convert/linux/labels.h"
#include "core/fields.h"

#include <sys/resource.h>

#define DIR "tests/data/selinux/"

/* The labels of @paths (NULL at the end), with ',' between. */
static char *find(const char *folder, const char *const *paths)
{
	CLEANUP_FREE char *contexts =
		v2v_format(DIR "%s/file_contexts", folder);
	struct v2v *v = v2v_new();
	struct v2v_list names = { 0 }, labels = { 0 };
	struct v2v_text all = { 0 };
	struct v2v_error err = { 0 };
	int status;

	for (; *paths; paths++)
		v2v_list_add_string(&names, *paths);
	status = v2v_labels_find(v, contexts, &names, &labels, &err);
	assert(status == 0 ? labels.count == names.count
			   : labels.count == 0 && err.code);
	v2v_list_foreach (char *, label, &labels) {
		v2v_text_addf(&all, "%s%s", all.length ? "," : "", *label);
		free(*label);
	}
	v2v_list_foreach (char *, name, &names)
		free(*name);
	free(names.items);
	free(labels.items);
	v2v_free(v);
	return status < 0 ? NULL : v2v_text_take(&all);
}

static void test_labels(void)
{
	static const char *const paths[] = { "/etc/systemd/network/10-v2v.link",
		"/etc/systemd/network/", "/etc/udev/rules.d/70-x.rules",
		"/usr/x", "/proc/x", NULL };
	CLEANUP_FREE char *got = find("small", paths);

	same("small", got,
		"system_u:object_r:link_t:s0,system_u:object_r:unit_dir_t:s0,"
		"system_u:object_r:etc_t:s0,system_u:object_r:default_t:s0,");
}

static void test_beside(void)
{
	static const char *const paths[] = { "/etc/fstab", "/srv/conf/x",
		NULL };
	CLEANUP_FREE char *got = find("subs", paths);

	same("subs", got,
		"system_u:object_r:local_t:s0,system_u:object_r:etc_t:s0");
}

/* Of a processor: how long they take is also the machine's affair. */
static long seconds_of_children(void)
{
	struct rusage usage;

	assert(getrusage(RUSAGE_CHILDREN, &usage) == 0);
	return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec;
}

static void test_hostile(void)
{
	static const char *const paths[] = {
		"/etc/"
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		NULL
	};
	CLEANUP_FREE char *missing = find("no-such-folder", paths);

	/* Whatever they give, they give it soon. */
	free(find("endless", paths));
	free(find("broken", paths));
	assert(seconds_of_children() < 30);
	assert(!missing);
}

int main(void)
{
	test_labels();
	test_beside();
	test_hostile();
	return 0;
}
