/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel's memory, without a mapping of it. */
#include "vhost/memory-private.h"

#include "core/open.h"

#include <fcntl.h>
#include <sys/stat.h>

static int fail(struct v2v_error *err, const char *why)
{
	return v2v_fail(err, "kernel-broken", "a memory region %s", why);
}

/* The same file for reading and writing.  It must be open so already: what
 * only we may write is not the kernel's to hand over. */
static int open_again(int fd)
{
	CLEANUP_FREE char *name = v2v_format("/proc/self/fd/%d", fd);
	int flags = fcntl(fd, F_GETFL);
	struct stat st;

	if (flags < 0 || flags & O_PATH || (flags & O_ACCMODE) != O_RDWR ||
		fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return -1;
	return v2v_open(name, O_RDWR | O_NONBLOCK | O_NOCTTY, 0);
}

/* Does the region end, in each of its three spaces, and the file hold it? */
static bool is_whole(const struct v2v_region_wire *wire, int fd)
{
	struct stat st;
	uint64_t end;

	return wire->size &&
	       !__builtin_add_overflow(wire->guest, wire->size, &end) &&
	       !__builtin_add_overflow(wire->user, wire->size, &end) &&
	       !__builtin_add_overflow(wire->offset, wire->size, &end) &&
	       fstat(fd, &st) == 0 && end <= (uint64_t)st.st_size;
}

int v2v_memory_add(struct v2v_memory *memory,
	const struct v2v_region_wire *wire, int fd, struct v2v_error *err)
{
	CLEANUP_CLOSE int own = -1;

	if (memory->count == V2V_MEMORY_REGIONS)
		return fail(err, "is one too many");
	own = open_again(fd);
	if (own < 0)
		return fail(err, "is not a file for reading and writing");
	if (!is_whole(wire, own))
		return fail(err, "is not within its file");
	memory->regions[memory->count++] = (struct v2v_region){
		.guest = wire->guest,
		.user = wire->user,
		.size = wire->size,
		.offset = wire->offset,
		.fd = v2v_take_fd(&own),
	};
	return 0;
}

void v2v_memory_clear(struct v2v_memory *memory)
{
	for (size_t i = 0; i < memory->count; i++)
		close(memory->regions[i].fd);
	memory->count = 0;
}

int v2v_place_read(
	const struct v2v_place *place, uint64_t offset, void *data, size_t size)
{
	ssize_t n = pread(place->fd, data, size, place->at + (off_t)offset);

	return n >= 0 && (size_t)n == size ? 0 : -1;
}

int v2v_place_write(const struct v2v_place *place, uint64_t offset,
	const void *data, size_t size)
{
	ssize_t n = pwrite(place->fd, data, size, place->at + (off_t)offset);

	return n >= 0 && (size_t)n == size ? 0 : -1;
}

/* Where the memory at @address is, and how much of @size follows in that
 * region; 0: there is none. */
static uint64_t find(const struct v2v_memory *memory, uint64_t address,
	uint64_t size, struct v2v_place *ret)
{
	for (size_t i = 0; i < memory->count; i++) {
		const struct v2v_region *r = &memory->regions[i];
		uint64_t in = address - r->guest;

		if (address < r->guest || in >= r->size)
			continue;
		*ret = (struct v2v_place){ r->fd, (off_t)(r->offset + in) };
		return size < r->size - in ? size : r->size - in;
	}
	return 0;
}

bool v2v_memory_has(
	const struct v2v_memory *memory, uint64_t address, uint64_t size)
{
	struct v2v_place place;

	/* No region is come back to: so many rounds at most. */
	while (size) {
		uint64_t n = find(memory, address, size, &place);

		if (!n)
			return false;
		address += n;
		size -= n;
	}
	return true;
}

int v2v_memory_read(const struct v2v_memory *memory, uint64_t address,
	void *data, size_t size)
{
	struct v2v_place place;

	while (size) {
		size_t n = find(memory, address, size, &place);

		if (!n || v2v_place_read(&place, 0, data, n) < 0)
			return -1;
		data = (char *)data + n;
		address += n;
		size -= n;
	}
	return 0;
}

int v2v_memory_write(const struct v2v_memory *memory, uint64_t address,
	const void *data, size_t size)
{
	struct v2v_place place;

	while (size) {
		size_t n = find(memory, address, size, &place);

		if (!n || v2v_place_write(&place, 0, data, n) < 0)
			return -1;
		data = (const char *)data + n;
		address += n;
		size -= n;
	}
	return 0;
}

bool v2v_memory_place(const struct v2v_memory *memory, uint64_t user,
	uint64_t size, struct v2v_place *ret)
{
	for (size_t i = 0; i < memory->count; i++) {
		const struct v2v_region *r = &memory->regions[i];
		uint64_t in = user - r->user;

		if (user < r->user || in >= r->size || size > r->size - in)
			continue;
		*ret = (struct v2v_place){ r->fd, (off_t)(r->offset + in) };
		return true;
	}
	return false;
}
