/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cloud-init's sources of data. */
#include "core/lines.h"
#include "linux/guest-tools/foreign-texts.h"
#include "linux/text/edit.h"

#define KEY "datasource_list"
/* Each is looked for, none is there: cloud-init rests. */
#define HARMLESS "NoCloud, ConfigDrive, None"

static bool is_foreign(const char *name)
{
	static const char *const names[] = { "VMware", "OVF", "VMwareGuestInfo",
		NULL };

	for (size_t i = 0; names[i]; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* What a list holds: the old hypervisor's, and others beside None. */
struct sources {
	bool foreign, other;
	struct v2v_text names;
};

static void add(struct sources *s, const char *name)
{
	s->foreign |= is_foreign(name);
	s->other |= !is_foreign(name) && strcmp(name, "None") != 0;
	v2v_text_join(&s->names, ", ", "%s", name);
}

/* "[ VMware, 'OVF' ]": from behind the bracket; the end, or NULL. */
static const char *read_flow(const char *text, struct sources *s)
{
	while (true) {
		size_t n;
		CLEANUP_FREE char *name = NULL;

		text += strspn(text, " \t\r\n,'\"");
		if (*text == ']')
			return text + 1;
		n = strcspn(text, " \t\r\n,'\"]#");
		if (n == 0)
			return NULL;
		name = v2v_strndup(text, n);
		add(s, name);
		text += n;
	}
}

/* Lines "  - VMware" that follow; where they end. */
static const char *read_block(const char *text, struct sources *s)
{
	const char *end = text;

	while (*text) {
		CLEANUP_FREE char *line = v2v_line_next(&text);
		char *item = v2v_line_trim(line);

		if (*item == '#' || !*item)
			continue;
		if (*item != '-')
			break;
		item = v2v_line_trim(item + 1);
		item[strcspn(item, "#")] = '\0';
		add(s, v2v_line_unquote(item));
		end = text;
	}
	return end;
}

/* The key at the beginning of a line: where its value is, or NULL. */
static const char *find_key(const char *text)
{
	for (const char *s = text; (s = strstr(s, KEY)); s += strlen(KEY)) {
		const char *value = s + strlen(KEY);

		value += strspn(value, " \t");
		if ((s == text || s[-1] == '\n') && *value == ':')
			return value + 1;
	}
	return NULL;
}

char *v2v_foreign_cloud(const char *text, struct v2v_text *what)
{
	const char *value = find_key(text), *start, *end;
	struct sources s = { 0 };
	char *edited = NULL;

	if (!value)
		return NULL;
	start = value + strspn(value, " \t");
	if (*start == '[') {
		end = read_flow(start + 1, &s);
	} else {
		start = value;
		end = read_block(start + strcspn(start, "\n") +
					 (strchr(start, '\n') != NULL),
			&s);
	}
	if (end && s.foreign && !s.other) {
		bool block = *start != '[';

		edited = v2v_format("%.*s%s[ " HARMLESS " ]%s%s",
			(int)(start - text), text, block ? " " : "",
			block ? "\n" : "", end);
		v2v_what_add(what, "%s → " HARMLESS, s.names.data);
	}
	v2v_text_clear(&s.names);
	return edited;
}

static char *edit_source(const char *line, void *opaque, struct v2v_text *what)
{
	CLEANUP_FREE char *copy = v2v_strdup(line);
	char *value;

	(void)opaque;
	if (!v2v_starts_with(copy, "datasource:"))
		return NULL;
	value = v2v_line_unquote(copy + strlen("datasource:"));
	if (!is_foreign(value))
		return NULL;
	v2v_what_add(what, "datasource %s commented out", value);
	return v2v_format("# %s", line);
}

char *v2v_foreign_ds_identify(const char *text, struct v2v_text *what)
{
	return v2v_edit_each_line(text, edit_source, NULL, what);
}
