/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who may do what with a file of an NTFS ([MS-DTYP] 2.4). */
#include "guest/files.h"
#include "guest/private.h"

/* A new file is everybody's to write (ntfs-3g), and so would be what runs as
 * the system. */
#define SELF_RELATIVE 0x8000
#define PROTECTED     0x1000 /* nothing comes from the directory above */
#define PRESENT	      0x0004
#define FULL	      0x001f01ff
#define INHERITED     0x03 /* by files, by directories */

static void add(struct v2v_text *out, uint32_t value, unsigned bytes)
{
	for (; bytes--; value >>= 8) {
		const char byte = (char)(value & 0xff);

		v2v_text_add(out, &byte, 1);
	}
}

/* S-1-5-FIRST or S-1-5-FIRST-SECOND. */
static void add_sid(struct v2v_text *out, uint32_t first, uint32_t second)
{
	add(out, 1, 1);
	add(out, second ? 2 : 1, 1);
	add(out, 0, 4);
	add(out, 0x0500, 2); /* six bytes, the highest first */
	add(out, first, 4);
	if (second)
		add(out, second, 4);
}

static void add_administrators(struct v2v_text *out)
{
	add_sid(out, 32, 544);
}

static void add_system(struct v2v_text *out)
{
	add_sid(out, 18, 0);
}

static void add_access(struct v2v_text *out, void (*add_who)(struct v2v_text *),
	bool is_directory, unsigned size)
{
	add(out, 0, 1); /* allowed */
	add(out, is_directory ? INHERITED : 0, 1);
	add(out, 8 + size, 2);
	add(out, FULL, 4);
	add_who(out);
}

/* Head, owner, group, and the list of two. */
static void make_descriptor(struct v2v_text *out, bool is_directory)
{
	add(out, 1, 2);
	add(out, SELF_RELATIVE | PROTECTED | PRESENT, 2);
	add(out, 20, 4);
	add(out, 20 + 16, 4);
	add(out, 0, 4);
	add(out, 20 + 32, 4);
	add_administrators(out);
	add_administrators(out);
	add(out, 2, 2);
	add(out, 8 + 20 + 24, 2);
	add(out, 2, 4);
	add_access(out, add_system, is_directory, 12);
	add_access(out, add_administrators, is_directory, 16);
}

/* By ntfs-3g, and by Linux' own driver. */
int v2v_guest_protect(
	struct v2v_guest *guest, const char *path, struct v2v_error *err)
{
	static const char *const names[] = { "system.ntfs_acl",
		"system.ntfs_security" };
	struct v2v_text descriptor CLEANUP_TEXT = { 0 };
	CLEANUP_FREE char *real = v2v_guest_resolve(guest, path);

	if (!real)
		return v2v_guest_fail(guest, err, "guest-write",
			"cannot protect the guest's '%s'", path);
	make_descriptor(&descriptor, v2v_guest_is_dir(guest, real));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (v2v_call(guest, attributes, put_xattr, real, names[i],
			    descriptor.data, descriptor.length) == 0)
			return 0;
	return v2v_guest_fail(guest, err, "guest-write",
		"cannot protect the guest's '%s' from its users", path);
}
