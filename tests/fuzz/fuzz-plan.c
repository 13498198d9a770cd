/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One plan: the input is steps (write, copy, replace, append, make a directory,
 * remove) over a small guest with links of every sort.  Planning changes
 * nothing; a step that fails plans nothing; what the plan shows is what there
 * is once it is committed.  A commit of a guest that breaks off fails and says
 * so.
 */
#include "scratch.h"

#include "../unit/plan-guest.h"

#include "model/guestcaps.h"
#include "plan/plan-private.h"

#include <sys/mman.h>

#define MAX_STEPS 48
#define MAX_BYTES 600 /* of one content */

struct source {
	const uint8_t *data;
	size_t size;
};

struct play {
	struct source in;
	struct plan_guest *machine;
	struct v2v_plan plan;
	struct v2v_list used; /* names of its own, of char * */
	int fd;		      /* the last content that was a file; -1 */
};

static unsigned next(struct source *in)
{
	if (!in->size)
		return 0;
	in->size--;
	return *in->data++;
}

/* So many bytes of the input, the caller's. */
static char *take(struct source *in, size_t n, size_t *ret_size)
{
	char *taken;

	n = n < in->size ? n : in->size;
	taken = v2v_alloc(1, n + 1);
	memcpy(taken, in->data, n);
	in->data += n;
	in->size -= n;
	*ret_size = n;
	return taken;
}

static const char *take_name(struct play *p)
{
	unsigned byte = next(&p->in);
	size_t size;

	if (byte < 250)
		return plan_guest_names[byte % ARRAY_SIZE(plan_guest_names)];
	*(char **)v2v_list_add(&p->used, sizeof(char *)) =
		take(&p->in, next(&p->in) % 32, &size);
	return v2v_items(char *, &p->used)[p->used.count - 1];
}

static char *take_text(struct play *p, size_t *ret_size)
{
	unsigned byte = next(&p->in);

	return take(&p->in, byte == 255 ? MAX_BYTES : byte % 64, ret_size);
}

/* Now and then the same once more. */
static int take_fd(struct play *p)
{
	size_t size;
	CLEANUP_FREE char *text = NULL;

	if (p->fd >= 0 && next(&p->in) % 4 == 0)
		return p->fd;
	text = take_text(p, &size);
	if (p->fd >= 0)
		close(p->fd);
	p->fd = memfd_create("content", MFD_CLOEXEC);
	/* What comes from the host is not text. */
	assert(write(p->fd, "", 1) == 1);
	assert(write(p->fd, text, size) == (ssize_t)size);
	return p->fd;
}

/* The guest's folder, new. */
static char *make_guest(void)
{
	CLEANUP_FREE char *root = v2v_format("%s/guest", fuzz_dir());

	v2v_remove_tree(root);
	assert(mkdir(root, 0755) == 0);
	plan_guest_make(root);
	return v2v_take(root);
}

/* What is made when it is needed: a copy of a file. */
static int make_copy(void *opaque, int out, struct v2v_error *err)
{
	return v2v_stage_copy(*(int *)opaque, out, 0, err);
}

static void free_copy(void *opaque)
{
	close(*(int *)opaque);
	free(opaque);
}

static int replace_later(
	struct play *p, const char *name, int fd, struct v2v_error *err)
{
	const struct v2v_maker maker = { make_copy, free_copy,
		v2v_alloc(1, sizeof fd) };

	*(int *)maker.opaque = dup(fd);
	return v2v_plan_replace_later(&p->plan, name, &maker, 1, err);
}

static int do_step(struct play *p, struct v2v_error *err)
{
	static const unsigned aligns[] = { 1, 4, 512 };
	unsigned step = next(&p->in);
	const char *name = take_name(p);
	CLEANUP_FREE char *text = NULL;
	size_t size;

	switch (step % 7) {
	case 0:
		text = take_text(p, &size);
		return v2v_plan_write(&p->plan, name, text, err);
	case 1:
		return v2v_plan_copy(&p->plan, name, take_name(p), err);
	case 2:
		return step / 7 % 2 ? replace_later(p, name, take_fd(p), err)
				    : v2v_plan_replace(
					      &p->plan, name, take_fd(p), err);
	case 3:
		return v2v_plan_append(&p->plan, name, take_fd(p),
			aligns[step / 7 % ARRAY_SIZE(aligns)], err);
	case 4:
		return v2v_plan_make_dir(&p->plan, name, err);
	case 5:
		/* What lies below a link that is gone is not asked. */
		if (v2v_tree_is_dir(&p->plan.tree, name))
			return 0;
		return v2v_plan_remove(&p->plan, name, err);
	default:
		text = take_text(p, &size);
		v2v_plan_changed(
			&p->plan, name, "device-name", NULL, "%s", text);
		v2v_plan_note(&p->plan, "fuzz", "%s", text);
		return 0;
	}
}

