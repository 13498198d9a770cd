/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The vhost-user-blk server and kernels that break its rules, or are slow. */
#include "vhost-plays.h"
#include "vhost-scene.h"

#include <dirent.h>

#define SHORT 300 /* ms */
#define HUNG  300 /* s: a call does not end */

static size_t count_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	size_t n = 0;

	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

/* The call fails so, within so many ms. */
static void fails(const char *dir, void (*play)(struct scene *s), int patience,
	const char *code, const char *text)
{
	struct scene *s = scene_new(dir, play);
	struct v2v_error err = { 0 }, again = { 0 };
	int status;

	assert(scene_call(s, "x", 1, patience, &status, NULL, &err) < 0);
	if (!v2v_streq(err.code, code) || !strstr(err.text, text)) {
		fprintf(stderr, "%s, not %s: '%s', not '%s'\n", err.code, code,
			err.text, text);
		abort();
	}
	/* And so does the next. */
	assert(v2v_vhost_call(s->server, s->v, NULL, 0, INT64_MAX, NULL, NULL,
		       &status, NULL, &again) < 0);
	assert(v2v_streq(again.code, "kernel-gone"));
	driver_end(&s->driver);
	driver_end(&s->mailbox);
	scene_free(s);
}

static size_t current;

static void play_to_disk(struct scene *s)
{
	driver_begin(&s->driver, s->disk_path);
	driver_ask(&s->driver, GET_FEATURES); /* all of it has arrived */
	plays[current].play(&s->driver);
}

static void test_plays(const char *dir)
{
	for (current = 0; current < ARRAY_SIZE(plays); current++)
		fails(dir, play_to_disk, PATIENCE, "kernel-broken",
			plays[current].text);
}

/* The mailbox. */
static void reply_without(struct scene *s)
{
	driver_begin(&s->mailbox, s->mailbox_path);
	mailbox_reply(&s->mailbox, 1, 0, 0);
}

static void write_elsewhere(struct scene *s)
{
	driver_begin(&s->mailbox, s->mailbox_path);
	mailbox_hear(&s->mailbox);
	mailbox_write(&s->mailbox, 4096, 4096);
}

static void reply_to_another(struct scene *s)
{
	driver_begin(&s->mailbox, s->mailbox_path);
	mailbox_hear(&s->mailbox);
	mailbox_reply(&s->mailbox, 2, 0, 0);
}

static void reply_longer(struct scene *s)
{
	driver_begin(&s->mailbox, s->mailbox_path);
	mailbox_hear(&s->mailbox);
	mailbox_write(&s->mailbox, V2V_MAILBOX_DATA, 512);
	mailbox_reply(&s->mailbox, 1, 0, 513);
}

static void reply_longer_at_once(struct scene *s)
{
	driver_begin(&s->mailbox, s->mailbox_path);
	mailbox_hear(&s->mailbox);
	mailbox_reply_with(&s->mailbox, 1, 0, 513, 512);
}

static void reply_too_long(struct scene *s)
{
	driver_begin(&s->mailbox, s->mailbox_path);
	mailbox_hear(&s->mailbox);
	mailbox_write(
		&s->mailbox, V2V_MAILBOX_DATA + V2V_MAILBOX_MAX - 512, 1024);
}

static void reply_short(struct scene *s)
{
	driver_begin(&s->mailbox, s->mailbox_path);
	mailbox_hear(&s->mailbox);
	mailbox_write(&s->mailbox, V2V_MAILBOX_REPLY, 512);
}

static void reply_nonsense(struct scene *s)
{
	driver_begin(&s->mailbox, s->mailbox_path);
	mailbox_hear(&s->mailbox);
	memset(s->mailbox.map + DATA, 'x', V2V_MAILBOX_PAGE);
	mailbox_write(&s->mailbox, V2V_MAILBOX_REPLY, V2V_MAILBOX_PAGE);
}

static void test_mailbox(const char *dir)
{
	static const char broken[] = "kernel-broken";

	fails(dir, reply_without, PATIENCE, broken, "without a request");
	fails(dir, write_elsewhere, PATIENCE, broken, "outside of a reply");
	fails(dir, reply_to_another, PATIENCE, broken, "another request");
	fails(dir, reply_longer, PATIENCE, broken, "longer than what it wrote");
	fails(dir, reply_longer_at_once, PATIENCE, broken,
		"longer than what it wrote");
	fails(dir, reply_too_long, PATIENCE, broken, "is too long");
	fails(dir, reply_short, PATIENCE, broken, "wrong size");
	fails(dir, reply_nonsense, PATIENCE, broken, "not a reply");
}

