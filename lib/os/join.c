/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Systems that lie on several filesystems, or are seen on two. */
#include "os/os-private.h"

static void take(char **to, char **from)
{
	if (!*to)
		*to = v2v_take(*from);
}

/* What the root does not say itself, its /usr says. */
static void merge(struct v2v_os *usr, struct v2v_os *root)
{
	struct v2v_inspect *from = &usr->told, *to = &root->told;

	take(&to->distro, &from->distro);
	take(&to->package_format, &from->package_format);
	take(&to->package_management, &from->package_management);
	take(&to->product_name, &from->product_name);
	take(&to->arch, &from->arch);
	take(&to->hostname, &from->hostname);
	if (to->major_version < 0) {
		to->major_version = from->major_version;
		to->minor_version = from->minor_version;
	}
}

static bool is_coreos(const struct v2v_os *os)
{
	return v2v_streq(os->told.distro, "coreos");
}

static bool mounts(const struct v2v_os *root, const char *device)
{
	v2v_list_foreach (
		const struct v2v_mountpoint, mount, &root->mountpoints)
		if (strcmp(mount->device, device) == 0)
			return true;
	return false;
}

/* The first /usr of that distribution, or of none; if the root has it in its
 * fstab. */
static void join_usr(struct v2v_list *found, struct v2v_os *root)
{
	v2v_list_foreach (struct v2v_os, usr, found) {
		if (usr->role != V2V_OS_USR ||
			(usr->told.distro && !v2v_streq(usr->told.distro,
						     root->told.distro)))
			continue;
		if (mounts(root, usr->device))
			merge(usr, root);
		return;
	}
}

static bool is_newer(const struct v2v_os *a, const struct v2v_os *b)
{
	if (a->told.major_version != b->told.major_version)
		return a->told.major_version > b->told.major_version;
	return a->told.minor_version > b->told.minor_version;
}

/* CoreOS has two of them; the newer one is in use. */
static void join_coreos(struct v2v_list *found, struct v2v_os *root)
{
	struct v2v_os *newest = NULL;
	struct v2v_mountpoint *mount;

	v2v_list_foreach (struct v2v_os, usr, found)
		if (usr->role == V2V_OS_USR && is_coreos(usr) &&
			(!newest || is_newer(usr, newest)))
			newest = usr;
	if (!newest)
		return;
	merge(newest, root);
	mount = v2v_list_add(&root->mountpoints, sizeof *mount);
	mount->path = v2v_strdup("/usr");
	mount->device = v2v_strdup(newest->device);
}

static bool is_bsd(const struct v2v_os *os)
{
	return os->role == V2V_OS_ROOT && v2v_inspect_is_bsd(&os->told);
}

/* "/dev/sda1": of a primary partition of an MBR. */
static bool is_primary(const char *device)
{
	static const char prefix[] = "/dev/sd";

	return v2v_starts_with(device, prefix) && strlen(device) == 9 &&
	       device[8] >= '1' && device[8] <= '4';
}

/* A BSD's partitions lie in one of the MBR; both seem to have the root. */
static void leave_out_twin(struct v2v_list *found)
{
	struct v2v_os *items = found->items;
	size_t primary = found->count;
	bool twin = false;

	for (size_t i = found->count; i-- > 0;)
		if (is_bsd(&items[i]) && is_primary(items[i].device))
			primary = i;
	if (primary == found->count)
		return;
	for (size_t i = 0; i < found->count; i++)
		twin |= i != primary && is_bsd(&items[i]) &&
			strcmp(items[i].told.type, items[primary].told.type) ==
				0;
	if (!twin)
		return;
	v2v_os_free_one(&items[primary]);
	memmove(items + primary, items + primary + 1,
		(found->count - primary - 1) * sizeof *items);
	found->count--;
}

void v2v_os_join(struct v2v_list *found)
{
	leave_out_twin(found);
	v2v_list_foreach (struct v2v_os, root, found) {
		if (root->role != V2V_OS_ROOT || !root->told.distro)
			continue;
		if (is_coreos(root))
			join_coreos(found, root);
		else
			join_usr(found, root);
	}
}
