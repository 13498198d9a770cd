/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A .vbox into a source section. */
#include "unpack/vbox.h"

#include "unpack/drives.h"
#include "unpack/machine-xml.h"

#define DEFAULT_MEMORY 128 /* MiB, where it says nothing (VirtualBox') */

static int check_state(const xmlNode *machine, struct v2v_error *err)
{
	CLEANUP_FREE char *state = v2v_node_value(machine, "", "stateFile");

	if (!state)
		return 0;
	return v2v_fail(err, "machine-suspended",
		"VirtualBox: the machine's state is saved in '%s'; resume it "
		"and shut it down first",
		state);
}

static int read_sizes(const xmlNode *hardware, struct v2v_source *source,
	struct v2v_error *err)
{
	CLEANUP_FREE char *memory =
		v2v_node_value(hardware, "Memory", "RAMSize");
	CLEANUP_FREE char *count = v2v_node_value(hardware, "CPU", "count");
	uint64_t mib = DEFAULT_MEMORY, vcpus = 1;

	source->cpu = v2v_alloc(1, sizeof *source->cpu);
	if (memory && !v2v_parse_u64(memory, &mib))
		return v2v_fail(err, "descriptor-number",
			"VirtualBox: RAMSize: '%s' is not a number", memory);
	if (count && !v2v_parse_u64(count, &vcpus))
		return v2v_fail(err, "descriptor-number",
			"VirtualBox: CPU: '%s' is not a number", count);
	if (v2v_source_set_memory(
		    source, "VirtualBox: RAMSize", mib, 1 << 20, err) < 0)
		return -1;
	return v2v_source_set_vcpus(source, "VirtualBox: CPU", vcpus, err);
}

/* Secure boot is in the machine's .nvram, and not read. */
static int read_firmware(const xmlNode *hardware, struct v2v_source *source,
	struct v2v_error *err)
{
	static const char *const places[] = { "Firmware", "BIOS/Firmware" };
	CLEANUP_FREE char *tpm =
		v2v_node_value(hardware, "TrustedPlatformModule", "type");
	CLEANUP_FREE char *type = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(places) && !type; i++)
		type = v2v_node_value(hardware, places[i], "type");
	source->tpm = tpm && strcasecmp(tpm, "None") != 0;
	if (!type || strcasecmp(type, "BIOS") == 0)
		source->firmware = v2v_strdup("bios");
	else if (strncasecmp(type, "EFI", 3) == 0)
		source->firmware = v2v_strdup("uefi");
	else
		return v2v_fail(err, "descriptor-firmware",
			"VirtualBox: the firmware '%s' is not known", type);
	return 0;
}

static void read_sound(const xmlNode *hardware, struct v2v_source *source)
{
	const xmlNode *adapter = v2v_node_child(hardware, "AudioAdapter");
	static const struct {
		const char *type, *model;
	} models[] = {
		{ "AC97", "ac97" },
		{ "HDA", "ich6" },
		{ "SB16", "sb16" },
	};

	if (!v2v_node_is(adapter, "enabled", "true"))
		return;
	source->sound = v2v_strdup("ac97");
	for (size_t i = 0; i < ARRAY_SIZE(models); i++)
		if (v2v_node_is(adapter, "controller", models[i].type))
			v2v_string_set(&source->sound, models[i].model);
}

static void read_identity(const xmlNode *machine, const char *fallback_name,
	struct v2v_source *source)
{
	CLEANUP_FREE char *uuid = v2v_node_value(machine, "", "uuid");
	CLEANUP_FREE char *os_name = v2v_node_value(machine, "", "OSType");

	source->name = v2v_node_value(machine, "", "name");
	if (!source->name)
		source->name = v2v_strdup(fallback_name);
	source->hypervisor = v2v_strdup("virtualbox");
	if (uuid && *uuid == '{' && strlen(uuid) == 38)
		source->uuid = v2v_strndup(uuid + 1, 36);
	if (os_name)
		source->os_hint = json_pack("{s:n, s:n, s:o}", "ovf_id",
			"vmware", "virtualbox", v2v_json_text(os_name));
}

/* The card is plugged into the child that says so; a disabled one keeps its
 * last choice among <DisabledModes>. */
