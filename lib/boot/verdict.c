/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words of a console, and what they mean. */
#include "boot/verdict.h"

#include "core/mem.h"

#include <ctype.h>
#include <string.h>

#define MENU_MOST 16384 /* bytes, of one that is drawn on a wide terminal */

/* The first that is found counts: what is more certain comes first. */
static const struct {
	const char *words;
	const char *code;
} rules[] = {
	{ "Kernel panic - not syncing", "boot-panic" },
	{ "Windows failed to start", "boot-windows-stop" },
	{ "(initramfs)", "boot-initramfs" },
	{ "Gave up waiting for root", "boot-initramfs" },
	{ "/run/initramfs/rdsosreport.txt", "boot-initramfs" },
	{ "dracut:/#", "boot-initramfs" },
	{ "initramfs emergency recovery shell", "boot-initramfs" },
	{ "dropped into an emergency shell", "boot-initramfs" },
	{ "You are in emergency mode", "boot-emergency" },
	{ "Entering emergency mode", "boot-initramfs" },
	{ "You are in rescue mode", "boot-emergency" },
	{ "grub rescue>", "boot-grub" },
	{ "Failed to boot both default and fallback entries", "boot-grub" },
	{ "No bootable device", "boot-no-device" },
	{ "No bootable option or device was found", "boot-no-device" },
	{ "UEFI Interactive Shell", "boot-no-device" },
	{ "Missing operating system", "boot-no-device" },
	{ "Error loading operating system", "boot-no-device" },
	{ "Invalid partition table", "boot-no-device" },
	{ "BOOTMGR is missing", "boot-no-device" },
	{ "NTLDR is missing", "boot-no-device" },
};

/* dracut's wait for a root that never comes has no end. */
static bool waits_for_device(const char *said)
{
	const char *job = said;

	while ((job = strstr(job, "A start job is running for "))) {
		const char *end = strchrnul(job, '\n');
		const char *time = memmem(
			job, (size_t)(end - job), "min ", strlen("min "));
		const char *limit = memmem(job, (size_t)(end - job),
			"/ no limit)", strlen("/ no limit)"));

		if (time && limit && time > job && time[-1] > '1')
			return true;
		job = end;
	}
	return false;
}

/* GRUB's prompt is the last thing that is there. */
static bool is_at_grub(const char *said)
{
	size_t n = strlen(said);

	while (n && isspace((unsigned char)said[n - 1]))
		n--;
	return n >= 5 && strncmp(said + n - 5, "grub>", 5) == 0;
}

/* "debian login: ", not the "Last login:" of a shell that opens; kernel and
 * systemd go on talking behind it. */
static bool has_login(const char *said)
{
	for (const char *at = said; (at = strstr(at, "login: ")); at++) {
		const bool is_word =
			at == said || isspace((unsigned char)at[-1]);
		const bool is_last =
			at - said >= 5 && strncmp(at - 5, "Last ", 5) == 0;

		if (is_word && !is_last)
			return true;
	}
	return false;
}

const char *v2v_boot_verdict(const char *said)
{
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++)
		if (strstr(said, rules[i].words))
			return rules[i].code;
	if (waits_for_device(said))
		return "boot-initramfs";
	if (has_login(said))
		return "boot-login";
	return is_at_grub(said) ? "boot-grub" : NULL;
}

/* The end of it without white space: a menu is drawn in pieces. */
static char *pieced(const char *said)
{
	const size_t length = strlen(said);
	const char *at = said + (length > MENU_MOST ? length - MENU_MOST : 0);
	char *text = v2v_alloc(1, MENU_MOST + 1), *end = text;

	for (; *at; at++)
		if (!isspace((unsigned char)*at))
			*end++ = *at;
	*end = '\0';
	return text;
}

const char *v2v_boot_verdict_of_quiet(const char *said)
{
	static const char keys[] = "keystoselectwhichentryishighlighted";
	CLEANUP_FREE char *text = pieced(said);
	const char *menu = NULL;

	for (const char *at = text; (at = strstr(at, keys)); at++)
		menu = at;
	return menu && !strstr(menu, "executedautomatically") ? "boot-grub"
							      : NULL;
}

/* Those that are not found by words alone. */
static const struct {
	const char *code;
	bool is_up;
} others[] = {
	{ "boot-login", true },
	{ "boot-running", true },
	{ "boot-grub", false },
	{ "boot-off", false },
	{ "boot-timeout", false },
};

bool v2v_boot_is_up(const char *code)
{
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (strcmp(code, others[i].code) == 0)
			return others[i].is_up;
	return false;
}
