/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* UEFI for a machine, found as libvirt finds it. */
#include "boot/boot.h"

#include "core/file.h"
#include "core/open.h"
#include "meta/qemu.h"

#include <fcntl.h>
#include <fnmatch.h>
#include <glob.h>
#include <sys/stat.h>

/* Where descriptors are, the administrator's first, which is their order as
 * texts, too. */
static const char *const folders[] = { "/etc/qemu/firmware/*.json",
	"/usr/local/share/qemu/firmware/*.json",
	"/usr/share/qemu/firmware/*.json" };

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

static const char *name_of(const char *path)
{
	return strrchr(path, '/') + 1;
}

/* By their names, whatever the folder (firmware.json); of those that have the
 * same, the administrator's first. */
static int by_name(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;
	int order = strcmp(name_of(*x), name_of(*y));

	return order ? order : strcmp(*x, *y);
}

/* The first that fits; the caller's, or NULL.  Of those that have one name the
 * first alone counts: an empty one is how an administrator takes a descriptor
 * out. */
static json_t *find(const struct v2v_machine *m)
{
	glob_t paths = { 0 };
	json_t *found = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		glob(folders[i], i ? GLOB_APPEND : 0, NULL, &paths);
	if (paths.gl_pathc)
		qsort(paths.gl_pathv, paths.gl_pathc, sizeof *paths.gl_pathv,
			by_name);
	for (size_t i = 0; !found && i < paths.gl_pathc; i++) {
		const char *path = paths.gl_pathv[i];
		bool is_hidden = i && strcmp(name_of(paths.gl_pathv[i - 1]),
					      name_of(path)) == 0;
		json_auto_t *descriptor =
			is_hidden ? NULL : json_load_file(path, 0, NULL);

		if (descriptor && fits(descriptor, m))
			found = json_incref(descriptor);
	}
	globfree(&paths);
	return found;
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

int v2v_boot_firmware(const struct v2v_machine *m, const char *scratch,
	char **ret_code, struct v2v_error *err)
{
	CLEANUP_FREE char *variables =
		v2v_format("%s/" V2V_BOOT_VARIABLES, scratch);
	json_auto_t *found = find(m);

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
