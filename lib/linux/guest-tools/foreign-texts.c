/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines of the old hypervisor's parts are commented out or changed. */
#include "linux/guest-tools/foreign-texts.h"

#include "core/lines.h"
#include "linux/text/edit.h"

static bool is_comment(const char *line)
{
	line += strspn(line, " \t");
	return *line == '#' || !*line;
}

static char *comment(const char *line)
{
	return v2v_format("# %s", line);
}

static char *edit_share(const char *line, void *opaque, struct v2v_text *what)
{
	static const char *const types[] = { "vmhgfs", "fuse.vmhgfs-fuse",
		"vboxsf", "prl_fs" };
	CLEANUP_FREE char *copy = v2v_strdup(line);
	char *source = v2v_line_trim(copy), *point, *type;

	(void)opaque;
	if (is_comment(line))
		return NULL;
	point = v2v_line_split(source);
	type = v2v_line_split(point);
	v2v_line_split(type);
	if (!*type)
		return NULL;
	if (!v2v_is_one_of(type, types) &&
		!v2v_starts_with(source, ".host:/") &&
		strcmp(source, "vmhgfs-fuse") != 0)
		return NULL;
	v2v_what_add(what, "the old host's folder at %s commented out", point);
	return comment(line);
}

char *v2v_foreign_fstab(const char *text, struct v2v_text *what)
{
	return v2v_edit_each_line(text, edit_share, NULL, what);
}

/* Only those that fail to load elsewhere: a driver of a card does no harm. */
static bool is_foreign_module(const char *name)
{
	static const char *const names[] = { "vmhgfs", "vmblock", "vmmemctl",
		"vmsync", "vmci", "vmxnet", "vmdesched", "vmw_vmci",
		"vmw_balloon", "vmware_balloon", "vboxguest", "vboxsf",
		"vboxvideo", "vboxadd", "vboxvfs", "prl_fs", "prl_tg",
		"prl_eth", "prl_fs_freeze", "hv_vmbus", "hv_storvsc",
		"hv_netvsc", "hv_utils", "hv_balloon", "xen_netfront",
		"xen_blkfront", "xennet", "xenblk" };
	CLEANUP_FREE char *plain = v2v_strdup(name);

	for (char *s = plain; *s; s++)
		if (*s == '-')
			*s = '_';
	return v2v_is_one_of(plain, names);
}

static char *edit_module(const char *line, void *opaque, struct v2v_text *what)
{
	CLEANUP_FREE char *copy = v2v_strdup(line);
	char *name = v2v_line_trim(copy);

	(void)opaque;
	v2v_line_split(name);
	if (is_comment(line) || !is_foreign_module(name))
		return NULL;
	v2v_what_add(what, "module %s commented out", name);
	return comment(line);
}

char *v2v_foreign_modules(const char *text, struct v2v_text *what)
{
	return v2v_edit_each_line(text, edit_module, NULL, what);
}

/* "install pciehp /sbin/modprobe -q --ignore-install acpiphp; …" keeps PCI
 * Express from its hotplug driver. */
static char *edit_modprobe_d(
	const char *line, void *opaque, struct v2v_text *what)
{
	CLEANUP_FREE char *copy = v2v_strdup(line);
	char *word = v2v_line_trim(copy), *first = word, *next;
	bool foreign = false;

	(void)opaque;
	if (is_comment(line))
		return NULL;
	for (; *word; word = next) {
		next = v2v_line_split(word);
		foreign |= is_foreign_module(word) ||
			   (word != first && strcmp(first, "install") == 0 &&
				   strcmp(word, "pciehp") == 0);
	}
	if (!foreign)
		return NULL;
	v2v_what_add(what, "'%s …' commented out", first);
	return comment(line);
}

char *v2v_foreign_modprobe_d(const char *text, struct v2v_text *what)
{
	return v2v_edit_each_line(text, edit_modprobe_d, NULL, what);
}

/* What old systems load at boot by a general name. */
struct aliases {
	const char *net;
	bool has_adapter;
};

