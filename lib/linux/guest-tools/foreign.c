/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looking for what the old hypervisor left. */
#include "linux/guest-tools/foreign.h"

#include "guest/tree.h"
#include "linux/guest-tools/foreign-texts.h"

#include <fnmatch.h>

struct search {
	const struct v2v_tree *tree;
	const struct v2v_inspect *inspect;
	struct v2v_list *found;
};

static struct v2v_foreign *add(struct search *s, enum v2v_foreign_act act,
	const char *code, const char *path)
{
	struct v2v_foreign *f = v2v_list_add(s->found, sizeof *f);

	f->act = act;
	f->code = code;
	f->path = v2v_strdup(path);
	return f;
}

void v2v_foreign_clear(struct v2v_list *found)
{
	v2v_list_foreach (struct v2v_foreign, f, found) {
		free(f->path);
		free(f->what);
	}
	free(found->items);
	*found = (struct v2v_list){ 0 };
}

/* Files by pattern, below /etc; one look finds those that there are. */
static const struct {
	const char *pattern;
	const char *code;
	char *(*edit)(const char *text, struct v2v_text *what);
} files[] = {
	{ "fstab", "foreign-share", v2v_foreign_fstab },
	{ "modules", "foreign-module", v2v_foreign_modules },
	{ "modules-load.d/*.conf", "foreign-module", v2v_foreign_modules },
	{ "modprobe.d/vmware-*", "foreign-module", v2v_foreign_modprobe_d },
	/* Only old systems have these. */
	{ "modprobe.conf", "foreign-alias", v2v_foreign_modprobe_conf },
	{ "modprobe.conf.local", "foreign-alias", v2v_foreign_modprobe_conf },
	{ "modules.conf", "foreign-alias", v2v_foreign_modprobe_conf },
	{ "conf.modules", "foreign-alias", v2v_foreign_modprobe_conf },
	{ "yum.repos.d/*.repo", "foreign-repository", v2v_foreign_repo },
	{ "zypp/repos.d/*.repo", "foreign-repository", v2v_foreign_repo },
	{ "apt/sources.list", "foreign-repository", v2v_foreign_apt_list },
	{ "apt/sources.list.d/*.list", "foreign-repository",
		v2v_foreign_apt_list },
	{ "apt/sources.list.d/*.sources", "foreign-repository",
		v2v_foreign_apt_sources },
	{ "X11/xorg.conf", "foreign-driver", v2v_foreign_xorg },
	{ "X11/XF86Config*", "foreign-driver", v2v_foreign_xorg },
	{ "X11/xorg.conf.d/*.conf", "foreign-driver", v2v_foreign_xorg },
	{ "cloud/cloud.cfg", "foreign-datasource", v2v_foreign_cloud },
	{ "cloud/cloud.cfg.d/*.cfg", "foreign-datasource", v2v_foreign_cloud },
	{ "cloud/ds-identify.cfg", "foreign-datasource",
		v2v_foreign_ds_identify },
};
#define FILES ARRAY_SIZE(files)

static bool has_virtio_net(const struct v2v_inspect *inspect)
{
	const struct v2v_kernel *kernel = inspect->kernels.items;

	return kernel && kernel->virtio && kernel->virtio->net;
}

/* It came with X.Org 1.17; on its own it was a package before. */
static bool has_modesetting(const struct v2v_tree *tree)
{
	struct v2v_list names CLEANUP_STRINGS = { 0 };

	v2v_tree_glob(tree,
		"/usr/{lib,lib64,lib/*-linux-gnu*}/xorg/modules/drivers/"
		"modesetting_drv.so",
		&names);
	return names.count > 0;
}

/* The edit that fits this guest. */
static char *(*fitting(const struct search *s,
	char *(*edit)(const char *, struct v2v_text *)))(
	const char *, struct v2v_text *)
{
	if (edit == v2v_foreign_modprobe_conf && !has_virtio_net(s->inspect))
		return v2v_foreign_modprobe_conf_e1000;
	if (edit == v2v_foreign_xorg && !has_modesetting(s->tree))
		return v2v_foreign_xorg_old;
	return edit;
}

static void try_file(struct search *s, const char *path, size_t i)
{
	CLEANUP_FREE char *text = v2v_tree_text(s->tree, path);
	CLEANUP_FREE char *edited = NULL;
	struct v2v_text what CLEANUP_TEXT = { 0 };
	struct v2v_foreign *f;
	char *(*edit)(const char *, struct v2v_text *);

	if (!text)
		return;
	edit = fitting(s, files[i].edit);
	edited = edit(text, &what);
	if (!edited)
		return;
	f = add(s, V2V_FOREIGN_EDIT, files[i].code, path);
	f->what = v2v_text_take(&what);
	f->edit = edit;
}

static void find_files(struct search *s)
{
	struct v2v_text pattern CLEANUP_TEXT = { 0 };
	struct v2v_list names CLEANUP_STRINGS = { 0 };

	for (size_t i = 0; i < FILES; i++)
		v2v_text_addf(
			&pattern, "%s%s", i ? "," : "/etc/{", files[i].pattern);
	v2v_text_addf(&pattern, "}");
	v2v_tree_glob(s->tree, pattern.data, &names);
	v2v_list_foreach (char *, name, &names)
		for (size_t i = 0; i < FILES; i++)
			if (fnmatch(files[i].pattern, *name + strlen("/etc/"),
				    FNM_PATHNAME) == 0)
				try_file(s, *name, i);
}

