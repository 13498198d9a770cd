/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A screen's pixels. */
#include "boot/screen.h"

#include "core/file.h"
#include "core/mem.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MOST	 8192 /* pixels on a side */
#define COLUMNS	 80
#define HEAD_MAX 64

/* "P6\n640 480\n255\n", and where the pixels begin.  qemu writes no comments
 * (ui/console.c, ppm_save()). */
static int read_head(
	int fd, struct v2v_screen *s, size_t *ret_at, struct v2v_error *err)
{
	char head[HEAD_MAX + 1] = "";
	ssize_t n = pread(fd, head, HEAD_MAX, 0);
	int at = 0;

	if (n <= 0 ||
		sscanf(head, "P6 %5u %5u 255%n", &s->width, &s->height, &at) !=
			2 ||
		at == 0 || !s->width || !s->height || s->width > MOST ||
		s->height > MOST)
		return v2v_fail(err, "boot-screen",
			"the dump of the screen is not a PPM file");
	*ret_at = (size_t)at + 1;
	return 0;
}

static size_t bytes_of(const struct v2v_screen *s)
{
	return (size_t)s->width * s->height * 3;
}

int v2v_screen_read(int fd, struct v2v_screen *ret, struct v2v_error *err)
{
	struct v2v_screen s CLEANUP_SCREEN = { 0 };
	size_t at = 0;

	if (read_head(fd, &s, &at, err) < 0)
		return -1;
	s.pixels = v2v_alloc(1, bytes_of(&s));
	if (v2v_pread_all(fd, "screen", s.pixels, bytes_of(&s), at, err) < 0)
		return -1;
	*ret = s;
	s.pixels = NULL;
	return 0;
}

void v2v_screen_clear(struct v2v_screen *screen)
{
	free(screen->pixels);
	*screen = (struct v2v_screen){ 0 };
}

bool v2v_screen_is_blank(const struct v2v_screen *s)
{
	for (size_t i = 3; i < bytes_of(s); i += 3)
		if (memcmp(s->pixels, s->pixels + i, 3) != 0)
			return false;
	return true;
}

bool v2v_screen_is_same(const struct v2v_screen *a, const struct v2v_screen *b)
{
	size_t differ = 0;

	if (a->width != b->width || a->height != b->height)
		return false;
	for (size_t i = 0; i < bytes_of(a); i += 3)
		differ += memcmp(a->pixels + i, b->pixels + i, 3) != 0;
	return differ <= bytes_of(a) / 3 / 500;
}

bool v2v_screen_is_text(const struct v2v_screen *s)
{
	return (s->width == 720 || s->width == 640) && s->height == 400;
}

static bool is_stop_blue(const unsigned char *pixel)
{
	const unsigned red = pixel[0], green = pixel[1], blue = pixel[2];

	if (red == 0 && green == 0)
		return blue == 0x80 || blue == 0xaa;
	return red <= 0x20 && green >= 0x60 && green <= 0x80 && blue >= 0xa0;
}

bool v2v_screen_is_stopped_windows(const struct v2v_screen *s)
{
	size_t count = 0;

	for (size_t i = 0; i < bytes_of(s); i += 3)
		count += is_stop_blue(s->pixels + i);
	return count >= bytes_of(s) / 3 * 7 / 10 && !v2v_screen_is_blank(s);
}

char *v2v_screen_text(const unsigned char *cells, size_t size)
{
	struct v2v_text text CLEANUP_TEXT = { 0 };

	for (size_t i = 0; i + 1 < size; i += 2) {
		const char c = cells[i] >= ' ' && cells[i] <= '~'
				       ? (char)cells[i]
				       : ' ';

		if (i && i / 2 % COLUMNS == 0)
			v2v_text_add(&text, "\n", 1);
		v2v_text_add(&text, &c, 1);
	}
	return v2v_text_take(&text);
}
