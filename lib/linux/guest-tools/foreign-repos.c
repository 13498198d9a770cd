/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Repositories of packages on VMware's host: yum, zypper, apt. */
#include "core/lines.h"
#include "linux/guest-tools/foreign-texts.h"
#include "linux/text/edit.h"

/* Photon's and its own packages lie on the same host as those for others. */
static bool is_vmware_url(const char *url, size_t n)
{
	CLEANUP_FREE char *copy = v2v_strndup(url, n);
	char *host = strstr(copy, "://"), *path;
	size_t length;

	if (!host)
		return false;
	host += strlen("://");
	path = host + strcspn(host, "/");
	length = strcspn(host, "/:");
	if (v2v_starts_with(path, "/photon"))
		return false;
	host[length] = '\0';
	return strcasecmp(host, "vmware.com") == 0 ||
	       (length > strlen(".vmware.com") &&
		       strcasecmp(host + length - strlen(".vmware.com"),
			       ".vmware.com") == 0);
}

/* A section of an INI text, or a stanza: from its first line to the next. */
struct section {
	bool vmware, other; /* hosts of its URLs */
	bool disabled, has_enabled;
};

static void see_urls(const char *line, struct section *section)
{
	while (*line) {
		size_t n;

		line += strspn(line, " \t=,");
		n = strcspn(line, " \t=,\n");
		if (is_vmware_url(line, n))
			section->vmware = true;
		else if (memmem(line, n, "://", 3))
			section->other = true;
		line += n;
	}
}

/* With a mirror elsewhere it still works. */
static bool is_to_go(const struct section *section)
{
	return section->vmware && !section->other && !section->disabled;
}

/* Does the line begin with KEY and, blanks between, the sign? */
static bool has_key(const char *line, const char *key, char sign)
{
	size_t n = strlen(key);

	line += strspn(line, " \t");
	if (strncasecmp(line, key, n) != 0)
		return false;
	line += n;
	return line[strspn(line, " \t")] == sign;
}

static bool is_off(const char *line, char sign)
{
	CLEANUP_FREE char *copy = v2v_strdup(strchr(line, sign) + 1);
	const char *value = v2v_line_trim(copy);

	return strcasecmp(value, "0") == 0 || strcasecmp(value, "no") == 0 ||
	       strcasecmp(value, "false") == 0;
}

/* Lines that begin with a blank go on with the URLs. */
static const char *look_through(const char *text, char sign,
	const char *url_key, bool (*ends)(const char *line),
	struct section *section)
{
	bool urls = false;

	*section = (struct section){ 0 };
	for (bool first = true; *text; first = false) {
		const char *rest = text;
		CLEANUP_FREE char *line = v2v_line_next(&rest);

		if (!first && ends(line))
			break;
		urls = has_key(line, url_key, sign) ||
		       (urls && (*line == ' ' || *line == '\t'));
		if (urls)
			see_urls(line, section);
		if (has_key(line, "enabled", sign)) {
			section->has_enabled = true;
			section->disabled = is_off(line, sign);
		}
		text = rest;
	}
	return text;
}

static bool is_header(const char *line)
{
	return line[strspn(line, " \t")] == '[';
}

static bool is_blank(const char *line)
{
	return !line[strspn(line, " \t\r")];
}

static void tell(struct v2v_text *what, const char *name)
{
	v2v_what_add(what, "repository %s disabled", name);
}

/* [name] of the header, without brackets. */
static char *header_name(const char *line)
{
	const char *open = strchr(line, '[');

	return open ? v2v_strndup(open + 1, strcspn(open + 1, "]\n"))
		    : v2v_strdup("?");
}

/* The section with enabled=0, in the place of its line or behind the header. */
static void put_disabled(struct v2v_text *out, const char *text,
	const char *end, const struct section *section)
{
	while (text < end) {
		const char *rest = text;
		CLEANUP_FREE char *line = v2v_line_next(&rest);

		if (has_key(line, "enabled", '='))
			v2v_text_addf(out, "enabled=0\n");
		else if (is_header(line) && !section->has_enabled)
			v2v_text_addf(out, "%s\nenabled=0\n", line);
		else
			v2v_text_add(out, text, (size_t)(rest - text));
		text = rest;
	}
}

char *v2v_foreign_repo(const char *text, struct v2v_text *what)
{
	struct v2v_text out CLEANUP_TEXT = { 0 };
	bool changed = false;

	while (*text) {
		struct section section;
		const char *end =
			look_through(text, '=', "baseurl", is_header, &section);

		if (is_to_go(&section) && is_header(text)) {
			CLEANUP_FREE char *name = header_name(text);

			tell(what, name);
			put_disabled(&out, text, end, &section);
			changed = true;
		} else {
			v2v_text_add(&out, text, (size_t)(end - text));
		}
		text = end;
	}
	return changed ? v2v_text_take(&out) : NULL;
}

static char *edit_apt_line(
	const char *line, void *opaque, struct v2v_text *what)
{
	const char *s = line + strspn(line, " \t");
	struct section urls = { 0 };

	(void)opaque;
	see_urls(s, &urls);
	if (!v2v_starts_with(s, "deb") || !urls.vmware)
		return NULL;
	tell(what, "of VMware");
	return v2v_format("# %s", line);
}

char *v2v_foreign_apt_list(const char *text, struct v2v_text *what)
{
	return v2v_edit_each_line(text, edit_apt_line, NULL, what);
}

static void put_stanza(struct v2v_text *out, const char *text, const char *end,
	const struct section *section)
{
	while (text < end) {
		const char *rest = text;
		CLEANUP_FREE char *line = v2v_line_next(&rest);

		if (has_key(line, "enabled", ':')) {
			v2v_text_addf(out, "Enabled: no\n");
		} else if (has_key(line, "types", ':') &&
			   !section->has_enabled) {
			v2v_text_addf(out, "Enabled: no\n");
			v2v_text_add(out, text, (size_t)(rest - text));
		} else {
			v2v_text_add(out, text, (size_t)(rest - text));
		}
		text = rest;
	}
}

char *v2v_foreign_apt_sources(const char *text, struct v2v_text *what)
{
	struct v2v_text out CLEANUP_TEXT = { 0 };
	bool changed = false;

	while (*text) {
		struct section section;
		const char *end =
			look_through(text, ':', "uris", is_blank, &section);

		if (is_to_go(&section)) {
			tell(what, "of VMware");
			put_stanza(&out, text, end, &section);
			changed = true;
		} else {
			v2v_text_add(&out, text, (size_t)(end - text));
		}
		text = end;
	}
	return changed ? v2v_text_take(&out) : NULL;
}
