/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of devices that are others on the new machine. */
#include "bsd/bsd.h"
#include "core/lines.h"

#include <ctype.h>

#define MAX_MENTIONS 100

/* Drivers of the machines that guests come from; the family's names of SATA and
 * e1000 are left alone. */
static const struct driver {
	const char *type, *name;
	bool is_disk;
} drivers[] = {
	{ "freebsd", "da", true },
	{ "freebsd", "ad", true },
	{ "freebsd", "nda", true },
	{ "freebsd", "nvd", true },
	{ "freebsd", "mfid", true },
	{ "netbsd", "sd", true },
	{ "netbsd", "ld", true },
	{ "openbsd", "wd", true },
	{ NULL, "vmx", false },
	{ NULL, "vxn", false },
	{ NULL, "vic", false },
	{ NULL, "vmxnet", false },
	{ NULL, "le", false },
	{ NULL, "pcn", false },
	{ NULL, "igb", false },
	{ "netbsd", "em", false },
};

struct walk {
	const struct v2v_bsd *bsd;
	const char *path;
	unsigned line;
	size_t count;
	void (*call)(const struct v2v_bsd_mention *mention, void *opaque);
	void *opaque;
};

/* How long a name of this driver is at @s: letters, a number and of a disk what
 * names a part of it ("p2", "s1a"); 0: it is not. */
static size_t name_at(const char *s, const struct driver *driver)
{
	size_t n = strlen(driver->name);

	if (strncmp(s, driver->name, n) != 0 || !isdigit((unsigned char)s[n]))
		return 0;
	n += strspn(s + n, "0123456789");
	while (driver->is_disk && isalnum((unsigned char)s[n]))
		n++;
	return isalnum((unsigned char)s[n]) ? 0 : n;
}

static const struct driver *driver_at(
	const struct walk *w, const char *s, size_t *ret_length)
{
	for (size_t i = 0; i < ARRAY_SIZE(drivers); i++) {
		if (drivers[i].type &&
			strcmp(drivers[i].type, w->bsd->type) != 0)
			continue;
		*ret_length = name_at(s, &drivers[i]);
		if (*ret_length)
			return &drivers[i];
	}
	return NULL;
}

static void tell(struct walk *w, const struct driver *driver, const char *s,
	size_t length)
{
	const struct v2v_bsd *bsd = w->bsd;
	size_t n = strlen(driver->name);
	CLEANUP_FREE char *name = v2v_strndup(s, length);
	CLEANUP_FREE char *now = v2v_format(
		"%s%s", driver->is_disk ? bsd->sata : bsd->e1000, name + n);
	CLEANUP_FREE char *virtio = v2v_format("%s%s",
		driver->is_disk ? bsd->virtio_blk : bsd->virtio_net, name + n);

	if (w->count++ < MAX_MENTIONS)
		w->call(&(struct v2v_bsd_mention){ w->path, w->line, name, now,
				virtio, driver->is_disk },
			w->opaque);
}

/* A disk is a file of /dev; a label may be called as one ("/dev/ufs/da1"). */
static bool can_begin(const char *line, const char *s, bool is_disk)
{
	static const char dev[] = "/dev/";
	const size_t n = sizeof dev - 1;

	if (is_disk)
		return (size_t)(s - line) >= n && strncmp(s - n, dev, n) == 0;
	return s == line || !isalnum((unsigned char)s[-1]);
}

/* Each name once a line. */
static void look_at_line(struct walk *w, const char *line)
{
	for (const char *s = line; *s; s++) {
		size_t n = 0;
		const struct driver *driver = driver_at(w, s, &n);
		CLEANUP_FREE char *name = NULL;

		if (!driver || !can_begin(line, s, driver->is_disk))
			continue;
		name = v2v_strndup(s, n);
		if (strstr(line, name) == s)
			tell(w, driver, s, n);
		s += n - 1;
	}
}

static void look_at_file(
	struct walk *w, const struct v2v_tree *tree, const char *path)
{
	CLEANUP_FREE char *text = v2v_tree_text(tree, path);
	const char *s = text ? text : "";

	w->path = path;
	for (w->line = 1; *s; w->line++) {
		CLEANUP_FREE char *line = v2v_line_next(&s);

		if (*v2v_line_trim(line) != '#' &&
			!v2v_starts_with(v2v_line_trim(line), "<!--"))
			look_at_line(w, line);
	}
}

/* /etc/hostname.vmx0: the file's own name */
static void look_at_names(struct walk *w, const struct v2v_tree *tree)
{
	struct v2v_list names CLEANUP_STRINGS = { 0 };

	v2v_tree_list(tree, "/etc", &names);
	v2v_list_foreach (char *, name, &names) {
		CLEANUP_FREE char *path = v2v_format("/etc/%s", *name);

		w->path = path;
		w->line = 0;
		if (v2v_starts_with(*name, "hostname.") ||
			v2v_starts_with(*name, "ifconfig."))
			look_at_line(w, strchr(*name, '.') + 1);
	}
}

void v2v_bsd_mentions(const struct v2v_tree *tree, const struct v2v_bsd *bsd,
	void (*call)(const struct v2v_bsd_mention *mention, void *opaque),
	void *opaque)
{
	static const char *const files[] = { "/etc/fstab", "/boot/loader.conf",
		"/boot/loader.conf.local", "/etc/rc.conf", "/etc/rc.conf.local",
		"/etc/pf.conf", "/etc/ipf.rules", "/etc/dhcpd.conf",
		"/etc/dhcpd.interfaces", "/cf/conf/config.xml" };
	struct walk w = { .bsd = bsd, .call = call, .opaque = opaque };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		look_at_file(&w, tree, files[i]);
	if (!v2v_tree_is_file(tree, "/cf/conf/config.xml"))
		look_at_file(&w, tree, "/conf/config.xml");
	look_at_names(&w, tree);
}
