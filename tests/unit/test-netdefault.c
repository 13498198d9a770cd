/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether udev calls a guest's cards by their slots, as data below
 * tests/data/network/default: guests as text-tree.h has them in NAME.tree; the
 * kernel's command line is /proc/cmdline there.  NAME.expect: the names of a
 * machine with a card in slot 192, one in none, and one in slot 33.
 */
#include "cases.h"

#include "text-tree.h"

#include "linux/network/netdefault.h"
#include "linux/network/network.h"

static char *names_of(const struct text_tree *t)
{
	struct v2v_nic nics[] = { { .id = 0, .pci_slot = 192 },
		{ .id = 1, .pci_slot = -1 }, { .id = 2, .pci_slot = 33 } };
	const struct v2v_source source = { .nics = { nics, 3 } };
	struct v2v_inspect inspect CLEANUP_INSPECT = { 0 };
	struct v2v_text names CLEANUP_TEXT = { 0 };
	CLEANUP_FREE char *options = v2v_tree_text(&t->tree, "/proc/cmdline");

	if (v2v_netdefault_is_by_slot(&t->tree, options))
		v2v_netdefault_add(&source, &inspect.network);
	v2v_list_foreach (const struct v2v_interface, iface, &inspect.network) {
		assert(v2v_network_rank(iface->where) == V2V_NETWORK_DEFAULT);
		v2v_text_addf(&names, "%s\n", iface->name);
	}
	return names.length ? v2v_text_take(&names) : v2v_strdup("");
}

static void test_tree(const char *path)
{
	CLEANUP_FREE char *text = read_whole(path);
	CLEANUP_FREE char *expected = beside(path, ".expect");
	CLEANUP_FREE char *want = read_whole(expected), *got = NULL;
	struct text_tree t;

	text_tree_read(&t, text);
	got = names_of(&t);
	same(path, got, want);
	text_tree_clear(&t);
}

int main(void)
{
	each_case("tests/data/network/default/*.tree", 8, test_tree);
	return 0;
}
