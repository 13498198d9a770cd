/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An appliance from its start to its end. */
#include "guest/libguestfs/private.h"

#include <signal.h>

static void end(struct v2v_appliance *a)
{
	struct v2v_libguestfs *l = v2v_libguestfs_of(a);

	if (l->g) {
		/* Nothing is lost: what is to stay was published before. */
		int pid = l->config.in_place ? -1 : guestfs_get_pid(l->g);

		if (pid > 0)
			kill(pid, SIGKILL);
		guestfs_close(l->g);
	}
	v2v_libguestfs_unwatch(l);
	v2v_text_clear(&l->line);
	v2v_text_clear(&l->said);
	free(l->order);
	free(l);
}

static int start(const struct v2v_appliance_config *config,
	struct v2v_appliance **ret_appliance, struct v2v_error *err)
{
	struct v2v_libguestfs *l = v2v_alloc(1, sizeof *l);

	l->a.ops = config->ops;
	l->a.v = config->v;
	l->config = *config;
	if (v2v_libguestfs_launch(l, err) < 0) {
		end(&l->a);
		return -1;
	}
	*ret_appliance = &l->a;
	return 0;
}

static int check(struct v2v_appliance *a)
{
	return guestfs_ping_daemon(v2v_guestfs(a));
}

static int sync_all(struct v2v_appliance *a)
{
	return guestfs_sync(v2v_guestfs(a));
}

/* One that is gone already shuts down well, with what it had not written yet.
 */
static int stop(struct v2v_appliance *a)
{
	guestfs_h *g = v2v_guestfs(a);

	return guestfs_sync(g) < 0 ? -1 : guestfs_shutdown(g);
}

static const char *why(const struct v2v_appliance *a)
{
	return guestfs_last_error(v2v_guestfs(a));
}

static int error_number(const struct v2v_appliance *a)
{
	return guestfs_last_errno(v2v_guestfs(a));
}

const struct v2v_appliance_life v2v_libguestfs_life = {
	.start = start,
	.check = check,
	.sync = sync_all,
	.stop = stop,
	.end = end,
	.why = why,
	.error_number = error_number,
};
