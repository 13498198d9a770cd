/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A small guest with links of every sort, as a folder of the host, for plans
 * over it; and all that can be seen of it. */
#ifndef V2V_TEST_PLAN_GUEST_H
#define V2V_TEST_PLAN_GUEST_H

#include "fake-appliance.h"

#include "plan/plan.h"

#define MAX_SEEN 600 /* bytes of one file */

/* The guest: name, then a text, or "-> " and where a link leads, "= " and what
 * it is another name of, "/" (a directory), "|" (a pipe). */
static const char *const plan_guest_files[][2] = {
	{ "/etc", "/" },
	{ "/boot", "/" },
	{ "/boot/efi", "/" },
	{ "/etc/fstab",
		"/dev/sda1 / ext4 defaults 0 1\n/dev/sdb1 /data xfs\n" },
	{ "/etc/hard", "= /etc/fstab" },
	{ "/etc/link", "-> fstab" },
	{ "/boot/cfg", "linux /vmlinuz root=/dev/sda1" },
	{ "/etc/up", "-> ../boot/cfg" },
	{ "/boot/initrd", "0707\1\2\3" },
	{ "/boot/empty", "" },
	{ "/etc/alias", "-> /boot" },
	{ "/etc/gone", "-> /nowhere" },
	{ "/etc/loop", "-> loop" },
	{ "/etc/pipe", "|" },
};

/* What steps of a plan name. */
static const char *const plan_guest_names[] = {
	"/etc/fstab",
	"/etc/hard",
	"/etc/link",
	"/boot/cfg",
	"/etc/up",
	"/etc/alias/cfg",
	"/boot/initrd",
	"/etc/alias/initrd",
	"/boot/empty",
	"/etc/new",
	"/boot/new",
	"/etc/alias/new",
	"/d",
	"/d/e",
	"/d/e/new",
	"/d/e/f",
	"/etc/gone",
	"/etc/loop",
	"/etc/pipe",
	"/boot/efi",
	"/etc/../boot/cfg",
	"/boot/cfg/below",
	"/missing/new",
	"/etc/alias",
	"/",
};

struct plan_guest {
	struct guestfs_h fake;
	struct v2v_guest guest;
	struct v2v_tree tree;
};

static void plan_guest_file(int root, const char *name, const char *what)
{
	CLEANUP_CLOSE int fd = -1;

	name++;
	if (v2v_starts_with(what, "-> "))
		assert(symlinkat(what + 3, root, name) == 0);
	else if (v2v_starts_with(what, "= "))
		assert(linkat(root, what + 3, root, name, 0) == 0);
	else if (strcmp(what, "/") == 0)
		assert(mkdirat(root, name, 0755) == 0);
	else if (strcmp(what, "|") == 0)
		assert(mkfifoat(root, name, 0644) == 0);
	else {
		fd = openat(root, name, O_WRONLY | O_CREAT | O_EXCL, 0644);
		assert(write(fd, what, strlen(what)) == (ssize_t)strlen(what));
	}
}

/* All of it below @root, which is empty. */
static inline void plan_guest_make(const char *root)
{
	CLEANUP_CLOSE int fd = open(root, O_PATH | O_CLOEXEC);

	for (size_t i = 0; i < ARRAY_SIZE(plan_guest_files); i++)
		plan_guest_file(
			fd, plan_guest_files[i][0], plan_guest_files[i][1]);
}

/* @dir: for its temporary files. */
static inline void plan_guest_open(
	struct plan_guest *m, const char *root, const char *dir)
{
	*m = (struct plan_guest){ .fake = { .calls = 0 } };
	fake_guest_open(&m->guest, &m->fake, root, (char *)(uintptr_t)dir);
	m->tree = v2v_tree_of_guest(&m->guest);
}

static inline void plan_guest_close(struct plan_guest *m)
{
	v2v_guest_forget(&m->guest);
	json_decref(m->guest.texts);
	json_decref(m->guest.facts);
	json_decref(m->guest.told);
	v2v_strings_clear(&m->guest.large);
	v2v_free(m->guest.v);
}

/* What can be seen of a name. */
static inline void plan_guest_see_one(
	const struct v2v_tree *tree, const char *name, struct v2v_text *out)
{
	CLEANUP_FREE char *text = v2v_tree_text(tree, name);
	CLEANUP_FREE char *sum = v2v_tree_sha1(tree, name);
	CLEANUP_FREE char *real = v2v_tree_resolve(tree, name);
	struct v2v_list below CLEANUP_STRINGS = { 0 };
	char data[MAX_SEEN];

	v2v_text_addf(out, "%s: kind %d, %lld bytes, %s, at %s%s", name,
		v2v_tree_kind(tree, name), (long long)v2v_tree_size(tree, name),
		sum ? sum : "no sum", real ? real : "nowhere",
		v2v_tree_is_link(tree, name) ? ", a link" : "");
	v2v_text_addf(out, ", %zu bytes from 3 on",
		v2v_tree_read_at(tree, name, 3, data, sizeof data));
	if (v2v_tree_is_dir(tree, name))
		v2v_tree_list(tree, name, &below);
	v2v_list_foreach (char *, entry, &below)
		v2v_text_addf(out, " %s", *entry);
	v2v_text_addf(out, "\n%s\n", text ? text : "(no text)");
}

/* Of all names that the steps may have. */
static inline char *plan_guest_see(const struct v2v_tree *tree)
{
	struct v2v_text out = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(plan_guest_names); i++)
		plan_guest_see_one(tree, plan_guest_names[i], &out);
	return v2v_text_take(&out);
}
#endif
