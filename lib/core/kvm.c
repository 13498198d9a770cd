/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether /dev/kvm can run a machine. */
#include "core/kvm.h"

#include "core/cleanup.h"
#include "core/open.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Is @word in the line, between blanks? */
static bool has_word(const char *line, size_t n, const char *word)
{
	const size_t length = strlen(word);

	for (size_t i = 0; i + length <= n; i++)
		if (memcmp(line + i, word, length) == 0 &&
			(i == 0 || strchr(" \t:", line[i - 1])) &&
			(i + length == n || line[i + length] == ' '))
			return true;
	return false;
}

/* All processors have the same flags: the first ones decide. */
bool v2v_kvm_has_extension(const char *cpuinfo)
{
	while (*cpuinfo) {
		size_t n = strcspn(cpuinfo, "\n");

		if (strncmp(cpuinfo, "flags", 5) == 0)
			return has_word(cpuinfo, n, "vmx") ||
			       has_word(cpuinfo, n, "svm");
		cpuinfo += n + (cpuinfo[n] == '\n');
	}
	return true; /* not an x86 */
}

bool v2v_kvm_is_usable(void)
{
	CLEANUP_FREE char *text = calloc(1, 65536);
	FILE *file = v2v_fopen("/proc/cpuinfo");
	size_t n = file && text ? fread(text, 1, 65535, file) : 0;

	if (file)
		fclose(file);
	return n == 0 || v2v_kvm_has_extension(text);
}

bool v2v_kvm_is_there(void)
{
	return access("/dev/kvm", R_OK | W_OK) == 0 && v2v_kvm_is_usable();
}
