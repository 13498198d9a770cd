/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The fuzzers' directory and the input as a file in it. */
#include "scratch.h"

#include "core/file.h"

#include <fcntl.h>
#include <sys/stat.h>

static char *dir, *tmpdir, *input;
static struct v2v *handle;

static void need(bool ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	abort();
}

static void at_exit(void)
{
	v2v_free(handle);
	if (!getenv("V2V_FUZZ_DIR"))
		v2v_remove_tree(dir);
	free(dir);
	free(tmpdir);
	free(input);
}

const char *fuzz_dir(void)
{
	const char *given = getenv("V2V_FUZZ_DIR");

	if (dir)
		return dir;
	dir = given ? v2v_strdup(given)
		    : v2v_make_dir("/dev/shm", "v2v-fuzz-", NULL);
	need(dir != NULL, "/dev/shm");
	tmpdir = v2v_format("%s/tmp", dir);
	input = v2v_format("%s/input", dir);
	atexit(at_exit);
	return dir;
}

struct v2v *fuzz_handle(void)
{
	if (handle)
		return handle;
	fuzz_dir();
	need(mkdir(tmpdir, 0700) == 0 || errno == EEXIST, tmpdir);
	handle = v2v_new();
	v2v_set_tmpdir(handle, tmpdir);
	return handle;
}

void fuzz_empty_tmpdir(void)
{
	if (rmdir(tmpdir) < 0)
		v2v_remove_tree(tmpdir);
	need(mkdir(tmpdir, 0700) == 0, tmpdir);
}

struct fuzz_quiet fuzz_quiet(void)
{
	return (struct fuzz_quiet){
		lseek(STDOUT_FILENO, 0, SEEK_CUR),
		lseek(STDERR_FILENO, 0, SEEK_CUR),
	};
}

void fuzz_check_quiet(const struct fuzz_quiet *before)
{
	struct fuzz_quiet now = fuzz_quiet();

	if (now.out == before->out && now.err == before->err)
		return;
	fprintf(stderr, "the library printed\n");
	abort();
}

int fuzz_fd(const uint8_t *data, size_t size)
{
	static int fd = -1;

	fuzz_dir();
	if (fd < 0)
		fd = open(input, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	need(fd >= 0 && ftruncate(fd, 0) == 0, input);
	need(pwrite(fd, data, size, 0) == (ssize_t)size, input);
	return fd;
}

const char *fuzz_file(const uint8_t *data, size_t size)
{
	fuzz_fd(data, size);
	return input;
}
