/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The exact size of a copy. */
#include "estimate/measure.h"

#include "disk/measure.h"

int v2v_measure(struct v2v *v, const struct v2v_disk *disk,
	const struct v2v_list *overlays, const char *format, uint64_t *ret_size,
	struct v2v_error *err)
{
	struct v2v_reader *reader CLEANUP_READER = NULL;
	uint64_t size = (uint64_t)disk->virtual_size;
	struct v2v_measure measure;

	if (v2v_reader_open(v, disk, overlays, 1, &reader, err) < 0 ||
		v2v_measure_disk(v, reader, size, &measure, err) < 0)
		return v2v_fail_prefix(err, "disk %lld", (long long)disk->id);
	*ret_size = v2v_streq(format, "raw")
			    ? v2v_measure_raw(&measure)
			    : v2v_measure_qcow2(&measure, size);
	return 0;
}
