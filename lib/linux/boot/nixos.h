/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * NixOS: all of a system is a folder of /nix/store, which is never written to,
 * and the kernel argument init= of a boot entry names it (nixpkgs:
 * nixos/modules/system/boot/loader/).
 */
#ifndef V2V_LINUX_BOOT_NIXOS_H
#define V2V_LINUX_BOOT_NIXOS_H

#include "core/fields.h"

/* "/nix/store/HASH-nixos-system-NAME-VERSION" of a kernel's arguments, the
 * caller's; NULL where they start something else. */
char *v2v_nixos_system(const char *options);
#endif
