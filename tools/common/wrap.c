/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines of a terminal's width.  A character is taken for one column. */
#include "common/wrap.h"

#include "common/text.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define MIN_WIDTH 40 /* columns; a narrower terminal breaks lines itself */

static unsigned terminal_width(int fd)
{
	struct winsize size = { 0 };

	if (ioctl(fd, TIOCGWINSZ, &size) < 0 || size.ws_col < MIN_WIDTH)
		return 0;
	return size.ws_col;
}

/* https://no-color.org */
static bool has_color(bool is_terminal, enum wrap_color color)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (color != WRAP_COLOR_AUTO)
		return color == WRAP_COLOR_ALWAYS;
	return is_terminal && !(no_color && *no_color) && term &&
	       strcmp(term, "dumb") != 0;
}

struct wrap wrap_open(FILE *out, enum wrap_color color)
{
	bool is_terminal = isatty(fileno(out));

	return (struct wrap){
		.out = out,
		.width = is_terminal ? terminal_width(fileno(out)) : 0,
		.color = has_color(is_terminal, color),
	};
}

void wrap_text(const struct wrap *wrap, unsigned column, const char *text)
{
	size_t at = column;
	const char *blank = "";

	while (*text) {
		size_t n = strcspn(text, " ");
		size_t columns = text_columns(text, n);

		if (wrap->width && *blank && at + 1 + columns > wrap->width) {
			fprintf(wrap->out, "\n%*s", (int)column, "");
			at = column;
			blank = "";
		}
		fputs(blank, wrap->out);
		text_print_masked(wrap->out, text, n);
		at += strlen(blank) + columns;
		blank = " ";
		text += n;
		text += *text == ' ';
	}
	fputc('\n', wrap->out);
}

void wrap_colored(
	const struct wrap *wrap, const char *rendition, const char *word)
{
	if (wrap->color && rendition)
		fprintf(wrap->out, "\033[%sm%s\033[0m", rendition, word);
	else
		fputs(word, wrap->out);
}
