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
		v, fd, (uint64_t)st.st_size, NULL, capture, initrd, err);
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
	else if (!strcmp(key, "count"))
		assert(initrd->modules.count == strtoul(value, NULL, 10));
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

static const char zeros[4096];

/* A member, as another program would have written it. */
static void add_member(struct v2v_text *image, const char *name, unsigned mode,
	const char *data)
{
	size_t size = strlen(data);

	v2v_text_addf(image,
		"070701%08x%08x%08x%08x%08x%08x%08zx%032x%08zx%08x", 1U, mode,
		0U, 0U, 1U, 0U, size, 0U, strlen(name) + 1, 0U);
	v2v_text_add(image, name, strlen(name) + 1);
	v2v_text_add(image, zeros, (4 - image->length % 4) % 4);
	v2v_text_add(image, data, size);
	v2v_text_add(image, zeros, (4 - image->length % 4) % 4);
}

static void add_trailer(struct v2v_text *image)
{
	add_member(image, "TRAILER!!!", 0, "");
}

static int scan_text(const struct v2v_text *image, struct v2v_initrd *initrd,
	struct v2v_error *err)
{
	char name[] = "/tmp/test-initrd-XXXXXX";
	CLEANUP_CLOSE int fd = mkstemp(name);
	int status;

	assert(write(fd, image->data, image->length) == (ssize_t)image->length);
	status = scan(name, initrd, err);
	unlink(name);
	return status;
}

/* One file, and what it shows about the archive that has it. */
static void test_signs(void)
{
	static const struct {
		const char *name, *generator;
		bool network;
	} cases[] = {
		{ "usr/lib/modules/6/kernel/drivers/scsi/iscsi_tcp.ko", NULL,
			false },
		{ "scripts/nfs", NULL, false },
		{ "scripts/local-top/iscsi", NULL, true },
		{ "scripts/local-top/clevis", NULL, true },
		{ "usr/lib/dracut/hooks/cmdline/99-parse-ip-opts.sh", "dracut",
			true },
		{ "usr/lib/dracut/hooks/cmdline/30-parse-lvm.sh", "dracut",
			false },
		{ "lib/dracut-lib.sh", "dracut", false },
		{ "usr/sbin/dhclient", NULL, true },
		{ "usr/sbin/NetworkManager", NULL, true },
		{ "usr/lib/systemd/systemd-networkd", NULL, true },
		{ "usr/bin/ipconfig", NULL, false },
		{ "scripts/init-premount/dropbear", NULL, true },
		{ "usr/sbin/dropbear", NULL, true },
		{ "etc/dropbear/dropbear.conf", NULL, false },
		{ "scripts/init-premount/mandos", NULL, true },
		{ "usr/bin/clevis-decrypt-tang", NULL, true },
		{ "usr/sbin/nbd-client", NULL, true },
		{ "usr/sbin/wickedd", NULL, true },
		{ "usr/sbin/sshd", NULL, true },
		{ "hooks/netconf", NULL, true },
		{ "hooks/net", NULL, true },
		{ "usr/lib/dracut/hooks/net", "dracut", false },
		{ "conf/initramfs.conf", "initramfs-tools", false },
		{ "init_functions", "mkinitcpio", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct v2v_text image CLEANUP_TEXT = { 0 };
		struct v2v_initrd initrd CLEANUP_INITRD = { 0 };

		add_member(&image, cases[i].name, S_IFREG, "x");
		add_trailer(&image);
		assert(scan_text(&image, &initrd, NULL) == 0);
		same(cases[i].name, initrd.generator, cases[i].generator);
		if (initrd.brings_network != cases[i].network)
			same(cases[i].name, "network", "told otherwise");
	}
}

/* No folder may be appended that would take the place of the link. */
static void test_through_link(void)
{
	struct v2v_text image CLEANUP_TEXT = { 0 };
	struct v2v_initrd initrd CLEANUP_INITRD = { 0 };

	add_member(&image, "lib", S_IFLNK | 0777, "usr/lib");
	add_member(&image, "lib/modules/6/kernel/a.ko", S_IFREG, "x");
	add_trailer(&image);
	assert(scan_text(&image, &initrd, NULL) == 0);
	same("link", initrd.modules_dir, "usr/lib/modules/6");
}

/* What the kernel unpacks last counts, a link as well. */
static void test_replaced(void)
{
	struct v2v_text image CLEANUP_TEXT = { 0 };
	struct v2v_initrd initrd CLEANUP_INITRD = { 0 };

	add_member(&image, "conf/modules", S_IFREG, "ext4\n");
	add_trailer(&image);
	assert(scan_text(&image, &initrd, NULL) == 0);
	same("text", v2v_initrd_text(&initrd, "conf/modules"), "ext4\n");
	v2v_initrd_clear(&initrd);
	add_member(&image, "conf/modules", S_IFLNK | 0777, "/nowhere");
	add_trailer(&image);
	assert(scan_text(&image, &initrd, NULL) == 0);
	same("link", v2v_initrd_text(&initrd, "conf/modules"), NULL);
}

/* Memory does not grow with what an archive repeats. */
static void test_repeated(void)
{
	struct v2v_text image CLEANUP_TEXT = { 0 };
	struct v2v_initrd initrd CLEANUP_INITRD = { 0 };
	CLEANUP_FREE char *path = v2v_format("lib/modules/6/%0200d.ko", 0);

	for (size_t i = 0; i < 1000; i++) {
		add_member(&image, "conf/modules", S_IFREG, "old\n");
		add_member(&image, path, S_IFREG, "x");
	}
	add_member(&image, "conf/modules", S_IFREG, "new\n");
	add_trailer(&image);
	assert(scan_text(&image, &initrd, NULL) == 0);
	assert(initrd.texts.count == 1 && initrd.modules.count == 0);
	same("text", v2v_initrd_text(&initrd, "conf/modules"), "new\n");
}

/* As in the kernel, zeros may lie between archives and not within one. */
static void test_zeros(void)
{
	struct v2v_text image CLEANUP_TEXT = { 0 };
	struct v2v_initrd initrd CLEANUP_INITRD = { 0 };
	struct v2v_error err = { 0 };

	add_member(&image, "init", S_IFREG, "x");
	v2v_text_add(&image, zeros, 512);
	add_trailer(&image);
	assert(scan_text(&image, &initrd, &err) < 0);
	same("zeros", err.code, "initrd-unreadable");
}

/* What begins like lzop's files is named, and no program is started for it. */
static void test_lzo(void)
{
	struct v2v_text image CLEANUP_TEXT = { 0 };
	struct v2v_initrd initrd CLEANUP_INITRD = { 0 };
	struct v2v_error err = { 0 };

	v2v_text_add(&image, "\x89LZO\0\r\n\x1a\n", 9);
	v2v_text_add(&image, zeros, 100);
	assert(scan_text(&image, &initrd, &err) < 0);
	assert(strstr(err.text, "lzo"));
}

/* The kernel decompresses once. */
static void test_nested(void)
{
	char name[] = "/tmp/test-initrd-XXXXXX";
	CLEANUP_CLOSE int out = mkstemp(name);
	CLEANUP_CLOSE int in = open(DIR "gzip.img", O_RDONLY);
	struct v2v_initrd initrd CLEANUP_INITRD = { 0 };
	struct v2v_error err = { 0 };
	struct stat st;
	struct v2v_stream *stream;

	assert(in >= 0 && fstat(in, &st) == 0);
	stream = v2v_stream_open(v, in, 0, (uint64_t)st.st_size, NULL, NULL);
	assert(v2v_stream_gzip(stream, out, NULL) == 0);
	v2v_stream_close(stream);
	assert(scan(name, &initrd, &err) < 0);
	assert(strstr(err.text, "not a cpio archive"));
	unlink(name);
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
		assert(v2v_cpio_add_data(both[i], "conf/modules", 0644, "one\n",
			       4, NULL) == 0);
		assert(v2v_cpio_finish(both[i], NULL) == 0);
	}
	assert(fstat(fd, &st) == 0 && (uint64_t)st.st_size == real.size);
	assert(real.size == count.size && real.size % 4 == 0);
	assert(scan(name, &initrd, NULL) == 0);
	assert(v2v_initrd_has_module(&initrd, "virtio_pci"));
	same("text", v2v_initrd_text(&initrd, "conf/modules"), "one\n");
	unlink(name);
}

