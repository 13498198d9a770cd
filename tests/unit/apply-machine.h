/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A machine of two disks that are written in place, by a process that is killed
 * at one of its system calls. */
#ifndef V2V_TEST_APPLY_MACHINE_H
#define V2V_TEST_APPLY_MACHINE_H

#define DISK_SIZE ((3U << 20) + 3 * 512)
#include "disk-fixtures.h"

#include "disk/apply.h"
#include "disk/undo-log.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#define MIB   (1ULL << 20)
#define DISKS 2

/* Two disks of a machine: how they are, were and are to be. */
struct machine {
	struct v2v_disk disk[DISKS];
	char *file[DISKS], *saved[DISKS], *log;
	size_t saved_size[DISKS];
	unsigned char *new[DISKS];
	struct v2v_apply apply[DISKS];
};

static const struct form raw_form = { "raw", "raw", "raw", NULL, 0, 0 };
static const struct form qcow2_form = { "qcow2", "qcow2", "qcow2", NULL, 0, 0 };

static void change(struct v2v_private *layer, unsigned char *model)
{
	static unsigned char data[50000];

	for (int i = 0; i < 12; i++) {
		uint64_t at = random_below(DISK_SIZE - 300000) / 512 * 512;
		size_t n = (1 + random_below(sizeof data / 512 - 1)) * 512;

		fill(data, n, 1 + (unsigned)random_below(250));
		assert(v2v_private_write(layer, at, data, n) == 0);
		memcpy(model + at, data, n);
		at = random_below(DISK_SIZE - 300000) / 512 * 512;
		assert(v2v_private_discard(layer, at, 5 * n) == 0);
		memset(model + at, 0, 5 * n);
	}
	/* To the very end. */
	assert(v2v_private_write(layer, DISK_SIZE - 1024, data, 1024) == 0);
	memcpy(model + DISK_SIZE - 1024, data, 1024);
}

static void build_layer(struct machine *m, int i)
{
	struct v2v_private_limits limits = { 256 << 10, 64 * MIB, dir };
	struct v2v_list none = { 0 };

	assert(v2v_private_new(open_view(&m->disk[i], &none, MIB), DISK_SIZE,
		       &limits, &m->apply[i].layer, NULL) == 0);
	memcpy(m->new[i], content, DISK_SIZE);
	change(m->apply[i].layer, m->new[i]);
	assert(v2v_private_figures(m->apply[i].layer).file > 0);
}

static void build(struct machine *m, const struct form *form)
{
	*m = (struct machine){ .log = in_dir("log") };
	for (int i = 0; i < DISKS; i++) {
		CLEANUP_FREE char *made = make_form(form, &m->disk[i]);

		m->file[i] = v2v_format("%s/disk%d", dir, i);
		assert(rename(made, m->file[i]) == 0);
		m->disk[i].file = m->file[i];
		m->saved[i] = read_whole_size(m->file[i], &m->saved_size[i]);
		m->new[i] = v2v_alloc(1, DISK_SIZE);
		m->apply[i].disk = &m->disk[i];
		build_layer(m, i);
	}
}

static void machine_clear(struct machine *m)
{
	for (int i = 0; i < DISKS; i++) {
		v2v_private_free(m->apply[i].layer);
		free(m->file[i]);
		free(m->saved[i]);
		free(m->new[i]);
	}
	free(m->log);
}

static void restore(const struct machine *m)
{
	for (int i = 0; i < DISKS; i++)
		store(m->file[i], m->saved[i], m->saved_size[i]);
}

static bool is_disk(const struct machine *m, int i, const unsigned char *want)
{
	CLEANUP_FREE char *as_raw = v2v_format("%s/as-raw", dir);
	const char *file = m->file[i];
	CLEANUP_FREE char *got = NULL;
	size_t size;

	if (v2v_streq(m->disk[i].format, "qcow2")) {
		RUN("qemu-img", "check", "-q", "-r", "leaks", "-f", "qcow2",
			file);
		RUN("qemu-img", "convert", "-f", "qcow2", "-O", "raw", file,
			as_raw);
		file = as_raw;
	}
	got = read_whole_size(file, &size);
	return size == DISK_SIZE && memcmp(got, want, size) == 0;
}

static void check_is(const struct machine *m, bool is_new)
{
	for (int i = 0; i < DISKS; i++)
		assert(is_disk(m, i, is_new ? m->new[i] : content));
	assert(access(m->log, F_OK) < 0);
}

static void apply(const struct machine *m)
{
	struct v2v_error err = { 0 };

	if (v2v_private_apply(v, m->apply, DISKS, m->log, &err) < 0)
		fprintf(stderr, "%s\n", err.text);
	_exit(err.code != NULL);
}

/* Let it go on for so many system calls; has it ended by itself? */
static bool run_and_kill(const struct machine *m, unsigned stops)
{
	pid_t pid = fork();
	int status;

	assert(pid >= 0);
	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		apply(m);
	}
	assert(waitpid(pid, &status, 0) == pid && WIFSTOPPED(status));
	for (unsigned i = 0; i < stops; i++) {
		assert(ptrace(PTRACE_SYSCALL, pid, NULL, NULL) == 0);
		assert(waitpid(pid, &status, 0) == pid);
		if (WIFEXITED(status)) {
			assert(WEXITSTATUS(status) == 0);
			return true;
		}
	}
	kill(pid, SIGKILL);
	assert(waitpid(pid, &status, 0) == pid);
	return false;
}

static enum v2v_replayed replay(const struct machine *m)
{
	enum v2v_replayed replayed;
	struct v2v_error err = { 0 };

	if (v2v_undo_replay(v, m->apply, DISKS, m->log, &replayed, &err) < 0)
		fprintf(stderr, "%s\n", err.text);
	assert(!err.code);
	return replayed;
}

/* What a raw disk's file takes. */
static blkcnt_t blocks_of(const struct machine *m)
{
	blkcnt_t all = 0;

	for (int i = 0; i < DISKS; i++) {
		struct stat st;

		assert(stat(m->file[i], &st) == 0);
		all += v2v_streq(m->disk[i].format, "raw") ? st.st_blocks : 0;
	}
	return all;
}

/* ext4 counts the blocks of an extent tree with a file's; whether it has some
 * depends on when the kernel wrote what, side by side with whom.  A file of
 * DISK_SIZE has three at most, of 8 sectors. */
#define TREE_SECTORS (DISKS * 3 * 8)

/* What each moment must end in: the old state until all was written.  There may
 * be no room for more than it had. */
static void check_killed(
	const struct machine *m, blkcnt_t before, unsigned counts[3])
{
	enum v2v_replayed replayed = replay(m);

	counts[replayed]++;
	if (replayed == V2V_REPLAYED_OLD)
		assert(blocks_of(m) <= before + TREE_SECTORS);
	/* It was killed behind its last step, or before the first. */
	if (replayed == V2V_REPLAYED_NOTHING)
		check_is(m, !is_disk(m, 0, content));
	else
		check_is(m, replayed == V2V_REPLAYED_NEW);
}

/* How many stops it has when it is not killed; it has been applied then. */
static unsigned count_stops(const struct machine *m)
{
	pid_t pid = fork();
	unsigned stops = 0;
	int status;

	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		apply(m);
	}
	while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status)) {
		assert(ptrace(PTRACE_SYSCALL, pid, NULL, NULL) == 0);
		stops++;
	}
	assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	check_is(m, true);
	return stops;
}
#endif
