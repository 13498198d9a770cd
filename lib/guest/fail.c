/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why something failed: cancelled, no time left, or what the backend says. */
#include "guest/private.h"

#include <stdarg.h>
#include <time.h>

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec;
}

void v2v_guest_set_deadline(struct v2v_guest *guest, unsigned seconds)
{
	__atomic_store_n(&guest->a->deadline, seconds ? now() + seconds : 0,
		__ATOMIC_RELAXED);
}

bool v2v_appliance_is_late(const struct v2v_appliance *a)
{
	int64_t deadline = __atomic_load_n(&a->deadline, __ATOMIC_RELAXED);

	return deadline && now() >= deadline;
}

static int check_time(const struct v2v_appliance *a, struct v2v_error *err)
{
	if (v2v_check_cancel(a->v, err) < 0)
		return -1;
	if (!v2v_appliance_is_late(a))
		return 0;
	return v2v_fail(err, "guest-deadline",
		"the guest takes too long to be looked at: its files are "
		"damaged or meant to cost time, or this host is too slow");
}

int v2v_guest_check_time(const struct v2v_guest *guest, struct v2v_error *err)
{
	return check_time(guest->a, err);
}

V2V_PRINTF(4, 0)
static int fail(const struct v2v_appliance *a, struct v2v_error *err,
	const char *code, const char *fmt, va_list args)
{
	CLEANUP_FREE char *what = NULL;
	const char *why = a->ops->life->why(a);

	if (check_time(a, err) < 0)
		return -1;
	if (vasprintf(&what, fmt, args) < 0)
		abort();
	return v2v_fail(err, code, "%s: %.*s", what,
		why ? (int)strcspn(why, "\n") : 7, why ? why : "unknown");
}

int v2v_appliance_fail(const struct v2v_appliance *a, struct v2v_error *err,
	const char *code, const char *fmt, ...)
{
	va_list args;
	int status;

	va_start(args, fmt);
	status = fail(a, err, code, fmt, args);
	va_end(args);
	return status;
}

const char *v2v_guest_why(const struct v2v_guest *guest)
{
	const char *why = guest->a->ops->life->why(guest->a);

	return why ? why : "unknown";
}

int v2v_guest_fail(const struct v2v_guest *guest, struct v2v_error *err,
	const char *code, const char *fmt, ...)
{
	va_list args;
	int status;

	va_start(args, fmt);
	status = fail(guest->a, err, code, fmt, args);
	va_end(args);
	return status;
}
