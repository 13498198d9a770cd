/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The step v2v-convert: inspect if need be, convert, trim, publish. */
#include "convert/conversion.h"
#include "converter/converter.h"
#include "core/doc.h"
#include "core/options.h"
#include "core/workdir.h"
#include "guest/mounts.h"
#include "inspect/findings/findings.h"
#include "inspect/inspect.h"
#include "linux/network/network.h"
#include "model/copies.h"
#include "model/space.h"

void v2v_conversion_clear(struct v2v_conversion *c)
{
	v2v_source_clear(&c->source);
	v2v_inspect_clear(&c->inspect);
	v2v_guestcaps_clear(&c->caps);
	free(v2v_take(c->diff));
	v2v_targets_clear(&c->targets);
	v2v_removable_slots_clear(&c->slots);
	if (c->backup.path)
		v2v_out_clear(&c->backup);
}

static bool rebuilds(const struct v2v_conversion *c)
{
	return v2v_streq(c->opt->initramfs, "rebuild");
}

/* Few backends can: the error says what it was wanted for. */
static int cannot_run(const struct v2v_conversion *c, struct v2v_error *err)
{
	return v2v_fail_prefix(err, "%s",
		rebuilds(c) ? "--initramfs=rebuild" : "--remove-tools");
}

/* Inspected too, where it was not before. */
static int open_or_inspect(struct v2v_conversion *c,
	struct v2v_guest_request *request, struct v2v_error *err)
{
	if (!c->inspected_here) {
		v2v_phase(c->v, "open");
		if (v2v_guest_open(c->v, request, &c->guest, err) < 0)
			return -1;
		return v2v_conversion_check_guest(c, err);
	}
	return v2v_inspect_open(c->v, request, c->opt->inspect, &c->guest,
		&c->inspect, NULL, err);
}

int v2v_conversion_open(struct v2v_conversion *c, struct v2v_error *err)
{
	bool runs_programs = rebuilds(c) || c->opt->remove_tools;
	struct v2v_guest_request request = {
		.doc = c->doc,
		.source = &c->source,
		.workdir = c->opt->workdir,
		.keys = c->opt->inspect->keys,
		.in_place = c->opt->in_place,
		.runs_programs = runs_programs,
	};

	if (open_or_inspect(c, &request, err) == 0)
		return 0;
	return runs_programs && v2v_streq(err->code, "backend-cannot")
		       ? cannot_run(c, err)
		       : -1;
}

/* Parse the document first: it must fail before the slow launch. */
static int load_inspect(struct v2v_conversion *c, struct v2v_error *err)
{
	if (!v2v_doc_has(c->doc, "inspect")) {
		c->inspected_here = true;
		return 0;
	}
	return v2v_inspect_load(c->doc, &c->inspect, err);
}

/* An initrd that cannot be added to can still be rebuilt, and network cards
 * need not be named. */
static bool is_overcome(
	const struct v2v_conversion *c, const struct v2v_finding *finding)
{
	if (v2v_streq(finding->code, "network-unclear"))
		return v2v_streq(c->opt->network, "leave");
	if (v2v_streq(finding->code, "guest-write"))
		return v2v_streq(c->opt->network, "leave") &&
		       v2v_network_is_place(finding->where);
	return rebuilds(c) && v2v_streq(finding->code, "initrd-unreadable");
}

static int check_blockers(const struct v2v_conversion *c, struct v2v_error *err)
{
	v2v_list_foreach (
		const struct v2v_finding, finding, &c->inspect.findings) {
		if (!v2v_streq(finding->level, "blocker") ||
			is_overcome(c, finding))
			continue;
		return v2v_fail(err, v2v_findings_code(finding),
			"cannot convert: %s%s%s [%s]",
			finding->where ? finding->where : "",
			finding->where ? ": " : "", finding->text,
			finding->code);
	}
	return 0;
}

/* What the parts of the plan have to say. */
static void tell_plan(struct v2v_conversion *c, const struct v2v_plan *plan)
{
	v2v_list_foreach (const struct v2v_plan_note, note, &plan->notes)
		v2v_warn(c->v, note->code, "%s", note->text);
	v2v_list_foreach (const struct v2v_change, change, &plan->changes)
		v2v_info(
			c->v, "changed", "%s: %s", change->where, change->what);
}

