/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The step v2v-inspect: everything about the guest from one appliance. */
#include "inspect/inspect.h"

#include "converter/converter.h"
#include "core/options.h"
#include "guest/files.h"
#include "guest/mounts.h"
#include "inspect/findings/findings.h"
#include "inspect/look-windows.h"
#include "inspect/storage.h"
#include "linux/linux-guest.h"

static int look_at_linux(struct v2v *v, struct v2v_guest *guest,
	const struct v2v_source *source, struct v2v_linux_guest *linux_guest,
	struct v2v_inspect *inspect, struct v2v_error *err)
{
	const struct v2v_tree tree = v2v_tree_of_guest(guest);
	const struct v2v_mountpoint *boot =
		v2v_inspect_mountpoint_of(inspect, "/boot");

	inspect->boot_device = v2v_guest_disk_id(
		guest, v2v_guest_boot_disk(guest, boot ? boot->device : NULL));
	v2v_linux_guest_read(&tree, inspect, linux_guest);
	return v2v_linux_guest_describe(
		v, &tree, source, linux_guest, inspect, err);
}

static int look_inside(struct v2v *v, struct v2v_guest *guest,
	const struct v2v_source *source, struct v2v_storage *storage,
	struct v2v_linux_guest *linux_guest, struct v2v_inspect *inspect,
	struct v2v_error *err)
{
	if (inspect->windows)
		v2v_look_at_windows(guest, source, &storage->volumes, inspect,
			&storage->auto_failed);
	if (v2v_streq(inspect->type, "linux"))
		return look_at_linux(
			v, guest, source, linux_guest, inspect, err);
	return 0;
}

/* What v2v-convert would change, with its usual options. */
static int plan_conversion(struct v2v *v, const struct v2v_source *source,
	const struct v2v_inspect_options *opt,
	const struct v2v_inspect *inspect,
	const struct v2v_linux_guest *linux_guest, struct v2v_plan *plan,
	struct v2v_error *err)
{
	const struct v2v_converter *converter = v2v_converter_of(inspect);
	struct v2v_guestcaps caps CLEANUP_GUESTCAPS = { 0 };
	const struct v2v_task task = {
		.v = v,
		.source = source,
		.inspect = inspect,
		.look_only = true,
		.virtio_win = opt->virtio_win,
		.block_driver = opt->block_driver,
		.leave_network = v2v_inspect_is_image(inspect),
		.linux_guest = linux_guest,
		.plan = plan,
		.caps = &caps,
	};

	return inspect->root && converter ? converter->plan(&task, err) : 0;
}

/* Another backend may know more. */
#define CANNOT "backend-cannot"

static bool may_read(const void *opaque, const char *type)
{
	return v2v_guest_has_next(opaque, type);
}

static int check_backend(const struct v2v_guest *guest,
	const struct v2v_storage *storage, struct v2v_error *err)
{
	CLEANUP_FREE char *beyond =
		v2v_storage_beyond(storage, may_read, guest);

	return beyond ? v2v_fail(err, CANNOT, "%s", beyond) : 0;
}

/* What is not found may be where this backend cannot look. */
static int find_storage(struct v2v_guest *guest,
	const struct v2v_source *source, const struct v2v_inspect_options *opt,
	struct v2v_inspect *inspect, struct v2v_storage *storage,
	struct v2v_error *err)
{
	struct v2v_error why = { 0 };
	int status = v2v_storage_find(
		guest, source, opt->root, inspect, storage, &why);

	if (check_backend(guest, storage, err) < 0)
		return -1;
	return status < 0 ? v2v_fail(err, why.code, "%s", why.text) : 0;
}

static int look_at_guest(struct v2v *v, struct v2v_guest *guest,
	const struct v2v_source *source, const struct v2v_inspect_options *opt,
	struct v2v_inspect *inspect, char **ret_diff, struct v2v_error *err)
{
	const struct v2v_tree tree = v2v_tree_of_guest(guest);
	struct v2v_storage storage CLEANUP_STORAGE = { 0 };
	struct v2v_linux_guest linux_guest CLEANUP_LINUX_GUEST = { 0 };
	struct v2v_plan plan CLEANUP_PLAN = { 0 };

