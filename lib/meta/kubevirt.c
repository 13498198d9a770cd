/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The writer of a VirtualMachine of KubeVirt's, with a DataVolume for each
 * disk. */
#include "meta/kubevirt.h"

#include "meta/names.h"
#include "meta/shell.h"
#include "meta/yaml.h"

#define MIB (1024 * 1024)

char *v2v_kubevirt_volume(const char *machine, size_t index)
{
	CLEANUP_FREE char *disk = v2v_kubevirt_disk(index);
	CLEANUP_FREE char *begin =
		v2v_names_label(machine, V2V_DNS_LABEL - 1 - strlen(disk));

	return v2v_format("%s-%s", begin, disk);
}

/* A quantity of Kubernetes': whole MiB, else KiB, rounded up. */
static json_t *quantity(int64_t bytes)
{
	CLEANUP_FREE char *text =
		bytes % MIB
			? v2v_format("%lldKi", (long long)(bytes + 1023) / 1024)
			: v2v_format("%lldMi", (long long)bytes / MIB);

	return json_string(text);
}

/* With a size that CDI cannot make smaller than the disk. */
static json_t *data_volume(const char *name, const struct v2v_target *target,
	const struct v2v_meta_place *place)
{
	json_t *storage = json_pack("{s:{s:{s:o}}}", "resources", "requests",
		"storage", quantity(target->virtual_size));

	if (place->storage)
		json_object_set_new(storage, "storageClassName",
			json_string(place->storage));
	return json_pack("{s:{s:s}, s:{s:{s:{}}, s:o}}", "metadata", "name",
		name, "spec", "source", "upload", "storage", storage);
}

static json_t *data_volumes(const char *name, const struct v2v_machine *m,
	const struct v2v_meta_place *place)
{
	const struct v2v_target *targets = m->targets.items;
	json_t *volumes = json_array();

	for (size_t i = 0; i < m->targets.count; i++) {
		CLEANUP_FREE char *volume = v2v_kubevirt_volume(name, i);

		if (targets[i].file)
			json_array_append_new(volumes,
				data_volume(volume, &targets[i], place));
	}
	return volumes;
}

static json_t *volumes(const char *name, const struct v2v_machine *m)
{
	const struct v2v_target *targets = m->targets.items;
	json_t *list = json_array();

	for (size_t i = 0; i < m->targets.count; i++) {
		CLEANUP_FREE char *disk = v2v_kubevirt_disk(i);
		CLEANUP_FREE char *volume = v2v_kubevirt_volume(name, i);

		if (targets[i].file)
			json_array_append_new(
				list, json_pack("{s:s, s:{s:s}}", "name", disk,
					      "dataVolume", "name", volume));
	}
	return list;
}

static json_t *processors(const struct v2v_machine *m)
{
	const struct v2v_topology *t = v2v_machine_topology(m);

	return json_pack("{s:I, s:I, s:I}", "sockets",
		(json_int_t)(t ? t->sockets : 1), "cores",
		(json_int_t)(t ? t->cores : m->source.vcpus), "threads",
		(json_int_t)(t ? t->threads : 1));
}

/* Secure boot is on where nothing is said, so it is said. */
static json_t *firmware(const struct v2v_machine *m)
{
	if (!m->is_uefi)
		return json_pack("{s:{s:{}}}", "bootloader", "bios");
	return json_pack("{s:{s:{s:b, s:b}}}", "bootloader", "efi",
		"secureBoot", m->secure_boot, "persistent", 1);
}

/* A cluster as it is installed takes q35 alone. */
static const char *machine_type(struct v2v *v, const struct v2v_machine *m)
{
	if (v2v_streq(m->type, "pc")) {
		v2v_warn(v, "machine-changed",
			"kubevirt has no machine '%s': it is 'q35'", m->type);
		return "q35";
	}
	return m->type;
}

static json_t *domain(struct v2v *v, const struct v2v_machine *m)
{
	return json_pack("{s:o, s:{s:o}, s:{s:s}, s:o, s:o, s:o, s:o}", "cpu",
		processors(m), "memory", "guest", quantity(m->source.memory),
		"machine", "type", machine_type(v, m), "firmware", firmware(m),
		"features", v2v_kubevirt_features(m), "clock",
		v2v_kubevirt_clock(v, m), "devices",
		v2v_kubevirt_devices(v, m));
}

