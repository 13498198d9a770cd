/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Signs: a member's name, and what it shows about the archive that has it. */
#include "initrd/signs.h"

#include "initrd/modules.h"

#include <sys/stat.h>

/* No kernel has a longer name (MODULE_NAME_LEN, 56 or 64), or so many. */
#define MAX_MODULE_NAME 64
#define MAX_MODULE_PATH 512
#define MAX_MODULES	65536

/* NixOS has all in folders of its store: "nix/store/HASH-NAME/", its length. */
static size_t store_prefix(const char *name)
{
	static const char store[] = "nix/store/";
	const char *slash = v2v_starts_with(name, store)
				    ? strchr(name + strlen(store), '/')
				    : NULL;

	return slash ? (size_t)(slash + 1 - name) : 0;
}

/* "lib/modules", "usr/lib/modules": its length where @name lies below it. */
static size_t modules_above(const char *name)
{
	static const char *const folders[] = { "lib/modules/",
		"usr/lib/modules/" };
	const size_t n = store_prefix(name);

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		if (v2v_starts_with(name + n, folders[i]))
			return n + strlen(folders[i]) - 1;
	return 0;
}

/*
 * The folder that modules.dep's names begin in: "lib/modules/VERSION".  Or the
 * one that modules lie in without any other: nash's "lib", booster's
 * "usr/lib/modules".  0: modules are not there.
 */
static size_t modules_dir(const char *name, bool *ret_flat)
{
	size_t n = modules_above(name);
	const char *slash = n ? strchr(name + n + 1, '/') : NULL;

	*ret_flat = !slash;
	if (slash)
		return (size_t)(slash - name);
	if (!n && v2v_starts_with(name, "lib/") && !strchr(name + 4, '/'))
		return 3;
	return n;
}

static bool is_of_version(
	const struct v2v_initrd *initrd, const char *name, size_t end)
{
	size_t n = modules_above(name) + 1;

	return !initrd->version ||
	       (strlen(initrd->version) == end - n &&
		       strncmp(name + n, initrd->version, end - n) == 0);
}

static void set_dir(
	struct v2v_initrd *initrd, const char *name, size_t end, bool flat)
{
	if (!flat && !initrd->modules_above)
		initrd->modules_above = v2v_strndup(name, modules_above(name));
	if (!flat && !is_of_version(initrd, name, end))
		return;
	/* A folder of the kernel's own says more than a flat one. */
	if (initrd->modules_dir && (flat || !initrd->is_flat))
		return;
	free(initrd->modules_dir);
	initrd->modules_dir = v2v_strndup(name, end);
	initrd->is_flat = flat;
}

static void see_module(struct v2v_initrd *initrd, const char *name)
{
	bool flat;
	size_t end = modules_dir(name, &flat);
	CLEANUP_FREE char *module = end ? v2v_module_name(name + end) : NULL;
	struct v2v_initrd_module *added;

	if (!module)
		return;
	set_dir(initrd, name, end, flat);
	if ((!flat && !is_of_version(initrd, name, end)) ||
		initrd->modules.count >= MAX_MODULES ||
		strlen(module) > MAX_MODULE_NAME ||
		strlen(name + end) > MAX_MODULE_PATH)
		return;
	added = v2v_list_add(&initrd->modules, sizeof *added);
	added->name = v2v_take(module);
	added->path = v2v_strdup(name + end + 1);
}

/* Its index: kmod reads the .bin, busybox the text. */
static void see_index(struct v2v_initrd *initrd, const char *name)
{
	bool flat;
	size_t end = modules_dir(name, &flat);

	if (!end || flat || !is_of_version(initrd, name, end))
		return;
	initrd->index_text |= strcmp(name + end, "/modules.dep") == 0;
	initrd->index_bin |= strcmp(name + end, "/modules.dep.bin") == 0;
}

/* Where a name is in the sign: as all of the member's, at its beginning or
 * its end. */
enum where { ALL, BEGIN, END };

static bool is_sign(const char *name, enum where where, const char *sign)
{
	return where == ALL	? strcmp(name, sign) == 0
	       : where == BEGIN ? v2v_starts_with(name, sign)
				: v2v_ends_with(name, sign);
}

