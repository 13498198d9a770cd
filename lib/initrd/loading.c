/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The lists of modules in an initramfs.  Where udev runs in it (dracut,
 * initramfs-tools, mkinitcpio's udev and systemd hooks, mkinitfs'
 * nlplug-findfs) the device's alias loads its driver; a list is what others
 * have, and does no harm beside it.
 */
#include "initrd/loading.h"

#include "initrd/words.h"

#define BOOSTER "etc/booster.init.yaml"
#define SYSTEMD "etc/modules-load.d/v2v-virtio.conf"

static char *add_lines(const char *text, const struct v2v_list *names)
{
	return v2v_words_add_lines(text, names);
}

/* init of mkinitcpio runs modprobe over it before its hooks. */
static char *add_to_modules(const char *text, const struct v2v_list *names)
{
	return v2v_words_add_to(text, "MODULES", true, names);
}

static char *add_to_resolved(const char *text, const struct v2v_list *names)
{
	return v2v_words_add_to(text, "RESOLVED_INITRD_MODULES", false, names);
}

static const struct list {
	const char *generator, *path;
	char *(*edit)(const char *text, const struct v2v_list *names);
	bool make; /* where it is not there */
} lists[] = {
	{ "initramfs-tools", "conf/modules", add_lines, false },
	{ "mkinitcpio", "config", add_to_modules, false },
	{ "suse-mkinitrd", "config/start.sh", add_to_resolved, false },
	/* It gives what config/ does not say. */
	{ "suse-mkinitrd", "run_all.sh", add_to_resolved, false },
	{ "mkinitfs", "etc/modules", add_lines, true },
	/* Groups that its init goes through by default. */
	{ "genkernel", "etc/modules/virtio", add_lines, false },
	{ "genkernel", "etc/modules/scsi", add_lines, false },
	{ "genkernel", "etc/modules/sata", add_lines, false },
	{ "slackware", "load_kernel_modules", v2v_words_add_modprobes, false },
};

const char *const v2v_loading_files[] = { "conf/modules", "config",
	"config/start.sh", "run_all.sh", "etc/modules", "etc/modules/virtio",
	"etc/modules/scsi", "etc/modules/sata", "load_kernel_modules", BOOSTER,
	SYSTEMD, "init", NULL };

static bool has_list(const struct v2v_initrd *initrd)
{
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		if (v2v_streq(initrd->generator, lists[i].generator) &&
			(lists[i].make ||
				v2v_initrd_file(initrd, lists[i].path)))
			return true;
	return false;
}

bool v2v_loading_is_known(const struct v2v_initrd *initrd)
{
	const char *init = v2v_initrd_text(initrd, "init");

	if (initrd->is_shell)
		return false;
	if (v2v_streq(initrd->generator, "booster"))
		return v2v_initrd_file(initrd, BOOSTER) != NULL;
	/* A script without insmod lines has no place for more. */
	if (v2v_streq(initrd->generator, "nash"))
		return init && strstr(init, "insmod /lib/");
	return initrd->has_udev || initrd->has_modules_load || has_list(initrd);
}

static void put(
	struct v2v_list *texts, const char *path, uint32_t mode, char *text)
{
	struct v2v_initrd_text *added;

	if (!text)
		return;
	added = v2v_list_add(texts, sizeof *added);
	added->path = v2v_strdup(path);
	added->text = text;
	added->mode = mode;
}

static void edit_lists(const struct v2v_initrd *initrd,
	const struct v2v_list *drivers, struct v2v_list *texts)
{
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		const struct v2v_initrd_text *file =
			v2v_initrd_file(initrd, lists[i].path);

		if (!v2v_streq(initrd->generator, lists[i].generator) ||
			(!file && !lists[i].make))
			continue;
		put(texts, lists[i].path, file ? file->mode : 0644,
			lists[i].edit(file ? file->text : "", drivers));
	}
}

/* What @name needs, added to @text; NULL where that stays as it is. */
static char *add_needs(
	const char *text, const struct v2v_modules *modules, const char *name)
{
	struct v2v_list needs CLEANUP_STRINGS = { 0 };

	v2v_modules_needs(modules, name, &needs);
	return v2v_words_add_needs(text, name, &needs);
}

/* booster loads without modules.dep: what each needs is in its
 * configuration. */
static char *edit_booster(const char *text, const struct v2v_modules *modules,
	const struct v2v_list *drivers)
{
	struct v2v_list all CLEANUP_STRINGS = { 0 };
	char *now = v2v_words_add_forced(text, drivers);

	v2v_list_foreach (char *, driver, drivers) {
		v2v_list_add_string(&all, *driver);
		v2v_modules_needs(modules, *driver, &all);
	}
	v2v_list_foreach (char *, name, &all) {
		char *next = add_needs(now ? now : text, modules, *name);

		if (!next)
			continue;
		free(now);
		now = next;
	}
	return now;
}

void v2v_loading_edit(const struct v2v_initrd *initrd,
	const struct v2v_modules *modules, const struct v2v_list *drivers,
	const struct v2v_list *files, struct v2v_list *texts)
{
	const struct v2v_initrd_text *booster =
		v2v_initrd_file(initrd, BOOSTER);
	const struct v2v_initrd_text *init = v2v_initrd_file(initrd, "init");
	const char *loaded = v2v_initrd_text(initrd, SYSTEMD);

	edit_lists(initrd, drivers, texts);
	if (booster)
		put(texts, BOOSTER, booster->mode,
			edit_booster(booster->text, modules, drivers));
	if (init && v2v_streq(initrd->generator, "nash"))
		put(texts, "init", init->mode,
			v2v_words_add_insmods(init->text, files));
	if (initrd->has_modules_load)
		put(texts, SYSTEMD, 0644,
			add_lines(loaded ? loaded : "", drivers));
}
