/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The static IPv6 addresses of a card that is not there any more go to the one
 * that has its MAC address.  Windows keeps them in the store of the Network
 * Store Interface: a value for each, whose name begins with the card's LUID
 * (windows/addresses6.c).  XenServer's drivers hand them on in this way, too.
 */
#include "service.h"

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
	       type == REG_DWORD;
}

/* NET_LUID: 24 bits that are 0, 24 of the index, 16 of the type. */
static bool read_luid(HKEY key, const char *guid, uint64_t *ret_luid)
{
	char text[64] = "";
	DWORD type = 0, size = sizeof text - 1, index, kind;

	if (RegQueryValueExA(key, "NetCfgInstanceId", NULL, &type, (BYTE *)text,
		    &size) ||
		_stricmp(text, guid) != 0 ||
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

/* Into addresses[]; how many. */
static DWORD collect(HKEY store, const char *luid)
{
	DWORD count = 0, status;

	for (DWORD i = 0; count < MAX_ADDRESSES; i++) {
		struct address *one = &addresses[count];
		DWORD room = sizeof one->name;

		one->size = sizeof one->data;
		status = (DWORD)RegEnumValueA(store, i, one->name, &room, NULL,
			&one->type, one->data, &one->size);
		if (status == ERROR_NO_MORE_ITEMS)
			break;
		count += !status && room == NAME_ROOM - 1 &&
			 _strnicmp(one->name, luid, LUID_DIGITS) == 0;
	}
	return count;
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
		RegDeleteValueA(store, addresses[i].name);
	return status;
}

/* What an earlier try has moved is there. */
static DWORD move_addresses(uint64_t old, uint64_t now)
{
	char from[LUID_DIGITS + 1], to[LUID_DIGITS + 1];
	DWORD count, status;
	HKEY store;

	spell_luid(old, from);
	spell_luid(now, to);
	status = (DWORD)RegOpenKeyExA(HKEY_LOCAL_MACHINE, STORE, 0,
		KEY_QUERY_VALUE | KEY_SET_VALUE, &store);
	if (status)
		return status;
	count = collect(store, from);
	if (count)
		status = rename_all(store, count, to);
	else if (collect(store, to) == 0)
		status = ERROR_NO_DATA;
	RegCloseKey(store);
	return status;
}

static bool open_interface(const char *guid, HKEY *ret_key)
{
	char path[KEY_ROOM];

	snprintf(path, sizeof path, INTERFACES "%s", guid);
	return RegCreateKeyExA(HKEY_LOCAL_MACHINE, path, 0, NULL, 0,
		       KEY_QUERY_VALUE | KEY_SET_VALUE, NULL, ret_key,
		       NULL) == ERROR_SUCCESS;
}

/* Where there are some. */
static void copy_name_servers(const char *old, const char *now)
{
	char text[1024];
	DWORD type = 0, size = sizeof text;
	HKEY from, to;

	if (!open_interface(old, &from))
		return;
	if (!RegQueryValueExA(
		    from, "NameServer", NULL, &type, (BYTE *)text, &size) &&
		open_interface(now, &to)) {
		RegSetValueExA(
			to, "NameServer", 0, type, (const BYTE *)text, size);
		RegCloseKey(to);
	}
	RegCloseKey(from);
}

DWORD step_network6(const struct v2v_firstboot_step *step)
{
	const char *old = step->arguments[1];
	struct card card;
	uint64_t luid = 0;
	DWORD status = card_wait(step, &card);

	/* What it has, it keeps. */
	if (status || _stricmp(card.guid, old) == 0)
		return status;
	if (!card.luid || !find_luid(old, &luid))
		status = ERROR_NOT_FOUND;
	else if (luid != card.luid)
		status = move_addresses(luid, card.luid);
	log_line("  IPv6 addresses of %s for %s: %lu", old, card.guid,
		(unsigned long)status);
	if (status)
		return status;
	copy_name_servers(old, card.guid);
	card_restart(&card);
	return ERROR_SUCCESS;
}
