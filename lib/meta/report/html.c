/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An HTML writer that escapes. */
#include "meta/report/html.h"

#include <stdarg.h>

#define REPLACEMENT "\xef\xbf\xbd"

static const struct {
	char c;
	const char *entity;
} entities[] = {
	{ '&', "&amp;" },
	{ '<', "&lt;" },
	{ '>', "&gt;" },
	{ '"', "&quot;" },
	{ '\'', "&#39;" },
};

/* The length of the character at @s, which is UTF-8, if nobody may see it. */
static size_t hidden(const unsigned char *s)
{
	if ((s[0] < 0x20 && s[0] != '\t') || s[0] == 0x7f)
		return 1;
	if (s[0] == 0xc2 && s[1] < 0xa0)
		return 2; /* C1 */
	if (s[0] == 0xe2 && s[1] == 0x80 &&
		((s[2] >= 0x8b && s[2] <= 0x8f) ||
			(s[2] >= 0xa8 && s[2] <= 0xae)))
		return 3; /* no width, direction, separators */
	if (s[0] == 0xe2 && s[1] == 0x81 && s[2] >= 0xa0 && s[2] <= 0xaf)
		return 3; /* joiners, isolates */
	if (s[0] == 0xef && ((s[1] == 0xbb && s[2] == 0xbf) ||
				    (s[1] == 0xbf && s[2] >= 0xbe)))
		return 3; /* U+FEFF, U+FFFE, U+FFFF */
	return 0;
}

static const char *entity_of(char c)
{
	for (size_t i = 0; i < ARRAY_SIZE(entities); i++)
		if (entities[i].c == c)
			return entities[i].entity;
	return NULL;
}

void v2v_html_text(struct v2v_text *t, const char *text)
{
	json_auto_t *utf8 = v2v_json_text(text);

	for (const char *s = json_string_value(utf8); *s;) {
		size_t n = hidden((const unsigned char *)s);
		const char *put = n ? REPLACEMENT : entity_of(*s);

		if (put)
			v2v_text_add(t, put, strlen(put));
		else
			v2v_text_add(t, s, 1);
		s += n ? n : 1;
	}
}

/* Add the value of the conversion at @s, behind its '%'; its length. */
static size_t add_value(struct v2v_text *t, const char *s, va_list *args)
{
	const char *text;

	if (*s == 's') {
		text = va_arg(*args, const char *);
		v2v_html_text(t, text ? text : "\xe2\x80\x93");
		return 1;
	}
	if (*s == 'd') {
		v2v_text_addf(t, "%d", va_arg(*args, int));
		return 1;
	}
	if (strncmp(s, "zu", 2) == 0) {
		v2v_text_addf(t, "%zu", va_arg(*args, size_t));
		return 2;
	}
	if (strncmp(s, "lld", 3) == 0) {
		v2v_text_addf(t, "%lld", va_arg(*args, long long));
		return 3;
	}
	if (*s != '%')
		abort();
	v2v_text_add(t, "%", 1);
	return 1;
}

void v2v_html(struct v2v_text *t, const char *markup, ...)
{
	va_list args;

	va_start(args, markup);
	while (*markup) {
		size_t n = strcspn(markup, "%");

		v2v_text_add(t, markup, n);
		markup += n;
		if (*markup)
			markup += 1 + add_value(t, markup + 1, &args);
	}
	va_end(args);
}

char *v2v_html_size(int64_t bytes)
{
	static const char *const units[] = { "bytes", "KiB", "MiB", "GiB",
		"TiB", "PiB" };
	double size = (double)bytes;
	size_t unit = 0;

	if (bytes < 0)
		return NULL;
	while (size >= 1024 && unit + 1 < ARRAY_SIZE(units)) {
		size /= 1024;
		unit++;
	}
	return v2v_format(
		"%.*f %s", unit == 0 || size >= 100 ? 0 : 1, size, units[unit]);
}

char *v2v_html_count(size_t n, const char *one)
{
	return v2v_format("%zu %s%s", n, one, n == 1 ? "" : "s");
}
