/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VMware Tools are uninstalled, as Windows' own list of programs has them. */
#include "service.h"

#include <wchar.h>

#define UNINSTALL L"SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall"
#define MAX_KEYS  4096
#define NAME_ROOM 256

static bool is_tools(HKEY all, const wchar_t *name)
{
	wchar_t text[NAME_ROOM] = L"";
	DWORD type = 0, size = sizeof text - sizeof *text;
	HKEY key;
	bool is_read;

	if (RegOpenKeyExW(all, name, 0, KEY_QUERY_VALUE, &key))
		return false;
	is_read = RegQueryValueExW(key, L"DisplayName", NULL, &type,
			  (BYTE *)text, &size) == ERROR_SUCCESS &&
		  type == REG_SZ;
	RegCloseKey(key);
	return is_read && wcscmp(text, L"VMware Tools") == 0;
}

/* A product code of Windows Installer. */
static bool is_code(const wchar_t *name)
{
	return wcslen(name) == 38 && name[0] == L'{' &&
	       wcsspn(name, L"{}-0123456789abcdefABCDEF") == 38;
}

static bool find_code(wchar_t *code)
{
	HKEY all;
	bool is_found = false;

	if (RegOpenKeyExW(HKEY_LOCAL_MACHINE, UNINSTALL, 0, KEY_READ, &all))
		return false;
	for (DWORD i = 0; i < MAX_KEYS && !is_found; i++) {
		DWORD room = NAME_ROOM;

		if (RegEnumKeyExW(all, i, code, &room, NULL, NULL, NULL, NULL))
			break;
		is_found = is_code(code) && is_tools(all, code);
	}
	RegCloseKey(all);
	return is_found;
}

DWORD step_remove_tools(const struct v2v_firstboot_step *step)
{
	wchar_t code[NAME_ROOM], line[LINE_ROOM], system[MAX_PATH];
	DWORD status;

	if (!find_code(code)) {
		log_line("  VMware Tools are not installed");
		return ERROR_SUCCESS;
	}
	path_of_system(L"msiexec.exe", system, MAX_PATH);
	swprintf(line, LINE_ROOM, L"\"%ls\" /x %ls /qn /norestart", system,
		code);
	status = process_run(line, step->seconds);
	return status == ERROR_SUCCESS_REBOOT_REQUIRED ? ERROR_SUCCESS : status;
}
