/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Kernel modules.  Those that reach the tools' disk are in the initrd, the
 * others on it.  /modules/list of the initrd has a line for each: its name,
 * then the files to load, what others need first.  /modules/alias has lines
 * PATTERN NAME.  The kernel asks for what it misses by /sbin/modprobe.
 */
#include "server.h"

#include <fnmatch.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define MAX_INDEX (4 << 20)

/* No more memory than it needs: a page's first use is dear in UML. */
static char *read_index(const char *path)
{
	CLEANUP_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t length = 0, size = 0;
	struct stat st;
	char *text;
	ssize_t n;

	if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size <= MAX_INDEX)
		size = (size_t)st.st_size;
	text = memory_get(size + 1);
	while (length < size &&
		(n = read(fd, text + length, size - length)) > 0)
		length += (size_t)n;
	text[length] = '\0';
	return text;
}

/* modprobe(8): '-' and '_' are the same. */
static void normalise(char *s)
{
	for (; *s; s++)
		if (*s == '-')
			*s = '_';
}

static int insert(const char *file)
{
	CLEANUP_FREE char *path = text_make("/modules/%s", file);
	CLEANUP_FREE char *other = text_make("/tools/modules/%s", file);
	CLEANUP_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		fd = open(other, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	if (syscall(SYS_finit_module, fd, "", 0) < 0 && errno != EEXIST)
		return errno;
	return 0;
}

/* @line: what follows the name. */
static int insert_all(char *line)
{
	char *rest = NULL;
	int status = ENOENT;

	for (char *word = strtok_r(line, " ", &rest); word;
		word = strtok_r(NULL, " ", &rest)) {
		status = insert(word);
		if (status)
			return status;
	}
	return status;
}

static int load_by_name(const char *name)
{
	CLEANUP_FREE char *list = read_index("/modules/list");
	size_t length = strlen(name);
	char *rest = NULL;

	for (char *line = strtok_r(list, "\n", &rest); line;
		line = strtok_r(NULL, "\n", &rest))
		if (strncmp(line, name, length) == 0 && line[length] == ' ')
			return insert_all(line + length);
	return ENOENT;
}

static int load_by_alias(const char *name)
{
	CLEANUP_FREE char *list = read_index("/modules/alias");
	char *rest = NULL;
	int status = ENOENT;

	for (char *line = strtok_r(list, "\n", &rest); line;
		line = strtok_r(NULL, "\n", &rest)) {
		char *space = strchr(line, ' ');

		if (!space)
			continue;
		*space = '\0';
		normalise(line);
		if (fnmatch(line, name, 0) == 0) {
			int failed = load_by_name(space + 1);

			status = status == 0 ? 0 : failed;
		}
	}
	return status;
}

int module_load(const char *name)
{
	CLEANUP_FREE char *normal = text_make("%s", name);
	int status;

	normalise(normal);
	status = load_by_name(normal);
	return status == ENOENT ? load_by_alias(normal) : status;
}

int modprobe_main(int argc, char **argv)
{
	int status = 0;

	for (int i = 1; i < argc; i++)
		if (argv[i][0] != '-' && module_load(argv[i]) != 0)
			status = 1;
	return status;
}
