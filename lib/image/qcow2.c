/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The header of qcow2 (qemu: docs/interop/qcow2.txt, "Header"). */
#include "image/qcow2.h"
#include "image/bytes.h"

#define HEADER_V2	   72
#define HEADER_V3	   104
#define HEADER		   112
#define INCOMPAT_CORRUPT   (1ULL << 1)
#define INCOMPAT_DATA_FILE (1ULL << 2)
#define INCOMPAT_PACKING   (1ULL << 3)
#define INCOMPAT_LARGE	   (1ULL << 4) /* a bit for each subcluster */
/* dirty, corrupt, data file, compression type, extended L2 entries */
#define INCOMPAT_KNOWN	 0x1fULL
#define AUTOCLEAR_RAW	 (1ULL << 1) /* of a data file */
#define MAX_ORDER	 6
#define MIN_LARGE_BITS	 14
#define ZSTD		 1
#define MAX_BACKING_NAME 1023
#define MAX_SIZE	 (1ULL << 62)
/* What qemu opens (block/qcow2.h). */
#define MAX_L1	      (32ULL << 20) /* bytes */
#define MAX_REFCOUNTS (8ULL << 20)  /* bytes */
#define MAX_SNAPSHOTS 65536

bool v2v_qcow2_is(const unsigned char magic[4])
{
	return memcmp(magic, "QFI\xfb", 4) == 0;
}

/* The parts of the header that both versions have. */
static int check_fields(const struct v2v_slice *slice, const unsigned char *h,
	struct v2v_error *err)
{
	uint32_t version = be32(h + 4), cluster_bits = be32(h + 20);
	uint64_t size = be64(h + 24);

	if (version != 2 && version != 3)
		return v2v_fail(err, "image-header",
			"'%s': qcow2 version %u is not known", slice->name,
			version);
	if (cluster_bits < 9 || cluster_bits > 21)
		return v2v_fail(err, "image-header",
			"'%s': qcow2 cluster size 2^%u", slice->name,
			cluster_bits);
	if (be32(h + 32))
		return v2v_fail(err, "image-encrypted",
			"'%s': an encrypted qcow2 is not supported",
			slice->name);
	/* qemu would leave out the rest of a sector. */
	if (size == 0 || size > MAX_SIZE || size % 512)
		return v2v_fail(err, "image-header",
			"'%s': qcow2 of %llu bytes", slice->name,
			(unsigned long long)size);
	return 0;
}

static int check_features(const struct v2v_slice *slice, const unsigned char *h,
	struct v2v_error *err)
{
	uint64_t incompat = be64(h + 72);

	if (incompat & INCOMPAT_DATA_FILE)
		return v2v_fail(err, "image-data-file",
			"'%s': a qcow2 with an external data file is refused",
			slice->name);
	if (incompat & ~INCOMPAT_KNOWN)
		return v2v_fail(err, "image-header",
			"'%s': unknown qcow2 features", slice->name);
	if (incompat & INCOMPAT_CORRUPT)
		return v2v_fail(err, "image-header",
			"'%s': the qcow2 is marked as corrupt", slice->name);
	if (incompat & INCOMPAT_LARGE && be32(h + 20) < MIN_LARGE_BITS)
		return v2v_slice_bad(slice, err, "qcow2",
			"the clusters are too small to be divided");
	if (be64(h + 88) & AUTOCLEAR_RAW)
		return v2v_slice_bad(slice, err, "qcow2",
			"the raw data file flag is set without a data file");
	return 0;
}

/* What only version 3 has; @h is zeros behind the header's end. */
static int check_v3(const struct v2v_slice *slice, const unsigned char *h,
	struct v2v_error *err)
{
	uint32_t length = be32(h + 100);
	bool is_packed = be64(h + 72) & INCOMPAT_PACKING;

	if (length < HEADER_V3 || length % 8 || length > 1U << be32(h + 20))
		return v2v_slice_bad(slice, err, "qcow2",
			"the header has not the right length");
	if (be32(h + 96) > MAX_ORDER)
		return v2v_slice_bad(slice, err, "qcow2",
			"unknown width of reference counts");
	if (length > HEADER_V3 && (h[104] != 0) != is_packed)
		return v2v_slice_bad(slice, err, "qcow2",
			"the type of compression does not fit the features");
	if (is_packed && (length == HEADER_V3 || h[104] != ZSTD))
		return v2v_slice_bad(
			slice, err, "qcow2", "unknown type of compression");
	return check_features(slice, h, err);
}

