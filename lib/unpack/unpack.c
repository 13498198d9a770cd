/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The step v2v-unpack: an OVA, or disk images, into a document. */
#include "core/options.h"
#include "core/workdir.h"
#include "image/image.h"
#include "unpack/container.h"
#include "unpack/images.h"
#include "unpack/invent.h"
#include "unpack/options.h"
#include "unpack/unpack-ova.h"

static int unpack_images(struct v2v *v, const char *const *files,
	const struct v2v_unpack_options *opt, json_t **ret_docs,
	struct v2v_error *err)
{
	struct v2v_source source CLEANUP_SOURCE = { 0 };
	struct v2v_workdir workdir CLEANUP_WORKDIR = { NULL, NULL, false };

	if (v2v_unpack_images(v, files, opt, &source, &workdir, err) < 0 ||
		v2v_unpack_check_files(&source, err) < 0) {
		v2v_workdir_undo(&workdir);
		return -1;
	}
	*ret_docs = json_pack(
		"[o]", v2v_unpack_document(v, opt, &source, &workdir));
	return 0;
}

static int unpack(struct v2v *v, const char *const *files,
	const struct v2v_unpack_options *opt, json_t **ret_docs,
	struct v2v_error *err)
{
	int is_image;

	if (!files[0])
		return v2v_fail(err, "no-file", "no file is given");
	if (v2v_check_cancel(v, err) < 0 ||
		v2v_unpack_check_options(opt, err) < 0)
		return -1;
	is_image = opt->format ? 1 : v2v_unpack_is_image(files[0], err);
	if (is_image < 0)
		return -1;
	if (is_image && opt->snapshot)
		return v2v_fail(err, "no-snapshot",
			"'%s': only a VMX has snapshots to choose from",
			files[0]);
	if (is_image)
		return unpack_images(v, files, opt, ret_docs, err);
	if (files[1])
		return v2v_fail(err, "several-files",
			"'%s' is a machine of its own; give it alone",
			files[0]);
	return v2v_unpack_ova(v, files[0], opt, ret_docs, err);
}

int v2v_unpack(struct v2v *v, const char *const *files,
	const struct v2v_unpack_options *opt, json_t **ret_docs,
	struct v2v_error *err)
{
	struct v2v_unpack_options known;

	v2v_step_begin(v, "unpack", NULL);
	if (v2v_options_read(&known, opt, err) < 0)
		return -1;
	return unpack(v, files, &known, ret_docs, err);
}
