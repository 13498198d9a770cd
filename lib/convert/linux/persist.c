/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What keeps the drivers when the guest rebuilds its initramfs: the
 * configuration of each tool that is there. */
#include "convert/linux/linux.h"
#include "initrd/words.h"
#include "linux/kernels/initramfs.h"

/* Of its changes. */
#define CODE "initramfs-config"

static bool is_listed(const struct v2v_list *names, const char *name)
{
	v2v_list_foreach (char *, have, names)
		if (strcmp(*have, name) == 0)
			return true;
	return false;
}

static char *add_lines(const char *text, const struct v2v_list *names)
{
	return v2v_words_add_lines(text, names);
}

/* mkinitcpio.conf(5): an array, or a string of old. */
static char *add_to_mkinitcpio(const char *text, const struct v2v_list *names)
{
	return v2v_words_add_to(text, "MODULES", true, names);
}

/* /etc/sysconfig/kernel of SUSE's mkinitrd; later ones use dracut. */
static char *add_to_suse(const char *text, const struct v2v_list *names)
{
	return v2v_words_add_to(text, "INITRD_MODULES", false, names);
}

/* mkinitfs.conf: features, of which one has the drivers. */
static const char *feature_of(const struct v2v_list *names)
{
	return is_listed(names, "ahci") ? "ata" : "virtio";
}

static char *add_to_mkinitfs(const char *text, const struct v2v_list *names)
{
	CLEANUP_FREE char *feature = v2v_strdup(feature_of(names));
	const struct v2v_list features = { &feature, 1 };

	return v2v_words_add_to(text, "features", false, &features);
}

static char *add_to_booster(const char *text, const struct v2v_list *names)
{
	return v2v_words_add_yaml(text, "modules", names);
}

static const struct config {
	const char *path;
	char *(*edit)(const char *text, const struct v2v_list *names);
} configs[] = {
	{ "/etc/initramfs-tools/modules", add_lines },
	{ "/etc/mkinitcpio.conf", add_to_mkinitcpio },
	{ "/etc/sysconfig/kernel", add_to_suse },
	{ "/etc/mkinitfs/mkinitfs.conf", add_to_mkinitfs },
	{ "/etc/booster.yaml", add_to_booster },
};

static char *joined(const struct v2v_list *names)
{
	struct v2v_text text = { 0 };

	v2v_list_foreach (char *, name, names)
		v2v_text_join(&text, " ", "%s", *name);
	return v2v_text_take(&text);
}

static int edit(struct v2v_linux *c, const struct config *config,
	const struct v2v_list *names, struct v2v_error *err)
{
	CLEANUP_FREE char *text = NULL, *edited = NULL, *what = joined(names);

	if (v2v_tree_read(c->tree, config->path, &text, err) < 0)
		return -1;
	edited = text ? config->edit(text, names) : NULL;
	if (!edited || v2v_linux_is_sealed(c, config->path))
		return 0;
	if (v2v_plan_write(c->plan, config->path, edited, err) < 0)
		return -1;
	v2v_plan_changed(c->plan, config->path, CODE, NULL, "added: %s",
		config->edit == add_to_mkinitfs ? feature_of(names) : what);
	return 0;
}

/* dracut.conf(5) reads every file of its folder. */
static int add_to_dracut(struct v2v_linux *c, const struct v2v_list *names,
	struct v2v_error *err)
{
	static const char path[] = V2V_DRACUT_FILE;
	CLEANUP_FREE char *drivers = joined(names), *text = NULL;

	if (!v2v_tree_is_dir(c->tree, V2V_DRACUT_DIR) ||
		v2v_tree_is_file(c->tree, path))
		return 0;
	text = v2v_format("add_drivers+=\" %s \"\n", drivers);
	if (v2v_plan_write(c->plan, path, text, err) < 0)
		return -1;
	v2v_plan_changed(
		c->plan, path, CODE, NULL, "new: dracut adds %s", drivers);
	return 0;
}

static void add_driver(const struct v2v_modules *modules, const char *driver,
	struct v2v_list *names)
{
	if (v2v_modules_path(modules, driver) &&
		!v2v_modules_is_builtin(modules, driver) &&
		!is_listed(names, driver))
		v2v_list_add_string(names, driver);
}

/* The next kernel is like the newest: what the default one has built in may be
 * a module there. */
void v2v_linux_drivers(struct v2v_linux *c, struct v2v_list *names)
{
	const char *bus = v2v_inspect_block_bus(c->inspect);
	struct v2v_initramfs_modules last CLEANUP_MODULES = { 0 };

	v2v_list_foreach (
		const struct v2v_kernel, kernel, &c->inspect->kernels) {
		const struct v2v_modules *modules;
		const char *const *drivers;

		if (!v2v_inspect_can_use(c->inspect, kernel))
			continue;
		modules = v2v_initramfs_modules(c->v, c->tree, kernel, &last);
		drivers = v2v_initramfs_drivers(modules, bus);
		for (; drivers && *drivers; drivers++)
			add_driver(modules, *drivers, names);
		if (c->initrd_network)
			add_driver(modules, v2v_initramfs_card(modules), names);
	}
}

int v2v_linux_persist(struct v2v_linux *c, struct v2v_error *err)
{
	struct v2v_list names CLEANUP_STRINGS = { 0 };

	v2v_linux_drivers(c, &names);
	if (names.count == 0)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(configs); i++)
		if (edit(c, &configs[i], &names, err) < 0)
			return -1;
	return add_to_dracut(c, &names, err);
}
