/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A running appliance over a machine's disks, whichever backend it is made by
 * (appliance.h).  It works on private overlays, which are thrown away unless
 * they are published, so whatever happens inside leaves sources and overlays as
 * they were; or, in place, on the source disks themselves.  Where v2v-copy made
 * the machine's disks already, those are used instead of the source's.  The
 * appliance belongs to the v2v handle: the next step over the same disks finds
 * it running.
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
	bool runs_programs; /* v2v_guest_run() will be called */
	const char *after;  /* the backend that does not know all of the guest:
			       "auto" takes a later one; NULL: any */
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

/* The name of what it is made by: "libguestfs". */
const char *v2v_guest_backend(const struct v2v_guest *guest);

/* Is there another one for what this one does not know?  @type: of the
 * filesystem that it did not mount; NULL: for anything. */
bool v2v_guest_has_next(const struct v2v_guest *guest, const char *type);

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
 * In place: flushes, or writes all to the disks; nothing is filled.  Where that
 * fails with "undo-needed" they are half written until v2v_guest_recover().
 */
int v2v_guest_publish(struct v2v *v, const char *workdir,
	struct v2v_list *ret_overlays, struct v2v_error *err);

/* In place: may the disks be other than they were?  Until they are published
 * they are not, where the backend writes them only then. */
bool v2v_guest_is_touched(const struct v2v_guest *guest);

/*
 * End what a conversion in place left that was broken off while it wrote the
 * disks of @request (disk/apply.h): they are what they were before it, or,
 * where all had been written, what they were to be; a warning says which.
 * v2v_guest_open() does so itself.  0, too, where there is nothing to be done.
 */
int v2v_guest_recover(struct v2v *v, const struct v2v_guest_request *request,
	struct v2v_error *err);

/* Is the file such a conversion's log? */
bool v2v_guest_is_log(const char *file);

/*
 * Run a program of the guest, from an argv that NULL ends, with the guest as
 * its root.  Only where the user asked for it: it is the guest's code, with the
 * disks at hand.  Its failure is the error "guest-program".
 */
int v2v_guest_run(
	struct v2v_guest *guest, char *const *argv, struct v2v_error *err);
#endif
