/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A VMX into a source section. */
#include "unpack/vmx.h"

#include "unpack/drives.h"

#include <ctype.h>

#define DEFAULT_MEMORY 32 /* MiB, where it says nothing (VMware's) */

/* A machine whose settings or state are not to be had. */
static int check_state(const json_t *vmx, struct v2v_error *err)
{
	const char *state = v2v_vmx_get(vmx, "checkpoint.vmstate");

	if (v2v_vmx_get(vmx, "encryption.keysafe") ||
		v2v_vmx_get(vmx, "encryption.data"))
		return v2v_fail(err, "machine-encrypted",
			"VMX: the machine is encrypted; decrypt it in VMware "
			"first");
	if (state && *state)
		return v2v_fail(err, "machine-suspended",
			"VMX: the machine is suspended (its state is in '%s'); "
			"resume it and shut it down first",
			state);
	return 0;
}

/* A number that is absent or empty is @absent. */
static int read_number(const json_t *vmx, const char *key, uint64_t absent,
	uint64_t *ret, struct v2v_error *err)
{
	const char *value = v2v_vmx_get(vmx, "%s", key);

	*ret = absent;
	if (value && *value && !v2v_parse_u64(value, ret))
		return v2v_fail(err, "descriptor-number",
			"VMX: %s: '%s' is not a number", key, value);
	return 0;
}

static int read_sizes(
	const json_t *vmx, struct v2v_source *source, struct v2v_error *err)
{
	uint64_t memory, vcpus, cores;
	const char *value;

	source->cpu = v2v_alloc(1, sizeof *source->cpu);
	if (read_number(vmx, "memsize", DEFAULT_MEMORY, &memory, err) < 0 ||
		read_number(vmx, "numvcpus", 1, &vcpus, err) < 0 ||
		v2v_source_set_memory(
			source, "VMX: memsize", memory, 1 << 20, err) < 0 ||
		v2v_source_set_vcpus(source, "VMX: numvcpus", vcpus, err) < 0)
		return -1;
	value = v2v_vmx_get(vmx, "cpuid.corespersocket");
	if (value && v2v_parse_u64(value, &cores) && cores &&
		vcpus % cores == 0)
		v2v_source_set_topology(source, vcpus / cores, cores, 1);
	return 0;
}

static int read_firmware(
	const json_t *vmx, struct v2v_source *source, struct v2v_error *err)
{
	const char *value = v2v_vmx_get(vmx, "firmware");
	const char *autotpm = v2v_vmx_get(vmx, "managedvm.autoaddvtpm");

	if (!value || !*value || strcasecmp(value, "bios") == 0)
		source->firmware = v2v_strdup("bios");
	else if (strncasecmp(value, "efi", 3) == 0)
		source->firmware = v2v_strdup("uefi");
	else
		return v2v_fail(err, "descriptor-firmware",
			"VMX: the firmware '%s' is not known", value);
	source->secure_boot =
		strcmp(source->firmware, "uefi") == 0 &&
		v2v_vmx_is_true(v2v_vmx_get(vmx, "uefi.secureboot.enabled"));
	source->tpm = v2v_vmx_is_true(v2v_vmx_get(vmx, "vtpm.present")) ||
		      (autotpm && *autotpm && strcasecmp(autotpm, "none") != 0);
	return 0;
}

/* "56 4d 01 02 03 04 05 06-07 08 09 0a 0b 0c 0d 0e": 16 bytes as a UUID's. */
static char *clean_uuid(const char *text)
{
	struct v2v_text uuid CLEANUP_TEXT = { 0 };
	size_t digits = 0;

	for (; text && *text; text++) {
		if (*text == ' ' || *text == '-')
			continue;
		if (!isxdigit((unsigned char)*text) || digits == 32)
			return NULL;
		v2v_text_addf(&uuid, "%s%c",
			digits == 8 || digits == 12 || digits == 16 ||
					digits == 20
				? "-"
				: "",
			tolower((unsigned char)*text));
		digits++;
	}
	return digits == 32 ? v2v_text_take(&uuid) : NULL;
}

static void add_bytes(struct v2v_text *text, uint64_t n, unsigned from,
	unsigned count, const char *behind)
{
	for (unsigned i = 0; i < count; i++)
		v2v_text_addf(
			text, "%02x", (unsigned)(n >> (8 * (from + i)) & 0xff));
	v2v_text_addf(text, "%s", behind);
}

