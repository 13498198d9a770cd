/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lib/initrd: sections of PE images, well-formed and hostile ones. */
#include "cases.h"

#include "initrd/pe.h"

#include <sys/mman.h>

#define PE	 0x80 /* where the header is put */
#define TABLE	 (PE + 24 + OPTIONAL)
#define OPTIONAL 0x20
#define DATA	 0x400
#define END	 0x600

static unsigned char image[END];

static void put(size_t at, uint32_t value, size_t bytes)
{
	for (; bytes--; value >>= 8)
		image[at++] = value & 0xff;
}

static void put_section(size_t i, const char *name, uint32_t used,
	uint32_t size, uint32_t offset)
{
	size_t at = TABLE + i * 40;

	memcpy(image + at, name, strlen(name));
	put(at + 8, used, 4);
	put(at + 12, 0x10000, 4);
	put(at + 16, size, 4);
	put(at + 20, offset, 4);
}

/* ".linux", ".initrdX", ".initrd" with 0x100 bytes that hold 'i', of which the
 * last 0x10 are padding. */
static void make(void)
{
	memset(image, 0, sizeof image);
	memcpy(image, "MZ", 2);
	put(0x3c, PE, 4);
	memcpy(image + PE, "PE", 2);
	put(PE + 6, 3, 2);
	put(PE + 20, OPTIONAL, 2);
	put_section(0, ".linux", 0x100, 0x100, 0x500);
	put_section(1, ".initrdX", 0x100, 0x100, 0x500);
	put_section(2, ".initrd", 0xf0, 0x100, DATA);
	memset(image + DATA, 'i', 0xf0);
}

/* What is put somewhere else in the image, and where ".initrd" is then; size
 * 0: nowhere. */
static void test_find(void)
{
	static const struct {
		size_t at;
		uint32_t value;
		size_t bytes, head;
		uint64_t offset, size;
	} cases[] = {
		{ 0, 'M', 1, END, DATA, 0xf0 },
		{ TABLE + 88, 0, 4, END, DATA, 0x100 },	    /* no used size */
		{ TABLE + 88, 0x999, 4, END, DATA, 0x100 }, /* zeros behind */
		{ TABLE + 96, 0x200, 4, END, DATA, 0xf0 },
		{ TABLE + 80, '.', 1, TABLE + 120, DATA, 0xf0 },
		{ 0, 'X', 1, END, 0, 0 },
		{ PE, 'X', 1, END, 0, 0 },
		{ 0x3c, 0xffffffff, 4, END, 0, 0 },
		{ 0x3c, END - 4, 4, END, 0, 0 },
		{ PE + 6, 2, 2, END, 0, 0 }, /* only two sections */
		{ PE + 6, 0xffff, 2, END, DATA, 0xf0 },
		{ PE + 20, 0xffff, 2, END, 0, 0 },
		{ TABLE + 80, 'x', 1, END, 0, 0 },
		{ TABLE + 96, 0, 4, END, 0, 0 }, /* empty */
		{ TABLE + 100, END, 4, END, 0, 0 },
		{ TABLE + 100, END - 0x80, 4, END, 0, 0 },
		{ TABLE + 100, 0xffffffff, 4, END, 0, 0 },
		{ 0, 'M', 1, TABLE + 119, 0, 0 }, /* its header is cut */
		{ 0, 'M', 1, PE + 23, 0, 0 },
		{ 0, 'M', 1, 0x3f, 0, 0 },
		{ 0, 'M', 1, 0, 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t offset = 0, size = 0;
		CLEANUP_FREE unsigned char *head = v2v_alloc(1, END);
		bool found;

		make();
		put(cases[i].at, cases[i].value, cases[i].bytes);
		memcpy(head, image, cases[i].head);
		found = v2v_pe_find(
			head, cases[i].head, END, ".initrd", &offset, &size);
		if (found != (cases[i].size > 0) || size != cases[i].size)
			fprintf(stderr, "case %zu\n", i);
		assert(found == (cases[i].size > 0));
		assert(size == cases[i].size && offset == cases[i].offset);
	}
}

/* The table of certificates: as test_find(), in an image of 64 or 32 bits. */
static void test_certificates(void)
{
	static const struct {
		size_t at;
		uint32_t value;
		size_t bytes, head;
		bool is_32, found;
	} cases[] = {
		{ 0, 'M', 1, END, false, true },
		{ 0, 'M', 1, END, true, true },
		{ 0, 'X', 1, END, false, false },
		{ PE + 24, 0x20b, 2, END, true, false },
		{ PE + 24 + 108, 4, 4, END, false, false }, /* too few */
		{ PE + 24 + 108, 5, 4, END, false, true },
		{ PE + 24 + 144, 0, 4, END, false, false },
		{ PE + 24 + 148, 0, 4, END, false, false },
		{ PE + 24 + 144, END - 0xff, 4, END, false, false },
		{ PE + 24 + 144, 0xffffffff, 4, END, false, false },
		{ PE + 24 + 148, 0xffffffff, 4, END, false, false },
		{ 0, 'M', 1, PE + 24 + 151, false, false },
		{ 0, 'M', 1, PE + 25, false, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const size_t at = PE + 24 + (cases[i].is_32 ? 96 : 112);
		uint64_t offset = 0, size = 0;

		make();
		memset(image + PE + 24, 0, 0x100);
		put(PE + 4, 0x8664, 2);
		put(PE + 24, cases[i].is_32 ? 0x10b : 0x20b, 2);
		put(at - 4, 16, 4);
		put(at + 32, END - 0x100, 4);
		put(at + 36, 0x100, 4);
		put(cases[i].at, cases[i].value, cases[i].bytes);
		if (v2v_pe_certificates(image, cases[i].head, END, &offset,
			    &size) != cases[i].found)
			fprintf(stderr, "certificates %zu\n", i);
		assert((size != 0) == cases[i].found);
		assert(!size || (offset == END - 0x100 && size == 0x100));
		assert(v2v_pe_machine(image, END) ==
			(image[0] == 'M' ? 0x8664 : 0));
	}
}

static void test_extract(void)
{
	int in = memfd_create("image", MFD_CLOEXEC);
	int out = memfd_create("section", MFD_CLOEXEC);
	struct v2v_error err = { 0 };
	char bytes[0x100] = "";
	uint64_t size = 0;

	make();
	assert(write(in, image, sizeof image) == sizeof image);
	assert(v2v_pe_extract(in, ".initrd", out, &size, &err) == 0);
	assert(size == 0xf0 && pread(out, bytes, sizeof bytes, 0) == 0xf0);
	for (size_t i = 0; i < size; i++)
		assert(bytes[i] == 'i');
	assert(v2v_pe_extract(in, ".uname", out, &size, &err) < 0);
	same("code", err.code, "initrd-unreadable");
	assert(ftruncate(in, 10) == 0);
	assert(v2v_pe_extract(in, ".initrd", out, &size, &err) < 0);
	close(in);
	close(out);
}

int main(void)
{
	test_find();
	test_certificates();
	test_extract();
	return 0;
}
