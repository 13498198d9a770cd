/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a filesystem is, by the files that all of its kind have. */
#include "linux/distro/distro.h"
#include "os/os-private.h"
#include "windows/windows.h"

static bool is_dir(const struct v2v_tree *tree, const char *path)
{
	return v2v_tree_is_dir(tree, path) && !v2v_tree_is_link(tree, path);
}

static bool is_file(const struct v2v_tree *tree, const char *path)
{
	return v2v_tree_is_file(tree, path) && !v2v_tree_is_link(tree, path);
}

/* Names of directories end with '/', the others are files; up to NULL. */
static bool has_all(const struct v2v_tree *tree, const char *const *names)
{
	for (; *names; names++) {
		CLEANUP_FREE char *path =
			v2v_strndup(*names, strlen(*names) - 1);

		if (!(v2v_ends_with(*names, "/") ? is_dir(tree, path)
						 : is_file(tree, *names)))
			return false;
	}
	return true;
}

/* /bin is a folder, or, without the filesystem that it leads to, a link. */
static bool has_bin(const struct v2v_tree *tree)
{
	CLEANUP_FREE char *real = NULL;

	if (is_dir(tree, "/bin"))
		return true;
	if (!v2v_tree_is_link(tree, "/bin"))
		return false;
	real = v2v_tree_resolve(tree, "/bin");
	return !real || strcmp(real, "/usr/bin") == 0;
}

static bool is_linux(const struct v2v_tree *tree)
{
	return is_dir(tree, "/etc") && has_bin(tree) &&
	       (is_file(tree, "/etc/fstab") || is_file(tree, "/etc/hosts"));
}

static void of_linux(const struct v2v_tree *tree, struct v2v_inspect *told)
{
	v2v_distro_find(tree, told);
	told->arch = v2v_os_architecture(tree);
	told->hostname = v2v_distro_hostname(tree);
}

static void of_hurd(const struct v2v_tree *tree, struct v2v_inspect *told)
{
	v2v_distro_find_hurd(tree, told);
	told->arch = v2v_os_architecture(tree);
	told->hostname = v2v_distro_hostname(tree);
}

static void of_usr(const struct v2v_tree *tree, struct v2v_inspect *told)
{
	v2v_distro_os_release(tree, "/lib/os-release", told);
	told->arch = v2v_os_architecture(tree);
}

static void of_coreos(const struct v2v_tree *tree, struct v2v_inspect *told)
{
	v2v_string_set(&told->distro, "coreos");
	told->hostname = v2v_distro_hostname(tree);
}

static void of_coreos_usr(const struct v2v_tree *tree, struct v2v_inspect *told)
{
	v2v_string_set(&told->distro, "coreos");
	if (v2v_tree_is_file(tree, "/lib/os-release"))
		v2v_distro_os_release(tree, "/lib/os-release", told);
	else
		v2v_distro_lsb_release(tree, "/share/coreos/lsb-release", told);
	told->arch = v2v_os_architecture(tree);
}

static void of_bsd(const struct v2v_tree *tree, struct v2v_inspect *told)
{
	const bool netbsd = strcmp(told->type, "netbsd") == 0;

	v2v_string_set(&told->distro, told->type);
	v2v_distro_first_line(
		tree, netbsd ? "/etc/release" : "/etc/motd", told->type, told);
	told->arch = v2v_os_architecture(tree);
	told->hostname = v2v_distro_hostname_bsd(tree);
}

static void of_minix(const struct v2v_tree *tree, struct v2v_inspect *told)
{
	v2v_distro_first_line(tree, "/etc/version", "", told);
	v2v_string_set(&told->distro, NULL);
	told->arch = v2v_os_architecture(tree);
	told->hostname = v2v_distro_hostname_in(tree, "/etc/hostname.file");
}