/* Time: these go on until the call has ended, which it has to do by itself. */
static void kick_forever(struct scene *s)
{
	driver_begin(&s->driver, s->disk_path);
	while (!scene_has_ended(s))
		driver_kick(&s->driver);
}

/* The ring is never empty. */
static void ask_forever(struct scene *s)
{
	struct driver *d = &s->driver;

	driver_begin(d, s->disk_path);
	driver_head(d, VIRTIO_BLK_T_IN, 0);
	driver_lay(d, DESCRIPTORS, 0, 1 << 20, 32768);
	while (!scene_has_ended(s)) {
		uint16_t ahead = (uint16_t)(d->index - driver_used_index(d));

		driver_offer(d, 0, RING_SIZE - ahead);
		driver_kick(d);
	}
}

static void speak_forever(struct scene *s)
{
	driver_connect(&s->driver, s->disk_path);
	fcntl(s->driver.socket, F_SETFL, O_NONBLOCK);
	while (!scene_has_ended(s))
		driver_say(&s->driver, SET_OWNER, NULL, 0);
}

static void say_half(struct scene *s)
{
	driver_connect(&s->driver, s->disk_path);
	assert(write(s->driver.socket, "\1\0\0", 3) == 3);
}

/* Its eventfd is full, and a write to it would wait. */
static void fill_call(struct scene *s)
{
	driver_begin(&s->driver, s->disk_path);
	assert(eventfd_write(s->driver.call, UINT64_MAX - 1) == 0);
	driver_lay(&s->driver, DESCRIPTORS, 0, 512, 512);
	driver_offer(&s->driver, 0, 3);
	driver_kick(&s->driver);
}

static void hang_up(struct scene *s)
{
	driver_begin(&s->driver, s->disk_path);
	close(v2v_take_fd(&s->driver.socket));
}

/* It asks, and does not take what is said. */
static void never_listen(struct scene *s)
{
	int size = 1;

	driver_connect(&s->driver, s->disk_path);
	setsockopt(s->driver.socket, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
	fcntl(s->driver.socket, F_SETFL, O_NONBLOCK);
	for (int i = 0; i < 20000; i++)
		driver_say(&s->driver, GET_FEATURES, NULL, 0);
}

static void cancel(struct scene *s)
{
	driver_begin(&s->driver, s->disk_path);
	v2v_cancel(s->v);
}

/* Its memory goes in the middle of a request: no SIGBUS. */
static void cut_file(struct scene *s)
{
	driver_begin(&s->driver, s->disk_path);
	s->truncated = &s->driver;
	driver_request(&s->driver, VIRTIO_BLK_T_IN, 0, 0, 512);
}

static void test_time(const char *dir)
{
	static const char slow[] = "kernel-slow";

	fails(dir, kick_forever, SHORT, slow, "in time");
	fails(dir, ask_forever, SHORT, slow, "in time");
	fails(dir, speak_forever, SHORT, slow, "in time");
	fails(dir, say_half, SHORT, slow, "in time");
	fails(dir, fill_call, SHORT, slow, "in time");
	fails(dir, hang_up, PATIENCE, "kernel-gone", "has ended");
	fails(dir, never_listen, PATIENCE, "kernel-broken", "does not take");
	fails(dir, cancel, PATIENCE, "cancelled", "");
}

static bool is_dead(void *opaque)
{
	(void)opaque;
	return false;
}

static void test_death(const char *dir)
{
	struct scene *s = scene_new(dir, NULL);
	struct v2v_error err = { 0 };
	int status;

	assert(v2v_vhost_call(s->server, s->v, NULL, 0, INT64_MAX, is_dead,
		       NULL, &status, NULL, &err) < 0);
	assert(v2v_streq(err.code, "kernel-gone"));
	scene_free(s);
}

int main(void)
{
	char dir[] = "/tmp/v2v-test-XXXXXX";
	size_t descriptors;

	alarm(HUNG);
	assert(mkdtemp(dir));
	descriptors = count_descriptors();
	test_plays(dir);
	test_mailbox(dir);
	test_time(dir);
	fails(dir, cut_file, PATIENCE, "kernel-broken", "");
	test_death(dir);
	/* Whatever was handed over has been closed. */
	assert(count_descriptors() == descriptors);
	assert(rmdir(dir) == 0);
	return 0;
}
