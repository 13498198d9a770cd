/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requests and replies by the disk that is the mailbox. */
#include "server.h"

#define PATIENCE_MS 5000
#define ALIGNMENT   4096

static uint64_t get(const unsigned char *at, size_t bytes)
{
	uint64_t value = 0;

	for (size_t i = 0; i < bytes; i++)
		value |= (uint64_t)at[i] << (8 * i);
	return value;
}

static bool read_all(int fd, unsigned char *data, size_t size, uint64_t at)
{
	return pread(fd, data, size, (off_t)at) == (ssize_t)size;
}

static size_t round_up(size_t size)
{
	return (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

/* Whole blocks: @data has room for them. */
static bool write_all(int fd, const unsigned char *data, size_t size, off_t at)
{
	size = round_up(size);
	while (size) {
		ssize_t n = pwrite(fd, data, size, at);

		if (n <= 0)
			return false;
		data += n;
		at += n;
		size -= (size_t)n;
	}
	return true;
}

static bool receive(struct channel *channel, unsigned char **ret, size_t *size)
{
	const size_t first =
		V2V_MAILBOX_BLOCK - sizeof(struct v2v_mailbox_request);
	unsigned char *block = channel->block;
	uint64_t length;

	if (!read_all(channel->fd, block, V2V_MAILBOX_BLOCK, 0) ||
		get(block, 4) != V2V_MAILBOX_IS_REQUEST)
		return false;
	channel->sequence = (uint32_t)get(block + 4, 4);
	length = get(block + 8, 8);
	if (length > V2V_KERNEL_MAX_DATA)
		return false;
	*ret = block + sizeof(struct v2v_mailbox_request);
	*size = (size_t)length;
	if (length <= first)
		return true;
	/* Behind what the block holds: all of it is to lie in one piece. */
	*ret = channel->whole + sizeof(struct v2v_mailbox_request);
	memcpy(channel->whole, block, V2V_MAILBOX_BLOCK);
	return read_all(channel->fd, channel->whole + V2V_MAILBOX_BLOCK,
		round_up((size_t)length - first), V2V_MAILBOX_BLOCK);
}

static bool answer(
	struct channel *channel, int status, const struct reply *reply)
{
	struct reply head = { channel->block, 0, V2V_MAILBOX_PAGE, false };
	size_t size = V2V_MAILBOX_PAGE;

	memset(channel->block, 0, V2V_MAILBOX_PAGE);
	put_u32(&head, V2V_MAILBOX_IS_REPLY);
	put_u32(&head, channel->sequence);
	put_u32(&head, (uint32_t)status);
	put_u32(&head, 0);
	put_u64(&head, reply->length);
	/* A write is what costs time, not its length. */
	if (reply->length <= V2V_MAILBOX_BLOCK - V2V_MAILBOX_PAGE) {
		memcpy(channel->block + V2V_MAILBOX_PAGE, reply->data,
			reply->length);
		size += round_up(reply->length);
	} else if (!write_all(channel->fd, reply->data, reply->length,
			   V2V_MAILBOX_DATA)) {
		return false;
	}
	return pwrite(channel->fd, channel->block, size, V2V_MAILBOX_REPLY) ==
	       (ssize_t)size;
}

bool mailbox_open(struct channel *channel)
{
	char name[NAME_ROOM], path[NAME_ROOM + 64];
	bool found = false;

	for (int ms = 0; !found && ms < PATIENCE_MS; ms += 2) {
		found = disk_find(V2V_MAILBOX_SERIAL, name);
		if (!found)
			usleep(2000);
	}
	if (!found)
		return false;
	/* Nobody else reads it: a read ahead would wait for a request. */
	snprintf(path, sizeof path, "/sys/block/%s/queue/read_ahead_kb", name);
	text_write(path, "0");
	snprintf(path, sizeof path, "/dev/%s", name);
	channel->fd = open(path, O_RDWR | O_DIRECT | O_CLOEXEC);
	unlink(path);
	channel->block = aligned_alloc(ALIGNMENT, V2V_MAILBOX_BLOCK);
	channel->whole = aligned_alloc(
		ALIGNMENT, V2V_KERNEL_MAX_DATA + V2V_MAILBOX_BLOCK + ALIGNMENT);
	channel->receive = receive;
	channel->answer = answer;
	return channel->fd >= 0 && channel->block && channel->whole;
}
