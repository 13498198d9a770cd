/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* XML of machines: which one it is, and values in it. */
#include "unpack/machine-xml.h"

/* Behind @end, where it is within @size bytes. */
static size_t skip_to(const char *s, size_t size, size_t begin, const char *end)
{
	const char *found =
		begin < size ? memmem(s + begin, size - begin, end, strlen(end))
			     : NULL;

	return found ? (size_t)(found - s) + strlen(end) : size;
}

static bool begins(const char *s, size_t size, const char *with)
{
	return size >= strlen(with) && memcmp(s, with, strlen(with)) == 0;
}

static size_t skip_prolog(const char *s, size_t size)
{
	size_t i = begins(s, size, "\xef\xbb\xbf") ? 3 : 0, before = size + 1;

	while (i < size && i != before) {
		before = i;
		while (i < size && s[i] && strchr(" \t\r\n", s[i]))
			i++;
		if (begins(s + i, size - i, "<?"))
			i = skip_to(s, size, i, "?>");
		else if (begins(s + i, size - i, "<!--"))
			i = skip_to(s, size, i + 4, "-->");
	}
	return i;
}

bool v2v_machine_xml_is(
	const unsigned char *start, size_t size, const char *name)
{
	const char *s = (const char *)start;
	size_t i = skip_prolog(s, size), n = strlen(name), k;

	if (i >= size || s[i++] != '<')
		return false;
	for (k = i; k < size && s[k] && !strchr(" \t\r\n/>:", s[k]);)
		k++;
	if (k < size && s[k] == ':')
		i = k + 1;
	return size - i > n && memcmp(s + i, name, n) == 0 && s[i + n] &&
	       strchr(" \t\r\n/>", s[i + n]);
}

static xmlDoc *fail(struct v2v_error *err, const char *what, const char *why)
{
	v2v_fail(err, "descriptor-syntax", "%s: %s", what, why);
	return NULL;
}

xmlDoc *v2v_machine_xml(const char *what, const char *text, size_t size,
	const char *name, struct v2v_error *err)
{
	CLEANUP_XML_DOC xmlDoc *doc = NULL;
	const xmlNode *root;

	if (size > V2V_MACHINE_XML_MAX || v2v_xml_is_overloaded(text, size)) {
		v2v_fail(err, "descriptor-limit",
			"%s: too large, or too many attributes", what);
		return NULL;
	}
	doc = v2v_xml_parse(text, size, NULL);
	if (!doc) {
		const xmlError *why = xmlGetLastError();

		v2v_fail(err, "descriptor-syntax",
			"%s line %d: not well-formed XML", what,
			why ? why->line : 0);
		return NULL;
	}
	if (v2v_xml_has_dtd(doc))
		return fail(err, what, "a DTD is refused");
	root = xmlDocGetRootElement(doc);
	if (!root || strcmp((const char *)root->name, name) != 0)
		return fail(err, what, "unexpected root element");
	if (v2v_xml_is_too_deep(doc))
		return fail(err, what, "elements are nested too deep");
	return v2v_take(doc);
}

xmlNode *v2v_node_at(const xmlNode *parent, const char *path)
{
	xmlNode *node = NULL;

	while (parent && *path) {
		size_t n = strcspn(path, "/");
		CLEANUP_FREE char *name = v2v_strndup(path, n);

		parent = node = v2v_node_child(parent, name);
		path += n + (path[n] == '/');
	}
	return parent ? node : NULL;
}

char *v2v_node_value(
	const xmlNode *parent, const char *path, const char *attribute)
{
	const xmlNode *node = *path ? v2v_node_at(parent, path) : parent;

	return node ? v2v_node_attribute(node, attribute) : NULL;
}

bool v2v_node_is(const xmlNode *node, const char *attribute, const char *value)
{
	CLEANUP_FREE char *text =
		node ? v2v_node_attribute(node, attribute) : NULL;

	return text && strcasecmp(text, value) == 0;
}

int64_t v2v_node_number(const xmlNode *node, const char *attribute)
{
	CLEANUP_FREE char *text =
		node ? v2v_node_attribute(node, attribute) : NULL;
	int64_t n = -1;

	return text && v2v_parse_i64(text, &n) && n >= 0 && n <= INT32_MAX ? n
									   : -1;
}
