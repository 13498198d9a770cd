/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Roots: what libguestfs or we find, and which of them is meant. */
#include "inspect/roots.h"

#include "guest/files.h"
#include "guest/mounts.h"
#include "guest/os.h"
#include "inspect/layouts/slots.h"
#include "linux/storage/fstab.h"
#include "model/appliance-names.h"

static const struct v2v_field root_fields[] = {
	V2V_FIELD(struct v2v_root, device, V2V_STRING),
	V2V_FIELD(struct v2v_root, filesystem, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_root, subvolume, V2V_STRING),
	V2V_FIELD_END,
};

void v2v_roots_clear(struct v2v_roots *roots)
{
	v2v_fields_clear_list(
		root_fields, sizeof(struct v2v_root), &roots->roots);
	v2v_mount_failures_clear(&roots->failed);
	v2v_mount_failures_clear(&roots->missed);
	v2v_os_clear(&roots->systems);
}

void v2v_roots_add(struct v2v_list *roots, const struct v2v_list *volumes,
	const char *device)
{
	struct v2v_root *root = v2v_list_add(roots, sizeof *root);
	const char *name = v2v_appliance_is_subvolume(device);

	root->device = v2v_strdup(device);
	if (!name) {
		root->filesystem = v2v_strdup(device);
		return;
	}
	v2v_list_foreach (const struct v2v_volume, volume, volumes) {
		size_t n = strlen(volume->device);

		if (!v2v_starts_with(name, volume->device) || name[n] != '/')
			continue;
		root->filesystem = v2v_strdup(volume->device);
		root->subvolume = v2v_strdup(name + n + 1);
		return;
	}
	root->filesystem = v2v_strdup(device);
}

int v2v_root_rank(const char *subvolume, const char *fstab, const char *boot)
{
	if (subvolume && v2v_streq(subvolume, boot))
		return 3;
	if (!subvolume)
		return 2;
	return v2v_streq(subvolume, fstab) ? 1 : 0;
}

char *v2v_root_flags(const char *text)
{
	const char *flags = text;

	while ((flags = strstr(flags, "rootflags="))) {
		CLEANUP_FREE char *options = NULL;

		flags += strlen("rootflags=");
		options = v2v_strndup(flags, strcspn(flags, " \t\n\"'"));
		if (strstr(options, "subvol="))
			return v2v_fstab_option(options, "subvol");
	}
	return NULL;
}

static char *subvolume_of_fstab(const char *text)
{
	struct v2v_list entries CLEANUP_FSTAB = { 0 };

	v2v_fstab_read(text ? text : "", &entries);
	v2v_list_foreach (const struct v2v_fstab_entry, entry, &entries)
		if (strcmp(entry->path, "/") == 0)
			return v2v_fstab_option(entry->options, "subvol");
	return NULL;
}

static void rank_root(struct v2v_guest *guest, struct v2v_root *root)
{
	static const char *const configs[] = { "/boot/grub/grub.cfg",
		"/boot/grub2/grub.cfg", "/etc/kernel/cmdline",
		"/etc/default/grub" };
	CLEANUP_FREE char *fstab = NULL, *named = NULL, *boot = NULL;

	if (!v2v_guest_mount_root(guest, root->device, NULL))
		return;
	fstab = v2v_guest_text(guest, "/etc/fstab");
	named = subvolume_of_fstab(fstab);
	for (size_t i = 0; i < ARRAY_SIZE(configs) && !boot; i++) {
		CLEANUP_FREE char *text = v2v_guest_text(guest, configs[i]);

		boot = text ? v2v_root_flags(text) : NULL;
	}
	root->rank = v2v_root_rank(root->subvolume, named, boot);
}

/* Snapshots may be many, and their names are long: the short ones are looked
 * at, so that a hundred cost no minutes. */
#define MAX_RANKED 16

static void rank_roots(struct v2v_guest *guest, struct v2v_list *roots)
{
	size_t ranked = 0;

	v2v_list_foreach (struct v2v_root, root, roots) {
		size_t same = 0;

		v2v_list_foreach (const struct v2v_root, other, roots)
			same += strcmp(root->filesystem, other->filesystem) ==
				0;
		if (same > 1 && ranked++ < MAX_RANKED)
			rank_root(guest, root);
	}
}

static int by_rank(const void *a, const void *b)
{
	const struct v2v_root *x = a, *y = b;
	size_t m, n;

	if (x->rank != y->rank)
		return x->rank > y->rank ? -1 : 1;
	m = strlen(x->device);
	n = strlen(y->device);
	return m != n ? (m < n ? -1 : 1) : strcmp(x->device, y->device);
}

