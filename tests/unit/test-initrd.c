/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lib/initrd: archives read (tests/data/initrd), written, counted, repacked. */
#include "cases.h"

#include "initrd/cpio.h"
#include "initrd/initrd.h"

#include <fcntl.h>
#include <regex.h>
#include <sys/stat.h>

#define DIR "tests/data/initrd/"

static const char *const capture[] = { "conf/modules", NULL };
static struct v2v *v;

static int scan(
	const char *path, struct v2v_initrd *initrd, struct v2v_error *err)
{
	CLEANUP_CLOSE int fd = open(path, O_RDONLY);
	struct stat st;

	assert(fd >= 0 && fstat(fd, &st) == 0);
	return v2v_initrd_scan(
		v, fd, (uint64_t)st.st_size, capture, initrd, err);
}

static void check_fact(
	const char *path, const char *line, const struct v2v_initrd *initrd)
{
	char key[32] = "", value[200] = "";

	assert(sscanf(line, "%31s %199s", key, value) == 2);
	if (!strcmp(key, "compression"))
		same(path, initrd->compression, value);
	else if (!strcmp(key, "generator"))
		same(path, initrd->generator, value);
	else if (!strcmp(key, "dir"))
		same(path, initrd->modules_dir, value);
	else if (!strcmp(key, "module"))
		same(path, v2v_initrd_has_module(initrd, value) ? "" : line,
			"");
	else if (!strcmp(key, "lacks"))
		same(path, v2v_initrd_has_module(initrd, value) ? line : "",
			"");
	else if (!strcmp(key, "text"))
		assert(strstr(v2v_initrd_text(initrd, "conf/modules"), value));
	else
		assert(!"a fact that is known");
}

static void test_good(const char *path)
{
	CLEANUP_FREE char *image = beside(path, ".img");
	CLEANUP_FREE char *expect = read_whole(path);
	struct v2v_initrd initrd CLEANUP_INITRD = { 0 };
	struct v2v_error err = { 0 };
	char *rest = expect, *line;

	scan(image, &initrd, &err);
	same(image, err.text, "");
	while ((line = strsep(&rest, "\n")) && *line)
		check_fact(image, line, &initrd);
}

static void test_bad(const char *path)
{
	CLEANUP_FREE char *image = beside(path, ".img");
	CLEANUP_FREE char *words = read_whole(path);
	struct v2v_initrd initrd CLEANUP_INITRD = { 0 };
	struct v2v_error err = { 0 };
	regex_t pattern;

	words[strcspn(words, "\n")] = '\0';
	if (scan(image, &initrd, &err) == 0)
		same(image, "(read)", words);
	assert(regcomp(&pattern, words, REG_EXTENDED | REG_NOSUB) == 0);
	if (regexec(&pattern, err.text, 0, NULL, 0) != 0)
		same(image, err.text, words);
	regfree(&pattern);
	assert(!initrd.modules_dir);
}

/* What was counted is what is written, and what is written can be read. */
static void test_write(void)
{
	char name[] = "/tmp/test-initrd-XXXXXX";
	CLEANUP_CLOSE int fd = mkstemp(name);
	CLEANUP_CLOSE int data = open("Makefile", O_RDONLY);
	struct v2v_cpio real CLEANUP_CPIO = { .fd = fd };
	struct v2v_cpio count CLEANUP_CPIO = { .fd = -1 };
	struct v2v_cpio *both[] = { &real, &count };
	struct v2v_initrd initrd CLEANUP_INITRD = { 0 };
	struct stat st;

	for (size_t i = 0; i < 2; i++) {
		assert(v2v_cpio_add(both[i], "lib/modules/1/a/virtio.ko", data,
			       1001, NULL) == 0);
		assert(v2v_cpio_add(both[i], "lib/modules/1/b/virtio_pci.ko",
			       data, 0, NULL) == 0);
		assert(v2v_cpio_add_text(
			       both[i], "conf/modules", "one\n", NULL) == 0);
		assert(v2v_cpio_finish(both[i], NULL) == 0);
	}
	assert(fstat(fd, &st) == 0 && (uint64_t)st.st_size == real.size);
	assert(real.size == count.size && real.size % 4 == 0);
	assert(scan(name, &initrd, NULL) == 0);
	assert(v2v_initrd_has_module(&initrd, "virtio_pci"));
	same("text", v2v_initrd_text(&initrd, "conf/modules"), "one\n");
	unlink(name);
}

static void test_repack(void)
{
	char name[] = "/tmp/test-initrd-XXXXXX";
	CLEANUP_CLOSE int out = mkstemp(name);
	CLEANUP_CLOSE int in = open(DIR "early-lz4-legacy.img", O_RDONLY);
	struct v2v_initrd before CLEANUP_INITRD = { 0 };
	struct v2v_initrd after CLEANUP_INITRD = { 0 };

	assert(scan(DIR "early-lz4-legacy.img", &before, NULL) == 0);
	assert(v2v_initrd_repack(v, in, &before, out, NULL) == 0);
	assert(scan(name, &after, NULL) == 0);
	same("repacked", after.compression, "gzip");
	assert(after.main_offset == before.main_offset);
	assert(after.modules.count == before.modules.count);
	unlink(name);
}

static void test_cancelled(void)
{
	struct v2v_initrd initrd CLEANUP_INITRD = { 0 };
	struct v2v_error err = { 0 };

	v2v_cancel(v);
	assert(scan(DIR "gzip.img", &initrd, &err) < 0);
	same("cancelled", err.code, "cancelled");
}

int main(void)
{
	v = v2v_new();
	each_case(DIR "*.expect", 24, test_good);
	each_case(DIR "*.error", 9, test_bad);
	test_write();
	test_repack();
	test_cancelled();
	v2v_free(v);
	return 0;
}
