/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An OVF into a source section. */
#include "unpack/ovf.h"

#include "unpack/ovf-private.h"

#include <libxml/parser.h>

enum { TYPE_CPU = 3, TYPE_MEMORY = 4, TYPE_TPM = 34 };

static void doc_cleanup(xmlDoc **doc)
{
	if (*doc)
		xmlFreeDoc(*doc);
}

static void items_cleanup(struct v2v_list *items)
{
	v2v_ovf_items_clear(items);
}

static void disk_clear(struct v2v_ovf_disk *disk)
{
	free(disk->href);
}

void v2v_ovf_clear(struct v2v_ovf *ovf)
{
	v2v_source_clear(&ovf->source);
	v2v_list_foreach (struct v2v_ovf_disk, disk, &ovf->disks)
		disk_clear(disk);
	free(ovf->disks.items);
	*ovf = (struct v2v_ovf){ 0 };
}

static bool is_too_deep(const xmlNode *node, unsigned depth)
{
	if (depth > V2V_OVF_MAX_DEPTH)
		return true;
	for (xmlNode *n = v2v_ovf_child(node, NULL); n;
		n = v2v_ovf_next(n, NULL))
		if (is_too_deep(n, depth + 1))
			return true;
	return false;
}

/* No network, no DTD, no entities, no XInclude; libxml2 itself prints nothing.
 * A parse error's context would show the file's content: only its line is told.
 */
static xmlDoc *parse(const char *text, size_t size, struct v2v_error *err)
{
	__attribute__((cleanup(doc_cleanup)))
	xmlDoc *doc = xmlReadMemory(text, (int)size, "ovf", NULL,
		XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_NOERROR |
			XML_PARSE_NOWARNING | XML_PARSE_BIG_LINES);
	const xmlError *why = xmlGetLastError();
	xmlNode *root;

	if (!doc) {
		v2v_fail(err, "ovf-xml",
			"OVF line %d: it is no well-formed XML",
			why ? why->line : 0);
		return NULL;
	}
	if (doc->intSubset || doc->extSubset) {
		v2v_fail(err, "ovf-xml", "OVF: a DTD is refused");
		return NULL;
	}
	root = xmlDocGetRootElement(doc);
	if (!root || strcmp((const char *)root->name, "Envelope") != 0) {
		v2v_fail(err, "ovf-xml", "OVF: the root is no Envelope");
		return NULL;
	}
	if (is_too_deep(root, 0)) {
		v2v_fail(err, "ovf-xml",
			"OVF: elements are nested deeper than "
			"%d",
			V2V_OVF_MAX_DEPTH);
		return NULL;
	}
	return v2v_take(doc);
}

static const xmlNode *find_system(
	const xmlNode *envelope, struct v2v_error *err)
{
	const xmlNode *machine = v2v_ovf_child(envelope, "VirtualSystem");

	if (v2v_ovf_child(envelope, "VirtualSystemCollection") ||
		(machine && v2v_ovf_next(machine, "VirtualSystem"))) {
		v2v_fail(err, "ovf-several",
			"OVF: it holds several machines, which is not "
			"supported yet");
		return NULL;
	}
	if (!machine)
		v2v_fail(err, "ovf-no-machine",
			"OVF: no VirtualSystem; this dialect is not supported "
			"yet");
	return machine;
}

/* The configuration to take: the one asked for, the default, the first. */
static int find_configuration(const xmlNode *envelope, const char *wanted,
	char **ret_id, struct v2v_error *err)
{
	const xmlNode *section =
		v2v_ovf_child(envelope, "DeploymentOptionSection");
	CLEANUP_FREE char *chosen = NULL;

	for (xmlNode *n = v2v_ovf_child(section, "Configuration"); n;
		n = v2v_ovf_next(n, "Configuration")) {
		CLEANUP_FREE char *id = v2v_ovf_attribute(n, "id");
		CLEANUP_FREE char *is_default = v2v_ovf_attribute(n, "default");
		bool fits = wanted ? v2v_streq(id, wanted)
				   : v2v_streq(is_default, "true");

		if (fits || (!wanted && !chosen)) {
			free(chosen);
			chosen = v2v_take(id);
		}
		if (fits)
			break;
	}
	if (wanted && !chosen)
		return v2v_fail(err, "ovf-configuration",
			"OVF: no configuration '%s'", wanted);
	*ret_id = v2v_take(chosen);
	return 0;
}

