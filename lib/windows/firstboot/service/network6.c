/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The static IPv6 addresses of a card that is not there any more go to the one
 * that has its MAC address.  Windows keeps them in the store of the Network
 * Store Interface: a value for each, whose name begins with the card's LUID
 * (windows/addresses6.c).  XenServer's drivers hand them on in this way, too.
 */
#include "service.h"

#include <stdlib.h>

#define STORE                                                                  \
	"SYSTEM\\CurrentControlSet\\Control\\Nsi\\"                            \
	"{eb004a01-9b1a-11d4-9123-0050047759bc}\\10"
#define CARDS                                                                  \
	"SYSTEM\\CurrentControlSet\\Control\\Class\\"                          \
	"{4D36E972-E325-11CE-BFC1-08002BE10318}"
#define INTERFACES                                                             \
	"SYSTEM\\CurrentControlSet\\Services\\Tcpip6\\Parameters\\Interfaces"  \
	"\\"
#define MAX_CARDS     4096
#define MAX_ADDRESSES 64
#define LUID_DIGITS   16
#define NAME_ROOM     (LUID_DIGITS + 32 + 1) /* and the address' digits */
#define DATA_ROOM     256

struct address {
	char name[NAME_ROOM];
	BYTE data[DATA_ROOM];
	DWORD type, size;
};

static struct address addresses[MAX_ADDRESSES];

/* The bytes as they lie in memory. */
static void spell_luid(uint64_t luid, char *ret_digits)
{
	for (int i = 0; i < LUID_DIGITS / 2; i++)
		snprintf(ret_digits + 2 * i, 3, "%02x",
			(unsigned)(luid >> 8 * i & 0xff));
}

static bool get_number(HKEY key, const char *name, DWORD *ret_value)
{
	DWORD type = 0, size = sizeof *ret_value;

	return RegQueryValueExA(key, name, NULL, &type, (BYTE *)ret_value,
		       &size) == ERROR_SUCCESS &&
	       type == REG_DWORD && size == sizeof *ret_value;
}

/* NET_LUID: 24 bits that are 0, 24 of the index, 16 of the type. */
static bool read_luid(HKEY key, const char *guid, uint64_t *ret_luid)
{
	char text[64] = "";
	DWORD type = 0, size = sizeof text - 1, index, kind;

	if (RegQueryValueExA(key, "NetCfgInstanceId", NULL, &type, (BYTE *)text,
		    &size) ||
		type != REG_SZ || _stricmp(text, guid) != 0 ||
		!get_number(key, "NetLuidIndex", &index) ||
		!get_number(key, "*IfType", &kind))
		return false;
	*ret_luid = (uint64_t)(kind & 0xffff) << 48 |
		    (uint64_t)(index & 0xffffff) << 24;
	return true;
}

/* What Windows knows of a card that is gone is still there. */
static bool find_luid(const char *guid, uint64_t *ret_luid)
{
	char name[KEY_ROOM];
	bool is_found = false;
	HKEY all, key;

	if (RegOpenKeyExA(HKEY_LOCAL_MACHINE, CARDS, 0, KEY_READ, &all))
		return false;
	for (DWORD i = 0; i < MAX_CARDS && !is_found; i++) {
		DWORD room = sizeof name;

		if (RegEnumKeyExA(all, i, name, &room, NULL, NULL, NULL, NULL))
			break;
		if (RegOpenKeyExA(all, name, 0, KEY_QUERY_VALUE, &key))
			continue;
		is_found = read_luid(key, guid, ret_luid);
		RegCloseKey(key);
	}
	RegCloseKey(all);
	return is_found;
}

static bool is_of(const char *name, DWORD length, const char *luid)
{
	return length == NAME_ROOM - 1 &&
	       _strnicmp(name, luid, LUID_DIGITS) == 0;
}

/* The value @i; *@ret_fits: its data have room.  ERROR_MORE_DATA: the name has
 * none, so it is no address. */
static DWORD read_value(HKEY store, DWORD i, struct address *one,
	DWORD *ret_length, bool *ret_fits)
{
	DWORD status;

	*ret_length = sizeof one->name;
	one->size = sizeof one->data;
	status = (DWORD)RegEnumValueA(store, i, one->name, ret_length, NULL,
		&one->type, one->data, &one->size);
	*ret_fits = status == ERROR_SUCCESS;
	if (status != ERROR_MORE_DATA)
		return status;
	*ret_length = sizeof one->name;
	return (DWORD)RegEnumValueA(
		store, i, one->name, ret_length, NULL, NULL, NULL, NULL);
}

/* Those of @luid into addresses[], and how many more there are: there is no
 * room for them, or for their data. */
static DWORD collect(
	HKEY store, const char *luid, DWORD *ret_count, DWORD *ret_left)
{
	DWORD count = 0, left = 0, status = ERROR_SUCCESS;

	for (DWORD i = 0; !status || status == ERROR_MORE_DATA; i++) {
		struct address one;
		DWORD length;
		bool fits;

		status = read_value(store, i, &one, &length, &fits);
		if (status || !is_of(one.name, length, luid))
			continue;
		if (fits && count < MAX_ADDRESSES)
			addresses[count++] = one;
		else
			left++;
	}
	*ret_count = count;
	*ret_left = left;
	return status == ERROR_NO_MORE_ITEMS ? ERROR_SUCCESS : status;
}

