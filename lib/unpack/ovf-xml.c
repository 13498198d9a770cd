/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Walking an OVF's tree. */
#include "unpack/ovf-private.h"

#include <ctype.h>

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

xmlNode *v2v_ovf_child(const xmlNode *parent, const char *name)
{
	return parent ? first_from(parent->children, name) : NULL;
}

xmlNode *v2v_ovf_next(const xmlNode *node, const char *name)
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

char *v2v_ovf_child_text(const xmlNode *parent, const char *name)
{
	const xmlNode *node = v2v_ovf_child(parent, name);

	return node ? trimmed(xmlNodeGetContent(node)) : NULL;
}

char *v2v_ovf_attribute(const xmlNode *node, const char *name)
{
	for (xmlAttr *a = node->properties; a; a = a->next)
		if (strcmp((const char *)a->name, name) == 0)
			return trimmed(xmlNodeGetContent((const xmlNode *)a));
	return NULL;
}

bool v2v_ovf_is_true(const char *text)
{
	return text &&
	       (strcasecmp(text, "true") == 0 || strcmp(text, "1") == 0);
}

const char *v2v_ovf_resource(const char *resource, const char *kind)
{
	CLEANUP_FREE char *mark = v2v_format("/%s/", kind);
	const char *found = resource ? strcasestr(resource, mark) : NULL;

	if (!found)
		return NULL;
	found += strlen(mark);
	return found + strspn(found, " \t\r\n");
}

/* ExtraConfig is the same with a free key; Config comes first. */
char *v2v_ovf_config(const xmlNode *parent, const char *key)
{
	static const char *const names[] = { "Config", "ExtraConfig" };

	for (size_t i = 0; i < 2; i++)
		for (xmlNode *n = v2v_ovf_child(parent, names[i]); n;
			n = v2v_ovf_next(n, names[i])) {
			CLEANUP_FREE char *name = v2v_ovf_attribute(n, "key");

			if (name && strcasecmp(name, key) == 0)
				return v2v_ovf_attribute(n, "value");
		}
	return NULL;
}
