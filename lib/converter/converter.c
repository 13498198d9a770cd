/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One converter for each type of guest. */
#include "converter/converter.h"

#include "convert/linux/linux.h"
#include "convert/windows/windows.h"

static const struct v2v_converter *const converters[] = {
	&v2v_linux_converter,
	&v2v_windows_converter,
};

const struct v2v_converter *v2v_converter_of(const struct v2v_inspect *inspect)
{
	for (size_t i = 0; i < ARRAY_SIZE(converters); i++)
		if (v2v_streq(inspect->type, converters[i]->type))
			return converters[i];
	return NULL;
}
