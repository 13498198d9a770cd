/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Conversions in place that end anywhere, and what --undo makes of them. */
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
	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
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
	m->fake.root = m->root;
	m->guest = (struct v2v_guest){ .v = v2v_new(),
		.g = &m->fake,
		.dir = m->dir,
		.in_place = true,
		.texts = json_object(),
		.told = json_object() };
	v2v_on_message(m->guest.v, hear, &m->told);
}

static void machine_close(struct machine *m)
{
	v2v_backup_free(m->guest.backup);
	json_decref(m->guest.texts);
	json_decref(m->guest.told);
	v2v_guest_names_clear(&m->guest.created);
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
static void check_undo(const char *what, const char *before, struct told *told)
{
	CLEANUP_FREE char *backup = find_backup();
	struct v2v_error err = { 0 };
	struct machine m;

	machine_open(&m);
	if (backup && undo(&m, backup, &err) < 0)
		same(what, strstr(err.text, "no backup") ? NULL : err.text,
			NULL);
	CLEANUP_FREE char *now = list_guest();
	same(what, now, before);
	*told = m.told;
	machine_close(&m);
	drop_backup();
}

/* SIGKILL at each call of the appliance, in its middle where it writes. */
static void test_killed(void)
{
	unsigned n = 0;
	int status = -1;

	while (status != 0) {
		CLEANUP_FREE char *what = v2v_format("killed at %u", ++n);
		CLEANUP_FREE char *before = NULL;
		struct told told;
		pid_t pid;

		make_guest();
		before = list_guest();
		pid = fork();
		if (pid == 0) {
			struct v2v_error err = { 0 };
			struct machine m;

			machine_open(&m);
			m.fake.end_at = n;
			m.fake.kill = true;
			_exit(convert(&m, &err) < 0);
		}
		assert(waitpid(pid, &status, 0) == pid);
		assert(status == 0 || WTERMSIG(status) == SIGKILL);
		check_undo(what, before, &told);
		/* The whole backup alone is no cut one. */
		assert(!told.cut == !status || !told.kept);
		assert(!told.left);
	}
	assert(n > 100);
	printf("killed at each of %u calls\n", n);
}

/* SIGTERM: the appliance is gone, the backup gets its name. */
static void test_terminated(void)
{
	int status = -1;

	for (unsigned n = 1; status != 0; n++) {
		CLEANUP_FREE char *what = v2v_format("ended at %u", n);
		CLEANUP_FREE char *before = NULL, *backup = NULL;
		struct v2v_error err = { 0 };
		struct told told;
		struct machine m;

		make_guest();
		before = list_guest();
		machine_open(&m);
		m.fake.end_at = n;
		status = convert(&m, &err);
		backup = find_backup();
		if (backup) {
			assert(v2v_ends_with(backup, "/vm-backup.tar"));
			assert(m.told.kept == (status < 0));
		}
		machine_close(&m);
		check_undo(what, before, &told);
		assert(!told.cut);
	}
}

/* The undoing is killed at each call, and done again. */
static void test_undo_killed(void)
{
	CLEANUP_FREE char *before = NULL;
	int status = -1;

	for (unsigned n = 1; status != 0; n++) {
		CLEANUP_FREE char *what = v2v_format("undo killed at %u", n);
		CLEANUP_FREE char *backup = NULL;
		struct v2v_error err = { 0 };
		struct told told;
		struct machine m;
		pid_t pid;

		make_guest();
		free(before);
		before = list_guest();
		machine_open(&m);
		assert(convert(&m, &err) == 0);
		machine_close(&m);
		backup = find_backup();
		pid = fork();
		if (pid == 0) {
			machine_open(&m);
			m.fake.end_at = n;
			m.fake.kill = true;
			_exit(undo(&m, backup, &err) < 0);
		}
		assert(waitpid(pid, &status, 0) == pid);
		assert(status == 0 || WTERMSIG(status) == SIGKILL);
		check_undo(what, before, &told);
		assert(!told.cut);
	}
}

/* The room for the backup ends anywhere: what it has is kept. */
static void test_full(void)
{
	struct rlimit old, limit;
	int status = -1;

	signal(SIGXFSZ, SIG_IGN);
	assert(getrlimit(RLIMIT_FSIZE, &old) == 0);
	for (rlim_t most = INITRD + 1000; status != 0; most += 1300) {
		CLEANUP_FREE char *what =
			v2v_format("%lu bytes of room", (unsigned long)most);
		CLEANUP_FREE char *before = NULL;
		struct v2v_error err = { 0 };
		struct told told;
		struct machine m;

		make_guest();
		before = list_guest();
		machine_open(&m);
		limit = (struct rlimit){ most, old.rlim_max };
		setrlimit(RLIMIT_FSIZE, &limit);
		status = convert(&m, &err);
		setrlimit(RLIMIT_FSIZE, &old);
		assert(status == 0 || v2v_streq(err.code, "backup"));
		assert(m.told.kept == (status < 0));
		machine_close(&m);
		check_undo(what, before, &told);
	}
	signal(SIGXFSZ, SIG_DFL);
}

/* Where each member of a tar ends, by its name; the end mark's is "". */
struct end {
	char *name;
	long at;
};

static void ends_clear(struct v2v_list *ends)
{
	v2v_list_foreach (struct end, end, ends)
		free(end->name);
	free(ends->items);
}

static void find_ends(const char *backup, struct v2v_list *ends)
{
	struct archive *tar = archive_read_new();
	struct archive_entry *entry;
	int status = ARCHIVE_OK;

	archive_read_support_format_tar(tar);
	assert(archive_read_open_filename(tar, backup, 512) == ARCHIVE_OK);
	while (status != ARCHIVE_EOF) {
		struct end *end;

		status = archive_read_next_header(tar, &entry);
		assert(status == ARCHIVE_OK || status == ARCHIVE_EOF);
		if (ends->count)
			v2v_items(struct end, ends)[ends->count - 1].at =
				(long)archive_read_header_position(tar);
		end = v2v_list_add(ends, sizeof *end);
		end->at = LONG_MAX;
		end->name = v2v_strdup(status == ARCHIVE_EOF
					       ? ""
					       : archive_entry_pathname(entry));
	}
	archive_read_free(tar);
	assert(ends->count > 15);
}

/* The line of a file in a list of the guest, the caller's. */
static char *line_of(const char *list, const char *name)
{
	CLEANUP_FREE char *key = v2v_format("\n/%s ", name);
	CLEANUP_FREE char *all = v2v_format("\n%s", list);
	const char *at = strstr(all, key);

	return at ? v2v_strndup(at + 1, strcspn(at + 1, "\n")) : NULL;
}

/* Of the files those are as they were that are whole in the tar, all others as
 * the conversion left them. */
static void check_files(const char *what, const struct v2v_list *ends,
	long length, const char *before, const char *after)
{
	CLEANUP_FREE char *now = list_guest();

	v2v_list_foreach (const struct end, end, ends) {
		bool is_file = *end->name && *end->name != '.' &&
			       !v2v_ends_with(end->name, "/") &&
			       !strstr(end->name, "/.wh.");
		CLEANUP_FREE char *want =
			line_of(end->at <= length ? before : after, end->name);
		CLEANUP_FREE char *got = line_of(now, end->name);

		if (is_file)
			same(what, got, want);
	}
}

static void check_cut(const char *backup, const struct v2v_list *ends,
	long length, const char *before, const char *after)
{
	CLEANUP_FREE char *what = v2v_format("cut at %ld", length);
	const struct end *all = ends->items;
	struct v2v_error err = { 0 };
	struct machine m;
	int status;

	assert(truncate(backup, length) == 0);
	machine_open(&m);
	status = undo(&m, backup, &err);
	/* Not even the owner is known. */
	assert((status < 0) == (length < all[0].at));
	assert(status == 0 || strstr(err.text, "no backup"));
	/* All is there but, perhaps, a part of the end mark. */
	assert(m.told.cut ==
		(status == 0 && length < all[ends->count - 2].at + 512));
	machine_close(&m);
	check_files(what, ends, length, before, after);
}

/* Converted; the backup that there is. */
static char *converted(void)
{
	struct v2v_error err = { 0 };
	struct machine m;

	make_guest();
	machine_open(&m);
	assert(convert(&m, &err) == 0);
	machine_close(&m);
	return find_backup();
}

/* A tar cut anywhere: what is whole is put back, and one line says so. */
static void test_cut(void)
{
	CLEANUP_FREE char *before = NULL;
	long size = LONG_MAX;

	make_guest();
	before = list_guest();
	for (long length = 0; length < size; length += 509) {
		CLEANUP_FREE char *backup = converted();
		CLEANUP_FREE char *after = list_guest();
		struct v2v_list ends = { 0 };
		struct stat st;

		assert(stat(backup, &st) == 0);
		size = st.st_size;
		find_ends(backup, &ends);
		check_cut(backup, &ends, length, before, after);
		ends_clear(&ends);
		drop_backup();
	}
}

/* A byte of a header is another: nothing is put back. */
static void test_damaged(void)
{
	CLEANUP_FREE char *backup = converted();
	CLEANUP_FREE char *after = list_guest(), *now = NULL;
	CLEANUP_CLOSE int fd = open(backup, O_RDWR | O_CLOEXEC);
	struct v2v_list ends = { 0 };
	struct v2v_error err = { 0 };
	struct machine m;
	long at;

	find_ends(backup, &ends);
	at = v2v_items(struct end, &ends)[5].at + 130;
	assert(pwrite(fd, "7", 1, at) == 1);
	machine_open(&m);
	assert(undo(&m, backup, &err) < 0 && v2v_streq(err.code, "backup"));
	assert(!m.told.cut);
	machine_close(&m);
	now = list_guest();
	same("damaged", now, after);
	ends_clear(&ends);
	drop_backup();
}

/* Another initramfs has no room beside the one that is there. */
static void test_no_room(void)
{
	CLEANUP_FREE char *before = NULL, *backup = NULL, *now = NULL;
	struct v2v_error err = { 0 };
	struct machine m;

	make_guest();
	before = list_guest();
	backup = converted();
	machine_open(&m);
	m.fake.room = INITRD / 2;
	assert(undo(&m, backup, &err) == 0);
	machine_close(&m);
	now = list_guest();
	same("no room", now, before);
	drop_backup();
}

/* Folders that are gone by now: nothing of the same names lies in the root. */
static void test_folder_gone(void)
{
	CLEANUP_FREE char *backup = converted();
	CLEANUP_FREE char *made = in_work("guest/etc/new");
	CLEANUP_FREE char *srv = in_work("guest/srv");
	CLEANUP_FREE char *astray = in_work("guest/grub.real");
	CLEANUP_FREE char *other = in_work("guest/x.conf");
	struct v2v_error err = { 0 };
	struct machine m;

	v2v_remove_tree(made);
	machine_open(&m);
	assert(undo(&m, backup, &err) == 0 && !m.told.left);
	assert(access(other, F_OK) == 0);
	v2v_remove_tree(srv);
	assert(undo(&m, backup, &err) < 0);
	assert(strstr(err.text, "/srv/grub.real"));
	assert(access(astray, F_OK) < 0 && errno == ENOENT);
	machine_close(&m);
	drop_backup();
}

/* What no backup can hold is not changed, and spoils none. */
static void test_unholdable(void)
{
	CLEANUP_FREE char *before = NULL, *now = NULL;
	CLEANUP_FREE char *fifo = in_work("guest/etc/fifo");
	CLEANUP_FREE char *path = in_work("x.tar");
	CLEANUP_CLOSE int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	const struct v2v_backup_owner owner = { "vm", "1-2" };
	struct v2v_error err = { 0 };
	struct machine m;

	make_guest();
	assert(mkfifo(fifo, 0600) == 0);
	before = list_guest();
	machine_open(&m);
	assert(v2v_backup_begin(&m.guest, fd, &owner, &err) == 0);
	assert(v2v_guest_write(&m.guest, "/etc/fstab", "x", &err) == 0);
	assert(v2v_guest_remove(&m.guest, "/etc/fifo", &err) < 0);
	assert(v2v_streq(err.code, "backup") && strstr(err.text, "/etc/fifo"));
	err = (struct v2v_error){ 0 };
	assert(v2v_backup_end(&m.guest, &err) == 0);
	assert(undo(&m, path, &err) == 0);
	machine_close(&m);
	now = list_guest();
	same("fifo", now, before);
	unlink(path);
}

/* Converting once more, the way back from what was killed is not forgotten. */
static void test_unfinished(void)
{
	CLEANUP_FREE char *backup = converted();
	CLEANUP_FREE char *left = in_work("backup/.vm-backup.tar.abcdef");
	struct v2v_error err = { 0 };
	struct machine m;

	assert(rename(backup, left) == 0);
	machine_open(&m);
	assert(convert(&m, &err) < 0 && v2v_streq(err.code, "file-exists"));
	assert(strstr(err.text, left) && !m.told.kept);
	/* Killed before it began. */
	assert(truncate(left, 0) == 0);
	err = (struct v2v_error){ 0 };
	make_guest();
	assert(convert(&m, &err) == 0);
	machine_close(&m);
	unlink(left);
	drop_backup();
}

/* An appliance that ended by itself had perhaps not written all. */
static void test_gone(void)
{
	struct v2v_list none = { 0 };
	struct v2v_error err = { 0 };
	struct machine m;

	machine_open(&m);
	assert(v2v_guest_check(&m.guest, &err) == 0);
	m.guest.v->session = &m.guest;
	m.fake.end_at = m.fake.calls;
	assert(v2v_guest_check(&m.guest, &err) < 0);
	assert(v2v_streq(err.code, "appliance"));
	err = (struct v2v_error){ 0 };
	assert(v2v_guest_publish(m.guest.v, NULL, &none, &err) < 0);
	assert(v2v_streq(err.code, "appliance"));
	m.guest.v->session = NULL;
	machine_close(&m);
}

int main(void)
{
	char dir[] = "/tmp/test-backup-XXXXXX";
	CLEANUP_FREE char *backup = NULL, *tmp = NULL;

	assert(mkdtemp(dir));
	work = realpath(dir, NULL);
	backup = in_work("backup");
	tmp = in_work("tmp");
	assert(mkdir(backup, 0700) == 0 && mkdir(tmp, 0700) == 0);
	test_killed();
	test_terminated();
	test_undo_killed();
	test_full();
	test_cut();
	test_damaged();
	test_no_room();
	test_folder_gone();
	test_unholdable();
	test_unfinished();
	test_gone();
	v2v_remove_tree(work);
	free(work);
	return 0;
}
