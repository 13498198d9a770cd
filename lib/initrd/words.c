/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of modules in texts. */
#include "initrd/words.h"

#define BLANKS " \t"

/* Does a line begin with the name, behind blanks, as a whole word? */
static bool has_line(const char *text, const char *name)
{
	size_t n = strlen(name);

	while (*text) {
		text += strspn(text, BLANKS);
		if (strcspn(text, BLANKS "\n#") == n &&
			strncmp(text, name, n) == 0)
			return true;
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return false;
}

/* The whole text, its last line ended. */
static void put_all(struct v2v_text *out, const char *text)
{
	size_t n = strlen(text);

	v2v_text_add(out, text, n);
	if (n && text[n - 1] != '\n')
		v2v_text_addf(out, "\n");
}

char *v2v_words_add_lines(const char *text, const struct v2v_list *names)
{
	struct v2v_text out CLEANUP_TEXT = { 0 };
	bool changed = false;

	put_all(&out, text);
	v2v_list_foreach (char *, name, names) {
		if (has_line(text, *name))
			continue;
		v2v_text_addf(&out, "%s\n", *name);
		changed = true;
	}
	return changed ? v2v_text_take(&out) : NULL;
}

char *v2v_words_add_modprobes(const char *text, const struct v2v_list *names)
{
	struct v2v_text out CLEANUP_TEXT = { 0 };
	bool changed = false;

	put_all(&out, text);
	v2v_list_foreach (char *, name, names) {
		CLEANUP_FREE char *line = v2v_format("modprobe %s", *name);

		if (strstr(text, line))
			continue;
		v2v_text_addf(&out, "%s\n", line);
		changed = true;
	}
	return changed ? v2v_text_take(&out) : NULL;
}

/* Is @name one of the @n bytes' words? */
static bool has_word(const char *words, size_t n, const char *name)
{
	size_t length = strlen(name);

	while (n) {
		size_t word = 0;

		while (word < n && !strchr(BLANKS "\n", words[word]))
			word++;
		if (word == length && strncmp(words, name, word) == 0)
			return true;
		word += word < n;
		words += word;
		n -= word;
	}
	return false;
}

/* The words of @old (@n bytes, as they are) and the missing names. */
static bool put_words(struct v2v_text *out, const char *old, size_t n,
	const struct v2v_list *names)
{
	bool changed = false,
	     blank = n == 0 || strchr(BLANKS "\n(", old[n - 1]);

	v2v_text_add(out, old, n);
	v2v_list_foreach (char *, name, names) {
		if (has_word(old, n, *name))
			continue;
		v2v_text_addf(out, "%s%s", blank ? "" : " ", *name);
		blank = false;
		changed = true;
	}
	return changed;
}

/* The next KEY= that is a word of its own and not in a comment; NULL. */
static const char *find_key(const char *text, const char *from, const char *key)
{
	CLEANUP_FREE char *wanted = v2v_format("%s=", key);

	for (const char *s = from; (s = strstr(s, wanted)); s++) {
		const char *line = s;

		if (s > text && !strchr(BLANKS "\n;", s[-1]))
			continue;
		while (line > text && line[-1] != '\n')
			line--;
		if (line[strspn(line, BLANKS)] != '#')
			return s + strlen(wanted);
	}
	return NULL;
}

/* The value at *@s: rewritten to @out, *@s moves behind it. */
static bool put_value(
	struct v2v_text *out, const char **s, const struct v2v_list *names)
{
	static const char opens[] = "\"'(", closes[] = "\"')";
	const char *kind = **s ? strchr(opens, **s) : NULL;
	const char *end = kind ? strchr(*s + 1, closes[kind - opens]) : NULL;
	size_t n = strcspn(*s, BLANKS "\n;#");
	bool changed;

	if (kind && end) {
		v2v_text_add(out, *s, 1);
		changed = put_words(out, *s + 1, (size_t)(end - *s) - 1, names);
		*s = end;
		return changed;
	}
	v2v_text_addf(out, "\"");
	changed = put_words(out, *s, n, names);
	v2v_text_addf(out, "\"");
	*s += n;
	return changed;
}

static void append_variable(struct v2v_text *out, const char *text,
	const char *key, const struct v2v_list *names)
{
	put_all(out, text);
	v2v_text_addf(out, "%s=\"", key);
	put_words(out, "", 0, names);
	v2v_text_addf(out, "\"\n");
}

char *v2v_words_add_to(const char *text, const char *key, bool append,
	const struct v2v_list *names)
{
	struct v2v_text out CLEANUP_TEXT = { 0 };
	const char *done = text, *value;
	bool changed = false, found = false;

	while ((value = find_key(text, done, key))) {
		v2v_text_add(&out, done, (size_t)(value - done));
		changed |= put_value(&out, &value, names);
		done = value;
		found = true;
	}
	v2v_text_addf(&out, "%s", done);
	if (!found && append && names->count) {
		v2v_text_clear(&out);
		append_variable(&out, text, key, names);
		changed = true;
	}
	return changed ? v2v_text_take(&out) : NULL;
}

/* Behind the last line that loads a driver; NULL where none does. */
static const char *behind_insmods(const char *text)
{
	const char *found = NULL;

	while (*text) {
		const char *s = text + strspn(text, BLANKS);

		text += strcspn(text, "\n");
		text += *text == '\n';
		if (v2v_starts_with(s, "insmod /lib/"))
			found = text;
	}
	return found;
}

char *v2v_words_add_insmods(const char *text, const struct v2v_list *names)
{
	struct v2v_text out CLEANUP_TEXT = { 0 };
	const char *place = behind_insmods(text);
	bool changed = false;

	if (!place)
		return NULL;
	v2v_text_add(&out, text, (size_t)(place - text));
	v2v_list_foreach (char *, name, names) {
		CLEANUP_FREE char *line = v2v_format("insmod /lib/%s", *name);

		if (strstr(text, line))
			continue;
		v2v_text_addf(
			&out, "echo \"Loading %s module\"\n%s \n", *name, line);
		changed = true;
	}
	v2v_text_addf(&out, "%s", place);
	return changed ? v2v_text_take(&out) : NULL;
}
