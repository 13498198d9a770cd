/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * For which processor a program is, by its first bytes: ELF (System V ABI,
 * "ELF Header") or PE ("Microsoft PE and COFF Specification", "Machine Types").
 */
#ifndef V2V_GUEST_MACHINE_H
#define V2V_GUEST_MACHINE_H

#include "guest/tree.h"

/* As libguestfs' file_architecture calls it: "x86_64", "i386", "aarch64",
 * "ppc64le"; NULL: neither, or of an unknown processor. */
const char *v2v_machine_of(const unsigned char *head, size_t size);

/* The same of a file of the guest. */
const char *v2v_machine_of_file(const struct v2v_tree *tree, const char *path);
#endif
