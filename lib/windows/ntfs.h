/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an NTFS says of itself, read from its device: no mount shows it. */
#ifndef V2V_WINDOWS_NTFS_H
#define V2V_WINDOWS_NTFS_H

#include "core/mem.h"

/*
 * Was the NTFS left in a state that Windows wants to check: the flag
 * VOLUME_IS_DIRTY of the file $Volume?  @read gives @size bytes at @offset of
 * the device, or returns false.  False also for what is not an NTFS.
 */
bool v2v_ntfs_is_dirty(
	bool (*read)(void *opaque, int64_t offset, void *data, size_t size),
	void *opaque);
#endif
