/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Disks, removables and NICs of an OVF. */
#include "unpack/ovf-private.h"

#include <ctype.h>

/* CIM_ResourceAllocationSettingData.ResourceType */
enum {
	TYPE_IDE = 5,
	TYPE_SCSI = 6,
	TYPE_NIC = 10,
	TYPE_FLOPPY = 14,
	TYPE_CD = 15,
	TYPE_DVD = 16,
	TYPE_DISK = 17,
	TYPE_STORAGE = 20,
};

#define MAX_CAPACITY (1LL << 50) /* bytes */

static bool contains(const char *text, const char *word)
{
	return text && strcasestr(text, word);
}

/* Models that are known, in the order in which a list is searched. */
static const struct {
	const char *word, *model;
} scsi_models[] = {
	{ "lsilogicsas", "lsilogicsas" },
	{ "virtualscsi", "pvscsi" },
	{ "pvscsi", "pvscsi" },
	{ "lsilogic", "lsilogic" },
	{ "buslogic", "buslogic" },
};

static const char *controller_of(const struct v2v_ovf_item *item)
{
	if (!item)
		return NULL;
	if (item->type == TYPE_IDE)
		return "ide";
	if (item->type == TYPE_SCSI)
		return "scsi";
	if (item->type != TYPE_STORAGE)
		return NULL;
	return contains(item->subtype, "nvme") ? "nvme" : "sata";
}

static const char *model_of(const struct v2v_ovf_item *item)
{
	if (!item || item->type != TYPE_SCSI)
		return NULL;
	for (size_t i = 0; i < sizeof scsi_models / sizeof scsi_models[0]; i++)
		if (contains(item->subtype, scsi_models[i].word))
			return scsi_models[i].model;
	return NULL;
}

static const struct v2v_ovf_item *find_item(
	const struct v2v_list *items, const char *id)
{
	v2v_list_foreach (const struct v2v_ovf_item, item, items)
		if (id && v2v_streq(item->id, id))
			return item;
	return NULL;
}

/* A disk of the machine, before its order is known. */
struct found {
	const struct v2v_ovf_item *item, *controller;
	size_t order; /* in the document */
};

/* The order in which a BIOS and Linux meet them: controllers of a kind by
 * their address, then the place on it. */
static int controller_rank(const struct found *f)
{
	const char *kind = controller_of(f->controller);
	static const char *const order[] = { "ide", "scsi", "sata", "nvme" };

	for (int i = 0; kind && i < 4; i++)
		if (strcmp(kind, order[i]) == 0)
			return i;
	return 4;
}

