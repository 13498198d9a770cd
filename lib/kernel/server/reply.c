/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A reply's data, bounded. */
#include "server.h"

void put_bytes(struct reply *reply, const void *data, size_t size)
{
	if (size > reply->room - reply->length) {
		reply->is_full = true;
		return;
	}
	if (size)
		memcpy(reply->data + reply->length, data, size);
	reply->length += size;
}

static void put(struct reply *reply, uint64_t value, size_t bytes)
{
	unsigned char text[8];

	for (size_t i = 0; i < bytes; i++)
		text[i] = (unsigned char)(value >> (8 * i));
	put_bytes(reply, text, bytes);
}

void put_u8(struct reply *reply, uint8_t value)
{
	put(reply, value, 1);
}

void put_u32(struct reply *reply, uint32_t value)
{
	put(reply, value, 4);
}

void put_u64(struct reply *reply, uint64_t value)
{
	put(reply, value, 8);
}

void put_blob(struct reply *reply, const void *data, size_t size)
{
	put_u32(reply, (uint32_t)size);
	put_bytes(reply, data, size);
}

void put_string(struct reply *reply, const char *s)
{
	put_blob(reply, s, strlen(s));
}

int put_content(struct reply *reply, int fd, int64_t at, uint64_t size)
{
	if (size > reply->room)
		size = reply->room;
	while (reply->length < size) {
		ssize_t n = pread(fd, reply->data + reply->length,
			size - reply->length, at + (off_t)reply->length);

		if (n < 0)
			return errno;
		if (n == 0)
			break;
		reply->length += (size_t)n;
	}
	return 0;
}

void list_begin(struct reply *reply, struct list *list)
{
	*list = (struct list){ .start = reply->length };
	put_u8(reply, 0);
	put_u32(reply, 0);
}

void entry_begin(struct reply *reply, struct list *list)
{
	list->entry = reply->length;
}

void list_cut(struct reply *reply, struct list *list)
{
	if (list->start < reply->length)
		reply->data[list->start] = 1;
}

bool entry_end(struct reply *reply, struct list *list)
{
	struct reply count = { reply->data + list->start + 1, 0, 4, false };

	if (reply->is_full || list->count == V2V_KERNEL_MAX_LIST) {
		reply->length = list->entry;
		reply->is_full = false;
		list_cut(reply, list);
		return false;
	}
	put_u32(&count, ++list->count);
	return true;
}
