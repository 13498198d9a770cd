/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of devices in the guest's files to the appliance's. */
#include "linux/storage/resolve.h"

#include "core/lines.h"
#include "linux/storage/tables.h"
#include "model/appliance-names.h"
#include "model/devices.h"

static const struct v2v_volume *by_device(
	const struct v2v_volume_names *names, const char *device)
{
	v2v_list_foreach (const struct v2v_volume, volume, names->volumes)
		if (strcmp(volume->device, device) == 0)
			return volume;
	return NULL;
}

/* The tags of blkid(8); members of arrays and of LVM carry the UUID of the
 * whole, which has no filesystem. */
static const struct v2v_volume *by_tag(const struct v2v_volume_names *names,
	const char *tag, const char *value)
{
	v2v_list_foreach (const struct v2v_volume, volume, names->volumes) {
		if (strcasecmp(tag, "PARTUUID") == 0) {
			if (volume->partuuid &&
				strcasecmp(volume->partuuid, value) == 0)
				return volume;
		} else if (strcasecmp(tag, "PARTLABEL") == 0) {
			if (v2v_streq(volume->partlabel, value))
				return volume;
		} else if (v2v_volume_is_member(volume)) {
			continue;
		} else if (strcasecmp(tag, "LABEL") == 0) {
			if (v2v_streq(volume->label, value))
				return volume;
		} else if (volume->uuid &&
			   strcasecmp(volume->uuid, value) == 0) {
			return volume;
		}
	}
	return NULL;
}

/* udev writes what is neither a letter nor a digit as \xNN. */
static char *unescape(const char *s)
{
	struct v2v_text text = { 0 };

	while (*s) {
		unsigned value;
		char c = *s;

		if (sscanf(s, "\\x%2x", &value) == 1) {
			c = (char)value;
			s += strnlen(s, 3);
		}
		v2v_text_add(&text, &c, 1);
		s += *s != '\0';
	}
	return v2v_text_take(&text);
}

/* UUID=…, LABEL="…", /dev/disk/by-uuid/… */
static bool is_tagged(const char *name, const char **ret_tag, char **ret_value)
{
	static const char *const tags[] = { "UUID", "LABEL", "PARTUUID",
		"PARTLABEL" };
	static const char dir[] = "/dev/disk/by-";

	for (size_t i = 0; i < ARRAY_SIZE(tags); i++) {
		size_t n = strlen(tags[i]);
		CLEANUP_FREE char *copy = NULL;

		*ret_tag = tags[i];
		if (v2v_starts_with(name, dir) &&
			strncasecmp(name + strlen(dir), tags[i], n) == 0 &&
			name[strlen(dir) + n] == '/') {
			*ret_value = unescape(name + strlen(dir) + n + 1);
			return true;
		}
		if (strncasecmp(name, tags[i], n) != 0 || name[n] != '=')
			continue;
		copy = v2v_strdup(name + n + 1);
		*ret_value = v2v_strdup(v2v_line_unquote(copy));
		return true;
	}
	return false;
}

/* The kernel's name of a partition or disk that the guest names sda1,
 * cciss/c0d0p1, disk/by-path/…: the appliance calls them sd in their order. */
static const struct v2v_volume *by_disk(
	const struct v2v_volume_names *names, const char *name)
{
	struct v2v_devices devices = {
		.source = names->source,
		.inspect = names->inspect,
		.prefix = "sd",
	};
	CLEANUP_FREE char *device = NULL;
	unsigned partition;
	size_t disk;

	if (names->root)
		v2v_devices_note_root(&devices, names->root);
	if (!v2v_devices_find(&devices, name, &disk, &partition))
		return NULL;
	device = v2v_appliance_disk(disk, partition);
	return by_device(names, device);
}

/* Does device-mapper call the logical volume "/dev/vg/lv" @name?  It doubles
 * '-' and joins by one. */
static bool is_mapped_as(const char *device, const char *name)
{
	const char *s = device + strlen("/dev/");
	bool joined = false;

	if (!v2v_starts_with(device, "/dev/"))
		return false;
	for (; *s && *name; s++) {
		if (*s == '/' && !joined && *name == '-') {
			joined = true;
			name++;
		} else if (*s == *name) {
			name++;
			if (*s == '-' && *name++ != '-')
				return false;
		} else {
			return false;
		}
	}
	return joined && !*s && !*name;
}

static const struct v2v_volume *by_crypttab(
	const struct v2v_volume_names *names, const char *target,
	unsigned depth);

static const struct v2v_volume *by_mapping(
	const struct v2v_volume_names *names, const char *name, unsigned depth)
{
	v2v_list_foreach (const struct v2v_volume, volume, names->volumes)
		if (is_mapped_as(volume->device, name))
			return volume;
	return by_crypttab(names, name, depth);
}

static const struct v2v_volume *resolve(
	const struct v2v_volume_names *names, const char *name, unsigned depth);

/* The mapping of crypttab(5)'s @target, which the appliance has opened under
 * udev's name. */
