/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* UEFI for a machine, found as libvirt finds it. */
#include "boot/boot.h"

#include "core/file.h"
#include "core/open.h"
#include "meta/qemu.h"

#include <fcntl.h>
#include <fnmatch.h>
#include <sys/stat.h>

#define MAX_VARIABLES (64 << 20)

static bool has_word(const json_t *list, const char *word)
{
	const json_t *item;
	size_t i;

	json_array_foreach ((json_t *)list, i, item) {
		if (v2v_streq(json_string_value(item), word))
			return true;
	}
	return false;
}

static bool fits_machine(const json_t *descriptor, const struct v2v_machine *m)
{
	json_t *targets = json_object_get(descriptor, "targets");
	/* A machine of some version: the patterns are of any. */
	CLEANUP_FREE char *type = v2v_format("%s9.9", v2v_qemu_family(m));
	const json_t *target, *pattern;
	size_t i, k;

	json_array_foreach (targets, i, target) {
		if (!v2v_streq(json_string_value(
				       json_object_get(target, "architecture")),
			    m->arch))
			continue;
		json_array_foreach (
			json_object_get(target, "machines"), k, pattern) {
			if (json_is_string(pattern) &&
				fnmatch(json_string_value(pattern), type, 0) ==
					0)
				return true;
		}
	}
	return false;
}

static const char *file_of(const json_t *descriptor, const char *what)
{
	const json_t *mapping = json_object_get(descriptor, "mapping");
	const json_t *file = json_object_get(mapping, what);

	if (!v2v_streq(json_string_value(json_object_get(mapping, "device")),
		    "flash") ||
		!v2v_streq(json_string_value(json_object_get(file, "format")),
			"raw"))
		return NULL;
	return json_string_value(json_object_get(file, "filename"));
}

/* Secure boot is on where keys are enrolled. */
static bool fits(const json_t *descriptor, const struct v2v_machine *m)
{
	const json_t *features = json_object_get(descriptor, "features");
	bool is_secure = has_word(features, "secure-boot") &&
			 has_word(features, "enrolled-keys");
	bool needs_smm = has_word(features, "requires-smm");
	const char *code = file_of(descriptor, "executable");
	const char *variables = file_of(descriptor, "nvram-template");

	return has_word(json_object_get(descriptor, "interface-types"),
		       "uefi") &&
	       fits_machine(descriptor, m) && is_secure == m->secure_boot &&
	       (!needs_smm || m->secure_boot) && code && variables &&
	       access(code, R_OK) == 0 && access(variables, R_OK) == 0;
}

/* A descriptor, and how specific its folder is: 0 is the user's. */
struct place {
	char *path;
	size_t folder;
};

static void add_folder(struct v2v_list *places, const char *path, size_t folder)
{
	CLEANUP_CLOSEDIR DIR *stream = v2v_opendir(path);
	const struct dirent *entry;

	while (stream && (entry = readdir(stream)))
		if (*entry->d_name != '.' &&
			v2v_ends_with(entry->d_name, ".json"))
			*(struct place *)v2v_list_add(
				places, sizeof(struct place)) = (struct place){
				v2v_format("%s/%s", path, entry->d_name), folder
			};
}

/* By their names, whatever the folder (firmware.json); of those that have the
 * same, the most specific first. */
static int by_name(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int order = strcmp(v2v_base_name(x->path), v2v_base_name(y->path));

	return order ? order
		     : (x->folder > y->folder) - (x->folder < y->folder);
}

static void add_places(const char *config_dir, struct v2v_list *places)
{
	CLEANUP_FREE char *user = v2v_format(
		"%s/" V2V_FIRMWARE_USER, config_dir ? config_dir : "");

	if (config_dir)
		add_folder(places, user, 0);
	add_folder(places, V2V_FIRMWARE_HOST, 1);
	add_folder(places, V2V_FIRMWARE_PACKAGES, 2);
	if (places->count)
		qsort(places->items, places->count, sizeof(struct place),
			by_name);
}

static void clear_places(struct v2v_list *places)
{
	v2v_list_foreach (struct place, place, places)
		free(place->path);
	free(places->items);
}

/* The caller's; NULL where it is none, or no regular file. */
static json_t *load(const char *path)
{
	uint64_t size;
	CLEANUP_CLOSE int fd = v2v_open_regular(path, &size, NULL);
	CLEANUP_FREE char *text = NULL;

	if (fd < 0 || size > V2V_FIRMWARE_SIZE)
		return NULL;
	text = v2v_alloc(1, size + 1);
	return v2v_pread_all(fd, path, text, size, 0, NULL) < 0
		       ? NULL
		       : json_loadb(text, size, 0, NULL);
}

/* The first that fits; the caller's, or NULL.  Of those that have one name the
 * first alone counts: an empty one is how an administrator takes a descriptor
 * out. */
static json_t *find(const struct v2v_machine *m, const char *config_dir)
{
	__attribute__((cleanup(clear_places))) struct v2v_list places = { 0 };
	const char *before = NULL;

	add_places(config_dir, &places);
	v2v_list_foreach (const struct place, place, &places) {
		const char *name = v2v_base_name(place->path);
		bool is_hidden = v2v_streq(before, name);
		json_auto_t *descriptor = is_hidden ? NULL : load(place->path);

		if (descriptor && fits(descriptor, m))
			return json_incref(descriptor);
		before = name;
	}
	return NULL;
}

static int copy_variables(
	const char *from, const char *to, struct v2v_error *err)
{
	uint64_t size;
	CLEANUP_CLOSE int in = v2v_open_regular(from, &size, err);
	CLEANUP_CLOSE int out = v2v_open(to, O_WRONLY | O_CREAT | O_EXCL, 0600);
	CLEANUP_FREE char *bytes = NULL;

	if (in < 0)
		return -1;
	if (out < 0)
		return v2v_fail_errno(err, "cannot create '%s'", to);
	if (size > MAX_VARIABLES)
		return v2v_fail(err, "boot-firmware",
			"'%s' is too large for UEFI's variables", from);
	bytes = v2v_alloc(1, size + 1);
	return v2v_pread_all(in, from, bytes, size, 0, err) < 0
		       ? -1
		       : v2v_write_all(out, to, bytes, size, err);
}

int v2v_boot_firmware(const struct v2v_machine *m, const char *config_dir,
	const char *scratch, char **ret_code, struct v2v_error *err)
{
	CLEANUP_FREE char *variables =
		v2v_format("%s/" V2V_BOOT_VARIABLES, scratch);
	json_auto_t *found = find(m, config_dir);

	if (!found)
		return v2v_fail(err, "boot-firmware",
			"this host has no firmware for %s on a %s machine of "
			"type '%s' (package ovmf or edk2)",
			v2v_machine_boots_as(m), m->arch, m->type);
	if (copy_variables(file_of(found, "nvram-template"), variables, err) <
		0)
		return -1;
	*ret_code = v2v_strdup(file_of(found, "executable"));
	return 0;
}
