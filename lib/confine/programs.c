/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Programs and those that the kernel starts for them. */
#include "confine/programs.h"

#include "core/open.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>

#define DEPTH	4 /* of scripts; the kernel's own limit is 5 */
#define START	4096
#define MAX_PHS 64

/* "#!/bin/sh -e": the caller's, or NULL. */
static char *of_script(const char *start)
{
	const char *name = start + 2 + strspn(start + 2, " \t");
	size_t n = strcspn(name, " \t\n");

	return n ? v2v_strndup(name, n) : NULL;
}

/* PT_INTERP, elf(5); of the host's own kind of ELF.  The caller's, or NULL. */
static char *of_elf(int fd, const char *start)
{
	ElfW(Ehdr) head;
	ElfW(Phdr) ph;
	char name[256] = "";

	memcpy(&head, start, sizeof head);
	for (unsigned i = 0; i < head.e_phnum && i < MAX_PHS; i++) {
		uint64_t at = head.e_phoff + i * sizeof ph;

		if (at > INT32_MAX ||
			pread(fd, &ph, sizeof ph, (off_t)at) != sizeof ph)
			return NULL;
		if (ph.p_type != PT_INTERP || ph.p_filesz >= sizeof name ||
			ph.p_offset > INT32_MAX)
			continue;
		if (pread(fd, name, ph.p_filesz, (off_t)ph.p_offset) !=
			(ssize_t)ph.p_filesz)
			return NULL;
		return v2v_strdup(name);
	}
	return NULL;
}

static char *interpreter(const char *program)
{
	CLEANUP_CLOSE int fd = v2v_open(program, O_RDONLY | O_NONBLOCK, 0);
	char start[START + 1] = "";

	if (fd < 0 || pread(fd, start, START, 0) <= 0)
		return NULL;
	if (v2v_starts_with(start, "#!"))
		return of_script(start);
	return memcmp(start, ELFMAG, SELFMAG) == 0 ? of_elf(fd, start) : NULL;
}

/* "/opt/qemu/bin/qemu-nbd" has its libraries in "/opt/qemu/lib". */
static void allow_its_own(const struct v2v_landlock *set, const char *program)
{
	static const char *const places[] = { "lib", "lib64" };
	CLEANUP_FREE char *real = realpath(program, NULL);
	char *bin = real ? strstr(real, "/bin/") : NULL;

	if (!bin || bin == real)
		return;
	*bin = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		CLEANUP_FREE char *lib = v2v_format("%s/%s", real, places[i]);

		v2v_landlock_allow(set, lib, V2V_MAY_READ);
	}
}

void v2v_programs_allow(const struct v2v_landlock *set, const char *program)
{
	CLEANUP_FREE char *name = v2v_strdup(program);

	for (int i = 0; name && i < DEPTH; i++) {
		char *next = interpreter(name);

		v2v_landlock_allow(set, name, V2V_MAY_EXECUTE);
		allow_its_own(set, name);
		free(name);
		name = next;
	}
}
