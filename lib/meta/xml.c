/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An XML writer over libxml2's. */
#include "meta/xml.h"

#include <libxml/xmlwriter.h>
#include <stdarg.h>

struct v2v_xml {
	xmlBufferPtr buffer;
	xmlTextWriterPtr writer;
};

static const xmlChar *chars(const char *s)
{
	return (const xmlChar *)s;
}

struct v2v_xml *v2v_xml_new(void)
{
	struct v2v_xml *xml = v2v_alloc(1, sizeof *xml);

	xml->buffer = xmlBufferCreate();
	xml->writer =
		xml->buffer ? xmlNewTextWriterMemory(xml->buffer, 0) : NULL;
	if (!xml->writer)
		abort();
	xmlTextWriterSetIndent(xml->writer, 1);
	xmlTextWriterSetIndentString(xml->writer, chars("  "));
	return xml;
}

void v2v_xml_free(struct v2v_xml *xml)
{
	if (!xml)
		return;
	xmlFreeTextWriter(xml->writer);
	xmlBufferFree(xml->buffer);
	free(xml);
}

/* The length of the character at @text if XML 1.0 cannot hold it (section 2.2:
 * C0 but for tab and newlines, U+FFFE, U+FFFF), else 0. */
static size_t unheld(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	if (s[0] && s[0] < 0x20 && !strchr("\t\n\r", s[0]))
		return 1;
	if (s[0] == 0xef && s[1] == 0xbf && (s[2] == 0xbe || s[2] == 0xbf))
		return 3;
	return 0;
}

bool v2v_xml_holds(const char *text)
{
	const char *s = text;

	while (*s && !unheld(s))
		s++;
	return !*s && xmlCheckUTF8(chars(text));
}

static char *masked(const char *text)
{
	CLEANUP_TEXT struct v2v_text out = { 0 };

	while (*text) {
		size_t n = unheld(text);

		v2v_text_add(&out, n ? "_" : text, 1);
		text += n ? n : 1;
	}
	return v2v_text_take(&out);
}

/* @words: the element's name, then the pairs. */
void v2v_xml_open_with(struct v2v_xml *xml, const char *const *words)
{
	xmlTextWriterStartElement(xml->writer, chars(*words));
	for (words++; *words; words += 2) {
		CLEANUP_FREE char *text = words[1] ? masked(words[1]) : NULL;

		if (text)
			xmlTextWriterWriteAttribute(
				xml->writer, chars(words[0]), chars(text));
	}
}

void v2v_xml_close(struct v2v_xml *xml)
{
	xmlTextWriterEndElement(xml->writer);
}

void v2v_xml_empty_with(struct v2v_xml *xml, const char *const *words)
{
	v2v_xml_open_with(xml, words);
	v2v_xml_close(xml);
}

V2V_PRINTF(1, 0)
static char *format(const char *fmt, va_list args)
{
	CLEANUP_FREE char *text = NULL;

	if (vasprintf(&text, fmt, args) < 0)
		abort();
	return masked(text);
}

void v2v_xml_text(struct v2v_xml *xml, const char *name, const char *fmt, ...)
{
	CLEANUP_FREE char *text = NULL;
	va_list args;

	va_start(args, fmt);
	text = format(fmt, args);
	va_end(args);
	xmlTextWriterWriteElement(xml->writer, chars(name), chars(text));
}

void v2v_xml_content(struct v2v_xml *xml, const char *text)
{
	CLEANUP_FREE char *safe = masked(text);

	xmlTextWriterWriteString(xml->writer, chars(safe));
}

void v2v_xml_comment(struct v2v_xml *xml, const char *fmt, ...)
{
	CLEANUP_TEXT struct v2v_text out = { 0 };
	CLEANUP_FREE char *text = NULL, *safe = NULL;
	va_list args;

	va_start(args, fmt);
	text = format(fmt, args);
	va_end(args);
	v2v_text_add(&out, " ", 1);
	for (const char *s = text; *s; s++) {
		v2v_text_add(&out, s, 1);
		if (s[0] == '-' && s[1] == '-')
			v2v_text_add(&out, " ", 1);
	}
	v2v_text_add(&out, " ", 1);
	safe = v2v_text_take(&out);
	xmlTextWriterWriteComment(xml->writer, chars(safe));
}

char *v2v_xml_take(struct v2v_xml *xml)
{
	xmlTextWriterEndDocument(xml->writer);
	xmlTextWriterFlush(xml->writer);
	return v2v_strdup((const char *)xml->buffer->content);
}
