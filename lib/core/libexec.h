/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Programs of ours that are not called by people. */
#ifndef V2V_CORE_LIBEXEC_H
#define V2V_CORE_LIBEXEC_H

/* The path of @name, the caller's: beside the program that runs, as in the
 * folder where all is built; beside the library, as in a prefix that is not the
 * build's; else where it is installed, be it there or not. */
char *v2v_libexec_find(const char *name);
#endif
