/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The letters of disks. */
#include "model/letters.h"

char *v2v_devices_letters(size_t index)
{
	CLEANUP_FREE char *head = NULL;

	if (index >= 26)
		head = v2v_devices_letters(index / 26 - 1);
	return v2v_format("%s%c", head ? head : "", (int)('a' + index % 26));
}

char *v2v_assign_name(const char *prefix, size_t index)
{
	CLEANUP_FREE char *letters = v2v_devices_letters(index);

	return v2v_format("%s%s", prefix, letters);
}
