/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the names of files say of them: a hint, never the proof. */
#ifndef V2V_UNPACK_NAMES_H
#define V2V_UNPACK_NAMES_H

#include "core/error.h"

/* "/a/web.ova" without folders and without @suffix, in any case; the caller's.
 */
char *v2v_unpack_base_name(const char *file, const char *suffix);

/* "/a/disk.raw.xz" without folders and without what tells the compression; the
 * caller's. */
char *v2v_name_unpacked(const char *file);

/* Does the name say that it is an OVA, an archive or an image of some format,
 * so that it is not taken for a raw disk just because nothing else fits?  The
 * flat extent of a VMDK ("x-flat.vmdk") is a raw disk. */
bool v2v_name_says_not_raw(const char *name);

/* Is it called like a disk image, raw or not, or like an OVA? */
bool v2v_name_is_image(const char *name);
#endif
