/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading untrusted XML. */
#include "core/xml-read.h"

#include <ctype.h>
#include <libxml/parser.h>
#include <limits.h>

static void ignore(void *opaque, xmlError *error)
{
	(void)opaque;
	(void)error;
}

xmlDoc *v2v_xml_parse(const char *text, size_t size, const char *encoding)
{
	/* Of the thread: errors of the encoding are printed in spite of
	 * NOERROR. */
	xmlStructuredErrorFunc before = xmlStructuredError;
	void *context = xmlStructuredErrorContext;
	xmlDoc *doc;

	if (size > INT_MAX)
		return NULL;
	xmlSetStructuredErrorFunc(NULL, ignore);
	doc = xmlReadMemory(text, (int)size, "text", encoding,
		XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_NOERROR |
			XML_PARSE_NOWARNING | XML_PARSE_BIG_LINES);
	xmlSetStructuredErrorFunc(context, before);
	return doc;
}

bool v2v_xml_has_dtd(const xmlDoc *doc)
{
	return doc->intSubset || doc->extSubset;
}

static bool is_too_deep(const xmlNode *node, unsigned depth)
{
	if (depth > V2V_XML_MAX_DEPTH)
		return true;
	for (xmlNode *n = v2v_node_child(node, NULL); n;
		n = v2v_node_next(n, NULL))
		if (is_too_deep(n, depth + 1))
			return true;
	return false;
}

bool v2v_xml_is_too_deep(const xmlDoc *doc)
{
	return is_too_deep(xmlDocGetRootElement(doc), 0);
}

/* Behind an XML declaration, which may only come first. */
static const char *behind_declaration(const char *text)
{
	const char *s = text + strspn(text, " \t\r\n");
	const char *end = v2v_starts_with(s, "<?xml ") ? strstr(s, "?>") : NULL;

	return end ? end + strlen("?>") : text;
}

xmlDoc *v2v_xml_parse_fragment(const char *text)
{
	CLEANUP_FREE char *whole =
		v2v_format("<root>%s</root>", behind_declaration(text));
	CLEANUP_XML_DOC xmlDoc *doc = NULL;

	if (v2v_xml_is_overloaded(whole, strlen(whole)))
		return NULL;
	doc = v2v_xml_parse(whole, strlen(whole), NULL);
	if (!doc || v2v_xml_has_dtd(doc) || v2v_xml_is_too_deep(doc))
		return NULL;
	return v2v_take(doc);
}

static bool is_element(const xmlNode *node, const char *name)
{
	return node->type == XML_ELEMENT_NODE &&
	       (!name || strcmp((const char *)node->name, name) == 0);
}

static xmlNode *first_from(xmlNode *node, const char *name)
{
	while (node && !is_element(node, name))
		node = node->next;
	return node;
}

xmlNode *v2v_node_child(const xmlNode *parent, const char *name)
{
	return parent ? first_from(parent->children, name) : NULL;
}

xmlNode *v2v_node_next(const xmlNode *node, const char *name)
{
	return first_from(node->next, name);
}

/* Takes libxml2's string over. */
static char *trimmed(xmlChar *raw)
{
	const char *s = (const char *)raw;
	size_t n;
	char *copy = NULL;

	if (!s)
		return NULL;
	s += strspn(s, " \t\r\n");
	n = strlen(s);
	while (n && isspace((unsigned char)s[n - 1]))
		n--;
	if (n)
		copy = v2v_strndup(s, n);
	xmlFree(raw);
	return copy;
}

char *v2v_node_text(const xmlNode *node)
{
	return node ? trimmed(xmlNodeGetContent(node)) : NULL;
}

char *v2v_node_child_text(const xmlNode *parent, const char *name)
{
	return v2v_node_text(v2v_node_child(parent, name));
}

char *v2v_node_attribute(const xmlNode *node, const char *name)
{
	for (xmlAttr *a = node->properties; a; a = a->next)
		if (strcmp((const char *)a->name, name) == 0)
			return trimmed(xmlNodeGetContent((const xmlNode *)a));
	return NULL;
}
