/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* At the end: the service goes, and its files; what it wrote of itself stays.
 */
#include "service.h"

#include <wchar.h>

/* 0: it is done. */
static DWORD remove_service(void)
{
	SC_HANDLE manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT);
	SC_HANDLE service =
		manager ? OpenServiceW(manager, SERVICE, DELETE) : NULL;
	DWORD status = service && DeleteService(service) ? ERROR_SUCCESS
							 : GetLastError();

	if (service)
		CloseServiceHandle(service);
	if (manager)
		CloseServiceHandle(manager);
	return status;
}

static bool is_log(const wchar_t *name)
{
	const size_t length = wcslen(name);

	return length > 4 && _wcsicmp(name + length - 4, L".log") == 0;
}

/* A program that runs is removed when Windows starts next. */
static void remove_file(const wchar_t *name)
{
	wchar_t path[MAX_PATH];

	path_beside(name, path, MAX_PATH);
	if (!DeleteFileW(path))
		MoveFileExW(path, NULL, MOVEFILE_DELAY_UNTIL_REBOOT);
}

static void remove_files(void)
{
	wchar_t all[MAX_PATH];
	WIN32_FIND_DATAW found;
	HANDLE search;

	path_beside(L"*", all, MAX_PATH);
	search = FindFirstFileW(all, &found);
	if (search == INVALID_HANDLE_VALUE)
		return;
	do
		if (!(found.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) &&
			!is_log(found.cFileName))
			remove_file(found.cFileName);
	while (FindNextFileW(search, &found));
	FindClose(search);
}

/* While the service is there the list must be, and what is done. */
void remove_all(void)
{
	DWORD status = remove_service();

	if (status) {
		log_line("the service cannot be removed: %lu",
			(unsigned long)status);
		return;
	}
	log_line("the service is removed");
	remove_files();
}
