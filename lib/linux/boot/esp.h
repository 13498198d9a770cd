/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* EFI system partitions. */
#ifndef V2V_LINUX_BOOT_ESP_H
#define V2V_LINUX_BOOT_ESP_H

#include "model/inspect.h"

/* Where EFI system partitions are mounted; added to @paths, of char *. */
void v2v_bootloader_esps(
	const struct v2v_inspect *inspect, struct v2v_list *paths);
#endif