/* A step that fails says why, and is not in the plan. */
static void do_steps(struct play *p)
{
	for (unsigned i = 0; i < MAX_STEPS && p->in.size; i++) {
		struct v2v_error err = { 0 };
		size_t before = p->plan.ops.count;

		if (do_step(p, &err) == 0)
			continue;
		assert(*err.text && err.code && *err.code);
		assert(p->plan.ops.count == before ||
			strcmp(err.code, "guest-write") == 0);
		v2v_plan_block(&p->plan, &err);
	}
}

/* What people are shown. */
static void print(const struct v2v_plan *plan)
{
	CLEANUP_FREE char *diff = v2v_plan_diff(plan);
	struct v2v_list found CLEANUP_STRINGS = { 0 };
	const struct v2v_guestcaps caps = { .changes = plan->changes };
	json_auto_t *stored = v2v_guestcaps_store(&caps);
	CLEANUP_FREE char *text = json_dumps(stored, 0);

	assert(diff && text);
	v2v_tree_glob(&plan->tree, "/{etc,boot,d{,/e}}/*", &found);
	v2v_list_foreach (char *, name, &found)
		assert(**name == '/');
}

static void check_room(const struct v2v_plan *plan, bool is_full)
{
	struct v2v_inspect inspect CLEANUP_INSPECT = { .type = NULL };
	struct v2v_error err = { 0 };
	struct v2v_mountpoint *root =
		v2v_list_add(&inspect.mountpoints, sizeof *root);

	struct v2v_filesystem *filesystem =
		v2v_list_add(&inspect.filesystems, sizeof *filesystem);

	root->path = v2v_strdup("/");
	root->device = v2v_strdup("/dev/sda1");
	filesystem->device = v2v_strdup("/dev/sda1");
	filesystem->statvfs = v2v_alloc(1, sizeof *filesystem->statvfs);
	*filesystem->statvfs = (struct v2v_statvfs){
		.bsize = 4096, .blocks = 1 << 21, .bfree = is_full ? 0 : 1 << 20
	};
	v2v_plan_check_room(plan, &inspect, &err);
	same("room", err.code, is_full ? "guest-no-space" : NULL);
}

/* @end_at: the appliance ends then; 0: it does not. */
static void commit(struct play *p, const char *root, unsigned end_at)
{
	CLEANUP_FREE char *planned = plan_guest_see(&p->plan.tree), *now = NULL;
	struct v2v_error err = { 0 };
	struct plan_guest after;
	int status;

	p->machine->fake.end_at = end_at ? p->machine->fake.calls + end_at : 0;
	status = v2v_plan_commit(&p->plan, &p->machine->guest, &err);
	if (status < 0) {
		/* Only a name of the input's own may be one that no filesystem
		 * takes. */
		if (!end_at && !p->used.count)
			same("commit", err.text, "no error");
		assert(*err.text && err.code);
		return;
	}
	if (p->used.count || end_at)
		return;
	plan_guest_open(&after, root, fuzz_dir());
	now = plan_guest_see(&after.tree);
	same("committed", now, planned);
	plan_guest_close(&after);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_FREE char *root = make_guest(), *planned = NULL;
	static char *before; /* the same each time */
	struct plan_guest m, fresh;
	struct play p = { .in = { data, size }, .machine = &m, .fd = -1 };
	unsigned end_at = next(&p.in), room = next(&p.in);

	plan_guest_open(&m, root, fuzz_dir());
	if (!before)
		before = plan_guest_see(&m.tree);
	v2v_plan_init(&p.plan, &m.tree);
	do_steps(&p);
	print(&p.plan);
	check_room(&p.plan, room % 2);
	assert(m.fake.puts == 0);
	plan_guest_open(&fresh, root, fuzz_dir());
	planned = plan_guest_see(&fresh.tree);
	same("planning changes nothing", planned, before);
	plan_guest_close(&fresh);
	commit(&p, root, end_at < 200 ? 0 : end_at - 199);
	v2v_plan_clear(&p.plan);
	v2v_strings_clear(&p.used);
	if (p.fd >= 0)
		close(p.fd);
	plan_guest_close(&m);
	return 0;
}
