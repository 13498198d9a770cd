/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A libvirt domain into a source section. */
#include "unpack/libvirt.h"

#include "unpack/drives.h"
#include "unpack/machine-xml.h"

/* libvirt's virScaleInteger(): "KiB" where nothing is said. */
static bool unit_of(const char *text, uint64_t *ret)
{
	static const struct {
		const char *word;
		uint64_t bytes;
	} units[] = {
		{ "b", 1 },
		{ "bytes", 1 },
		{ "k", 1ULL << 10 },
		{ "KiB", 1ULL << 10 },
		{ "M", 1ULL << 20 },
		{ "MiB", 1ULL << 20 },
		{ "G", 1ULL << 30 },
		{ "GiB", 1ULL << 30 },
		{ "T", 1ULL << 40 },
		{ "TiB", 1ULL << 40 },
		{ "KB", 1000 },
		{ "MB", 1000000 },
		{ "GB", 1000000000 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (strcasecmp(text ? text : "KiB", units[i].word) == 0) {
			*ret = units[i].bytes;
			return true;
		}
	return false;
}

static int read_memory(
	const xmlNode *domain, struct v2v_source *source, struct v2v_error *err)
{
	CLEANUP_FREE char *text = v2v_node_child_text(domain, "memory");
	CLEANUP_FREE char *unit = v2v_node_value(domain, "memory", "unit");
	uint64_t n, factor;

	if (!text || !v2v_parse_u64(text, &n) || !unit_of(unit, &factor))
		return v2v_fail(err, "descriptor-number",
			"libvirt XML: memory: '%s' '%s' is not an amount",
			text ? text : "", unit ? unit : "");
	return v2v_source_set_memory(
		source, "libvirt XML: memory", n, factor, err);
}

static void read_topology(const xmlNode *domain, struct v2v_source *source)
{
	const xmlNode *topology = v2v_node_at(domain, "cpu/topology");
	int64_t sockets = v2v_node_number(topology, "sockets");
	int64_t cores = v2v_node_number(topology, "cores");
	int64_t threads = v2v_node_number(topology, "threads");
	int64_t dies = v2v_node_number(topology, "dies");

	/* Dies count as sockets: the product stays. */
	if (sockets > 0 && sockets <= V2V_VCPUS_MAX && dies > 0 &&
		dies <= V2V_VCPUS_MAX)
		sockets *= dies;
	if (sockets > 0 && cores > 0 && threads > 0 &&
		sockets <= V2V_VCPUS_MAX && cores <= V2V_VCPUS_MAX &&
		threads <= V2V_VCPUS_MAX &&
		sockets * cores * threads == source->vcpus)
		v2v_source_set_topology(source, (uint64_t)sockets,
			(uint64_t)cores, (uint64_t)threads);
}

static int read_cpus(
	const xmlNode *domain, struct v2v_source *source, struct v2v_error *err)
{
	CLEANUP_FREE char *text = v2v_node_child_text(domain, "vcpu");
	uint64_t n = 1;

	source->cpu = v2v_alloc(1, sizeof *source->cpu);
	if (text && !v2v_parse_u64(text, &n))
		return v2v_fail(err, "descriptor-number",
			"libvirt XML: vcpu: '%s' is not a number", text);
	if (v2v_source_set_vcpus(source, "libvirt XML: vcpu", n, err) < 0)
		return -1;
	read_topology(domain, source);
	return 0;
}

static bool has_feature(const xmlNode *os, const char *name)
{
	const xmlNode *firmware = v2v_node_child(os, "firmware");

	for (xmlNode *n = v2v_node_child(firmware, "feature"); n;
		n = v2v_node_next(n, "feature"))
		if (v2v_node_is(n, "name", name) &&
			v2v_node_is(n, "enabled", "yes"))
			return true;
	return false;
}

/* A loader of type rom is a BIOS', but for names that say otherwise: Xen's. */
static void read_firmware(const xmlNode *domain, struct v2v_source *source)
{
	static const char *const words[] = { "OVMF", "ovmf", "edk2", "AAVMF",
		"uefi" };
	const xmlNode *os = v2v_node_child(domain, "os");
	const xmlNode *loader = v2v_node_child(os, "loader");
	CLEANUP_FREE char *file = loader ? v2v_node_text(loader) : NULL;
	bool uefi = v2v_node_is(os, "firmware", "efi") ||
		    v2v_node_is(loader, "type", "pflash") ||
		    v2v_contains_any(file, words);

	source->firmware = v2v_strdup(uefi ? "uefi" : "bios");
	source->secure_boot = uefi && (v2v_node_is(loader, "secure", "yes") ||
					      has_feature(os, "secure-boot"));
}

static const struct {
	const char *type, *hypervisor;
} types[] = {
	{ "kvm", "kvm" },
	{ "qemu", "kvm" },
	{ "xen", "xen" },
	{ "vmware", "vmware" },
	{ "vbox", "virtualbox" },
	{ "hyperv", "hyperv" },
	{ "parallels", "parallels" },
	{ "bhyve", "bhyve" },
};

static int read_type(
	const xmlNode *domain, struct v2v_source *source, struct v2v_error *err)
{
	CLEANUP_FREE char *type = v2v_node_attribute(domain, "type");
	CLEANUP_FREE char *os = NULL;
	const xmlNode *node = v2v_node_child(domain, "os");

	os = node ? v2v_node_child_text(node, "type") : NULL;
	if (v2v_streq(os, "exe"))
		return v2v_fail(err, "descriptor-no-machine",
			"libvirt XML: a container, not a machine");
	for (size_t i = 0; type && i < ARRAY_SIZE(types); i++)
		if (strcmp(type, types[i].type) == 0)
			source->hypervisor = v2v_strdup(types[i].hypervisor);
	return 0;
}

static void read_identity(const xmlNode *domain, const char *fallback_name,
	struct v2v_source *source)
{
	const xmlNode *devices = v2v_node_child(domain, "devices");
	CLEANUP_FREE char *os_name =
		v2v_node_value(domain, "metadata/libosinfo/os", "id");

	source->name = v2v_node_child_text(domain, "name");
	if (!source->name)
		source->name = v2v_strdup(fallback_name);
	source->uuid = v2v_node_child_text(domain, "uuid");
	source->genid = v2v_node_child_text(domain, "genid");
	source->video = v2v_node_value(devices, "video/model", "type");
	source->sound = v2v_node_value(devices, "sound", "model");
	source->tpm = v2v_node_at(devices, "tpm") != NULL;
	if (os_name)
		source->os_hint = json_pack("{s:n, s:n, s:o}", "ovf_id",
			"vmware", "libosinfo", v2v_json_text(os_name));
}

/* A running domain has an id; what its disks hold is not whole then. */
static void tell_running(struct v2v *v, const xmlNode *domain)
{
	if (v2v_node_number(domain, "id") > 0)
		v2v_warn(v, "machine-running",
			"libvirt XML: the machine was running when it was "
			"written; it must be shut down by now");
}

static int read_machine(struct v2v *v, const xmlNode *domain,
	const char *fallback_name, struct v2v_descriptor_machine *machine,
	struct v2v_error *err)
{
	const xmlNode *devices = v2v_node_child(domain, "devices");
	struct v2v_source *source = &machine->source;

	machine->chosen = true;
	read_identity(domain, fallback_name, source);
	read_firmware(domain, source);
	if (read_type(domain, source, err) < 0 ||
		read_memory(domain, source, err) < 0 ||
		read_cpus(domain, source, err) < 0 ||
		v2v_libvirt_drives(v, devices, machine, err) < 0 ||
		v2v_libvirt_nics(devices, source, err) < 0)
		return -1;
	tell_running(v, domain);
	return 0;
}

static int read_domain(struct v2v *v, const char *text, size_t size,
	const struct v2v_descriptor_choice *choice, const char *fallback_name,
	struct v2v_descriptor *ret, struct v2v_error *err)
{
	struct v2v_descriptor descriptor CLEANUP_DESCRIPTOR = { .kind = NULL };
	CLEANUP_XML_DOC xmlDoc *doc =
		v2v_machine_xml("libvirt XML", text, size, "domain", err);

	(void)choice; /* There is one machine in it. */
	if (!doc || read_machine(v, xmlDocGetRootElement(doc), fallback_name,
			    v2v_list_add(&descriptor.machines,
				    sizeof(struct v2v_descriptor_machine)),
			    err) < 0)
		return -1;
	*ret = descriptor;
	descriptor = (struct v2v_descriptor){ .kind = NULL };
	return 0;
}

static bool is_domain(const unsigned char *start, size_t size)
{
	return v2v_machine_xml_is(start, size, "domain");
}

const struct v2v_descriptor_ops v2v_descriptor_libvirt = {
	.name = "libvirt",
	.suffix = ".xml",
	.is = is_domain,
	.read = read_domain,
};
