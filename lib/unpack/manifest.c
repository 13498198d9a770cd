/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading a manifest. */
#include "unpack/manifest.h"

#include <ctype.h>

/* Spelt without '-', '_' and blanks: "SHA-256", "SHA2-256" (openssl 3). */
static const struct {
	const char *word;
	unsigned algorithm;
	size_t digits; /* of the digest in hex */
} algorithms[] = {
	{ "SHA1", V2V_SHA1, 40 },
	{ "SHA256", V2V_SHA256, 64 },
	{ "SHA2256", V2V_SHA256, 64 },
	{ "SHA384", V2V_SHA384, 96 },
	{ "SHA2384", V2V_SHA384, 96 },
	{ "SHA512", V2V_SHA512, 128 },
	{ "SHA2512", V2V_SHA512, 128 },
	/* Known only by its length. */
	{ "MD5", 0, 32 },
};
#define ALGORITHMS ARRAY_SIZE(algorithms)

static unsigned find_algorithm(const char *s, size_t n)
{
	char word[16];
	size_t length = 0;

	for (size_t i = 0; i < n && length < sizeof word - 1; i++)
		if (!strchr("-_ \t", s[i]))
			word[length++] = s[i];
	word[length] = '\0';
	for (size_t i = 0; i < ALGORITHMS; i++)
		if (strcasecmp(algorithms[i].word, word) == 0)
			return algorithms[i].algorithm;
	return 0;
}

/* The bytes of hex at @s; with @colons also "da:39:a3". */
static size_t hex_length(const char *s, bool colons)
{
	size_t n = 0;

	while (isxdigit((unsigned char)s[n]) ||
		(colons && n % 3 == 2 && s[n] == ':'))
		n++;
	return n;
}

/* Lower case, without colons; the caller's. */
static char *take_digest(const char *s, size_t n)
{
	char *digest = v2v_alloc(1, n + 1), *end = digest;

	for (size_t i = 0; i < n; i++)
		if (s[i] != ':')
			*end++ = (char)tolower((unsigned char)s[i]);
	return digest;
}

/* "= HEX" behind the name, nothing else but blanks; NULL otherwise. */
static char *parse_digest(const char *s)
{
	size_t n;

	s += strspn(s, " \t");
	if (*s++ != '=')
		return NULL;
	s += strspn(s, " \t");
	n = hex_length(s, true);
	if (n == 0 || s[n + strspn(s + n, " \t")])
		return NULL;
	return take_digest(s, n);
}

/* "SHA256(name)= hex": OVF, and openssl's dgst. */
static void parse_line(const char *line, struct v2v_manifest_line *parsed)
{
	const char *open = strchr(line, '('), *close = strrchr(line, ')');

	if (!open || open == line || !close || close < open)
		return;
	parsed->digest = parse_digest(close + 1);
	if (!parsed->digest)
		return;
	parsed->algorithm = find_algorithm(line, (size_t)(open - line));
	parsed->name = v2v_strndup(open + 1, (size_t)(close - open - 1));
}

/* In a line that begins with '\' a name's "\\" and "\n" are '\' and newline. */
static char *unescape(const char *s)
{
	char *name = v2v_strdup(s), *end = name;

	for (; *s; s++) {
		if (s[0] == '\\' && strchr("\\nr", s[1]) && s[1])
			*end++ = *++s == 'n' ? '\n' : *s == 'r' ? '\r' : '\\';
		else
			*end++ = *s;
	}
	*end = '\0';
	return name;
}

/* "hex  name", "hex *name": sha256sum and its relatives, openssl dgst -r; the
 * length tells the algorithm.  False for another line. */
static bool parse_sum(const char *line, struct v2v_manifest_line *parsed)
{
	bool escaped = *line == '\\';
	const char *digest = line + escaped;
	size_t n = hex_length(digest, false), i = 0;
	const char *name = digest + n;

	while (i < ALGORITHMS && algorithms[i].digits != n)
		i++;
	if (i == ALGORITHMS || !*name || !strchr(" \t", *name))
		return false;
	name += strchr(" \t*", name[1]) && name[1] ? 2 : 1;
	parsed->algorithm = algorithms[i].algorithm;
	parsed->digest = take_digest(digest, n);
	parsed->name = escaped ? unescape(name) : v2v_strdup(name);
	return true;
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
		const char *start;

		text = skip_line(text, end);
		start = line + strspn(line, " \t");
		/* A zero byte must not hide what comes behind it. */
		if (strlen(line) == n && (!*start || *start == '#'))
			continue;
		parsed = v2v_list_add(lines, sizeof *parsed);
		parsed->number = number;
		if (strlen(line) == n && !parse_sum(start, parsed))
			parse_line(start, parsed);
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
