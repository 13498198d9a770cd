/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Flags of files, in a backup. */
#include "guest/backup-private.h"

/* chattr(1)'s letters and the kernel's bits, linux/fs.h */
static const struct {
	char letter;
	unsigned bit;
} flag_bits[] = {
	{ 's', 0x1 },
	{ 'u', 0x2 },
	{ 'c', 0x4 },
	{ 'S', 0x8 },
	{ 'i', 0x10 },
	{ 'a', 0x20 },
	{ 'd', 0x40 },
	{ 'A', 0x80 },
	{ 'j', 0x4000 },
};

unsigned long v2v_backup_bits(const char *letters)
{
	unsigned long bits = 0;

	for (; letters && *letters; letters++)
		for (size_t i = 0; i < ARRAY_SIZE(flag_bits); i++)
			if (flag_bits[i].letter == *letters)
				bits |= flag_bits[i].bit;
	return bits;
}

char *v2v_backup_letters(unsigned long bits)
{
	struct v2v_text letters CLEANUP_TEXT = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(flag_bits); i++)
		if (bits & flag_bits[i].bit)
			v2v_text_add(&letters, &flag_bits[i].letter, 1);
	return letters.length ? v2v_text_take(&letters) : NULL;
}
