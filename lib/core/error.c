/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Setting the error struct. */
#include "core/error.h"

#include <errno.h>
#include <stdarg.h>

int v2v_fail(struct v2v_error *err, const char *code, const char *fmt, ...)
{
	va_list args;

	if (!err || err->code)
		return -1;
	err->code = code;
	va_start(args, fmt);
	vsnprintf(err->text, sizeof err->text, fmt, args);
	va_end(args);
	return -1;
}

int v2v_fail_errno(struct v2v_error *err, const char *fmt, ...)
{
	int number = errno;
	size_t n;
	va_list args;

	if (!err || err->code)
		return -1;
	err->code = "io";
	va_start(args, fmt);
	vsnprintf(err->text, sizeof err->text, fmt, args);
	va_end(args);
	n = strlen(err->text);
	snprintf(err->text + n, sizeof err->text - n, ": %s", strerror(number));
	return -1;
}

int v2v_fail_prefix(struct v2v_error *err, const char *fmt, ...)
{
	struct v2v_error old;
	size_t n;
	va_list args;

	if (!err || !err->code)
		return -1;
	old = *err;
	va_start(args, fmt);
	vsnprintf(err->text, sizeof err->text, fmt, args);
	va_end(args);
	n = strlen(err->text);
	snprintf(err->text + n, sizeof err->text - n, ": %s", old.text);
	return -1;
}
