/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is done: two bytes for each step in a file of the program's folder,
 * which only administrators and the system can write.  A write of two bytes is
 * whole or not at all, and is on the disk when it returns; the registry would
 * be only when Windows writes it next.
 */
#include "service.h"

#define SIZE 2 /* tries, and 1: it is done */

static HANDLE open_file(void)
{
	wchar_t path[MAX_PATH];

	path_beside(L"state", path, MAX_PATH);
	return CreateFileW(path, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ,
		NULL, OPEN_ALWAYS, FILE_FLAG_WRITE_THROUGH, NULL);
}

static bool go_to(HANDLE file, size_t number)
{
	return SetFilePointer(file, (LONG)((number - 1) * SIZE), NULL,
		       FILE_BEGIN) != INVALID_SET_FILE_POINTER;
}

/* Nothing is known of a step that was not begun. */
bool state_get(size_t number, struct step_state *ret_state)
{
	HANDLE file = open_file();
	BYTE bytes[SIZE] = { 0 };
	DWORD count = 0;
	bool is_read;

	if (file == INVALID_HANDLE_VALUE)
		return false;
	is_read = go_to(file, number) &&
		  ReadFile(file, bytes, SIZE, &count, NULL);
	CloseHandle(file);
	*ret_state = (struct step_state){ bytes[0], bytes[1] == 1 };
	return is_read;
}

bool state_set(size_t number, const struct step_state *state)
{
	const BYTE bytes[SIZE] = { (BYTE)state->tries, state->is_done };
	HANDLE file = open_file();
	DWORD count = 0;
	bool is_written;

	if (file == INVALID_HANDLE_VALUE)
		return false;
	is_written = go_to(file, number) &&
		     WriteFile(file, bytes, SIZE, &count, NULL) &&
		     count == SIZE && FlushFileBuffers(file);
	CloseHandle(file);
	return is_written;
}
