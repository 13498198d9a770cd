/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* This machine's kernel, for qemu: found, and unpacked. */
#include "cases.h"

#include "core/file.h"
#include "core/handle.h"
#include "core/run.h"
#include "kernel/kernel-image.h"
#include "kernel/libraries.h"

#include <glob.h>
#include <sys/stat.h>
#include <sys/wait.h>

static struct v2v *v;
static char *dir;

static void put(const char *path, const void *data, size_t size)
{
	FILE *f = fopen(path, "w");

	assert(f && fwrite(data, 1, size, f) == size && fclose(f) == 0);
}

/* A kernel as a distribution installs it; what is packed is @inside. */
static void install(const char *release, const char *inside, bool has_modules)
{
	CLEANUP_FREE char *modules = v2v_format("%s/modules/%s", dir, release);
	CLEANUP_FREE char *list = v2v_format("%s/modules.dep", modules);
	CLEANUP_FREE char *image =
		v2v_format("%s/boot/vmlinuz-%s", dir, release);
	CLEANUP_FREE char *plain = v2v_format("%s/plain", dir);
	const char *const argv[] = { "sh", "-c", "gzip <\"$1\" >\"$2\"", "sh",
		plain, image, NULL };
	const struct v2v_run gzip = { .argv = argv };
	struct v2v_error err = { 0 };

	mkdir(modules, 0755);
	if (has_modules)
		put(list, "", 0);
	put(plain, inside, strlen(inside));
	assert(v2v_run(v, &gzip, &err) == 0);
}

static struct v2v_host_folders make_folders(char **boot, char **modules)
{
	*boot = v2v_format("%s/boot", dir);
	*modules = v2v_format("%s/modules", dir);
	assert(mkdir(*boot, 0755) == 0 && mkdir(*modules, 0755) == 0);
	return (struct v2v_host_folders){ *boot, *modules };
}

static bool is_found(const struct v2v_host_folders *f, const char *release,
	const char *error)
{
	struct v2v_vehicle_kernel kernel CLEANUP_VEHICLE_KERNEL = { 0 };
	struct v2v_error err = { 0 };
	int status = v2v_host_kernel_find(f, &kernel, &err);

	if (error)
		return status < 0 && v2v_streq(err.code, "kernel-unusable") &&
		       strstr(err.text, error);
	return status == 0 && v2v_streq(kernel.release, release) &&
	       v2v_ends_with(kernel.modules, release) &&
	       v2v_ends_with(kernel.image, release);
}

/* -1 and the error, or 0 and the file's text is as wanted; *@is_kept: it was
 * there already. */
static int unpack(const struct v2v_host_folders *f, const char *wanted,
	bool *is_kept, struct v2v_error *err)
{
	static ino_t before;
	struct stat st;
	struct v2v_vehicle_kernel kernel CLEANUP_VEHICLE_KERNEL = { 0 };
	CLEANUP_FREE char *path = NULL, *text = NULL;
	int status;

	assert(v2v_host_kernel_find(f, &kernel, err) == 0);
	status = v2v_host_kernel_unpack(v, &kernel, dir, &path, err);
	if (status == 0) {
		text = read_whole(path);
		assert(strcmp(text, wanted) == 0);
		assert(stat(path, &st) == 0 && (st.st_mode & 0777) == 0644);
		*is_kept = st.st_ino == before;
		before = st.st_ino;
	}
	return status;
}

/* Others than root may not be allowed to read them: said so. */
static void test_unreadable(const struct v2v_host_folders *f)
{
	CLEANUP_FREE char *image = v2v_format("%s/vmlinuz-5.10.1", f->boot);
	int status;
	pid_t pid;

	assert(chmod(image, 0) == 0 && chmod(dir, 0755) == 0);
	pid = fork();
	if (pid == 0) {
		if (geteuid() == 0 && setuid(65534) < 0)
			_exit(2);
		_exit(!is_found(f, NULL, "cannot be read by this user"));
	}
	waitpid(pid, &status, 0);
	assert(status == 0);
	assert(chmod(image, 0644) == 0 && chmod(dir, 0700) == 0);
}

static void test_images(void)
{
	CLEANUP_FREE char *boot = NULL, *modules = NULL;
	const struct v2v_host_folders f = make_folders(&boot, &modules);
	struct v2v_error err = { 0 };
	bool is_kept;

	/* Others of a group may change what is made, but for these. */
	umask(002);
	assert(is_found(&f, NULL, "no kernel"));
	install("6.2.0", "\177ELF without modules", false);
	assert(is_found(&f, NULL, "no kernel"));
	install("5.10.1", "\177ELF ten", true);
	test_unreadable(&f);
	assert(is_found(&f, "5.10.1", NULL));
	install("5.9.17", "\177ELF nine", true);
	assert(is_found(&f, "5.10.1", NULL));
	assert(unpack(&f, "\177ELF ten", &is_kept, &err) == 0 && !is_kept);
	assert(unpack(&f, "\177ELF ten", &is_kept, &err) == 0 && is_kept);
	install("5.10.1", "\177ELF ten, of another size", true);
	assert(unpack(&f, "\177ELF ten, of another size", &is_kept, &err) == 0);
	install("5.11.0", "MZ something else", true);
	assert(unpack(&f, "", &is_kept, &err) < 0);
	assert(strstr(err.text, "not an ELF file"));
}

/* All that is kept of libraries; [0] may be changed. */
static size_t kept(char **ret_path)
{
	CLEANUP_FREE char *pattern = v2v_format("%s/libraries-*", dir);
	glob_t found;
	size_t count;

	count = glob(pattern, 0, NULL, &found) == 0 ? found.gl_pathc : 0;
	if (ret_path)
		*ret_path = v2v_strdup(count ? found.gl_pathv[0] : "");
	globfree(&found);
	return count;
}

static bool finds(const char *program, const char *part)
{
	struct v2v_list programs CLEANUP_STRINGS = { 0 };
	struct v2v_list files CLEANUP_STRINGS = { 0 };
	struct v2v_error err = { 0 };
	bool found = false;

	v2v_list_add_string(&programs, program);
	assert(v2v_libraries_find(v, &programs, dir, &files, &err) == 0);
	v2v_list_foreach (char *, file, &files)
		found |= strstr(*file, part) != NULL;
	return found;
}

/* What the loader said holds until a program or a library is another. */
static void test_libraries(void)
{
	CLEANUP_FREE char *program = v2v_format("%s/program", dir);
	CLEANUP_FREE char *answer = NULL;

	assert(symlink("/bin/sh", program) == 0);
	assert(kept(NULL) == 0 && finds(program, "/libc.") && kept(NULL) == 1);
	kept(&answer);
	put(answer, "/bin/cat\n", 9);
	assert(finds(program, "/bin/cat") && !finds(program, "/libc."));
	put(answer, "/bin/cat\n/bin/no-such\n", 22);
	assert(finds(program, "/libc.") && !finds(program, "/bin/cat"));
	put(answer, "", 0);
	assert(finds(program, "/libc.") && kept(NULL) == 1);
	put(answer, "/bin/cat\n", 9);
	assert(unlink(program) == 0 && symlink("/bin/ls", program) == 0);
	assert(finds(program, "/libc.") && kept(NULL) == 2);
}

int main(void)
{
	char name[] = "/tmp/test-kernel-image-XXXXXX";

	dir = mkdtemp(name);
	assert(dir);
	v = v2v_new();
	test_images();
	test_libraries();
	v2v_free(v);
	v2v_remove_tree(dir);
	return 0;
}
