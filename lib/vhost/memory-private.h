/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kernel's memory: files that it hands over, and where they appear.
 *
 * It is read and written with pread() and pwrite(), never through a mapping.
 * The kernel may cut its file short after whatever check; through a mapping
 * that is SIGBUS, here it is a short read.  (Seals would forbid it, but
 * User-mode Linux's file cannot have any.  A handler for SIGBUS would be state
 * of the whole process, which a library does not have.)  It also makes every
 * value ours before it is checked: what is read is read once.
 *
 * The files are opened again, for a file description that is ours alone: with
 * the kernel's own, fcntl() on its side could make a pwrite() append.
 */
#ifndef V2V_VHOST_MEMORY_H
#define V2V_VHOST_MEMORY_H

#include "core/error.h"

#include <sys/types.h>

/* SPEC, "Multiple Memory regions description": without CONFIGURE_MEM_SLOTS. */
#define V2V_MEMORY_REGIONS 8

struct v2v_region {
	/* Addresses in the kernel; in the process that runs it. */
	uint64_t guest, user;
	uint64_t size, offset; /* bytes; of the file */
	int fd;
};

struct v2v_memory {
	struct v2v_region regions[V2V_MEMORY_REGIONS];
	size_t count;
};

/* As SPEC lays a region out in VHOST_USER_SET_MEM_TABLE. */
struct v2v_region_wire {
	uint64_t guest, size, user, offset;
};

/* One more region, in the file that @fd is (lent).  Fails where it is not a
 * file for reading and writing, or does not hold the region. */
int v2v_memory_add(struct v2v_memory *memory,
	const struct v2v_region_wire *wire, int fd, struct v2v_error *err);
void v2v_memory_clear(struct v2v_memory *memory);

/* Is all of it memory?  Also where it goes from one region to the next. */
bool v2v_memory_has(
	const struct v2v_memory *memory, uint64_t address, uint64_t size);

/* All @size bytes at the kernel's @address, or -1. */
int v2v_memory_read(const struct v2v_memory *memory, uint64_t address,
	void *data, size_t size);
int v2v_memory_write(const struct v2v_memory *memory, uint64_t address,
	const void *data, size_t size);

/* A place in one of the files. */
struct v2v_place {
	int fd;
	off_t at;
};

/* Where @size bytes at an address of the process are, which must be in one
 * region; false: nowhere. */
bool v2v_memory_place(const struct v2v_memory *memory, uint64_t user,
	uint64_t size, struct v2v_place *ret);

/* All @size bytes, @offset behind a place, or -1. */
int v2v_place_read(const struct v2v_place *place, uint64_t offset, void *data,
	size_t size);
int v2v_place_write(const struct v2v_place *place, uint64_t offset,
	const void *data, size_t size);
#endif
