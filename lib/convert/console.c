/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The part of a conversion that adds a serial console, alone. */
#include "convert/console.h"

#include "convert/conversion.h"
#include "converter/converter.h"
#include "core/options.h"
#include "guest/mounts.h"

static int plan_and_commit(struct v2v_conversion *c,
	const struct v2v_converter *converter, struct v2v_error *err)
{
	const struct v2v_tree tree = v2v_tree_of_guest(c->guest);
	struct v2v_plan plan CLEANUP_PLAN = { 0 };
	const struct v2v_task task = {
		.v = c->v,
		.source = &c->source,
		.inspect = &c->inspect,
		.serial_console = true,
		.only_console = true,
		.plan = &plan,
		.caps = &c->caps,
	};

	v2v_plan_init(&plan, &tree);
	if (v2v_guest_mount(c->guest, &c->inspect, NULL, err) < 0 ||
		converter->plan(&task, err) < 0 ||
		v2v_plan_check_room(&plan, &c->inspect, err) < 0 ||
		v2v_plan_commit(&plan, c->guest, err) < 0)
		return -1;
	return v2v_guest_check(c->guest, err);
}

static int run(
	struct v2v_conversion *c, const char *workdir, struct v2v_error *err)
{
	struct v2v_list overlays CLEANUP_OVERLAYS = { 0 };
	const struct v2v_converter *converter;

	if (v2v_conversion_load(c, err) < 0 || v2v_conversion_open(c, err) < 0)
		return -1;
	converter = v2v_converter_of(&c->inspect);
	if (!converter || !v2v_streq(converter->type, "linux"))
		return v2v_fail(err, "type-not-supported",
			"only a Linux guest gets a console");
	if (plan_and_commit(c, converter, err) < 0 ||
		v2v_guest_publish(c->v, workdir, &overlays, err) < 0)
		return -1;
	json_object_set_new(c->doc, "overlays", v2v_overlays_store(&overlays));
	return 0;
}

int v2v_convert_console(
	struct v2v *v, json_t *doc, const char *workdir, struct v2v_error *err)
{
	const struct v2v_convert_options opt =
		V2V_OPTIONS(convert, .workdir = workdir);
	struct v2v_convert_options known;
	struct v2v_inspect_options inspect;
	struct v2v_conversion c CLEANUP_CONVERSION = {
		.v = v,
		.doc = doc,
		.opt = &known,
	};

	if (v2v_conversion_options(&opt, &known, &inspect, err) == 0 &&
		run(&c, workdir, err) == 0)
		return 0;
	v2v_guest_close(v);
	return -1;
}