/* They are at both until all are written. */
static DWORD rename_all(HKEY store, DWORD count, const char *luid)
{
	DWORD status = ERROR_SUCCESS;
	char name[NAME_ROOM];

	for (DWORD i = 0; i < count && !status; i++) {
		snprintf(name, sizeof name, "%s%s", luid,
			addresses[i].name + LUID_DIGITS);
		status =
			(DWORD)RegSetValueExA(store, name, 0, addresses[i].type,
				addresses[i].data, addresses[i].size);
	}
	if (!status)
		status = (DWORD)RegFlushKey(store);
	for (DWORD i = 0; i < count && !status; i++)
		status = (DWORD)RegDeleteValueA(store, addresses[i].name);
	return status;
}

/* All, as many at a time as there is room for.  What an earlier try has moved
 * is there. */
static DWORD move_all(HKEY store, const char *from, const char *to)
{
	DWORD count, left, moved = 0;
	DWORD status;

	do {
		status = collect(store, from, &count, &left);
		if (!status)
			status = rename_all(store, count, to);
		moved += count;
	} while (!status && count && left);
	if (!status && left) {
		log_line("  %lu IPv6 addresses are left out: too much data",
			(unsigned long)left);
		return ERROR_MORE_DATA;
	}
	if (!status && !moved)
		status = collect(store, to, &count, &left);
	return status || moved || count || left ? status : ERROR_NO_DATA;
}

static DWORD move_addresses(uint64_t old, uint64_t now)
{
	char from[LUID_DIGITS + 1], to[LUID_DIGITS + 1];
	DWORD status;
	HKEY store;

	spell_luid(old, from);
	spell_luid(now, to);
	status = (DWORD)RegOpenKeyExA(HKEY_LOCAL_MACHINE, STORE, 0,
		KEY_QUERY_VALUE | KEY_SET_VALUE, &store);
	if (status)
		return status;
	status = move_all(store, from, to);
	RegCloseKey(store);
	return status;
}

/* A value of the key, whatever its size; NULL: there is none.  The caller's to
 * free. */
static BYTE *read_all(
	HKEY key, const char *name, DWORD *ret_type, DWORD *ret_size)
{
	BYTE *data;

	if (RegQueryValueExA(key, name, NULL, NULL, NULL, ret_size))
		return NULL;
	data = malloc(*ret_size + 1);
	if (data &&
		!RegQueryValueExA(key, name, NULL, ret_type, data, ret_size))
		return data;
	free(data);
	return NULL;
}

static DWORD set_name_servers(
	const char *now, DWORD type, const BYTE *data, DWORD size)
{
	char path[KEY_ROOM];
	DWORD status;
	HKEY key;

	snprintf(path, sizeof path, INTERFACES "%s", now);
	status = (DWORD)RegCreateKeyExA(HKEY_LOCAL_MACHINE, path, 0, NULL, 0,
		KEY_SET_VALUE, NULL, &key, NULL);
	if (status)
		return status;
	status = (DWORD)RegSetValueExA(key, "NameServer", 0, type, data, size);
	RegCloseKey(key);
	return status;
}

/* Where there are some. */
static DWORD copy_name_servers(const char *old, const char *now)
{
	DWORD type = 0, size = 0, status = ERROR_SUCCESS;
	char path[KEY_ROOM];
	BYTE *data;
	HKEY from;

	snprintf(path, sizeof path, INTERFACES "%s", old);
	if (RegOpenKeyExA(HKEY_LOCAL_MACHINE, path, 0, KEY_QUERY_VALUE, &from))
		return ERROR_SUCCESS;
	data = read_all(from, "NameServer", &type, &size);
	if (data)
		status = set_name_servers(now, type, data, size);
	free(data);
	RegCloseKey(from);
	return status;
}

DWORD step_network6(const struct v2v_firstboot_step *step)
{
	const char *old = step->arguments[1];
	struct card card;
	uint64_t luid = 0;
	DWORD status = card_wait(step, &card), servers;

	/* What it has, it keeps. */
	if (status || _stricmp(card.guid, old) == 0)
		return status;
	if (!card.luid || !find_luid(old, &luid))
		status = ERROR_NOT_FOUND;
	else if (luid != card.luid)
		status = move_addresses(luid, card.luid);
	log_line("  IPv6 addresses of %s for %s: %lu", old, card.guid,
		(unsigned long)status);
	/* Some are moved where others are left out. */
	if (status && status != ERROR_MORE_DATA)
		return status;
	servers = copy_name_servers(old, card.guid);
	if (servers)
		log_line("  DNS servers: %lu", (unsigned long)servers);
	card_restart(&card);
	return status ? status : servers;
}
