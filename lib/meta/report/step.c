/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* v2v-meta -t report: a page for people, of one machine or of several. */
#include "meta/report/report.h"

#include "core/file.h"
#include "core/options.h"
#include "meta/names.h"
#include "meta/networks.h"

#include <libgen.h>

/* Of struct v2v_report. */
static void clear_reports(struct v2v_list *reports)
{
	v2v_list_foreach (struct v2v_report, report, reports)
		v2v_report_clear(report);
	free(reports->items);
}

static int load(const json_t *docs, const struct v2v_meta_options *opt,
	struct v2v_list *reports, struct v2v_error *err)
{
	size_t count = json_array_size(docs);
	const json_t *doc;
	size_t i;

	if (!count)
		return v2v_fail(err, "no-document", "no document to report");
	json_array_foreach (docs, i, doc) {
		struct v2v_report *report =
			v2v_list_add(reports, sizeof *report);

		report->number = i + 1;
		report->is_alone = count == 1;
		if (v2v_report_load(doc, opt, report, err) < 0)
			return count == 1 ? -1
					  : v2v_fail_prefix(
						    err, "machine %zu", i + 1);
	}
	return 0;
}

/* @out_dir, else where the first disk lies that was copied; the caller's. */
static char *directory(const struct v2v_list *reports, const char *out_dir,
	struct v2v_error *err)
{
	CLEANUP_FREE char *file = NULL;

	v2v_list_foreach (const struct v2v_report, report, reports)
		v2v_list_foreach (
			const struct v2v_target, target, &report->targets)
			if (!file && target->file)
				file = v2v_strdup(target->file);
	if (!out_dir && !file) {
		v2v_fail(err, "no-disk",
			"no disk has been copied, and no directory is given");
		return NULL;
	}
	return v2v_realpath(out_dir ? out_dir : dirname(file), err);
}

static int write_page(struct v2v *v, const struct v2v_list *reports,
	const struct v2v_meta_options *opt, struct v2v_list *paths,
	struct v2v_error *err)
{
	const struct v2v_report *first = v2v_items(struct v2v_report, reports);
	struct v2v_list files CLEANUP_META_FILES = { NULL, 0 };
	CLEANUP_FREE char *dir = directory(reports, opt->out_dir, err);
	const char *name = opt->name;

	if (!dir)
		return -1;
	if (!name)
		name = reports->count == 1 ? first->source.name : "report";
	v2v_meta_file_add(
		&files, ".html", v2v_report_page(first, reports->count), false);
	return v2v_meta_files_write(
		v, &files, dir, name, opt->force, paths, err);
}

int v2v_report(struct v2v *v, json_t *docs, const struct v2v_meta_options *opt,
	struct v2v_error *err)
{
	struct v2v_list reports
		__attribute__((cleanup(clear_reports))) = { NULL, 0 };
	struct v2v_list paths CLEANUP_STRINGS = { NULL, 0 };
	struct v2v_meta_options known;
	json_t *doc;
	size_t i;

	v2v_step_begin(v, "meta",
		json_array_size(docs) == 1 ? json_array_get(docs, 0) : NULL);
	if (v2v_options_read(&known, opt, err) < 0)
		return -1;
	if (known.type && !v2v_streq(known.type, "report"))
		return v2v_fail(err, "bad-option",
			"'%s' is not the type of a report", known.type);
	if (v2v_networks_check(&known, err) < 0 ||
		v2v_names_check(&known, err) < 0 ||
		v2v_check_cancel(v, err) < 0 ||
		load(docs, &known, &reports, err) < 0 ||
		write_page(v, &reports, &known, &paths, err) < 0)
		return -1;
	json_array_foreach (docs, i, doc) {
		json_object_set_new(
			doc, "metadata", v2v_meta_section("report", &paths));
	}
	return 0;
}

int v2v_report_check(const json_t *doc, struct v2v_error *err)
{
	struct v2v_report report = { .doc = doc };
	int r = v2v_report_sections(doc, &report, err);

	v2v_report_clear(&report);
	return r;
}

const struct v2v_meta_writer v2v_meta_report = {
	.write_all = v2v_report,
};
