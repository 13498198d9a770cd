/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A Windows as a tree (dir-tree.h), and what inspection says of it.  What is
 * not in its files is in lines of /.source: a card as "MAC SLOT", "DISK",
 * "UEFI": the ESP is there, too.
 */
#ifndef V2V_TEST_WINDOWS_SCENE_H
#define V2V_TEST_WINDOWS_SCENE_H

#include "cases.h"

#include "converter/converter.h"
#include "core/handle.h"
#include "dir-tree.h"
#include "windows/windows.h"

struct windows_scene {
	const struct v2v_tree *tree;
	struct v2v *v;
	struct v2v_inspect inspect;
	struct v2v_source source;
	struct v2v_guestcaps caps;
	struct v2v_plan plan; /* made over the tree */
};

/* "00:50:56:00:00:01" or "-", "160" or "-" */
static inline void scene_add_nic(
	const char *mac, const char *slot, struct v2v_source *source)
{
	struct v2v_nic *nic = v2v_list_add(&source->nics, sizeof *nic);

	nic->id = (int64_t)source->nics.count - 1;
	nic->mac = strcmp(mac, "-") ? v2v_strdup(mac) : NULL;
	nic->pci_slot = -1;
	v2v_parse_i64(slot, &nic->pci_slot);
}

static inline void scene_read_source(
	const struct v2v_tree *tree, struct v2v_source *source)
{
	CLEANUP_FREE char *text = v2v_tree_text(tree, "/.source");
	const char *rest = text;
	char *line;

	for (; rest && (line = v2v_line_next(&rest)); free(line)) {
		const char *slot = v2v_line_split(line);

		if (strcmp(line, "DISK") == 0)
			v2v_list_add(&source->disks, sizeof(struct v2v_disk));
		else if (strcmp(line, "UEFI") == 0)
			v2v_string_set(&source->firmware, "uefi");
		else
			scene_add_nic(line, slot, source);
	}
}

static inline void scene_inspect(struct windows_scene *s)
{
	struct v2v_inspect *inspect = &s->inspect;
	struct v2v_mountpoint *mount;

	assert(v2v_windows_read(s->tree, inspect));
	v2v_windows_match_nics(inspect->windows, &s->source);
	inspect->windows->hibernated = v2v_windows_is_hibernated(s->tree);
	inspect->root = v2v_strdup("/dev/sda1");
	inspect->firmware = v2v_strdup(s->source.firmware);
	mount = v2v_list_add(&inspect->mountpoints, sizeof *mount);
	mount->path = v2v_strdup("/");
	mount->device = v2v_strdup("/dev/sda1");
	v2v_windows_read_boot(s->tree, "", s->source.firmware != NULL,
		"/dev/sda1", inspect->windows);
}

/* As --check does: what fails is a blocker. */
static inline void scene_plan(struct windows_scene *s)
{
	const struct v2v_task task = {
		.v = s->v,
		.source = &s->source,
		.inspect = &s->inspect,
		.look_only = true,
		.plan = &s->plan,
		.caps = &s->caps,
	};

	assert(v2v_converter_of(&s->inspect)->plan(&task, NULL) == 0);
}

/* The plan is empty yet. */
static inline void scene_begin(
	struct windows_scene *s, const struct v2v_tree *tree)
{
	*s = (struct windows_scene){ .tree = tree,
		.v = v2v_new(),
		.inspect = { .major_version = -1,
			.minor_version = -1,
			.boot_device = -1 } };
	scene_read_source(tree, &s->source);
	scene_inspect(s);
	v2v_plan_init(&s->plan, tree);
}

static inline void scene_end(struct windows_scene *s)
{
	v2v_plan_clear(&s->plan);
	v2v_guestcaps_clear(&s->caps);
	v2v_inspect_clear(&s->inspect);
	v2v_source_clear(&s->source);
	v2v_free(s->v);
}
#endif
