/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of a real NTFS that only administrators and the system may read or
 * write, as ntfssecaudit sees it when all is done.  "libguestfs": by that
 * backend in place of uml. */
#include "cases.h"

#include "core/file.h"
#include "core/run.h"
#include "guest/files.h"
#include "guest/mounts.h"
#include "kernel/vehicle.h"

#include <fcntl.h>

#define DISK_SIZE (32 << 20)
#define FOLDER	  "/Program Files/v2v-tools"
/* What a shell would make something else of. */
#define PROGRAM FOLDER "/it's $(reboot) \"a\".exe"

static char dir[] = "/tmp/test-protect-XXXXXX";
static char *disk;
static struct v2v *v;

static void want_done(int status, const struct v2v_error *err)
{
	if (status < 0)
		fprintf(stderr, "%s: %s\n", err->code, err->text);
	assert(status >= 0);
}

static void make_disk(void)
{
	const char *const argv[] = { "/sbin/mkntfs", "-q", "-F", disk, NULL };
	const struct v2v_run run = { .argv = argv };
	struct v2v_error err = { 0 };
	CLEANUP_CLOSE int fd =
		open(disk, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	assert(fd >= 0 && ftruncate(fd, DISK_SIZE) == 0);
	want_done(v2v_run(v, &run, &err), &err);
}

static struct v2v_guest *open_guest(void)
{
	struct v2v_source source CLEANUP_SOURCE = { 0 };
	struct v2v_disk *only = v2v_list_add(&source.disks, sizeof *only);
	json_auto_t *doc = json_object();
	const struct v2v_guest_request request = {
		.doc = doc, .source = &source, .workdir = dir, .in_place = true
	};
	struct v2v_guest *guest = NULL;
	struct v2v_error err = { 0 };

	*only = (struct v2v_disk){ .file = v2v_strdup(disk),
		.format = v2v_strdup("raw"),
		.offset = -1,
		.size = -1,
		.virtual_size = DISK_SIZE,
		.unit = -1 };
	want_done(v2v_guest_open(v, &request, &guest, &err), &err);
	return guest;
}

static void mount_disk(struct v2v_guest *guest)
{
	struct v2v_inspect inspect CLEANUP_INSPECT = { 0 };
	struct v2v_mountpoint *root =
		v2v_list_add(&inspect.mountpoints, sizeof *root);
	struct v2v_error err = { 0 };

	root->path = v2v_strdup("/");
	root->device = v2v_strdup("/dev/sda");
	want_done(v2v_guest_mount(guest, &inspect, NULL, &err), &err);
}

static void write_files(struct v2v_guest *guest)
{
	struct v2v_error err = { 0 };

	want_done(v2v_guest_make_dir(guest, FOLDER, &err), &err);
	want_done(v2v_guest_write(guest, PROGRAM, "MZ", &err), &err);
	want_done(v2v_guest_write(guest, "/open.txt", "x", &err), &err);
	want_done(v2v_guest_protect(guest, FOLDER, &err), &err);
	want_done(v2v_guest_protect(guest, PROGRAM, &err), &err);
	assert(v2v_guest_protect(guest, "/none", &err) < 0);
	assert(v2v_streq(err.code, "guest-write"));
}

/* What it says of a file, the caller's. */
static char *audit(const char *path)
{
	const char *const argv[] = { "/usr/bin/ntfssecaudit", "-v", disk, path,
		NULL };
	char *out = NULL;
	const struct v2v_run run = { .argv = argv, .ret_output = &out };
	struct v2v_error err = { 0 };

	want_done(v2v_run(v, &run, &err), &err);
	return out;
}

static void want_said(const char *path, const char *what)
{
	CLEANUP_FREE char *said = audit(path);

	if (!strstr(said, what))
		fprintf(stderr, "%s: not '%s':\n%s\n", path, what, said);
	assert(strstr(said, what));
}

/* Full access for S-1-5-18 and S-1-5-32-544 is all there is; 0x03: what is made
 * in a directory later inherits it. */
static void test_result(void)
{
	want_said(FOLDER, "02003400 02000000 00031400");
	want_said(FOLDER, "mode 0700");
	want_said(PROGRAM, "02003400 02000000 00001400");
	want_said(PROGRAM, "Windows owner S-1-5-32-544");
	want_said(PROGRAM, "mode 0700");
	want_said("/open.txt", "mode 0777");
}

/* What it needs beyond the library; says what is missing. */
static bool is_usable(const char *backend)
{
	static const char *const programs[] = { "/sbin/mkntfs",
		"/usr/bin/ntfssecaudit" };
	CLEANUP_FREE char *reason = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		if (access(programs[i], X_OK) < 0) {
			printf("skipped: no %s\n", programs[i]);
			return false;
		}
	if (v2v_streq(backend, "uml") &&
		!v2v_vehicle_uml.is_usable(v, 0, &reason)) {
		printf("skipped: %s\n", reason);
		return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	const char *backend = argc > 1 ? argv[1] : "uml";
	struct v2v_list none CLEANUP_OVERLAYS = { 0 };
	struct v2v_error err = { 0 };

	v = v2v_new();
	if (!is_usable(backend)) {
		v2v_free(v);
		return 0;
	}
	assert(mkdtemp(dir));
	disk = v2v_format("%s/disk.raw", dir);
	want_done(v2v_set_backend(v, backend, &err), &err);
	make_disk();
	{
		struct v2v_guest *guest = open_guest();

		mount_disk(guest);
		write_files(guest);
		v2v_guest_umount(guest);
	}
	want_done(v2v_guest_publish(v, NULL, &none, &err), &err);
	test_result();
	v2v_free(v);
	unlink(disk);
	free(disk);
	rmdir(dir);
	return 0;
}
