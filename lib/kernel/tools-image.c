/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The disk with programs of the host. */
#include "kernel/tools-image.h"

#include "core/file.h"
#include "core/open.h"
#include "core/run.h"
#include "kernel/kept.h"
#include "kernel/libraries.h"
#include "kernel/module-set.h"

#include <fcntl.h>
#include <sys/stat.h>

/* Changed when what is written changes. */
#define FORMAT	  "v2v tools image 4\n"
#define MAX_FILES 1000
#define MAX_FILE  (256 << 20)

static const char *const tools[] = { "lvm", "mdadm", "cryptsetup", "ntfs-3g",
	"rpm" };
static const char *const folders[] = { "/usr/sbin", "/usr/bin", "/sbin", "/bin",
	"/usr/local/sbin", "/usr/local/bin" };

/* What LVM does in a kernel that has no udev, and no place to keep anything. */
static const char lvm_conf[] =
	"devices {\n"
	"	scan = \"/dev\"\n"
	"	obtain_device_list_from_udev = 0\n"
	"	external_device_info_source = \"none\"\n"
	"	multipath_component_detection = 0\n"
	"	md_component_detection = 1\n"
	"	use_devicesfile = 0\n"
	"	hints = \"none\"\n"
	"}\n"
	"global {\n"
	"	use_lvmpolld = 0\n"
	"	use_lvmlockd = 0\n"
	"	notify_dbus = 0\n"
	"	thin_check_executable = \"\"\n"
	"	cache_check_executable = \"\"\n"
	"}\n"
	"activation {\n"
	"	udev_sync = 0\n"
	"	udev_rules = 0\n"
	"	verify_udev_operations = 0\n"
	"	monitoring = 0\n"
	"}\n"
	"backup {\n"
	"	backup = 0\n"
	"	archive = 0\n"
	"}\n";

/* A file of the host, and where it lies on the disk. */
struct file {
	char *from, *to;
};

struct work {
	struct v2v *v;
	struct v2v_list files; /* of struct file */
	struct v2v_module_set set;
};

static char *find_program(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		CLEANUP_FREE char *path = v2v_format("%s/%s", folders[i], name);

		if (access(path, X_OK) == 0)
			return v2v_take(path);
	}
	return NULL;
}

static void add_file(struct work *w, const char *from, const char *to)
{
	struct file *file;

	v2v_list_foreach (struct file, other, &w->files)
		if (strcmp(other->to, to) == 0)
			return;
	if (w->files.count == MAX_FILES)
		return;
	file = v2v_list_add(&w->files, sizeof *file);
	file->from = v2v_strdup(from);
	file->to = v2v_strdup(to);
}

/* By the name it is asked for: a link's, not what that leads to. */
static int add_libraries(struct work *w, const struct v2v_list *programs,
	const char *cache, struct v2v_error *err)
{
	struct v2v_list files CLEANUP_STRINGS = { 0 };

	if (v2v_libraries_find(w->v, programs, cache, &files, err) < 0)
		return -1;
	v2v_list_foreach (char *, from, &files) {
		CLEANUP_FREE char *to =
			v2v_format("lib/%s", v2v_base_name(*from));

		add_file(w, *from, to);
	}
	return 0;
}

/* What rpm reads before anything else. */
static void add_rpm_files(struct work *w)
{
	static const char *const names[] = { "rpmrc", "macros" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		CLEANUP_FREE char *from =
			v2v_format("/usr/lib/rpm/%s", names[i]);
		CLEANUP_FREE char *to = v2v_format("rpm/%s", names[i]);

		if (access(from, R_OK) == 0)
			add_file(w, from, to);
	}
}

static int find_files(struct work *w, const char *cache, struct v2v_error *err)
{
	struct v2v_list programs CLEANUP_STRINGS = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(tools); i++) {
		CLEANUP_FREE char *program = find_program(tools[i]);
		CLEANUP_FREE char *to = v2v_format("sbin/%s", tools[i]);

		if (!program)
			continue;
		add_file(w, program, to);
		v2v_list_add_string(&programs, program);
	}
	add_rpm_files(w);
	return add_libraries(w, &programs, cache, err);
}

static char *find_name(
	const struct work *w, const char *cache, struct v2v_error *err)
{
	struct v2v_digest *digest = v2v_digest_new("SHA256");

	v2v_digest_add(digest, FORMAT, strlen(FORMAT));
	v2v_list_foreach (const struct file, file, &w->files)
		if (v2v_kept_add(digest, file->from, err) < 0) {
			v2v_digest_free(digest);
			return NULL;
		}
	if (v2v_module_set_digest(&w->set, &w->set.all, digest, err) < 0) {
		v2v_digest_free(digest);
		return NULL;
	}
	return v2v_kept_name(digest, cache, "tools");
}

/* All of the open file @in as the new file @to. */
static int put(int in, uint64_t size, const char *to, uint64_t *total,
	struct v2v_error *err)
{
	CLEANUP_FREE char *data = NULL;
	CLEANUP_CLOSE int out = -1;

