/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The file of a parent by the names that Windows has for it: paths of another
 * machine, on which letters in upper and lower case are the same. */
#include "core/open.h"
#include "image/chain-private.h"

#include <locale.h>
#include <wchar.h>

#define NAME_ROOM 256 /* of a file, and its NUL */

/* Both in this thread's locale, that of UTF-8. */
static bool is_same_folded(const char *a, const char *b)
{
	wchar_t x[NAME_ROOM], y[NAME_ROOM];

	return mbstowcs(x, a, NAME_ROOM) < NAME_ROOM &&
	       mbstowcs(y, b, NAME_ROOM) < NAME_ROOM && wcscasecmp(x, y) == 0;
}

/* How many files of the folder @dir are called @name, in any case; the caller's
 * *@ret_found is one of them. */
static size_t count_folded(const char *dir, const char *name, char **ret_found)
{
	locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	locale_t before = uselocale(utf8);
	CLEANUP_CLOSEDIR DIR *stream = v2v_opendir(dir);
	const struct dirent *entry;
	size_t count = 0;

	while (stream && (entry = readdir(stream)))
		if (is_same_folded(entry->d_name, name) && count++ == 0)
			*ret_found = v2v_strdup(entry->d_name);
	uselocale(before);
	if (utf8)
		freelocale(utf8);
	return count;
}

/* What @name means, but for the case of its last part: the caller's *@ret_file,
 * which stays NULL where there is none; -1: there are two. */
static int find_folded(const struct v2v_disk_chain_folder *folder,
	const char *from, const char *name, char **ret_file,
	struct v2v_error *err)
{
	struct v2v_text path CLEANUP_TEXT = { 0 };
	CLEANUP_FREE char *dir = NULL, *found = NULL, *spelt = NULL;
	const char *last = v2v_base_name(name);
	size_t count;

	if (!v2v_disk_chain_inside(folder, from, name, &path) || !path.length)
		return 0;
	dir = v2v_format("%s/%.*s", folder->path,
		(int)(v2v_base_name(path.data) - path.data), path.data);
	count = count_folded(dir, last, &found);
	if (count > 1)
		return v2v_fail(err, "image-backing",
			"'%s' names '%s', and %zu files are called so but for "
			"upper and lower case; leave one of them there",
			from, name, count);
	if (!count)
		return 0;
	spelt = v2v_format("%.*s%s", (int)(last - name), name, found);
	/* Another kind of file is none. */
	*ret_file = v2v_disk_chain_find(folder, from, spelt, NULL);
	return 0;
}

char *v2v_disk_chain_find_any(const struct v2v_disk_chain_folder *folder,
	const char *from, const struct v2v_list *names, struct v2v_error *err)
{
	struct v2v_error first = { 0 };
	char *file = NULL;

	v2v_list_foreach (char *const, name, names)
		if ((file = v2v_disk_chain_find(folder, from, *name, &first)))
			return file;
	v2v_list_foreach (char *const, name, names)
		if (find_folded(folder, from, *name, &file, err) < 0 || file)
			return file;
	v2v_fail(err, first.code, "%s", first.text);
	return NULL;
}
