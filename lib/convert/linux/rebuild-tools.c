/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Command lines of tools that make an initramfs. */
#include "convert/linux/rebuild.h"

/*
 * An argument for each word; in it @I is the initrd, @V the release, @K the
 * kernel, @R the root's device, @D all drivers in one word, and a word that
 * ends in @d is there once for each.  Which modules the appliance's hardware
 * would need is of no use: none looks at that.
 */
static const struct tool {
	const char *path;
	const char *name;
	const char *initrd; /* how its initrds begin; NULL: any */
	const char *words[10];
} tools[] = {
	{ "/usr/bin/booster", "booster", "booster-",
		{ "build", "--force", "--universal", "--kernel-version", "@V",
			"@I" } },
	{ "/usr/sbin/update-initramfs", "update-initramfs", "initrd.img-",
		{ "-u", "-k", "@V" } },
	{ "/usr/bin/mkinitcpio", "mkinitcpio", NULL,
		{ "-S", "autodetect", "-k", "@V", "-g", "@I" } },
	{ "/sbin/mkinitfs", "mkinitfs", NULL, { "-o", "@I", "@V" } },
	{ "/usr/sbin/make-initrd", "make-initrd", NULL, { "-k", "@V" } },
	{ "/usr/bin/dracut", "dracut", NULL,
		{ "--force", "--no-hostonly", "--add-drivers", "@D", "@I",
			"@V" } },
	{ "/sbin/dracut", "dracut", NULL,
		{ "--force", "--no-hostonly", "--add-drivers", "@D", "@I",
			"@V" } },
	/* SUSE's: -d, and rootdev= where it does not ask for that. */
	{ "/lib/mkinitrd/scripts/setup-prepare.sh", "mkinitrd", NULL,
		{ "/usr/bin/env", "rootdev=@R", "/sbin/mkinitrd", "-m", "@D",
			"-i", "@I", "-k", "@K", "-d" } },
	/* RHEL 5's and older. */
	{ "/sbin/mkinitrd", "mkinitrd", NULL,
		{ "-f", "--with=@d", "@I", "@V" } },
};

static char *joined(const struct v2v_list *names)
{
	struct v2v_text text = { 0 };

	v2v_list_foreach (char *, name, names)
		v2v_text_join(&text, " ", "%s", *name);
	return v2v_text_take(&text);
}

static void add_word(
	const struct v2v_rebuild *r, const char *word, struct v2v_list *argv)
{
	const char *at = strchr(word, '@');
	size_t n = at ? (size_t)(at - word) : strlen(word);
	CLEANUP_FREE char *drivers = joined(r->drivers), *whole = NULL;
	const char *value = "";

	if (at && at[1] == 'd') {
		v2v_list_foreach (char *, name, r->drivers) {
			CLEANUP_FREE char *one =
				v2v_format("%.*s%s", (int)n, word, *name);

			v2v_list_add_string(argv, one);
		}
		return;
	}
	if (at)
		value = at[1] == 'I'   ? r->initrd
			: at[1] == 'V' ? r->release
			: at[1] == 'K' ? r->vmlinuz
			: at[1] == 'R' ? r->root
				       : drivers;
	whole = v2v_format("%.*s%s", (int)n, word, value);
	v2v_list_add_string(argv, whole);
}

static bool makes(const struct tool *tool, const char *initrd)
{
	const char *slash = strrchr(initrd, '/');

	return !tool->initrd ||
	       v2v_starts_with(slash ? slash + 1 : initrd, tool->initrd);
}

const char *v2v_rebuild_command(const struct v2v_rebuild *r,
	bool (*is_there)(const char *path, void *opaque), void *opaque,
	struct v2v_list *argv)
{
	for (size_t i = 0; i < ARRAY_SIZE(tools); i++) {
		const struct tool *tool = &tools[i];

		if (!makes(tool, r->initrd) || !is_there(tool->path, opaque))
			continue;
		if (tool->words[0][0] != '/')
			v2v_list_add_string(argv, tool->path);
		for (size_t j = 0; j < 10 && tool->words[j]; j++)
			add_word(r, tool->words[j], argv);
		if (v2v_ends_with(tool->words[0], "/env"))
			v2v_list_add_string(argv, r->root);
		return tool->name;
	}
	return NULL;
}
