/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Units of memory and capacity (DSP0004 Annex C, and what exporters write). */
#include "unpack/ovf-private.h"

#define BLANKS " \t\r\n"

static const struct {
	const char *word;
	unsigned shift;
} words[] = {
	{ "byte", 0 },
	{ "bytes", 0 },
	{ "kilobyte", 10 },
	{ "kilobytes", 10 },
	{ "kb", 10 },
	{ "kib", 10 },
	{ "megabyte", 20 },
	{ "megabytes", 20 },
	{ "mb", 20 },
	{ "mib", 20 },
	{ "gigabyte", 30 },
	{ "gigabytes", 30 },
	{ "gb", 30 },
	{ "gib", 30 },
	{ "terabyte", 40 },
	{ "terabytes", 40 },
	{ "tb", 40 },
	{ "tib", 40 },
};

/* Blanks, then digits: a sign is none, nor are more than ten. */
static bool take_number(const char **s, uint64_t *ret)
{
	const char *start = *s + strspn(*s, BLANKS);
	size_t n = strspn(start, "0123456789");
	CLEANUP_FREE char *digits = v2v_strndup(start, n);

	*s = start + n;
	return n <= 10 && v2v_parse_u64(digits, ret);
}

static bool take_mark(const char **s, char mark)
{
	const char *at = *s + strspn(*s, BLANKS);

	if (*at != mark)
		return false;
	*s = at + 1;
	return true;
}

/* "* 2^20" or "*1024": one factor more; false where it is neither. */
static bool take_factor(const char **s, uint64_t *factor)
{
	uint64_t base, power = 1;

	if (!take_mark(s, '*') || !take_number(s, &base))
		return false;
	if (take_mark(s, '^') && (!take_number(s, &power) || power > 63))
		return false;
	for (; power; power--)
		if (__builtin_mul_overflow(*factor, base, factor))
			return false;
	return true;
}

bool v2v_ovf_unit(const char *text, uint64_t *ret_factor)
{
	const char *s = text;
	size_t n = strcspn(s, "*" BLANKS);
	uint64_t factor = 0;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strlen(words[i].word) == n &&
			strncasecmp(words[i].word, s, n) == 0)
			factor = 1ULL << words[i].shift;
	s += n;
	while (factor && s[strspn(s, BLANKS)])
		if (!take_factor(&s, &factor))
			return false;
	if (!factor)
		return false;
	*ret_factor = factor;
	return true;
}

const char *v2v_ovf_number_fault(const char *text)
{
	const char *digits = text + strspn(text, "+-");
	size_t n = strspn(digits, "0123456789");

	return n && !digits[n] && digits <= text + 1 ? "out of range"
						     : "not a number";
}
