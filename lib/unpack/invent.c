/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A machine of which nobody says what it was. */
#include "unpack/invent.h"

#include "core/doc.h"
#include "unpack/names.h"
#include "unpack/options.h"

#define DEFAULT_MEMORY (1LL << 30)

/* "web-sda.qcow2", as v2v-copy names it, is the machine "web"; so is
 * "web.qcow2.xz". */
static char *name_of_image(const char *file)
{
	CLEANUP_FREE char *name = v2v_name_unpacked(file);
	char *dot = strrchr(name, '.');
	size_t n;

	if (dot && dot != name)
		*dot = '\0';
	n = strlen(name);
	if (n > 4 && strcmp(name + n - 4, "-sda") == 0)
		name[n - 4] = '\0';
	return v2v_take(name);
}

void v2v_unpack_invent(const char *file, struct v2v_source *source)
{
	struct v2v_nic *nic;

	*source = (struct v2v_source){
		.name = name_of_image(file),
		.memory = DEFAULT_MEMORY,
		.vcpus = 1,
		.cpu = v2v_alloc(1, sizeof(struct v2v_cpu)),
	};
	nic = v2v_list_add(&source->nics, sizeof *nic);
	nic->network = v2v_strdup("default");
	nic->type = v2v_strdup("network");
	nic->pci_slot = -1;
}

/* Images do not say what machine they were in. */
void v2v_unpack_tell_assumed(
	struct v2v *v, const struct v2v_unpack_options *opt)
{
	static const char text[] =
		"disk images do not say what machine they were in; assumed:"
		"%s%s%s one network card (v2v-unpack --memory, --vcpus, "
		"--firmware)";
	const char *memory = opt->memory ? "" : " 1 GiB of memory,";
	const char *vcpus = opt->vcpus ? "" : " 1 CPU,";
	const char *firmware =
		opt->firmware ? "" : " BIOS unless the disks have UEFI's,";

	if (opt->memory && opt->vcpus && opt->firmware)
		return;
	if (opt->assume)
		v2v_record(v, "machine-assumed", text, memory, vcpus, firmware);
	else
		v2v_warn(v, "machine-assumed", text, memory, vcpus, firmware);
}

json_t *v2v_unpack_document(struct v2v *v, const struct v2v_unpack_options *opt,
	struct v2v_source *source, const struct v2v_workdir *workdir)
{
	json_t *doc = v2v_doc_new();

	v2v_unpack_take_options(opt, source);
	v2v_unpack_tell_assumed(v, opt);
	v2v_workdir_store(workdir, doc);
	json_object_set_new(doc, "source", v2v_source_store(source));
	v2v_step_end(v, doc);
	return doc;
}
