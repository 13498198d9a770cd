/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The configuration of a card that is not there any more goes to the one that
 * has its MAC address.  Windows keeps it below the card's GUID, and a new card
 * has a new one.
 */
#include "service.h"

#include <cfgmgr32.h>
#include <iphlpapi.h>
#include <stdlib.h>

#define INTERFACES                                                             \
	"SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters\\Interfaces\\"
#define CONNECTIONS                                                            \
	"SYSTEM\\CurrentControlSet\\Control\\Network\\"                        \
	"{4D36E972-E325-11CE-BFC1-08002BE10318}\\"
#define KEY_ROOM   256
#define VALUE_ROOM 65536

/* What is the card's own, not of its lease. */
static const char *const values[] = { "IPAddress", "SubnetMask",
	"DefaultGateway", "DefaultGatewayMetric", "NameServer", "Domain",
	"InterfaceMetric", "RegistrationEnabled", "RegisterAdapterName", "MTU",
	"TcpAckFrequency", "TCPNoDelay" };

/* All adapters, the caller's; NULL. */
static IP_ADAPTER_ADDRESSES *get_adapters(void)
{
	ULONG size = VALUE_ROOM;

	for (int i = 0; i < 3; i++) {
		IP_ADAPTER_ADDRESSES *all = malloc(size);
		ULONG status = all ? GetAdaptersAddresses(
					     AF_UNSPEC, 0, NULL, all, &size)
				   : ERROR_OUTOFMEMORY;

		if (status == NO_ERROR)
			return all;
		free(all);
		if (status != ERROR_BUFFER_OVERFLOW)
			return NULL;
	}
	return NULL;
}

static bool find_adapter(const unsigned char *mac, char *guid, size_t room)
{
	IP_ADAPTER_ADDRESSES *all = get_adapters();
	bool is_found = false;

	for (const IP_ADAPTER_ADDRESSES *a = all; a && !is_found; a = a->Next)
		if (a->PhysicalAddressLength == 6 &&
			memcmp(a->PhysicalAddress, mac, 6) == 0)
			is_found = snprintf(guid, room, "%s", a->AdapterName) <
				   (int)room;
	free(all);
	return is_found;
}

/* Its driver may be another step's work, and take a while to be used. */
static DWORD wait_for_adapter(
	const struct v2v_firstboot_step *step, char *guid, size_t room)
{
	unsigned char mac[6];

	if (!v2v_firstboot_mac(step->arguments[0], mac))
		return ERROR_INVALID_PARAMETER;
	for (unsigned waited = 0; waited < step->seconds; waited++) {
		if (find_adapter(mac, guid, room))
			return ERROR_SUCCESS;
		if (WaitForSingleObject(stopping, 1000) == WAIT_OBJECT_0)
			return ERROR_SHUTDOWN_IN_PROGRESS;
	}
	log_line("  no network card with the address %s", step->arguments[0]);
	return ERROR_NOT_FOUND;
}

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

/* The device of the card, as Plug and Play calls it. */
static bool find_device(const char *guid, char *device, DWORD room)
{
	char path[KEY_ROOM];
	DWORD type = 0, size = room - 1;
	HKEY key;
	bool is_found;

	snprintf(path, sizeof path, CONNECTIONS "%s\\Connection", guid);
	if (RegOpenKeyExA(HKEY_LOCAL_MACHINE, path, 0, KEY_QUERY_VALUE, &key))
		return false;
	is_found = RegQueryValueExA(key, "PnpInstanceID", NULL, &type,
			   (BYTE *)device, &size) == ERROR_SUCCESS &&
		   type == REG_SZ;
	device[is_found ? size : 0] = '\0';
	RegCloseKey(key);
	return is_found;
}

/* Not every Windows of ours has all of these functions. */
static bool restart_device(char *device)
{
	HMODULE library = LoadLibraryW(L"cfgmgr32.dll");
	static const char *const names[] = { "CM_Locate_DevNodeA",
		"CM_Disable_DevNode", "CM_Enable_DevNode" };
	FARPROC found[3] = { NULL };
	CONFIGRET(WINAPI * locate)(DEVINST *, char *, ULONG) = NULL;
	CONFIGRET(WINAPI * disable)(DEVINST, ULONG) = NULL;
	CONFIGRET(WINAPI * enable)(DEVINST, ULONG) = NULL;
	DEVINST node = 0;

	for (int i = 0; library && i < 3; i++)
		found[i] = GetProcAddress(library, names[i]);
	if (!found[0] || !found[1] || !found[2])
		return false;
	memcpy(&locate, &found[0], sizeof locate);
	memcpy(&disable, &found[1], sizeof disable);
	memcpy(&enable, &found[2], sizeof enable);
	return locate(&node, device, 0) == CR_SUCCESS &&
	       disable(node, 0) == CR_SUCCESS && enable(node, 0) == CR_SUCCESS;
}

DWORD step_network(const struct v2v_firstboot_step *step)
{
	const char *old = step->arguments[1];
	char now[64], device[KEY_ROOM];
	DWORD status = wait_for_adapter(step, now, sizeof now);

	if (!status) {
		status = _stricmp(now, old) == 0 ? keep_configuration(now)
						 : move_configuration(old, now);
		log_line("  configuration of %s for %s: %lu", old, now,
			(unsigned long)status);
	}
	if (status)
		return status;
	if (!find_device(now, device, sizeof device) || !restart_device(device))
		log_line("  the card could not be restarted: its address is "
			 "used from the next start of Windows on");
	return ERROR_SUCCESS;
}
