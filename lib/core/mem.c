/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Allocation, strings and numbers. */
#include "core/mem.h"

#include <ctype.h>
#include <stdarg.h>

static void *must(void *p)
{
	if (!p)
		abort();
	return p;
}

void *v2v_alloc(size_t count, size_t size)
{
	return must(calloc(count ? count : 1, size ? size : 1));
}

char *v2v_strdup(const char *s)
{
	return s ? must(strdup(s)) : NULL;
}

char *v2v_strndup(const char *s, size_t length)
{
	return must(strndup(s, length));
}

char *v2v_format(const char *fmt, ...)
{
	char *s = NULL;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&s, fmt, args) < 0)
		abort();
	va_end(args);
	return s;
}

void *v2v_regrow(void *items, size_t *count, size_t size)
{
	const size_t n = *count;
	const bool is_full = (n & (n - 1)) == 0;
	char *array = items;

	if (is_full)
		array = must(reallocarray(items, n ? 2 * n : 1, size));
	memset(array + *count * size, 0, size);
	(*count)++;
	return array;
}

bool v2v_starts_with(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool v2v_ends_with(const char *s, const char *suffix)
{
	size_t n = strlen(s), m = strlen(suffix);

	return n >= m && memcmp(s + n - m, suffix, m) == 0;
}

bool v2v_streq(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

bool v2v_ends_with_nocase(const char *s, const char *suffix)
{
	size_t n = strlen(s), m = strlen(suffix);

	return n >= m && strcasecmp(s + n - m, suffix) == 0;
}

const char *v2v_base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

void v2v_string_set(char **place, const char *value)
{
	char *before = *place;

	*place = v2v_strdup(value);
	free(before);
}

bool v2v_contains(const char *s, const char *part)
{
	return strstr(s, part) != NULL;
}

bool v2v_match_any(const char *s, const char *const *words, size_t count,
	bool (*is)(const char *s, const char *word))
{
	for (size_t i = 0; s && i < count; i++)
		if (is(s, words[i]))
			return true;
	return false;
}

bool v2v_parse_u64(const char *s, uint64_t *ret)
{
	uint64_t n = 0;

	if (!s || !*s)
		return false;
	for (; *s; s++)
		if (!isdigit((unsigned char)*s) ||
			__builtin_mul_overflow(n, 10, &n) ||
			__builtin_add_overflow(n, (uint64_t)(*s - '0'), &n))
			return false;
	*ret = n;
	return true;
}

bool v2v_parse_i64(const char *s, int64_t *ret)
{
	bool negative = s && *s == '-';
	uint64_t n;

	if (!v2v_parse_u64(s + negative, &n) || n > INT64_MAX)
		return false;
	*ret = negative ? -(int64_t)n : (int64_t)n;
	return true;
}

void v2v_text_add(struct v2v_text *t, const void *data, size_t length)
{
	if (t->length + length + 1 > t->room) {
		t->room = (t->length + length + 1) * 2;
		t->data = must(realloc(t->data, t->room));
	}
	if (length)
		memcpy(t->data + t->length, data, length);
	t->length += length;
	t->data[t->length] = '\0';
}

static void V2V_PRINTF(2, 0)
	add_formatted(struct v2v_text *t, const char *fmt, va_list args)
{
	CLEANUP_FREE char *s = NULL;
	int n = vasprintf(&s, fmt, args);

	if (n < 0)
		abort();
	v2v_text_add(t, s, (size_t)n);
}

void v2v_text_addf(struct v2v_text *t, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	add_formatted(t, fmt, args);
	va_end(args);
}

void v2v_text_join(
	struct v2v_text *t, const char *separator, const char *fmt, ...)
{
	va_list args;

	if (t->length)
		v2v_text_add(t, separator, strlen(separator));
	va_start(args, fmt);
	add_formatted(t, fmt, args);
	va_end(args);
}

char *v2v_text_take(struct v2v_text *t)
{
	char *s = t->data ? t->data : v2v_strdup("");

	*t = (struct v2v_text){ 0 };
	return s;
}

void v2v_text_clear(struct v2v_text *t)
{
	free(t->data);
	*t = (struct v2v_text){ 0 };
}
