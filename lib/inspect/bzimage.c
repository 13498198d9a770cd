/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a kernel's image for x86 tells of itself. */
#include "inspect/kernel-files.h"

#include <ctype.h>

/* The setup header: "HdrS", the protocol's version, where the release is. */
enum { MAGIC_AT = 0x202, PROTOCOL_AT = 0x206, RELEASE_AT = 0x20e };
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
