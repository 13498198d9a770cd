/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* guest-ping, until there is an answer. */
#include "boot/agent.h"

#include "core/file.h"
#include "core/open.h"

#include <string.h>
#include <sys/socket.h>

#define AGAIN	 5.0 /* seconds */
#define MAX_LINE 65536
#define READS	 16 /* at once: a guest that goes on and on is left */

/* What comes before 0xff, of whoever had the channel, is no part of it. */
static const char ping[] = "\xff{\"execute\":\"guest-ping\"}\n";

static int add_channel(
	struct v2v *v, struct v2v_qmp *qmp, int theirs, struct v2v_error *err)
{
	json_t *backend = json_pack("{s:s, s:{s:{s:s, s:{s:s}}, s:b}}", "type",
		"socket", "data", "addr", "type", "fd", "data", "str", "agent",
		"server", 0);

	if (v2v_qmp_give(v, qmp, "agent", theirs, err) < 0) {
		json_decref(backend);
		return -1;
	}
	if (v2v_qmp_do(v, qmp, "chardev-add",
		    json_pack("{s:s, s:o}", "id", "agent", "backend", backend),
		    err) < 0)
		return -1;
	return v2v_qmp_do(v, qmp, "device_add",
		json_pack("{s:s, s:s, s:s}", "driver", "virtserialport",
			"chardev", "agent", "name", "org.qemu.guest_agent.0"),
		err);
}

int v2v_agent_plug(struct v2v *v, struct v2v_qmp *qmp, struct v2v_agent *agent,
	struct v2v_error *err)
{
	int pair[2];
	CLEANUP_CLOSE int theirs = -1;

	if (v2v_socketpair(pair) < 0)
		return v2v_fail_errno(err, "cannot make a socket");
	agent->fd = pair[0];
	theirs = pair[1];
	return add_channel(v, qmp, theirs, err);
}

/* A guest says what it likes: of a whole line only whether it is an answer. */
static void judge(struct v2v_agent *agent)
{
	const char *line = agent->line.data;
	json_auto_t *answer = json_loads(
		line + strspn(line, "\xff"), JSON_REJECT_DUPLICATES, NULL);

	if (json_is_object(json_object_get(answer, "return")))
		agent->has_answered = true;
}

static void add(struct v2v_agent *agent, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (agent->line.length >= MAX_LINE)
			v2v_text_clear(&agent->line);
		if (bytes[i] != '\n') {
			if (bytes[i])
				v2v_text_add(&agent->line, &bytes[i], 1);
			continue;
		}
		if (agent->line.length)
			judge(agent);
		v2v_text_clear(&agent->line);
	}
}

static void listen_to(struct v2v_agent *agent)
{
	char bytes[4096];
	ssize_t n;

	for (int i = 0; i < READS && !agent->has_answered; i++) {
		n = recv(agent->fd, bytes, sizeof bytes, MSG_DONTWAIT);
		if (n <= 0)
			return;
		add(agent, bytes, (size_t)n);
	}
}

void v2v_agent_look(struct v2v_agent *agent, double now)
{
	if (agent->fd < 0 || agent->has_answered)
		return;
	listen_to(agent);
	if (agent->has_answered || (agent->asked && now - agent->asked < AGAIN))
		return;
	/* Nobody reads until the guest has opened it: what is there waits. */
	send(agent->fd, ping, sizeof ping - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
	agent->asked = now;
}

void v2v_agent_clear(struct v2v_agent *agent)
{
	v2v_cleanup_close(&agent->fd);
	v2v_text_clear(&agent->line);
}
