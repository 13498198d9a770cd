/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The initrd of the small kernel. */
#include "kernel/boot-image.h"

#include "core/file.h"
#include "initrd/cpio.h"
#include "kernel/kept.h"
#include "kernel/module-set.h"

#include <sys/stat.h>

/* Changed when what is written changes. */
#define FORMAT	 "v2v boot image 2\n"
#define MAX_INIT (64 << 20) /* bytes */

struct work {
	struct v2v *v;
	const struct v2v_boot_image *image;
	struct v2v_module_set set;
	struct v2v_cpio cpio;
};

/* What the image is made from. */
static char *find_name(const struct work *w, struct v2v_error *err)
{
	struct v2v_digest *digest = v2v_digest_new("SHA256");
	int status;

	v2v_digest_add(digest, FORMAT, strlen(FORMAT));
	status = v2v_kept_add(digest, w->image->init, err);
	/* The index is of all. */
	if (status == 0)
		status = v2v_module_set_digest(
			&w->set, &w->set.all, digest, err);
	if (status == 0)
		return v2v_kept_name(digest, w->image->cache, "boot");
	v2v_digest_free(digest);
	return NULL;
}

static int add_module(struct work *w, const char *path, struct v2v_error *err)
{
	CLEANUP_FREE char *name = v2v_module_name(path);
	CLEANUP_FREE char *place = v2v_format("modules/%s", name);
	uint64_t size;
	CLEANUP_CLOSE int fd =
		v2v_module_set_open(w->v, &w->set, path, &size, err);

	return fd < 0 ? -1 : v2v_cpio_add(&w->cpio, place, fd, size, err);
}

static int add_text(struct work *w, const char *path, uint32_t mode,
	const char *text, struct v2v_error *err)
{
	return v2v_cpio_add_data(&w->cpio, path, mode, text, strlen(text), err);
}

static int add_index(struct work *w, struct v2v_error *err)
{
	CLEANUP_FREE char *list = v2v_module_set_list(&w->set);
	CLEANUP_FREE char *aliases = v2v_module_set_aliases(&w->set);

	if (add_text(w, "modules/list", S_IFREG | 0644, list, err) < 0)
		return -1;
	return add_text(w, "modules/alias", S_IFREG | 0644, aliases, err);
}

static int add_init(struct work *w, struct v2v_error *err)
{
	const char *path = w->image->init;
	CLEANUP_FREE char *data = NULL;
	uint64_t size;
	CLEANUP_CLOSE int fd = v2v_open_regular(path, &size, err);

	if (fd < 0)
		return -1;
	if (size > MAX_INIT)
		return v2v_fail(err, "kernel-init", "'%s' is too large", path);
	data = v2v_alloc(1, size + 1);
	if (v2v_pread_all(fd, path, data, size, 0, err) < 0)
		return -1;
	return v2v_cpio_add_data(
		&w->cpio, "init", S_IFREG | 0755, data, size, err);
}

/* Programs of the tools' disk look for their loader there. */
static int add_links(struct work *w, struct v2v_error *err)
{
	static const char *const links[][2] = { { "lib", "/tools/lib" },
		{ "lib64", "/tools/lib" }, { "sbin/modprobe", "/init" } };

	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		if (add_text(w, links[i][0], S_IFLNK | 0777, links[i][1], err) <
			0)
			return -1;
	return 0;
}

static int make(struct work *w, const char *path, struct v2v_error *err)
{
	struct v2v_out out CLEANUP_OUT = { 0 };

	if (v2v_kept_make(&out, path, err) < 0)
		return -1;
	w->cpio.fd = out.fd;
	if (add_init(w, err) < 0 || add_links(w, err) < 0 ||
		add_index(w, err) < 0)
		return -1;
	v2v_list_foreach (char *, module, &w->set.first)
		if (add_module(w, *module, err) < 0)
			return -1;
	if (v2v_cpio_finish(&w->cpio, err) < 0)
		return -1;
	return v2v_out_publish(&out, err);
}

static void clear(struct work *w)
{
	v2v_module_set_clear(&w->set);
	v2v_cpio_clear(&w->cpio);
}

int v2v_boot_image_get(struct v2v *v, const struct v2v_boot_image *image,
	char **ret_path, struct v2v_error *err)
{
	struct work w
		__attribute__((cleanup(clear))) = { v, image, { 0 }, { 0 } };
	CLEANUP_FREE char *path = NULL;

	v2v_module_set_find(&w.set, image->modules);
	path = find_name(&w, err);
	if (!path)
		return -1;
	if (!v2v_kept_is_there(path) && make(&w, path, err) < 0)
		return v2v_fail_prefix(err, "cannot make the small kernel's "
					    "initrd");
	*ret_path = v2v_take(path);
	return 0;
}
