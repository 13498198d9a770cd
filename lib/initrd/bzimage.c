/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a kernel's image for x86 says about itself. */
#include "initrd/bzimage.h"

#include "core/file.h"

#include <ctype.h>

/* The setup header: "HdrS", the protocol's version, where the release is. */
enum {
	SECTORS_AT = 0x1f1,
	MAGIC_AT = 0x202,
	PROTOCOL_AT = 0x206,
	RELEASE_AT = 0x20e,
	PAYLOAD_AT = 0x248,
	LENGTH_AT = 0x24c,
};
#define RELEASE_BASE 0x200
#define MAX_RELEASE  128

static unsigned word(const unsigned char *s)
{
	return s[0] | (unsigned)s[1] << 8;
}

/* "6.1.0-18-amd64 (debian-kernel@…": only what names a folder. */
static bool is_release(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)s[i]) && !strchr(".-_+~", s[i]))
			return false;
	return n > 0 && n < MAX_RELEASE && isdigit((unsigned char)*s);
}

char *v2v_bzimage_release(const unsigned char *bytes, size_t size)
{
	size_t at, n;
	const char *s;

	if (size < RELEASE_AT + 2 || memcmp(bytes + MAGIC_AT, "HdrS", 4) != 0 ||
		word(bytes + PROTOCOL_AT) < 0x200 ||
		word(bytes + RELEASE_AT) == 0)
		return NULL;
	at = word(bytes + RELEASE_AT) + RELEASE_BASE;
	if (at >= size)
		return NULL;
	s = (const char *)bytes + at;
	n = 0;
	while (at + n < size && n < MAX_RELEASE && s[n] && s[n] != ' ')
		n++;
	return is_release(s, n) ? v2v_strndup(s, n) : NULL;
}

static bool is_header(
	const unsigned char *bytes, size_t size, unsigned protocol)
{
	return size >= LENGTH_AT + 4 &&
	       memcmp(bytes + MAGIC_AT, "HdrS", 4) == 0 &&
	       word(bytes + PROTOCOL_AT) >= protocol;
}

static uint64_t number(const unsigned char *s)
{
	return word(s) | (uint64_t)word(s + 2) << 16;
}

/* Where the compressed kernel lies in the bzImage that begins with these bytes
 * (boot.rst: payload_offset, payload_length), bytes of the file, not checked
 * against its size; false where they are not a bzImage, or one before 2.6.26.
 */
static bool find_payload(const unsigned char *bytes, size_t size,
	uint64_t *ret_offset, uint64_t *ret_length)
{
	unsigned sectors;

	if (!is_header(bytes, size, 0x208))
		return false;
	/* "if the field is 0, the real value is 4" */
	sectors = bytes[SECTORS_AT] ? bytes[SECTORS_AT] : 4;
	*ret_offset = (sectors + 1) * 512ULL + number(bytes + PAYLOAD_AT);
	*ret_length = number(bytes + LENGTH_AT);
	return true;
}

/* ELF, or arm64's Image (Linux: Documentation/arch/arm64/booting.rst). */
static bool is_plain(const unsigned char *head, size_t size)
{
	return size > 64 && (memcmp(head, "\177ELF", 4) == 0 ||
				    memcmp(head + 0x38, "ARM\x64", 4) == 0);
}

struct v2v_stream *v2v_bzimage_open(
	struct v2v *v, int fd, uint64_t size, struct v2v_error *err)
{
	CLEANUP_FREE unsigned char *head = v2v_alloc(1, V2V_BZIMAGE_HEAD);
	size_t n = size < V2V_BZIMAGE_HEAD ? (size_t)size : V2V_BZIMAGE_HEAD;
	uint64_t offset = 0, length = size;
	unsigned char magic[6];
	const char *compression;

	if (n < sizeof magic ||
		v2v_pread_all(fd, "kernel", head, n, 0, err) < 0)
		return NULL;
	if (is_plain(head, n))
		return v2v_stream_open(v, fd, 0, size, NULL, err);
	if (find_payload(head, n, &offset, &length) &&
		(offset > size || length > size - offset || length < 64))
		return NULL;
	if (v2v_pread_all(fd, "kernel", magic, sizeof magic, offset, err) < 0)
		return NULL;
	compression = v2v_stream_compression(magic);
	if (!compression)
		return NULL;
	/* The unpacked size is behind all streams but gzip's own. */
	if (offset && strcmp(compression, "gzip") != 0)
		length -= 4;
	return v2v_stream_open(
		v, fd, offset, offset + length, compression, err);
}
