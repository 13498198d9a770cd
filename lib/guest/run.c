/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Programs of the guest. */
#include "guest/files.h"
#include "guest/private.h"

int v2v_guest_run(
	struct v2v_guest *guest, char *const *argv, struct v2v_error *err)
{
	CLEANUP_FREE char *output = NULL;

	if (!guest->a->ops->programs)
		return v2v_fail(err, "guest-program",
			"the guest's '%s' cannot be run by the backend '%s'",
			argv[0], guest->a->ops->name);
	v2v_info(
		guest->v, "guest-program", "running the guest's '%s'", argv[0]);
	/* Files may be others behind it. */
	v2v_guest_forget(guest);
	output = v2v_call(guest, programs, run, argv);
	if (!output)
		return v2v_guest_fail(guest, err, "guest-program",
			"the guest's '%s' failed", argv[0]);
	v2v_debug(guest->v, "guest-program", "%s: %s", argv[0], output);
	return 0;
}
