/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kinds of descriptors. */
#include "unpack/descriptor.h"

#include "unpack/libvirt.h"
#include "unpack/ovf.h"
#include "unpack/vagrant.h"
#include "unpack/vbox.h"
#include "unpack/vmx.h"

static const struct v2v_descriptor_ops *const kinds[] = {
	&v2v_descriptor_libvirt,
	&v2v_descriptor_vbox,
	&v2v_descriptor_ovf, /* all other XML */
	&v2v_descriptor_vmx,
	&v2v_descriptor_vagrant,
};

const struct v2v_descriptor_ops *v2v_descriptor_kind(
	const unsigned char *start, size_t size)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (kinds[i]->is(start, size))
			return kinds[i];
	return NULL;
}

static const struct v2v_descriptor_ops *kind_of_name(const char *file)
{
	for (size_t i = 0; file && i < ARRAY_SIZE(kinds); i++)
		if (v2v_ends_with_nocase(file, kinds[i]->suffix))
			return kinds[i];
	return &v2v_descriptor_ovf;
}

int v2v_descriptor_read(struct v2v *v, const char *text, size_t size,
	const struct v2v_descriptor_choice *choice, const char *fallback_name,
	struct v2v_descriptor *ret, struct v2v_error *err)
{
	const struct v2v_descriptor_ops *kind =
		v2v_descriptor_kind((const unsigned char *)text, size);

	if (!kind)
		kind = kind_of_name(choice->file);
	if (kind->read(v, text, size, choice, fallback_name, ret, err) < 0)
		return -1;
	ret->kind = kind;
	v2v_list_foreach (
		struct v2v_descriptor_machine, machine, &ret->machines)
		v2v_string_set(&machine->source.descriptor, kind->name);
	return 0;
}

static void machine_clear(struct v2v_descriptor_machine *machine)
{
	free(machine->id);
	v2v_source_clear(&machine->source);
	v2v_list_foreach (struct v2v_descriptor_disk, disk, &machine->disks) {
		free(disk->href);
		free(disk->node);
	}
	free(machine->disks.items);
}

void v2v_descriptor_clear(struct v2v_descriptor *descriptor)
{
	v2v_list_foreach (
		struct v2v_descriptor_machine, machine, &descriptor->machines)
		machine_clear(machine);
	free(descriptor->machines.items);
	*descriptor = (struct v2v_descriptor){ .kind = NULL };
}
