/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The list of steps is read, here and in the guest. */
#include "windows/firstboot/steps.h"

#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int hex_of(char c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool v2v_firstboot_mac(const char *text, unsigned char *ret_mac)
{
	for (int i = 0; i < 6; i++, text += 3) {
		int high = hex_of(text[0]);
		int low = high < 0 ? -1 : hex_of(text[1]);

		if (low < 0 || text[2] != (i < 5 ? ':' : '\0'))
			return false;
		ret_mac[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

static bool is_mac(const char *text)
{
	unsigned char mac[6];

	return v2v_firstboot_mac(text, mac);
}

/* "{4d36e972-e325-11ce-bfc1-08002be10318}". */
static bool is_guid(const char *text)
{
	static const char form[] = "{xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx}";

	if (strlen(text) != sizeof form - 1)
		return false;
	for (size_t i = 0; form[i]; i++)
		if (form[i] == 'x' ? hex_of(text[i]) < 0 : text[i] != form[i])
			return false;
	return true;
}

static bool is_policy(const char *text)
{
	return *text >= '0' && *text <= '4' && !text[1];
}

/* It becomes a part of a command line, between quotes: nothing that ends them,
 * that cmd.exe replaces, or that Windows does not have in a name. */
static bool is_path(const char *text)
{
	const size_t length = strlen(text);

	if (*text != '\\' || text[1] == '\\' || !text[1] ||
		length > V2V_FIRSTBOOT_MAX_PATH || strstr(text, "\\..") ||
		text[length - 1] == '\\')
		return false;
	for (const char *c = text; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f ||
			strchr("\"<>|:*?/%^&!", *c))
			return false;
	return true;
}

static bool ends_with(const char *text, const char *end)
{
	const size_t length = strlen(text), n = strlen(end);

	if (length <= n)
		return false;
	for (size_t i = 0; i < n; i++) {
		char c = text[length - n + i];

		if ((c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c) != end[i])
			return false;
	}
	return true;
}

static bool is_inf(const char *text)
{
	return is_path(text) && ends_with(text, ".inf");
}

static bool is_msi(const char *text)
{
	return is_path(text) && ends_with(text, ".msi");
}

static bool is_program(const char *text)
{
	return is_path(text) &&
	       (ends_with(text, ".exe") || ends_with(text, ".bat") ||
		       ends_with(text, ".cmd"));
}

static const struct kind {
	const char *word;
	bool (*is_right[V2V_FIRSTBOOT_ARGUMENTS])(const char *text);
} kinds[V2V_FIRSTBOOT_KINDS] = {
	[V2V_FIRSTBOOT_DRIVER] = { "driver", { is_inf } },
	[V2V_FIRSTBOOT_INSTALL] = { "install", { is_msi } },
	[V2V_FIRSTBOOT_NETWORK] = { "network", { is_mac, is_guid } },
	[V2V_FIRSTBOOT_NETWORK6] = { "network6", { is_mac, is_guid } },
	[V2V_FIRSTBOOT_SAN] = { "san", { is_policy } },
	[V2V_FIRSTBOOT_DISKS] = { "disks", { NULL } },
	[V2V_FIRSTBOOT_REMOVE_TOOLS] = { "remove-tools", { NULL } },
	[V2V_FIRSTBOOT_RUN] = { "run", { is_program } },
};

const char *v2v_firstboot_word(enum v2v_firstboot_kind kind)
{
	return kinds[kind].word;
}

bool v2v_firstboot_is_valid(const struct v2v_firstboot_step *step)
{
	if (step->kind >= V2V_FIRSTBOOT_KINDS || step->seconds == 0 ||
		step->seconds > V2V_FIRSTBOOT_MAX_SECONDS)
		return false;
	for (int i = 0; i < V2V_FIRSTBOOT_ARGUMENTS; i++) {
		bool (*is_right)(const char *text) =
			kinds[step->kind].is_right[i];
		const char *text = step->arguments[i];

		if (!text != !is_right || (text && !is_right(text)))
			return false;
	}
	return true;
}

/* The string up to @end, which is cut off; NULL: there is no more. */
static char *cut(char **rest, char end)
{
	char *begin = *rest, *at = begin ? strchr(begin, end) : NULL;

	*rest = at ? at + 1 : NULL;
	if (at)
		*at = '\0';
	return begin;
}

static bool parse_kind(const char *word, struct v2v_firstboot_step *step)
{
	for (int i = 0; word && i < V2V_FIRSTBOOT_KINDS; i++)
		if (strcmp(word, kinds[i].word) == 0) {
			step->kind = (enum v2v_firstboot_kind)i;
			return true;
		}
	return false;
}

static bool parse_seconds(const char *text, unsigned *ret_seconds)
{
	unsigned seconds = 0;

	if (!text || !*text)
		return false;
	for (; *text; text++) {
		if (!is_digit(*text) || seconds > V2V_FIRSTBOOT_MAX_SECONDS)
			return false;
		seconds = seconds * 10 + (unsigned)(*text - '0');
	}
	*ret_seconds = seconds;
	return true;
}

static bool parse_line(char *line, struct v2v_firstboot_step *step)
{
	char *rest = line;

	*step = (struct v2v_firstboot_step){ 0 };
	if (!parse_kind(cut(&rest, '\t'), step) ||
		!parse_seconds(cut(&rest, '\t'), &step->seconds))
		return false;
	for (int i = 0; i < V2V_FIRSTBOOT_ARGUMENTS; i++)
		step->arguments[i] = cut(&rest, '\t');
	return !rest && v2v_firstboot_is_valid(step);
}

/* Windows' editors end lines with two characters. */
static void trim(char *line)
{
	const size_t length = strlen(line);

	if (length && line[length - 1] == '\r')
		line[length - 1] = '\0';
}

unsigned v2v_firstboot_parse(char *text, size_t size,
	struct v2v_firstboot_step *steps, size_t *ret_count)
{
	char *rest = text, *line;
	size_t count = 0;

	if (size > V2V_FIRSTBOOT_MAX_BYTES || memchr(text, '\0', size))
		return 1;
	for (unsigned number = 1; (line = cut(&rest, '\n')); number++) {
		trim(line);
		if (number == 1 ? strcmp(line, V2V_FIRSTBOOT_HEAD) != 0
				: *line && (count == V2V_FIRSTBOOT_MAX_STEPS ||
						   !parse_line(line,
							   &steps[count])))
			return number;
		count += number > 1 && *line;
	}
	*ret_count = count;
	return 0;
}
