/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Headers of images: what qemu-img makes is read right; what names another
 * file, or is damaged, is refused.  And the overlays over them. */
#include "cases.h"

#include "core/file.h"
#include "image/descriptor.h"
#include "image/headers.h"
#include "image/image.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

static char dir[] = "/tmp/test-image-XXXXXX";

static char *in_dir(const char *name)
{
	return v2v_format("%s/%s", dir, name);
}

static void qemu_img(const char *const *argv)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		assert(chdir(dir) == 0);
		execvp("qemu-img", (char *const *)argv);
		_exit(127);
	}
	assert(waitpid(pid, &status, 0) == pid && status == 0);
}

#define QEMU_IMG(...)                                                          \
	qemu_img((const char *const[]){ "qemu-img", __VA_ARGS__, NULL })

static int check(const char *name, const char *format, bool chain,
	struct v2v_image *image, struct v2v_error *err)
{
	CLEANUP_FREE char *path = in_dir(name);

	*err = (struct v2v_error){ 0 };
	return v2v_image_check(path, -1, -1, format, chain, image, err);
}

static void good(const char *name, const char *format, const char *subformat,
	uint64_t size)
{
	struct v2v_image image;
	struct v2v_error err;

	check(name, NULL, false, &image, &err);
	same(name, err.text, "");
	same(name, image.format, format);
	same(name, image.subformat, subformat);
	assert(image.virtual_size == size);
}

static void bad(const char *name, const char *format, const char *code)
{
	struct v2v_image image;
	struct v2v_error err;

	if (check(name, format, false, &image, &err) == 0)
		same(name, "(accepted)", code);
	same(name, err.code, code);
	assert(strstr(err.text, name));
}

/* Change bytes of a copy of a file. */
static void change(
	const char *from, const char *to, off_t at, const void *bytes, size_t n)
{
	CLEANUP_FREE char *path = in_dir(to);
	CLEANUP_FREE char *source = v2v_format("if=%s", from);
	CLEANUP_FREE char *target = v2v_format("of=%s", to);
	CLEANUP_CLOSE int fd = -1;

	QEMU_IMG("dd", "-f", "raw", "-O", "raw", source, target);
	fd = open(path, O_WRONLY);
	assert(fd >= 0 && pwrite(fd, bytes, n, at) == (ssize_t)n);
}

static void cut(const char *name, off_t size)
{
	CLEANUP_FREE char *path = in_dir(name);

	assert(truncate(path, size) == 0);
}

static void test_qcow2(void)
{
	struct v2v_image image;
	struct v2v_error err;

	QEMU_IMG("create", "-q", "-f", "qcow2", "q", "10M");
	QEMU_IMG(
		"create", "-q", "-f", "qcow2", "-o", "compat=0.10", "q2", "1M");
	QEMU_IMG(
		"create", "-q", "-f", "qcow2", "-b", "q", "-F", "qcow2", "top");
	QEMU_IMG("create", "-q", "-f", "qcow2", "-u", "-b", "/etc/passwd", "-F",
		"raw", "passwd", "1M");
	QEMU_IMG("create", "-q", "-f", "qcow2", "-u", "-b", "nbd://x/", "-F",
		"raw", "nbd", "1M");
	QEMU_IMG("create", "-q", "-f", "qcow2", "-o",
		"data_file=d,data_file_raw=on", "data", "1M");
	good("q", "qcow2", NULL, 10 << 20);
	good("q2", "qcow2", NULL, 1 << 20);
	bad("top", NULL, "image-backing");
	bad("passwd", NULL, "image-backing");
	bad("data", NULL, "image-data-file");
	assert(check("top", NULL, true, &image, &err) == 0);
	assert(check("nbd", NULL, true, &image, &err) < 0);
	assert(strstr(err.text, "not a plain file name"));
	/* The extension that states the backing format, unmade. */
	change("top", "unstated", 112, "\x12\x34\x56\x78", 4);
	assert(check("unstated", NULL, true, &image, &err) < 0);
	change("q", "version", 7, "\x04", 1);
	bad("version", NULL, "image-header");
	change("q", "feature", 72, "\x80", 1);
	bad("feature", NULL, "image-header");
	change("q", "huge", 24, "\x7f", 1);
	bad("huge", NULL, "image-header");
	change("q", "corrupt", 79, "\x02", 1);
	bad("corrupt", NULL, "image-header");
	/* The tables lie behind the header's cluster. */
	change("q", "cut", 0, "Q", 1);
	cut("cut", 65536);
	bad("cut", NULL, "truncated");
}

