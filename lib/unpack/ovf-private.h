/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the readers of OVF share: the tree, its tables, hardware items. */
#ifndef V2V_UNPACK_OVF_PRIVATE_H
#define V2V_UNPACK_OVF_PRIVATE_H

#include "core/xml-read.h"
#include "unpack/ovf.h"

/* An OVF and what is looked up in it again and again. */
struct v2v_ovf_tree {
	xmlDoc *doc;
	const xmlNode *envelope;
	char *configuration;  /* the chosen deployment option; NULL: none */
	json_t *files;	      /* File@id, and @href in brackets: node */
	json_t *disks;	      /* Disk@diskId, and @fileRef in brackets: node */
	json_t *properties;   /* "SCOPE class.key.instance": value */
	const xmlNode *scope; /* the machine that is read */
};

/* Parse; every dialect's elements then have OVF 1.x' names. */
int v2v_ovf_parse(struct v2v *v, const char *text, size_t size,
	struct v2v_ovf_tree *tree, struct v2v_error *err);
void v2v_ovf_normalise(xmlNode *node);

/* Fill the tables, choose the configuration (NULL: the default). */
int v2v_ovf_index(struct v2v_ovf_tree *tree, const char *configuration,
	struct v2v_error *err);
void v2v_ovf_tree_clear(struct v2v_ovf_tree *tree);

/* A node of one of the tables; NULL. */
const xmlNode *v2v_ovf_lookup(const json_t *table, const char *key);

/* "${name}" with the value of the machine's property, or of the collection's
 * that it is in; other text as it is.  Takes @text over; NULL where the
 * property has no value. */
char *v2v_ovf_expand(const struct v2v_ovf_tree *tree, char *text);

/* Why a number was refused, a literal: "not a number", "out of range". */
const char *v2v_ovf_number_fault(const char *text);

/* An Item of VirtualHardwareSection (CIM_ResourceAllocationSettingData). */
struct v2v_ovf_item {
	const xmlNode *node;
	long line;
	int64_t type; /* ResourceType */
	char *id, *parent, *subtype;
	int64_t address;	   /* of a controller on its bus; -1 */
	int64_t address_on_parent; /* -1 */
	size_t order;		   /* in the document */
	bool configured;	   /* belongs to the chosen configuration */
};

struct v2v_ovf_items {
	struct v2v_list list; /* of struct v2v_ovf_item */
	json_t *by_id;	      /* InstanceID: place in the list */
};

/* Those of the section that belong to the configuration (NULL: none is
 * chosen), without bounds min and max. */
int v2v_ovf_items(const xmlNode *section, const char *configuration,
	struct v2v_ovf_items *items, struct v2v_error *err);
const struct v2v_ovf_item *v2v_ovf_item(
	const struct v2v_ovf_items *items, const char *id);
void v2v_ovf_items_clear(struct v2v_ovf_items *items);

/* xs:boolean ("true", "1"), in any case. */
bool v2v_ovf_is_true(const char *text);

/* Behind "/KIND/" of a HostResource ("ovf:/disk/ID"), which exporters write in
 * any case and with blanks; NULL: it is of another kind. */
const char *v2v_ovf_resource(const char *resource, const char *kind);

/* The value of <vmw:Config vmw:key="KEY" vmw:value="…"/> beneath @parent;
 * keys are those of VMX files, which have no case. */
char *v2v_ovf_config(const xmlNode *parent, const char *key);

/* A machine's settings; its disks; its removables and NICs. */
int v2v_ovf_settings(const struct v2v_ovf_tree *tree, const xmlNode *machine,
	const xmlNode *hardware, const struct v2v_ovf_items *items,
	struct v2v_source *source, struct v2v_error *err);
int v2v_ovf_disks(const struct v2v_ovf_tree *tree,
	const struct v2v_ovf_items *items,
	struct v2v_descriptor_machine *machine, struct v2v_error *err);
int v2v_ovf_devices(const xmlNode *machine, const struct v2v_ovf_items *items,
	struct v2v_source *source, struct v2v_error *err);

/* The kind and the model of a controller, literals; NULL: unknown, no
 * controller. */
const char *v2v_ovf_controller(const struct v2v_ovf_item *item);
const char *v2v_ovf_controller_model(const struct v2v_ovf_item *item);

/* CIM_ResourceAllocationSettingData.ResourceType */
enum {
	V2V_OVF_CPU = 3,
	V2V_OVF_MEMORY = 4,
	V2V_OVF_IDE = 5,
	V2V_OVF_SCSI = 6,
	V2V_OVF_NIC = 10,
	V2V_OVF_FLOPPY = 14,
	V2V_OVF_CD = 15,
	V2V_OVF_DVD = 16,
	V2V_OVF_DISK = 17,
	V2V_OVF_STORAGE = 20,
	V2V_OVF_LOGICAL_DISK = 31,
	V2V_OVF_STORAGE_VOLUME = 32,
	V2V_OVF_TPM = 34,
};
#endif
