/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asking qemu-img for the allocation of a disk. */
#include "estimate/measure.h"

#include "core/run.h"
#include "image/image.h"

/* A qcow2 as v2v-copy makes it: the size of a cluster, and how many of them an
 * L2 table maps and a refcount block counts. */
#define CLUSTER	  65536
#define PER_L2	  (CLUSTER / 8)
#define PER_BLOCK (CLUSTER / 2)

/* Pieces of one size that hold data; @next is the first not looked at. */
struct pieces {
	uint64_t count, next;
};

struct sum {
	uint64_t bytes; /* that are not zero */
	struct pieces clusters, l2_tables;
	bool is_broken;
};

/* Extents come in order; two may share a piece. */
static void touch(
	struct pieces *pieces, uint64_t start, uint64_t length, uint64_t size)
{
	uint64_t first = start / size, end = (start + length - 1) / size + 1;

	if (first < pieces->next)
		first = pieces->next;
	if (end <= first)
		return;
	pieces->count += end - first;
	pieces->next = end;
}

/* One extent of `qemu-img map`: "[{ "start": 0, ... }," */
static void add_extent(const char *line, void *opaque)
{
	struct sum *sum = opaque;
	const char *begin = strchr(line, '{'), *end = strrchr(line, '}');
	json_auto_t *extent = NULL;
	json_int_t start, length;
	int zero, data;

	if (!begin || !end)
		return;
	extent = json_loadb(begin, (size_t)(end + 1 - begin), 0, NULL);
	if (json_unpack(extent, "{s:I, s:I, s:b, s:b}", "start", &start,
		    "length", &length, "zero", &zero, "data", &data) < 0 ||
		start < 0 || length <= 0) {
		sum->is_broken = true;
		return;
	}
	if (!data || zero)
		return;
	sum->bytes += (uint64_t)length;
	touch(&sum->clusters, (uint64_t)start, (uint64_t)length, CLUSTER);
	touch(&sum->l2_tables, (uint64_t)start, (uint64_t)length,
		(uint64_t)CLUSTER * PER_L2);
}

static uint64_t divide_up(uint64_t n, uint64_t by)
{
	return n / by + (n % by != 0);
}

/* The file: header, L1, L2 and data clusters, and what counts all these. */
static uint64_t qcow2_size(const struct sum *sum, uint64_t virtual_size)
{
	uint64_t l1_entries =
		divide_up(virtual_size, (uint64_t)CLUSTER * PER_L2);
	uint64_t clusters = 1 + divide_up(l1_entries * 8, CLUSTER) +
			    sum->l2_tables.count + sum->clusters.count;
	uint64_t blocks = divide_up(clusters, PER_BLOCK - 1);

	return (clusters + blocks + divide_up(blocks * 8, CLUSTER)) * CLUSTER;
}

static int read_map(struct v2v *v, const char *name, const char *format,
	struct sum *sum, struct v2v_error *err)
{
	const char *argv[] = { "qemu-img", "map", "--output=json", "-f", format,
		name, NULL };
	struct v2v_run run = { argv, add_extent, sum, NULL };

	if (v2v_run(v, &run, err) < 0)
		return -1;
	if (sum->is_broken)
		return v2v_fail(err, "child",
			"'qemu-img map' answers what it should not");
	return 0;
}

int v2v_measure(struct v2v *v, const struct v2v_disk *disk,
	const struct v2v_list *overlays, const char *format, uint64_t *ret_size,
	struct v2v_error *err)
{
	CLEANUP_FREE char *name = NULL;
	const char *name_format = NULL;
	struct sum sum = { 0 };

	if (!disk->file && !v2v_overlays_find(overlays, disk->id)) {
		*ret_size = 0;
		return 0;
	}
	name = v2v_image_name_of(disk, overlays, &name_format, err);
	if (!name || read_map(v, name, name_format, &sum, err) < 0)
		return v2v_fail_prefix(err, "disk %lld", (long long)disk->id);
	*ret_size = v2v_streq(format, "raw")
			    ? sum.bytes
			    : qcow2_size(&sum, (uint64_t)disk->virtual_size);
	return 0;
}
