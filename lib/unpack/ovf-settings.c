/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a machine is beside its devices: memory, CPUs, firmware, origin. */
#include "unpack/ovf-private.h"

/* There may be several items of a kind: an item of the chosen configuration
 * replaces the one that is in all (DSP0243 §9.8). */
static const struct v2v_ovf_item *find_type(
	const struct v2v_ovf_items *items, int64_t type)
{
	const struct v2v_ovf_item *found = NULL;

	v2v_list_foreach (const struct v2v_ovf_item, item, &items->list)
		if (item->type == type &&
			(!found || (item->configured && !found->configured)))
			found = item;
	return found;
}

static int read_quantity(const struct v2v_ovf_tree *tree,
	const struct v2v_ovf_item *item, const char *what, uint64_t *ret,
	struct v2v_error *err)
{
	CLEANUP_FREE char *text = v2v_ovf_expand(
		tree, v2v_node_child_text(item->node, "VirtualQuantity"));

	if (!text || !v2v_parse_u64(text, ret))
		return v2v_fail(err, "ovf-number",
			"OVF line %ld: VirtualQuantity of the %s: '%s' is %s",
			item->line, what, text ? text : "",
			v2v_ovf_number_fault(text ? text : ""));
	return 0;
}

static int read_memory(const struct v2v_ovf_tree *tree,
	const struct v2v_ovf_items *items, struct v2v_source *source,
	struct v2v_error *err)
{
	const struct v2v_ovf_item *item = find_type(items, V2V_OVF_MEMORY);
	CLEANUP_FREE char *unit = NULL;
	const char *name = "VirtualQuantityUnits";
	uint64_t n, factor = 1 << 20;

	source->memory = 1LL << 30;
	if (!item)
		return 0;
	/* CIM has AllocationUnits for the quantity only where that has none of
	 * its own. */
	unit = v2v_node_child_text(item->node, name);
	if (!unit)
		unit = v2v_node_child_text(
			item->node, name = "AllocationUnits");
	if (unit && !v2v_ovf_unit(unit, &factor))
		return v2v_fail(err, "ovf-unit",
			"OVF line %ld: %s: '%s' is not known", item->line, name,
			unit);
	if (read_quantity(tree, item, "memory", &n, err) < 0)
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

static uint64_t read_count(const xmlNode *node, const char *name)
{
	CLEANUP_FREE char *text = v2v_node_child_text(node, name);
	uint64_t n = 0;

	return text && v2v_parse_u64(text, &n) && n <= V2V_VCPUS_MAX ? n : 0;
}

static void set_topology(struct v2v_source *source, uint64_t sockets,
	uint64_t cores, uint64_t threads)
{
	source->cpu->topology = v2v_alloc(1, sizeof *source->cpu->topology);
	*source->cpu->topology = (struct v2v_topology){ (int64_t)sockets,
		(int64_t)cores, (int64_t)threads };
}

/* oVirt tells the topology, and its product is the number of CPUs. */
static bool read_ovirt_cpus(
	const struct v2v_ovf_item *item, struct v2v_source *source)
{
	uint64_t sockets = read_count(item->node, "num_of_sockets");
	uint64_t cores = read_count(item->node, "cpu_per_socket");
	uint64_t threads = read_count(item->node, "threads_per_cpu");

	threads = threads ? threads : 1;
	if (!sockets || !cores || sockets * cores * threads > V2V_VCPUS_MAX)
		return false;
	source->vcpus = (int64_t)(sockets * cores * threads);
	set_topology(source, sockets, cores, threads);
	return true;
}

static int read_cpus(const struct v2v_ovf_tree *tree,
	const struct v2v_ovf_items *items, struct v2v_source *source,
	struct v2v_error *err)
{
	const struct v2v_ovf_item *item = find_type(items, V2V_OVF_CPU);
	uint64_t n, cores;

	source->vcpus = 1;
	source->cpu = v2v_alloc(1, sizeof *source->cpu);
	if (!item || read_ovirt_cpus(item, source))
		return 0;
	if (read_quantity(tree, item, "CPUs", &n, err) < 0)
		return -1;
	if (n < 1 || n > V2V_VCPUS_MAX)
		return v2v_fail(err, "ovf-number",
			"OVF line %ld: VirtualQuantity of the CPUs is out of "
			"range",
			item->line);
	source->vcpus = (int64_t)n;
	/* 3 CPUs in sockets of 2 cores cannot exist: then nothing is recorded.
	 */
	cores = read_count(item->node, "CoresPerSocket");
	if (cores && n % cores == 0)
		set_topology(source, n / cores, cores, 1);
	return 0;
}

/* VMware's Config, or VirtualBox' own element: "efi", "EFI64", "bios". */
static char *firmware_of(const xmlNode *machine, const xmlNode *hardware)
{
	char *text = v2v_ovf_config(hardware, "firmware");
	const xmlNode *vbox =
		v2v_node_child(v2v_node_child(machine, "Machine"), "Hardware");
	const xmlNode *firmware = v2v_node_child(vbox, "Firmware");

	if (!text && firmware)
		text = v2v_node_attribute(firmware, "type");
	return text;
}

/* VMware's Config, or the key of its own files. */
static bool has_secure_boot(const xmlNode *hardware)
{
	CLEANUP_FREE char *config =
		v2v_ovf_config(hardware, "bootOptions.efiSecureBootEnabled");
	CLEANUP_FREE char *vmx =
		v2v_ovf_config(hardware, "uefi.secureBoot.enabled");
	const char *value = config ? config : vmx;

	return v2v_ovf_is_true(value);
}

static int read_firmware(const xmlNode *machine, const xmlNode *hardware,
	struct v2v_source *source, struct v2v_error *err)
{
	CLEANUP_FREE char *text = firmware_of(machine, hardware);

