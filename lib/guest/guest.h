/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A running appliance over a machine's disks; the only maker of guestfs
 * handles.  It works on private overlays, which are thrown away unless they
 * are published, so whatever happens inside leaves sources and overlays as they
 * were; or, in place, on the source disks themselves.  Where v2v-copy made the
 * machine's disks already, those stand for the source's.  The appliance belongs
 * to the v2v handle: the next step over the same disks finds it running.
 */
#ifndef V2V_GUEST_H
#define V2V_GUEST_H

#include "core/handle.h"
#include "model/overlays.h"
#include "model/source.h"

struct v2v_guest;

struct v2v_guest_request {
	const json_t *doc; /* for workdir, overlays and targets */
	const struct v2v_source *source;
	const char
		*workdir; /* for overlays-to-be; NULL: the doc's, or tmpdir */
	const char *const *keys; /* as v2v_inspect_options; NULL: none */
	bool in_place;
};

/*
 * The running appliance for this request, launched unless one is running
 * already.  Encrypted partitions that @keys open are open.  Borrowed: it ends
 * with the handle, with v2v_guest_close(), or when other disks are asked for.
 */
int v2v_guest_open(struct v2v *v, const struct v2v_guest_request *request,
	struct v2v_guest **ret_guest, struct v2v_error *err);

/* Can all @keys (may be NULL) be understood, and their files be read?  Before
 * a launch that would be for nothing. */
int v2v_guest_check_keys(const char *const *keys, struct v2v_error *err);

/* Is it still there?  For one that ended by itself (its kernel met a damaged
 * filesystem, the host had no memory left) the guest looks empty. */
int v2v_guest_check(struct v2v_guest *guest, struct v2v_error *err);

/* From now on the appliance is ended after so many seconds; 0: when it is done.
 * What fails by that fails with "guest-deadline". */
void v2v_guest_set_deadline(struct v2v_guest *guest, unsigned seconds);

/* Is there time left?  Else -1, "guest-deadline". */
int v2v_guest_check_time(const struct v2v_guest *guest, struct v2v_error *err);

/* End the handle's appliance, if any, and drop the private overlays. */
void v2v_guest_close(struct v2v *v);

/*
 * End the appliance and keep what was written: every private overlay becomes
 * @workdir/overlay-ID.qcow2, and *@ret_overlays (empty) is filled with them.
 * In place: flushes; nothing is filled.
 */
int v2v_guest_publish(struct v2v *v, const char *workdir,
	struct v2v_list *ret_overlays, struct v2v_error *err);
#endif
