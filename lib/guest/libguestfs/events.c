/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What libguestfs, supermin, qemu and the appliance say, handed on as messages:
 * nothing of it gets to standard error by itself. */
#include "guest/libguestfs/private.h"

#define MAX_TRACE 1000
#define MAX_LINE  1000
/* What is kept of it, to tell why a launch failed; bytes. */
#define MAX_SAID (8 << 10)

#define EVENTS                                                                 \
	(GUESTFS_EVENT_TRACE | GUESTFS_EVENT_WARNING | GUESTFS_EVENT_LIBRARY | \
		GUESTFS_EVENT_APPLIANCE)

/* Each call of the appliance as a debug message, so that it can be seen, and
 * proven, what was run in it.  Results ("name = ...") are left out; secrets are
 * masked by libguestfs. */
static void trace(struct v2v_libguestfs *l, const char *call, size_t length)
{
	size_t name = strcspn(call, " ");

	if (v2v_starts_with(call + name, " = "))
		return;
	if (length > MAX_TRACE)
		length = MAX_TRACE;
	v2v_debug(l->a.v, "appliance-command", "%.*s", (int)length, call);
}

static void end_line(struct v2v_libguestfs *l)
{
	struct v2v_text *said = &l->said;
	CLEANUP_FREE char *line = v2v_text_take(&l->line);

	if (!line[strspn(line, " \t")])
		return;
	v2v_debug(l->a.v, "appliance-log", "%s", line);
	v2v_text_addf(said, "%s\n", line);
	if (said->length > 2 * MAX_SAID) {
		CLEANUP_FREE char *last =
			v2v_strdup(said->data + said->length - MAX_SAID);

		v2v_text_clear(said);
		v2v_text_addf(said, "%s", last);
	}
}

/* Control bytes are a terminal's, or the guest's. */
static void add_bytes(struct v2v_libguestfs *l, const char *data, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		char c = data[i];

		if (c == '\n' || c == '\r' || l->line.length >= MAX_LINE)
			end_line(l);
		if (c == '\n' || c == '\r')
			continue;
		if (((unsigned char)c < ' ' && c != '\t') || c == '\177')
			c = '?';
		v2v_text_add(&l->line, &c, 1);
	}
}

static void on_event(guestfs_h *g, void *opaque, uint64_t event, int handle,
	int flags, const char *data, size_t length, const uint64_t *array,
	size_t array_length)
{
	struct v2v_libguestfs *l = opaque;

	(void)g, (void)handle, (void)flags, (void)array, (void)array_length;
	if (event == GUESTFS_EVENT_TRACE)
		trace(l, data, length);
	else if (event == GUESTFS_EVENT_WARNING)
		v2v_warn(l->a.v, "appliance-warning", "%.*s",
			(int)strcspn(data, "\n"), data);
	else
		add_bytes(l, data, length);
}

void v2v_libguestfs_listen(struct v2v_libguestfs *l)
{
	v2v_text_clear(&l->said);
	guestfs_set_event_callback(l->g, on_event, EVENTS, 0, l);
}

const char *v2v_libguestfs_said(struct v2v_libguestfs *l)
{
	end_line(l);
	return l->said.data ? l->said.data : "";
}
