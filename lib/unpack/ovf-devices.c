/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Controllers, removables and NICs of an OVF's machine. */
#include "unpack/ovf-private.h"

#include <ctype.h>

static const struct {
	const char *word, *model;
} scsi_models[] = {
	{ "lsilogicsas", "lsilogicsas" },
	{ "lsilogic", "lsilogic" },
	{ "virtualscsi", "pvscsi" },
	{ "pvscsi", "pvscsi" },
	{ "buslogic", "buslogic" },
	{ "virtioscsi", "virtio-scsi" },
	{ "virtio-scsi", "virtio-scsi" },
};

/* "buslogic,lsilogic", "x, lsilogic": the first word that is known. */
const char *v2v_ovf_controller_model(const struct v2v_ovf_item *item)
{
	const char *s;

	if (!item || !item->subtype ||
		(item->type != V2V_OVF_SCSI && item->type != V2V_OVF_STORAGE))
		return NULL;
	for (s = item->subtype; *s; s += strspn(s, ", \t\r\n")) {
		size_t n = strcspn(s, ", \t\r\n");

		for (size_t i = 0; i < ARRAY_SIZE(scsi_models); i++)
			if (strlen(scsi_models[i].word) == n &&
				strncasecmp(s, scsi_models[i].word, n) == 0)
				return scsi_models[i].model;
		s += n;
	}
	return NULL;
}

/* VirtualBox writes its newer SCSI controllers as other storage too. */
const char *v2v_ovf_controller(const struct v2v_ovf_item *item)
{
	if (!item)
		return NULL;
	if (item->type == V2V_OVF_IDE)
		return "ide";
	if (item->type == V2V_OVF_SCSI || v2v_ovf_controller_model(item))
		return "scsi";
	if (item->type != V2V_OVF_STORAGE)
		return NULL;
	return item->subtype && strcasestr(item->subtype, "nvme") ? "nvme"
								  : "sata";
}

/* IDE counts through its two channels, each of two places. */
static void add_removable(const struct v2v_ovf_item *item,
	const struct v2v_ovf_items *items, struct v2v_source *source)
{
	const struct v2v_ovf_item *parent = v2v_ovf_item(items, item->parent);
	struct v2v_removable *removable =
		v2v_list_add(&source->removables, sizeof *removable);
	bool floppy = item->type == V2V_OVF_FLOPPY;

	removable->type = v2v_strdup(floppy ? "floppy" : "cdrom");
	removable->slot = item->address_on_parent;
	if (floppy)
		return;
	removable->controller = v2v_strdup(v2v_ovf_controller(parent));
	if (parent && parent->type == V2V_OVF_IDE && parent->address >= 0 &&
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

/* Where an adapter of VirtualBox' comes; -1: it is not in use. */
static int64_t slot_of(const xmlNode *adapter)
{
	CLEANUP_FREE char *enabled = v2v_node_attribute(adapter, "enabled");
	CLEANUP_FREE char *slot = v2v_node_attribute(adapter, "slot");
	int64_t n;

	return v2v_ovf_is_true(enabled) && slot && v2v_parse_i64(slot, &n) ? n
									   : -1;
}

/* The one in the lowest slot behind @last; no more are looked at than a machine
 * may have. */
static const xmlNode *next_adapter(const xmlNode *network, int64_t last)
{
	const xmlNode *best = NULL;
	unsigned left = V2V_OVF_MAX_NICS;

	for (xmlNode *n = v2v_node_child(network, "Adapter"); n && left--;
		n = v2v_node_next(n, "Adapter"))
		if (slot_of(n) > last && (!best || slot_of(n) < slot_of(best)))
			best = n;
	return best;
}

/* VirtualBox keeps the MACs in its own element: that of the adapter in use
 * number @id, by slot. */
static char *virtualbox_mac(const xmlNode *machine, int64_t id)
{
	const xmlNode *vbox =
		v2v_node_child(v2v_node_child(machine, "Machine"), "Hardware");
	const xmlNode *network = v2v_node_child(vbox, "Network");
	const xmlNode *best = NULL;
	CLEANUP_FREE char *mac = NULL;
	int64_t last = -1;

	/* The next slot behind the last one, until it is the one. */
	for (int64_t i = 0; i <= id; i++) {
		best = next_adapter(network, last);
		if (!best)
			break;
		last = slot_of(best);
	}
	mac = best ? v2v_node_attribute(best, "MACAddress") : NULL;
	return clean_mac(mac);
}

/* oVirt has numbers (VmInterfaceType). */
static char *nic_model(const char *subtype)
{
	static const char *const ovirt[] = { NULL, "rtl8139", "e1000",
		"virtio" };
	uint64_t n;
	char *model;

	if (!subtype)
		return NULL;
	if (v2v_parse_u64(subtype, &n))
		return n < 4 ? v2v_strdup(ovirt[n]) : NULL;
	model = v2v_strndup(subtype, strcspn(subtype, ", \t\r\n"));
	for (char *s = model; *s; s++)
		*s = (char)tolower((unsigned char)*s);
	return model;
}

static char *nic_mac(
	const xmlNode *machine, const struct v2v_ovf_item *item, int64_t id)
{
	CLEANUP_FREE char *address = v2v_node_child_text(item->node, "Address");
	CLEANUP_FREE char *ovirt =
		v2v_node_child_text(item->node, "MACAddress");
	char *mac = clean_mac(address);

	if (!mac)
		mac = clean_mac(ovirt);
	return mac ? mac : virtualbox_mac(machine, id);
}

static void add_nic(const xmlNode *machine, const struct v2v_ovf_item *item,
	struct v2v_source *source)
{
	struct v2v_nic *nic = v2v_list_add(&source->nics, sizeof *nic);
	CLEANUP_FREE char *slot =
		v2v_ovf_config(item->node, "slotInfo.pciSlotNumber");

	nic->id = (int64_t)source->nics.count - 1;
	nic->network = v2v_node_child_text(item->node, "Connection");
	if (!nic->network) /* oVirt */
		nic->network =
			v2v_node_child_text(item->node, "OtherResourceType");
	nic->type = v2v_strdup(nic->network ? "bridge" : "network");
	if (!nic->network)
		nic->network = v2v_format("eth%lld", (long long)nic->id);
	nic->model = nic_model(item->subtype);
	nic->mac = nic_mac(machine, item, nic->id);
	if (!slot || !v2v_parse_i64(slot, &nic->pci_slot) ||
		nic->pci_slot < 0 || nic->pci_slot > INT32_MAX)
		nic->pci_slot = -1;
}

int v2v_ovf_devices(const xmlNode *machine, const struct v2v_ovf_items *items,
	struct v2v_source *source, struct v2v_error *err)
{
	v2v_list_foreach (const struct v2v_ovf_item, item, &items->list) {
		if (item->type == V2V_OVF_FLOPPY || item->type == V2V_OVF_CD ||
			item->type == V2V_OVF_DVD)
			add_removable(item, items, source);
		if (item->type != V2V_OVF_NIC)
			continue;
		if (source->nics.count == V2V_OVF_MAX_NICS)
			return v2v_fail(err, "ovf-limit",
				"OVF line %ld: more than %d network cards",
				item->line, V2V_OVF_MAX_NICS);
		add_nic(machine, item, source);
	}
	return 0;
}
