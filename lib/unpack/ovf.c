/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An OVF's machines into source sections. */
#include "unpack/ovf-private.h"

static void tree_cleanup(struct v2v_ovf_tree *tree)
{
	v2v_ovf_tree_clear(tree);
}

static void items_cleanup(struct v2v_ovf_items *items)
{
	v2v_ovf_items_clear(items);
}

/* Name, ovf:id, the identifier of its settings, or else the file's name, with a
 * number from the second on. */
static char *name_of(const xmlNode *vs, const xmlNode *hardware,
	const char *fallback, size_t number)
{
	char *name = v2v_node_child_text(vs, "Name");

	if (!name)
		name = v2v_node_attribute(vs, "id");
	if (!name)
		name = v2v_node_child_text(v2v_node_child(hardware, "System"),
			"VirtualSystemIdentifier");
	if (name)
		return name;
	return number > 1 ? v2v_format("%s-%zu", fallback, number)
			  : v2v_strdup(fallback);
}

static int read_hardware(const struct v2v_ovf_tree *tree, const xmlNode *vs,
	const xmlNode *hardware, struct v2v_descriptor_machine *machine,
	struct v2v_error *err)
{
	__attribute__((cleanup(
		items_cleanup))) struct v2v_ovf_items items = { { 0 }, NULL };

	if (!hardware)
		return v2v_fail(err, "ovf-no-hardware",
			"OVF line %ld: no VirtualHardwareSection",
			xmlGetLineNo(vs));
	if (v2v_ovf_items(hardware, tree->configuration, &items, err) < 0 ||
		v2v_ovf_settings(tree, vs, hardware, &items, &machine->source,
			err) < 0 ||
		v2v_ovf_disks(tree, &items, machine, err) < 0)
		return -1;
	return v2v_ovf_devices(vs, &items, &machine->source, err);
}

/* Where the machines come from, and where they go. */
struct reading {
	struct v2v_ovf_tree *tree;
	const char *vm, *fallback;
	struct v2v_descriptor *ovf;
};

static int read_machine(
	struct reading *r, const xmlNode *vs, struct v2v_error *err)
{
	const xmlNode *hardware = v2v_node_child(vs, "VirtualHardwareSection");
	struct v2v_list *machines = &r->ovf->machines;
	struct v2v_descriptor_machine *machine;

	if (machines->count >= V2V_OVF_MAX_MACHINES)
		return v2v_fail(err, "ovf-limit", "OVF: more than %d machines",
			V2V_OVF_MAX_MACHINES);
	machine = v2v_list_add(machines, sizeof *machine);
	machine->id = v2v_node_attribute(vs, "id");
	machine->source.name =
		name_of(vs, hardware, r->fallback, machines->count);
	machine->chosen = !r->vm || v2v_streq(machine->source.name, r->vm) ||
			  v2v_streq(machine->id, r->vm);
	if (!machine->chosen)
		return 0;
	r->tree->scope = vs;
	return read_hardware(r->tree, vs, hardware, machine, err);
}

/* Collections may hold collections (DSP0243 §9.2). */
static int read_machines(
	struct reading *r, const xmlNode *parent, struct v2v_error *err)
{
	for (xmlNode *n = v2v_node_child(parent, NULL); n;
		n = v2v_node_next(n, NULL)) {
		const char *name = (const char *)n->name;

		if (strcmp(name, "VirtualSystem") == 0 &&
			read_machine(r, n, err) < 0)
			return -1;
		if (strcmp(name, "VirtualSystemCollection") == 0 &&
			read_machines(r, n, err) < 0)
			return -1;
	}
	return 0;
}

static int check_machines(
	const struct v2v_descriptor *ovf, struct v2v_error *err)
{
	size_t disks = 0, chosen = 0;

	if (ovf->machines.count == 0)
		return v2v_fail(
			err, "ovf-no-machine", "OVF: no VirtualSystem in it");
	v2v_list_foreach (
		const struct v2v_descriptor_machine, m, &ovf->machines) {
		chosen += m->chosen;
		disks += m->source.disks.count;
	}
	if (chosen && disks == 0)
		return v2v_fail(err, "ovf-no-disk", "OVF: it has no disk");
	return 0;
}

static int read_ovf(struct v2v *v, const char *text, size_t size,
	const struct v2v_descriptor_choice *choice, const char *fallback_name,
	struct v2v_descriptor *ret_ovf, struct v2v_error *err)
{
	__attribute__((cleanup(tree_cleanup))) struct v2v_ovf_tree tree = { 0 };
	struct v2v_descriptor ovf CLEANUP_DESCRIPTOR = { .kind = NULL };
	struct reading reading = { &tree, choice->vm, fallback_name, &ovf };

	if (v2v_check_cancel(v, err) < 0 ||
		v2v_ovf_parse(v, text, size, &tree, err) < 0 ||
		v2v_ovf_index(&tree, choice->configuration, err) < 0 ||
		read_machines(&reading, tree.envelope, err) < 0 ||
		check_machines(&ovf, err) < 0)
		return -1;
	*ret_ovf = ovf;
	ovf = (struct v2v_descriptor){ .kind = NULL };
	return 0;
}

/* An XML document begins with '<', behind white space or a byte order mark;
 * UTF-16 has a zero beside each such byte (XML 1.0, appendix F). */
static bool begins_like_xml(const unsigned char *block, size_t size)
{
	size_t i = 0;

	if (size < 4)
		return false;
	if (memcmp(block, "\xef\xbb\xbf", 3) == 0)
		i = 3;
	else if (memcmp(block, "\xff\xfe", 2) == 0 ||
		 memcmp(block, "\xfe\xff", 2) == 0)
		i = 2;
	while (i < size && block[i] && strchr(" \t\r\n", block[i]))
		i++;
	if (i + 1 < size && block[i] == '\0')
		i++;
	if (i + 3 >= size || block[i] != '<')
		return false;
	i += block[i + 1] == '\0' ? 2 : 1;
	return (block[i] >= 'A' && block[i] <= 'Z') ||
	       (block[i] >= 'a' && block[i] <= 'z') || block[i] == '?' ||
	       block[i] == '!' || block[i] == '_';
}

const struct v2v_descriptor_ops v2v_descriptor_ovf = {
	.name = "ovf",
	.is_package = true,
	.suffix = ".ovf",
	.is = begins_like_xml,
	.read = read_ovf,
};
