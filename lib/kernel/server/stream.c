/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The same by a socket, for tests: the blocks' heads, then what they head. */
#include "server.h"

#include <sys/socket.h>

static uint64_t get(const unsigned char *at, size_t bytes)
{
	uint64_t value = 0;

	for (size_t i = 0; i < bytes; i++)
		value |= (uint64_t)at[i] << (8 * i);
	return value;
}

static bool receive(struct channel *channel, unsigned char **ret, size_t *size)
{
	unsigned char head[sizeof(struct v2v_mailbox_request)];
	uint64_t length;

	if (recv(channel->fd, head, sizeof head, MSG_WAITALL) != sizeof head ||
		get(head, 4) != V2V_MAILBOX_IS_REQUEST)
		return false;
	channel->sequence = (uint32_t)get(head + 4, 4);
	length = get(head + 8, 8);
	*ret = channel->whole;
	*size = (size_t)length;
	return length <= V2V_KERNEL_MAX_DATA &&
	       (!length || recv(channel->fd, channel->whole, *size,
				   MSG_WAITALL) == (ssize_t)length);
}

static bool send_all(int fd, const unsigned char *data, size_t size)
{
	while (size) {
		ssize_t n = send(fd, data, size, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		data += n;
		size -= (size_t)n;
	}
	return true;
}

static bool answer(
	struct channel *channel, int status, const struct reply *reply)
{
	unsigned char text[sizeof(struct v2v_mailbox_reply)];
	struct reply head = { text, 0, sizeof text, false };

	put_u32(&head, V2V_MAILBOX_IS_REPLY);
	put_u32(&head, channel->sequence);
	put_u32(&head, (uint32_t)status);
	put_u32(&head, 0);
	put_u64(&head, reply->length);
	return send_all(channel->fd, text, sizeof text) &&
	       send_all(channel->fd, reply->data, reply->length);
}

void stream_open(struct channel *channel, int fd)
{
	channel->fd = fd;
	channel->whole = memory_get(V2V_KERNEL_MAX_DATA);
	channel->receive = receive;
	channel->answer = answer;
}
