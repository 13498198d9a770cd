/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Plans of a few steps over a guest with links of every sort: what a plan shows
 * is what there is once it is committed.  A step is "write NAME TEXT",
 * "replace NAME TEXT" and "append NAME TEXT" (of a file of the host), "later
 * NAME TEXT" (replace it by what is made when it is needed), "again NAME"
 * (append that file once more), "copy FROM TO", "make NAME", "remove NAME".
 */
#include "plan-guest.h"

#include "core/lines.h"

#include <sys/mman.h>

static const struct {
	const char *steps[6];
	const char *name, *text; /* at the end; NULL: no such file */
} cases[] = {
	{ { "write /etc/fstab new" }, "/etc/hard", "new" },
	{ { "write /etc/link new" }, "/etc/fstab", "new" },
	{ { "write /etc/gone new" }, "/etc/gone", "new" },
	{ { "make /d/e", "write /d/e/new new" }, "/d/e/new", "new" },
	{ { "write /etc/alias/new new" }, "/boot/new", "new" },
	{ { "remove /etc/fstab" }, "/etc/fstab", NULL },
	{ { "remove /etc/new" }, "/etc/new", NULL },
	{ { "write /etc/new new", "remove /etc/new" }, "/etc/new", NULL },
	{ { "write /boot/cfg a", "copy /boot/cfg /boot/new",
		  "remove /etc/alias/cfg" },
		"/boot/new", "a" },
	{ { "copy /boot/cfg /boot/new", "write /boot/cfg a",
		  "copy /boot/new /etc/new" },
		"/etc/new", "linux /vmlinuz root=/dev/sda1" },
	/* by another name, or a link, it is another file that is removed */
	{ { "write /etc/hard new", "remove /etc/fstab" }, "/etc/hard", "new" },
	{ { "write /etc/hard new", "remove /etc/fstab" }, "/etc/fstab", NULL },
	{ { "write /etc/up new", "remove /boot/cfg" }, "/boot/cfg", NULL },
	{ { "write /etc/up new", "remove /etc/up" }, "/boot/cfg", "new" },
	/* removed, then created again */
	{ { "remove /etc/link", "write /etc/link new" }, "/etc/link", "new" },
	{ { "remove /boot/cfg", "write /boot/cfg new" }, "/etc/up", "new" },
	{ { "remove /boot/cfg", "write /boot/cfg new" }, "/boot/cfg", "new" },
	{ { "remove /boot/cfg", "write /etc/up new" }, "/boot/cfg", NULL },
	{ { "remove /boot/cfg", "write /etc/up new" }, "/etc/up", "new" },
	{ { "remove /boot/cfg", "write /etc/up a", "write /boot/cfg b" },
		"/etc/up", "a" },
	{ { "remove /etc/fstab", "write /etc/hard a", "write /etc/fstab b" },
		"/etc/hard", "a" },
	{ { "remove /etc/fstab", "write /etc/hard a", "write /etc/fstab b" },
		"/etc/fstab", "b" },
	{ { "remove /etc/link", "write /etc/link new", "remove /etc/link" },
		"/etc/link", NULL },
	{ { "remove /boot/cfg", "make /boot/cfg", "write /boot/cfg/below b" },
		"/boot/cfg/below", "b" },
	/* a link that leads nowhere is not left */
	{ { "write /etc/gone new", "remove /etc/gone" }, "/etc/gone", NULL },
	/* one file of the host, given several times */
	{ { "append /boot/cfg \1", "again /boot/cfg" }, "/etc/new", NULL },
	{ { "append /boot/cfg \1", "again /boot/empty", "again /boot/cfg" },
		"/etc/new", NULL },
	{ { "replace /boot/cfg \1", "again /boot/cfg", "again /boot/initrd" },
		"/etc/new", NULL },
	/* made when it is needed */
	{ { "later /boot/cfg new" }, "/etc/new", NULL },
	{ { "later /boot/new new" }, "/etc/new", NULL },
	{ { "later /boot/cfg new", "copy /etc/up /boot/new" }, "/etc/new",
		NULL },
	{ { "later /boot/cfg new", "append /boot/cfg \1", "again /boot/cfg",
		  "again /boot/initrd" },
		"/etc/new", NULL },
	{ { "later /boot/cfg new", "write /boot/cfg a" }, "/boot/cfg", "a" },
	{ { "later /boot/cfg new", "later /boot/cfg b" }, "/etc/new", NULL },
	{ { "later /boot/cfg new", "remove /boot/cfg" }, "/boot/cfg", NULL },
};

