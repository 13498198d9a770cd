/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a document says, for the report. */
#include "meta/report/report.h"

#include "core/doc.h"
#include "meta/networks.h"

int v2v_report_sections(
	const json_t *doc, struct v2v_report *r, struct v2v_error *err)
{
	if (v2v_source_load(doc, &r->source, err) < 0)
		return -1;
	r->inspect.boot_device = -1;
	r->is_inspected = v2v_doc_has(doc, "inspect");
	if (r->is_inspected && v2v_inspect_load(doc, &r->inspect, err) < 0)
		return -1;
	r->is_converted = v2v_doc_has(doc, "guestcaps");
	if (r->is_converted && v2v_guestcaps_load(doc, &r->caps, err) < 0)
		return -1;
	return v2v_targets_load(doc, &r->source, &r->targets, err);
}

/* The handle is its own: what is warned of now was when the hypervisor's file
 * was written, or will be. */
static void resolve(const json_t *doc, const struct v2v_meta_options *opt,
	struct v2v_report *r)
{
	struct v2v *quiet = v2v_new();

	if (v2v_machine_load(doc, &r->machine, NULL) == 0) {
		v2v_networks_apply(quiet, &r->machine, opt);
	} else {
		v2v_machine_clear(&r->machine);
		r->machine = (struct v2v_machine){ .type = NULL };
	}
	v2v_free(quiet);
}

static void load_boot(const json_t *doc, struct v2v_report *r)
{
	const char *file;

	if (!json_is_object(json_object_get(doc, "boot")))
		return;
	r->boot = json_object_get(doc, "boot");
	file = v2v_doc_string(r->boot, "screenshot");
	if (file)
		v2v_report_picture(file, &r->picture, &r->width, &r->height,
			&r->no_picture);
}

int v2v_report_load(const json_t *doc, const struct v2v_meta_options *opt,
	struct v2v_report *r, struct v2v_error *err)
{
	r->doc = doc;
	if (v2v_report_sections(doc, r, err) < 0)
		return -1;
	resolve(doc, opt, r);
	load_boot(doc, r);
	return 0;
}

void v2v_report_clear(struct v2v_report *r)
{
	v2v_source_clear(&r->source);
	v2v_inspect_clear(&r->inspect);
	v2v_guestcaps_clear(&r->caps);
	v2v_targets_clear(&r->targets);
	v2v_machine_clear(&r->machine);
	v2v_text_clear(&r->picture);
	*r = (struct v2v_report){ .doc = NULL };
}
