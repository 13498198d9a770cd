/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fstab(5). */
#include "linux/storage/fstab.h"

#include "core/lines.h"
#include "linux/storage/tables.h"
#include "model/appliance-names.h"

static const struct v2v_field entry_fields[] = {
	V2V_FIELD(struct v2v_fstab_entry, spec, V2V_STRING),
	V2V_FIELD(struct v2v_fstab_entry, path, V2V_STRING),
	V2V_FIELD(struct v2v_fstab_entry, type, V2V_STRING),
	V2V_FIELD(struct v2v_fstab_entry, options, V2V_STRING),
	V2V_FIELD_END,
};

void v2v_fstab_clear(struct v2v_list *entries)
{
	v2v_fields_clear_list(
		entry_fields, sizeof(struct v2v_fstab_entry), entries);
}

/* Each is looked for in other texts. */
#define MAX_ENTRIES 1024

void v2v_fstab_read(const char *text, struct v2v_list *entries)
{
	while (*text) {
		CLEANUP_FREE char *line = v2v_line_next(&text);
		char *spec = v2v_line_trim(line), *path, *type, *options;
		struct v2v_fstab_entry *entry;

		if (!*spec || *spec == '#')
			continue;
		path = v2v_line_split(spec);
		type = v2v_line_split(path);
		options = v2v_line_split(type);
		v2v_line_split(options);
		if (!*type)
			continue;
		if (entries->count >= MAX_ENTRIES)
			return;
		entry = v2v_list_add(entries, sizeof *entry);
		entry->spec = v2v_table_device(spec, strlen(spec));
		entry->path = v2v_table_unescape(path, strlen(path));
		entry->type = v2v_strdup(type);
		entry->options = v2v_table_unescape(options, strlen(options));
	}
}

char *v2v_fstab_option(const char *options, const char *name)
{
	size_t n = strlen(name);

	while (*options) {
		size_t length = strcspn(options, ",");
		const char *value = options + n + 1;

		if (length > n && strncmp(options, name, n) == 0 &&
			options[n] == '=') {
			length -= n + 1;
			if (*value == '/' && length) {
				value++;
				length--;
			}
			return v2v_strndup(value, length);
		}
		options += length + (options[length] == ',');
	}
	return NULL;
}

/* A place below "/" that a filesystem of the disks is mounted at. */
static bool is_place(const char *path)
{
	static const char *const others[] = { "/dev", "/media", "/proc", "/run",
		"/selinux", "/sys", "/tmp/.", NULL };

	if (*path != '/' || strstr(path, "/../") || v2v_ends_with(path, "/.."))
		return false;
	for (const char *const *other = others; *other; other++) {
		size_t n = strlen(*other);

		if (strncmp(path, *other, n) == 0 &&
			(path[n] == '/' || path[n] == '\0'))
			return false;
	}
	return path[1] != '\0';
}

/* A btrfs' subvolume is named as libguestfs does it. */
static char *mountable(
	const struct v2v_fstab_entry *entry, const struct v2v_volume *volume)
{
	CLEANUP_FREE char *subvolume =
		v2v_streq(volume->type, "btrfs")
			? v2v_fstab_option(entry->options, "subvol")
			: NULL;

	if (!subvolume || !*subvolume)
		return v2v_strdup(volume->device);
	return v2v_appliance_subvolume(volume->device, subvolume);
}

void v2v_fstab_mountpoints(const struct v2v_list *entries,
	const struct v2v_volume_names *names, struct v2v_inspect *inspect)
{
	struct v2v_volume_names known = *names;

	v2v_list_foreach (const struct v2v_fstab_entry, entry, entries)
		if (strcmp(entry->path, "/") == 0)
			known.root = entry->spec;
	v2v_list_foreach (const struct v2v_fstab_entry, entry, entries) {
		CLEANUP_FREE char *path = v2v_strdup(entry->path);
		size_t n = strlen(path);
		const struct v2v_volume *volume;
		struct v2v_mountpoint *mount;

		while (n > 1 && path[n - 1] == '/')
			path[--n] = '\0';
		if (inspect->mountpoints.count >= V2V_MAX_MOUNTPOINTS)
			return;
		if (!is_place(path) || strcmp(entry->type, "swap") == 0 ||
			v2v_inspect_mountpoint(inspect, path))
			continue;
		volume = v2v_resolve(&known, entry->spec);
		if (!volume || v2v_volume_is_member(volume))
			continue;
		mount = v2v_list_add(&inspect->mountpoints, sizeof *mount);
		mount->path = v2v_take(path);
		mount->device = mountable(entry, volume);
	}
}
