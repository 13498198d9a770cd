/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The hive SOFTWARE: who else decides what the Windows runs. */
#include "windows/readers.h"

#include <ctype.h>

#define MOST_PROGRAMS 32

/* In names that such programs are shown by. */
static const char *const guards[] = { "antivirus", "anti-virus", "antimalware",
	"virusscan", "virus scan", "internet security", "endpoint security",
	"endpoint protection", "endpoint agent", "kaspersky", "mcafee",
	"trellix", "symantec endpoint", "norton security", "sophos",
	"trend micro", "eset ", "crowdstrike", "sentinel agent", "sentinelone",
	"bitdefender", "avast ", "avg ", "avira", "f-secure", "withsecure",
	"cylance", "carbon black", "cortex xdr", "panda " };

/* A word, or its beginning. */
static bool has_word(const char *name, const char *word)
{
	for (const char *s = name; (s = strcasestr(s, word)); s++)
		if (s == name || !isalpha((unsigned char)s[-1]))
			return true;
	return false;
}

static bool is_guard(const char *name)
{
	return v2v_any(name, guards, has_word);
}

static void look_at_program(struct v2v_registry *registry, v2v_registry_key key,
	const char *name, void *opaque)
{
	CLEANUP_FREE char *shown =
		v2v_registry_string(registry, key, "DisplayName");
	struct v2v_list *found = opaque;

	(void)name;
	if (shown && found->count < MOST_PROGRAMS && is_guard(shown))
		v2v_list_add_string(found, shown);
}

static void set_true(struct v2v_registry *registry, v2v_registry_key key,
	const char *name, void *opaque)
{
	(void)registry, (void)key, (void)name;
	*(bool *)opaque = true;
}

void v2v_software_policies(struct v2v_registry *registry, struct v2v_windows *w)
{
	static const char *const paths[] = {
		"Microsoft\\Windows\\CurrentVersion\\Uninstall",
		"WOW6432node\\Microsoft\\Windows\\CurrentVersion\\Uninstall",
	};
	const v2v_registry_key root = v2v_registry_root(registry);

	/* A key for each policy that was applied. */
	v2v_registry_each(registry,
		v2v_registry_find(registry, root,
			"Microsoft\\Windows\\CurrentVersion\\Group Policy\\"
			"History"),
		set_true, &w->group_policy);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		v2v_registry_each(registry,
			v2v_registry_find(registry, root, paths[i]),
			look_at_program, &w->antivirus);
}
