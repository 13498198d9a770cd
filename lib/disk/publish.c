/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Publishing: a walk over what the layer and an older overlay have. */
#include "disk/publish.h"

#include "core/file.h"
#include "disk/layout.h"
#include "disk/overlay-writer.h"
#include "image/image.h"

#define CLUSTER V2V_CLUSTER

struct publish {
	struct v2v *v;
	struct v2v_private *layer;
	struct v2v_reader *all; /* what the view lies over; NULL */
	struct v2v_reader *top; /* of that, the overlay; NULL */
	struct v2v_overlay_writer *writer;
	uint64_t size;
	unsigned char data[CLUSTER];
};

static bool is_zeros(const unsigned char *data, size_t size)
{
	return *data == 0 && memcmp(data, data + 1, size - 1) == 0;
}

static uint64_t cluster_end(const struct publish *p, uint64_t at)
{
	uint64_t end = (at / CLUSTER + 1) * CLUSTER;

	return end < p->size ? end : p->size;
}

/* From @at on, what neither the layer nor the older overlay has. */
static int find_untouched(const struct publish *p, uint64_t at,
	uint64_t *ret_length, struct v2v_error *err)
{
	struct v2v_span span;
	uint64_t length;

	*ret_length = 0;
	if (v2v_private_run(p->layer, at, p->size, &length) != V2V_SPAN_ABSENT)
		return 0;
	if (p->top) {
		if (v2v_reader_span(p->top, at, at + length, &span, err) < 0)
			return -1;
		if (span.kind != V2V_SPAN_ABSENT)
			return 0;
		if (span.length < length)
			length = span.length;
	}
	*ret_length = length;
	return 0;
}

/* From @at on, before @end, what reads as zeros in the source, without any
 * overlay: there a discard needs no entry. */
static int find_zeros_below(const struct publish *p, uint64_t at, uint64_t end,
	uint64_t *ret_length, struct v2v_error *err)
{
	struct v2v_span span;

	*ret_length = end - at;
	if (!p->all)
		return 0;
	if (v2v_reader_span(p->all, at, end, &span, err) < 0)
		return -1;
	*ret_length = span.length;
	if (span.kind == V2V_SPAN_DATA ||
		(span.kind == V2V_SPAN_ZERO && p->top && span.from == p->top))
		*ret_length = 0;
	return 0;
}

/* The cluster from @at on, which something was changed in. */
static int put_cluster(struct publish *p, uint64_t at, struct v2v_error *err)
{
	uint64_t size = cluster_end(p, at) - at;

	memset(p->data + size, 0, CLUSTER - size);
	if (v2v_private_read(p->layer, at, p->data, size) < 0) {
		const struct v2v_error *why = v2v_private_error(p->layer);

		return v2v_fail(err, why->code, "%s", why->text);
	}
	if (is_zeros(p->data, CLUSTER))
		return v2v_overlay_writer_zero(p->writer, at / CLUSTER, err);
	return v2v_overlay_writer_data(p->writer, at / CLUSTER, p->data, err);
}

/* Whole clusters of zeros from @at on, before @end; how far it came. */
static int put_zeros(
	struct publish *p, uint64_t *at, uint64_t end, struct v2v_error *err)
{
	uint64_t length;

	if (find_zeros_below(p, *at, end, &length, err) < 0)
		return -1;
	if (*at + length < end)
		length = length / CLUSTER * CLUSTER;
	if (length) {
		*at += length;
		return 0;
	}
	length = cluster_end(p, *at) - *at;
	if (v2v_overlay_writer_zero(p->writer, *at / CLUSTER, err) < 0)
		return -1;
	*at += length;
	return 0;
}

/* One cluster, or more of a kind, from @at on, where a cluster begins. */
static int publish_some(struct publish *p, uint64_t *at, struct v2v_error *err)
{
	uint64_t length;

	if (find_untouched(p, *at, &length, err) < 0)
		return -1;
	if (*at + length >= cluster_end(p, *at)) {
		*at += length;
		if (*at < p->size)
			*at = *at / CLUSTER * CLUSTER;
		return 0;
	}
	if (v2v_private_run(p->layer, *at, p->size, &length) == V2V_SPAN_ZERO &&
		*at + length >= cluster_end(p, *at)) {
		uint64_t end = *at + length;

		if (end < p->size)
			end = end / CLUSTER * CLUSTER;
		return put_zeros(p, at, end, err);
	}
	for (uint64_t i = *at; i < cluster_end(p, *at); i += length) {
		if (find_untouched(p, i, &length, err) < 0)
			return -1;
		if (length)
			continue;
		if (put_cluster(p, *at, err) < 0)
			return -1;
		break;
	}
	*at = cluster_end(p, *at);
	return 0;
}

static int publish_all(struct publish *p, struct v2v_error *err)
{
	for (uint64_t at = 0; at < p->size;)
		if (v2v_check_cancel(p->v, err) < 0 ||
			publish_some(p, &at, err) < 0)
			return -1;
	return v2v_overlay_writer_finish(p->writer, err);
}

int v2v_private_write_overlay(struct v2v *v, struct v2v_private *layer,
	const struct v2v_disk *disk, int fd, const char *name,
	struct v2v_error *err)
{
	CLEANUP_FREE struct publish *p = v2v_alloc(1, sizeof *p);
	struct v2v_disk_view *view = v2v_private_view(layer);
	int r;

	p->v = v;
	p->layer = layer;
	p->all = view ? v2v_view_reader(view) : NULL;
	p->top = v2v_reader_top(p->all);
	p->size = v2v_private_size(layer);
	if ((uint64_t)disk->virtual_size > p->size ||
		p->size - (uint64_t)disk->virtual_size >= 512)
		return v2v_fail(err, "overlay-mismatch",
			"disk %lld has not the layer's size",
			(long long)disk->id);
	if (v2v_image_make_overlay(disk, fd, name, err) < 0 ||
		v2v_overlay_writer_new(fd, name, &p->writer, err) < 0)
		return -1;
	r = publish_all(p, err);
	v2v_overlay_writer_free(p->writer);
	return r;
}

int v2v_private_publish(struct v2v *v, struct v2v_private *layer,
	const struct v2v_disk *disk, const char *path, bool force,
	struct v2v_error *err)
{
	struct v2v_out out CLEANUP_OUT = { .fd = -1 };

	if (v2v_out_open(&out, path, force, err) < 0 ||
		v2v_private_write_overlay(v, layer, disk, out.fd, path, err) <
			0)
		return -1;
	return v2v_out_publish(&out, err);
}
