/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A kernel's configuration, as far as it concerns modules. */
#ifndef V2V_INITRD_KCONFIG_H
#define V2V_INITRD_KCONFIG_H

#include "core/fields.h"

struct v2v_kconfig {
	struct v2v_list options; /* sorted; kconfig.c knows of what */
};

/* From the file's text (may be NULL) into the zeroed *@config. */
void v2v_kconfig_read(struct v2v_kconfig *config, const char *text);

/* 'y', 'm', or '\0' where the configuration does not have the module, whose
 * name is as modprobe(8) spells it. */
char v2v_kconfig_value(const struct v2v_kconfig *config, const char *module);

void v2v_kconfig_clear(struct v2v_kconfig *config);
#endif
