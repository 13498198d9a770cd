/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The dirty flag of an NTFS, in an image that has its boot sector and $Volume
 * alone. */
#include "cases.h"

#include "windows/ntfs.h"

#define CLUSTER 4096
#define RECORD	1024
#define TABLE	4 /* cluster */
#define VOLUME	(TABLE * CLUSTER + 3 * RECORD)
#define FIRST	0x38 /* attribute */
#define SECOND	(FIRST + 0x60)

static unsigned char image[VOLUME + RECORD];
static size_t size_of_image;

static void put(size_t at, uint64_t number, size_t size)
{
	for (size_t i = 0; i < size; i++)
		image[at + i] = (unsigned char)(number >> (8 * i));
}

static void put_attribute(size_t at, uint32_t type, uint32_t size)
{
	put(VOLUME + at, type, 4);
	put(VOLUME + at + 4, size, 4);
	put(VOLUME + at + 0x10, 12, 4);
	put(VOLUME + at + 0x14, 0x18, 2);
}

/* $STANDARD_INFORMATION, then $VOLUME_INFORMATION with @flags. */
static void make(unsigned flags)
{
	memset(image, 0, sizeof image);
	size_of_image = sizeof image;
	memcpy(image + 3, "NTFS    ", 8);
	put(0x0b, 512, 2);
	put(0x0d, CLUSTER / 512, 1);
	put(0x30, TABLE, 8);
	put(0x40, (unsigned char)-10, 1);
	memcpy(image + VOLUME, "FILE", 4);
	put(VOLUME + 4, 0x30, 2);
	put(VOLUME + 6, RECORD / 512 + 1, 2);
	put(VOLUME + 0x14, FIRST, 2);
	put(VOLUME + 0x30, 7, 2);
	put(VOLUME + 510, 7, 2);
	put(VOLUME + 1022, 7, 2);
	put_attribute(FIRST, 0x10, 0x60);
	put_attribute(SECOND, 0x70, 0x28);
	put(VOLUME + SECOND + 0x18 + 10, flags, 2);
	put(VOLUME + SECOND + 0x28, 0xffffffff, 4);
}

static bool read_image(void *opaque, int64_t offset, void *data, size_t size)
{
	(void)opaque;
	if (offset < 0 || (uint64_t)offset > size_of_image ||
		size > size_of_image - (size_t)offset)
		return false;
	memcpy(data, image + offset, size);
	return true;
}

static bool is_dirty(void)
{
	return v2v_ntfs_is_dirty(read_image, NULL);
}

/* A change of one number after which nothing can be told. */
static void spoil(size_t at, uint64_t number, size_t size)
{
	make(1);
	put(at, number, size);
	assert(!is_dirty());
}

int main(void)
{
	make(0);
	assert(!is_dirty());
	make(1);
	assert(is_dirty());
	make(0x8001);
	assert(is_dirty());
	make(0x4080);
	assert(!is_dirty());
	/* The records' size in clusters. */
	make(1);
	put(0x0d, 2, 1);
	put(0x30, TABLE * 4, 8);
	put(0x40, 1, 1);
	assert(is_dirty());
	size_of_image--;
	assert(!is_dirty());
	spoil(3, 'X', 1);
	spoil(0x0b, 0, 2);
	spoil(0x0d, 0x80, 1);
	spoil(0x30, UINT64_MAX, 8);
	spoil(0x40, 0, 1);
	spoil(0x40, 0x80, 1);
	spoil(VOLUME, 'B', 1);
	spoil(VOLUME + 4, 0xfff0, 2);
	spoil(VOLUME + 6, 2, 2);
	spoil(VOLUME + 510, 8, 2);
	spoil(VOLUME + 0x14, 0xfff0, 2);
	spoil(VOLUME + FIRST + 4, 0, 4);
	spoil(VOLUME + FIRST + 4, UINT32_MAX, 4);
	spoil(VOLUME + SECOND, 0xffffffff, 4);
	spoil(VOLUME + SECOND + 8, 1, 1);
	spoil(VOLUME + SECOND + 0x14, 0xffff, 2);
	return 0;
}
