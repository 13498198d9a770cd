/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values in an OVF's tree. */
#include "unpack/ovf-private.h"

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
		for (xmlNode *n = v2v_node_child(parent, names[i]); n;
			n = v2v_node_next(n, names[i])) {
			CLEANUP_FREE char *name = v2v_node_attribute(n, "key");

			if (name && strcasecmp(name, key) == 0)
				return v2v_node_attribute(n, "value");
		}
	return NULL;
}
