/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* booster's lists of modules: YAML as Go's encoder writes it, block style, the
 * top level's keys at the beginning of their lines. */
#include "initrd/words.h"

#define BLANKS " \t"

/* Behind the line "KEY:", or NULL. */
static const char *behind_key(const char *text, const char *key)
{
	size_t n = strlen(key);

	for (const char *s = text; (s = strstr(s, key)); s++) {
		if ((s > text && s[-1] != '\n') || s[n] != ':')
			continue;
		s += n + 1;
		s += strspn(s, BLANKS);
		return *s == '\n' ? s + 1 : NULL;
	}
	return NULL;
}

/* Is the name, with @end behind it, a line of the block at @s? */
static bool block_has(const char *s, const char *name, char end)
{
	size_t n = strlen(name);

	while (*s == ' ' || *s == '-') {
		s += strspn(s, " -");
		if (strncmp(s, name, n) == 0 && s[n] == end)
			return true;
		s += strcspn(s, "\n");
		s += *s == '\n';
	}
	return false;
}

static void put_list(struct v2v_text *out, const char *indent,
	const struct v2v_list *names, const char *block)
{
	v2v_list_foreach (char *, name, names)
		if (!block || !block_has(block, *name, '\n'))
			v2v_text_addf(out, "%s- %s\n", indent, *name);
}

static void put_text(struct v2v_text *out, const char *text)
{
	size_t n = strlen(text);

	v2v_text_add(out, text, n);
	if (n && text[n - 1] != '\n')
		v2v_text_addf(out, "\n");
}

char *v2v_words_add_forced(const char *text, const struct v2v_list *names)
{
	static const char key[] = "modulesforceload";
	struct v2v_text out CLEANUP_TEXT = { 0 };
	const char *block = behind_key(text, key);
	CLEANUP_FREE char *indent =
		block ? v2v_strndup(block, strspn(block, " ")) : NULL;
	size_t before;

	if (!block) {
		put_text(&out, text);
		v2v_text_addf(&out, "%s:\n", key);
	} else {
		v2v_text_add(&out, text, (size_t)(block - text));
	}
	before = out.length;
	put_list(&out, indent ? indent : "", names, block);
	if (out.length == before)
		return NULL;
	if (block)
		v2v_text_addf(&out, "%s", block);
	return v2v_text_take(&out);
}

char *v2v_words_add_needs(
	const char *text, const char *name, const struct v2v_list *needs)
{
	static const char key[] = "moduledependencies";
	struct v2v_text out CLEANUP_TEXT = { 0 };
	const char *block = behind_key(text, key);
	size_t n = block ? strspn(block, " ") : 0;
	CLEANUP_FREE char *indent = v2v_strndup(n ? block : "  ", n ? n : 2);

	if (needs->count == 0 || (block && block_has(block, name, ':')))
		return NULL;
	if (!block) {
		put_text(&out, text);
		v2v_text_addf(&out, "%s:\n", key);
	} else {
		v2v_text_add(&out, text, (size_t)(block - text));
	}
	v2v_text_addf(&out, "%s%s:\n", indent, name);
	put_list(&out, indent, needs, NULL);
	if (block)
		v2v_text_addf(&out, "%s", block);
	return v2v_text_take(&out);
}

/* Is @name one of the value's words? */
static bool value_has(const char *value, size_t n, const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0, word; i < n; i += word + 1) {
		i += strspn(value + i, BLANKS);
		word = strcspn(value + i, BLANKS ",\n\"'#");
		if (word == length && strncmp(value + i, name, word) == 0)
			return true;
	}
	return false;
}

/* The key's value: @ret_length bytes, without the quote that ends it.  NULL
 * where there is no such line. */
static const char *find_value(
	const char *text, const char *key, size_t *ret_length)
{
	CLEANUP_FREE char *wanted = v2v_format("%s:", key);
	const char *s = text;
	size_t n;

	while ((s = strstr(s, wanted)) && s > text && s[-1] != '\n')
		s++;
	if (!s)
		return NULL;
	s += strlen(wanted);
	n = strcspn(s, "\n#");
	while (n && strchr(BLANKS, s[n - 1]))
		n--;
	if (n > 1 && strchr("\"'", s[n - 1]))
		n--;
	*ret_length = n;
	return s;
}

char *v2v_words_add_yaml(
	const char *text, const char *key, const struct v2v_list *names)
{
	struct v2v_text out CLEANUP_TEXT = { 0 };
	size_t n = 0;
	const char *value = find_value(text, key, &n);
	bool changed = false, first = strspn(value ? value : "", " \"'") >= n;

	if (value)
		v2v_text_add(&out, text, (size_t)(value - text) + n);
	else
		put_text(&out, text);
	if (!value)
		v2v_text_addf(&out, "%s: ", key);
	else if (n == 0)
		v2v_text_addf(&out, " ");
	v2v_list_foreach (char *, name, names) {
		if (value && value_has(value, n, *name))
			continue;
		v2v_text_addf(&out, "%s%s", first ? "" : ",", *name);
		first = false;
		changed = true;
	}
	v2v_text_addf(&out, "%s", value ? value + n : "\n");
	return changed ? v2v_text_take(&out) : NULL;
}
