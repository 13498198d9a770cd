/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading a manifest. */
#include "unpack/manifest.h"

#include <ctype.h>

static const struct {
	const char *word;
	unsigned algorithm;
} algorithms[] = {
	{ "SHA1", V2V_SHA1 },
	{ "SHA-1", V2V_SHA1 },
	{ "SHA256", V2V_SHA256 },
	{ "SHA-256", V2V_SHA256 },
	{ "SHA512", V2V_SHA512 },
	{ "SHA-512", V2V_SHA512 },
};

static unsigned find_algorithm(const char *s, size_t n)
{
	for (size_t i = 0; i < sizeof algorithms / sizeof algorithms[0]; i++)
		if (strlen(algorithms[i].word) == n &&
			strncasecmp(s, algorithms[i].word, n) == 0)
			return algorithms[i].algorithm;
	return 0;
}

/* "= HEX" behind the name, nothing else but blanks; NULL otherwise. */
static char *parse_digest(const char *s)
{
	size_t n;
	char *digest;

	s += strspn(s, " \t");
	if (*s++ != '=')
		return NULL;
	s += strspn(s, " \t");
	n = strspn(s, "0123456789abcdefABCDEF");
	if (n == 0 || s[n + strspn(s + n, " \t")])
		return NULL;
	digest = v2v_strndup(s, n);
	for (char *c = digest; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return digest;
}

static void parse_line(const char *line, struct v2v_manifest_line *parsed)
{
	size_t n = strcspn(line, " \t(");
	const char *open = line + n + strspn(line + n, " \t");
	const char *close = strrchr(line, ')');

	if (*open != '(' || !close || close < open)
		return;
	parsed->digest = parse_digest(close + 1);
	if (!parsed->digest)
		return;
	parsed->algorithm = find_algorithm(line, n);
	parsed->name = v2v_strndup(open + 1, (size_t)(close - open - 1));
}

/* The bytes before the next LF, CR, or CR and LF. */
static size_t line_length(const char *text, const char *end)
{
	const char *s = text;

	while (s < end && *s != '\n' && *s != '\r')
		s++;
	return (size_t)(s - text);
}

static const char *skip_line(const char *text, const char *end)
{
	text += line_length(text, end);
	if (end - text > 1 && text[0] == '\r' && text[1] == '\n')
		return text + 2;
	return text < end ? text + 1 : end;
}

void v2v_manifest_parse(const char *text, size_t size, struct v2v_list *lines)
{
	const char *end = text + size;

	if (size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		text += 3; /* a byte order mark */
	for (unsigned number = 1;
		text < end && lines->count <= V2V_OVA_MAX_MEMBERS; number++) {
		size_t n = line_length(text, end);
		CLEANUP_FREE char *line = v2v_strndup(text, n);
		struct v2v_manifest_line *parsed;

		text = skip_line(text, end);
		/* A zero byte must not hide what comes behind it. */
		if (strlen(line) == n && !line[strspn(line, " \t")])
			continue;
		parsed = v2v_list_add(lines, sizeof *parsed);
		parsed->number = number;
		if (strlen(line) == n)
			parse_line(line + strspn(line, " \t"), parsed);
	}
}

static void line_clear(struct v2v_manifest_line *line)
{
	free(line->name);
	free(line->digest);
}

void v2v_manifest_clear(struct v2v_list *lines)
{
	v2v_list_foreach (struct v2v_manifest_line, line, lines)
		line_clear(line);
	free(lines->items);
	*lines = (struct v2v_list){ 0 };
}
