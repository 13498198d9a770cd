/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The items of a hardware section. */
#include "unpack/ovf-private.h"

static void item_clear(struct v2v_ovf_item *item)
{
	free(item->id);
	free(item->parent);
	free(item->subtype);
}

void v2v_ovf_items_clear(struct v2v_ovf_items *items)
{
	v2v_list_foreach (struct v2v_ovf_item, item, &items->list)
		item_clear(item);
	free(items->list.items);
	json_decref(items->by_id);
	*items = (struct v2v_ovf_items){ { 0 }, NULL };
}

const struct v2v_ovf_item *v2v_ovf_item(
	const struct v2v_ovf_items *items, const char *id)
{
	const json_t *place = id ? json_object_get(items->by_id, id) : NULL;

	return place ? v2v_items(struct v2v_ovf_item, &items->list) +
			       json_integer_value(place)
		     : NULL;
}

/* A number that may be absent (-1); anything but digits is an error. */
static int read_number(const xmlNode *node, const char *name, int64_t *ret,
	struct v2v_error *err)
{
	CLEANUP_FREE char *text = v2v_node_child_text(node, name);
	uint64_t n;

	*ret = -1;
	if (!text)
		return 0;
	if (!v2v_parse_u64(text, &n) || n > INT32_MAX)
		return v2v_fail(err, "ovf-number",
			"OVF line %ld: %s: '%s' is %s", xmlGetLineNo(node),
			name, text, v2v_ovf_number_fault(text));
	*ret = (int64_t)n;
	return 0;
}

/* ovf:configuration is a list of names; without it an item is in all. */
static bool is_configured(
	const xmlNode *node, const char *configuration, bool *ret_named)
{
	CLEANUP_FREE char *list = v2v_node_attribute(node, "configuration");
	const char *s = list;

	*ret_named = list != NULL;
	if (!list)
		return true;
	while (configuration && *s) {
		size_t n = strcspn(s, " \t\r\n");

		if (strlen(configuration) == n &&
			strncmp(s, configuration, n) == 0)
			return true;
		s += n;
		s += strspn(s, " \t\r\n");
	}
	return false;
}

/* DSP0243 §8.3: ovf:bound min and max are limits, not the machine. */
static bool is_normal(const xmlNode *node)
{
	CLEANUP_FREE char *bound = v2v_node_attribute(node, "bound");

	return !bound || strcasecmp(bound, "normal") == 0;
}

static int read_item(
	const xmlNode *node, struct v2v_ovf_item *item, struct v2v_error *err)
{
	/* VMware's "ovf:/…" and plain numbers both occur as Address; only a
	 * number is of use. */
	CLEANUP_FREE char *address = v2v_node_child_text(node, "Address");
	uint64_t n;

	if (!address) /* OVF 0.9 */
		address = v2v_node_child_text(node, "BusNumber");
	item->node = node;
	item->line = xmlGetLineNo(node);
	item->id = v2v_node_child_text(node, "InstanceID");
	item->parent = v2v_node_child_text(node, "Parent");
	item->subtype = v2v_node_child_text(node, "ResourceSubType");
	item->address = address && v2v_parse_u64(address, &n) && n < 256
				? (int64_t)n
				: -1;
	if (read_number(node, "ResourceType", &item->type, err) < 0 ||
		read_number(node, "AddressOnParent", &item->address_on_parent,
			err) < 0)
		return -1;
	if (item->type < 0)
		return v2v_fail(err, "ovf-item",
			"OVF line %ld: an Item without a ResourceType",
			item->line);
	return 0;
}

/* DSP0243 §9.8: with the InstanceID of an item that is in all configurations
 * one of the chosen configuration replaces it. */
static bool is_replaced(struct v2v_ovf_items *items, struct v2v_ovf_item *item)
{
	const json_t *place =
		item->id ? json_object_get(items->by_id, item->id) : NULL;
	struct v2v_ovf_item *before =
		v2v_items(struct v2v_ovf_item, &items->list);

	if (!place)
		return false;
	before += json_integer_value(place);
	if (before->type != item->type ||
		before->configured == item->configured)
		return false;
	if (item->configured) {
		item->order = before->order;
		item_clear(before);
		*before = *item;
	} else {
		item_clear(item);
	}
	return true;
}

static void add_item(struct v2v_ovf_items *items, struct v2v_ovf_item *item)
{
	item->order = items->list.count;
	if (is_replaced(items, item))
		return;
	*(struct v2v_ovf_item *)v2v_list_add(&items->list, sizeof *item) =
		*item;
	if (item->id && !json_object_get(items->by_id, item->id))
		json_object_set_new_nocheck(items->by_id, item->id,
			json_integer((json_int_t)item->order));
}

int v2v_ovf_items(const xmlNode *section, const char *configuration,
	struct v2v_ovf_items *items, struct v2v_error *err)
{
	items->by_id = json_object();
	for (xmlNode *n = v2v_node_child(section, "Item"); n;
		n = v2v_node_next(n, "Item")) {
		struct v2v_ovf_item item = { 0 };

		if (!is_configured(n, configuration, &item.configured) ||
			!is_normal(n))
			continue;
		if (items->list.count >= V2V_OVF_MAX_ITEMS)
			return v2v_fail(err, "ovf-limit",
				"OVF line %ld: more than %d Items",
				xmlGetLineNo(n), V2V_OVF_MAX_ITEMS);
		if (read_item(n, &item, err) < 0) {
			item_clear(&item);
			return -1;
		}
		add_item(items, &item);
	}
	return 0;
}
