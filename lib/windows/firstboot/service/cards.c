/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Network cards: the one that has a MAC address, and how it is restarted. */
#include "service.h"

#include <cfgmgr32.h>
#include <iphlpapi.h>
#include <stdlib.h>

#define CONNECTIONS                                                            \
	"SYSTEM\\CurrentControlSet\\Control\\Network\\"                        \
	"{4D36E972-E325-11CE-BFC1-08002BE10318}\\"
#define FIRST_ROOM 65536

/* All adapters, the caller's; NULL. */
static IP_ADAPTER_ADDRESSES *get_adapters(void)
{
	ULONG size = FIRST_ROOM;

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

/* Since Vista; XP's structure ends before the LUID. */
static uint64_t luid_of(const IP_ADAPTER_ADDRESSES *adapter)
{
	return adapter->Length >= offsetof(IP_ADAPTER_ADDRESSES, Luid) +
					  sizeof adapter->Luid
		       ? adapter->Luid.Value
		       : 0;
}

static bool find_card(const unsigned char *mac, struct card *card)
{
	IP_ADAPTER_ADDRESSES *all = get_adapters();
	bool is_found = false;

	for (const IP_ADAPTER_ADDRESSES *a = all; a && !is_found; a = a->Next)
		if (a->PhysicalAddressLength == 6 &&
			memcmp(a->PhysicalAddress, mac, 6) == 0) {
			is_found = snprintf(card->guid, sizeof card->guid, "%s",
					   a->AdapterName) <
				   (int)sizeof card->guid;
			card->luid = luid_of(a);
		}
	free(all);
	return is_found;
}

DWORD card_wait(const struct v2v_firstboot_step *step, struct card *ret_card)
{
	unsigned char mac[6];

	if (!v2v_firstboot_mac(step->arguments[0], mac))
		return ERROR_INVALID_PARAMETER;
	for (unsigned waited = 0; waited < step->seconds; waited++) {
		if (find_card(mac, ret_card))
			return ERROR_SUCCESS;
		if (WaitForSingleObject(stopping, 1000) == WAIT_OBJECT_0)
			return ERROR_SHUTDOWN_IN_PROGRESS;
	}
	log_line("  no network card with the address %s", step->arguments[0]);
	return ERROR_NOT_FOUND;
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

void card_restart(const struct card *card)
{
	char device[KEY_ROOM];

	if (!find_device(card->guid, device, sizeof device) ||
		!restart_device(device))
		log_line("  the card could not be restarted: its address is "
			 "used from the next start of Windows on");
}
