/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Conversions in place that end anywhere, and what --undo makes of them. */
#include "backup-guest.h"

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
		/* Only the whole backup is not a truncated one. */
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

static void run_all(void)
{
	test_killed();
	test_terminated();
	test_undo_killed();
	test_full();
	test_no_room();
	test_folder_gone();
	test_unholdable();
	test_unfinished();
	test_gone();
}

int main(void)
{
	in_work_folder(run_all);
	return 0;
}
