/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The disks of an OVF's machine, in the guest's order. */
#include "unpack/ovf-private.h"

#define MAX_CAPACITY (1ULL << 50) /* bytes */

/* A disk of the machine, before its order is known. */
struct found {
	const struct v2v_ovf_item *item, *controller;
	const xmlNode *disk; /* NULL: the item names a File itself */
	const xmlNode *file;
	const char *kind, *model; /* of the controller */
	int64_t unit;
};

/* The order in which a BIOS and Linux meet them: controllers of a kind by
 * their address, then the place on it. */
static int rank_of(const struct found *f)
{
	static const char *const order[] = { "ide", "scsi", "sata", "nvme",
		"virtio" };

	for (int i = 0; f->kind && i < 5; i++)
		if (strcmp(f->kind, order[i]) == 0)
			return i;
	return 5;
}

static int compare(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int by_place(const void *a, const void *b)
{
	const struct found *x = a, *y = b;
	int order = compare(rank_of(x), rank_of(y));

	if (!order && x->controller && y->controller) {
		order = compare(x->controller->address, y->controller->address);
		/* Two controllers of one address: in the document's order. */
		if (!order)
			order = compare((int64_t)x->controller->order,
				(int64_t)y->controller->order);
	}
	if (!order)
		order = compare(x->unit, y->unit);
	return order ? order
		     : compare((int64_t)x->item->order,
			       (int64_t)y->item->order);
}

/* "ovf:/disk/ID", "/disk/ID", "ovf://disk/ID": the diskId.  oVirt's
 * "IMAGE/VOLUME" is the disk's fileRef, or one of them its id. */
static const xmlNode *find_disk(
	const struct v2v_ovf_tree *tree, const char *resource)
{
	const char *s = v2v_ovf_resource(resource, "disk");
	CLEANUP_FREE char *ref = v2v_format("[%s]", resource), *image = NULL;
	const char *slash = strchr(resource, '/');
	const xmlNode *node;

	if (s)
		return v2v_ovf_lookup(tree->disks, s);
	node = v2v_ovf_lookup(tree->disks, ref);
	if (!node && slash)
		node = v2v_ovf_lookup(tree->disks, slash + 1);
	image = v2v_strndup(resource,
		slash ? (size_t)(slash - resource) : strlen(resource));
	return node ? node : v2v_ovf_lookup(tree->disks, image);
}

/* oVirt has no controllers: the Disk says on which bus it is. */
static void read_interface(struct found *f)
{
	CLEANUP_FREE char *word =
		f->disk ? v2v_node_attribute(f->disk, "disk-interface") : NULL;
	static const struct {
		const char *word, *kind, *model;
	} interfaces[] = {
		{ "VirtIO", "virtio", NULL },
		{ "VirtIO_SCSI", "scsi", "virtio-scsi" },
		{ "IDE", "ide", NULL },
		{ "SATA", "sata", NULL },
	};

	f->kind = v2v_ovf_controller(f->controller);
	f->model = v2v_ovf_controller_model(f->controller);
	for (size_t i = 0; word && i < 4; i++)
		if (strcasecmp(word, interfaces[i].word) == 0) {
			f->kind = interfaces[i].kind;
			f->model = interfaces[i].model;
		}
}

/* XenServer: <rasd:Connection>device=3</rasd:Connection> */
static int64_t unit_of(const struct v2v_ovf_item *item)
{
	CLEANUP_FREE char *text = v2v_node_child_text(item->node, "Connection");
	int64_t unit = item->address_on_parent;

	if (unit >= 0 || !text || !v2v_starts_with(text, "device="))
		return unit;
	text[strcspn(text, ",")] = '\0';
	return v2v_parse_i64(text + strlen("device="), &unit) && unit >= 0 &&
			       unit <= INT32_MAX
		       ? unit
		       : -1;
}

/* Exporters disagree about a disk's type (Xen: 19, Hyper-V: 21); what names a
 * Disk is one, but a drive for something else. */
static bool may_be_disk(const struct v2v_ovf_item *item, const char *resource)
{
	switch (item->type) {
	case V2V_OVF_FLOPPY:
	case V2V_OVF_CD:
	case V2V_OVF_DVD:
		return false;
	case V2V_OVF_DISK:
	case V2V_OVF_LOGICAL_DISK:
	case V2V_OVF_STORAGE_VOLUME:
		return true;
	default:
		return v2v_ovf_resource(resource, "disk");
	}
}

/* 1: *@f is a disk; 0: it is not. */
static int find(const struct v2v_ovf_tree *tree,
	const struct v2v_ovf_items *items, const struct v2v_ovf_item *item,
	struct found *f, struct v2v_error *err)
{
	CLEANUP_FREE char *resource =
		v2v_node_child_text(item->node, "HostResource");
	const char *file = v2v_ovf_resource(resource, "file");

	if (!may_be_disk(item, resource))
		return 0;
	*f = (struct found){
		.item = item,
		.controller = v2v_ovf_item(items, item->parent),
		.disk = resource ? find_disk(tree, resource) : NULL,
		.unit = unit_of(item),
	};
	if (!f->disk && file)
		f->file = v2v_ovf_lookup(tree->files, file);
	read_interface(f);
	if (f->disk || f->file)
		return 1;
	/* A storage extent need not be a disk of the OVA's. */
	if (item->type != V2V_OVF_DISK)
		return 0;
	return v2v_fail(err, "ovf-reference",
		"OVF line %ld: Item: no Disk for '%s'", item->line,
		resource ? resource : "(no HostResource)");
}

/* "${property}" without a value is asked for when a product is deployed
 * (DSP0243 §9.1): nobody has said it. */
static int read_capacity(const struct v2v_ovf_tree *tree, const xmlNode *node,
	int64_t *ret_bytes, struct v2v_error *err)
{
	char *stated = v2v_node_attribute(node, "capacity");
	CLEANUP_FREE char *text = NULL, *unit = v2v_node_attribute(node,
						"capacityAllocationUnits");
	uint64_t n, factor = 1;

	*ret_bytes = -1;
	if (!stated) { /* oVirt */
		stated = v2v_node_attribute(node, "size");
		factor = 1 << 30;
	}
	text = v2v_ovf_expand(tree, stated);
	if (!text)
		return 0;
	if (unit && !v2v_ovf_unit(unit, &factor))
		return v2v_fail(err, "ovf-unit",
			"OVF line %ld: Disk: the unit '%s' is not known",
			xmlGetLineNo(node), unit);
	if (!v2v_parse_u64(text, &n) || __builtin_mul_overflow(n, factor, &n) ||
		n == 0 || n > MAX_CAPACITY)
		return v2v_fail(err, "ovf-number",
			"OVF line %ld: Disk: capacity '%s' is %s (its unit is "
			"said by capacityAllocationUnits)",
			xmlGetLineNo(node), text, v2v_ovf_number_fault(text));
	*ret_bytes = (int64_t)n;
	return 0;
}

/* By DSP0243 a URI that ends in the format's name; oVirt writes a VMDK's
 * whatever it is, and has an attribute of its own. */
static const char *format_of(const xmlNode *disk)
{
	CLEANUP_FREE char *ovirt = v2v_node_attribute(disk, "volume-format");
	CLEANUP_FREE char *uri = v2v_node_attribute(disk, "format");
	static const struct {
		const char *word, *format;
	} words[] = {
		{ "vmdk", "vmdk" },
		{ "qcow2", "qcow2" },
		{ "vhdx", "vhdx" },
		{ "vhd", "vhd" },
		{ "vdi", "vdi" },
	};

	if (ovirt)
		return strcasecmp(ovirt, "COW") == 0 ? "qcow2" : "raw";
	for (size_t i = 0; uri && i < ARRAY_SIZE(words); i++)
		if (strcasestr(uri, words[i].word))
			return words[i].format;
	return NULL;
}

/* oVirt's fileRef is the File's href. */
static const xmlNode *find_file(
	const struct v2v_ovf_tree *tree, const char *ref)
{
	CLEANUP_FREE char *href = v2v_format("[%s]", ref);
	const xmlNode *file = v2v_ovf_lookup(tree->files, ref);

	return file ? file : v2v_ovf_lookup(tree->files, href);
}

static int read_file(const xmlNode *file, const char *id, long line,
	struct v2v_descriptor_disk *out, struct v2v_error *err)
{
	CLEANUP_FREE char *compression = NULL, *chunk = NULL, *size = NULL;
	uint64_t n;

	out->href = file ? v2v_node_attribute(file, "href") : NULL;
	if (!out->href)
		return v2v_fail(err, "ovf-reference",
			"OVF line %ld: Disk: no File has the id '%s'", line,
			id);
	compression = v2v_node_attribute(file, "compression");
	out->gzip = compression && strcasecmp(compression, "gzip") == 0;
	if (compression && !out->gzip &&
		strcasecmp(compression, "identity") != 0)
		return v2v_fail(err, "ovf-compression",
			"OVF line %ld: File: compression '%s' is not known",
			xmlGetLineNo(file), compression);
	chunk = v2v_node_attribute(file, "chunkSize");
	out->chunked = chunk != NULL;
	if (chunk && (!v2v_parse_u64(chunk, &n) || n == 0))
		return v2v_fail(err, "ovf-number",
			"OVF line %ld: File: chunkSize '%s' is %s",
			xmlGetLineNo(file), chunk, v2v_ovf_number_fault(chunk));
	size = v2v_node_attribute(file, "size");
	if (!size || !v2v_parse_i64(size, &out->file_size))
		out->file_size = -1;
	return 0;
}

static int read_disk(const struct v2v_ovf_tree *tree, const xmlNode *disk,
	struct v2v_descriptor_disk *out, struct v2v_error *err)
{
	CLEANUP_FREE char *ref = v2v_node_attribute(disk, "fileRef");
	CLEANUP_FREE char *parent = v2v_node_attribute(disk, "parentRef");
	long line = xmlGetLineNo(disk);

	if (parent)
		return v2v_fail(err, "ovf-delta-disk",
			"OVF line %ld: Disk: only the difference to another "
			"disk, which is not supported",
			line);
	if (read_capacity(tree, disk, &out->capacity, err) < 0)
		return -1;
	out->format = format_of(disk);
	if (ref)
		return read_file(find_file(tree, ref), ref, line, out, err);
	if (out->capacity < 0)
		return v2v_fail(err, "ovf-disk",
			"OVF line %ld: Disk: neither a file nor a capacity",
			line);
	return 0;
}

static int add_disk(const struct v2v_ovf_tree *tree, const struct found *f,
	struct v2v_descriptor_machine *machine, struct v2v_error *err)
{
	struct v2v_list *disks = &machine->source.disks;
	struct v2v_disk *disk = v2v_list_add(disks, sizeof *disk);
	struct v2v_descriptor_disk *more =
		v2v_list_add(&machine->disks, sizeof *more);

	disk->id = (int64_t)disks->count - 1;
	disk->offset = disk->size = -1;
	disk->controller = v2v_strdup(f->kind);
	disk->controller_model = v2v_strdup(f->model);
	disk->unit = f->unit;
	more->capacity = -1;
	return f->disk ? read_disk(tree, f->disk, more, err)
		       : read_file(f->file, "", f->item->line, more, err);
}

int v2v_ovf_disks(const struct v2v_ovf_tree *tree,
	const struct v2v_ovf_items *items,
	struct v2v_descriptor_machine *machine, struct v2v_error *err)
{
	CLEANUP_FREE struct found *found = NULL;
	struct found f;
	size_t count = 0;

	v2v_list_foreach (const struct v2v_ovf_item, item, &items->list) {
		int status = find(tree, items, item, &f, err);

		if (status < 0)
			return -1;
		if (status == 0)
			continue;
		if (count == V2V_OVF_MAX_DISKS)
			return v2v_fail(err, "ovf-limit",
				"OVF line %ld: more than %d disks", item->line,
				V2V_OVF_MAX_DISKS);
		*v2v_append(found, count) = f;
	}
	if (count)
		qsort(found, count, sizeof *found, by_place);
	for (size_t i = 0; i < count; i++)
		if (add_disk(tree, &found[i], machine, err) < 0)
			return -1;
	return 0;
}
