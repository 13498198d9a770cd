/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* --remove-tools: the guest's own package manager is run. */
#include "convert/linux/linux.h"
#include "guest/guest.h"
#include "linux/guest-tools/foreign.h"

/* Neither a question nor the network; the packages' names come behind. */
static const struct manager {
	const char *name; /* inspect.package_management */
	const char *argv[8];
} managers[] = {
	{ "apt", { "/usr/bin/env", "DEBIAN_FRONTEND=noninteractive", "apt-get",
			 "-q", "-y", "-oDpkg::Options::=--force-confold",
			 "remove" } },
	{ "dnf", { "dnf", "-y", "--disableplugin=subscription-manager",
			 "--noautoremove", "remove" } },
	{ "yum",
		{ "yum", "-y", "--disableplugin=subscription-manager",
			"--setopt=clean_requirements_on_remove=0", "remove" } },
	{ "zypper", { "zypper", "-n", "rm" } },
	{ "apk", { "apk", "del" } },
	{ "pacman", { "pacman", "-R", "--noconfirm" } },
	{ "urpmi", { "urpme", "--force" } },
	{ "xbps", { "xbps-remove", "-y" } },
};

static const struct manager *find_manager(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(managers); i++)
		if (v2v_streq(managers[i].name, name))
			return &managers[i];
	return NULL;
}

/* A package's name comes from the guest: it must not be an option. */
static bool is_plain(const char *name)
{
	return *name != '-' && !strpbrk(name, "*?[]/ ");
}

static char *remove_packages(struct v2v_linux *c, struct v2v_guest *guest,
	const struct manager *manager, struct v2v_error *err)
{
	struct v2v_text all CLEANUP_TEXT = { 0 };
	struct v2v_list argv = { 0 };
	int status = 0;

	for (size_t i = 0; manager->argv[i]; i++)
		v2v_list_add_string(&argv, manager->argv[i]);
	v2v_list_foreach (
		const struct v2v_application, app, &c->inspect->applications)
		if (v2v_foreign_package(app->name) && is_plain(app->name)) {
			v2v_list_add_string(&argv, app->name);
			v2v_text_join(&all, ", ", "%s", app->name);
		}
	v2v_list_add(&argv, sizeof(char *));
	if (all.length)
		status = v2v_guest_run(guest, argv.items, err);
	argv.count--;
	v2v_strings_clear(&argv);
	return status < 0 ? NULL : v2v_text_take(&all);
}

int v2v_linux_remove_tools(
	struct v2v_linux *c, struct v2v_guest *guest, struct v2v_error *err)
{
	const struct manager *manager =
		find_manager(c->inspect->package_management);
	struct v2v_error why = { 0 };
	CLEANUP_FREE char *removed = NULL;

	if (manager)
		removed = remove_packages(c, guest, manager, &why);
	if (removed && *removed)
		v2v_plan_changed(c->plan, "/", "foreign-tools", NULL,
			"packages removed by %s: %s", manager->name, removed);
	if (!removed)
		v2v_warn(c->v, "tools-not-removed",
			"the old hypervisor's packages are not removed: %s",
			manager ? why.text : "no package manager is known");
	return v2v_check_cancel(c->v, err);
}