	if (!text)
		return 0;
	if (strncasecmp(text, "efi", 3) == 0)
		source->firmware = v2v_strdup("uefi");
	else if (strcasecmp(text, "bios") == 0)
		source->firmware = v2v_strdup("bios");
	else
		return v2v_fail(err, "ovf-firmware",
			"OVF: the firmware '%s' is not known", text);
	source->secure_boot = v2v_streq(source->firmware, "uefi") &&
			      has_secure_boot(hardware);
	return 0;
}

/* oVirt's BiosType (org.ovirt.engine.core.common.businessentities.BiosType):
 * 1 and 2 are BIOS, 3 UEFI, 4 UEFI with secure boot. */
static void read_bios_type(const xmlNode *machine, struct v2v_source *source)
{
	uint64_t type = read_count(machine, "BiosType");

	if (source->firmware || type < 1 || type > 4)
		return;
	source->firmware = v2v_strdup(type >= 3 ? "uefi" : "bios");
	source->secure_boot = type == 4;
}

static void read_os_hint(const xmlNode *machine, struct v2v_source *source)
{
	xmlNode *section = v2v_node_child(machine, "OperatingSystemSection");
	CLEANUP_FREE char *id = NULL, *vmware = NULL;
	uint64_t n;

	if (!section)
		return;
	id = v2v_node_attribute(section, "id");
	vmware = v2v_node_attribute(section, "osType");
	source->os_hint = json_pack("{s:o, s:o}", "ovf_id",
		id && v2v_parse_u64(id, &n) && n <= INT32_MAX
			? json_integer((json_int_t)n)
			: json_null(),
		"vmware", v2v_json_text(vmware));
}

static bool has_tpm(const xmlNode *machine, const struct v2v_ovf_items *items)
{
	const xmlNode *vbox =
		v2v_node_child(v2v_node_child(machine, "Machine"), "Hardware");
	const xmlNode *module = v2v_node_child(vbox, "TrustedPlatformModule");
	CLEANUP_FREE char *type =
		module ? v2v_node_attribute(module, "type") : NULL;

	if (type && strcasecmp(type, "None") != 0)
		return true;
	v2v_list_foreach (const struct v2v_ovf_item, item, &items->list)
		if (item->type == V2V_OVF_TPM ||
			(item->subtype && strcasestr(item->subtype, "vtpm")))
			return true;
	return false;
}

struct word {
	const char *word, *hypervisor;
};

static const struct word types[] = {
	{ "vmx-", "vmware" },
	{ "virtualbox", "virtualbox" },
	{ "xen", "xen" },
	{ "hvm", "xen" },
	{ "engine", "ovirt" },
	{ "rhev", "ovirt" },
	{ "ahv", "nutanix" },
	{ "nutanix", "nutanix" },
	{ NULL, NULL },
};

static const struct word namespaces[] = {
	{ "ovirt.org", "ovirt" },
	{ "virtualbox.org", "virtualbox" },
	{ "citrix.com", "xen" },
	{ "nutanix", "nutanix" },
	{ "vmware.com", "vmware" },
	{ NULL, NULL },
};

static const char *find_word(const struct word *words, const char *text)
{
	for (; text && words->word; words++)
		if (strcasestr(text, words->word))
			return words->hypervisor;
	return NULL;
}

/* Who exported it: the type of the hardware, else the namespaces. */
static const char *hypervisor_of(
	const xmlNode *envelope, const xmlNode *hardware)
{
	CLEANUP_FREE char *type = v2v_node_child_text(
		v2v_node_child(hardware, "System"), "VirtualSystemType");
	const char *found = find_word(types, type);

	for (const struct word *w = namespaces; !found && w->word; w++)
		for (const xmlNs *ns = envelope->nsDef; ns; ns = ns->next)
			if (ns->href &&
				strcasestr((const char *)ns->href, w->word))
				found = w->hypervisor;
	return found;
}

int v2v_ovf_settings(const struct v2v_ovf_tree *tree, const xmlNode *machine,
	const xmlNode *hardware, const struct v2v_ovf_items *items,
	struct v2v_source *source, struct v2v_error *err)
{
	source->hypervisor =
		v2v_strdup(hypervisor_of(tree->envelope, hardware));
	read_os_hint(machine, source);
	if (read_memory(tree, items, source, err) < 0 ||
		read_cpus(tree, items, source, err) < 0 ||
		read_firmware(machine, hardware, source, err) < 0)
		return -1;
	read_bios_type(machine, source);
	source->tpm = has_tpm(machine, items);
	return 0;
}
