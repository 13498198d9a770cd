/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How much a qemu computes. */
#include "boot/boot.h"

#include "core/open.h"

#include <dirent.h>

double v2v_boot_busy(pid_t pid)
{
	CLEANUP_FREE char *name = v2v_format("/proc/%d/task", (int)pid);
	CLEANUP_CLOSEDIR DIR *tasks = pid > 0 ? v2v_opendir(name) : NULL;
	const struct dirent *task;
	double sum = 0;

	if (!tasks)
		return -1;
	while ((task = readdir(tasks))) {
		/* "task/../schedstat" would be the first thread's once more. */
		const bool is_task = task->d_name[0] != '.';
		CLEANUP_FREE char *path =
			v2v_format("%s/%s/schedstat", name, task->d_name);
		CLEANUP_FCLOSE FILE *file = is_task ? v2v_fopen(path) : NULL;
		unsigned long long ran, waited;

		if (file && fscanf(file, "%llu %llu", &ran, &waited) == 2)
			sum += (double)(ran + waited) / 1e9;
	}
	return sum;
}
