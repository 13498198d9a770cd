/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers as headers have them. */
#ifndef V2V_IMAGE_BYTES_H
#define V2V_IMAGE_BYTES_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

static inline uint32_t be32(const unsigned char *p)
{
	uint32_t n;

	memcpy(&n, p, sizeof n);
	return be32toh(n);
}

static inline uint16_t be16(const unsigned char *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint64_t be64(const unsigned char *p)
{
	return (uint64_t)be32(p) << 32 | be32(p + 4);
}

static inline void put_be32(unsigned char *p, uint32_t n)
{
	n = htobe32(n);
	memcpy(p, &n, sizeof n);
}

static inline void put_be64(unsigned char *p, uint64_t n)
{
	n = htobe64(n);
	memcpy(p, &n, sizeof n);
}

static inline uint16_t le16(const unsigned char *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t le32(const unsigned char *p)
{
	uint32_t n;

	memcpy(&n, p, sizeof n);
	return le32toh(n);
}

static inline uint64_t le64(const unsigned char *p)
{
	return (uint64_t)le32(p + 4) << 32 | le32(p);
}

static inline void put_le32(unsigned char *p, uint32_t n)
{
	n = htole32(n);
	memcpy(p, &n, sizeof n);
}

static inline uint64_t ceil_div(uint64_t a, uint64_t b)
{
	return a / b + (a % b != 0);
}
#endif
