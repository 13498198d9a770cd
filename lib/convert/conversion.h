/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What converting and undoing share: a document, its guest, the backup. */
#ifndef V2V_CONVERT_CONVERSION_H
#define V2V_CONVERT_CONVERSION_H

#include "core/file.h"
#include "guest/guest.h"
#include "model/guestcaps.h"
#include "model/inspect.h"
#include "model/targets.h"

struct v2v_conversion {
	struct v2v *v;
	json_t *doc;
	const struct v2v_convert_options *opt; /* opt->inspect is not NULL */
	struct v2v_source source;
	struct v2v_inspect inspect;
	bool inspected_here; /* `inspect` is ours to add */
	struct v2v_guestcaps caps;
	char *diff;		 /* of the plan; NULL: not asked for */
	struct v2v_list targets; /* of struct v2v_target */
	struct v2v_list slots;	 /* of struct v2v_removable_slot */
	struct v2v_guest *guest;
	struct v2v_out backup; /* path NULL: none is made */
	bool backup_begun;
};

void v2v_conversion_clear(struct v2v_conversion *conversion);
#define CLEANUP_CONVERSION __attribute__((cleanup(v2v_conversion_clear)))

/* The caller's options as we know them, with those of an inspection in
 * @inspect, to which known->inspect points. */
int v2v_conversion_options(const struct v2v_convert_options *given,
	struct v2v_convert_options *known, struct v2v_inspect_options *inspect,
	struct v2v_error *err);

/* Read the document's sections. */
int v2v_conversion_load(
	struct v2v_conversion *conversion, struct v2v_error *err);
/* Launch the appliance; inspect in it, where the document has no `inspect`;
 * else that must be of these disks, or the error is "inspect-mismatch". */
int v2v_conversion_open(
	struct v2v_conversion *conversion, struct v2v_error *err);

/* Is the document's `inspect` of the disks of the open guest? */
int v2v_conversion_check_guest(
	const struct v2v_conversion *conversion, struct v2v_error *err);

/* Where the copies are converted, in place: they get the places of a guest with
 * @caps (NULL: not converted); and, once all is done, the document says so. */
int v2v_conversion_place(struct v2v_conversion *conversion,
	const struct v2v_guestcaps *caps, struct v2v_error *err);
void v2v_conversion_store_places(const struct v2v_conversion *conversion);

/* The backup's file; its first members, once the guest is mounted; complete
 * and under its name.  Nothing where none is wanted. */
int v2v_conversion_open_backup(
	struct v2v_conversion *conversion, struct v2v_error *err);
int v2v_conversion_begin_backup(
	struct v2v_conversion *conversion, struct v2v_error *err);
int v2v_conversion_end_backup(
	struct v2v_conversion *conversion, struct v2v_error *err);
/* After a failure: where the disks were written to it is what gives them back.
 */
void v2v_conversion_keep_backup(struct v2v_conversion *conversion);

/* The UUID of the root filesystem; borrowed, or NULL. */
const char *v2v_conversion_root_uuid(const struct v2v_conversion *conversion);
#endif