static void set_network(const xmlNode *adapter, struct v2v_nic *nic)
{
	static const struct {
		const char *element, *type;
	} modes[] = {
		{ "BridgedInterface", "bridge" },
		{ "InternalNetwork", "network" },
		{ "HostOnlyInterface", "network" },
		{ "HostOnlyNetwork", "network" },
		{ "NATNetwork", "network" },
		{ "GenericInterface", "network" },
		{ "CloudNetwork", "network" },
	};

	nic->type = v2v_strdup("network");
	for (size_t i = 0; i < ARRAY_SIZE(modes) && !nic->network; i++) {
		nic->network =
			v2v_node_value(adapter, modes[i].element, "name");
		if (nic->network)
			v2v_string_set(&nic->type, modes[i].type);
	}
	if (!nic->network)
		nic->network = v2v_strdup(
			v2v_node_child(adapter, "NAT") ? "nat" : "default");
}

/* VirtualBox' names of cards; the schema's default is the first. */
static const char *card_model(const xmlNode *adapter)
{
	static const struct {
		const char *type, *model;
	} models[] = {
		{ "Am79C970A", "pcnet" },
		{ "Am79C973", "pcnet" },
		{ "Am79C960", "pcnet" },
		{ "82540EM", "e1000" },
		{ "82543GC", "e1000" },
		{ "82545EM", "e1000" },
		{ "virtio", "virtio" },
		{ "UsbNet", "usb" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(models); i++)
		if (v2v_node_is(adapter, "type", models[i].type))
			return models[i].model;
	return "pcnet";
}

static int add_nic(const xmlNode *adapter, struct v2v_source *source,
	struct v2v_error *err)
{
	CLEANUP_FREE char *mac = v2v_node_value(adapter, "", "MACAddress");
	struct v2v_nic *nic = v2v_nics_add(source, err);

	if (!nic)
		return v2v_fail_prefix(err, "VirtualBox");
	set_network(adapter, nic);
	nic->model = v2v_strdup(card_model(adapter));
	nic->mac = v2v_mac_clean(mac);
	return 0;
}

/* In the order of their slots; VirtualBox has 36 at most. */
static int read_nics(const xmlNode *hardware, struct v2v_source *source,
	struct v2v_error *err)
{
	const xmlNode *network = v2v_node_child(hardware, "Network");

	for (int64_t slot = 0; network && slot < V2V_NICS_MAX; slot++)
		for (xmlNode *n = v2v_node_child(network, "Adapter"); n;
			n = v2v_node_next(n, "Adapter"))
			if (v2v_node_number(n, "slot") == slot &&
				v2v_node_is(n, "enabled", "true")) {
				if (add_nic(n, source, err) < 0)
					return -1;
				break;
			}
	return 0;
}

static int read_machine(struct v2v *v, const xmlNode *root,
	const char *fallback_name, struct v2v_descriptor_machine *machine,
	struct v2v_error *err)
{
	const xmlNode *node = v2v_node_child(root, "Machine");
	const xmlNode *hardware = v2v_node_child(node, "Hardware");

	machine->chosen = true;
	if (v2v_node_child(root, "MachineEncrypted"))
		return v2v_fail(err, "machine-encrypted",
			"VirtualBox: the machine is encrypted");
	if (!hardware)
		return v2v_fail(err, "descriptor-no-machine",
			"VirtualBox: no Machine element with Hardware in it");
	read_identity(node, fallback_name, &machine->source);
	read_sound(hardware, &machine->source);
	if (check_state(node, err) < 0 ||
		read_sizes(hardware, &machine->source, err) < 0 ||
		read_firmware(hardware, &machine->source, err) < 0 ||
		v2v_vbox_drives(v, node, machine, err) < 0)
		return -1;
	return read_nics(hardware, &machine->source, err);
}

static int read_vbox(struct v2v *v, const char *text, size_t size,
	const struct v2v_descriptor_choice *choice, const char *fallback_name,
	struct v2v_descriptor *ret, struct v2v_error *err)
{
	struct v2v_descriptor descriptor CLEANUP_DESCRIPTOR = { .kind = NULL };
	CLEANUP_XML_DOC xmlDoc *doc =
		v2v_machine_xml("VirtualBox", text, size, "VirtualBox", err);

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

static bool is_vbox(const unsigned char *start, size_t size)
{
	return v2v_machine_xml_is(start, size, "VirtualBox");
}

const struct v2v_descriptor_ops v2v_descriptor_vbox = {
	.name = "virtualbox",
	.suffix = ".vbox",
	.is = is_vbox,
	.read = read_vbox,
};