/* The backup begins before anything is written. */
static int commit(struct v2v_conversion *c, const struct v2v_plan *plan,
	struct v2v_error *err)
{
	CLEANUP_FREE char *reason = NULL;

	if (v2v_plan_check_room(plan, &c->inspect, err) < 0 ||
		v2v_conversion_begin_backup(c, err) < 0)
		return -1;
	if (!v2v_inspect_is_image(&c->inspect) &&
		!v2v_guest_is_writable(c->guest, "/", &reason))
		return v2v_fail(err, "guest-read-only",
			"the guest's root filesystem cannot be written: %s",
			reason ? reason : "unknown");
	return v2v_plan_commit(plan, c->guest, err);
}

/* The plan is made, shown and carried out; then programs of the guest are run,
 * where the user wants that. */
static int do_plan(struct v2v_conversion *c,
	const struct v2v_converter *converter, struct v2v_plan *plan,
	struct v2v_error *err)
{
	const struct v2v_task task = {
		.v = c->v,
		.source = &c->source,
		.inspect = &c->inspect,
		.rebuild_initramfs = rebuilds(c),
		.remove_tools = c->opt->remove_tools,
		.serial_console = c->opt->serial_console,
		.virtio_win = c->opt->inspect->virtio_win,
		.block_driver = c->opt->inspect->block_driver,
		.leave_network = v2v_streq(c->opt->network, "leave") ||
				 v2v_inspect_is_image(&c->inspect),
		.plan = plan,
		.caps = &c->caps,
	};

	v2v_phase(c->v, "plan");
	if (converter->plan(&task, err) < 0 ||
		converter->check_room(&task, err) < 0)
		return -1;
	if (c->opt->diff)
		c->diff = v2v_plan_diff(plan);
	tell_plan(c, plan);
	v2v_phase(c->v, "commit");
	if (commit(c, plan, err) < 0 ||
		converter->run(&task, c->guest, err) < 0)
		return -1;
	c->caps.changes = plan->changes;
	plan->changes = (struct v2v_list){ 0 };
	return 0;
}

static int convert_guest(struct v2v_conversion *c, struct v2v_error *err)
{
	const struct v2v_converter *converter = v2v_converter_of(&c->inspect);
	const struct v2v_tree tree = v2v_tree_of_guest(c->guest);
	struct v2v_plan plan CLEANUP_PLAN = { 0 };

	if (!converter)
		return v2v_fail(err, "type-not-supported",
			"cannot convert operating systems of type '%s'",
			c->inspect.type ? c->inspect.type : "unknown");
	v2v_plan_init(&plan, &tree);
	if (v2v_space_check(&c->inspect, err) < 0 ||
		v2v_guest_mount(c->guest, &c->inspect, NULL, err) < 0 ||
		do_plan(c, converter, &plan, err) < 0)
		return -1;
	v2v_phase(c->v, "trim");
	if (v2v_guest_trim(c->guest, &c->inspect, err) < 0)
		return -1;
	return v2v_guest_check(c->guest, err);
}

/* Everything is done: keep it, and say so in the document. */
static int publish(struct v2v_conversion *c, struct v2v_error *err)
{
	struct v2v_list overlays CLEANUP_OVERLAYS = { 0 };
	struct v2v_workdir workdir CLEANUP_WORKDIR = { NULL, NULL, false };

	if (v2v_conversion_end_backup(c, err) < 0)
		return -1;
	if (c->opt->in_place)
		return v2v_guest_publish(c->v, NULL, &overlays, err);
	if (v2v_workdir_get(c->v, c->doc, c->opt->workdir, &workdir, err) < 0)
		return -1;
	if (v2v_guest_publish(c->v, workdir.dir, &overlays, err) < 0) {
		v2v_workdir_undo(&workdir);
		return -1;
	}
	v2v_workdir_store(&workdir, c->doc);
	json_object_set_new(c->doc, "overlays", v2v_overlays_store(&overlays));
	return 0;
}

