/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where things are. */
#include "service.h"

#include <wchar.h>

static wchar_t folder[MAX_PATH];

bool paths_init(void)
{
	DWORD n = GetModuleFileNameW(NULL, folder, MAX_PATH);
	wchar_t *slash = n && n < MAX_PATH ? wcsrchr(folder, L'\\') : NULL;

	if (!slash || folder[1] != L':')
		return false;
	*slash = L'\0';
	return true;
}

/* A path that does not fit is none. */
static bool join(wchar_t *path, size_t room, const wchar_t *above,
	const wchar_t *between, const wchar_t *name)
{
	if (wcslen(above) + wcslen(between) + wcslen(name) >= room) {
		*path = L'\0';
		return false;
	}
	wcscpy(path, above);
	wcscat(path, between);
	wcscat(path, name);
	return true;
}

void path_beside(const wchar_t *name, wchar_t *path, size_t room)
{
	join(path, room, folder, L"\\", name);
}

bool path_of_step(const char *step, wchar_t *path, size_t room)
{
	const wchar_t drive[] = { folder[0], L':', L'\0' };
	wchar_t name[MAX_PATH];

	return MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, step, -1,
		       name, MAX_PATH) &&
	       join(path, room, drive, L"", name);
}

void path_of_system(const wchar_t *name, wchar_t *path, size_t room)
{
	wchar_t system[MAX_PATH];
	UINT n = GetSystemDirectoryW(system, MAX_PATH);

	if (n == 0 || n >= MAX_PATH)
		*system = L'\0';
	join(path, room, system, L"\\", name);
}
