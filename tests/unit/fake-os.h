/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What libguestfs knows of an operating system, and of files in the appliance
 * that fake-appliance.h has no need of. */
#ifndef V2V_TEST_FAKE_OS_H
#define V2V_TEST_FAKE_OS_H

#include "fake-disks.h"

#include "core/file.h"

/* A new file of the guest whose files are in the folder @top; @text NULL: a
 * directory. */
static inline void fake_put_file(
	const char *top, const char *name, const char *text)
{
	CLEANUP_FREE char *path = v2v_format("%s%s", top, name);
	CLEANUP_CLOSE int fd = -1;

	if (!text) {
		assert(mkdir(path, 0755) == 0);
		return;
	}
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	assert(v2v_write_all(fd, path, text, strlen(text), NULL) == 0);
}

static inline void fake_remove_file(const char *top, const char *name)
{
	CLEANUP_FREE char *path = v2v_format("%s%s", top, name);

	assert(unlink(path) == 0);
}

char **guestfs_inspect_os(guestfs_h *g)
{
	size_t count = 0;
	char **roots = NULL;

	v2v_list_foreach (
		const struct fake_volume, volume, &machine_of(g)->volumes)
		if (machine_of(g)->os.distro && v2v_streq(volume->place, "/"))
			*v2v_append(roots, count) =
				v2v_strdup(volume->v.device);
	return fake_end_list(roots, count);
}

/* libguestfs calls what it does not know so; NULL: an error. */
static char *fake_known(guestfs_h *g, const char *value)
{
	if (!machine_of(g)->os.distro)
		return NULL;
	return v2v_strdup(value ? value : "unknown");
}

#define FAKE_TOLD(name, value)                                                 \
	char *guestfs_inspect_get_##name(guestfs_h *g, const char *root)       \
	{                                                                      \
		const struct fake_machine *m = machine_of(g);                  \
                                                                               \
		(void)root, (void)m;                                           \
		return fake_known(g, value);                                   \
	}
FAKE_TOLD(type, "linux")
FAKE_TOLD(distro, m->os.distro)
FAKE_TOLD(osinfo, NULL)
FAKE_TOLD(arch, m->arch)
FAKE_TOLD(product_name, m->os.product)
FAKE_TOLD(product_variant, NULL)
FAKE_TOLD(hostname, NULL)
FAKE_TOLD(package_format, m->os.format)
FAKE_TOLD(package_management, m->os.management)

int guestfs_inspect_get_major_version(guestfs_h *g, const char *root)
{
	(void)root;
	return machine_of(g)->os.distro ? machine_of(g)->os.major : -1;
}

int guestfs_inspect_get_minor_version(guestfs_h *g, const char *root)
{
	(void)root;
	return machine_of(g)->os.distro ? machine_of(g)->os.minor : -1;
}

/* What is mounted is known from fstab, by our own reader. */
char **guestfs_inspect_get_mountpoints(guestfs_h *g, const char *root)
{
	(void)g, (void)root;
	return fake_no_list();
}

struct guestfs_application2_list *guestfs_inspect_list_applications2(
	guestfs_h *g, const char *root)
{
	const struct v2v_list *packages = &machine_of(g)->os.packages;
	struct guestfs_application2_list *list = v2v_alloc(1, sizeof *list);

	(void)root;
	list->len = (uint32_t)packages->count;
	list->val = v2v_alloc(packages->count + 1, sizeof *list->val);
	for (size_t i = 0; i < packages->count; i++) {
		const struct guestfs_application2 *from =
			v2v_items(struct guestfs_application2, packages) + i;

		list->val[i].app2_name = v2v_strdup(from->app2_name);
		list->val[i].app2_version = v2v_strdup(from->app2_version);
		list->val[i].app2_release = v2v_strdup(from->app2_release);
		list->val[i].app2_arch = v2v_strdup(from->app2_arch);
	}
	return list;
}

char *guestfs_file_architecture(guestfs_h *g, const char *path)
{
	CLEANUP_FREE char *real = fake_resolve(g, path);

	return real ? v2v_strdup(machine_of(g)->arch) : NULL;
}
#endif