/* qemu takes what lies behind the end of a file for zeros. */
static int check_places(const struct v2v_slice *slice,
	const struct v2v_qcow2 *q, struct v2v_error *err)
{
	uint64_t per_table = q->cluster / (q->has_subclusters ? 16 : 8);

	if (q->l1_size > MAX_L1 / 8 ||
		q->l1_size < ceil_div(ceil_div(q->size, q->cluster), per_table))
		return v2v_slice_bad(slice, err, "qcow2",
			"the first table has not the right size");
	if (!q->refcounts_size || q->refcounts_size > MAX_REFCOUNTS ||
		q->snapshot_count > MAX_SNAPSHOTS)
		return v2v_slice_bad(
			slice, err, "qcow2", "a table has not the right size");
	if ((q->l1 | q->refcounts | q->snapshots) % q->cluster)
		return v2v_slice_bad(slice, err, "qcow2",
			"a table is not where a cluster begins");
	if (!v2v_slice_fits(slice, q->l1, q->l1_size * 8) ||
		!v2v_slice_fits(slice, q->refcounts, q->refcounts_size) ||
		!v2v_slice_fits(slice, q->snapshots, 0))
		return v2v_fail(err, "truncated",
			"'%s': qcow2 tables outside the file (is it cut off?)",
			slice->name);
	if (q->backing && (q->backing > q->cluster ||
				  q->backing_size > q->cluster - q->backing))
		return v2v_slice_bad(slice, err, "qcow2",
			"the backing file's name is not in the first cluster");
	return 0;
}

static void take_fields(struct v2v_qcow2 *q, const unsigned char *h)
{
	bool is_v3 = be32(h + 4) == 3;

	*q = (struct v2v_qcow2){
		.version = be32(h + 4),
		.bits = be32(h + 20),
		.cluster = 1ULL << be32(h + 20),
		.size = be64(h + 24),
		.l1 = be64(h + 40),
		.l1_size = be32(h + 36),
		.refcounts = be64(h + 48),
		.refcounts_size = (uint64_t)be32(h + 56) << be32(h + 20),
		.snapshots = be64(h + 64),
		.snapshot_count = be32(h + 60),
		.backing = be64(h + 8),
		.backing_size = be32(h + 16),
		.length = is_v3 ? be32(h + 100) : HEADER_V2,
		.incompatible = is_v3 ? be64(h + 72) : 0,
		.autoclear = is_v3 ? be64(h + 88) : 0,
		.has_zero_flag = is_v3,
	};
	q->has_subclusters = q->incompatible & INCOMPAT_LARGE;
	q->is_zstd = q->incompatible & INCOMPAT_PACKING;
}

int v2v_qcow2_read(const struct v2v_slice *slice, struct v2v_qcow2 *ret_qcow2,
	char **ret_backing_format, struct v2v_error *err)
{
	unsigned char h[HEADER] = { 0 };
	struct v2v_qcow2 q;
	bool is_v3;

	if (v2v_slice_read(slice, h, HEADER_V2, 0, err) < 0)
		return -1;
	if (!v2v_qcow2_is(h))
		return v2v_fail(err, "image-header", "'%s' is not a qcow2",
			slice->name);
	if (check_fields(slice, h, err) < 0)
		return -1;
	is_v3 = be32(h + 4) == 3;
	if (is_v3 && v2v_slice_read(slice, h, HEADER, 0, err) < 0)
		return -1;
	if (is_v3 && check_v3(slice, h, err) < 0)
		return -1;
	take_fields(&q, h);
	if (check_places(slice, &q, err) < 0 ||
		v2v_qcow2_read_extensions(slice, &q, ret_backing_format, err) <
			0)
		return -1;
	*ret_qcow2 = q;
	return 0;
}

static int read_backing(const struct v2v_slice *slice,
	const struct v2v_qcow2 *q, char **ret_name, struct v2v_error *err)
{
	CLEANUP_FREE char *name = v2v_alloc(1, MAX_BACKING_NAME + 1);

	if (q->backing_size == 0 || q->backing_size > MAX_BACKING_NAME)
		return v2v_fail(err, "image-header",
			"'%s': backing file name of %llu bytes", slice->name,
			(unsigned long long)q->backing_size);
	if (v2v_slice_read(slice, name, q->backing_size, q->backing, err) < 0)
		return -1;
	*ret_name = v2v_take(name);
	return 0;
}

int v2v_qcow2_check(const struct v2v_slice *slice, struct v2v_image *image,
	struct v2v_backing *backing, struct v2v_error *err)
{
	struct v2v_qcow2 q;

	if (v2v_qcow2_read(slice, &q, &backing->format, err) < 0)
		return -1;
	image->format = "qcow2";
	image->virtual_size = q.size;
	if (!q.backing)
		return 0;
	return read_backing(slice, &q, &backing->name, err);
}
