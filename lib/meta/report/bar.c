/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bars. */
#include "meta/report/bar.h"

#define WIDTH 1000 /* units; the page stretches them */

static const struct {
	const char *class, *text;
} colours[] = {
	{ "used", "used by files" },
	{ "free", "free in file systems" },
	{ "other", "not a file system that was read" },
	{ "copied", "written to the new file" },
	{ "hole", "holes: nothing is stored" },
};

struct v2v_bar v2v_bar_begin(
	struct v2v_text *t, const char *name, const char *words, int64_t total)
{
	v2v_html(t,
		"<div class=\"row\"><span>%s</span> <svg class=\"bar\" "
		"viewBox=\"0 0 %d 20\" preserveAspectRatio=\"none\" "
		"role=\"img\" aria-label=\"%s: %s\">",
		name, WIDTH, name, words);
	return (struct v2v_bar){ t, total > 0 ? total : 1, 0 };
}

static int place(const struct v2v_bar *bar, int64_t at)
{
	return (int)((double)at / (double)bar->total * WIDTH);
}

void v2v_bar_add(
	struct v2v_bar *bar, int64_t size, const char *class, const char *title)
{
	int64_t room = bar->total - bar->at;
	int begin = place(bar, bar->at), end;

	if (size > room)
		size = room;
	if (size <= 0)
		return;
	bar->at += size;
	end = place(bar, bar->at);
	v2v_html(bar->t,
		"<rect class=\"%s\" x=\"%d\" width=\"%d\" height=\"20\">"
		"<title>%s</title></rect>",
		class, begin, end > begin ? end - begin : 1, title);
}

void v2v_bar_end(struct v2v_bar *bar, const char *class, const char *title,
	const char *words)
{
	v2v_bar_add(bar, bar->total - bar->at, class, title);
	v2v_html(bar->t, "</svg> <span class=\"dim\">%s</span></div>\n", words);
}

void v2v_bar_legend(struct v2v_text *t)
{
	v2v_html(t, "<p class=\"legend\">");
	for (size_t i = 0; i < ARRAY_SIZE(colours); i++)
		v2v_html(t,
			"<span><svg viewBox=\"0 0 20 20\" aria-hidden=\"true\">"
			"<rect class=\"%s\" width=\"20\" height=\"20\"/></svg> "
			"%s</span>\n",
			colours[i].class, colours[i].text);
	v2v_html(t, "</p>\n");
}