/* Several items of a kind may stand there: an item of the chosen configuration
 * replaces the one that is in all (DSP0243 §9.8). */
static const struct v2v_ovf_item *find_type(
	const struct v2v_list *items, int64_t type)
{
	const struct v2v_ovf_item *found = NULL;

	v2v_list_foreach (const struct v2v_ovf_item, item, items) {
		CLEANUP_FREE char *configured = NULL;

		if (item->type != type)
			continue;
		configured = v2v_ovf_attribute(item->node, "configuration");
		if (!found || configured)
			found = item;
	}
	return found;
}

static int read_quantity(const struct v2v_ovf_item *item, const char *what,
	uint64_t *ret, struct v2v_error *err)
{
	CLEANUP_FREE char *text =
		v2v_ovf_child_text(item->node, "VirtualQuantity");

	if (!text || !v2v_parse_u64(text, ret))
		return v2v_fail(err, "ovf-number",
			"OVF line %ld: VirtualQuantity of the %s: '%s' is no "
			"number in range",
			item->line, what, text ? text : "");
	return 0;
}

static int read_memory(const struct v2v_list *items, struct v2v_source *source,
	struct v2v_error *err)
{
	const struct v2v_ovf_item *item = find_type(items, TYPE_MEMORY);
	CLEANUP_FREE char *unit = NULL;
	uint64_t n, factor = 1 << 20;

	source->memory = 1LL << 30;
	if (!item)
		return 0;
	unit = v2v_ovf_child_text(item->node, "AllocationUnits");
	if (unit && !v2v_ovf_unit(unit, &factor))
		return v2v_fail(err, "ovf-unit",
			"OVF line %ld: AllocationUnits: '%s' is not known",
			item->line, unit);
	if (read_quantity(item, "memory", &n, err) < 0)
		return -1;
	if (__builtin_mul_overflow(n, factor, &n) || n < V2V_MEMORY_MIN ||
		n > V2V_MEMORY_MAX)
		return v2v_fail(err, "ovf-number",
			"OVF line %ld: VirtualQuantity of the memory is out of "
			"range",
			item->line);
	source->memory = (int64_t)n;
	return 0;
}

static int read_cpus(const struct v2v_list *items, struct v2v_source *source,
	struct v2v_error *err)
{
	const struct v2v_ovf_item *item = find_type(items, TYPE_CPU);
	CLEANUP_FREE char *text = NULL;
	uint64_t n, cores = 0;

	source->vcpus = 1;
	source->cpu = v2v_alloc(1, sizeof *source->cpu);
	if (!item)
		return 0;
	if (read_quantity(item, "CPUs", &n, err) < 0)
		return -1;
	if (n < 1 || n > V2V_VCPUS_MAX)
		return v2v_fail(err, "ovf-number",
			"OVF line %ld: VirtualQuantity of the CPUs is out of "
			"range",
			item->line);
	source->vcpus = (int64_t)n;
	text = v2v_ovf_child_text(item->node, "CoresPerSocket");
	/* 3 CPUs in sockets of 2 cores cannot be: then nothing is said. */
	if (!text || !v2v_parse_u64(text, &cores) || !cores || n % cores)
		return 0;
	source->cpu->topology = v2v_alloc(1, sizeof *source->cpu->topology);
	*source->cpu->topology = (struct v2v_topology){ (int64_t)(n / cores),
		(int64_t)cores, 1 };
	return 0;
}

static int read_firmware(const xmlNode *hardware, struct v2v_source *source,
	struct v2v_error *err)
{
	CLEANUP_FREE char *text = v2v_ovf_config(hardware, "firmware");
	CLEANUP_FREE char *secure =
		v2v_ovf_config(hardware, "bootOptions.efiSecureBootEnabled");

