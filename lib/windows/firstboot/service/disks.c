/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Disks that are new to Windows. */
#include "service.h"

#include <winioctl.h>

#define MAX_DISKS 64

/* As the SDK's ntdddisk.h has them; mingw's headers do not. */
#define GET_ATTRIBUTES                                                         \
	CTL_CODE(IOCTL_DISK_BASE, 0x3c, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define SET_ATTRIBUTES                                                         \
	CTL_CODE(IOCTL_DISK_BASE, 0x3d, METHOD_BUFFERED,                       \
		FILE_READ_ACCESS | FILE_WRITE_ACCESS)
#define OFFLINE	  1
#define READ_ONLY 2

struct attributes {
	DWORD version, reserved; /* version: bytes of the struct */
	DWORDLONG attributes;
};

struct wanted {
	DWORD version;
	BOOLEAN persist;
	BYTE reserved1[3];
	DWORDLONG attributes, mask;
	DWORD reserved2[4];
};

static DWORD set_policy(HKEY key, DWORD policy)
{
	return (DWORD)RegSetValueExW(key, L"SanPolicy", 0, REG_DWORD,
		(const BYTE *)&policy, sizeof policy);
}

static DWORD drop_policy(HKEY key)
{
	DWORD status = (DWORD)RegDeleteValueW(key, L"SanPolicy");

	return status == ERROR_FILE_NOT_FOUND ? ERROR_SUCCESS : status;
}

DWORD step_san(const struct v2v_firstboot_step *step)
{
	const DWORD policy = (DWORD)(step->arguments[0][0] - '0');
	HKEY key;
	DWORD status = (DWORD)RegCreateKeyExW(HKEY_LOCAL_MACHINE,
		L"SYSTEM\\CurrentControlSet\\Services\\partmgr\\Parameters", 0,
		NULL, 0, KEY_SET_VALUE, NULL, &key, NULL);

	if (status)
		return status;
	status = policy ? set_policy(key, policy) : drop_policy(key);
	if (!status)
		status = (DWORD)RegFlushKey(key);
	RegCloseKey(key);
	return status;
}

static bool is_offline(HANDLE disk)
{
	struct attributes now = { .version = sizeof now };
	DWORD size = 0;

	return DeviceIoControl(disk, GET_ATTRIBUTES, NULL, 0, &now, sizeof now,
		       &size, NULL) &&
	       (now.attributes & OFFLINE);
}

/* One that Windows took offline is read-only, too. */
static DWORD bring_online(HANDLE disk)
{
	struct wanted wanted = { .version = sizeof wanted,
		.persist = TRUE,
		.mask = OFFLINE | READ_ONLY };
	DWORD size = 0;

	return DeviceIoControl(disk, SET_ATTRIBUTES, &wanted, sizeof wanted,
		       NULL, 0, &size, NULL)
		       ? ERROR_SUCCESS
		       : GetLastError();
}

static DWORD do_disk(int number)
{
	DWORD status = ERROR_SUCCESS;
	wchar_t name[40];
	HANDLE disk;

	swprintf(name, 40, L"\\\\.\\PhysicalDrive%d", number);
	disk = CreateFileW(name, GENERIC_READ | GENERIC_WRITE,
		FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0,
		NULL);
	if (disk == INVALID_HANDLE_VALUE)
		return ERROR_SUCCESS;
	if (is_offline(disk)) {
		status = bring_online(disk);
		log_line("  disk %d is brought online: %lu", number,
			(unsigned long)status);
	}
	CloseHandle(disk);
	return status;
}

DWORD step_disks(const struct v2v_firstboot_step *step)
{
	DWORD worst = ERROR_SUCCESS;

	(void)step;
	for (int i = 0; i < MAX_DISKS; i++) {
		DWORD status = do_disk(i);

		if (status)
			worst = status;
	}
	return worst;
}
