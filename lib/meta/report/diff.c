/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From unified diffs to HTML. */
#include "meta/report/diff.h"

#include "meta/report/html.h"

/* With its end. */
static size_t line_length(const char *line)
{
	size_t n = strcspn(line, "\n");

	return line[n] ? n + 1 : n;
}

static bool begins(const char *line, const char *with)
{
	return strncmp(line, with, strlen(with)) == 0;
}

/* The lines of the old and the new text in "@@ -1,2 +1,3 @@"; one where no
 * number is said. */
static void read_counts(const char *hunk, unsigned long counts[2])
{
	static const char marks[] = "-+";

	for (size_t i = 0; i < 2; i++) {
		size_t n = strcspn(hunk, " \n");
		char *end;

		hunk += n + (hunk[n] == ' ');
		counts[i] = 0;
		if (*hunk != marks[i])
			continue;
		counts[i] = 1;
		strtoul(hunk + 1, &end, 10);
		if (*end == ',')
			counts[i] = strtoul(end + 1, NULL, 10);
	}
}

/* Behind the hunk at @s. */
static const char *skip_hunk(const char *s)
{
	unsigned long counts[2];

	read_counts(s, counts);
	s += line_length(s);
	while (*s && (counts[0] || counts[1] || *s == '\\')) {
		bool is_old = *s == ' ' || *s == '-';
		bool is_new = *s == ' ' || *s == '+';

		if ((is_old && !counts[0]) || (is_new && !counts[1]) ||
			(!is_old && !is_new && *s != '\\'))
			break;
		counts[0] -= is_old;
		counts[1] -= is_new;
		s += line_length(s);
	}
	return s;
}

bool v2v_diff_next(const char **at, struct v2v_diff *diff)
{
	const char *s = *at;

	if (!*s)
		return false;
	/* Two headers; whatever else is there is a diff of its own. */
	s += line_length(s);
	if (begins(s, "+++ "))
		s += line_length(s);
	while (begins(s, "@@ "))
		s = skip_hunk(s);
	*diff = (struct v2v_diff){ *at, (size_t)(s - *at) };
	*at = s;
	return true;
}

bool v2v_diff_is_of(const struct v2v_diff *diff, const char *path)
{
	static const char *const headers[] = { "--- a", "+++ b" };
	const char *line = diff->text;

	for (size_t i = 0; i < ARRAY_SIZE(headers); i++) {
		size_t n = strlen(headers[i]), length = strlen(path);

		if (begins(line, headers[i]) && begins(line + n, path) &&
			line[n + length] == '\n')
			return true;
		line += line_length(line);
	}
	return false;
}

/* @number counts from the first header. */
static void add_line(struct v2v_text *t, const char *line, size_t number)
{
	const char *element = number < 2 || *line == '@' ? "b"
			      : *line == '+'		 ? "ins"
			      : *line == '-'		 ? "del"
							 : NULL;
	CLEANUP_FREE char *text = v2v_strndup(line, strcspn(line, "\n"));

	if (element)
		v2v_html(t, "<%s>%s</%s>\n", element, text, element);
	else
		v2v_html(t, "%s\n", text);
}

void v2v_diff_add(struct v2v_text *t, const struct v2v_diff *diff, bool open)
{
	const char *end = diff->text + diff->length;
	size_t number = 0;

	v2v_html(t,
		"<details%s><summary>Difference</summary>\n"
		"<pre class=\"diff\" tabindex=\"0\" role=\"group\" "
		"aria-label=\"Difference\">",
		open ? " open" : "");
	for (const char *line = diff->text; line < end;
		line += line_length(line))
		add_line(t, line, number++);
	v2v_html(t, "</pre></details>\n");
}
