/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The configuration of a card that is not there any more goes to the one that
 * has its MAC address.  Windows keeps it below the card's GUID, and a new card
 * has a new one.
 */
#include "service.h"

#define INTERFACES                                                             \
	"SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters\\Interfaces\\"
#define VALUE_ROOM 65536

/* What is the card's own, not of its lease. */
static const char *const values[] = { "IPAddress", "SubnetMask",
	"DefaultGateway", "DefaultGatewayMetric", "NameServer", "Domain",
	"InterfaceMetric", "RegistrationEnabled", "RegisterAdapterName", "MTU",
	"TcpAckFrequency", "TCPNoDelay" };

/* 0 also where there is no such value. */
static DWORD copy_value(HKEY from, HKEY to, const char *name)
{
	static BYTE data[VALUE_ROOM];
	DWORD type = 0, size = sizeof data;
	DWORD status = RegQueryValueExA(from, name, NULL, &type, data, &size);

	if (status == ERROR_FILE_NOT_FOUND)
		return ERROR_SUCCESS;
	return status ? status
		      : (DWORD)RegSetValueExA(to, name, 0, type, data, size);
}

static bool has_value(HKEY key, const char *name)
{
	return RegQueryValueExA(key, name, NULL, NULL, NULL, NULL) ==
	       ERROR_SUCCESS;
}

static DWORD set_number(HKEY key, const char *name, DWORD value)
{
	return (DWORD)RegSetValueExA(
		key, name, 0, REG_DWORD, (const BYTE *)&value, sizeof value);
}

/* The addresses are at both until all of it is written. */
static DWORD move_values(HKEY from, HKEY to)
{
	const size_t count = sizeof values / sizeof *values;
	DWORD status = ERROR_SUCCESS;

	for (size_t i = 0; i < count && !status; i++)
		status = copy_value(from, to, values[i]);
	if (!status && !has_value(to, "IPAddress"))
		status = ERROR_NO_DATA;
	if (!status)
		status = set_number(to, "EnableDHCP", 0);
	if (!status)
		status = (DWORD)RegFlushKey(to);
	if (status)
		return status;
	/* Windows warns of an address that a card that is gone still has. */
	RegDeleteValueA(from, "IPAddress");
	RegDeleteValueA(from, "SubnetMask");
	RegDeleteValueA(from, "DefaultGateway");
	set_number(from, "EnableDHCP", 1);
	return ERROR_SUCCESS;
}

static DWORD move_configuration(const char *old, const char *now)
{
	char path[KEY_ROOM];
	HKEY from = NULL, to = NULL;
	DWORD status;

	snprintf(path, sizeof path, INTERFACES "%s", old);
	status = (DWORD)RegOpenKeyExA(HKEY_LOCAL_MACHINE, path, 0,
		KEY_QUERY_VALUE | KEY_SET_VALUE, &from);
	snprintf(path, sizeof path, INTERFACES "%s", now);
	if (!status)
		status = (DWORD)RegCreateKeyExA(HKEY_LOCAL_MACHINE, path, 0,
			NULL, 0, KEY_QUERY_VALUE | KEY_SET_VALUE, NULL, &to,
			NULL);
	if (!status)
		status = move_values(from, to);
	if (from)
		RegCloseKey(from);
	if (to)
		RegCloseKey(to);
	return status;
}

/* A card whose GUID is the old one has all of it but the setting that the
 * conversion changed. */
static DWORD keep_configuration(const char *now)
{
	char path[KEY_ROOM];
	DWORD status;
	HKEY key;

	snprintf(path, sizeof path, INTERFACES "%s", now);
	status = (DWORD)RegOpenKeyExA(HKEY_LOCAL_MACHINE, path, 0,
		KEY_QUERY_VALUE | KEY_SET_VALUE, &key);
	if (status)
		return status;
	status = has_value(key, "IPAddress") ? set_number(key, "EnableDHCP", 0)
					     : ERROR_NO_DATA;
	if (!status)
		status = (DWORD)RegFlushKey(key);
	RegCloseKey(key);
	return status;
}

DWORD step_network(const struct v2v_firstboot_step *step)
{
	const char *old = step->arguments[1];
	struct card card;
	DWORD status = card_wait(step, &card);

	if (!status) {
		status = _stricmp(card.guid, old) == 0
				 ? keep_configuration(card.guid)
				 : move_configuration(old, card.guid);
		log_line("  configuration of %s for %s: %lu", old, card.guid,
			(unsigned long)status);
	}
	if (!status)
		card_restart(&card);
	return status;
}
