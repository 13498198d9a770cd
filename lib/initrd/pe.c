/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading the section table of a PE image. */
#include "initrd/pe.h"

#include "core/file.h"
#include "core/mem.h"

#include <sys/stat.h>

/* Offsets: in the DOS header, behind "PE\0\0", and in a section's header. */
enum { PE_AT = 0x3c };
enum { MACHINE = 4, SECTIONS = 6, OPTIONAL_SIZE = 20, COFF_END = 24 };
enum { VIRTUAL_SIZE = 8, RAW_SIZE = 16, RAW_AT = 20, SECTION = 40 };

/* The optional header: its magic number, its data directories. */
enum { PLUS = 0x20b, OF_32 = 96, OF_PLUS = 112 };
enum { CERTIFICATES = 4, DIRECTORY = 8 };

#define NAME  8
#define BLOCK (1 << 20)

static uint32_t word(const unsigned char *s, size_t n)
{
	uint32_t value = 0;

	while (n--)
		value = value << 8 | s[n];
	return value;
}

/* The bytes that count: the file's are rounded up, or fewer where the rest is
 * zeros. */
static bool take_section(const unsigned char *section, uint64_t file_size,
	uint64_t *ret_offset, uint64_t *ret_size)
{
	uint64_t size = word(section + RAW_SIZE, 4);
	uint64_t used = word(section + VIRTUAL_SIZE, 4);
	uint64_t offset = word(section + RAW_AT, 4);

	if (used && used < size)
		size = used;
	if (!size || offset > file_size || size > file_size - offset)
		return false;
	*ret_offset = offset;
	*ret_size = size;
	return true;
}

/* Where "PE\0\0" is, with a whole header behind it; 0: nowhere. */
static size_t find_header(const unsigned char *head, size_t size)
{
	size_t pe;

	if (size < PE_AT + 4 || memcmp(head, "MZ", 2) != 0)
		return 0;
	pe = word(head + PE_AT, 4);
	if (pe > size || size - pe < COFF_END ||
		memcmp(head + pe, "PE\0\0", 4) != 0)
		return 0;
	return pe;
}

unsigned v2v_pe_machine(const unsigned char *head, size_t size)
{
	size_t pe = find_header(head, size);

	return pe ? word(head + pe + MACHINE, 2) : 0;
}

bool v2v_pe_certificates(const unsigned char *head, size_t size,
	uint64_t file_size, uint64_t *ret_offset, uint64_t *ret_size)
{
	size_t pe = find_header(head, size), at;
	uint64_t offset, length;

	if (!pe || size - pe < COFF_END + 2)
		return false;
	/* PE32 or PE32+: where its data directories begin. */
	at = pe + COFF_END +
	     (word(head + pe + COFF_END, 2) == PLUS ? OF_PLUS : OF_32);
	if (at > size || size - at < (CERTIFICATES + 1) * DIRECTORY ||
		word(head + at - 4, 4) <= CERTIFICATES)
		return false;
	offset = word(head + at + CERTIFICATES * DIRECTORY, 4);
	length = word(head + at + CERTIFICATES * DIRECTORY + 4, 4);
	if (!offset || !length || offset > file_size ||
		length > file_size - offset)
		return false;
	*ret_offset = offset;
	*ret_size = length;
	return true;
}

bool v2v_pe_find(const unsigned char *head, size_t size, uint64_t file_size,
	const char *name, uint64_t *ret_offset, uint64_t *ret_size)
{
	char padded[NAME + 1] = "";
	size_t pe = find_header(head, size), at, count;

	if (!pe)
		return false;
	snprintf(padded, sizeof padded, "%s", name);
	count = word(head + pe + SECTIONS, 2);
	at = pe + COFF_END + word(head + pe + OPTIONAL_SIZE, 2);
	for (; count-- && at <= size && size - at >= SECTION; at += SECTION)
		if (memcmp(head + at, padded, NAME) == 0)
			return take_section(
				head + at, file_size, ret_offset, ret_size);
	return false;
}

int v2v_pe_extract(int in, const char *name, int out, uint64_t *ret_size,
	struct v2v_error *err)
{
	CLEANUP_FREE unsigned char *block = v2v_alloc(1, BLOCK);
	uint64_t from, size;
	struct stat st;
	size_t n;

	if (fstat(in, &st) < 0)
		return v2v_fail_errno(err, "cannot read the image");
	n = st.st_size < V2V_PE_HEAD ? (size_t)st.st_size : V2V_PE_HEAD;
	if (v2v_pread_all(in, "image", block, n, 0, err) < 0)
		return -1;
	if (!v2v_pe_find(block, n, (uint64_t)st.st_size, name, &from, &size))
		return v2v_fail(err, "initrd-unreadable",
			"not a PE image with a section '%s'", name);
	*ret_size = size;
	for (; size; size -= n, from += n) {
		n = size < BLOCK ? (size_t)size : BLOCK;
		if (v2v_pread_all(in, "image", block, n, from, err) < 0 ||
			v2v_write_all(out, "initrd", block, n, err) < 0)
			return -1;
	}
	return 0;
}
