/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Option structs of another version. */
#include "core/options.h"

/* Beyond it @size is not one: somebody's memory that was not initialised. */
#define MAX_SIZE 4096

static bool is_zero(const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (bytes[i])
			return false;
	return true;
}

int v2v_options_copy(const char *function, void *known, size_t size,
	const void *given, struct v2v_error *err)
{
	size_t theirs = size;

	memset(known, 0, size);
	if (given)
		memcpy(&theirs, given, sizeof theirs);
	if (theirs < sizeof theirs || theirs > MAX_SIZE)
		return v2v_fail(err, "bad-option",
			"%s(): the options do not say their size "
			"(use V2V_OPTIONS())",
			function);
	if (theirs > size &&
		!is_zero((const char *)given + size, theirs - size))
		return v2v_fail(err, "bad-option",
			"%s(): an option is set that libv2v " V2V_VERSION
			" does not know",
			function);
	if (given)
		memcpy(known, given, theirs < size ? theirs : size);
	memcpy(known, &size, sizeof size);
	return 0;
}
