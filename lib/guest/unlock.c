/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Open encrypted partitions with the keys that the user gave. */
#include "core/file.h"
#include "guest/files.h"
#include "guest/private.h"

#define MAX_KEY 8192

/* "SELECTOR:key:PASSPHRASE" or "SELECTOR:file:NAME". */
struct key {
	char *selector;
	char *passphrase;
	bool used; /* a device of that name was there */
};

static void keys_clear(struct v2v_list *keys)
{
	v2v_list_foreach (struct key, key, keys) {
		free(key->selector);
		if (key->passphrase)
			explicit_bzero(
				key->passphrase, strlen(key->passphrase));
		free(key->passphrase);
	}
	free(keys->items);
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
	const char *kind = strstr(text, ":key:");
	const char *file = strstr(text, ":file:");

	/* Each may be in what follows the other. */
	if (file && (!kind || file < kind))
		kind = file;
	else
		file = NULL;
	if (!kind || kind == text)
		return v2v_fail(err, "bad-option",
			"--key: not a SELECTOR:ask, SELECTOR:file:NAME, "
			"SELECTOR:fd:N or SELECTOR:key:PASSPHRASE");
	key->selector = v2v_strndup(text, (size_t)(kind - text));
	if (file)
		return read_key_file(
			file + strlen(":file:"), &key->passphrase, err);
	key->passphrase = v2v_strdup(kind + strlen(":key:"));
	return 0;
}

/* As the appliance calls it: vda and hda are sda, /dev/mapper/vg-lv is
 * /dev/vg/lv. */
static void make_canonical(struct v2v_guest *guest, struct key *key)
{
	char *name;

	if (!v2v_starts_with(key->selector, "/dev/"))
		return;
	name = v2v_call(guest, devices, canonical, key->selector);
	if (!name)
		return;
	free(key->selector);
	key->selector = name;
}

static bool key_fits(
	const struct key *key, const char *device, const char *uuid)
{
	const char *selector = key->selector;

	if (strncasecmp(selector, "UUID=", 5) == 0)
		selector += 5;
	return strcmp(selector, "all") == 0 || strcmp(selector, device) == 0 ||
	       (v2v_starts_with(device, "/dev/") &&
		       strcmp(selector, device + strlen("/dev/")) == 0) ||
	       (uuid && strcasecmp(selector, uuid) == 0);
}

/* The UUID that blkid(8) gives: LUKS and BitLocker. */
static char *uuid_of(struct v2v_guest *guest, const char *device)
{
	char *uuid = v2v_call(guest, devices, tag, device, "UUID");

	if (uuid && !*uuid) {
		free(uuid);
		return NULL;
	}
	return uuid;
}

/* Try each key that is for @device; its mapper is named as udev would. */
static bool open_device(
	struct v2v_guest *guest, const char *device, struct v2v_list *keys)
{
	CLEANUP_FREE char *uuid = uuid_of(guest, device);
	CLEANUP_FREE char *name =
		v2v_format("luks-%s", uuid ? uuid : strrchr(device, '/') + 1);
	size_t tried = 0;

	v2v_list_foreach (struct key, key, keys) {
		if (!key_fits(key, device, uuid))
			continue;
		key->used = true;
		tried++;
		if (v2v_call(guest, devices, unlock, device, key->passphrase,
			    name) == 0)
			return true;
	}
	/* That none was given for it is a finding; this is a mistake. */
	if (tried)
		v2v_warn(guest->v, "luks-no-key",
			"the key for the guest's '%s' does not open it (%zu "
			"tried)",
			device, tried);
	return false;
}

/* Open what is not in @tried yet, which it is added to; the number opened. */
static size_t open_devices(struct v2v_guest *guest,
	const struct v2v_list *devices, struct v2v_list *keys,
	struct v2v_list *tried)
{
	size_t opened = 0;

	v2v_list_foreach (char *, device, devices) {
		CLEANUP_FREE char *type = NULL;
		bool done = false;

		v2v_list_foreach (char *, other, tried)
			done |= strcmp(*other, *device) == 0;
		if (done || v2v_is_cancelled(guest->v))
			continue;
		v2v_list_add_string(tried, *device);
		type = v2v_call(guest, devices, tag, *device, "TYPE");
		if (v2v_streq(type, "crypto_LUKS") ||
			v2v_streq(type, "BitLocker"))
			opened += open_device(guest, *device, keys);
	}
	return opened;
}

/* LUKS lies on disks, partitions, arrays, logical volumes, and in LUKS; each
 * that is opened may show more of them. */
static void open_all(struct v2v_guest *guest, struct v2v_list *keys)
{
	struct v2v_list disks CLEANUP_STRINGS = { 0 };
	struct v2v_list partitions CLEANUP_STRINGS = { 0 };
	struct v2v_list arrays CLEANUP_STRINGS = { 0 };
	struct v2v_list tried CLEANUP_STRINGS = { 0 };
	size_t opened;

	v2v_call(guest, devices, list_disks, &disks);
	v2v_call(guest, devices, list_partitions, &partitions);
	opened = open_devices(guest, &partitions, keys, &tried);
	opened += open_devices(guest, &disks, keys, &tried);
	v2v_guest_start_arrays(guest);
	v2v_call(guest, devices, list_arrays, &arrays);
	opened += open_devices(guest, &arrays, keys, &tried);
	for (unsigned depth = 0; depth < 4; depth++) {
		struct v2v_list volumes CLEANUP_STRINGS = { 0 };
		struct v2v_list mapped CLEANUP_STRINGS = { 0 };

		/* LVM inside of LUKS shows only when asked. */
		if (opened)
			v2v_call(guest, devices, scan_lvm);
		v2v_call(guest, devices, list_logical, &volumes);
		v2v_call(guest, devices, list_mapped, &mapped);
		opened = open_devices(guest, &volumes, keys, &tried) +
			 open_devices(guest, &mapped, keys, &tried);
		if (!opened)
			return;
	}
}

static int parse_keys(
	const char *const *texts, struct v2v_list *keys, struct v2v_error *err)
{
	for (; texts && *texts; texts++) {
		struct key *key = v2v_list_add(keys, sizeof *key);

		if (parse_key(*texts, key, err) < 0)
			return -1;
	}
	return 0;
}

int v2v_guest_check_keys(const char *const *texts, struct v2v_error *err)
{
	__attribute__((cleanup(keys_clear))) struct v2v_list keys = { 0 };

	return parse_keys(texts, &keys, err);
}

int v2v_guest_unlock(struct v2v_guest *guest, const char *const *texts,
	struct v2v_error *err)
{
	__attribute__((cleanup(keys_clear))) struct v2v_list keys = { 0 };

	if (parse_keys(texts, &keys, err) < 0)
		return -1;
	if (keys.count == 0)
		return 0;
	v2v_list_foreach (struct key, key, &keys)
		make_canonical(guest, key);
	open_all(guest, &keys);
	v2v_list_foreach (const struct key, key, &keys)
		if (!key->used && strcmp(key->selector, "all") != 0)
			v2v_warn(guest->v, "key-unused",
				"--key: there is no encrypted '%s'",
				key->selector);
	return v2v_check_cancel(guest->v, err);
}
