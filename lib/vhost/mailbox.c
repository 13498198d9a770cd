/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A disk that is a place for calls: mailbox.h says how. */
#include "vhost/mailbox-private.h"

#include <endian.h>

static int break_rule(struct v2v_mailbox *m, const char *rule)
{
	m->broken = rule;
	return -1;
}

bool v2v_mailbox_must_wait(void *mailbox, uint64_t at, uint64_t size)
{
	const struct v2v_mailbox *m = mailbox;

	return at == 0 && size == V2V_MAILBOX_BLOCK &&
	       (!m->request.length || m->is_taken);
}

/* The request as far as it goes, then zeros. */
static int read_mailbox(void *opaque, uint64_t at, void *data, size_t size)
{
	struct v2v_mailbox *m = opaque;
	size_t left = at < m->request.length ? m->request.length - at : 0;

	m->is_taken |= left && at == 0 && size == V2V_MAILBOX_BLOCK;
	if (left > size)
		left = size;
	if (left)
		memcpy(data, m->request.data + at, left);
	memset((char *)data + left, 0, size - left);
	return 0;
}

static int take_data(
	struct v2v_mailbox *m, uint64_t at, const void *data, size_t size)
{
	if (at > V2V_MAILBOX_MAX || size > V2V_MAILBOX_MAX - at)
		return break_rule(m, "a reply is too long");
	if (!m->data)
		m->data = v2v_alloc(1, V2V_MAILBOX_MAX);
	if (at > m->written)
		memset(m->data + m->written, 0, at - m->written);
	memcpy(m->data + at, data, size);
	if (at + size > m->written)
		m->written = at + size;
	return 0;
}

static int take_reply(struct v2v_mailbox *m, const void *data, size_t size)
{
	const char *behind = (const char *)data + V2V_MAILBOX_PAGE;
	struct v2v_mailbox_reply reply;
	uint64_t length;

	if (size < V2V_MAILBOX_PAGE)
		return break_rule(m, "a reply's header has a wrong size");
	if (size > V2V_MAILBOX_PAGE &&
		take_data(m, 0, behind, size - V2V_MAILBOX_PAGE) < 0)
		return -1;
	memcpy(&reply, data, sizeof reply);
	length = le64toh(reply.length);
	if (le32toh(reply.magic) != V2V_MAILBOX_IS_REPLY || reply.zero)
		return break_rule(m, "what it wrote is not a reply");
	if (le32toh(reply.sequence) != m->sequence)
		return break_rule(m, "a reply is of another request");
	if (length > m->written)
		return break_rule(m, "a reply is longer than what it wrote");
	m->status = (int32_t)le32toh((uint32_t)reply.status);
	m->reply_length = (size_t)length;
	m->is_replied = true;
	v2v_text_clear(&m->request);
	return 0;
}

static int write_mailbox(
	void *opaque, uint64_t at, const void *data, size_t size)
{
	struct v2v_mailbox *m = opaque;

	if (!m->request.length || !m->is_taken)
		return break_rule(m, "it replies without a request");
	if (at >= V2V_MAILBOX_DATA)
		return take_data(m, at - V2V_MAILBOX_DATA, data, size);
	if (at == V2V_MAILBOX_REPLY)
		return take_reply(m, data, size);
	return break_rule(m, "it writes outside of a reply");
}

struct v2v_vhost_disk v2v_mailbox_disk(struct v2v_mailbox *mailbox)
{
	static const struct v2v_vhost_ops ops = {
		.read = read_mailbox,
		.write = write_mailbox,
	};

	return (struct v2v_vhost_disk){ .size = V2V_MAILBOX_SIZE,
		.serial = V2V_MAILBOX_SERIAL,
		.ops = &ops,
		.opaque = mailbox };
}

int v2v_mailbox_put(struct v2v_mailbox *mailbox, const struct iovec *request,
	size_t count, struct v2v_error *err)
{
	struct v2v_mailbox_request header = {
		.magic = htole32(V2V_MAILBOX_IS_REQUEST),
		.sequence = htole32(mailbox->sequence + 1),
	};
	size_t length = 0;

	for (size_t i = 0; i < count; i++)
		if (__builtin_add_overflow(
			    length, request[i].iov_len, &length) ||
			length > V2V_MAILBOX_MAX)
			return v2v_fail(err, "kernel-request",
				"a request to the kernel is longer than %u "
				"bytes",
				V2V_MAILBOX_MAX);
	header.length = htole64(length);
	mailbox->sequence++;
	mailbox->is_taken = mailbox->is_replied = false;
	mailbox->written = 0;
	v2v_text_clear(&mailbox->request);
	v2v_text_add(&mailbox->request, &header, sizeof header);
	for (size_t i = 0; i < count; i++)
		v2v_text_add(&mailbox->request, request[i].iov_base,
			request[i].iov_len);
	return 0;
}

void v2v_mailbox_take(
	struct v2v_mailbox *mailbox, int *ret_status, struct v2v_text *ret_data)
{
	*ret_status = mailbox->status;
	if (ret_data)
		v2v_text_add(ret_data, mailbox->data, mailbox->reply_length);
	mailbox->is_replied = false;
}

void v2v_mailbox_clear(struct v2v_mailbox *mailbox)
{
	v2v_text_clear(&mailbox->request);
	free(mailbox->data);
	mailbox->data = NULL;
}