	v2v_plan_init(&plan, &tree);
	if (find_storage(guest, source, opt, inspect, &storage, err) < 0)
		return -1;
	if (inspect->root && !storage.roots.probed &&
		v2v_systems_applications(guest, inspect, err) < 0)
		return -1;
	if (inspect->root && look_inside(v, guest, source, &storage,
				     &linux_guest, inspect, err) < 0)
		return -1;
	v2v_phase(v, "plan");
	if (plan_conversion(v, source, opt, inspect, &linux_guest, &plan, err) <
		0)
		return -1;
	storage.replayed = v2v_guest_replayed(guest);
	v2v_findings_gather(&plan, &linux_guest, source, &storage, inspect);
	if (ret_diff)
		*ret_diff = v2v_plan_diff(&plan);
	v2v_guest_umount(guest);
	return v2v_guest_check(guest, err);
}

/* Seconds.  Emulated on a slow host a real guest takes a minute or two. */
#define DEADLINE 1200

static int inspect_guest(struct v2v *v, struct v2v_guest *guest,
	const struct v2v_source *source, const struct v2v_inspect_options *opt,
	struct v2v_inspect *inspect, char **ret_diff, struct v2v_error *err)
{
	int status;

	v2v_inspect_clear(inspect);
	*inspect = (struct v2v_inspect){ 0 };
	inspect->backend = v2v_strdup(v2v_guest_backend(guest));
	v2v_guest_set_deadline(guest, DEADLINE);
	v2v_phase(v, "read");
	status = look_at_guest(v, guest, source, opt, inspect, ret_diff, err);
	v2v_guest_set_deadline(guest, 0);
	return status;
}

int v2v_inspect_open(struct v2v *v, struct v2v_guest_request *request,
	const struct v2v_inspect_options *opt, struct v2v_guest **ret_guest,
	struct v2v_inspect *inspect, char **ret_diff, struct v2v_error *err)
{
	for (;;) {
		struct v2v_error why = { 0 };

		v2v_phase(v, "open");
		if (v2v_guest_open(v, request, ret_guest, err) < 0)
			return -1;
		if (inspect_guest(v, *ret_guest, request->source, opt, inspect,
			    ret_diff, &why) == 0)
			return 0;
		if (!v2v_streq(why.code, CANNOT) ||
			!v2v_guest_has_next(*ret_guest, NULL))
			return v2v_fail(err, why.code, "%s", why.text);
		v2v_info(v, "backend-next",
			"the backend '%s' cannot read all of the guest, the "
			"next is taken: %s",
			inspect->backend, why.text);
		request->after = v2v_guest_backend(*ret_guest);
		v2v_guest_close(v);
	}
}

int v2v_inspect(struct v2v *v, json_t *doc,
	const struct v2v_inspect_options *opt, struct v2v_error *err)
{
	struct v2v_source source CLEANUP_SOURCE = { 0 };
	struct v2v_inspect inspect CLEANUP_INSPECT = { 0 };
	struct v2v_guest_request request = { .doc = doc, .source = &source };
	struct v2v_inspect_options known;
	CLEANUP_FREE char *diff = NULL;
	static const char *const phases[] = { "open", "read", "plan", NULL };
	struct v2v_guest *guest;

	v2v_step_begin(v, "inspect");
	v2v_set_phases(v, phases);
	if (v2v_options_read(&known, opt, err) < 0)
		return -1;
	request.keys = known.keys;
	if (v2v_inspect_check(&known, err) < 0 ||
		v2v_source_load(doc, &source, err) < 0 ||
		v2v_inspect_open(v, &request, &known, &guest, &inspect,
			known.diff ? &diff : NULL, err) < 0)
		return -1;
	json_object_set_new(doc, "inspect", v2v_inspect_store(&inspect));
	if (diff)
		json_object_set_new(json_object_get(doc, "inspect"), "diff",
			v2v_json_text(diff));
	v2v_phase(v, NULL);
	v2v_step_end(v, doc);
	return 0;
}
