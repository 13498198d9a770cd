/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An OVF's text into a tree in which every dialect has the names of OVF 1.x. */
#include "unpack/ovf-private.h"

#include <limits.h>

static bool is_bad_encoding(const xmlError *why)
{
	return why && (why->code == XML_ERR_INVALID_CHAR ||
			      why->code == XML_ERR_INVALID_ENCODING ||
			      why->code == XML_I18N_CONV_FAILED);
}

/* A parse error's context would show the file's content: only its line is
 * told.  Exporters that write the system's encoding say UTF-8 nevertheless. */
static xmlDoc *read_text(
	struct v2v *v, const char *text, size_t size, struct v2v_error *err)
{
	static const char *const encodings[] = { "UTF-8", "ISO-8859-1" };
	xmlDoc *doc = v2v_xml_parse(text, size, NULL);
	const xmlError *why = xmlGetLastError();

	for (size_t i = 0; i < 2 && !doc && is_bad_encoding(why); i++) {
		doc = v2v_xml_parse(text, size, encodings[i]);
		if (doc)
			v2v_warn(v, "ovf-encoding",
				"OVF: it is not in the encoding that it "
				"states; read as %s",
				encodings[i]);
		why = xmlGetLastError();
	}
	if (!doc)
		v2v_fail(err, "ovf-xml", "OVF line %d: not well-formed XML",
			why ? why->line : 0);
	return doc;
}

int v2v_ovf_parse(struct v2v *v, const char *text, size_t size,
	struct v2v_ovf_tree *tree, struct v2v_error *err)
{
	xmlNode *root;

	if (size > INT_MAX)
		return v2v_fail(err, "ovf-limit", "OVF: too large");
	if (v2v_xml_is_overloaded(text, size))
		return v2v_fail(err, "ovf-limit",
			"OVF: an element has too many attributes");
	tree->doc = read_text(v, text, size, err);
	if (!tree->doc)
		return -1;
	if (v2v_xml_has_dtd(tree->doc))
		return v2v_fail(err, "ovf-xml", "OVF: a DTD is refused");
	root = xmlDocGetRootElement(tree->doc);
	if (!root || strcmp((const char *)root->name, "Envelope") != 0)
		return v2v_fail(err, "ovf-xml",
			"OVF: the root element is not an Envelope");
	if (v2v_xml_is_too_deep(tree->doc))
		return v2v_fail(err, "ovf-xml",
			"OVF: elements are nested deeper than %d",
			V2V_XML_MAX_DEPTH);
	v2v_ovf_normalise(root);
	tree->envelope = root;
	return 0;
}

/* What other dialects call an element. */
static const struct {
	const char *name, *in_1_x;
} aliases[] = {
	{ "InstanceId", "InstanceID" }, /* 0.9, oVirt */
	{ "StorageItem", "Item" },	/* 2.x */
	{ "EthernetPortItem", "Item" }, /* 2.x */
};

/* OVF 0.9 and oVirt: <Section xsi:type="ovf:DiskSection_Type"> is
 * <DiskSection>, and Content a VirtualSystem; the type's prefix is free. */
static void rename_by_type(xmlNode *node)
{
	CLEANUP_FREE char *type = v2v_node_attribute(node, "type");
	const char *colon = type ? strrchr(type, ':') : NULL;
	const char *s = colon ? colon + 1 : type;
	CLEANUP_FREE char *name = NULL;

	if (!s || !v2v_ends_with(s, "_Type"))
		return;
	name = v2v_strndup(s, strlen(s) - strlen("_Type"));
	xmlNodeSetName(node, (const xmlChar *)name);
}

void v2v_ovf_normalise(xmlNode *node)
{
	const char *name = (const char *)node->name;

	if (strcmp(name, "Section") == 0 || strcmp(name, "Content") == 0)
		rename_by_type(node);
	for (size_t i = 0; i < ARRAY_SIZE(aliases); i++)
		if (strcmp(name, aliases[i].name) == 0) {
			xmlNodeSetName(
				node, (const xmlChar *)aliases[i].in_1_x);
			break;
		}
	for (xmlNode *n = v2v_node_child(node, NULL); n;
		n = v2v_node_next(n, NULL))
		v2v_ovf_normalise(n);
}
