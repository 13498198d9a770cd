/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The readers of machines other than OVF: VMX, libvirt's and VirtualBox' XML, a
 * Vagrant box' metadata; which one, the text's start says, as for files. */
#include "scratch.h"

#include "unpack/vmx.h"

#include <assert.h>

static void check_machine(const struct v2v_descriptor_machine *machine)
{
	json_auto_t *doc = json_object();
	struct v2v_source source CLEANUP_SOURCE = { 0 };
	struct v2v_error err = { 0 };

	assert(machine->disks.count == machine->source.disks.count);
	assert(machine->disks.count <= 256);
	v2v_list_foreach (
		const struct v2v_descriptor_disk, disk, &machine->disks)
		assert(disk->href);
	/* What was read is a section that the next step can load. */
	json_object_set_new(doc, "source", v2v_source_store(&machine->source));
	assert(v2v_source_load(doc, &source, &err) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* A byte that begins none of them, if it comes first, takes the reader
	 * of a VMX, as a name does. */
	static const struct v2v_descriptor_choice by_name = { NULL, NULL,
		"x.vmx" };
	static const struct v2v_descriptor_choice by_start = { NULL, NULL,
		NULL };
	struct fuzz_quiet quiet CLEANUP_QUIET = fuzz_quiet();
	struct v2v_descriptor descriptor CLEANUP_DESCRIPTOR = { .kind = NULL };
	struct v2v_error err = { 0 };
	bool named = size && data[0] == 1;

	v2v_step_begin(fuzz_handle(), "unpack", NULL);
	json_array_clear(fuzz_handle()->warnings);
	if (v2v_descriptor_read(fuzz_handle(), (const char *)data + named,
		    size - named, named ? &by_name : &by_start, "fallback",
		    &descriptor, &err) < 0) {
		assert(err.code && err.text[0]);
		return 0;
	}
	v2v_list_foreach (const struct v2v_descriptor_machine, machine,
		&descriptor.machines)
		if (strcmp(descriptor.kind->name, "ovf") != 0)
			check_machine(machine);
	return 0;
}
