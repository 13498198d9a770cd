/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The log that stays. */
#include "service.h"

#include <stdarg.h>

static FILE *file;

void log_open(void)
{
	wchar_t path[MAX_PATH];

	path_beside(L"firstboot.log", path, MAX_PATH);
	file = _wfopen(path, L"ab");
}

void log_line(const char *format, ...)
{
	SYSTEMTIME t;
	va_list args;

	if (!file)
		return;
	GetLocalTime(&t);
	fprintf(file, "%04u-%02u-%02u %02u:%02u:%02u ", t.wYear, t.wMonth,
		t.wDay, t.wHour, t.wMinute, t.wSecond);
	va_start(args, format);
	vfprintf(file, format, args);
	va_end(args);
	fputs("\r\n", file);
	fflush(file);
}