static const struct v2v_volume *by_crypttab(
	const struct v2v_volume_names *names, const char *target,
	unsigned depth)
{
	const char *rest = names->crypttab ? names->crypttab : "";

	while (*rest) {
		CLEANUP_FREE char *line = v2v_line_next(&rest);
		char *name = v2v_line_trim(line);
		char *source = v2v_line_split(name);
		CLEANUP_FREE char *device = NULL, *mapped = NULL;
		const struct v2v_volume *locked;

		v2v_line_split(source);
		if (*name == '#' || strcmp(name, target) != 0)
			continue;
		device = v2v_table_device(source, strlen(source));
		locked = resolve(names, device, depth + 1);
		if (!locked || !locked->uuid)
			return NULL;
		mapped = v2v_format("/dev/mapper/luks-%s", locked->uuid);
		return by_device(names, mapped);
	}
	return NULL;
}

static const struct v2v_volume *array_with(
	const struct v2v_volume_names *names, const char *word)
{
	v2v_list_foreach (const struct v2v_volume, volume, names->volumes) {
		const char *name = volume->array_name;

		if (!volume->array_uuid && !name)
			continue;
		if (strncasecmp(word, "UUID=", 5) == 0 &&
			v2v_is_same_uuid(word + 5, volume->array_uuid))
			return volume;
		if (strncasecmp(word, "name=", 5) == 0 && name &&
			strcmp(word + 5, name) == 0)
			return volume;
	}
	return NULL;
}

/* "ARRAY /dev/md0 metadata=1.2 name=host:0 UUID=…" of mdadm.conf(5) */
static const struct v2v_volume *by_mdadm_conf(
	const struct v2v_volume_names *names, const char *device)
{
	const char *rest = names->mdadm_conf ? names->mdadm_conf : "";

	while (*rest) {
		CLEANUP_FREE char *line = v2v_line_next(&rest);
		char *word = v2v_line_trim(line), *next = v2v_line_split(word);
		const struct v2v_volume *array = NULL;

		if (strcasecmp(word, "ARRAY") != 0)
			continue;
		word = next;
		next = v2v_line_split(word);
		if (strcmp(word, device) != 0)
			continue;
		while (*next && !array) {
			word = next;
			next = v2v_line_split(word);
			array = array_with(names, word);
		}
		return array;
	}
	return NULL;
}

/* The array whose superblock has this name: "0" is "host:0". */
static const struct v2v_volume *by_array_name(
	const struct v2v_volume_names *names, const char *name)
{
	const struct v2v_volume *only = NULL;
	size_t arrays = 0;

	v2v_list_foreach (const struct v2v_volume, volume, names->volumes) {
		const char *full = volume->array_name, *colon;

		if (!volume->array_uuid)
			continue;
		only = volume;
		arrays++;
		colon = full ? strrchr(full, ':') : NULL;
		if (full && strcmp(colon ? colon + 1 : full, name) == 0)
			return volume;
	}
	/* Superblocks 0.90 have no name; md127 is whatever came first. */
	return arrays == 1 ? only : NULL;
}

/* md0, md/root, md_d0 */
static const struct v2v_volume *by_whole_array(
	const struct v2v_volume_names *names, const char *name)
{
	const char *s = name + strlen("/dev/md");
	const struct v2v_volume *array = by_mdadm_conf(names, name);

	return array ? array : by_array_name(names, s + (*s == '/'));
}

/* md0p1 too */
static const struct v2v_volume *by_array(
	const struct v2v_volume_names *names, const char *name)
{
	size_t n = strlen(name);
	CLEANUP_FREE char *device = NULL, *whole = NULL;
	const struct v2v_volume *array;

	while (n && strchr("0123456789", name[n - 1]))
		n--;
	if (!name[n] || name[n - 1] != 'p' || n < strlen("/dev/md0p"))
		return by_whole_array(names, name);
	whole = v2v_strndup(name, n - 1);
	array = by_whole_array(names, whole);
	if (!array)
		return NULL;
	device = v2v_format("%sp%s", array->device, name + n);
	return by_device(names, device);
}

static const struct v2v_volume *resolve(
	const struct v2v_volume_names *names, const char *name, unsigned depth)
{
	CLEANUP_FREE char *value = NULL;
	const char *tag;
	const struct v2v_volume *volume;

	/* crypttab can name one of its own targets. */
	if (depth > 4)
		return NULL;
	if (is_tagged(name, &tag, &value))
		return by_tag(names, tag, value);
	/* Before what the appliance calls so: hdb may be its sdb. */
	volume = by_disk(names, name);
	if (volume)
		return volume;
	if (v2v_starts_with(name, "/dev/md"))
		return by_array(names, name);
	if (v2v_starts_with(name, "/dev/sd"))
		return NULL;
	volume = by_device(names, name);
	if (volume)
		return volume;
	if (v2v_starts_with(name, "/dev/mapper/"))
		return by_mapping(names, name + strlen("/dev/mapper/"), depth);
	if (v2v_starts_with(name, "/dev/disk/by-id/dm-name-"))
		return by_mapping(names,
			name + strlen("/dev/disk/by-id/dm-name-"), depth);
	return NULL;
}

const struct v2v_volume *v2v_resolve(
	const struct v2v_volume_names *names, const char *name)
{
	return resolve(names, name, 0);
}
