/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The disks of a snapshot. */
#include "unpack/vmsd.h"

#include "core/names.h"
#include "unpack/drives.h"
#include "unpack/vmx.h"

#define MAX_SNAPSHOTS 1000 /* VMware has 496 a machine at the most */
#define MAX_DISKS     V2V_DRIVES_MAX

static json_t *read_list(struct v2v *v, struct v2v_ova *ova,
	const struct v2v_ova_member *descriptor, struct v2v_error *err)
{
	const char *dot = strrchr(descriptor->name, '.');
	CLEANUP_FREE char *stem = v2v_strndup(
		descriptor->name, dot ? (size_t)(dot - descriptor->name)
				      : strlen(descriptor->name));
	CLEANUP_FREE char *name = v2v_format("%s.vmsd", stem), *text = NULL;
	const struct v2v_ova_member *member = v2v_ova_find(ova, name);
	json_t *list;

	if (!member) {
		v2v_fail(err, "no-snapshot",
			"'%s': no list of snapshots '%s' beside it", ova->file,
			name);
		return NULL;
	}
	if (v2v_ova_read(ova, member, V2V_VMX_MAX, &text, err) < 0)
		return NULL;
	list = v2v_vmx_parse(v, text, member->size, err);
	if (!list)
		v2v_fail_prefix(err, "'%s'", name);
	return list;
}

/* "before (1)" */
static void add_known(struct v2v_names *known, const json_t *list, unsigned i)
{
	const char *name = v2v_vmx_get(list, "snapshot%u.displayname", i);
	const char *id = v2v_vmx_get(list, "snapshot%u.uid", i);
	CLEANUP_FREE char *text = NULL;

	if (!id)
		return;
	text = v2v_format("%s (%s)", name ? name : "", id);
	v2v_names_add(known, text);
}

/* Its number in the list: a name comes first, and must be one's alone. */
static int find(const json_t *list, const char *wanted, unsigned *ret_number,
	struct v2v_error *err)
{
	struct v2v_names known CLEANUP_NAMES = { 0 };
	unsigned by_name = 0, by_id = 0;

	for (unsigned i = 0; i < MAX_SNAPSHOTS; i++) {
		const char *id = v2v_vmx_get(list, "snapshot%u.uid", i);

		add_known(&known, list, i);
		if (v2v_streq(wanted,
			    v2v_vmx_get(list, "snapshot%u.displayname", i)) &&
			by_name++ == 0)
			*ret_number = i;
		if (v2v_streq(wanted, id) && !by_name && by_id++ == 0)
			*ret_number = i;
	}
	if (by_name == 1 || (!by_name && by_id == 1))
		return 0;
	return v2v_fail(err, "no-snapshot", "%s snapshot '%s' (there are: %s)",
		by_name || by_id ? "more than one" : "no", wanted,
		known.count ? v2v_names_text(&known) : "none");
}

/* The file of the disk at @node; NULL: it has no part in the snapshot. */
static const char *file_of(
	const json_t *list, unsigned number, const char *node)
{
	for (unsigned i = 0; node && i < MAX_DISKS; i++) {
		const char *at =
			v2v_vmx_get(list, "snapshot%u.disk%u.node", number, i);

		if (at && strcasecmp(at, node) == 0)
			return v2v_vmx_get(
				list, "snapshot%u.disk%u.filename", number, i);
	}
	return NULL;
}

int v2v_vmsd_choose(struct v2v *v, struct v2v_ova *ova,
	const struct v2v_ova_member *descriptor, const char *wanted,
	struct v2v_descriptor_machine *machine, struct v2v_error *err)
{
	json_auto_t *list = NULL;
	unsigned number = 0;

	if (!v2v_streq(machine->source.descriptor, "vmx"))
		return v2v_fail(err, "no-snapshot",
			"'%s': only a VMX has snapshots to choose from",
			ova->file);
	list = read_list(v, ova, descriptor, err);
	if (!list)
		return -1;
	if (find(list, wanted, &number, err) < 0)
		return v2v_fail_prefix(err, "'%s'", ova->file);
	v2v_list_foreach (struct v2v_descriptor_disk, said, &machine->disks) {
		const char *file = file_of(list, number, said->node);

		if (!file || !*file) {
			v2v_warn(v, "snapshot-disk",
				"the disk at %s has no part in the snapshot "
				"'%s', and is taken as it is now",
				said->node ? said->node : "?", wanted);
			continue;
		}
		free(said->href);
		said->href = v2v_drive_file(file, &said->foreign);
	}
	return 0;
}
