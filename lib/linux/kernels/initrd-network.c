/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Does an initrd bring up a network, and which cards does it know? */
#include "linux/kernels/initrd-network.h"

#include "core/lines.h"

/* Words that switch off what they are the value of. */
static bool is_off(const char *value)
{
	static const char *const words[] = { "", "off", "none", "no", "n",
		"local", "auto" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcasecmp(value, words[i]) == 0)
			return true;
	return false;
}

/* Is one of the @keys of shell's assignments not off? */
static bool is_set(const char *text, const char *const *keys)
{
	while (*text) {
		CLEANUP_FREE char *line = v2v_line_next(&text);
		char *key = v2v_line_trim(line), *value = strchr(key, '=');

		if (!value)
			continue;
		*value++ = '\0';
		for (const char *const *k = keys; *k; k++)
			if (strcmp(key, *k) == 0 &&
				!is_off(v2v_line_trim(v2v_line_unquote(value))))
				return true;
	}
	return false;
}

/* booster's "network:" with what it has to do below it. */
static bool has_key(const char *text, const char *key)
{
	const char *s = v2v_starts_with(text, key) ? text : NULL;
	CLEANUP_FREE char *later = v2v_format("\n%s", key);

	return s || strstr(text, later);
}

/* Texts by their names, as they are in the archive. */
static bool text_tells(const struct v2v_initrd_text *text)
{
	/* initramfs.conf(5): IP= is what dropbear and others wait for. */
	static const char *const debian[] = { "IP", "NFSROOT", "BOOT", NULL };
	/* What SUSE's mkinitrd found of the cards that it needs. */
	static const char *const suse[] = { "static_macaddresses",
		"dhcp_macaddresses", "macaddress", "interface", "nettype",
		NULL };

	if (strcmp(text->path, "conf/initramfs.conf") == 0 ||
		v2v_starts_with(text->path, "conf/conf.d/"))
		return is_set(text->text, debian);
	if (strcmp(text->path, "config/network.sh") == 0)
		return is_set(text->text, suse);
	return strcmp(text->path, "etc/booster.init.yaml") == 0 &&
	       has_key(text->text, "network:");
}

bool v2v_initrd_brings_network(const struct v2v_initrd *initrd)
{
	if (initrd->brings_network)
		return true;
	v2v_list_foreach (const struct v2v_initrd_text, text, &initrd->texts)
		if (text_tells(text))
			return true;
	return false;
}

bool v2v_initrd_has_old_card(const struct v2v_initrd *initrd)
{
	static const char *const drivers[] = { "vmxnet3", "vmxnet", "e1000",
		"e1000e", "pcnet32" };

	for (size_t i = 0; i < ARRAY_SIZE(drivers); i++)
		if (v2v_initrd_has_module(initrd, drivers[i]))
			return true;
	return false;
}
