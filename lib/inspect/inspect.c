/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The step v2v-inspect: everything about the guest from one appliance. */
#include "inspect/inspect.h"

#include "guest/files.h"
#include "guest/mounts.h"
#include "guest/os.h"
#include "inspect/bootloader.h"
#include "inspect/findings.h"
#include "inspect/kernels.h"
#include "inspect/network.h"
#include "inspect/storage.h"

static int look_at_linux(struct v2v *v, struct v2v_guest *guest,
	const struct v2v_source *source, struct v2v_inspect *inspect,
	struct v2v_error *err)
{
	struct v2v_list entries CLEANUP_BOOT_ENTRIES = { 0 };
	CLEANUP_FREE char *default_kernel = NULL;
	const struct v2v_mountpoint *boot =
		v2v_inspect_mountpoint_of(inspect, "/boot");

	inspect->boot_device = v2v_guest_disk_id(
		guest, v2v_guest_boot_disk(guest, boot ? boot->device : NULL));
	v2v_bootloader_find(guest, inspect, &entries, &default_kernel);
	v2v_network_find(guest, source, &entries, inspect);
	return v2v_kernels_find(v, guest, inspect, &entries, err);
}

static int look_inside(struct v2v *v, struct v2v_guest *guest,
	const struct v2v_source *source, struct v2v_inspect *inspect,
	struct v2v_error *err)
{
	if (inspect->windows)
		inspect->windows->hibernated =
			v2v_guest_windows_hibernated(guest);
	if (v2v_streq(inspect->type, "linux"))
		return look_at_linux(v, guest, source, inspect, err);
	return 0;
}

static int look_at_guest(struct v2v *v, struct v2v_guest *guest,
	const struct v2v_source *source, const struct v2v_inspect_options *opt,
	struct v2v_inspect *inspect, struct v2v_error *err)
{
	struct v2v_storage storage CLEANUP_STORAGE = { 0 };

	if (v2v_storage_find(guest, source, opt ? opt->root : NULL, inspect,
		    &storage, err) < 0)
		return -1;
	if (inspect->root && !storage.roots.probed &&
		v2v_guest_applications(guest, inspect, err) < 0)
		return -1;
	if (inspect->root && look_inside(v, guest, source, inspect, err) < 0)
		return -1;
	v2v_findings_gather(guest, source, &storage, inspect);
	v2v_guest_umount(guest);
	return v2v_guest_check(guest, err);
}

/* Seconds.  Emulated on a slow host an honest guest takes a minute or two. */
#define DEADLINE 1200

int v2v_inspect_guest(struct v2v *v, struct v2v_guest *guest,
	const struct v2v_source *source, const struct v2v_inspect_options *opt,
	struct v2v_inspect *inspect, struct v2v_error *err)
{
	int status;

	v2v_guest_set_deadline(guest, DEADLINE);
	status = look_at_guest(v, guest, source, opt, inspect, err);
	v2v_guest_set_deadline(guest, 0);
	return status;
}

int v2v_inspect(struct v2v *v, json_t *doc,
	const struct v2v_inspect_options *opt, struct v2v_error *err)
{
	struct v2v_source source CLEANUP_SOURCE = { 0 };
	struct v2v_inspect inspect CLEANUP_INSPECT = { 0 };
	struct v2v_guest_request request = {
		.doc = doc,
		.source = &source,
		.keys = opt ? opt->keys : NULL,
	};
	struct v2v_guest *guest;

	v2v_step_begin(v, "inspect");
	if (v2v_inspect_check(opt, err) < 0 ||
		v2v_source_load(doc, &source, err) < 0 ||
		v2v_guest_open(v, &request, &guest, err) < 0 ||
		v2v_inspect_guest(v, guest, &source, opt, &inspect, err) < 0)
		return -1;
	json_object_set_new(doc, "inspect", v2v_inspect_store(&inspect));
	v2v_step_end(v, doc);
	return 0;
}
