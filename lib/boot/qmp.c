/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON lines to qemu and back. */
#include "boot/qmp.h"

#include "core/file.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#define ANSWER_MS 60000 /* of a qemu that is starting on a busy machine */
#define POLL_MS	  100
#define MAX_LINE  (1 << 20)

void v2v_qmp_clear(struct v2v_qmp *qmp)
{
	v2v_text_clear(&qmp->line);
}

/* Take the first whole line out; NULL: there is none yet. */
static json_t *take_line(struct v2v_qmp *qmp)
{
	char *newline = qmp->line.length ? strchr(qmp->line.data, '\n') : NULL;
	struct v2v_text rest = { 0 };
	json_t *object;

	if (!newline)
		return NULL;
	object = json_loadb(
		qmp->line.data, (size_t)(newline - qmp->line.data), 0, NULL);
	v2v_text_add(&rest, newline + 1, strlen(newline + 1));
	v2v_text_clear(&qmp->line);
	qmp->line = rest;
	return object ? object : json_null();
}

static int receive(struct v2v_qmp *qmp, struct v2v_error *err)
{
	char data[4096];
	ssize_t n = recv(qmp->fd, data, sizeof data, MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0)
		return v2v_fail(err, "boot-qemu", "qemu has ended");
	if (memchr(data, '\0', (size_t)n) ||
		qmp->line.length + (size_t)n > MAX_LINE)
		return v2v_fail(err, "boot-qemu", "qemu's answer is not JSON");
	v2v_text_add(&qmp->line, data, (size_t)n);
	return 0;
}

/* The next object that has the member @a or @b; the caller's. */
static json_t *await(struct v2v *v, struct v2v_qmp *qmp, const char *a,
	const char *b, struct v2v_error *err)
{
	for (int waited = 0; waited < ANSWER_MS;) {
		struct pollfd fd = { qmp->fd, POLLIN, 0 };
		json_t *object = take_line(qmp);

		if (object && (json_object_get(object, a) ||
				      json_object_get(object, b)))
			return object;
		json_decref(object);
		if (object)
			continue;
		if (v2v_check_cancel(v, err) < 0)
			return NULL;
		if (poll(&fd, 1, POLL_MS) == 0)
			waited += POLL_MS;
		else if (receive(qmp, err) < 0)
			return NULL;
	}
	v2v_fail(err, "boot-qemu", "qemu does not answer");
	return NULL;
}

/* Send @line, and @fd with it unless it is negative. */
static int send_line(const struct v2v_qmp *qmp, const char *line, int fd,
	struct v2v_error *err)
{
	struct iovec text = { (void *)line, strlen(line) };
	union {
		char bytes[CMSG_SPACE(sizeof fd)];
		struct cmsghdr align;
	} control = { 0 };
	struct msghdr message = { .msg_iov = &text, .msg_iovlen = 1 };

	if (fd >= 0) {
		struct cmsghdr *head = &control.align;

		head->cmsg_level = SOL_SOCKET;
		head->cmsg_type = SCM_RIGHTS;
		head->cmsg_len = CMSG_LEN(sizeof fd);
		memcpy(CMSG_DATA(head), &fd, sizeof fd);
		message.msg_control = control.bytes;
		message.msg_controllen = sizeof control.bytes;
	}
	if (sendmsg(qmp->fd, &message, MSG_NOSIGNAL) != (ssize_t)text.iov_len)
		return v2v_fail(err, "boot-qemu", "qemu has ended");
	return 0;
}

static int ask(struct v2v *v, struct v2v_qmp *qmp, const char *command,
	json_t *arguments, int fd, struct v2v_error *err)
{
	json_auto_t *asked = json_pack(
		"{s:s, s:o*}", "execute", command, "arguments", arguments);
	CLEANUP_FREE char *text = json_dumps(asked, JSON_COMPACT);
	CLEANUP_FREE char *line = v2v_format("%s\n", text);
	json_auto_t *answer = NULL;
	const json_t *why;

	if (send_line(qmp, line, fd, err) < 0)
		return -1;
	answer = await(v, qmp, "return", "error", err);
	if (!answer)
		return -1;
	why = json_object_get(answer, "error");
	if (!why)
		return 0;
	return v2v_fail(err, "boot-qemu", "qemu: %s: %s", command,
		json_is_string(json_object_get(why, "desc"))
			? json_string_value(json_object_get(why, "desc"))
			: "failed");
}

int v2v_qmp_do(struct v2v *v, struct v2v_qmp *qmp, const char *command,
	json_t *arguments, struct v2v_error *err)
{
	return ask(v, qmp, command, arguments, -1, err);
}

int v2v_qmp_give(struct v2v *v, struct v2v_qmp *qmp, const char *name, int fd,
	struct v2v_error *err)
{
	return ask(
		v, qmp, "getfd", json_pack("{s:s}", "fdname", name), fd, err);
}

int v2v_qmp_begin(struct v2v *v, struct v2v_qmp *qmp, struct v2v_error *err)
{
	json_auto_t *greeting = await(v, qmp, "QMP", "QMP", err);

	if (!greeting)
		return -1;
	return v2v_qmp_do(v, qmp, "qmp_capabilities", NULL, err);
}
