/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writing XML, element by element; the only user of libxml2 for writing.  All
 * text is escaped; characters that XML cannot hold become '_'.
 */
#ifndef V2V_META_XML_H
#define V2V_META_XML_H

#include "core/error.h"

struct v2v_xml;

/* An empty text, indented by two; end it with v2v_xml_free() (NULL is fine). */
struct v2v_xml *v2v_xml_new(void);
void v2v_xml_free(struct v2v_xml *xml);
static inline void v2v_cleanup_xml(struct v2v_xml **xml)
{
	v2v_xml_free(*xml);
}
#define CLEANUP_XML __attribute__((cleanup(v2v_cleanup_xml)))

/* Open the element @name with pairs of attribute and value; a pair whose value
 * is NULL is left out. */
#define v2v_xml_open(xml, name, ...)                                           \
	v2v_xml_open_with(                                                     \
		xml, (const char *const[]){ name, ##__VA_ARGS__, NULL })
void v2v_xml_open_with(struct v2v_xml *xml, const char *const *words);
void v2v_xml_close(struct v2v_xml *xml);

/* The same, closed at once. */
#define v2v_xml_empty(xml, name, ...)                                          \
	v2v_xml_empty_with(                                                    \
		xml, (const char *const[]){ name, ##__VA_ARGS__, NULL })
void v2v_xml_empty_with(struct v2v_xml *xml, const char *const *words);

/* <name>text</name> */
void v2v_xml_text(struct v2v_xml *xml, const char *name, const char *fmt, ...)
	V2V_PRINTF(3, 4);

/* Text inside the element that is open. */
void v2v_xml_content(struct v2v_xml *xml, const char *text);

/* <!-- text -->; "--" in it becomes "- -". */
void v2v_xml_comment(struct v2v_xml *xml, const char *fmt, ...)
	V2V_PRINTF(2, 3);

/* Can XML hold this text as it is? */
bool v2v_xml_holds(const char *text);

/* All that was written, closed; the caller's to free. */
char *v2v_xml_take(struct v2v_xml *xml);
#endif
