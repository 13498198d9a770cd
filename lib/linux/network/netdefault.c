/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* systemd.net-naming-scheme(7), and what turns it off. */
#include "linux/network/netdefault.h"

#include "core/lines.h"
#include "linux/network/netread.h"
#include "linux/network/network.h"
#include "linux/network/slots.h"

/* A policy for cards of any address. */
struct policy {
	bool is_told, by_slot, has_match;
};

static void set_policy(
	const char *section, const char *key, const char *value, void *opaque)
{
	struct policy *policy = opaque;

	if (strcmp(section, "Match") == 0)
		policy->has_match |= strcmp(key, "OriginalName") != 0 &&
				     strcmp(key, "Type") != 0;
	if (strcmp(section, "Link") != 0 || strcmp(key, "NamePolicy") != 0)
		return;
	policy->is_told = true;
	policy->by_slot = strstr(value, "slot") != NULL;
}

#define SETUP_LINK V2V_UDEV_DIR "/80-net-setup-link.rules"

bool v2v_netdefault_heeds_links(const struct v2v_tree *tree)
{
	CLEANUP_FREE char *own =
		v2v_tree_kind(tree, SETUP_LINK) != V2V_KIND_NONE
			? v2v_tree_text(tree, SETUP_LINK)
			: v2v_strdup("net_setup_link");

	return own && strstr(own, "net_setup_link");
}

/* A file or a link to /dev/null in the place of systemd's own rule. */
static bool is_masked(const struct v2v_tree *tree)
{
	static const char *const rules[] = {
		SETUP_LINK,
		V2V_UDEV_DIR "/80-net-name-slot.rules",
	};

	for (size_t i = 0; i < ARRAY_SIZE(rules); i++)
		if (v2v_tree_kind(tree, rules[i]) != V2V_KIND_NONE)
			return true;
	return false;
}

/* Of /etc's file and the distribution's of a name the former counts. */
static bool is_overridden(const struct v2v_tree *tree, const char *name)
{
	CLEANUP_FREE char *path = v2v_format(V2V_LINK_DIR "/%s", name);

	return v2v_tree_kind(tree, path) != V2V_KIND_NONE;
}

/* Does a policy of the folder's say otherwise? */
static bool is_by_others(const struct v2v_tree *tree, const char *directory)
{
	struct v2v_list names CLEANUP_STRINGS = { 0 };
	bool is_own = strcmp(directory, V2V_LINK_DIR) == 0, others = false;

	v2v_tree_list(tree, directory, &names);
	v2v_list_foreach (char *, name, &names) {
		CLEANUP_FREE char *path = v2v_format("%s/%s", directory, *name);
		CLEANUP_FREE char *text = NULL;
		struct policy policy = { 0 };

		if (!v2v_ends_with(*name, ".link") ||
			(!is_own && is_overridden(tree, *name)))
			continue;
		text = v2v_tree_text(tree, path);
		if (text)
			v2v_ini_read(text, set_policy, &policy);
		/* Linked to /dev/null there is no policy. */
		others |= strcmp(*name, V2V_DEFAULT_LINK) == 0
				  ? !policy.by_slot
				  : policy.is_told && !policy.by_slot &&
					    !policy.has_match;
	}
	return others;
}

static bool has_word(const char *words, const char *word)
{
	size_t n = strlen(word);

	for (const char *s = words; (s = strstr(s, word)); s += n)
		if ((s == words || strchr(" \t\"", s[-1])) &&
			(!s[n] || strchr(" \t\"", s[n])))
			return true;
	return false;
}

bool v2v_netdefault_is_by_slot(const struct v2v_tree *tree, const char *options)
{
	static const char *const directories[] = { V2V_LINK_DIR,
		"/usr/lib/systemd/network", "/lib/systemd/network" };

	if ((options && has_word(options, "net.ifnames=0")) || is_masked(tree))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(directories); i++)
		if (is_by_others(tree, directories[i]))
			return false;
	return true;
}

void v2v_netdefault_add(
	const struct v2v_source *source, struct v2v_list *interfaces)
{
	v2v_list_foreach (const struct v2v_nic, nic, &source->nics) {
		CLEANUP_FREE char *name =
			v2v_format("ens%lld", (long long)nic->pci_slot);
		struct v2v_pci_place place;

		if (v2v_slot_place(nic->pci_slot, &place) &&
			interfaces->count < V2V_NETREAD_MAX)
			v2v_netread_add(interfaces, name,
				V2V_DEFAULT_DIR "/" V2V_DEFAULT_LINK);
	}
}
