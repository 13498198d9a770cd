/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* In place: killed at any moment, the disks are all what they were or all what
 * they were to be. */
#include "apply-machine.h"

#include <time.h>

#define KILLS  40 /* of raw disks, at a system call each */
#define QKILLS 20 /* of qcow2, at a time each */

static void test_raw_killed(void)
{
	unsigned stops, counts[3] = { 0 };
	struct machine m;

	build(&m, &raw_form);
	stops = count_stops(&m);
	for (unsigned i = 0; i < 2 * KILLS; i++) {
		/* All along, and among the writes and what follows. */
		unsigned at = i < KILLS ? (unsigned)random_below(stops)
					: stops - 1 - 3 * (i - KILLS);

		blkcnt_t before;

		restore(&m);
		before = blocks_of(&m);
		if (!run_and_kill(&m, at))
			check_killed(&m, before, counts);
	}
	assert(counts[0] && counts[1] > 5 && counts[2]);
	machine_clear(&m);
}

/* In the middle of the writes. */
static void leave_log(const struct machine *m, unsigned stops)
{
	unsigned at = stops * 7 / 10;
	struct stat st;

	do {
		restore(m);
		unlink(m->log);
		run_and_kill(m, at++);
	} while (stat(m->log, &st) < 0 || is_disk(m, 0, content));
}

/* Killed while it is undone, too. */
static void test_replay_killed(void)
{
	unsigned again = 0, stops;
	struct machine m;

	build(&m, &raw_form);
	stops = count_stops(&m);
	for (unsigned i = 1; i < 12; i++) {
		int status;
		pid_t pid;

		leave_log(&m, stops);
		pid = fork();
		if (!pid) {
			ptrace(PTRACE_TRACEME, 0, NULL, NULL);
			raise(SIGSTOP);
			replay(&m);
			_exit(0);
		}
		waitpid(pid, &status, 0);
		for (unsigned n = 0; n < 20 * i && WIFSTOPPED(status); n++) {
			ptrace(PTRACE_SYSCALL, pid, NULL, NULL);
			waitpid(pid, &status, 0);
		}
		if (WIFSTOPPED(status)) {
			again++;
			kill(pid, SIGKILL);
			waitpid(pid, &status, 0);
		}
		assert(replay(&m) == V2V_REPLAYED_OLD);
		check_is(&m, false);
	}
	assert(again > 3);
	machine_clear(&m);
}

static void test_qcow2(void)
{
	unsigned counts[3] = { 0 };
	struct timespec from, to;
	struct machine m;
	uint64_t length;
	int status;
	pid_t pid;

	build(&m, &qcow2_form);
	clock_gettime(CLOCK_MONOTONIC, &from);
	pid = fork();
	if (!pid)
		apply(&m);
	assert(waitpid(pid, &status, 0) == pid && status == 0);
	clock_gettime(CLOCK_MONOTONIC, &to);
	length = (uint64_t)((to.tv_sec - from.tv_sec) * 1000000 +
			    (to.tv_nsec - from.tv_nsec) / 1000);
	check_is(&m, true);
	for (unsigned i = 0; i < QKILLS; i++) {
		restore(&m);
		pid = fork();
		if (!pid)
			apply(&m);
		usleep((useconds_t)random_below(length));
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		check_killed(&m, 0, counts);
	}
	assert(counts[0] + counts[1] + counts[2] == QKILLS);
	machine_clear(&m);
}

static void apply_fails(const struct machine *m, const char *code)
{
	struct v2v_error err = { 0 };

	assert(v2v_private_apply(v, m->apply, DISKS, m->log, &err) < 0);
	if (!v2v_streq(err.code, code))
		fprintf(stderr, "%s: %s\n", err.code, err.text);
	assert(v2v_streq(err.code, code));
}

static void replay_fails(const struct machine *m, size_t count)
{
	enum v2v_replayed replayed;
	struct v2v_error err = { 0 };

	assert(v2v_undo_replay(v, m->apply, count, m->log, &replayed, &err) <
		0);
	assert(v2v_streq(err.code, "undo-mismatch"));
}

/* A log of other disks, one that anybody can write, one with a byte changed. */
static void test_logs(void)
{
	struct machine m;
	enum v2v_replayed replayed;
	char *log;
	size_t size;
	char *other;

	build(&m, &raw_form);
	leave_log(&m, count_stops(&m));
	apply_fails(&m, "file-exists");
	assert(chmod(m.log, 0666) == 0);
	replay_fails(&m, DISKS);
	assert(chmod(m.log, 0600) == 0);
	replay_fails(&m, 1);
	/* The other way round: another inode. */
	other = m.disk[0].file;
	m.disk[0].file = m.disk[1].file;
	m.disk[1].file = other;
	replay_fails(&m, DISKS);
	m.disk[1].file = m.disk[0].file;
	m.disk[0].file = other;
	/* Cut or damaged before its mark it counts as one that was never
	 * complete; none was touched by then. */
	log = read_whole_size(m.log, &size);
	restore(&m);
	log[5000] ^= 1;
	store(m.log, log, size);
	assert(replay(&m) == V2V_REPLAYED_NOTHING);
	check_is(&m, false);
	log[5000] ^= 1;
	store(m.log, log, 3000);
	assert(replay(&m) == V2V_REPLAYED_NOTHING);
	store(m.log, log, 0);
	assert(replay(&m) == V2V_REPLAYED_NOTHING);
	check_is(&m, false);
	assert(replay(&m) == V2V_REPLAYED_NOTHING);
	assert(v2v_undo_replay(v, NULL, 0, m.log, &replayed, NULL) == 0);
	/* Another file of that name is not ours to remove; one that a power
	 * failure left without its bytes is. */
	store(m.log, "v2v\n", 4);
	replay_fails(&m, DISKS);
	memset(log, 0, size);
	store(m.log, log, size);
	assert(replay(&m) == V2V_REPLAYED_NOTHING);
	check_is(&m, false);
	free(log);
	machine_clear(&m);
}

static void test_refused(void)
{
	struct machine m;

	build(&m, &raw_form);
	m.disk[1].offset = 0;
	apply_fails(&m, "not-in-place");
	m.disk[1].offset = -1;
	m.disk[1].format = "vmdk";
	apply_fails(&m, "not-in-place");
	m.disk[1].format = "raw";
	/* Too short: no sector is written. */
	assert(truncate(m.file[1], DISK_SIZE - 1) == 0);
	apply_fails(&m, "not-in-place");
	restore(&m);
	v2v_cancel(v);
	apply_fails(&m, "cancelled");
	v2v_free(v);
	v = v2v_new();
	v2v_set_tmpdir(v, dir);
	check_is(&m, false);
	machine_clear(&m);
}

int main(void)
{
	fixtures_begin();
	test_raw_killed();
	test_replay_killed();
	test_qcow2();
	test_logs();
	test_refused();
	fixtures_end();
	return 0;
}