/* Each is an error, and nothing is planned. */
static const char *const refused[] = {
	"write x new",
	"write x/y new",
	"write /etc/ new",
	"write /missing/x new",
	"write /boot new",
	"write /etc/pipe new",
	"copy /etc/fstab x",
	"copy x /etc/new",
	"append x new",
	"append /boot/new new",
	"replace x new",
	"later x new",
	"later /boot new",
	"make x",
	"make x/y",
	"make /d/",
	"make /boot/cfg",
	"make /boot/cfg/below",
	"remove x",
	"remove /boot",
	"remove /etc/new",
};

static int last = -1; /* file of the host */

static int host_file(const char *text)
{
	size_t n = strlen(text);

	if (last >= 0)
		close(last);
	last = memfd_create("content", MFD_CLOEXEC);
	/* Not a text, as an initrd is none. */
	assert(write(last, "", 1) == 1 && write(last, text, n) == (ssize_t)n);
	return last;
}

/* How often a content was made, and how many there are. */
static unsigned made, makers;

static int make_text(void *opaque, int out, struct v2v_error *err)
{
	const char *text = opaque;

	made++;
	if (strcmp(text, "fail") == 0)
		return v2v_fail(err, "io", "it cannot be made");
	assert(lseek(out, 0, SEEK_END) == 0);
	assert(write(out, "", 1) == 1 &&
		write(out, text, strlen(text)) == (ssize_t)strlen(text));
	return 0;
}

static void free_text(void *opaque)
{
	free(opaque);
	makers--;
}

/* Its size is not known before. */
static int replace_later(struct v2v_plan *plan, const char *name,
	const char *text, struct v2v_error *err)
{
	const struct v2v_maker maker = { make_text, free_text,
		v2v_strdup(text) };

	makers++;
	return v2v_plan_replace_later(plan, name, &maker, 1000, err);
}

static int do_step(
	struct v2v_plan *plan, const char *words, struct v2v_error *err)
{
	CLEANUP_FREE char *step = v2v_strdup(words);
	char *name = v2v_line_split(step), *more = v2v_line_split(name);

	if (strcmp(step, "write") == 0)
		return v2v_plan_write(plan, name, more, err);
	if (strcmp(step, "copy") == 0)
		return v2v_plan_copy(plan, name, more, err);
	if (strcmp(step, "replace") == 0)
		return v2v_plan_replace(plan, name, host_file(more), err);
	if (strcmp(step, "later") == 0)
		return replace_later(plan, name, more, err);
	if (strcmp(step, "append") == 0)
		return v2v_plan_append(plan, name, host_file(more), 4, err);
	if (strcmp(step, "again") == 0)
		return v2v_plan_append(plan, name, last, 4, err);
	if (strcmp(step, "make") == 0)
		return v2v_plan_make_dir(plan, name, err);
	assert(strcmp(step, "remove") == 0);
	return v2v_plan_remove(plan, name, err);
}

static char root[] = "/tmp/test-stage-XXXXXX", dir[] = "/tmp/test-stage-XXXXXX";

static void begin(struct plan_guest *m, struct v2v_plan *plan)
{
	v2v_remove_tree(root);
	assert(mkdir(root, 0755) == 0);
	plan_guest_make(root);
	plan_guest_open(m, root, dir);
	v2v_plan_init(plan, &m->tree);
}

static void test_case(size_t i)
{
	CLEANUP_FREE char *what = v2v_format("case %zu", i), *text = NULL;
	CLEANUP_FREE char *planned = NULL, *now = NULL;
	struct v2v_error err = { 0 };
	struct plan_guest m, after;
	struct v2v_plan plan;

	begin(&m, &plan);
	for (size_t k = 0; k < 6 && cases[i].steps[k]; k++)
		if (do_step(&plan, cases[i].steps[k], &err) < 0)
			/* There is nothing to be removed of that name. */
			same(what, err.text,
				"cannot remove the guest's '/etc/new': no such "
				"file");
	planned = plan_guest_see(&plan.tree);
	assert(m.fake.puts == 0);
	err = (struct v2v_error){ 0 };
	v2v_plan_commit(&plan, &m.guest, &err);
	same(what, err.text, "");
	plan_guest_open(&after, root, dir);
	now = plan_guest_see(&after.tree);
	same(what, now, planned);
	text = v2v_tree_text(&after.tree, cases[i].name);
	same(what, text, cases[i].text);
	plan_guest_close(&after);
	v2v_plan_clear(&plan);
	plan_guest_close(&m);
	assert(makers == 0);
}

