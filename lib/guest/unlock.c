/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Open encrypted partitions with the keys that the user gave. */
#include "guest/private.h"

#include "core/file.h"

#define MAX_KEY 8192

/* "SELECTOR:key:PASSPHRASE" or "SELECTOR:file:NAME". */
struct key {
	char *selector;
	char *passphrase;
};

static void key_clear(struct key *key)
{
	free(key->selector);
	if (key->passphrase)
		explicit_bzero(key->passphrase, strlen(key->passphrase));
	free(key->passphrase);
}

static int read_key_file(
	const char *name, char **ret_passphrase, struct v2v_error *err)
{
	uint64_t size;
	CLEANUP_CLOSE int fd = v2v_open_regular(name, &size, err);
	CLEANUP_FREE char *text = v2v_alloc(1, MAX_KEY + 1);

	if (fd < 0)
		return -1;
	if (size > MAX_KEY)
		return v2v_fail(err, "key", "key file '%s' is too large", name);
	if (v2v_pread_all(fd, name, text, size, 0, err) < 0)
		return -1;
	text[strcspn(text, "\r\n")] = '\0';
	*ret_passphrase = v2v_take(text);
	return 0;
}

static int parse_key(const char *text, struct key *key, struct v2v_error *err)
{
	const char *kind = strstr(text, ":key:"), *file = NULL;

	if (!kind)
		kind = file = strstr(text, ":file:");
	if (!kind || kind == text)
		return v2v_fail(err, "key",
			"--key: expected SELECTOR:key:PASSPHRASE or "
			"SELECTOR:file:NAME");
	key->selector = v2v_strndup(text, (size_t)(kind - text));
	if (file)
		return read_key_file(
			file + strlen(":file:"), &key->passphrase, err);
	key->passphrase = v2v_strdup(kind + strlen(":key:"));
	return 0;
}

static bool key_fits(
	const struct key *key, const char *device, const char *uuid)
{
	return strcmp(key->selector, "all") == 0 ||
	       strcmp(key->selector, device) == 0 ||
	       (uuid && strcasecmp(key->selector, uuid) == 0);
}

/* Try each key that is for @device; its mapper is named as udev would. */
static int open_device(struct v2v_guest *guest, const char *device,
	const char *const *keys, struct v2v_error *err)
{
	CLEANUP_FREE char *uuid = guestfs_luks_uuid(guest->g, device);
	CLEANUP_FREE char *name =
		v2v_format("luks-%s", uuid ? uuid : strrchr(device, '/') + 1);

	for (; *keys; keys++) {
		__attribute__((cleanup(key_clear))) struct key key = { 0 };

		if (parse_key(*keys, &key, err) < 0)
			return -1;
		if (!key_fits(&key, device, uuid))
			continue;
		if (guestfs_cryptsetup_open(
			    guest->g, device, key.passphrase, name, -1) == 0)
			return 0;
	}
	v2v_warn(guest->v, "luks-no-key", "no key opens the guest's '%s'",
		device);
	return v2v_check_cancel(guest->v, err);
}

static int open_devices(struct v2v_guest *guest, char **devices,
	const char *const *keys, struct v2v_error *err)
{
	for (; devices && *devices; devices++) {
		CLEANUP_FREE char *type = guestfs_vfs_type(guest->g, *devices);

		if (!v2v_streq(type, "crypto_LUKS") &&
			!v2v_streq(type, "BitLocker"))
			continue;
		if (open_device(guest, *devices, keys, err) < 0)
			return -1;
	}
	return v2v_check_cancel(guest->v, err);
}

int v2v_guest_unlock(
	struct v2v_guest *guest, const char *const *keys, struct v2v_error *err)
{
	CLEANUP_STRV char **partitions = NULL, **volumes = NULL;

	if (!keys || !*keys)
		return 0;
	partitions = guestfs_list_partitions(guest->g);
	if (open_devices(guest, partitions, keys, err) < 0)
		return -1;
	/* LVM inside of LUKS shows only now; and LUKS may lie inside of LVM. */
	guestfs_lvm_scan(guest->g, 1);
	volumes = guestfs_lvs(guest->g);
	return open_devices(guest, volumes, keys, err);
}
