/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lib/kernel: the client against the server, which runs as an ordinary process
 * over a directory.
 */
#include "kernel-server.h"

#include <dirent.h>
#include <sys/stat.h>

static char outside[] = "/tmp/v2v-test-outside-XXXXXX";

/* A guest whose links lead everywhere. */
static void make_guest(void)
{
	CLEANUP_FREE char *secret = v2v_format("%s/secret", outside);
	CLEANUP_FREE char *fifo = NULL;
	CLEANUP_FREE char *up = NULL;
	FILE *f = fopen(secret, "w");

	assert(f);
	fputs("the host's", f);
	fclose(f);
	assert(v2v_kernel_mkdir(&kernel, "/etc", 0755, NULL) == 0);
	assert(v2v_kernel_mkdir(&kernel, "/etc/deep", 0755, NULL) == 0);
	assert(v2v_kernel_mkdir(&kernel, "/etc/deep/er", 0755, NULL) == 0);
	put_file("etc/passwd", "the guest's");
	put_file("etc/Mixed", "case");
	put_link("absolute", secret);
	up = v2v_format("../../../../../..%s", secret);
	put_link("up", up);
	put_link("inside", "/etc/../../etc/passwd");
	put_link("etc/out", "../../../../tmp");
	put_link("circle", "circle");
	put_link("magic", "/proc/self/root");
	fifo = v2v_format("%s/fifo", root);
	assert(mkfifo(fifo, 0600) == 0);
}

static void want_text(const char *path, const char *text)
{
	struct v2v_text data CLEANUP_TEXT = { 0 };

	assert(v2v_kernel_read(&kernel, path, 0, 1000, &data, NULL) == 0);
	same(path, data.data ? data.data : "", text);
}

static void test_names_stay_inside(void)
{
	struct v2v_text data CLEANUP_TEXT = { 0 };
	CLEANUP_FREE char *real = NULL;

	want_text("/inside", "the guest's");
	want_text("/../../etc/passwd", "the guest's");
	want_error(v2v_kernel_read(&kernel, "/absolute", 0, 9, &data, NULL),
		ENOENT);
	want_error(v2v_kernel_read(&kernel, "/up", 0, 9, &data, NULL), ENOENT);
	want_error(v2v_kernel_read(
			   &kernel, "/magic/etc/passwd", 0, 9, &data, NULL),
		ENOENT);
	want_error(
		v2v_kernel_read(&kernel, "/circle", 0, 9, &data, NULL), ELOOP);
	want_error(
		v2v_kernel_read(&kernel, "/fifo", 0, 9, &data, NULL), EINVAL);
	want_error(v2v_kernel_read(&kernel, "/etc", 0, 9, &data, NULL), EISDIR);
	want_error(v2v_kernel_mkdir(&kernel, "/etc/deep", 0755, NULL), EEXIST);
	want_error(v2v_kernel_mkdir(&kernel, "/etc/out/x", 0755, NULL), ENOENT);
	assert(v2v_kernel_realpath(&kernel, "/inside", &real, NULL) == 0);
	same("realpath", real, "/etc/passwd");
}

/* Before there is a loop device for it. */
static void test_images_stay_inside(void)
{
	static const struct {
		const char *image;
		int error;
	} bad[] = {
		{ "/absolute", ENOENT },
		{ "/up", ENOENT },
		{ "/magic/etc/passwd", ENOENT },
		{ "/circle", ELOOP },
		{ "/fifo", EINVAL },
		{ "/etc", EISDIR },
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct v2v_kernel_mount mount = { .device = bad[i].image,
			.directory = "/etc/deep",
			.is_file = true,
			.read_only = true };

		want_error(
			v2v_kernel_mount(&kernel, &mount, NULL), bad[i].error);
	}
}