static void test_refused(const char *step)
{
	struct v2v_error err = { 0 };
	struct plan_guest m;
	struct v2v_plan plan;

	begin(&m, &plan);
	assert(do_step(&plan, step, &err) < 0);
	assert(strcmp(err.code, "guest-write") == 0 ||
		strcmp(err.code, "guest-read") == 0);
	same(step, plan.ops.count ? "planned" : "refused", "refused");
	v2v_plan_clear(&plan);
	plan_guest_close(&m);
}

/* Two files that one file of the host is appended to have it once each. */
static void test_appended(void)
{
	struct v2v_error err = { 0 };
	struct plan_guest m;
	struct v2v_plan plan;

	begin(&m, &plan);
	do_step(&plan, "append /boot/empty \1\2", &err);
	do_step(&plan, "again /boot/initrd", &err);
	do_step(&plan, "again /boot/initrd", &err);
	same("appended", err.text, "");
	assert(v2v_tree_size(&plan.tree, "/boot/empty") == 3);
	assert(v2v_tree_size(&plan.tree, "/boot/initrd") == 8 + 4 + 3);
	assert(lseek(last, 0, SEEK_END) == 3);
	v2v_plan_clear(&plan);
	plan_guest_close(&m);
}

/* A plan that is only looked at makes no content; who reads it, or commits the
 * plan, makes it once. */
static void test_later(bool read)
{
	CLEANUP_FREE char *diff = NULL, *sum = NULL;
	struct v2v_error err = { 0 };
	struct plan_guest m;
	struct v2v_plan plan;

	begin(&m, &plan);
	made = 0;
	do_step(&plan, "later /boot/cfg large", &err);
	do_step(&plan, "append /boot/cfg \1\2", &err);
	do_step(&plan, "write /etc/fstab new", &err);
	diff = v2v_plan_diff(&plan);
	assert(strstr(diff, "Binary files a/boot/cfg and b/boot/cfg differ"));
	assert(v2v_tree_is_file(&plan.tree, "/etc/up"));
	assert(v2v_tree_size(&plan.tree, "/etc/up") == 1000 + 3);
	assert(made == 0 && makers == 1);
	if (read) {
		sum = v2v_tree_sha1(&plan.tree, "/etc/up");
		assert(made == 1 && makers == 0 && sum);
		/* Behind the padding. */
		assert(v2v_tree_size(&plan.tree, "/etc/up") == 8 + 3);
	}
	assert(m.fake.puts == 0);
	v2v_plan_commit(&plan, &m.guest, &err);
	same("later", err.text, "");
	assert(made == 1 && makers == 0);
	assert(v2v_tree_size(&m.tree, "/boot/cfg") == 8 + 3);
	v2v_plan_clear(&plan);
	plan_guest_close(&m);
}

/* What cannot be made is an error before anything is written, whatever comes
 * first in the plan; and room is asked for what was made. */
static void test_not_made(void)
{
	const struct v2v_inspect inspect = { 0 };
	struct v2v_error err = { 0 }, no_room = { 0 };
	struct plan_guest m;
	struct v2v_plan plan;

	begin(&m, &plan);
	do_step(&plan, "write /etc/fstab new", &err);
	do_step(&plan, "make /d", &err);
	do_step(&plan, "later /boot/cfg fail", &err);
	same("not made", err.text, "");
	assert(v2v_plan_check_room(&plan, &inspect, &no_room) < 0);
	assert(v2v_plan_commit(&plan, &m.guest, &err) < 0);
	same("not made", err.text, "'/boot/cfg': it cannot be made");
	same("not made", no_room.text, err.text);
	same("not made", err.code, "io");
	assert(m.fake.puts == 0 && !v2v_tree_is_dir(&m.tree, "/d"));
	v2v_plan_clear(&plan);
	plan_guest_close(&m);
	assert(makers == 0);
}

int main(void)
{
	assert(mkdtemp(root) && mkdtemp(dir));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		test_case(i);
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		test_refused(refused[i]);
	test_appended();
	test_later(false);
	test_later(true);
	test_not_made();
	close(last);
	v2v_remove_tree(root);
	v2v_remove_tree(dir);
	return 0;
}
