/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asking qemu-img for the allocation of a disk. */
#include "estimate/measure.h"

#include "core/run.h"
#include "image/image.h"

struct sum {
	uint64_t bytes;
	bool broken;
};

/* One extent of `qemu-img map`: "[{ "start": 0, ... }," */
static void add_extent(const char *line, void *opaque)
{
	struct sum *sum = opaque;
	const char *start = strchr(line, '{'), *end = strrchr(line, '}');
	json_auto_t *extent = NULL;
	json_int_t length;
	int zero, data;

	if (!start || !end)
		return;
	extent = json_loadb(start, (size_t)(end + 1 - start), 0, NULL);
	if (json_unpack(extent, "{s:I, s:b, s:b}", "length", &length, "zero",
		    &zero, "data", &data) < 0 ||
		length < 0)
		sum->broken = true;
	else if (data && !zero)
		sum->bytes += (uint64_t)length;
}

static int measure_raw(struct v2v *v, const char *name, const char *format,
	uint64_t *ret_size, struct v2v_error *err)
{
	const char *argv[] = { "qemu-img", "map", "--output=json", "-f", format,
		name, NULL };
	struct sum sum = { 0, false };
	struct v2v_run run = { argv, add_extent, &sum, NULL };

	if (v2v_run(v, &run, err) < 0)
		return -1;
	if (sum.broken)
		return v2v_fail(err, "child",
			"'qemu-img map' answers what it should not");
	*ret_size = sum.bytes;
	return 0;
}

static int measure_qcow2(struct v2v *v, const char *name, const char *format,
	uint64_t *ret_size, struct v2v_error *err)
{
	const char *argv[] = { "qemu-img", "measure", "--output=json", "-f",
		format, "-O", "qcow2", name, NULL };
	CLEANUP_FREE char *output = NULL;
	struct v2v_run run = { argv, NULL, NULL, &output };
	json_auto_t *answer = NULL;
	json_int_t required;

	if (v2v_run(v, &run, err) < 0)
		return -1;
	answer = json_loads(output, 0, NULL);
	if (json_unpack(answer, "{s:I}", "required", &required) < 0 ||
		required < 0)
		return v2v_fail(err, "child",
			"'qemu-img measure' answers what it should not");
	*ret_size = (uint64_t)required;
	return 0;
}

int v2v_measure(struct v2v *v, const struct v2v_disk *disk,
	const struct v2v_list *overlays, const char *format, uint64_t *ret_size,
	struct v2v_error *err)
{
	CLEANUP_FREE char *name = NULL;
	const char *name_format = NULL;
	int r;

	if (!disk->file && !v2v_overlays_find(overlays, disk->id)) {
		*ret_size = 0;
		return 0;
	}
	name = v2v_image_name_of(disk, overlays, &name_format, err);
	if (!name)
		return -1;
	r = v2v_streq(format, "raw")
		    ? measure_raw(v, name, name_format, ret_size, err)
		    : measure_qcow2(v, name, name_format, ret_size, err);
	if (r < 0)
		v2v_fail_prefix(err, "disk %lld", (long long)disk->id);
	return r;
}
