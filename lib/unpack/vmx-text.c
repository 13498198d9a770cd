/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The text of a VMX. */
#include "core/names.h"
#include "image/encoding.h"
#include "unpack/vmx.h"

#include <ctype.h>
#include <stdarg.h>

/* One line in its parts, all within the text. */
struct line {
	const char *key, *value;
	size_t key_size, value_size;
	bool is_setting; /* else blank, or a comment */
};

static bool is_key(char c)
{
	return isalnum((unsigned char)c) || strchr("._:-", c);
}

static size_t count_blanks(const char *s, size_t size)
{
	size_t n = 0;

	while (n < size && (s[n] == ' ' || s[n] == '\t'))
		n++;
	return n;
}

/* Behind a value only a comment may follow. */
static bool is_rest_empty(const char *s, size_t size)
{
	size_t n = count_blanks(s, size);

	return n == size || s[n] == '#';
}

/* Quoted values have no quotes in them: those are "|22". */
static bool parse_value(const char *s, size_t size, struct line *line)
{
	const char *end;

	if (size && *s == '"') {
		end = memchr(s + 1, '"', size - 1);
		if (!end)
			return false;
		line->value = s + 1;
		line->value_size = (size_t)(end - line->value);
		end++;
		return is_rest_empty(end, size - (size_t)(end - s));
	}
	end = memchr(s, '#', size);
	line->value = s;
	line->value_size = end ? (size_t)(end - s) : size;
	while (line->value_size &&
		count_blanks(s + line->value_size - 1, 1) == 1)
		line->value_size--;
	return true;
}

/* False where it is not of that form. */
static bool parse_line(const char *s, size_t size, struct line *line)
{
	size_t n = count_blanks(s, size);

	*line = (struct line){ .is_setting = false };
	s += n;
	size -= n;
	if (!size || *s == '#')
		return true;
	line->is_setting = true;
	line->key = s;
	while (line->key_size < size && s[line->key_size] &&
		is_key(s[line->key_size]))
		line->key_size++;
	n = line->key_size;
	n += count_blanks(s + n, size - n);
	if (!line->key_size || line->key_size > V2V_VMX_MAX_KEY || n == size ||
		s[n] != '=')
		return false;
	n++;
	n += count_blanks(s + n, size - n);
	return parse_value(s + n, size - n, line);
}

/* The next line's size, without its end; *@text moves behind that. */
static size_t next_line(const char **text, size_t *size)
{
	const char *s = *text;
	size_t n = 0, end;

	while (n < *size && s[n] != '\n' && s[n] != '\r')
		n++;
	end = n;
	if (end < *size)
		end += end + 1 < *size && s[end] == '\r' && s[end + 1] == '\n'
			       ? 2
			       : 1;
	*text += end;
	*size -= end;
	return n;
}

static char *lower_key(const struct line *line)
{
	char *key = v2v_strndup(line->key, line->key_size);

	for (char *s = key; *s; s++)
		*s = (char)tolower((unsigned char)*s);
	return key;
}

/* Keys that a machine's settings have, and near their beginning. */
static bool is_telling(const char *key)
{
	static const char *const keys[] = { ".encoding", "config.version",
		"virtualhw.version", "displayname", "guestos", "memsize",
		"numvcpus", "annotation" };

	return v2v_is_one_of(key, keys) || v2v_ends_with(key, ".present");
}

/* Keys of VMware's other texts: a VMDK's descriptor, a list of snapshots. */
static bool is_another(const char *key)
{
	static const char *const keys[] = { "version", "cid", "createtype",
		"parentcid" };

	return v2v_is_one_of(key, keys) || v2v_starts_with(key, "snapshot");
}

static bool looks_like_one(const char *s, size_t size)
{
	bool is_told = false;

	while (size) {
		const char *start = s;
		size_t n = next_line(&s, &size);
		CLEANUP_FREE char *key = NULL;
		struct line line;

		/* The last one may be cut off. */
		if (!parse_line(start, n, &line))
			return is_told && !size;
		if (!line.is_setting)
			continue;
		key = lower_key(&line);
		if (is_another(key))
			return false;
		is_told |= is_telling(key);
	}
	return is_told;
}

/* Without a byte order mark, and UTF-16 as UTF-8: then in *@decoded. */
static void begin(const char **text, size_t *size, struct v2v_text *decoded)
{
	const char *utf16 = v2v_encoding_of_text(*text, *size);

	if (utf16 && v2v_encoding_decode(
			     *text, *size & ~(size_t)1, utf16, decoded)) {
		*text = decoded->data;
		*size = decoded->length;
	}
	if (*size >= 3 && memcmp(*text, "\xef\xbb\xbf", 3) == 0) {
		*text += 3;
		*size -= 3;
	}
}

bool v2v_vmx_is_one(const unsigned char *start, size_t size)
{
	struct v2v_text decoded CLEANUP_TEXT = { 0 };
	const char *text = (const char *)start;

	/* Shorter starts are filled up with zeros. */
	while (size && !start[size - 1])
		size--;
	begin(&text, &size, &decoded);
	return looks_like_one(text, size);
}