	if (!text)
		return 0;
	if (strcasecmp(text, "efi") == 0)
		source->firmware = v2v_strdup("uefi");
	else if (strcasecmp(text, "bios") == 0)
		source->firmware = v2v_strdup("bios");
	else
		return v2v_fail(err, "ovf-firmware",
			"OVF: the firmware '%s' is not known", text);
	source->secure_boot = v2v_streq(source->firmware, "uefi") && secure &&
			      strcasecmp(secure, "true") == 0;
	return 0;
}

static void read_name(
	const xmlNode *machine, const char *fallback, struct v2v_source *source)
{
	source->name = v2v_ovf_child_text(machine, "Name");
	if (!source->name)
		source->name = v2v_ovf_attribute(machine, "id");
	if (!source->name)
		source->name = v2v_strdup(fallback);
}

static void read_os_hint(const xmlNode *machine, struct v2v_source *source)
{
	xmlNode *section = v2v_ovf_child(machine, "OperatingSystemSection");
	CLEANUP_FREE char *id = NULL, *vmware = NULL;
	uint64_t n;

	if (!section)
		return;
	id = v2v_ovf_attribute(section, "id");
	vmware = v2v_ovf_attribute(section, "osType");
	source->os_hint = json_pack("{s:o, s:o}", "ovf_id",
		id && v2v_parse_u64(id, &n) && n <= INT32_MAX
			? json_integer((json_int_t)n)
			: json_null(),
		"vmware", v2v_json_text(vmware));
}

static bool has_tpm(const struct v2v_list *items)
{
	v2v_list_foreach (const struct v2v_ovf_item, item, items)
		if (item->type == TYPE_TPM ||
			(item->subtype && strcasestr(item->subtype, "vtpm")))
			return true;
	return false;
}

static int read_system(const xmlNode *envelope, const char *configuration,
	const char *fallback_name, struct v2v_ovf *ovf, struct v2v_error *err)
{
	__attribute__((cleanup(items_cleanup))) struct v2v_list items = { 0 };
	CLEANUP_FREE char *chosen = NULL;
	const xmlNode *machine = find_system(envelope, err), *hardware;
	struct v2v_source *source = &ovf->source;

	if (!machine ||
		find_configuration(envelope, configuration, &chosen, err) < 0)
		return -1;
	hardware = v2v_ovf_child(machine, "VirtualHardwareSection");
	if (!hardware)
		return v2v_fail(err, "ovf-no-hardware",
			"OVF: no VirtualHardwareSection");
	read_name(machine, fallback_name, source);
	source->hypervisor = v2v_strdup("vmware");
	read_os_hint(machine, source);
	if (v2v_ovf_items(hardware, chosen, &items, err) < 0 ||
		read_memory(&items, source, err) < 0 ||
		read_cpus(&items, source, err) < 0 ||
		read_firmware(hardware, source, err) < 0 ||
		v2v_ovf_devices(envelope, &items, ovf, err) < 0)
		return -1;
	source->tpm = has_tpm(&items);
	if (source->disks.count == 0)
		return v2v_fail(err, "ovf-no-disk", "OVF: it has no disk");
	return 0;
}

int v2v_ovf_read(struct v2v *v, const char *text, size_t size,
	const char *configuration, const char *fallback_name,
	struct v2v_ovf *ret_ovf, struct v2v_error *err)
{
	__attribute__((cleanup(doc_cleanup))) xmlDoc *doc = NULL;
	struct v2v_ovf ovf CLEANUP_OVF = { 0 };

	if (v2v_check_cancel(v, err) < 0)
		return -1;
	if (size > V2V_OVF_MAX)
		return v2v_fail(err, "ovf-limit", "OVF: larger than %d bytes",
			V2V_OVF_MAX);
	doc = parse(text, size, err);
	if (!doc || read_system(xmlDocGetRootElement(doc), configuration,
			    fallback_name, &ovf, err) < 0)
		return -1;
	*ret_ovf = ovf;
	ovf = (struct v2v_ovf){ 0 };
	return 0;
}