static void test_reading(void)
{
	CLEANUP_FREE char *link = NULL, *sum = NULL;
	struct v2v_list names CLEANUP_STRINGS = { 0 };
	struct v2v_text data CLEANUP_TEXT = { 0 };
	struct v2v_kernel_stat st;
	bool cut = true;

	assert(v2v_kernel_readlink(&kernel, "/etc/out", &link, NULL) == 0);
	same("readlink", link, "../../../../tmp");
	want_error(v2v_kernel_readlink(&kernel, "/etc/passwd", &link, NULL),
		EINVAL);
	assert(v2v_kernel_sha1(&kernel, "/etc/Mixed", &sum, NULL) == 0);
	same("sha1", sum, "6406510c31e0c9925733c7f21414bf6428333ed2");
	assert(v2v_kernel_glob(&kernel, "/{etc/[pM]*,e*}", true, &names, &cut,
		       NULL) == 0);
	assert(names.count == 3 && !cut);
	same("glob", v2v_items(char *, &names)[0], "/etc/Mixed");
	same("glob", v2v_items(char *, &names)[2], "/etc/");
	assert(v2v_kernel_read(&kernel, "/etc/passwd", 4, 3, &data, NULL) == 0);
	same("part", data.data, "gue");
	assert(v2v_kernel_stat(&kernel, "/circle", false, &st, NULL) == 0);
	assert(S_ISLNK(st.mode));
	want_error(v2v_kernel_stat(&kernel, "/none", true, &st, NULL), ENOENT);
}

static void test_lists(void)
{
	struct v2v_list names CLEANUP_STRINGS = { 0 }, xattrs = { 0 };
	size_t links = 0;
	bool cut = true;

	assert(v2v_kernel_list(&kernel, "/", &names, &cut, NULL) == 0);
	assert(names.count == 7 && !cut);
	v2v_list_foreach (char *, name, &names) {
		CLEANUP_FREE char *path = v2v_format("/%s", *name);
		struct v2v_kernel_stat st;

		assert(v2v_kernel_stat(&kernel, path, false, &st, NULL) == 0);
		links += S_ISLNK(st.mode);
	}
	assert(links == 5);
	assert(v2v_kernel_xattrs(&kernel, "/etc", true, &xattrs, NULL) == 0);
	v2v_kernel_xattrs_clear(&xattrs);
}

static void test_writing(void)
{
	const uint32_t how = V2V_KERNEL_WRITE_TRUNCATE;
	CLEANUP_FREE char *temporary = NULL;
	struct v2v_kernel_stat st;

	assert(v2v_kernel_chmod(&kernel, "/etc/passwd", 0640, NULL) == 0);
	/* The link stays one, and its file keeps its mode. */
	assert(v2v_kernel_write(
		       &kernel, "/inside", how, 0, 0, "new", 3, NULL) == 0);
	want_text("/etc/passwd", "new");
	assert(v2v_kernel_stat(&kernel, "/etc/passwd", true, &st, NULL) == 0);
	assert((st.mode & 07777) == 0640);
	assert(v2v_kernel_stat(&kernel, "/inside", false, &st, NULL) == 0);
	assert(S_ISLNK(st.mode));
	/* One that leads out leads to nothing inside. */
	want_error(v2v_kernel_write(&kernel, "/up", how, 0, 0, "in", 2, NULL),
		ENOENT);
	want_error(v2v_kernel_write(&kernel, "/etc", how, 0, 0, "in", 2, NULL),
		EISDIR);
	assert(v2v_kernel_write(&kernel, "/new", V2V_KERNEL_WRITE_CREATE, 2,
		       0600, "xy", 2, NULL) == 0);
	assert(v2v_kernel_write(&kernel, "/new", 0, 4, 0, "z", 1, NULL) == 0);
	assert(v2v_kernel_stat(&kernel, "/new", true, &st, NULL) == 0);
	assert(st.size == 5 && (st.mode & 07777) == 0600);
	assert(v2v_kernel_mktemp(
		       &kernel, "/etc/tXXXXXX", 0600, &temporary, NULL) == 0);
	assert(v2v_kernel_rename(&kernel, temporary, "/moved", NULL) == 0);
	assert(v2v_kernel_unlink(&kernel, "/moved", NULL) == 0);
	want_error(v2v_kernel_unlink(&kernel, "/etc/..", NULL), EBUSY);
	want_error(v2v_kernel_rmdir(&kernel, "/", NULL), EBUSY);
	assert(v2v_kernel_utimens(
		       &kernel, "/new", true, -5, 1, -6, 999999999, NULL) == 0);
	assert(v2v_kernel_stat(&kernel, "/new", true, &st, NULL) == 0);
	assert(st.mtime == -6 && st.mtime_ns == 999999999 && st.atime == -5);
}

