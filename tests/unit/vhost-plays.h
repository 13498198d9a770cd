/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a kernel does against the rules of vhost-user and of virtqueues, and
 * what is said of it. */
#ifndef V2V_TEST_VHOST_PLAYS_H
#define V2V_TEST_VHOST_PLAYS_H

#include "vhost-driver.h"

/* Plays that speak to the disk. */
static void say_too_long(struct driver *d)
{
	static char much[513];

	driver_say(d, SET_OWNER, much, sizeof much);
}

static void say_huge(struct driver *d)
{
	uint32_t header[3] = { SET_OWNER, 1, UINT32_MAX };

	assert(write(d->socket, header, sizeof header) == sizeof header);
}

static void say_version(struct driver *d)
{
	driver_send(d, SET_OWNER, 2, NULL, 0, NULL, 0);
}

static void say_reply(struct driver *d)
{
	driver_send(d, SET_OWNER, 5, NULL, 0, NULL, 0);
}

static void say_unknown(struct driver *d)
{
	driver_say(d, 23, NULL, 0);
}

static void say_beyond(struct driver *d)
{
	driver_say(d, UINT32_MAX, NULL, 0);
}

static void say_short(struct driver *d)
{
	driver_say(d, SET_FEATURES, "1234567", 7);
}

static void say_fds(struct driver *d)
{
	int fds[60];

	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		fds[i] = d->memory;
	driver_send(d, SET_OWNER, 1, NULL, 0, fds, ARRAY_SIZE(fds));
}

static void take_features(struct driver *d)
{
	driver_say(d, SET_FEATURES, &(uint64_t){ 1 << 12 }, 8);
}

static void take_protocol(struct driver *d)
{
	driver_say(d, SET_PROTOCOL_FEATURES, &(uint64_t){ 1 << 12 }, 8);
}

static void ask_config(struct driver *d)
{
	uint32_t q[3 + 65] = { 0, 260, 0 };

	driver_say(d, GET_CONFIG, q, sizeof q);
}

static void ask_config_size(struct driver *d)
{
	uint32_t q[3] = { 0, 60, 0 };

	driver_say(d, GET_CONFIG, q, sizeof q);
}

static void give_memory(
	const struct driver *d, int fd, uint64_t at, uint64_t size, uint64_t in)
{
	uint64_t table[5] = { 1, at, size, at, in };

	driver_send(d, SET_MEM_TABLE, 1, table, sizeof table, &fd, 1);
}

static void memory_behind_file(struct driver *d)
{
	give_memory(d, d->memory, GUEST, DRIVER_SIZE, 4096);
}

static void memory_wraps(struct driver *d)
{
	give_memory(d, d->memory, UINT64_MAX - 4095, 8192, 0);
}

static void memory_offset_wraps(struct driver *d)
{
	give_memory(d, d->memory, GUEST, 8192, UINT64_MAX - 4095);
}

static void memory_empty(struct driver *d)
{
	give_memory(d, d->memory, GUEST, 0, 0);
}

static void memory_of_socket(struct driver *d)
{
	give_memory(d, d->socket, GUEST, 4096, 0);
}

/* What the kernel may only read is not made writable by us. */
static void memory_read_only(struct driver *d)
{
	CLEANUP_CLOSE int fd = open("COPYING", O_RDONLY | O_CLOEXEC);

	give_memory(d, fd, GUEST, 4096, 0);
}

static void memory_by_path(struct driver *d)
{
	CLEANUP_CLOSE int fd = open("COPYING", O_PATH | O_CLOEXEC);

	give_memory(d, fd, GUEST, 4096, 0);
}

static void memory_without_file(struct driver *d)
{
	uint64_t table[5] = { 1, GUEST, 4096, USER, 0 };

	driver_say(d, SET_MEM_TABLE, table, sizeof table);
}

static void memory_too_short(struct driver *d)
{
	uint64_t table[5] = { 2, GUEST, 4096, USER, 0 };
	int fds[2] = { d->memory, d->memory };

	driver_send(d, SET_MEM_TABLE, 1, table, sizeof table, fds, 2);
}

static void memory_many(struct driver *d)
{
	driver_say(d, SET_MEM_TABLE, &(uint64_t){ UINT32_MAX }, 8);
}

static void ring_of_none(struct driver *d)
{
	driver_say_state(d, SET_VRING_NUM, 0);
}