/* @pad: zeros behind the blocks, which are not blocks. */
static void test_repack(size_t pad)
{
	char from[] = "/tmp/test-initrd-XXXXXX";
	char name[] = "/tmp/test-initrd-XXXXXX";
	CLEANUP_CLOSE int in = mkstemp(from);
	CLEANUP_CLOSE int out = mkstemp(name);
	CLEANUP_CLOSE int image = open(DIR "early-lz4-legacy.img", O_RDONLY);
	struct v2v_initrd before CLEANUP_INITRD = { 0 };
	struct v2v_initrd after CLEANUP_INITRD = { 0 };
	char bytes[8192];
	ssize_t n = read(image, bytes, sizeof bytes);

	assert(n > 0 && write(in, bytes, (size_t)n) == n);
	assert(write(in, zeros, pad) == (ssize_t)pad);
	assert(scan(from, &before, NULL) == 0);
	same("before", before.compression, "lz4-legacy");
	assert(before.main_end == (uint64_t)n);
	assert(before.main_bytes == 1028);
	assert(v2v_initrd_repack(v, in, &before, NULL, out, NULL) == 0);
	assert(scan(name, &after, NULL) == 0);
	same("repacked", after.compression, "gzip");
	assert(after.main_offset == before.main_offset);
	assert(after.modules.count == before.modules.count);
	unlink(from);
	unlink(name);
}

/* What is no archive behind one is not read, so it is not known to unpack. */
static void test_more_behind(void)
{
	/* LZ4: eight bytes as they are */
	static const char block[] = "\11\0\0\0\x80"
				    "somebody";
	char name[] = "/tmp/test-initrd-XXXXXX";
	CLEANUP_CLOSE int fd = mkstemp(name);
	CLEANUP_CLOSE int image = open(DIR "early-lz4-legacy.img", O_RDONLY);
	struct v2v_initrd initrd CLEANUP_INITRD = { 0 };
	char bytes[8192];
	ssize_t n = read(image, bytes, sizeof bytes);

	assert(n > 0 && write(fd, bytes, (size_t)n) == n);
	assert(write(fd, block, 13) == 13);
	assert(scan(name, &initrd, NULL) == 0);
	assert(initrd.main_end == (uint64_t)n + 13 && initrd.main_bytes == 0);
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
	test_repack(0);
	test_repack(513);
	test_more_behind();
	test_signs();
	test_through_link();
	test_replaced();
	test_repeated();
	test_zeros();
	test_lzo();
	test_nested();
	test_cancelled();
	v2v_free(v);
	return 0;
}
