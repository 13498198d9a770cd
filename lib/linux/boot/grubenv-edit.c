/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* GRUB's environment block: GRUB writes it in place, sector by sector, so that
 * its size may not change; '#' fills it up. */
#include "linux/text/edit.h"
#include "linux/text/texts.h"

#define HEAD "# GRUB Environment Block\n"

/* The bytes before the padding. */
static size_t content(const char *text)
{
	size_t n = strlen(text);

	while (n && text[n - 1] == '#')
		n--;
	return n;
}

bool v2v_text_is_grubenv(const char *text)
{
	return v2v_starts_with(text, HEAD);
}

char *v2v_text_grubenv_fill(const char *edited, size_t size,
	const struct v2v_text *told, struct v2v_text *what)
{
	struct v2v_text out CLEANUP_TEXT = { 0 };

	if (!edited || content(edited) > size)
		return NULL;
	v2v_text_join(what, ", ", "%s", told->data);
	v2v_text_add(&out, edited, content(edited));
	while (out.length < size)
		v2v_text_add(&out, "#", 1);
	return v2v_text_take(&out);
}

char *v2v_text_grubenv(const char *text, const struct v2v_devices *devices,
	struct v2v_text *what)
{
	const size_t size = strlen(text);
	struct v2v_devices short_names = *devices;
	struct v2v_text told CLEANUP_TEXT = { 0 };
	CLEANUP_FREE char *edited = NULL;

	if (!v2v_text_is_grubenv(text))
		return NULL;
	edited = v2v_text_cmdline(text, devices, &told);
	if (edited && content(edited) > size) {
		/* No room for UUIDs: a name is as long as the old one. */
		free(edited);
		v2v_text_clear(&told);
		short_names.names_only = true;
		edited = v2v_text_cmdline(text, &short_names, &told);
	}
	return v2v_text_grubenv_fill(edited, size, &told, what);
}
