/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A Vagrant box' metadata.json into a source section. */
#include "unpack/vagrant.h"

#include "unpack/drives.h"
#include "unpack/invent.h"

#define MAX_SIZE (1 << 20) /* bytes */

static bool is_metadata(const unsigned char *start, size_t size)
{
	static const char word[] = "\"provider\"";
	size_t i = 0;

	while (i < size && start[i] && strchr(" \t\r\n", start[i]))
		i++;
	return i < size && start[i] == '{' &&
	       memmem(start, size, word, strlen(word));
}

/* "qcow2" where it says nothing; what QEMU calls vpc is vhd. */
static int read_format(
	const json_t *disk, const char **ret_format, struct v2v_error *err)
{
	static const char *const formats[] = { "qcow2", "raw", "vmdk", "vdi" };
	const json_t *member = json_object_get(disk, "format");
	const char *format = json_string_value(member);

	*ret_format = member ? NULL : formats[0];
	for (size_t i = 0; format && i < ARRAY_SIZE(formats); i++)
		if (strcmp(format, formats[i]) == 0)
			*ret_format = formats[i];
	return *ret_format ? 0
			   : v2v_fail(err, "descriptor-disk",
				     "Vagrant: the format '%s' is not known",
				     format ? format : "");
}

static int add_disk(struct v2v_list *drives, const json_t *disk,
	const char *file, struct v2v_error *err)
{
	struct v2v_drive *drive = v2v_drives_add(drives, err);

	if (!drive)
		return v2v_fail_prefix(err, "Vagrant");
	if (!file || !*file)
		return v2v_fail(err, "descriptor-disk",
			"Vagrant: a disk without a path");
	drive->bus = "virtio";
	drive->unit = (int64_t)drives->count - 1;
	drive->href = v2v_strdup(file);
	return read_format(disk, &drive->format, err);
}

static int add_disks(
	const json_t *metadata, struct v2v_list *drives, struct v2v_error *err)
{
	const json_t *disks = json_object_get(metadata, "disks"), *disk;
	size_t i;

	if (!disks)
		return add_disk(drives, metadata, V2V_VAGRANT_DISK, err);
	json_array_foreach (disks, i, disk) {
		if (add_disk(drives, disk,
			    json_string_value(json_object_get(disk, "path")),
			    err) < 0)
			return -1;
	}
	return 0;
}

static int read_machine(const json_t *metadata, const char *fallback_name,
	struct v2v_descriptor_machine *machine, struct v2v_error *err)
{
	struct v2v_list drives CLEANUP_DRIVES = { NULL, 0 };
	const char *provider =
		json_string_value(json_object_get(metadata, "provider"));

	machine->chosen = machine->assumed = true;
	if (!v2v_streq(provider, "libvirt"))
		return v2v_fail(err, "descriptor-no-machine",
			"Vagrant: a box for '%s' without its .ovf or .vmx",
			provider ? provider : "");
	v2v_unpack_invent(fallback_name, &machine->source);
	v2v_string_set(&machine->source.name, fallback_name);
	machine->source.hypervisor = v2v_strdup("kvm");
	if (add_disks(metadata, &drives, err) < 0)
		return -1;
	v2v_drives_take(&drives, machine);
	return 0;
}

static int read_metadata(struct v2v *v, const char *text, size_t size,
	const struct v2v_descriptor_choice *choice, const char *fallback_name,
	struct v2v_descriptor *ret, struct v2v_error *err)
{
	struct v2v_descriptor descriptor CLEANUP_DESCRIPTOR = { .kind = NULL };
	json_auto_t *metadata =
		size <= MAX_SIZE
			? json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL)
			: NULL;

	(void)v;
	(void)choice; /* There is one machine in it. */
	if (!json_is_object(metadata))
		return v2v_fail(err, "descriptor-syntax",
			"Vagrant: " V2V_VAGRANT_FILE " is not a JSON object");
	if (read_machine(metadata, fallback_name,
		    v2v_list_add(&descriptor.machines,
			    sizeof(struct v2v_descriptor_machine)),
		    err) < 0)
		return -1;
	*ret = descriptor;
	descriptor = (struct v2v_descriptor){ .kind = NULL };
	return 0;
}

const struct v2v_descriptor_ops v2v_descriptor_vagrant = {
	.name = "vagrant",
	.suffix = V2V_VAGRANT_FILE,
	.is = is_metadata,
	.read = read_metadata,
};