static void test_raw(void)
{
	CLEANUP_FREE char *path = in_dir("odd");
	CLEANUP_CLOSE int fd = open(path, O_WRONLY | O_CREAT, 0600);
	CLEANUP_FREE char *empty = in_dir("empty");
	struct v2v_image image;
	struct v2v_error err;

	assert(fd >= 0 && ftruncate(fd, 1001) == 0);
	close(open(empty, O_WRONLY | O_CREAT, 0600));
	good("odd", "raw", NULL, 1024);
	bad("empty", NULL, "image-empty");
	/* What is stated is not probed. */
	assert(check("q", "raw", false, &image, &err) == 0);
	same("stated", image.format, "raw");
	bad("odd", "qcow2", "image-header");
	bad("odd", "qed", "image-format");
	bad("odd", "vhdx", "image-header");
	bad("no-such-file", NULL, "io");
}

static void test_other_formats(void)
{
	static const char *const formats[] = { "qed", "parallels" };
	struct v2v_image image;
	struct v2v_error err;

	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		QEMU_IMG("create", "-q", "-f", formats[i], formats[i], "1M");
		bad(formats[i], NULL, "image-format");
		assert(check(formats[i], "raw", false, &image, &err) == 0);
	}
}

/* A parent that qemu finds, and a reader who believes the header does not: in
 * the sectors behind a short descriptor, or at its usual place where the header
 * says another one. */
static void test_hidden_parent(void)
{
	static const char hint[] = "\nparentFileNameHint=\"sparse\"\n";
	CLEANUP_FREE char *path = in_dir("sparse");
	CLEANUP_CLOSE int fd = open(path, O_RDONLY);
	char text[2048] = "";
	size_t n;

	assert(pread(fd, text, 1024, 512) == 1024);
	n = strlen(text);
	memset(text + n, '#', 1024 - n);
	memcpy(text + 1024, hint, sizeof hint);
	change("sparse", "short", 36, "\x01", 1);
	change("short", "behind", 512, text, 1024 + sizeof hint);
	bad("behind", NULL, "image-parent");
	change("sparse", "elsewhere", 28, "\x02", 1);
	bad("elsewhere", NULL, "image-header");
}

static void test_vmdk(void)
{
	static const char capacity[8] = { 0 };

	QEMU_IMG("create", "-q", "-f", "raw", "r", "3M");
	QEMU_IMG("convert", "-O", "vmdk", "-o", "subformat=streamOptimized",
		"r", "stream");
	QEMU_IMG("create", "-q", "-f", "vmdk", "sparse", "4M");
	QEMU_IMG("create", "-q", "-f", "vmdk", "-o", "subformat=monolithicFlat",
		"flat.vmdk", "1M");
	QEMU_IMG("create", "-q", "-f", "vmdk", "-b", "sparse", "-F", "vmdk",
		"delta");
	good("stream", "vmdk", "streamOptimized", 3 << 20);
	good("sparse", "vmdk", "monolithicSparse", 4 << 20);
	bad("flat.vmdk", "vmdk", "image-descriptor");
	bad("flat.vmdk", NULL, "image-descriptor");
	bad("delta", NULL, "image-parent");
	change("sparse", "capacity", 12, capacity, sizeof capacity);
	bad("capacity", NULL, "image-header");
	change("sparse", "grain", 20, "\x03", 1);
	bad("grain", NULL, "image-header");
	change("sparse", "newlines", 73, "\r", 1);
	bad("newlines", NULL, "image-header");
	change("sparse", "directory", 60, "\x01", 1);
	bad("directory", NULL, "image-header");
	change("sparse", "descriptor", 28, "\xff\xff\xff", 3);
	bad("descriptor", NULL, "image-header");
}

