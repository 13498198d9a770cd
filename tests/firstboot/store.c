/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The search of the IPv6 addresses' store where the registry fails: an error
 * ends it, what has too much data or too long a name does not.  0: so it is. */
#include "windows/firstboot/service/service.h"

#include <stdlib.h>

static LONG fails_with;
static int calls;

/* Two addresses, of which only the second's data have room, a long name, and
 * then an error for ever. */
static LONG fake_enum(HKEY key, DWORD i, char *name, DWORD *length,
	DWORD *reserved, DWORD *type, BYTE *data, DWORD *size)
{
	(void)key, (void)reserved, (void)data;
	if (++calls > 1000)
		exit(2);
	if (i > 2)
		return fails_with;
	if (i == 2 || (i == 0 && data))
		return ERROR_MORE_DATA;
	memset(name, '0', 48);
	name[48] = '\0';
	*length = 48;
	if (size)
		*size = 8;
	if (type)
		*type = REG_BINARY;
	return ERROR_SUCCESS;
}

#define RegEnumValueA fake_enum
#include "windows/firstboot/service/network6.c"

void log_line(const char *format, ...)
{
	(void)format;
}

DWORD card_wait(const struct v2v_firstboot_step *step, struct card *ret_card)
{
	(void)step, (void)ret_card;
	return ERROR_NOT_FOUND;
}

void card_restart(const struct card *card)
{
	(void)card;
}

int main(void)
{
	DWORD count, left;

	fails_with = ERROR_KEY_DELETED;
	if (collect(NULL, "0000000000000000", &count, &left) !=
		ERROR_KEY_DELETED)
		return 1;
	fails_with = ERROR_NO_MORE_ITEMS;
	return collect(NULL, "0000000000000000", &count, &left) || count != 1 ||
	       left != 1;
}