int v2v_conversion_options(const struct v2v_convert_options *given,
	struct v2v_convert_options *known, struct v2v_inspect_options *inspect,
	struct v2v_error *err)
{
	if (v2v_options_read(known, given, err) < 0 ||
		v2v_options_read(inspect, known->inspect, err) < 0)
		return -1;
	known->inspect = inspect;
	return 0;
}

int v2v_conversion_load(struct v2v_conversion *c, struct v2v_error *err)
{
	if (v2v_source_load(c->doc, &c->source, err) < 0 ||
		v2v_targets_load(c->doc, &c->source, &c->targets, err) < 0)
		return -1;
	return load_inspect(c, err);
}

/* Nothing reads overlays that are made after v2v-copy. */
static int check_order(const struct v2v_conversion *c, struct v2v_error *err)
{
	if (c->opt->in_place || c->opt->dry_run ||
		!v2v_copies_are_made(&c->targets))
		return 0;
	return v2v_fail(err, "already-copied",
		"the disks are copied already, and what is converted now would "
		"be lost: v2v-convert | v2v-copy, or v2v-copy | v2v-convert "
		"--in-place");
}

static int run(struct v2v_conversion *c, struct v2v_error *err)
{
	if (v2v_conversion_load(c, err) < 0 || check_order(c, err) < 0 ||
		v2v_workdir_check(c->v, c->doc, c->opt->workdir, err) < 0 ||
		v2v_conversion_open_backup(c, err) < 0)
		return -1;
	if (!c->inspected_here && check_blockers(c, err) < 0)
		return -1;
	if (v2v_conversion_open(c, err) < 0)
		return -1;
	if (c->inspected_here && check_blockers(c, err) < 0)
		return -1;
	if (convert_guest(c, err) < 0 ||
		v2v_conversion_place(c, &c->caps, err) < 0)
		return -1;
	if (c->opt->dry_run) {
		v2v_guest_close(c->v);
		return 0;
	}
	v2v_phase(c->v, "publish");
	return publish(c, err);
}

static int check_options(
	const struct v2v_convert_options *opt, struct v2v_error *err)
{
	if (opt->in_place && opt->dry_run)
		return v2v_fail(err, "bad-option",
			"in place and dry run exclude each other");
	if (opt->diff && !opt->dry_run)
		return v2v_fail(err, "bad-option",
			"a diff shows what a dry run would change");
	if (opt->backup_dir && opt->dry_run)
		return v2v_fail(err, "bad-option",
			"a dry run changes nothing, so there is nothing to "
			"back up");
	if (opt->backup_dir &&
		(opt->remove_tools || v2v_streq(opt->initramfs, "rebuild")))
		return v2v_fail(err, "bad-option",
			"what a program of the guest changes cannot be backed "
			"up");
	return v2v_inspect_check(opt->inspect, err);
}

int v2v_convert(struct v2v *v, json_t *doc,
	const struct v2v_convert_options *opt, struct v2v_error *err)
{
	static const char *const phases[] = { "open", "read", "plan", "commit",
		"trim", "publish", NULL };
	struct v2v_convert_options known;
	struct v2v_inspect_options inspect;
	struct v2v_conversion c CLEANUP_CONVERSION = {
		.v = v,
		.doc = doc,
		.opt = &known,
	};

	v2v_step_begin(v, "convert");
	v2v_set_phases(v, phases);
	if (v2v_conversion_options(opt, &known, &inspect, err) < 0 ||
		check_options(&known, err) < 0)
		return -1;
	if (run(&c, err) < 0) {
		/* What was written stays in private overlays, and goes; or in
		 * the source disks. */
		v2v_conversion_keep_backup(&c);
		v2v_guest_close(v);
		return -1;
	}
	c.caps.in_place = c.opt->in_place;
	c.caps.dry_run = c.opt->dry_run;
	if (c.inspected_here)
		json_object_set_new(
			doc, "inspect", v2v_inspect_store(&c.inspect));
	json_object_set_new(doc, "guestcaps", v2v_guestcaps_store(&c.caps));
	if (c.diff)
		json_object_set_new(json_object_get(doc, "guestcaps"), "diff",
			v2v_json_text(c.diff));
	v2v_conversion_store_places(&c);
	v2v_phase(v, NULL);
	v2v_step_end(v, doc);
	return 0;
}