static int compare(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int64_t address_of(const struct found *f)
{
	return f->controller ? f->controller->address : -1;
}

static int by_place(const void *a, const void *b)
{
	const struct found *x = a, *y = b;
	int order = compare(controller_rank(x), controller_rank(y));

	if (!order)
		order = compare(address_of(x), address_of(y));
	/* Two controllers of one address: in the document's order. */
	if (!order)
		order = (x->controller > y->controller) -
			(x->controller < y->controller);
	if (!order)
		order = compare(
			x->item->address_on_parent, y->item->address_on_parent);
	return order ? order : compare((int64_t)x->order, (int64_t)y->order);
}

/* No further than the limit: this is called once a disk. */
static xmlNode *find_by_attribute(const xmlNode *section, const char *element,
	const char *attribute, const char *value)
{
	unsigned left = V2V_OVF_MAX_ITEMS;

	for (xmlNode *n = v2v_ovf_child(section, element); n && left--;
		n = v2v_ovf_next(n, element)) {
		CLEANUP_FREE char *have = v2v_ovf_attribute(n, attribute);

		if (v2v_streq(have, value))
			return n;
	}
	return NULL;
}

/* "ovf:/disk/ID", "/disk/ID", "ovf://disk/ID": the diskId */
static const char *disk_id(const char *host_resource)
{
	const char *s = host_resource ? strstr(host_resource, "/disk/") : NULL;

	return s ? s + strlen("/disk/") : NULL;
}

static int read_capacity(
	const xmlNode *node, int64_t *ret_bytes, struct v2v_error *err)
{
	CLEANUP_FREE char *text = v2v_ovf_attribute(node, "capacity");
	CLEANUP_FREE char *unit =
		v2v_ovf_attribute(node, "capacityAllocationUnits");
	uint64_t n, factor = 1;

	*ret_bytes = -1;
	/* "${property}" is asked for when a product is deployed (DSP0243
	 * §9.1): nobody has said it. */
	if (!text || v2v_starts_with(text, "${"))
		return 0;
	if (unit && !v2v_ovf_unit(unit, &factor))
		return v2v_fail(err, "ovf-unit",
			"OVF line %ld: Disk: the unit '%s' is not known",
			xmlGetLineNo(node), unit);
	if (!v2v_parse_u64(text, &n) || __builtin_mul_overflow(n, factor, &n) ||
		n == 0 || n > (uint64_t)MAX_CAPACITY)
		return v2v_fail(err, "ovf-number",
			"OVF line %ld: Disk: capacity '%s' is out of range",
			xmlGetLineNo(node), text);
	*ret_bytes = (int64_t)n;
	return 0;
}

/* @diskId → @fileRef → @id → @href; no fileRef is a blank disk. */
static int read_disk_file(const xmlNode *envelope, const xmlNode *disk,
	struct v2v_ovf_disk *out, struct v2v_error *err)
{
	CLEANUP_FREE char *ref = v2v_ovf_attribute(disk, "fileRef");
	CLEANUP_FREE char *parent = v2v_ovf_attribute(disk, "parentRef");
	CLEANUP_FREE char *compression = NULL;
	xmlNode *file;

	if (parent)
		return v2v_fail(err, "ovf-delta-disk",
			"OVF line %ld: Disk: only the difference to another "
			"disk, which is not supported",
			xmlGetLineNo(disk));
	if (!ref)
		return 0;
	file = find_by_attribute(
		v2v_ovf_child(envelope, "References"), "File", "id", ref);
	out->href = file ? v2v_ovf_attribute(file, "href") : NULL;
	if (!out->href)
		return v2v_fail(err, "ovf-reference",
			"OVF line %ld: Disk: no File has the id '%s'",
			xmlGetLineNo(disk), ref);
	compression = v2v_ovf_attribute(file, "compression");
	if (compression && strcmp(compression, "identity") != 0)
		return v2v_fail(err, "ovf-compression",
			"OVF line %ld: File: compression '%s' is not supported "
			"yet",
			xmlGetLineNo(file), compression);
	return 0;
}

/* "http://www.vmware.com/interfaces/specifications/vmdk.html#sparse" */
static bool says_vmdk(const xmlNode *disk)
{
	CLEANUP_FREE char *format = v2v_ovf_attribute(disk, "format");

	return contains(format, "vmdk");
}

static int add_disk(const xmlNode *envelope, const struct found *f,
	struct v2v_ovf *ovf, struct v2v_error *err)
{
	CLEANUP_FREE char *resource =
		v2v_ovf_child_text(f->item->node, "HostResource");
	const char *id = disk_id(resource);
	xmlNode *node =
		id ? find_by_attribute(v2v_ovf_child(envelope, "DiskSection"),
			     "Disk", "diskId", id)
		   : NULL;
	struct v2v_disk *disk = v2v_list_add(&ovf->source.disks, sizeof *disk);
	struct v2v_ovf_disk *more = v2v_list_add(&ovf->disks, sizeof *more);

	if (!node)
		return v2v_fail(err, "ovf-reference",
			"OVF line %ld: Item: no Disk for '%s'", f->item->line,
			resource ? resource : "(no HostResource)");
	disk->id = (int64_t)ovf->source.disks.count - 1;
	disk->offset = disk->size = -1;
	disk->controller = v2v_strdup(controller_of(f->controller));
	disk->controller_model = v2v_strdup(model_of(f->controller));
	disk->unit = f->item->address_on_parent;
	more->is_vmdk = says_vmdk(node);
	if (read_capacity(node, &more->capacity, err) < 0 ||
		read_disk_file(envelope, node, more, err) < 0)
		return -1;
	if (!more->href && more->capacity < 0)
		return v2v_fail(err, "ovf-disk",
			"OVF line %ld: Disk: neither a file nor a capacity",
			xmlGetLineNo(node));
	return 0;
}

static int add_disks(const xmlNode *envelope, const struct v2v_list *items,
	struct v2v_ovf *ovf, struct v2v_error *err)
{
	CLEANUP_FREE struct found *found = NULL;
	size_t count = 0;

	v2v_list_foreach (const struct v2v_ovf_item, item, items) {
		struct found *f;

		if (item->type != TYPE_DISK)
			continue;
		f = v2v_append(found, count);
		f->item = item;
		f->controller = find_item(items, item->parent);
		f->order = count;
	}
	if (count > V2V_OVF_MAX_DISKS)
		return v2v_fail(err, "ovf-limit", "OVF: more than %d disks",
			V2V_OVF_MAX_DISKS);
	if (count)
		qsort(found, count, sizeof *found, by_place);
	for (size_t i = 0; i < count; i++)
		if (add_disk(envelope, &found[i], ovf, err) < 0)
			return -1;
	return 0;
}

/* IDE counts through its two channels, each of two places. */
static void add_removable(const struct v2v_ovf_item *item,
	const struct v2v_list *items, struct v2v_source *source)
{
	const struct v2v_ovf_item *parent = find_item(items, item->parent);
	struct v2v_removable *removable =
		v2v_list_add(&source->removables, sizeof *removable);
	bool floppy = item->type == TYPE_FLOPPY;

	removable->type = v2v_strdup(floppy ? "floppy" : "cdrom");
	removable->slot = item->address_on_parent;
	if (floppy)
		return;
	removable->controller = v2v_strdup(controller_of(parent));
	if (parent && parent->type == TYPE_IDE && parent->address >= 0 &&
		removable->slot >= 0)
		removable->slot += 2 * parent->address;
}

/* "00:50:56:AA:BB:CC", or without colons as VirtualBox writes it; the colons
 * and lower case are put in.  NULL for anything else. */
static char *clean_mac(const char *text)
{
	struct v2v_text mac CLEANUP_TEXT = { 0 };
	size_t digits = 0;

	for (; text && *text; text++) {
		if (*text == ':' || *text == '-')
			continue;
		if (!isxdigit((unsigned char)*text) || digits == 12)
			return NULL;
		v2v_text_addf(&mac, "%s%c",
			digits && digits % 2 == 0 ? ":" : "",
			tolower((unsigned char)*text));
		digits++;
	}
	return digits == 12 ? v2v_text_take(&mac) : NULL;
}

static void add_nic(const struct v2v_ovf_item *item, struct v2v_source *source)
{
	struct v2v_nic *nic = v2v_list_add(&source->nics, sizeof *nic);
	CLEANUP_FREE char *address = v2v_ovf_child_text(item->node, "Address");
	CLEANUP_FREE char *slot =
		v2v_ovf_config(item->node, "slotInfo.pciSlotNumber");

	nic->id = (int64_t)source->nics.count - 1;
	nic->network = v2v_ovf_child_text(item->node, "Connection");
	nic->type = v2v_strdup(nic->network ? "bridge" : "network");
	if (!nic->network)
		nic->network = v2v_format("eth%lld", (long long)nic->id);
	nic->model = v2v_strdup(item->subtype);
	for (char *s = nic->model; s && *s; s++)
		*s = (char)tolower((unsigned char)*s);
	nic->mac = clean_mac(address);
	if (!slot || !v2v_parse_i64(slot, &nic->pci_slot) || nic->pci_slot < 0)
		nic->pci_slot = -1;
}

int v2v_ovf_devices(const xmlNode *envelope, const struct v2v_list *items,
	struct v2v_ovf *ovf, struct v2v_error *err)
{
	if (add_disks(envelope, items, ovf, err) < 0)
		return -1;
	v2v_list_foreach (const struct v2v_ovf_item, item, items) {
		if (item->type == TYPE_FLOPPY || item->type == TYPE_CD ||
			item->type == TYPE_DVD)
			add_removable(item, items, &ovf->source);
		if (item->type == TYPE_NIC)
			add_nic(item, &ovf->source);
	}
	if (ovf->source.nics.count > V2V_OVF_MAX_NICS)
		return v2v_fail(err, "ovf-limit",
			"OVF: more than %d network cards", V2V_OVF_MAX_NICS);
	return 0;
}
