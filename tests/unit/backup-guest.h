/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A guest in a folder that is converted in place with a backup, and what --undo
 * makes of it. */
#ifndef V2V_TEST_BACKUP_GUEST_H
#define V2V_TEST_BACKUP_GUEST_H

#include "fake-appliance.h"

#include "convert/conversion.h"
#include "guest/backup.h"
#include "guest/files.h"
#include "guest/mounts.h"

#include <limits.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define INITRD (20 << 10)
#define GERMAN "/etc/Kabel \303\274ber \377.conf" /* no UTF-8 at its end */

static char *work; /* holds "guest", "backup", "tmp" */

static char *in_work(const char *name)
{
	return v2v_format("%s/%s", work, name);
}

/* A file, or a link where @to is given, below the guest's root. */
static void make(const char *name, const char *text, const char *to)
{
	CLEANUP_FREE char *path = v2v_format("%s/guest%s", work, name);
	CLEANUP_CLOSE int fd = -1;

	if (to) {
		assert(symlink(to, path) == 0);
		return;
	}
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert(v2v_write_all(fd, path, text, strlen(text), NULL) == 0);
}

/* All names below @dir, deepest first. */
static void walk(const char *dir, void (*see)(const char *path, void *opaque),
	void *opaque)
{
	struct dirent **names;
	int n = scandir(dir, &names, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		CLEANUP_FREE char *path =
			v2v_format("%s/%s", dir, names[i]->d_name);
		struct stat st;

		if (strcmp(names[i]->d_name, ".") &&
			strcmp(names[i]->d_name, "..") &&
			lstat(path, &st) == 0) {
			if (S_ISDIR(st.st_mode))
				walk(path, see, opaque);
			see(path, opaque);
		}
		free(names[i]);
	}
	assert(n >= 0);
	free(names);
}

static void age(const char *path, void *opaque)
{
	const struct timespec times[] = { { 1000000000, 7 },
		{ 1000000000, 123456789 } };

	(void)opaque;
	assert(utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW) == 0);
}

static void make_guest(void)
{
	static const char *const folders[] = { "", "/etc", "/etc/default",
		"/etc/rc2.d", "/srv", "/boot" };
	CLEANUP_FREE char *initrd = v2v_alloc(1, INITRD + 1);
	CLEANUP_FREE char *root = in_work("guest");
	CLEANUP_FREE char *hard = in_work("guest/etc/hard");
	CLEANUP_FREE char *too = in_work("guest/srv/hard-too");

	v2v_remove_tree(root);
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		CLEANUP_FREE char *path = v2v_format("%s%s", root, folders[i]);

		assert(mkdir(path, 0755) == 0);
	}
	memset(initrd, 'i', INITRD);
	make("/etc/fstab", "/dev/sda1 / ext4\n", NULL);
	make(GERMAN, "interface-name=ens192\n", NULL);
	make("/srv/grub.real", "root=/dev/sda1\n", NULL);
	make("/etc/default/grub", NULL, "/srv/grub.real");
	make("/etc/nowhere", NULL, "missing/file");
	make("/etc/rc2.d/S19vmware-tools", NULL, "../init.d/vmware-tools");
	make("/etc/hard", "two names\n", NULL);
	assert(link(hard, too) == 0);
	make("/boot/initrd.img", initrd, NULL);
	make("/x.conf", "nobody's business\n", NULL);
	walk(root, age, NULL);
	age(root, NULL);
}

/* A line for each thing in the guest. */
static void describe(const char *path, void *opaque)
{
	struct v2v_text *all = opaque;
	size_t root = strlen(work) + strlen("/guest");
	char to[256] = "";
	struct stat st;

	assert(lstat(path, &st) == 0);
	v2v_text_addf(all, "%s %o %lu %lld.%09ld ", path + root, st.st_mode,
		S_ISDIR(st.st_mode) ? 0 : (unsigned long)st.st_nlink,
		S_ISLNK(st.st_mode) ? 0 : (long long)st.st_mtim.tv_sec,
		S_ISLNK(st.st_mode) ? 0 : st.st_mtim.tv_nsec);
	if (S_ISLNK(st.st_mode)) {
		assert(readlink(path, to, sizeof to - 1) > 0);
		v2v_text_addf(all, "%s\n", to);
	} else if (S_ISREG(st.st_mode)) {
		CLEANUP_FREE char *text = read_whole(path);

		v2v_text_addf(all, "%zu %.60s\n", strlen(text), text);
	}
	v2v_text_addf(all, "\n");
}

static char *list_guest(void)
{
	struct v2v_text all = { 0 };
	CLEANUP_FREE char *root = in_work("guest");

	walk(root, describe, &all);
	describe(root, &all);
	return v2v_text_take(&all);
}

struct told {
	unsigned cut, kept, left;
};

static void hear(const struct v2v_message *message, void *opaque)
{
	struct told *told = opaque;

	told->cut += v2v_streq(message->code, "backup-cut");
	told->kept += v2v_streq(message->code, "backup-kept");
	told->left += v2v_streq(message->code, "undo-left");
}

/* A guest whose appliance is the fake one. */
struct machine {
	struct guestfs_h fake;
	struct v2v_guest guest;
	struct told told;
	char *root, *dir;
};