	if (size > MAX_FILE)
		return v2v_fail(err, "kernel-tools", "'%s' is too large", to);
	data = v2v_alloc(1, size + 1);
	if (v2v_pread_all(in, to, data, size, 0, err) < 0)
		return -1;
	out = v2v_open(to, O_WRONLY | O_CREAT | O_EXCL, 0755);
	if (out < 0)
		return v2v_fail_errno(err, "cannot write '%s'", to);
	*total += size;
	return v2v_write_all(out, to, data, size, err);
}

static int put_programs(const struct work *w, const char *dir, uint64_t *total,
	struct v2v_error *err)
{
	v2v_list_foreach (const struct file, file, &w->files) {
		CLEANUP_FREE char *to = v2v_format("%s/%s", dir, file->to);
		uint64_t size;
		CLEANUP_CLOSE int in = v2v_open_regular(file->from, &size, err);

		if (in < 0 || put(in, size, to, total, err) < 0)
			return -1;
	}
	return 0;
}

static int put_modules(const struct work *w, const char *dir, uint64_t *total,
	struct v2v_error *err)
{
	v2v_list_foreach (char *, path, &w->set.all) {
		CLEANUP_FREE char *name = v2v_module_name(*path);
		CLEANUP_FREE char *to = v2v_format("%s/modules/%s", dir, name);
		uint64_t size;
		CLEANUP_CLOSE int in =
			v2v_module_set_open(w->v, &w->set, *path, &size, err);

		if (in < 0 || put(in, size, to, total, err) < 0)
			return -1;
	}
	return 0;
}

static int make_folders(const char *dir, struct v2v_error *err)
{
	static const char *const names[] = { "sbin", "lib", "etc", "etc/lvm",
		"modules", "rpm" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		CLEANUP_FREE char *path = v2v_format("%s/%s", dir, names[i]);

		if (mkdir(path, 0755) < 0)
			return v2v_fail_errno(err, "cannot make '%s'", path);
	}
	return 0;
}

static int fill(const struct work *w, const char *dir, uint64_t *total,
	struct v2v_error *err)
{
	CLEANUP_FREE char *conf = v2v_format("%s/etc/lvm/lvm.conf", dir);
	CLEANUP_CLOSE int fd = -1;

	if (make_folders(dir, err) < 0 ||
		put_programs(w, dir, total, err) < 0 ||
		put_modules(w, dir, total, err) < 0)
		return -1;
	fd = v2v_open(conf, O_WRONLY | O_CREAT | O_EXCL, 0644);
	if (fd < 0)
		return v2v_fail_errno(err, "cannot write '%s'", conf);
	return v2v_write_all(fd, conf, lvm_conf, strlen(lvm_conf), err);
}

static int make_filesystem(struct work *w, const char *dir, const char *image,
	uint64_t bytes, struct v2v_error *err)
{
	/* Tables and directories, and the rest of each file's last block. */
	CLEANUP_FREE char *size = v2v_format("%lluk",
		(unsigned long long)(bytes / 1024 + bytes / 10240 + 4096));
	CLEANUP_FREE char *program = find_program("mke2fs");
	const char *const argv[] = { program, "-q", "-F", "-t", "ext4", "-O",
		"^has_journal,^resize_inode", "-m", "0", "-b", "4096", "-d",
		dir, image, size, NULL };
	const struct v2v_run run = { .argv = argv };

	if (!program)
		return v2v_fail(err, "kernel-tools", "mke2fs is not installed");
	return v2v_run(w->v, &run, err);
}

static int make(struct work *w, const char *path, const char *dir,
	struct v2v_error *err)
{
	struct v2v_out out CLEANUP_OUT = { 0 };
	uint64_t total = 0;

	if (v2v_kept_make(&out, path, err) < 0 ||
		fill(w, dir, &total, err) < 0 ||
		make_filesystem(w, dir, out.temp, total, err) < 0)
		return -1;
	return v2v_out_publish(&out, err);
}

static int make_by(struct work *w, const char *path, const char *cache,
	struct v2v_error *err)
{
	CLEANUP_FREE char *dir = v2v_make_dir(cache, "tools-", err);
	int status;

	if (!dir)
		return -1;
	status = make(w, path, dir, err);
	v2v_remove_tree(dir);
	return status;
}

static void clear(struct work *w)
{
	v2v_list_foreach (struct file, file, &w->files) {
		free(file->from);
		free(file->to);
	}
	free(w->files.items);
	v2v_module_set_clear(&w->set);
}

int v2v_tools_image_get(struct v2v *v, const char *modules, const char *cache,
	char **ret_path, struct v2v_error *err)
{
	struct work w __attribute__((cleanup(clear))) = { v, { 0 }, { 0 } };
	CLEANUP_FREE char *path = NULL;

	v2v_module_set_find(&w.set, modules);
	if (find_files(&w, cache, err) < 0)
		return -1;
	path = find_name(&w, cache, err);
	if (!path)
		return -1;
	if (!v2v_kept_is_there(path) && make_by(&w, path, cache, err) < 0)
		return v2v_fail_prefix(err, "cannot make the tools' disk");
	*ret_path = v2v_take(path);
	return 0;
}
