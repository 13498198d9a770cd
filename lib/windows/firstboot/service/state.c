/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is done: below the service's own key, with which it goes. */
#include "service.h"

#define KEY L"SYSTEM\\CurrentControlSet\\Services\\" SERVICE L"\\State"

static DWORD get(HKEY key, const wchar_t *name)
{
	DWORD value = 0, type = 0, size = sizeof value;

	if (RegQueryValueExW(key, name, NULL, &type, (BYTE *)&value, &size) ||
		type != REG_DWORD)
		return 0;
	return value;
}

static bool set(HKEY key, const wchar_t *name, DWORD value)
{
	return RegSetValueExW(key, name, 0, REG_DWORD, (const BYTE *)&value,
		       sizeof value) == ERROR_SUCCESS;
}

static void names_of(size_t number, wchar_t *tries, wchar_t *done)
{
	swprintf(tries, 16, L"%03u-tries", (unsigned)number);
	swprintf(done, 16, L"%03u-done", (unsigned)number);
}

static HKEY open_key(void)
{
	HKEY key = NULL;

	RegCreateKeyExW(HKEY_LOCAL_MACHINE, KEY, 0, NULL, 0,
		KEY_QUERY_VALUE | KEY_SET_VALUE, NULL, &key, NULL);
	return key;
}

void state_get(size_t number, struct step_state *ret_state)
{
	wchar_t tries[16], done[16];
	HKEY key = open_key();

	*ret_state = (struct step_state){ 0 };
	if (!key)
		return;
	names_of(number, tries, done);
	ret_state->tries = get(key, tries);
	ret_state->is_done = get(key, done) != 0;
	RegCloseKey(key);
}

bool state_set(size_t number, const struct step_state *state)
{
	wchar_t tries[16], done[16];
	HKEY key = open_key();
	bool is_set;

	if (!key)
		return false;
	names_of(number, tries, done);
	is_set = set(key, tries, state->tries) &&
		 set(key, done, state->is_done) &&
		 RegFlushKey(key) == ERROR_SUCCESS;
	RegCloseKey(key);
	return is_set;
}