static char *alias_to(const char *line, const char *name, const char *driver,
	const char *new_driver, struct v2v_text *what)
{
	size_t indent = strspn(line, " \t");

	if (strcmp(driver, new_driver) == 0)
		return NULL;
	v2v_what_add(what, "%s: %s → %s", name, driver, new_driver);
	return v2v_format(
		"%.*salias %s %s", (int)indent, line, name, new_driver);
}

static bool is_numbered(const char *name, const char *base)
{
	if (!v2v_starts_with(name, base))
		return false;
	name += strlen(base);
	return !name[strspn(name, "0123456789")];
}

static char *edit_alias(const char *line, void *opaque, struct v2v_text *what)
{
	struct aliases *a = opaque;
	CLEANUP_FREE char *copy = v2v_strdup(line);
	char *word = v2v_line_trim(copy), *name, *driver;

	name = v2v_line_split(word);
	driver = v2v_line_split(name);
	v2v_line_split(driver);
	if (strcmp(word, "alias") != 0 || !*driver)
		return NULL;
	if (is_numbered(name, "eth"))
		return alias_to(line, name, driver, a->net, what);
	if (!is_numbered(name, "scsi_hostadapter"))
		return NULL;
	if (!a->has_adapter) {
		a->has_adapter = true;
		return alias_to(line, name, driver, "virtio_blk", what);
	}
	v2v_what_add(what, "%s (%s) commented out", name, driver);
	return comment(line);
}

char *v2v_foreign_modprobe_conf(const char *text, struct v2v_text *what)
{
	struct aliases a = { "virtio_net", false };

	return v2v_edit_each_line(text, edit_alias, &a, what);
}

char *v2v_foreign_modprobe_conf_e1000(const char *text, struct v2v_text *what)
{
	struct aliases a = { "e1000", false };

	return v2v_edit_each_line(text, edit_alias, &a, what);
}

/* X's configuration: which section the line is in. */
struct xorg {
	const char *video;
	bool in_device;
};

/* The value of "KEY value" or `KEY "value"`, keys without case; NULL. */
static char *xorg_value(char *line, const char *key)
{
	char *word = v2v_line_trim(line), *rest = v2v_line_split(word);
	char *end;

	if (strcasecmp(word, key) != 0 || *rest != '"')
		return NULL;
	end = strchr(++rest, '"');
	if (!end)
		return NULL;
	*end = '\0';
	return rest;
}

static char *edit_driver(const char *line, const char *driver,
	const char *new_driver, struct v2v_text *what)
{
	const char *quote = strchr(line, '"');

	v2v_what_add(what, "%s → %s", driver, new_driver);
	return v2v_format("%.*s\"%s\"%s", (int)(quote - line), line, new_driver,
		strchr(quote + 1, '"') + 1);
}

static char *edit_xorg(const char *line, void *opaque, struct v2v_text *what)
{
	static const char *const videos[] = { "vmware", "vmwlegacy",
		"vboxvideo", "prlvideo" };
	static const char *const mice[] = { "vmmouse", "vboxmouse",
		"prlmouse" };
	struct xorg *x = opaque;
	CLEANUP_FREE char *section_line = v2v_strdup(line);
	CLEANUP_FREE char *driver_line = v2v_strdup(line);
	CLEANUP_FREE char *bus_line = v2v_strdup(line);
	const char *section = xorg_value(section_line, "Section");
	const char *driver = xorg_value(driver_line, "Driver");
	const char *bus = xorg_value(bus_line, "BusID");

	if (section)
		x->in_device = strcasecmp(section, "Device") == 0;
	if (v2v_is_one_of(driver, videos))
		return edit_driver(line, driver, x->video, what);
	if (v2v_is_one_of(driver, mice))
		return edit_driver(line, driver, "mouse", what);
	if (!bus || !x->in_device)
		return NULL;
	v2v_what_add(what, "BusID commented out");
	return comment(line);
}

char *v2v_foreign_xorg(const char *text, struct v2v_text *what)
{
	struct xorg x = { "modesetting", false };

	return v2v_edit_each_line(text, edit_xorg, &x, what);
}

char *v2v_foreign_xorg_old(const char *text, struct v2v_text *what)
{
	struct xorg x = { "vesa", false };

	return v2v_edit_each_line(text, edit_xorg, &x, what);
}
