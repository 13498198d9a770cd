/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a Windows lies. */
#include "core/lines.h"
#include "windows/windows.h"

#include <ctype.h>

/* As it is written, or as it is written there. */
static char *find_name(
	const struct v2v_tree *tree, const char *directory, const char *name)
{
	CLEANUP_FREE char *exact = v2v_format("%s/%s", directory, name);

	if (v2v_tree_kind(tree, exact) != V2V_KIND_NONE)
		return v2v_take(exact);
	return v2v_tree_find(tree, *directory ? directory : "/", name);
}

char *v2v_windows_path(const struct v2v_tree *tree, const char *path)
{
	CLEANUP_FREE char *now = v2v_strdup("");

	while (*path) {
		size_t n = strcspn(path, "/");
		CLEANUP_FREE char *name = v2v_strndup(path, n);
		char *next;

		path += n + (path[n] == '/');
		if (n == 0)
			continue;
		if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
			return NULL;
		next = find_name(tree, now, name);
		free(now);
		now = next;
		if (!now)
			return NULL;
		if (v2v_starts_with(now, "//"))
			memmove(now, now + 1, strlen(now));
	}
	return v2v_take(now);
}

static bool is_there(const struct v2v_tree *tree, const char *folder,
	const char *name, enum v2v_kind kind)
{
	CLEANUP_FREE char *path = v2v_format("%s/%s", folder, name);
	CLEANUP_FREE char *real = v2v_windows_path(tree, path);

	return real && v2v_tree_kind(tree, real) == kind &&
	       !v2v_tree_is_link(tree, real);
}

static bool is_root(const struct v2v_tree *tree, const char *folder)
{
	return is_there(tree, folder, "system32", V2V_KIND_DIRECTORY) &&
	       is_there(tree, folder, "system32/config", V2V_KIND_DIRECTORY) &&
	       is_there(tree, folder, "system32/cmd.exe", V2V_KIND_FILE);
}

static const char *behind_number(const char *s, const char *word)
{
	if (!s || !v2v_starts_with(s, word))
		return NULL;
	s += strlen(word);
	if (!isdigit((unsigned char)*s))
		return NULL;
	s += strspn(s, "0123456789");
	return *s == ')' ? s + 1 : NULL;
}

/* "multi(0)disk(0)rdisk(0)partition(1)\WINDOWS=…": "/WINDOWS", the caller's;
 * NULL.  The partition is taken to be the one where boot.ini is. */
static char *folder_of(const char *line)
{
	const char *s = behind_number(line, "multi(");
	size_t n;
	char *folder;

	if (!s)
		s = behind_number(line, "scsi(");
	s = behind_number(s, "disk(");
	s = behind_number(s, "rdisk(");
	s = behind_number(s, "partition(");
	n = s ? strcspn(s, "=") : 0;
	if (n == 0 || s[n] != '=')
		return NULL;
	folder = v2v_strndup(s, n);
	for (char *c = folder; *c; c++)
		if (*c == '\\')
			*c = '/';
	return folder;
}

static char *of_boot_ini(const struct v2v_tree *tree)
{
	CLEANUP_FREE char *path = v2v_windows_path(tree, "/boot.ini");
	CLEANUP_FREE char *text = path ? v2v_tree_text(tree, path) : NULL;
	const char *rest = text;
	bool inside = false;

	for (unsigned lines = 0; rest && *rest && lines < 1000; lines++) {
		CLEANUP_FREE char *line = v2v_line_next(&rest);
		CLEANUP_FREE char *folder = NULL;

		if (inside && !v2v_starts_with(line, "multi(") &&
			!v2v_starts_with(line, "scsi("))
			return NULL;
		folder = inside ? folder_of(line) : NULL;
		if (folder && is_root(tree, folder))
			return v2v_take(folder);
		inside |= v2v_starts_with(line, "[operating systems]");
	}
	return NULL;
}

char *v2v_windows_root(const struct v2v_tree *tree)
{
	static const char *const usual[] = { "/windows", "/winnt", "/win32",
		"/win", "/reactos" };

	for (size_t i = 0; i < ARRAY_SIZE(usual); i++) {
		CLEANUP_FREE char *path = v2v_windows_path(tree, usual[i]);

		if (path && is_root(tree, path))
			return v2v_take(path);
	}
	return of_boot_ini(tree);
}

bool v2v_windows_is_hibernated(const struct v2v_tree *tree)
{
	CLEANUP_FREE char *path = v2v_windows_path(tree, "/hiberfil.sys");
	char magic[4];

	return path && v2v_tree_is_file(tree, path) &&
	       v2v_tree_read_at(tree, path, 0, magic, sizeof magic) ==
		       sizeof magic &&
	       (strncasecmp(magic, "hibr", sizeof magic) == 0 ||
		       strncasecmp(magic, "wake", sizeof magic) == 0);
}