static const struct kind {
	const char *type;
	enum v2v_os_role role;
	const char *names[6];
	bool (*is)(const struct v2v_tree *tree); /* in the place of names */
	void (*read)(const struct v2v_tree *tree, struct v2v_inspect *told);
} kinds[] = {
	{ "freebsd", V2V_OS_ROOT,
		{ "/etc/", "/bin/", "/etc/freebsd-update.conf", "/etc/fstab" },
		NULL, of_bsd },
	{ "netbsd", V2V_OS_ROOT,
		{ "/etc/", "/bin/", "/netbsd", "/etc/fstab", "/etc/release" },
		NULL, of_bsd },
	{ "openbsd", V2V_OS_ROOT,
		{ "/etc/", "/bin/", "/bsd", "/etc/fstab", "/etc/motd" }, NULL,
		of_bsd },
	{ "hurd", V2V_OS_ROOT, { "/hurd/console", "/hurd/hello", "/hurd/null" },
		NULL, of_hurd },
	{ "minix", V2V_OS_ROOT,
		{ "/etc/", "/bin/", "/service/vm", "/etc/fstab",
			"/etc/version" },
		NULL, of_minix },
	{ "linux", V2V_OS_ROOT, { NULL }, is_linux, of_linux },
	{ "linux", V2V_OS_ROOT,
		{ "/etc/", "/root/", "/home/", "/usr/",
			"/etc/coreos/update.conf" },
		NULL, of_coreos },
};

/* /boot has a menu of GRUB; /usr/local has no folder "local". */
static bool is_boot(const struct v2v_tree *tree)
{
	return is_file(tree, "/grub/menu.lst") ||
	       is_file(tree, "/grub/grub.conf") ||
	       is_file(tree, "/grub2/grub.cfg");
}

static bool is_usr_local(const struct v2v_tree *tree)
{
	static const char *const names[] = { "/etc/", "/bin/", "/share/",
		NULL };

	return has_all(tree, names) && !is_dir(tree, "/local") &&
	       !is_file(tree, "/etc/fstab");
}

/* A part of a system: /usr, or what is not a system. */
static bool is_part(const struct v2v_tree *tree, struct v2v_inspect *told,
	enum v2v_os_role *role)
{
	static const char *const usr[] = { "/bin/", "/local/", "/share/",
		"/src/", NULL };
	static const char *const coreos[] = { "/bin/", "/share/", "/local/",
		"/share/coreos/", NULL };
	static const char *const var[] = { "/log/", "/run/", "/spool/", NULL };
	void (*read)(const struct v2v_tree *, struct v2v_inspect *) = NULL;

	if (is_usr_local(tree))
		return true;
	if (has_all(tree, usr) && !is_file(tree, "/etc/fstab"))
		read = of_usr;
	else if (has_all(tree, coreos))
		read = of_coreos_usr;
	if (!read)
		return has_all(tree, var);
	*role = V2V_OS_USR;
	told->type = v2v_strdup("linux");
	read(tree, told);
	return true;
}

/* DOS is a mix of 16 and 32 bits. */
static bool is_dos(const struct v2v_tree *tree, struct v2v_inspect *told)
{
	CLEANUP_FREE char *free_path =
		v2v_windows_path(tree, "/FDOS/FREEDOS.BSS");
	CLEANUP_FREE char *ms_path = v2v_windows_path(tree, "/DOS/COMMAND.COM");
	const bool is_free = free_path && is_file(tree, free_path);

	if (!is_free && !(ms_path && is_file(tree, ms_path)))
		return false;
	told->type = v2v_strdup("dos");
	told->distro = v2v_strdup(is_free ? "freedos" : "msdos");
	told->arch = v2v_strdup("i386");
	return true;
}

static bool is_kind(const struct v2v_tree *tree, const struct kind *kind,
	struct v2v_inspect *told)
{
	if (!(kind->is ? kind->is(tree) : has_all(tree, kind->names)))
		return false;
	told->type = v2v_strdup(kind->type);
	kind->read(tree, told);
	return true;
}

static enum v2v_os_role look(
	const struct v2v_tree *tree, struct v2v_inspect *told)
{
	enum v2v_os_role role = V2V_OS_OTHER;

	if (is_boot(tree))
		return V2V_OS_OTHER;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (is_kind(tree, &kinds[i], told))
			return kinds[i].role;
	if (is_part(tree, told, &role))
		return role;
	if (v2v_windows_read(tree, told) || is_dos(tree, told))
		return V2V_OS_ROOT;
	return V2V_OS_OTHER;
}

enum v2v_os_role v2v_os_look(
	const struct v2v_tree *tree, struct v2v_inspect *told)
{
	enum v2v_os_role role;

	told->major_version = told->minor_version = -1;
	role = look(tree, told);
	v2v_distro_set_packages(tree, told);
	return role;
}
