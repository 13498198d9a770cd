/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The service: started by Windows' service manager, once. */
#include "service.h"

HANDLE stopping;
static SERVICE_STATUS_HANDLE handle;

static void report(DWORD state)
{
	SERVICE_STATUS status = { .dwServiceType = SERVICE_WIN32_OWN_PROCESS,
		.dwCurrentState = state,
		.dwWaitHint = 15000 };

	if (state == SERVICE_RUNNING)
		status.dwControlsAccepted =
			SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_SHUTDOWN;
	SetServiceStatus(handle, &status);
}

static DWORD WINAPI control(DWORD code, DWORD type, void *data, void *opaque)
{
	(void)type, (void)data, (void)opaque;
	if (code == SERVICE_CONTROL_INTERROGATE)
		return NO_ERROR;
	if (code != SERVICE_CONTROL_STOP && code != SERVICE_CONTROL_SHUTDOWN)
		return ERROR_CALL_NOT_IMPLEMENTED;
	report(SERVICE_STOP_PENDING);
	SetEvent(stopping);
	return NO_ERROR;
}

static void WINAPI service(DWORD count, wchar_t **arguments)
{
	(void)count, (void)arguments;
	handle = RegisterServiceCtrlHandlerExW(SERVICE, control, NULL);
	if (!handle)
		return;
	report(SERVICE_RUNNING);
	log_line("started");
	if (run_steps())
		remove_all();
	else
		log_line("stopped: it goes on when Windows starts next");
	report(SERVICE_STOPPED);
}

int main(void)
{
	static wchar_t name[] = SERVICE;
	const SERVICE_TABLE_ENTRYW table[] = { { name, service },
		{ NULL, NULL } };

	stopping = CreateEventW(NULL, TRUE, FALSE, NULL);
	if (!stopping || !paths_init())
		return 1;
	log_open();
	return StartServiceCtrlDispatcherW(table) ? 0 : 1;
}
