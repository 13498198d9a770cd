/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Labels for files that the conversion made; edited ones keep theirs. */
#include "convert/linux/labels.h"
#include "convert/linux/linux.h"
#include "core/file.h"
#include "core/open.h"
#include "core/workdir.h"
#include "guest/files.h"
#include "inspect/lines.h"

#include <fcntl.h>

/* selinux(8), /etc/selinux/config */
struct policy {
	bool off;
	char *type;
};

static void set(
	const char *section, const char *key, const char *value, void *opaque)
{
	struct policy *policy = opaque;

	(void)section;
	if (strcmp(key, "SELINUX") == 0) {
		policy->off = strcasecmp(value, "disabled") == 0;
	} else if (strcmp(key, "SELINUXTYPE") == 0) {
		free(policy->type);
		policy->type = v2v_strdup(value);
	}
}

static bool is_plain(const char *type)
{
	return *type && !type[strspn(type, "abcdefghijklmnopqrstuvwxyz"
					   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					   "0123456789_-")];
}

/* Where the contexts of the guest's policy lie, the caller's; NULL where it
 * has none or does not use it. */
static char *contexts_of(struct v2v_guest *guest)
{
	CLEANUP_FREE char *text = v2v_guest_text(guest, "/etc/selinux/config");
	struct policy policy = { false, NULL };
	CLEANUP_FREE char *type = NULL;

	if (!text)
		return NULL;
	v2v_ini_read(text, set, &policy);
	type = policy.type ? policy.type : v2v_strdup("targeted");
	if (policy.off || !is_plain(type))
		return NULL;
	return v2v_format("/etc/selinux/%s/contexts/files/file_contexts", type);
}

/* 1 where there is one. */
static int fetch_one(struct v2v_guest *guest, const char *from, const char *to,
	struct v2v_error *err)
{
	CLEANUP_FREE char *text = NULL;
	CLEANUP_CLOSE int fd = -1;

	if (v2v_guest_read(guest, from, &text, err) < 0)
		return -1;
	if (!text)
		return 0;
	fd = v2v_open(to, O_WRONLY | O_CREAT | O_EXCL, 0600);
	if (fd < 0)
		return v2v_fail_errno(err, "cannot create '%s'", to);
	return v2v_write_all(fd, to, text, strlen(text), err) < 0 ? -1 : 1;
}

/* The texts only: compiled expressions (.bin) of a stranger are not loaded. */
static int fetch(struct v2v_guest *guest, const char *from, const char *dir,
	struct v2v_error *err)
{
	static const char *const suffixes[] = { "", ".homedirs", ".local",
		".subs", ".subs_dist" };
	int any = 0;

	for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
		CLEANUP_FREE char *name = v2v_format("%s%s", from, suffixes[i]);
		CLEANUP_FREE char *to =
			v2v_format("%s/file_contexts%s", dir, suffixes[i]);
		int got = fetch_one(guest, name, to, err);

		if (got < 0)
			return -1;
		if (i == 0)
			any = got;
	}
	return any;
}

static int label(struct v2v_linux *c, const char *dir, struct v2v_error *err)
{
	const struct v2v_list *created = v2v_guest_created(c->guest);
	CLEANUP_FREE char *contexts = v2v_format("%s/file_contexts", dir);
	CLEANUP_NAMES struct v2v_list labels = { 0 };
	struct v2v_error why = { 0 };

	if (v2v_labels_find(c->v, contexts, created, &labels, &why) < 0) {
		if (v2v_check_cancel(c->v, err) < 0)
			return -1;
		v2v_warn(c->v, "guest-labels",
			"%s: new files get no SELinux label", why.text);
		return 0;
	}
	for (size_t i = 0; i < labels.count; i++)
		v2v_guest_label(c->guest, v2v_items(char *, created)[i],
			v2v_items(char *, &labels)[i]);
	return 0;
}

int v2v_linux_selinux(struct v2v_linux *c, struct v2v_error *err)
{
	CLEANUP_FREE char *contexts = NULL, *dir = NULL;
	int status;

	if (v2v_guest_created(c->guest)->count == 0)
		return 0;
	contexts = contexts_of(c->guest);
	if (!contexts)
		return 0;
	dir = v2v_workdir_temporary(c->v->tmpdir, "tmp-v2v-", err);
	if (!dir)
		return -1;
	status = fetch(c->guest, contexts, dir, err);
	if (status > 0)
		status = label(c, dir, err);
	v2v_remove_tree(dir);
	return status < 0 ? -1 : 0;
}
