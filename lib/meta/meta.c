/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The step v2v-meta. */
#include "meta/meta.h"

#include "core/doc.h"
#include "core/file.h"
#include "core/options.h"
#include "meta/names.h"
#include "meta/networks.h"

#include <libgen.h>

static const char *const types[] = { "libvirt", "qemu", "kubevirt", "proxmox",
	"openstack", "opennebula", "report", NULL };
static const struct v2v_meta_writer *const writers[] = { &v2v_meta_libvirt,
	&v2v_meta_qemu, &v2v_meta_kubevirt, &v2v_meta_proxmox,
	&v2v_meta_openstack, &v2v_meta_opennebula, &v2v_meta_report };
_Static_assert(ARRAY_SIZE(types) == ARRAY_SIZE(writers) + 1, "a writer a type");

const char *const *v2v_meta_types(void)
{
	return types;
}

/* The number of the type in both tables (NULL: the first); -1. */
static int find_type(const char *type, struct v2v_error *err)
{
	struct v2v_text known CLEANUP_TEXT = { 0 };

	for (int i = 0; types[i]; i++) {
		if (!type || v2v_streq(type, types[i]))
			return i;
		v2v_text_join(&known, ", ", "%s", types[i]);
	}
	return v2v_fail(err, "bad-option",
		"unknown metadata type '%s' (supported: %s)", type, known.data);
}

/* @out_dir, else where the first disk lies; canonical, the caller's. */
static char *directory(const struct v2v_machine *machine, const char *out_dir,
	struct v2v_error *err)
{
	CLEANUP_FREE char *file = NULL;

	v2v_list_foreach (struct v2v_target, target, &machine->targets)
		if (!file)
			file = v2v_strdup(target->file);
	if (!out_dir && !file) {
		v2v_fail(err, "no-disk",
			"the machine has no disk, and no directory is given");
		return NULL;
	}
	return v2v_realpath(out_dir ? out_dir : dirname(file), err);
}

/* The machine's files, as @type has them, in @out_dir. */
static int write_files(struct v2v *v, const struct v2v_machine *machine,
	int type, const struct v2v_meta_options *opt, struct v2v_list *paths,
	struct v2v_error *err)
{
	struct v2v_list files CLEANUP_META_FILES = { NULL, 0 };
	const struct v2v_meta_place place = { opt->storage, opt->name_space };
	CLEANUP_FREE char *dir = NULL;

	if (writers[type]->write(v, machine, &place, &files, err) < 0)
		return -1;
	dir = directory(machine, opt->out_dir, err);
	if (!dir)
		return -1;
	return v2v_meta_files_write(
		v, &files, dir, machine->source.name, opt->force, paths, err);
}

/* What becomes of this document alone. */
static int write_alone(struct v2v *v, json_t *doc, int type,
	const struct v2v_meta_options *opt, struct v2v_error *err)
{
	json_auto_t *docs = json_pack("[O]", doc);

	return writers[type]->write_all(v, docs, opt, err);
}

int v2v_meta(struct v2v *v, json_t *doc, const struct v2v_meta_options *opt,
	struct v2v_error *err)
{
	CLEANUP_MACHINE struct v2v_machine machine = { .type = NULL };
	struct v2v_list paths CLEANUP_STRINGS = { NULL, 0 };
	struct v2v_meta_options known;
	int type;

	v2v_step_begin(v, "meta", doc);
	if (v2v_options_read(&known, opt, err) < 0)
		return -1;
	type = find_type(known.type, err);
	if (type >= 0 && writers[type]->write_all)
		return write_alone(v, doc, type, &known, err);
	if (type < 0 || v2v_networks_check(&known, err) < 0 ||
		v2v_names_check(&known, err) < 0 ||
		v2v_check_cancel(v, err) < 0 ||
		v2v_machine_load(doc, &machine, err) < 0)
		return -1;
	v2v_machine_tell(v, &machine);
	if (known.name)
		v2v_string_set(&machine.source.name, known.name);
	v2v_networks_apply(v, &machine, &known);
	if (write_files(v, &machine, type, &known, &paths, err) < 0)
		return -1;
	json_object_set_new(
		doc, "metadata", v2v_meta_section(types[type], &paths));
	v2v_step_end(v, doc);
	return 0;
}