static void see_generator(struct v2v_initrd *initrd, const char *name)
{
	static const struct {
		enum where where;
		const char *sign, *generator;
	} signs[] = {
		{ BEGIN, "usr/lib/dracut/", "dracut" },
		{ END, "lib/dracut-lib.sh", "dracut" },
		{ END, "dracut-state.sh", "dracut" },
		{ ALL, "scripts/functions", "initramfs-tools" },
		{ ALL, "conf/initramfs.conf", "initramfs-tools" },
		{ ALL, "init_functions", "mkinitcpio" },
		{ ALL, "buildconfig", "mkinitcpio" },
		{ ALL, "run_all.sh", "suse-mkinitrd" },
		{ END, "sbin/nlplug-findfs", "mkinitfs" },
		{ ALL, "etc/booster.init.yaml", "booster" },
		{ ALL, "etc/initrd.defaults", "genkernel" },
		{ ALL, "load_kernel_modules", "slackware" },
		{ END, "bin/nash", "nash" },
		{ BEGIN, "lib/uevent/", "make-initrd" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(signs); i++)
		if (is_sign(name, signs[i].where, signs[i].sign))
			initrd->generator = signs[i].generator;
}

/* The archive is only what mounts this one over it (dracut's squash). */
static void see_image(struct v2v_initrd *initrd, const char *name)
{
	initrd->is_shell |= strcmp(name, "squash-root.img") == 0 ||
			    strcmp(name, "erofs-root.img") == 0 ||
			    strcmp(name, "squash/root.img") == 0 ||
			    strcmp(name, "squashfs-root.img") == 0;
}

/* Programs that load a driver when its device asks for it. */
static void see_loader(struct v2v_initrd *initrd, const char *name)
{
	static const char *const loaders[] = { "/udevd", "/systemd-udevd",
		"/udevadm", "/mdev", "/nlplug-findfs", "/ueventd" };

	initrd->has_udev |= v2v_ends_with_any(name, loaders);
	initrd->has_modules_load |=
		v2v_ends_with(name, "/systemd-modules-load");
}

/*
 * Programs and hooks that are there only where root, its key or its person
 * comes over the network.  Drivers tell nothing: initramfs-tools takes all of
 * drivers/scsi, iscsi_tcp with it; nor do its scripts/nfs and ipconfig, which
 * are always there.
 */
static void see_network(struct v2v_initrd *initrd, const char *name)
{
	static const struct {
		enum where where;
		const char *sign;
	} signs[] = {
		{ END, "-parse-ip-opts.sh" }, /* dracut's hooks/cmdline/NN-… */
		{ END, "/sbin/dhclient" },
		{ END, "/sbin/NetworkManager" },
		{ END, "/systemd-networkd" },
		{ END, "/wickedd" },
		{ END, "/connmand" },
		{ END, "bin/dropbear" },
		{ END, "bin/tinysshd" },
		{ END, "bin/sshd" },
		{ END, "bin/nbd-client" },
		{ END, "/mandos-client" },
		{ END, "bin/clevis-decrypt-tang" },
		{ END, "scripts/local-top/iscsi" },
		{ END, "scripts/local-top/clevis" },
		{ END, "scripts/local-top/nbd" },
		{ END, "scripts/init-premount/clevis" },
		{ END, "scripts/init-premount/dropbear" },
		{ END, "scripts/init-premount/mandos" },
		{ END, "scripts/init-premount/tinyssh" },
		{ END, "scripts/init-premount/wireguard" },
		/* mkinitcpio's */
		{ ALL, "hooks/net" },
		{ ALL, "hooks/netconf" },
		{ ALL, "hooks/dropbear" },
		{ ALL, "hooks/tinyssh" },
		{ ALL, "hooks/encryptssh" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(signs); i++)
		initrd->brings_network |=
			is_sign(name, signs[i].where, signs[i].sign);
}

void v2v_initrd_see(
	struct v2v_initrd *initrd, const struct v2v_cpio_member *member)
{
	if (S_ISLNK(member->mode) && strcmp(member->name, "lib") == 0)
		initrd->lib_is_link = true;
	if (S_ISREG(member->mode)) {
		see_module(initrd, member->name);
		see_index(initrd, member->name);
	}
	if (S_ISDIR(member->mode))
		return;
	see_generator(initrd, member->name);
	see_image(initrd, member->name);
	see_loader(initrd, member->name);
	see_network(initrd, member->name);
}
