/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A step of tests/firstboot/firstboot.bats, by the name it is started under:
 * hang.exe starts itself as tick.exe, which writes letters for ever, and waits;
 * once.exe writes a letter, and hangs until C:\go-on is there; fail.exe fails.
 * stay.exe is somebody who is logged on: without one wine ends its services.
 */
#include <stdio.h>
#include <string.h>
#include <windows.h>

static void say(const char *name, char letter)
{
	FILE *file = fopen(name, "ab");

	if (!file)
		return;
	fputc(letter, file);
	fclose(file);
}

static void tick(void)
{
	for (;;) {
		say("C:\\ticks", '.');
		Sleep(500);
	}
}

static void hang(char *path)
{
	STARTUPINFOA how = { .cb = sizeof how };
	PROCESS_INFORMATION process;

	strcpy(strrchr(path, '\\'), "\\tick.exe");
	if (CreateProcessA(path, NULL, NULL, NULL, FALSE, 0, NULL, NULL, &how,
		    &process))
		Sleep(INFINITE);
}

int main(void)
{
	char path[MAX_PATH + 16] = "";
	const char *name;

	GetModuleFileNameA(NULL, path, MAX_PATH);
	name = strrchr(path, '\\') + 1;
	if (strcmp(name, "tick.exe") == 0)
		tick();
	if (strcmp(name, "hang.exe") == 0)
		hang(path);
	if (strcmp(name, "stay.exe") == 0)
		Sleep(INFINITE);
	if (strcmp(name, "once.exe") == 0) {
		say("C:\\once", 'x');
		if (GetFileAttributesA("C:\\go-on") == INVALID_FILE_ATTRIBUTES)
			Sleep(INFINITE);
	}
	return strcmp(name, "fail.exe") == 0 ? 5 : 0;
}