/* What has no member of its own is kept for people. */
static json_t *annotations(struct v2v *v, const struct v2v_machine *m)
{
	const char *genid = v2v_machine_genid(v, m);
	json_t *notes = json_object();

	json_object_set_new(
		notes, "v2v-tools/source-name", json_string(m->source.name));
	if (m->inspect.osinfo)
		json_object_set_new(notes, "vm.kubevirt.io/os",
			json_string(m->inspect.osinfo));
	if (genid) {
		v2v_warn(v, "genid-left-out",
			"kubevirt has no generation ID: '%s' is an annotation",
			genid);
		json_object_set_new(
			notes, "v2v-tools/generation-id", json_string(genid));
	}
	return notes;
}

static const char *go_arch(const char *arch)
{
	static const char *const names[][2] = {
		{ "x86_64", "amd64" },
		{ "aarch64", "arm64" },
		{ "armv7l", "arm" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (v2v_streq(arch, names[i][0]))
			return names[i][1];
	return arch;
}

static json_t *virtual_machine(struct v2v *v, const struct v2v_machine *m,
	const char *name, const struct v2v_meta_place *place)
{
	json_t *metadata = json_pack(
		"{s:s, s:o}", "name", name, "annotations", annotations(v, m));
	json_t *spec = json_pack("{s:s, s:o, s:o, s:o}", "architecture",
		go_arch(m->arch), "domain", domain(v, m), "networks",
		v2v_kubevirt_networks(v, m), "volumes", volumes(name, m));

	if (place->name_space)
		json_object_set_new(
			metadata, "namespace", json_string(place->name_space));
	return json_pack("{s:s, s:s, s:o, s:{s:s, s:o, s:{s:o}}}", "apiVersion",
		"kubevirt.io/v1", "kind", "VirtualMachine", "metadata",
		metadata, "spec", "runStrategy", "Halted",
		"dataVolumeTemplates", data_volumes(name, m, place), "template",
		"spec", spec);
}

static void add_upload(struct v2v_text *yaml, const char *name, size_t index,
	const struct v2v_target *target, const struct v2v_meta_place *place)
{
	CLEANUP_FREE char *volume = v2v_kubevirt_volume(name, index);
	struct v2v_text line CLEANUP_TEXT = { 0 };

	v2v_text_addf(
		&line, "  virtctl image-upload dv %s --no-create", volume);
	if (place->name_space)
		v2v_text_addf(&line, " -n %s", place->name_space);
	v2v_text_addf(&line, " --image-path ");
	v2v_shell_word(&line, target->file);
	if (v2v_shell_comment_holds(target->file))
		v2v_shell_comment(yaml, "%s", line.data);
	else
		v2v_shell_comment(yaml,
			"  (a name with control characters: %s)", target->file);
}

static void add_comments(struct v2v_text *yaml, const char *name,
	const struct v2v_machine *m, const struct v2v_meta_place *place)
{
	size_t i = 0;

	v2v_shell_comment(yaml, "made by v2v-meta; kubectl create -f reads it");
	v2v_shell_comment(yaml, "Then each disk is uploaded:");
	v2v_list_foreach (const struct v2v_target, target, &m->targets) {
		if (target->file)
			add_upload(yaml, name, i, target, place);
		i++;
	}
	v2v_shell_comment(yaml, "and the machine is started:");
	v2v_shell_comment(yaml, "  virtctl start %s", name);
}

static int write_yaml(struct v2v *v, const struct v2v_machine *m,
	const struct v2v_meta_place *place, struct v2v_list *files,
	struct v2v_error *err)
{
	CLEANUP_FREE char *name =
		v2v_names_label(m->source.name, V2V_DNS_LABEL);
	struct v2v_text yaml CLEANUP_TEXT = { 0 };
	json_auto_t *vm = NULL;

	v2v_names_tell(v, "the machine", m->source.name, name);
	v2v_list_foreach (const struct v2v_removable_slot, slot, &m->slots)
		v2v_machine_tell_drive(v, slot);
	vm = virtual_machine(v, m, name, place);
	if (v2v_kubevirt_check(vm, err) < 0)
		return -1;
	add_comments(&yaml, name, m, place);
	v2v_yaml_add(&yaml, vm);
	v2v_meta_file_add(files, ".yaml", v2v_text_take(&yaml), false);
	return 0;
}

const struct v2v_meta_writer v2v_meta_kubevirt = {
	.write = write_yaml,
};
