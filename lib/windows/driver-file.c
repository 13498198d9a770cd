/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the file of a driver is. */
#include "windows/windows.h"

/* As ImagePath has it: "\\SystemRoot\\System32\\drivers\\x.sys" or below the
 * folder of the Windows; with '/', the caller's. */
static char *in_guest(const char *root, const char *image)
{
	static const char *const roots[] = { "\\SystemRoot\\",
		"%SystemRoot%\\" };
	CLEANUP_FREE char *path = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(roots); i++)
		if (strncasecmp(image, roots[i], strlen(roots[i])) == 0) {
			image += strlen(roots[i]);
			break;
		}
	path = v2v_format("%s/%s", root, image);
	for (char *s = path; *s; s++)
		if (*s == '\\')
			*s = '/';
	return v2v_take(path);
}

static char *find(const struct v2v_tree *tree, const char *path)
{
	CLEANUP_FREE char *real = v2v_windows_path(tree, path);

	return real && v2v_tree_is_file(tree, real) &&
			       v2v_tree_size(tree, real) > 0
		       ? v2v_take(real)
		       : NULL;
}

char *v2v_windows_driver_file(const struct v2v_tree *tree,
	const struct v2v_windows *w, const char *service)
{
	CLEANUP_FREE char *usual = v2v_format(
		"%s/System32/drivers/%s.sys", w->systemroot, service);

	v2v_list_foreach (
		const struct v2v_windows_driver, driver, &w->drivers) {
		CLEANUP_FREE char *path =
			driver->path && strcasecmp(driver->service, service) ==
						0
				? in_guest(w->systemroot, driver->path)
				: NULL;
		char *found = path ? find(tree, path) : NULL;

		if (found)
			return found;
	}
	return find(tree, usual);
}
