/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Untrusted XML, read by libxml2 within bounds: no network, no DTD, so no
 * entities, no XInclude, and nothing is printed.  meta/xml.h writes XML.
 */
#ifndef V2V_CORE_XML_READ_H
#define V2V_CORE_XML_READ_H

#include "core/mem.h"

#include <libxml/tree.h>

#define V2V_XML_MAX_DEPTH 256

/* A document, the caller's; NULL where it is not well-formed, for
 * xmlGetLastError() to say why.  @encoding NULL: what the text states.  The
 * bounds below are for the caller to check. */
xmlDoc *v2v_xml_parse(const char *text, size_t size, const char *encoding);

/* Before parsing: has an element more attributes than anybody writes?  libxml2
 * takes the square of their number. */
bool v2v_xml_is_overloaded(const char *text, size_t size);

/* Behind parsing: has it a DTD; is it nested deeper than V2V_XML_MAX_DEPTH? */
bool v2v_xml_has_dtd(const xmlDoc *doc);
bool v2v_xml_is_too_deep(const xmlDoc *doc);

/* A text of several elements side by side, as children of the root; all bounds
 * are checked.  The caller's; NULL where it is not such a text. */
xmlDoc *v2v_xml_parse_fragment(const char *text);

static inline void v2v_cleanup_xml_doc(xmlDoc **doc)
{
	xmlFreeDoc(*doc);
}
#define CLEANUP_XML_DOC __attribute__((cleanup(v2v_cleanup_xml_doc)))

/* The first child, or the next sibling, that is an element of that local name;
 * NULL @name: any element.  Of an undeclared namespace the prefix belongs to
 * the name. */
xmlNode *v2v_node_child(const xmlNode *parent, const char *name);
xmlNode *v2v_node_next(const xmlNode *node, const char *name);

/* The text in an element / the value of an attribute of any namespace, trimmed;
 * the caller's, NULL where there is none (an empty one too). */
char *v2v_node_text(const xmlNode *node);
char *v2v_node_child_text(const xmlNode *parent, const char *name);
char *v2v_node_attribute(const xmlNode *node, const char *name);
#endif