/* "|7C" is '|'; "|00" and what is not hexadecimal stay as they are. */
static void unescape(const char *s, size_t size, struct v2v_text *out)
{
	for (size_t i = 0; i < size; i++) {
		char digits[3] = { 0 };
		char byte = 0;

		if (s[i] == '|' && size - i > 2 &&
			isxdigit((unsigned char)s[i + 1]) &&
			isxdigit((unsigned char)s[i + 2])) {
			digits[0] = s[i + 1];
			digits[1] = s[i + 2];
			byte = (char)strtoul(digits, NULL, 16);
		}
		if (byte)
			i += 2;
		else
			byte = s[i];
		v2v_text_add(out, &byte, 1);
	}
}

struct reading {
	const char *encoding; /* iconv's name; NULL: one that is not known */
	const char *fallback; /* that was taken for some value; NULL */
	struct v2v_names doubled;
	json_t *settings;
};

/* As stated, else UTF-8, else what Windows wrote; of the latter each byte is
 * some letter, or at worst ISO-8859-1's. */
static json_t *decode(struct reading *r, const struct v2v_text *bytes)
{
	const char *const encodings[] = { r->encoding, "UTF-8", "CP1252",
		"ISO-8859-1" };

	for (size_t i = 0; i < ARRAY_SIZE(encodings); i++) {
		struct v2v_text utf8 CLEANUP_TEXT = { 0 };
		json_t *value = NULL;

		if (encodings[i] && v2v_encoding_decode(bytes->data,
					    bytes->length, encodings[i], &utf8))
			value = json_string(utf8.data ? utf8.data : "");
		if (!value)
			continue;
		if (i > 0)
			r->fallback = encodings[i];
		return value;
	}
	return json_string("");
}

static void add_setting(struct reading *r, const struct line *line)
{
	struct v2v_text bytes CLEANUP_TEXT = { 0 };
	CLEANUP_FREE char *key = lower_key(line);
	const json_t *before = json_object_get(r->settings, key);
	json_t *value;

	v2v_text_add(&bytes, "", 0);
	unescape(line->value, line->value_size, &bytes);
	value = decode(r, &bytes);
	if (before && !json_equal(before, value))
		v2v_names_add(&r->doubled, key);
	json_object_set_new(r->settings, key, value);
}

static int read_lines(
	struct reading *r, const char *s, size_t size, struct v2v_error *err)
{
	for (unsigned number = 1; size; number++) {
		const char *start = s;
		size_t n = next_line(&s, &size);
		struct line line;

		if (number > V2V_VMX_MAX_LINES)
			return v2v_fail(err, "descriptor-limit",
				"VMX: more than %d lines", V2V_VMX_MAX_LINES);
		if (memchr(start, '\0', n) || !parse_line(start, n, &line))
			return v2v_fail(err, "descriptor-syntax",
				"VMX line %u: not of the form key = \"value\"",
				number);
		if (line.is_setting)
			add_setting(r, &line);
	}
	return 0;
}

/* It may be on any line, though VMware writes it first; "UTF-8" without. */
static char *stated_encoding(const char *s, size_t size)
{
	while (size) {
		const char *start = s;
		size_t n = next_line(&s, &size);
		CLEANUP_FREE char *key = NULL;
		struct line line;

		if (!parse_line(start, n, &line) || !line.is_setting)
			continue;
		key = lower_key(&line);
		if (strcmp(key, ".encoding") == 0)
			return v2v_strndup(line.value, line.value_size);
	}
	return v2v_strdup("UTF-8");
}

static void tell(struct v2v *v, struct reading *r, const char *stated)
{
	if (r->doubled.count)
		v2v_warn(v, "descriptor-duplicate",
			"VMX: several values of %s; the last one counts",
			v2v_names_text(&r->doubled));
	if (r->fallback)
		v2v_warn(v, "descriptor-encoding",
			"VMX: values are not in the encoding '%s' that it "
			"states; read as %s",
			stated, r->fallback);
}

json_t *v2v_vmx_parse(
	struct v2v *v, const char *text, size_t size, struct v2v_error *err)
{
	struct v2v_text decoded CLEANUP_TEXT = { 0 };
	CLEANUP_FREE char *stated = NULL;
	struct reading r = { .settings = NULL };

	if (size > V2V_VMX_MAX) {
		v2v_fail(err, "descriptor-limit",
			"VMX: it is larger than %d bytes", V2V_VMX_MAX);
		return NULL;
	}
	begin(&text, &size, &decoded);
	stated = stated_encoding(text, size);
	r.encoding = decoded.length ? "UTF-8" : v2v_encoding_known(stated);
	r.settings = json_object();
	if (read_lines(&r, text, size, err) < 0) {
		json_decref(r.settings);
		r.settings = NULL;
	} else {
		tell(v, &r, stated);
	}
	v2v_names_clear(&r.doubled);
	return r.settings;
}

const char *v2v_vmx_get(const json_t *vmx, const char *fmt, ...)
{
	char key[V2V_VMX_MAX_KEY + 1];
	va_list args;

	va_start(args, fmt);
	vsnprintf(key, sizeof key, fmt, args);
	va_end(args);
	return json_string_value(json_object_get(vmx, key));
}

bool v2v_vmx_is_true(const char *value)
{
	return value && (strcasecmp(value, "true") == 0 ||
				strcasecmp(value, "yes") == 0 ||
				strcmp(value, "1") == 0);
}