/* vm.genid and vm.genidX are the GUID's two halves as signed numbers, its
 * first three fields as little endian numbers. */
static char *read_genid(const json_t *vmx)
{
	const char *low = v2v_vmx_get(vmx, "vm.genid");
	const char *high = v2v_vmx_get(vmx, "vm.genidx");
	struct v2v_text guid CLEANUP_TEXT = { 0 };
	int64_t lo, hi;

	if (!low || !high || !v2v_parse_i64(low, &lo) ||
		!v2v_parse_i64(high, &hi) || (lo == 0 && hi == 0))
		return NULL;
	v2v_text_addf(&guid, "%08x-%04x-%04x-", (unsigned)(lo & 0xffffffff),
		(unsigned)((uint64_t)lo >> 32 & 0xffff),
		(unsigned)((uint64_t)lo >> 48));
	add_bytes(&guid, (uint64_t)hi, 0, 2, "-");
	add_bytes(&guid, (uint64_t)hi, 2, 6, "");
	return v2v_text_take(&guid);
}

/* To QEMU's model of the same chip. */
static const char *read_sound(const json_t *vmx)
{
	static const struct {
		const char *vmware, *model;
	} models[] = {
		{ "hdaudio", "ich6" },
		{ "es1371", "es1370" },
		{ "sb16", "sb16" },
	};
	const char *device = v2v_vmx_get(vmx, "sound.virtualdev");

	if (!v2v_vmx_is_true(v2v_vmx_get(vmx, "sound.present")))
		return NULL;
	for (size_t i = 0; device && i < ARRAY_SIZE(models); i++)
		if (strcasecmp(device, models[i].vmware) == 0)
			return models[i].model;
	return device && *device ? NULL : "es1370";
}

static void read_identity(
	const json_t *vmx, const char *fallback_name, struct v2v_source *source)
{
	const char *name = v2v_vmx_get(vmx, "displayname");
	const char *os_name = v2v_vmx_get(vmx, "guestos");
	const char *video = v2v_vmx_get(vmx, "svga.present");

	source->name = v2v_strdup(name && *name ? name : fallback_name);
	source->hypervisor = v2v_strdup("vmware");
	source->uuid = clean_uuid(v2v_vmx_get(vmx, "uuid.bios"));
	source->genid = read_genid(vmx);
	if (os_name && *os_name)
		source->os_hint =
			json_pack("{s:n, s:s}", "ovf_id", "vmware", os_name);
	if (!video || v2v_vmx_is_true(video))
		source->video = v2v_strdup("vmvga");
	source->sound = v2v_strdup(read_sound(vmx));
}

static int read_machine(struct v2v *v, const json_t *vmx,
	const char *fallback_name, struct v2v_descriptor_machine *machine,
	struct v2v_error *err)
{
	struct v2v_source *source = &machine->source;

	if (check_state(vmx, err) < 0)
		return -1;
	machine->chosen = true;
	read_identity(vmx, fallback_name, source);
	if (read_sizes(vmx, source, err) < 0 ||
		read_firmware(vmx, source, err) < 0 ||
		v2v_vmx_drives(v, vmx, machine, err) < 0)
		return -1;
	return v2v_vmx_nics(vmx, source, err);
}

static int read_vmx(struct v2v *v, const char *text, size_t size,
	const struct v2v_descriptor_choice *choice, const char *fallback_name,
	struct v2v_descriptor *ret, struct v2v_error *err)
{
	struct v2v_descriptor descriptor CLEANUP_DESCRIPTOR = { .kind = NULL };
	json_auto_t *vmx = v2v_vmx_parse(v, text, size, err);

	(void)choice; /* There is one machine in it. */
	if (!vmx || read_machine(v, vmx, fallback_name,
			    v2v_list_add(&descriptor.machines,
				    sizeof(struct v2v_descriptor_machine)),
			    err) < 0)
		return -1;
	*ret = descriptor;
	descriptor = (struct v2v_descriptor){ .kind = NULL };
	return 0;
}

const struct v2v_descriptor_ops v2v_descriptor_vmx = {
	.name = "vmx",
	.suffix = ".vmx",
	.lock = ".lck",
	.is = v2v_vmx_is_one,
	.read = read_vmx,
};
