/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tables of an OVF: files, disks, properties, configurations. */
#include "unpack/ovf-private.h"

#define BLANKS " \t\r\n"

static void add_node(json_t *table, char *key, const xmlNode *node)
{
	if (key && !json_object_get(table, key))
		json_object_set_new_nocheck(
			table, key, json_integer((json_int_t)(intptr_t)node));
	free(key);
}

const xmlNode *v2v_ovf_lookup(const json_t *table, const char *key)
{
	const json_t *place = key ? json_object_get(table, key) : NULL;

	return place ? (const xmlNode *)(intptr_t)json_integer_value(place)
		     : NULL;
}

static void index_files(struct v2v_ovf_tree *tree)
{
	const xmlNode *section = v2v_node_child(tree->envelope, "References");

	tree->files = json_object();
	for (xmlNode *n = v2v_node_child(section, "File"); n;
		n = v2v_node_next(n, "File")) {
		CLEANUP_FREE char *href = v2v_node_attribute(n, "href");

		add_node(tree->files, v2v_node_attribute(n, "id"), n);
		if (href)
			add_node(tree->files, v2v_format("[%s]", href), n);
	}
}

/* oVirt names a disk by its fileRef. */
static void index_disks(struct v2v_ovf_tree *tree)
{
	const xmlNode *section = v2v_node_child(tree->envelope, "DiskSection");

	tree->disks = json_object();
	for (; section; section = v2v_node_next(section, "DiskSection"))
		for (xmlNode *n = v2v_node_child(section, "Disk"); n;
			n = v2v_node_next(n, "Disk")) {
			CLEANUP_FREE char *ref =
				v2v_node_attribute(n, "fileRef");

			add_node(tree->disks, v2v_node_attribute(n, "diskId"),
				n);
			if (ref)
				add_node(tree->disks, v2v_format("[%s]", ref),
					n);
		}
}

/* The property's value in the configuration, else its default. */
static char *value_of(const xmlNode *property, const char *configuration)
{
	for (xmlNode *n = v2v_node_child(property, "Value"); n && configuration;
		n = v2v_node_next(n, "Value")) {
		CLEANUP_FREE char *of = v2v_node_attribute(n, "configuration");

		if (v2v_streq(of, configuration))
			return v2v_node_attribute(n, "value");
	}
	return v2v_node_attribute(property, "value");
}

/* A property is known in the element that holds its ProductSection. */
static char *scoped(const xmlNode *scope, const char *name)
{
	return v2v_format("%p %s", (const void *)scope, name);
}

/* DSP0243 §9.5.1: "[class.]key[.instance]" */
static void add_property(struct v2v_ovf_tree *tree, const xmlNode *section,
	const xmlNode *property)
{
	CLEANUP_FREE char *class = v2v_node_attribute(section, "class");
	CLEANUP_FREE char *instance = v2v_node_attribute(section, "instance");
	CLEANUP_FREE char *key = v2v_node_attribute(property, "key");
	CLEANUP_FREE char *value = value_of(property, tree->configuration);
	CLEANUP_FREE char *name = v2v_format("%s%s%s%s%s", class ? class : "",
		class ? "." : "", key ? key : "", instance ? "." : "",
		instance ? instance : "");
	CLEANUP_FREE char *where = scoped(section->parent, name);

	if (key && value)
		json_object_set_new_nocheck(
			tree->properties, where, v2v_json_text(value));
}

static void add_products(struct v2v_ovf_tree *tree, const xmlNode *parent)
{
	for (xmlNode *s = v2v_node_child(parent, NULL); s;
		s = v2v_node_next(s, NULL)) {
		const char *name = (const char *)s->name;

		if (strcmp(name, "ProductSection") == 0)
			for (xmlNode *n = v2v_node_child(s, "Property"); n;
				n = v2v_node_next(n, "Property"))
				add_property(tree, s, n);
		else if (strcmp(name, "VirtualSystem") == 0 ||
			 strcmp(name, "VirtualSystemCollection") == 0)
			add_products(tree, s);
	}
}

char *v2v_ovf_expand(const struct v2v_ovf_tree *tree, char *text)
{
	CLEANUP_FREE char *key = NULL;
	const char *name;
	size_t n = text ? strlen(text) : 0;
	const json_t *value = NULL;

	if (n < 4 || !v2v_starts_with(text, "${") || text[n - 1] != '}')
		return text;
	name = text + 2 + strspn(text + 2, BLANKS);
	key = v2v_strndup(name, strcspn(name, BLANKS "}"));
	free(text);
	for (const xmlNode *s = tree->scope; s && !value; s = s->parent) {
		CLEANUP_FREE char *where = scoped(s, key);

		value = json_object_get(tree->properties, where);
	}
	return v2v_strdup(json_string_value(value));
}

/* The configuration to take: the one asked for, the default, the first. */
static int choose_configuration(
	struct v2v_ovf_tree *tree, const char *wanted, struct v2v_error *err)
{
	const xmlNode *section =
		v2v_node_child(tree->envelope, "DeploymentOptionSection");

	for (xmlNode *n = v2v_node_child(section, "Configuration"); n;
		n = v2v_node_next(n, "Configuration")) {
		CLEANUP_FREE char *id = v2v_node_attribute(n, "id");
		CLEANUP_FREE char *is_default =
			v2v_node_attribute(n, "default");
		bool fits = wanted ? v2v_streq(id, wanted)
				   : v2v_ovf_is_true(is_default);

		if (fits || (!wanted && !tree->configuration)) {
			free(tree->configuration);
			tree->configuration = v2v_take(id);
		}
		if (fits)
			break;
	}
	if (wanted && !tree->configuration)
		return v2v_fail(err, "ovf-configuration",
			"OVF: no configuration '%s'", wanted);
	return 0;
}

int v2v_ovf_index(struct v2v_ovf_tree *tree, const char *configuration,
	struct v2v_error *err)
{
	if (choose_configuration(tree, configuration, err) < 0)
		return -1;
	index_files(tree);
	index_disks(tree);
	tree->properties = json_object();
	add_products(tree, tree->envelope);
	return 0;
}

void v2v_ovf_tree_clear(struct v2v_ovf_tree *tree)
{
	if (tree->doc)
		xmlFreeDoc(tree->doc);
	free(tree->configuration);
	json_decref(tree->files);
	json_decref(tree->disks);
	json_decref(tree->properties);
	*tree = (struct v2v_ovf_tree){ 0 };
}
