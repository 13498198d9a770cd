/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Setting the error struct. */
#include "core/error.h"

#include <errno.h>
#include <stdarg.h>

/* Where the room was not enough the text ends behind a whole character. */
static void end_well(char *text, size_t room)
{
	size_t n = strlen(text), lead = n - 1, length;
	unsigned char c;

	if (n < room - 1)
		return;
	while (lead && n - lead < 4 && (text[lead] & 0xc0) == 0x80)
		lead--;
	c = (unsigned char)text[lead];
	length = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;
	if (n - lead < length)
		text[lead] = '\0';
}

int v2v_fail(struct v2v_error *err, const char *code, const char *fmt, ...)
{
	va_list args;

	if (!err || err->code)
		return -1;
	err->code = code;
	va_start(args, fmt);
	vsnprintf(err->text, sizeof err->text, fmt, args);
	va_end(args);
	end_well(err->text, sizeof err->text);
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
	end_well(err->text, sizeof err->text);
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
	end_well(err->text, sizeof err->text);
	return -1;
}
