/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A machine's XML that is not OVF, read within the bounds of core/xml-read.h.
 */
#ifndef V2V_UNPACK_MACHINE_XML_H
#define V2V_UNPACK_MACHINE_XML_H

#include "core/error.h"
#include "core/xml-read.h"

#define V2V_MACHINE_XML_MAX (4 << 20) /* bytes */

/* Is that the root element's local name?  By the first @size bytes of a text,
 * behind declarations and comments. */
bool v2v_machine_xml_is(
	const unsigned char *start, size_t size, const char *name);

/* The document, the caller's; NULL where it is not well-formed, too large, has
 * a DTD or another root element than @name.  @what begins messages. */
xmlDoc *v2v_machine_xml(const char *what, const char *text, size_t size,
	const char *name, struct v2v_error *err);

/* The child at the end of a path such as "os/loader"; NULL. */
xmlNode *v2v_node_at(const xmlNode *parent, const char *path);

/* An attribute of it, the caller's; NULL. */
char *v2v_node_value(
	const xmlNode *parent, const char *path, const char *attribute);

/* Is an attribute there, with that value in any case? */
bool v2v_node_is(const xmlNode *node, const char *attribute, const char *value);

/* A decimal attribute; -1 where there is none, or none from 0 to INT32_MAX. */
int64_t v2v_node_number(const xmlNode *node, const char *attribute);
#endif
