/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A program is run in a job, so that it can be ended with all it started. */
#include "service.h"

/* What it prints; NULL: nowhere. */
static HANDLE open_output(void)
{
	SECURITY_ATTRIBUTES inherited = { sizeof inherited, NULL, TRUE };
	wchar_t path[MAX_PATH];
	HANDLE file;

	path_beside(L"output.log", path, MAX_PATH);
	file = CreateFileW(path, FILE_APPEND_DATA,
		FILE_SHARE_READ | FILE_SHARE_WRITE, &inherited, OPEN_ALWAYS, 0,
		NULL);
	return file == INVALID_HANDLE_VALUE ? NULL : file;
}

static DWORD start(wchar_t *line, HANDLE output, PROCESS_INFORMATION *process)
{
	STARTUPINFOW how = { .cb = sizeof how,
		.dwFlags = STARTF_USESTDHANDLES,
		.hStdOutput = output,
		.hStdError = output };

	return CreateProcessW(NULL, line, NULL, NULL, output != NULL,
		       CREATE_NO_WINDOW | CREATE_SUSPENDED, NULL, NULL, &how,
		       process)
		       ? ERROR_SUCCESS
		       : GetLastError();
}

static DWORD wait(HANDLE process, unsigned seconds)
{
	const HANDLE either[] = { process, stopping };
	DWORD code = 0;

	switch (WaitForMultipleObjects(2, either, FALSE, seconds * 1000)) {
	case WAIT_OBJECT_0:
		GetExitCodeProcess(process, &code);
		return code;
	case WAIT_OBJECT_0 + 1:
		return ERROR_SHUTDOWN_IN_PROGRESS;
	default:
		return ERROR_TIMEOUT;
	}
}

/* What a program that succeeds has started, and has left running, goes on. */
static DWORD run_in(
	HANDLE job, const PROCESS_INFORMATION *process, unsigned seconds)
{
	DWORD status;

	if (!AssignProcessToJobObject(job, process->hProcess)) {
		status = GetLastError();
		TerminateProcess(process->hProcess, status);
		return status;
	}
	ResumeThread(process->hThread);
	status = wait(process->hProcess, seconds);
	if (status == ERROR_TIMEOUT || status == ERROR_SHUTDOWN_IN_PROGRESS) {
		TerminateJobObject(job, status);
		WaitForSingleObject(process->hProcess, 10000);
	}
	return status;
}

DWORD process_run(wchar_t *line, unsigned seconds)
{
	HANDLE job = CreateJobObjectW(NULL, NULL);
	HANDLE output = open_output();
	PROCESS_INFORMATION process = { 0 };
	DWORD status = job ? start(line, output, &process) : GetLastError();

	if (process.hProcess) {
		status = run_in(job, &process, seconds);
		CloseHandle(process.hThread);
		CloseHandle(process.hProcess);
	}
	if (output)
		CloseHandle(output);
	if (job)
		CloseHandle(job);
	return status;
}
