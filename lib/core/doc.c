/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading and writing the stream of documents. */
#include "core/doc.h"

#include <ctype.h>
#include <errno.h>

/* A document that no machine needs; a limit against endless input. */
#define MAX_DOCUMENT (64 << 20)
/* Each takes some 50 bytes of memory, and two in the text. */
#define MAX_VALUES	  (2 << 20)
#define MAX_NUMBER_DIGITS 17

struct source {
	FILE *in;
	size_t taken, commas;
	bool too_long, interrupted;
};

/* One signal in the middle of a document waits for its end: what comes behind
 * it is found by nobody else.  The second ends it. */
static int next_byte(struct source *source)
{
	int c = getc(source->in);

	if (c != EOF || source->interrupted || !ferror(source->in) ||
		errno != EINTR)
		return c;
	source->interrupted = true;
	clearerr(source->in);
	return getc(source->in);
}

/* One byte at a time, so that nothing behind the document is consumed. */
static size_t read_byte(void *buffer, size_t length, void *opaque)
{
	struct source *source = opaque;
	int c;

	if (length == 0)
		return 0;
	if (++source->taken > MAX_DOCUMENT || source->commas > MAX_VALUES) {
		source->too_long = true;
		return (size_t)-1;
	}
	c = next_byte(source);
	if (c == EOF)
		return ferror(source->in) ? (size_t)-1 : 0;
	source->commas += c == ',';
	*(char *)buffer = (char)c;
	return 1;
}

static int check_version(const json_t *doc, struct v2v_error *err)
{
	const json_t *version = json_object_get(doc, "v2v");

	if (!json_is_object(doc))
		return v2v_fail(
			err, "document-shape", "document: expected an object");
	if (!version)
		return v2v_fail(err, "document-shape",
			"document: no member 'v2v', so no v2v document");
	if (!json_is_integer(version) || json_integer_value(version) < 1)
		return v2v_fail(err, "document-shape",
			"document: v2v: expected a format version");
	if (json_integer_value(version) > V2V_DOCUMENT_VERSION)
		return v2v_fail(err, "document-version",
			"document: format version %lld is newer than this "
			"program understands (%d)",
			(long long)json_integer_value(version),
			V2V_DOCUMENT_VERSION);
	return 0;
}

/* Skip white space; false at the end of the stream. */
static bool more(FILE *in)
{
	int c;

	do
		c = getc(in);
	while (c != EOF && isspace(c));
	return c != EOF && ungetc(c, in) != EOF;
}

int v2v_doc_read(FILE *in, json_t **ret_doc, struct v2v_error *err)
{
	struct source source = { .in = in };
	json_auto_t *doc = NULL;
	json_error_t json_error;

	if (!more(in))
		return ferror(in) ? v2v_fail_errno(err, "document") : 0;
	doc = json_load_callback(read_byte, &source,
		JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK |
			JSON_ALLOW_NUL,
		&json_error);
	if (source.too_long)
		return v2v_fail(err, "document-too-long",
			"document: longer than %d bytes, or of more than %d "
			"values",
			MAX_DOCUMENT, MAX_VALUES);
	if (!doc)
		return v2v_fail(err, "document-broken", "document:%d:%d: %s",
			json_error.line, json_error.column, json_error.text);
	if (check_version(doc, err) < 0)
		return -1;
	*ret_doc = v2v_take(doc);
	return 1;
}

/* C0 jansson escapes itself. */
static bool is_control(const char *s)
{
	const unsigned char *u = (const unsigned char *)s;

	return u[0] == 0x7f || (u[0] == 0xc2 && u[1] >= 0x80 && u[1] < 0xa0);
}

/* DEL and C1 (RFC 8259 §7 leaves them as they are), which a terminal acts on,
 * as escapes, which mean the same.  They occur in strings only. */
static int write_text(FILE *out, const char *text)
{
	while (*text) {
		size_t n = 0;

		while (text[n] && !is_control(text + n))
			n++;
		if (fwrite(text, 1, n, out) != n)
			return -1;
		text += n;
		if (!*text)
			break;
		n = *text == 0x7f ? 1 : 2;
		if (fprintf(out, "\\u%04x", (unsigned char)text[n - 1]) < 0)
			return -1;
		text += n;
	}
	return fputc('\n', out) == EOF || fflush(out) != 0 ? -1 : 0;
}

int v2v_doc_write(
	FILE *out, const json_t *doc, bool pretty, struct v2v_error *err)
{
	size_t flags = pretty ? JSON_INDENT(2) : JSON_COMPACT;
	CLEANUP_FREE char *text =
		json_dumps(doc, flags | JSON_REAL_PRECISION(MAX_NUMBER_DIGITS));

	if (!text)
		return v2v_fail(err, "document-broken",
			"document: cannot be written as JSON");
	if (write_text(out, text) < 0)
		return v2v_fail_errno(err, "cannot write the document");
	return 0;
}

json_t *v2v_doc_new(void)
{
	return json_pack("{s:i, s:n, s:n, s:[]}", "v2v", V2V_DOCUMENT_VERSION,
		"workdir", "workdir_id", "warnings");
}

bool v2v_doc_has(const json_t *doc, const char *name)
{
	const json_t *section = json_object_get(doc, name);

	return section && !json_is_null(section);
}

json_t *v2v_doc_section(const json_t *doc, const char *name, const char *hint,
	struct v2v_error *err)
{
	if (!v2v_doc_has(doc, name)) {
		v2v_fail(err, "section-missing",
			"document: no section '%s'; %s makes it", name, hint);
		return NULL;
	}
	return json_object_get(doc, name);
}

const char *v2v_doc_string(const json_t *doc, const char *name)
{
	return json_string_value(json_object_get(doc, name));
}