static void machine_open(struct machine *m)
{
	*m = (struct machine){ .root = in_work("guest"),
		.dir = in_work("tmp") };
	fake_guest_open(&m->guest, &m->fake, m->root, m->dir);
	v2v_on_message(m->guest.v, hear, &m->told);
}

static void machine_close(struct machine *m)
{
	v2v_backup_free(m->guest.backup);
	json_decref(m->guest.texts);
	json_decref(m->guest.told);
	v2v_free(m->guest.v);
	free(m->root);
	free(m->dir);
}

/* What a conversion does to files, each kind of it once. */
static int edit_all(struct v2v_guest *g, struct v2v_error *err)
{
	CLEANUP_CLOSE int more = v2v_guest_scratch(g, err);

	assert(v2v_write_all(more, "x", "more drivers", 12, err) == 0);
	return v2v_guest_write(g, "/etc/fstab", "UUID=1 / ext4\n", err) < 0 ||
			       v2v_guest_write(g, GERMAN, "new\n", err) < 0 ||
			       v2v_guest_write(g, "/etc/default/grub",
				       "root=UUID=1\n", err) < 0 ||
			       v2v_guest_write(g, "/etc/hard", "both\n", err) <
				       0 ||
			       v2v_guest_put(g, more, "/boot/initrd.img",
				       INITRD, err) < 0 ||
			       v2v_guest_write(
				       g, "/etc/nowhere", "file\n", err) < 0 ||
			       v2v_guest_make_dir(g, "/etc/new/net", err) < 0 ||
			       v2v_guest_write(g, "/etc/new/net/x.conf",
				       "ens192\n", err) < 0 ||
			       v2v_guest_remove(
				       g, "/etc/rc2.d/S19vmware-tools", err) < 0
		       ? -1
		       : 0;
}

/* As lib/convert/convert.c does it. */
static int convert(struct machine *m, struct v2v_error *err)
{
	CLEANUP_FREE char *dir = in_work("backup");
	CLEANUP_FREE char *reason = NULL;
	const struct v2v_convert_options opt = { .in_place = true,
		.backup_dir = dir };
	struct v2v_filesystem root = { .device = "/dev/sda1", .uuid = "1-2" };
	struct v2v_conversion c = { .v = m->guest.v,
		.opt = &opt,
		.source = { .name = "vm" },
		.guest = &m->guest,
		.inspect = {
			.root = "/dev/sda1", .filesystems = { &root, 1 } } };
	int status = -1;

	if (v2v_conversion_open_backup(&c, err) == 0 &&
		v2v_conversion_begin_backup(&c, err) == 0 &&
		v2v_guest_is_writable(&m->guest, "/", &reason) &&
		edit_all(&m->guest, err) == 0)
		status = v2v_conversion_end_backup(&c, err);
	if (status < 0)
		v2v_conversion_keep_backup(&c);
	v2v_out_clear(&c.backup);
	return status;
}

/* The one file in the folder of backups; NULL: none. */
static char *find_backup(void)
{
	CLEANUP_FREE char *dir = in_work("backup");
	struct dirent **names;
	int n = scandir(dir, &names, NULL, alphasort);
	char *found = n > 2 ? v2v_format("%s/%s", dir, names[2]->d_name) : NULL;

	assert(n == 2 || n == 3);
	while (n-- > 0)
		free(names[n]);
	free(names);
	return found;
}

static void drop_backup(void)
{
	CLEANUP_FREE char *backup = find_backup();

	assert(!backup || unlink(backup) == 0);
}

static int undo(struct machine *m, const char *backup, struct v2v_error *err)
{
	struct v2v_backup_owner owner CLEANUP_OWNER = { 0 };
	size_t count;

	if (v2v_backup_check(backup, &owner, err) < 0)
		return -1;
	same("owner", owner.root_uuid, "1-2");
	return v2v_backup_restore(&m->guest, backup, &count, err);
}

/* However it ended, the guest is as it was, or the backup makes it so. */
static inline void check_undo(
	const char *what, const char *before, struct told *told)
{
	CLEANUP_FREE char *backup = find_backup();
	struct v2v_error err = { 0 };
	struct machine m;

	machine_open(&m);
	if (backup && undo(&m, backup, &err) < 0)
		same(what, strstr(err.text, "not a backup") ? NULL : err.text,
			NULL);
	CLEANUP_FREE char *now = list_guest();
	same(what, now, before);
	*told = m.told;
	machine_close(&m);
	drop_backup();
}

/* Converted; the backup that there is. */
static inline char *converted(void)
{
	struct v2v_error err = { 0 };
	struct machine m;

	make_guest();
	machine_open(&m);
	assert(convert(&m, &err) == 0);
	machine_close(&m);
	return find_backup();
}

/* Run the tests in a folder of their own. */
static void in_work_folder(void (*tests)(void))
{
	char dir[] = "/tmp/test-backup-XXXXXX";
	CLEANUP_FREE char *backup = NULL, *tmp = NULL;

	assert(mkdtemp(dir));
	work = realpath(dir, NULL);
	backup = in_work("backup");
	tmp = in_work("tmp");
	assert(mkdir(backup, 0700) == 0 && mkdir(tmp, 0700) == 0);
	tests();
	v2v_remove_tree(work);
	free(work);
}
#endif
