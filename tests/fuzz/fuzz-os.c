/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A guest of which each file is the input: its registry, its packages' records,
 * release files, fstab, programs. */
#include "scratch.h"

#include "linux/distro/distro.h"
#include "os/os.h"
#include "windows/readers.h"
#include "windows/windows.h"

#include <string.h>

struct file {
	const uint8_t *data;
	size_t size;
};

static bool stat_file(const struct v2v_tree *tree, const char *path,
	struct v2v_tree_stat *ret_stat)
{
	static const char *const folders[] = { "/windows", "/windows/system32",
		"/windows/system32/config", "/var/lib/pacman/local", "/etc",
		"/bin" };
	const struct file *file = tree->opaque;

	*ret_stat = (struct v2v_tree_stat){ V2V_KIND_FILE, (int64_t)file->size,
		1, 1 };
	if (v2v_is_one_of(path, folders))
		ret_stat->kind = V2V_KIND_DIRECTORY;
	return true;
}

static size_t read_at(const struct v2v_tree *tree, const char *path,
	uint64_t offset, void *data, size_t size)
{
	const struct file *file = tree->opaque;

	(void)path;
	if (offset >= file->size)
		return 0;
	if (size > file->size - offset)
		size = file->size - (size_t)offset;
	memcpy(data, file->data + offset, size);
	return size;
}

static int read_text(const struct v2v_tree *tree, const char *path,
	char **ret_text, struct v2v_error *err)
{
	const struct file *file = tree->opaque;

	(void)path, (void)err;
	*ret_text = memchr(file->data, 0, file->size)
			    ? NULL
			    : v2v_strndup((const char *)file->data, file->size);
	return 0;
}

static void list(const struct v2v_tree *tree, const char *directory,
	struct v2v_list *names)
{
	(void)tree;
	if (strcmp(directory, "/var/lib/pacman/local") == 0)
		v2v_list_add_string(names, "package");
}

static char *resolve(const struct v2v_tree *tree, const char *path)
{
	(void)tree;
	return v2v_strdup(path);
}

static int fetch(const struct v2v_tree *tree, const char *path,
	uint64_t *ret_size, struct v2v_error *err)
{
	const struct file *file = tree->opaque;

	(void)path, (void)ret_size, (void)err;
	return dup(fuzz_fd(file->data, file->size));
}

/* Here, not in a child: what is wrong there must be seen. */
static void look_at_hive(int fd)
{
	struct v2v_inspect told CLEANUP_INSPECT = { .windows =
							    v2v_windows_new() };
	struct v2v_registry *registry CLEANUP_REGISTRY =
		v2v_registry_open(fd, "hive", NULL);
	json_t *section;

	if (!registry)
		return;
	v2v_software_read(registry, &told, NULL);
	v2v_software_applications(registry, &told, NULL);
	v2v_system_read(registry, &told, NULL);
	v2v_boot_read(registry, &told, NULL);
	section = v2v_inspect_store(&told);
	json_decref(section);
}

static char *query(void *opaque, struct v2v_error *err)
{
	(void)err;
	return v2v_strdup(opaque);
}

static void look_at_linux(const struct v2v_tree *tree)
{
	static const char *const formats[] = { "deb", "apk", "pacman", "rpm" };
	struct v2v_inspect told CLEANUP_INSPECT = { .type = NULL };
	CLEANUP_FREE char *text = NULL;
	struct v2v_rpm rpm = { query, NULL };

	read_text(tree, "", &text, NULL);
	rpm.opaque = text;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		if (text || strcmp(formats[i], "rpm") != 0)
			v2v_packages_list(tree, formats[i], &rpm,
				&told.applications, NULL);
	v2v_os_look(tree, &told);
	v2v_os_set_osinfo(&told);
	v2v_distro_first_line(tree, "/etc/x", "x", &told);
	v2v_distro_suse_release(tree, "/etc/x", &told);
	v2v_distro_lsb_release(tree, "/etc/x", &told);
	v2v_distro_os_release(tree, "/etc/x", &told);
}

static void look_at_fstab(const struct v2v_tree *tree)
{
	struct v2v_volume one = {
		.device = "/dev/sda1", .uuid = "a", .array_uuid = "1:2:3:4"
	};
	struct v2v_volume two = { .device = "/dev/a-b/c" };
	struct v2v_volume both[] = { one, two };
	const struct v2v_list volumes = { both, 2 };
	struct v2v_inspect told CLEANUP_INSPECT = { .type = NULL };

	v2v_os_read_fstab(
		tree, &volumes, "/dev/sda1", "linux", &told.mountpoints);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct v2v_tree_ops ops = {
		.read = read_text,
		.stat = stat_file,
		.list = list,
		.resolve = resolve,
		.read_at = read_at,
		.fetch = fetch,
	};
	struct fuzz_quiet quiet CLEANUP_QUIET = fuzz_quiet();
	struct file file = { data, size };
	const struct v2v_tree tree = { &ops, &file };

	v2v_windows_is_hibernated(&tree);
	look_at_hive(fuzz_fd(data, size));
	look_at_linux(&tree);
	look_at_fstab(&tree);
	return 0;
}