/* Services that do harm elsewhere: they fail, build modules at each boot, or
 * ask about the new hardware (kudzu). */
static const struct {
	const char *name;
	const char *of;
} services[] = {
	{ "vmware-tools", "VMware Tools" },
	{ "vmware-tools-thinprint", "VMware Tools" },
	{ "vboxadd", "VirtualBox Guest Additions" },
	{ "vboxadd-service", "VirtualBox Guest Additions" },
	{ "vboxadd-timesync", "VirtualBox Guest Additions" },
	{ "vboxadd-x11", "VirtualBox Guest Additions" },
	{ "xe-daemon", "Xen guest utilities" },
	{ "xe-linux-distribution", "Xen guest utilities" },
	{ "prltoolsd", "Parallels Tools" },
	{ "prltools_updater", "Parallels Tools" },
	{ "prl-x11", "Parallels Tools" },
	{ "kudzu", "kudzu, which would ask about the new hardware" },
};

/* "S19vmware-tools", "vmware-tools.service": whose it is, or NULL. */
static const char *service_of(const char *base)
{
	for (size_t i = 0; i < ARRAY_SIZE(services); i++) {
		CLEANUP_FREE char *link =
			v2v_format("S[0-9][0-9]%s", services[i].name);
		CLEANUP_FREE char *unit =
			v2v_format("%s.service", services[i].name);

		if (fnmatch(link, base, 0) == 0 || strcmp(unit, base) == 0)
			return services[i].of;
	}
	return NULL;
}

/* /etc/rc3.d is a link to /etc/rc.d/rc3.d, where there is one. */
static void find_links(struct search *s)
{
	static const char *const patterns[] = {
		"/etc/systemd/system/*.{wants,requires}/*.service",
		"/etc/rc.d/rc[2345S].d/S*",
		"/etc/rc[2345S].d/S*",
	};

	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
		struct v2v_list names CLEANUP_STRINGS = { 0 };

		v2v_tree_glob(s->tree, patterns[i], &names);
		v2v_list_foreach (char *, name, &names) {
			const char *of = service_of(strrchr(*name, '/') + 1);

			if (of)
				add(s, V2V_FOREIGN_REMOVE, "foreign-service",
					*name)
					->what = v2v_format(
					"removed: it started %s", of);
		}
		if (i == 1 && names.count)
			return;
	}
}

/* upstart(5): an override beside the job. */
static void find_jobs(struct search *s)
{
	struct v2v_list names CLEANUP_STRINGS = { 0 };

	v2v_tree_glob(
		s->tree, "/etc/init/{vmware-tools*,vboxadd*}.conf", &names);
	v2v_list_foreach (char *, name, &names) {
		CLEANUP_FREE char *path = v2v_format("%.*s.override",
			(int)(strlen(*name) - strlen(".conf")), *name);
		struct v2v_foreign *f;

		if (v2v_tree_is_file(s->tree, path))
			continue;
		f = add(s, V2V_FOREIGN_WRITE, "foreign-service", path);
		f->what = v2v_strdup("new: the job is not started by itself");
		f->text = "manual\n";
	}
}

const char *v2v_foreign_package(const char *name)
{
	static const struct {
		const char *pattern;
		const char *of;
	} packages[] = {
		{ "open-vm-tools", "VMware" },
		{ "open-vm-tools-*", "VMware" },
		{ "VMwareTools", "VMware" },
		{ "vmware-tools-*", "VMware" },
		{ "kmod-vmware-tools*", "VMware" },
		{ "virtualbox-guest-*", "VirtualBox" },
		{ "xe-guest-utilities*", "Xen" },
		{ "hyperv-daemons*", "Hyper-V" },
		{ "hypervkvpd", "Hyper-V" },
		{ "linux-cloud-tools-*", "Hyper-V" },
		{ "prl-tools*", "Parallels" },
	};

	for (size_t i = 0; name && i < ARRAY_SIZE(packages); i++)
		if (fnmatch(packages[i].pattern, name, 0) == 0)
			return packages[i].of;
	return NULL;
}

static void find_packages(struct search *s)
{
	v2v_list_foreach (
		const struct v2v_application, app, &s->inspect->applications) {
		const char *of = v2v_foreign_package(app->name);

		if (of)
			add(s, V2V_FOREIGN_NOTE, "foreign-tools", NULL)->what =
				v2v_format("the package %s of %s is left; it "
					   "does nothing elsewhere, and "
					   "--remove-tools removes it",
					app->name, of);
	}
}

/* Installed without a package. */
static void find_installations(struct search *s)
{
	struct v2v_list names CLEANUP_STRINGS = { 0 };

	v2v_tree_glob(s->tree,
		"/{etc/vmware-tools/locations,opt/VBoxGuestAdditions*/"
		"uninstall.sh,usr/lib/parallels-tools/install}",
		&names);
	v2v_list_foreach (char *, name, &names)
		add(s, V2V_FOREIGN_NOTE, "foreign-tools", *name)->what =
			v2v_strdup("the old hypervisor's tools, not of a "
				   "package, are left; their services are not "
				   "started");
}

void v2v_foreign_find(const struct v2v_tree *tree,
	const struct v2v_inspect *inspect, struct v2v_list *found)
{
	struct search s = { tree, inspect, found };

	find_files(&s);
	find_links(&s);
	find_jobs(&s);
	find_packages(&s);
	find_installations(&s);
}
