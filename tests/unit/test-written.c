/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One handle, several machines: none takes another's place. */
#undef NDEBUG
#include "core/file.h"
#include "core/written.h"

#include <assert.h>
#include <fcntl.h>
#include <sys/stat.h>

static json_t *unpack(struct v2v *v, const char *file)
{
	const char *const files[] = { file, NULL };
	struct v2v_unpack_options opt =
		V2V_OPTIONS(unpack, .name = "web", .format = "raw");
	json_auto_t *docs = NULL;

	assert(v2v_unpack(v, files, &opt, &docs, NULL) == 0);
	return json_incref(json_array_get(docs, 0));
}

static void make_disk(const char *file, const char *text)
{
	CLEANUP_CLOSE int fd =
		open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert(v2v_write_all(fd, file, text, strlen(text), NULL) == 0);
	assert(ftruncate(fd, 1 << 20) == 0);
}

static bool begins(const char *file, char with)
{
	CLEANUP_CLOSE int fd = open(file, O_RDONLY | O_CLOEXEC);
	char first;

	return read(fd, &first, 1) == 1 && first == with;
}

/* Force replaces what was there before the handle, and nothing of its own: not
 * in the same directory by another name either. */
static void test_copy(const char *dir)
{
	CLEANUP_FREE char *a = v2v_format("%s/a", dir);
	CLEANUP_FREE char *b = v2v_format("%s/b", dir);
	CLEANUP_FREE char *target = v2v_format("%s/web-sda", dir);
	struct v2v_copy_options opt = V2V_OPTIONS(
		copy, .out_dir = dir, .format = "raw", .force = true);
	struct v2v_error err = { 0 };
	struct v2v *v = v2v_new();
	json_auto_t *first = NULL, *second = NULL, *before = NULL;

	make_disk(a, "a");
	make_disk(b, "b");
	make_disk(target, "old");
	first = unpack(v, a);
	second = unpack(v, b);
	before = json_deep_copy(second);
	assert(v2v_copy(v, first, &opt, &err) == 0);
	assert(v2v_copy(v, second, &opt, &err) < 0);
	assert(v2v_streq(err.code, "same-name"));
	assert(!strstr(err.text, "force"));
	assert(json_equal(second, before));
	assert(begins(target, 'a'));
	v2v_free(v);

	/* Another handle is another run. */
	v = v2v_new();
	assert(v2v_copy(v, second, &opt, NULL) == 0);
	assert(begins(target, 'b'));
	v2v_free(v);
}

/* A file is known by what it is. */
static void test_names(const char *dir)
{
	CLEANUP_FREE char *file = v2v_format("%s/file", dir);
	CLEANUP_FREE char *other = v2v_format("%s/link", dir);
	struct v2v *v = v2v_new();

	make_disk(file, "x");
	assert(v2v_written_check(v, file, NULL) == 0);
	{
		CLEANUP_CLOSE int fd = open(file, O_RDONLY | O_CLOEXEC);

		v2v_written_add(v, fd);
	}
	assert(link(file, other) == 0);
	assert(v2v_written_check(v, file, NULL) < 0);
	assert(v2v_written_check(v, other, NULL) < 0);
	assert(unlink(file) == 0);
	assert(v2v_written_check(v, file, NULL) == 0);
	v2v_free(v);
}

/* A handle that is cancelled does nothing more, whatever the step. */
static void test_cancelled(const char *dir)
{
	CLEANUP_FREE char *disk = v2v_format("%s/disk", dir);
	CLEANUP_FREE char *xml = v2v_format("%s/web.xml", dir);
	struct v2v_copy_options copy =
		V2V_OPTIONS(copy, .out_dir = dir, .force = true);
	struct v2v_meta_options meta = V2V_OPTIONS(meta, .out_dir = dir);
	struct v2v *v = v2v_new();
	json_auto_t *doc = NULL, *copied = NULL, *before = NULL;
	struct v2v_error err[3] = { 0 };

	make_disk(disk, "x");
	doc = unpack(v, disk);
	copied = json_deep_copy(doc);
	assert(v2v_copy(v, copied, &copy, NULL) == 0);
	before = json_deep_copy(copied);
	v2v_cancel(v);
	assert(v2v_estimate(v, doc, NULL, &err[0]) < 0);
	assert(v2v_meta(v, copied, &meta, &err[1]) < 0);
	assert(v2v_overlay(v, doc, NULL, &err[2]) < 0);
	for (size_t i = 0; i < 3; i++)
		assert(v2v_streq(err[i].code, "cancelled"));
	assert(json_equal(copied, before));
	assert(access(xml, F_OK) < 0);
	v2v_free(v);
}

int main(void)
{
	CLEANUP_FREE char *dir = v2v_make_dir("/tmp", "test-written-", NULL);

	test_copy(dir);
	test_names(dir);
	test_cancelled(dir);
	v2v_remove_tree(dir);
	return 0;
}