static void ring_of_three(struct driver *d)
{
	driver_say_state(d, SET_VRING_NUM, 3);
}

static void ring_of_many(struct driver *d)
{
	driver_say_state(d, SET_VRING_NUM, 1u << 31);
}

static void ring_base(struct driver *d)
{
	driver_say_state(d, SET_VRING_BASE, 65536);
}

static void ring_of_another(struct driver *d)
{
	uint32_t state[2] = { 1, 1 };

	driver_say(d, SET_VRING_ENABLE, state, sizeof state);
}

static void ring_outside(struct driver *d)
{
	uint64_t a[5] = { 0, USER + DRIVER_SIZE - 64, USER + USED,
		USER + AVAILABLE, 0 };

	driver_say(d, SET_VRING_ADDR, a, sizeof a);
}

static void ring_wraps(struct driver *d)
{
	uint64_t a[5] = { 0, USER, UINT64_MAX - 3, USER + AVAILABLE, 0 };

	driver_say(d, SET_VRING_ADDR, a, sizeof a);
}

static void ring_crooked(struct driver *d)
{
	uint64_t a[5] = { 0, USER, USER + USED + 2, USER + AVAILABLE, 0 };

	driver_say(d, SET_VRING_ADDR, a, sizeof a);
}

static void kick_of_none(struct driver *d)
{
	driver_say(d, SET_VRING_KICK, &(uint64_t){ 0x100 }, 8);
}

static void kick_of_file(struct driver *d)
{
	driver_hand(d, SET_VRING_KICK, d->memory);
}

static void call_of_pipe(struct driver *d)
{
	int ends[2];

	assert(pipe2(ends, O_CLOEXEC) == 0);
	driver_hand(d, SET_VRING_CALL, ends[1]);
	close(ends[0]);
	close(ends[1]);
}

/* Plays with the ring. */
static void offer(struct driver *d, uint16_t head)
{
	driver_offer(d, head, 1);
	driver_kick(d);
}

static void chain_loop(struct driver *d)
{
	driver_put(d, DESCRIPTORS, 0, GUEST, 16, VRING_DESC_F_NEXT, 1);
	driver_put(d, DESCRIPTORS, 1, GUEST, 16, VRING_DESC_F_NEXT, 0);
	offer(d, 0);
}

static void chain_of_nothing(struct driver *d)
{
	driver_put(d, DESCRIPTORS, 0, GUEST, 0, VRING_DESC_F_NEXT, 0);
	offer(d, 0);
}

static void chain_beyond(struct driver *d)
{
	driver_put(d, DESCRIPTORS, 0, GUEST, 16, VRING_DESC_F_NEXT, RING_SIZE);
	offer(d, 0);
}

static void head_beyond(struct driver *d)
{
	offer(d, 65535);
}

static void chain_outside(struct driver *d)
{
	driver_put(d, DESCRIPTORS, 0, GUEST + DRIVER_SIZE - 8, 16, 0, 0);
	offer(d, 0);
}

static void chain_wraps(struct driver *d)
{
	driver_put(d, DESCRIPTORS, 0, UINT64_MAX - 8, 16, 0, 0);
	offer(d, 0);
}

static void chain_long(struct driver *d)
{
	driver_put(d, DESCRIPTORS, 0, GUEST, UINT32_MAX, 0, 0);
	offer(d, 0);
}

static void chain_order(struct driver *d)
{
	driver_put(d, DESCRIPTORS, 0, GUEST, 16,
		VRING_DESC_F_NEXT | VRING_DESC_F_WRITE, 1);
	driver_put(d, DESCRIPTORS, 1, GUEST, 16, 0, 0);
	offer(d, 0);
}

static void chain_short(struct driver *d)
{
	driver_put(d, DESCRIPTORS, 0, GUEST, 15, VRING_DESC_F_NEXT, 1);
	driver_put(d, DESCRIPTORS, 1, GUEST, 16, VRING_DESC_F_WRITE, 0);
	offer(d, 0);
}

static void chain_no_status(struct driver *d)
{
	driver_put(d, DESCRIPTORS, 0, GUEST, 16, 0, 0);
	offer(d, 0);
}

