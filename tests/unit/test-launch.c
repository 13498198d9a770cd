/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What libguestfs and its children say: as messages, and as the reason of a
 * launch that failed (tests/data/launch: NAME.said, its first line "error …"
 * where libguestfs' own words count; NAME.expect: code and text). */
#include "cases.h"

#include "core/kvm.h"
#include "guest/libguestfs/private.h"
#include "guest/private.h"
#include "image/image.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

struct guestfs_h {
	guestfs_event_callback call;
	void *opaque;
	char error[200];
};

int guestfs_set_event_callback(guestfs_h *g, guestfs_event_callback call,
	uint64_t events, int flags, void *opaque)
{
	assert(events & GUESTFS_EVENT_WARNING && flags == 0);
	g->call = call;
	g->opaque = opaque;
	return 0;
}

const char *guestfs_last_error(guestfs_h *g)
{
	return g->error;
}

static void say(guestfs_h *g, uint64_t event, const char *text, size_t n)
{
	g->call(g, g->opaque, event, 0, 0, text, n, NULL, 0);
}

/* All that was reported: "LEVEL CODE TEXT" lines. */
static void on_message(const struct v2v_message *m, void *opaque)
{
	v2v_text_addf(opaque, "%d %s %s\n", (int)m->level, m->code, m->text);
}

struct machine {
	guestfs_h fake;
	struct v2v_libguestfs appliance;
	struct v2v_list drives;
	struct v2v_guest guest;
	struct v2v_text told;
};

static void machine_open(struct machine *m)
{
	*m = (struct machine){ .fake.error = "guestfs_launch failed.\n"
					     "This usually means …" };
	m->guest.v = v2v_new();
	m->guest.a = &m->appliance.a;
	m->appliance.a.ops = &v2v_libguestfs_ops;
	m->appliance.a.v = m->guest.v;
	m->appliance.config.drives = &m->drives;
	m->appliance.g = &m->fake;
	v2v_on_message(m->guest.v, on_message, &m->told);
	v2v_libguestfs_listen(&m->appliance);
}

static void machine_close(struct machine *m)
{
	v2v_text_clear(&m->appliance.line);
	v2v_text_clear(&m->appliance.said);
	v2v_text_clear(&m->told);
	v2v_free(m->guest.v);
}

static void test_failure(const char *path)
{
	CLEANUP_FREE char *said = read_whole(path);
	CLEANUP_FREE char *expect_name = beside(path, ".expect");
	CLEANUP_FREE char *want = read_whole(expect_name), *got = NULL;
	struct v2v_appliance_drive drive = { .file = "/tmp/x/overlay-0.qcow2",
		.of.file = "/srv/a disk.vmdk" };
	struct v2v_error err = { 0 };
	struct machine m;

	machine_open(&m);
	m.drives = (struct v2v_list){ &drive, 1 };
	if (v2v_starts_with(said, "error "))
		snprintf(m.fake.error, sizeof m.fake.error, "%s",
			said + strlen("error "));
	else
		say(&m.fake, GUESTFS_EVENT_APPLIANCE, said, strlen(said));
	assert(v2v_libguestfs_launch_failed(&m.appliance, &err) < 0);
	got = v2v_format("%s\n%s\n", err.code, err.text);
	same(path, got, want);
	machine_close(&m);
}

/* In pieces, with control bytes; libguestfs' own warnings on one line. */
static void test_messages(void)
{
	static const char warning[] = "current user is not a member of the KVM "
				      "group\nThis user cannot …";
	struct machine m;

	machine_open(&m);
	say(&m.fake, GUESTFS_EVENT_APPLIANCE, "one", 3);
	say(&m.fake, GUESTFS_EVENT_LIBRARY, " line\r\n\n\033[1mnext\n", 17);
	say(&m.fake, GUESTFS_EVENT_WARNING, warning, strlen(warning));
	say(&m.fake, GUESTFS_EVENT_TRACE, "ls \"/\"", 6);
	say(&m.fake, GUESTFS_EVENT_TRACE, "ls = [\"etc\"]", 12);
	same("messages", m.told.data,
		"3 appliance-log one line\n3 appliance-log ?[1mnext\n"
		"1 appliance-warning current user is not a member of the KVM "
		"group\n3 appliance-command ls \"/\"\n");
	machine_close(&m);
}

/* An appliance that talks and talks is not kept, nor is a line without end. */
static void test_much(void)
{
	CLEANUP_FREE char *line = v2v_alloc(1, 5000);
	struct machine m;

	memset(line, 'x', 4999);
	machine_open(&m);
	for (unsigned i = 0; i < 100; i++)
		say(&m.fake, GUESTFS_EVENT_APPLIANCE, line, 4999);
	say(&m.fake, GUESTFS_EVENT_APPLIANCE, "\nthe last", 9);
	assert(v2v_ends_with(
		v2v_libguestfs_said(&m.appliance), "\nthe last\n"));
	assert(strlen(v2v_libguestfs_said(&m.appliance)) < 20000);
	for (const char *s = m.told.data; *s; s = strchr(s, '\n') + 1)
		assert(strcspn(s, "\n") < 1100);
	machine_close(&m);
}

/* VT-x or AMD-V, as a word of the first processor's flags. */
static void test_kvm(void)
{
	static const struct {
		const char *cpuinfo;
		bool usable;
	} cases[] = {
		{ "processor\t: 0\nflags\t\t: fpu vmx ssse3\nbugs\t\t:\n",
			true },
		{ "flags\t\t: fpu svm\n", true },
		{ "flags\t\t: svm", true },
		{ "model name\t: vmx svm\nflags\t\t: fpu ssse3 hypervisor\n",
			false },
		{ "flags\t\t: fpu svm_lock vmxon xvmx\n", false },
		{ "vmx flags\t: ept vpid\nflags\t\t: fpu\n", false },
		{ "processor\t: 0\nFeatures\t: fp asimd\n", true },
		{ "", true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (v2v_kvm_has_extension(cases[i].cpuinfo) != cases[i].usable)
			same(cases[i].cpuinfo, "wrong", "right");
}

/* Another process' lock on the byte by which qemu says that it writes. */
static int lock(const char *file, short type)
{
	int fd = open(file, O_RDWR | O_CLOEXEC);
	struct flock l = { .l_type = type, .l_start = 101, .l_len = 1 };

	assert(fd >= 0 && fcntl(fd, F_OFD_SETLK, &l) == 0);
	return fd;
}

struct waiter {
	struct v2v *v;
	int fd; /* closed when the wait is reported; -1: cancelled then */
	unsigned told;
};

static void on_wait(const struct v2v_message *m, void *opaque)
{
	struct waiter *w = opaque;

	assert(v2v_streq(m->code, "lock-wait") && m->level == V2V_INFO);
	w->told++;
	if (w->fd < 0)
		v2v_cancel(w->v);
	else
		close(w->fd);
}

static void test_wait(const char *file, int fd, unsigned pauses,
	const char *want, unsigned told)
{
	struct waiter w = { v2v_new(), fd, 0 };
	struct v2v_error err = { 0 };
	int status;

	v2v_on_message(w.v, on_wait, &w);
	status = v2v_image_wait_unused(w.v, file, pauses, &err);
	assert((status == 0) == !want && v2v_streq(err.code, want));
	assert(!want || !v2v_streq(want, "image-in-use") ||
		strstr(err.text, file));
	assert(w.told == told);
	v2v_free(w.v);
}

static void test_waits(void)
{
	char file[] = "/tmp/test-launch-XXXXXX";
	int made = mkstemp(file), fd;

	assert(made >= 0);
	test_wait(file, -1, 100, NULL, 0);
	/* Let go while it is waited for. */
	test_wait(file, lock(file, F_RDLCK), 100, NULL, 1);
	/* Not let go: an end, and cancelling, come first. */
	fd = lock(file, F_RDLCK);
	test_wait(file, dup(made), 0, "image-in-use", 0);
	test_wait(file, dup(made), 2, "image-in-use", 1);
	test_wait(file, -1, 1000000, "cancelled", 1);
	close(fd);
	close(made);
	unlink(file);
	test_wait(file, -1, 100, "io", 0);
}

/* An appliance that takes too long is ended, and that is the error. */
static void test_deadline(void)
{
	char dir[] = "/tmp/test-launch-XXXXXX";
	struct v2v_error err = { 0 };
	struct machine m;
	int in[2], status;
	pid_t child, ended;

	assert(mkdtemp(dir) && pipe(in) == 0);
	machine_open(&m);
	m.appliance.config.dir = dir;
	child = fork();
	if (child == 0) {
		dup2(in[0], STDIN_FILENO);
		close(in[1]);
		execl("/bin/sh", "sh", "-c", "read x", dir, NULL);
		_exit(127);
	}
	v2v_libguestfs_watch(&m.appliance);
	v2v_guest_set_deadline(&m.guest, 1000);
	assert(v2v_guest_check_time(&m.guest, &err) == 0);
	v2v_guest_fail(&m.guest, &err, "guest-read", "x");
	assert(v2v_streq(err.code, "guest-read"));
	err = (struct v2v_error){ 0 };
	__atomic_store_n(&m.appliance.a.deadline, 1, __ATOMIC_RELAXED);
	for (unsigned i = 0; (ended = waitpid(child, &status, WNOHANG)) == 0;
		i++) {
		assert(i < 3000);
		usleep(10000);
	}
	assert(ended == child);
	assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	v2v_guest_fail(&m.guest, &err, "guest-read", "x");
	assert(v2v_streq(err.code, "guest-deadline"));
	v2v_guest_set_deadline(&m.guest, 0);
	assert(v2v_guest_check_time(&m.guest, NULL) == 0);
	v2v_libguestfs_unwatch(&m.appliance);
	machine_close(&m);
	close(in[0]);
	close(in[1]);
	rmdir(dir);
}

int main(void)
{
	each_case("tests/data/launch/*.said", 9, test_failure);
	test_messages();
	test_much();
	test_waits();
	test_kvm();
	test_deadline();
	return 0;
}
