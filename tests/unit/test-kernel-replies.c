/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lib/kernel: replies of the server that were cut off or changed. */
#include "kernel-server.h"

#include <sys/stat.h>

/* Every function that reads a reply. */
static int hello(struct v2v_error *err)
{
	CLEANUP_FREE char *release = NULL;

	return v2v_kernel_hello(&kernel, &release, err);
}

static int list(struct v2v_error *err)
{
	struct v2v_list names CLEANUP_STRINGS = { 0 };

	return v2v_kernel_list(&kernel, "/", &names, NULL, err);
}

static int devices(struct v2v_error *err)
{
	struct v2v_list found = { 0 };
	int status = v2v_kernel_devices(&kernel, &found, err);

	v2v_kernel_devices_clear(&found);
	return status;
}

static int probe(struct v2v_error *err)
{
	struct v2v_list names CLEANUP_STRINGS = { 0 };
	struct v2v_list found = { 0 };
	int status;

	v2v_list_add_string(&names, "/dev/null");
	status = v2v_kernel_probe(&kernel, &names, &found, err);
	v2v_kernel_probes_clear(&found);
	return status;
}

static int stat_one(struct v2v_error *err)
{
	struct v2v_kernel_stat st;

	return v2v_kernel_stat(&kernel, "/etc/passwd", true, &st, err);
}

static int glob_some(struct v2v_error *err)
{
	struct v2v_list names CLEANUP_STRINGS = { 0 };

	return v2v_kernel_glob(&kernel, "/etc/*", false, &names, NULL, err);
}

static int mounts(struct v2v_error *err)
{
	struct v2v_list found = { 0 };
	int status = v2v_kernel_mounts(&kernel, &found, err);

	v2v_kernel_mounts_clear(&found);
	return status;
}

static int measure(struct v2v_error *err)
{
	struct v2v_kernel_statvfs st;

	return v2v_kernel_statvfs(&kernel, "/", &st, err);
}

static int real(struct v2v_error *err)
{
	CLEANUP_FREE char *path = NULL;

	return v2v_kernel_realpath(&kernel, "/inside", &path, err);
}

static int sum(struct v2v_error *err)
{
	CLEANUP_FREE char *text = NULL;

	return v2v_kernel_sha1(&kernel, "/etc/passwd", &text, err);
}

static int (*const readers[])(struct v2v_error *err) = { hello, list, devices,
	probe, stat_one, glob_some, mounts, measure, real, sum };

static void forge(const unsigned char *data, size_t size)
{
	/* Of its own size, so that a sanitizer sees who reads behind it. */
	unsigned char *copy = v2v_alloc(size ? size : 1, 1);

	if (size)
		memcpy(copy, data, size);
	forged = copy;
	forged_size = size;
}

static int read_forged(size_t reader, struct v2v_error *err)
{
	int status = readers[reader](err);

	free((void *)forged);
	forged = NULL;
	return status;
}

static void test_hostile_replies(void)
{
	unsigned seed = 1;

	for (size_t i = 0; i < ARRAY_SIZE(readers); i++) {
		CLEANUP_FREE char *whole = NULL;
		size_t size;

		assert(readers[i](NULL) == 0);
		size = last.length;
		whole = v2v_take(last.data);
		last = (struct v2v_text){ 0 };
		for (size_t cut = 0; cut < size; cut++) {
			struct v2v_error err = { 0 };

			forge((unsigned char *)whole, cut);
			assert(read_forged(i, &err) < 0);
			same("code", err.code, "kernel-broken");
		}
		for (int n = 0; n < 3000 && size; n++) {
			struct v2v_error err = { 0 };

			forge((unsigned char *)whole, size);
			for (int k = rand_r(&seed) % 3; k >= 0; k--)
				((unsigned char *)
						forged)[(size_t)rand_r(&seed) %
							size] =
					(unsigned char)rand_r(&seed);
			/* Right or an error: no crash, no endless list. */
			read_forged(i, &err);
		}
	}
}

int main(int argc, char **argv)
{
	(void)argc;
	umask(022);
	assert(mkdtemp(root) && mkdtemp(tools));
	start_server(argv[0], NULL);
	assert(v2v_kernel_mkdir(&kernel, "/etc", 0755, NULL) == 0);
	put_file("etc/passwd", "the guest's");
	put_link("inside", "/etc/passwd");
	test_hostile_replies();
	stop_server();
	v2v_remove_tree(root);
	v2v_remove_tree(tools);
	return 0;
}