/* Each filesystem's roots together, in the order of the filesystems' first. */
static size_t gather(struct v2v_list *roots)
{
	struct v2v_root *items = roots->items;
	size_t filesystems = 0;

	for (size_t start = 0, end; start < roots->count; start = end) {
		end = start + 1;
		for (size_t i = end; i < roots->count; i++) {
			struct v2v_root root = items[i];

			if (strcmp(root.filesystem, items[start].filesystem))
				continue;
			memmove(items + end + 1, items + end,
				(i - end) * sizeof *items);
			items[end++] = root;
		}
		qsort(items + start, end - start, sizeof *items, by_rank);
		filesystems++;
	}
	return filesystems;
}

static int choose_number(
	const char *wanted, struct v2v_roots *roots, struct v2v_error *err)
{
	uint64_t number = 0;

	v2v_parse_u64(wanted, &number);
	if (number < 1 || number > roots->roots.count)
		return v2v_fail(err, "root-not-found",
			"--root: no operating system number %s, there are %zu",
			wanted, roots->roots.count);
	roots->chosen = (size_t)number - 1;
	return 0;
}

int v2v_roots_choose(
	const char *wanted, struct v2v_roots *roots, struct v2v_error *err)
{
	size_t filesystems = gather(&roots->roots);
	const struct v2v_root *items = roots->roots.items;

	roots->chosen = 0;
	if (filesystems == 0 || !wanted || strcmp(wanted, "first") == 0)
		return 0;
	if (strcmp(wanted, "single") == 0) {
		if (filesystems == 1)
			return 0;
		return v2v_fail(err, "several-roots",
			"%zu operating systems; --root names one of them",
			filesystems);
	}
	if (!wanted[strspn(wanted, "0123456789")])
		return choose_number(wanted, roots, err);
	for (; roots->chosen < roots->roots.count; roots->chosen++)
		if (strcmp(items[roots->chosen].device, wanted) == 0)
			return 0;
	return v2v_fail(err, "root-not-found",
		"--root: no operating system on '%s'", wanted);
}

/* No backend reads what is damaged, and a data disk has no root. */
static bool is_missed(
	const struct v2v_list *volumes, const struct v2v_mount_failure *failure)
{
	v2v_list_foreach (const struct v2v_volume, volume, volumes)
		if (strcmp(volume->device, failure->device) == 0)
			return failure->unsupported &&
			       v2v_roots_may_be_on(volume);
	return false;
}

static bool has_failed(const struct v2v_list *failures, const char *device)
{
	v2v_list_foreach (const struct v2v_mount_failure, failure, failures)
		if (strcmp(failure->device, device) == 0)
			return true;
	return false;
}

static void take_missed(const struct v2v_list *volumes,
	struct v2v_list *failures, struct v2v_roots *roots)
{
	v2v_list_foreach (struct v2v_mount_failure, failure, failures) {
		if (!is_missed(volumes, failure) ||
			has_failed(&roots->failed, failure->device))
			continue;
		*(struct v2v_mount_failure *)v2v_list_add(
			&roots->missed, sizeof *failure) = *failure;
		*failure = (struct v2v_mount_failure){ 0 };
	}
}

static bool are_on_several(const struct v2v_list *roots)
{
	const struct v2v_root *items = roots->items;

	for (size_t i = 1; i < roots->count; i++)
		if (strcmp(items[i].filesystem, items[0].filesystem) != 0)
			return true;
	return false;
}

/* The root that a bootloader of slots names is the first, so that it is chosen
 * where none is asked for. */
static void put_slot_first(struct v2v_guest *guest,
	const struct v2v_list *volumes, struct v2v_list *roots)
{
	struct v2v_root *items = roots->items;
	const char *device =
		are_on_several(roots) ? v2v_slots_root(guest, volumes) : NULL;

	for (size_t i = 1; i < roots->count; i++) {
		const struct v2v_root root = items[i];

		if (!v2v_streq(root.device, device))
			continue;
		memmove(items + 1, items, i * sizeof *items);
		items[0] = root;
		return;
	}
}

int v2v_roots_find(struct v2v_guest *guest, const struct v2v_list *volumes,
	const char *wanted, struct v2v_roots *roots, struct v2v_error *err)
{
	struct v2v_list names CLEANUP_STRINGS = { 0 };
	struct v2v_list failures CLEANUP_MOUNT_FAILURES = { 0 };

	if (!(v2v_guest_can_inspect(guest) &&
		    v2v_roots_are_costly(guest, volumes)) &&
		v2v_systems_find(guest, volumes, &roots->systems, &names,
			&failures, err) < 0)
		return -1;
	roots->probed = names.count == 0;
	if (roots->probed)
		v2v_roots_probe(guest, volumes, &names, &roots->failed);
	take_missed(volumes, &failures, roots);
	v2v_list_foreach (char *, name, &names)
		v2v_roots_add(&roots->roots, volumes, *name);
	rank_roots(guest, &roots->roots);
	put_slot_first(guest, volumes, &roots->roots);
	return v2v_roots_choose(wanted, roots, err);
}