static void test_descriptors(void)
{
	static const struct {
		const char *text, *code;
	} cases[] = {
		{ "createType=\"streamOptimized\"\nRW 8 SPARSE \"x.vmdk\"\n",
			NULL },
		{ "CreateType = \"monolithicSparse\"\nparentCID=ffffffff\n"
		  "RW 8 SPARSE \"../../etc/passwd\"\n",
			NULL },
		{ "createType=\"streamOptimized\"\nRW 8 FLAT \"/etc/passwd\" "
		  "0\n",
			"image-extent" },
		{ "createType=\"streamOptimized\"\nRW 8 SPARSE \"a\"\n"
		  "RW 8 SPARSE \"b\"\n",
			"image-extent" },
		{ "createType=\"streamOptimized\"\n", "image-extent" },
		{ "createType=\"streamOptimized\"\nparentFileNameHint=\"http://"
		  "x\"\n"
		  "RW 8 SPARSE \"a\"\n",
			"image-parent" },
		{ "createType=\"streamOptimized\"\nRW 8 SPARSE \"a\"\n"
		  "x=1 parentFileNameHint=\"/x\"\n",
			"image-parent" },
		{ "createType=\"streamOptimized\"\nparentCID=12345678\n"
		  "RW 8 SPARSE \"a\"\n",
			"image-parent" },
		{ "createType=\"vmfs\"\nRW 8 SPARSE \"a\"\n",
			"image-subformat" },
		{ "RW 8 SPARSE \"a\"\n", "image-subformat" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct v2v_error err = { 0 };
		const char *subformat;

		v2v_vmdk_check_descriptor(cases[i].text, "x", &subformat, &err);
		same(cases[i].text, err.code, cases[i].code);
	}
}

static void test_names(void)
{
	struct v2v_disk slice = {
		.file = "/a:b", .offset = 512, .size = 1024, .format = "vmdk"
	};
	struct v2v_disk whole = {
		.file = "/x\"y", .offset = -1, .size = -1, .format = "raw"
	};
	struct v2v_disk odd = {
		.file = "/o", .offset = 512, .size = 1025, .format = "raw"
	};
	struct v2v_disk vhd = {
		.file = "/v", .offset = -1, .size = -1, .format = "vhd"
	};
	CLEANUP_FREE char *a = v2v_image_disk_name(&slice);
	CLEANUP_FREE char *b = v2v_image_disk_name(&whole);
	CLEANUP_FREE char *c = v2v_image_disk_name(&odd);
	CLEANUP_FREE char *d = v2v_image_disk_name(&vhd);

	same("slice", a,
		"json:{\"driver\":\"vmdk\",\"backing\":null,"
		"\"file\":{\"driver\":\"raw\",\"offset\":512,\"size\":1024,"
		"\"file\":{\"driver\":\"file\","
		"\"filename\":\"/a:b\"}}}");
	same("whole", b,
		"json:{\"driver\":\"raw\",\"file\":{\"driver\":\"file\","
		"\"filename\":\"/x\\\"y\"}}");
	same("odd", c,
		"json:{\"driver\":\"raw\",\"offset\":512,\"size\":1536,"
		"\"file\":{\"driver\":\"file\",\"filename\":\"/o\"}}");
	same("vhd", d,
		"json:{\"driver\":\"vpc\",\"force_size_calc\":\"current_size\","
		"\"backing\":null,\"file\":{\"driver\":\"file\","
		"\"filename\":\"/v\"}}");
}

/* A document over one raw disk. */
static json_t *document(const char *name, int64_t size)
{
	CLEANUP_FREE char *path = in_dir(name);

	return json_pack("{s:i, s:{s:s, s:i, s:i, s:[{s:i, s:s, s:s, s:I}]}}",
		"v2v", 1, "source", "name", "x", "memory", 1 << 30, "vcpus", 1,
		"disks", "id", 0, "file", path, "format", "raw", "virtual_size",
		(json_int_t)size);
}

static void overlay(struct v2v *v, json_t *doc, const char *code)
{
	struct v2v_overlay_options opt = V2V_OPTIONS(overlay, .workdir = dir);
	struct v2v_error err = { 0 };

	v2v_overlay(v, doc, &opt, &err);
	same(err.text, err.code, code);
}

/* In one directory: the same machine again, then another one. */
static void test_overlays(void)
{
	struct v2v *v = v2v_new();
	json_auto_t *doc = document("r", 3 << 20);
	json_auto_t *other = document("r2", 1 << 20);
	json_auto_t *wrong = document("r", 1 << 20);
	CLEANUP_FREE char *path = in_dir("overlay-0.qcow2");
	struct stat before, after;

	QEMU_IMG("create", "-q", "-f", "raw", "r2", "1M");
	overlay(v, doc, NULL);
	overlay(v, doc, NULL);
	assert(stat(path, &before) == 0);
	overlay(v, other, "file-exists");
	assert(!json_object_get(other, "overlays"));
	overlay(v, wrong, "image-size");
	/* Replacing it would give it another inode. */
	assert(stat(path, &after) == 0 && after.st_ino == before.st_ino);
	v2v_free(v);
}

int main(void)
{
	assert(mkdtemp(dir));
	test_qcow2();
	test_raw();
	test_other_formats();
	test_vmdk();
	test_hidden_parent();
	test_descriptors();
	test_names();
	test_overlays();
	v2v_remove_tree(dir);
	return 0;
}
