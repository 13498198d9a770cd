/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Terminal output without its escape sequences (ECMA-48, 5.4). */
#include "boot/said.h"

#include <string.h>

#define MAX_LINE 200 /* bytes of a line that is kept for people */

static bool is_final(unsigned char c)
{
	return c >= 0x40 && c <= 0x7e;
}

/* Does @c end the sequence that has begun?  "ESC [ ... final", "ESC ( x", or
 * "ESC x". */
static bool ends_escape(const struct v2v_said *said, char c)
{
	const char second = said->escape_length > 1 ? said->escape[1] : '\0';

	if (said->escape_length == 1)
		return c != '[' && c != '(' && c != ')' && c != '#';
	return second == '[' ? is_final((unsigned char)c) : true;
}

/* The cursor goes to another line: what comes is not behind what was. */
static void end_escape(struct v2v_said *said, char c)
{
	if (said->escape_length > 1 && said->escape[1] == '[' &&
		strchr("HfJ", c))
		v2v_text_add(&said->text, "\n", 1);
	said->escape_length = 0;
}

static void add(struct v2v_said *said, char c)
{
	if (said->escape_length) {
		if (ends_escape(said, c))
			end_escape(said, c);
		else if (said->escape_length == sizeof said->escape)
			said->escape_length = 0;
		else
			said->escape[said->escape_length++] = c;
		return;
	}
	if (c == '\033')
		said->escape[said->escape_length++] = c;
	else if (c == '\n' || c == '\t' || (unsigned char)c >= ' ')
		v2v_text_add(&said->text, &c, 1);
}

static void forget(struct v2v_said *said)
{
	const size_t half = V2V_SAID_MOST / 2;
	struct v2v_text text = { 0 };

	if (said->text.length <= V2V_SAID_MOST)
		return;
	v2v_text_add(&text, said->text.data + said->text.length - half, half);
	v2v_text_clear(&said->text);
	said->text = text;
}

void v2v_said_add(struct v2v_said *said, const char *bytes)
{
	for (; *bytes; bytes++)
		add(said, *bytes);
	forget(said);
}

void v2v_said_clear(struct v2v_said *said)
{
	v2v_text_clear(&said->text);
	*said = (struct v2v_said){ 0 };
}

static bool is_blank(const char *line, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (line[i] != ' ' && line[i] != '\t')
			return false;
	return true;
}

json_t *v2v_said_last(const char *text, size_t count)
{
	const char *end = text + strlen(text);
	json_t *lines = json_array();

	while (end > text && json_array_size(lines) < count) {
		const char *newline = memrchr(text, '\n', (size_t)(end - text));
		const char *line = newline ? newline + 1 : text;
		CLEANUP_FREE char *kept = NULL;
		size_t length = (size_t)(end - line);

		end = newline ? newline : text;
		if (is_blank(line, length))
			continue;
		kept = v2v_format("%.*s",
			(int)(length < MAX_LINE ? length : MAX_LINE), line);
		json_array_insert_new(lines, 0, v2v_json_text(kept));
	}
	return lines;
}
