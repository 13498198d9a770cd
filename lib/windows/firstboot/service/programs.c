/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Steps that run a program. */
#include "service.h"

#include <wchar.h>

/* The first build whose pnputil knows /add-driver: Windows 10 1607, Server
 * 2016. */
#define ADD_DRIVER 14393

/* GetVersionEx() says 6.2 to programs that do not list what they know. */
static DWORD build(void)
{
	HMODULE ntdll = GetModuleHandleW(L"ntdll.dll");
	FARPROC found = ntdll ? GetProcAddress(ntdll, "RtlGetVersion") : NULL;
	LONG(WINAPI * get)(OSVERSIONINFOW * version) = NULL;
	OSVERSIONINFOW version = { .dwOSVersionInfoSize = sizeof version };

	memcpy(&get, &found, sizeof get);
	return get && get(&version) == 0 ? version.dwBuildNumber : 0;
}

/* "C:\\Windows\\System32\\@program" and the rest, between quotes. */
static DWORD run_system(const wchar_t *program, const wchar_t *before,
	const struct v2v_firstboot_step *step, const wchar_t *after)
{
	wchar_t line[LINE_ROOM], path[MAX_PATH], system[MAX_PATH];

	path_of_system(program, system, MAX_PATH);
	if (!path_of_step(step->arguments[0], path, MAX_PATH))
		return ERROR_BAD_PATHNAME;
	swprintf(line, LINE_ROOM, L"\"%ls\" %ls \"%ls\"%ls", system, before,
		path, after);
	return process_run(line, step->seconds);
}

/* The driver is in the store, and no device has it, or only after a reboot. */
DWORD step_driver(const struct v2v_firstboot_step *step)
{
	const bool is_new = build() >= ADD_DRIVER;
	DWORD code = is_new ? run_system(L"pnputil.exe", L"/add-driver", step,
				      L" /install")
			    : run_system(L"pnputil.exe", L"-i -a", step, L"");

	return code == ERROR_NO_MORE_ITEMS ||
			       code == ERROR_SUCCESS_REBOOT_REQUIRED
		       ? ERROR_SUCCESS
		       : code;
}

/* As good as installed: a reboot is wanted, or another version is there. */
DWORD step_install(const struct v2v_firstboot_step *step)
{
	DWORD code =
		run_system(L"msiexec.exe", L"/i", step, L" /qn /norestart");

	return code == ERROR_SUCCESS_REBOOT_REQUIRED ||
			       code == ERROR_PRODUCT_VERSION
		       ? ERROR_SUCCESS
		       : code;
}

static bool is_exe(const char *path)
{
	return _stricmp(path + strlen(path) - 4, ".exe") == 0;
}

/* cmd.exe takes the outer quotes away (/s). */
DWORD step_run(const struct v2v_firstboot_step *step)
{
	wchar_t line[LINE_ROOM], path[MAX_PATH];

	if (!is_exe(step->arguments[0]))
		return run_system(L"cmd.exe", L"/d /s /c \"", step, L"\"");
	if (!path_of_step(step->arguments[0], path, MAX_PATH))
		return ERROR_BAD_PATHNAME;
	swprintf(line, LINE_ROOM, L"\"%ls\"", path);
	return process_run(line, step->seconds);
}
