/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The step v2v-meta. */
#include "meta/meta.h"

#include "core/doc.h"
#include "core/file.h"
#include "core/options.h"
#include "core/written.h"
#include "meta/networks.h"

#include <libgen.h>

static const char *const types[] = { "libvirt", NULL };
static const struct v2v_meta_writer *const writers[] = { &v2v_meta_libvirt };
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

/* Write @text to NAME.xml in @dir; *@ret_path is the caller's. */
static int write_file(struct v2v *v, const struct v2v_machine *machine,
	const char *dir, const char *suffix, const char *text, bool force,
	char **ret_path, struct v2v_error *err)
{
	CLEANUP_OUT struct v2v_out out = { NULL, NULL, -1, false };
	CLEANUP_FREE char *name = v2v_safe_name(machine->source.name);
	CLEANUP_FREE char *path = v2v_format("%s/%s%s", dir, name, suffix);

	if (v2v_written_check(v, path, err) < 0 ||
		v2v_out_open(&out, path, force, err) < 0 ||
		v2v_write_all(out.fd, path, text, strlen(text), err) < 0 ||
		v2v_check_cancel(v, err) < 0 || v2v_out_publish(&out, err) < 0)
		return -1;
	v2v_written_add(v, out.fd);
	*ret_path = v2v_take(path);
	return 0;
}

int v2v_meta(struct v2v *v, json_t *doc, const struct v2v_meta_options *opt,
	struct v2v_error *err)
{
	CLEANUP_MACHINE struct v2v_machine machine = { .type = NULL };
	CLEANUP_FREE char *text = NULL, *dir = NULL, *path = NULL;
	struct v2v_meta_options known;
	int type;

	v2v_step_begin(v, "meta", doc);
	if (v2v_options_read(&known, opt, err) < 0)
		return -1;
	type = find_type(known.type, err);
	if (type < 0 || v2v_networks_check(&known, err) < 0 ||
		v2v_check_cancel(v, err) < 0 ||
		v2v_machine_load(v, doc, &machine, err) < 0)
		return -1;
	v2v_networks_apply(v, &machine, &known);
	text = writers[type]->write(v, &machine, err);
	dir = text ? directory(&machine, known.out_dir, err) : NULL;
	if (!dir || write_file(v, &machine, dir, writers[type]->suffix, text,
			    known.force, &path, err) < 0)
		return -1;
	json_object_set_new(doc, "metadata",
		json_pack("{s:s, s:o}", "type", types[type], "file",
			v2v_json_text(path)));
	v2v_step_end(v, doc);
	return 0;
}