static void table_in_table(struct driver *d)
{
	driver_put(
		d, DESCRIPTORS, 0, GUEST + TABLE, 16, VRING_DESC_F_INDIRECT, 0);
	driver_put(d, TABLE, 0, GUEST + TABLE, 16, VRING_DESC_F_INDIRECT, 0);
	offer(d, 0);
}

static void table_next(struct driver *d)
{
	driver_put(d, DESCRIPTORS, 0, GUEST + TABLE, 16,
		VRING_DESC_F_INDIRECT | VRING_DESC_F_NEXT, 1);
	offer(d, 0);
}

static void table_odd(struct driver *d)
{
	driver_put(
		d, DESCRIPTORS, 0, GUEST + TABLE, 17, VRING_DESC_F_INDIRECT, 0);
	offer(d, 0);
}

static void table_outside(struct driver *d)
{
	driver_put(d, DESCRIPTORS, 0, UINT64_MAX - 15, 32,
		VRING_DESC_F_INDIRECT, 0);
	offer(d, 0);
}

static void index_jumps(struct driver *d)
{
	d->index = (uint16_t)(d->index + RING_SIZE);
	offer(d, 0);
}

static void index_goes_back(struct driver *d)
{
	d->index = (uint16_t)(d->index - 2);
	offer(d, 0);
}

static void file_cut(struct driver *d)
{
	assert(ftruncate(d->memory, 0) == 0);
	driver_kick(d);
}

static const struct {
	void (*play)(struct driver *d);
	const char *text;
} plays[] = {
	{ say_too_long, "message of 513 bytes is too long" },
	{ say_huge, "message of 4294967295 bytes is too long" },
	{ say_version, "flags 0x2" },
	{ say_reply, "flags 0x5" },
	{ say_unknown, "message 23 is not known" },
	{ say_beyond, "message 4294967295 is not known" },
	{ say_short, "message 2 has 7 bytes" },
	{ say_fds, "more than 8 descriptors" },
	{ take_features, "features 0x1000 are not offered" },
	{ take_protocol, "features 0x1000 are not offered" },
	{ ask_config, "260 bytes at 0 of the configuration" },
	{ ask_config_size, "60 bytes at 0 of the configuration" },
	{ memory_behind_file, "region is not within its file" },
	{ memory_wraps, "region is not within its file" },
	{ memory_offset_wraps, "region is not within its file" },
	{ memory_empty, "region is not within its file" },
	{ memory_of_socket, "not a file for reading and writing" },
	{ memory_read_only, "not a file for reading and writing" },
	{ memory_by_path, "not a file for reading and writing" },
	{ memory_without_file, "1 memory regions has 0 descriptors" },
	{ memory_too_short, "2 memory regions has 2 descriptors" },
	{ memory_many, "4294967295 memory regions has 0 descriptors" },
	{ ring_of_none, "cannot have 0 entries" },
	{ ring_of_three, "cannot have 3 entries" },
	{ ring_of_many, "cannot have 2147483648 entries" },
	{ ring_base, "cannot begin at 65536" },
	{ ring_of_another, "virtqueue 1 is not offered" },
	{ ring_outside, "ring is not in the kernel's memory" },
	{ ring_wraps, "ring is not in the kernel's memory" },
	{ ring_crooked, "ring is not in the kernel's memory" },
	{ kick_of_none, "kick is not an eventfd" },
	{ kick_of_file, "kick is not an eventfd" },
	{ call_of_pipe, "call is not an eventfd or a socket" },
	{ chain_loop, "more than 128 descriptors" },
	{ chain_of_nothing, "more than 128 descriptors" },
	{ chain_beyond, "descriptor 64 is beyond" },
	{ head_beyond, "descriptor 65535 is beyond" },
	{ chain_outside, "descriptor is not in the kernel's memory" },
	{ chain_wraps, "descriptor is not in the kernel's memory" },
	{ chain_long, "4294967295 bytes is longer" },
	{ chain_order, "readable descriptor is behind" },
	{ chain_short, "request has 15 bytes" },
	{ chain_no_status, "room for 0" },
	{ table_in_table, "table is in an indirect table" },
	{ table_next, "table is not the last" },
	{ table_odd, "table has 17 bytes" },
	{ table_outside, "table of descriptors cannot be read" },
	{ index_jumps, "beyond the ring" },
	{ index_goes_back, "beyond the ring" },
	{ file_cut, "ring cannot be read" },
};
#endif
