/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the user says of the machine. */
#include "unpack/options.h"

int v2v_unpack_check_options(
	const struct v2v_unpack_options *opt, struct v2v_error *err)
{
	if (opt->name && !*opt->name)
		return v2v_fail(err, "bad-option", "the name is empty");
	if (opt->memory &&
		(opt->memory < V2V_MEMORY_MIN || opt->memory > V2V_MEMORY_MAX))
		return v2v_fail(err, "bad-option",
			"memory '%llu' is not from 1M to 64T",
			(unsigned long long)opt->memory);
	if (opt->vcpus > V2V_VCPUS_MAX)
		return v2v_fail(err, "bad-option",
			"'%u' virtual CPUs are too many", opt->vcpus);
	if (opt->firmware && strcmp(opt->firmware, "bios") != 0 &&
		strcmp(opt->firmware, "uefi") != 0)
		return v2v_fail(err, "bad-option", "firmware '%s' is not known",
			opt->firmware);
	return 0;
}

void v2v_unpack_take_options(
	const struct v2v_unpack_options *opt, struct v2v_source *source)
{
	if (opt->name) {
		v2v_string_set(&source->name, opt->name);
	}
	if (opt->memory)
		source->memory = (int64_t)opt->memory;
	if (opt->vcpus) {
		source->vcpus = opt->vcpus;
		if (source->cpu) {
			free(source->cpu->topology);
			source->cpu->topology = NULL;
		}
	}
	if (opt->firmware) {
		v2v_string_set(&source->firmware, opt->firmware);
		source->secure_boot &= strcmp(opt->firmware, "uefi") == 0;
	}
}