/* A request that is not one: an errno, and the server goes on. */
static void test_bad_requests(void)
{
	static const struct {
		const char *bytes;
		size_t size;
	} bad[] = {
		{ "", 0 },
		{ "\0\0\0", 3 },
		{ "\xff\xff\xff\x7f\0\0\0\0\0\0\0\0\0\0\0\0", 16 },
		{ "\0\0\0\0\xff\xff\xff\xff\0\0\0\0\0\0\0\0", 16 },
		{ "\0\0\0\0\1\0\0\0\xff\xff\xff\xff\0\0\0\0", 16 },
		{ "\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0", 16 },
		{ "\0\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff", 16 },
		{ "\1\0\0\0\1\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0", 21 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct iovec part = { (void *)bad[i].bytes, bad[i].size };

		ask_server(&part, bad[i].size ? 1 : 0);
		assert(last_status == EPROTO || last_status == ENOSYS ||
			last_status == EINVAL);
	}
	want_text("/etc/passwd", "the guest's");
}

static void test_many_entries(void)
{
	struct v2v_list names CLEANUP_STRINGS = { 0 };
	bool cut = true;

	assert(v2v_kernel_mkdir(&kernel, "/many", 0755, NULL) == 0);
	for (int i = 0; i < 3000; i++) {
		CLEANUP_FREE char *name = v2v_format("many/%0200d", i);

		put_file(name, "");
	}
	assert(v2v_kernel_list(&kernel, "/many", &names, &cut, NULL) == 0);
	assert(names.count == 3000 && !cut);
}

static void make_tool(const char *name, const char *script)
{
	CLEANUP_FREE char *path = v2v_format("%s/%s", tools, name);
	FILE *f = fopen(path, "w");

	assert(f);
	fprintf(f, "#!/bin/sh\n%s\n", script);
	fchmod(fileno(f), 0700);
	fclose(f);
}

/* What a tool said is whole, or an error. */
static void test_tools(void)
{
	CLEANUP_FREE char *said = NULL, *none = NULL;
	struct v2v_list volumes = { 0 };
	struct v2v_error err = { 0 };
	int status;

	make_tool("mdadm", "echo said; echo more >&2; exit 3");
	assert(v2v_kernel_run(&kernel, "mdadm", NULL, NULL, 0, &status, &said,
		       NULL) == 0);
	assert(status == 3);
	same("said", said, "said\nmore\n");
	make_tool("mdadm", "/usr/bin/head -c 20000000 /dev/zero");
	want_error(v2v_kernel_run(&kernel, "mdadm", NULL, NULL, 0, &status,
			   &none, NULL),
		EMSGSIZE);
	want_error(v2v_kernel_rpm(&kernel, NULL, "", &none, &err), ENOENT);
	assert(v2v_ends_with(err.text, ": this host has no program rpm"));
	err = (struct v2v_error){ 0 };

	make_tool("lvm", "echo 'a|b'; echo wrong >&2");
	assert(v2v_kernel_lvm_list(&kernel, &volumes, NULL) == 0);
	assert(volumes.count == 1);
	v2v_kernel_volumes_clear(&volumes);
	make_tool("lvm", "echo 'a|b'; echo wrong >&2;"
			 "exit 5");
	want_error(v2v_kernel_lvm_list(&kernel, &volumes, &err), EIO);
	assert(v2v_ends_with(err.text, "wrong"));
	make_tool("lvm", "/usr/bin/head -c 20000000 /dev/zero");
	want_error(v2v_kernel_lvm_list(&kernel, &volumes, NULL), EMSGSIZE);
	assert(volumes.count == 0 && !none);
}

int main(int argc, char **argv)
{
	(void)argc;
	umask(022);
	assert(mkdtemp(root) && mkdtemp(outside) && mkdtemp(tools));
	start_server(argv[0], NULL);
	make_guest();
	test_names_stay_inside();
	test_images_stay_inside();
	test_reading();
	test_lists();
	test_bad_requests();
	test_many_entries();
	test_writing();
	test_tools();
	stop_server();
	v2v_remove_tree(root);
	v2v_remove_tree(outside);
	v2v_remove_tree(tools);
	return 0;
}
