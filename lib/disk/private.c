/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a kernel writes. */
#include "disk/private.h"

#include "disk/page-tree.h"
#include "disk/pages.h"

#define PAGE	 ((uint64_t)V2V_PAGE)
#define SECTOR	 512
#define MAX_SIZE (1ULL << 60) /* of a disk */

struct v2v_private {
	struct v2v_disk_view *view; /* NULL: blank */
	bool is_closed;		    /* there was one */
	uint64_t size, all;
	struct v2v_pages *pages;
	struct v2v_page_tree *tree;
	struct v2v_error err;
};

static void drop(void *opaque, uint32_t page)
{
	v2v_pages_give_back(opaque, page);
}

static uint32_t pages_in(uint64_t bytes)
{
	return bytes / PAGE < V2V_MAX_PAGES ? (uint32_t)(bytes / PAGE)
					    : V2V_MAX_PAGES;
}

int v2v_private_new(struct v2v_disk_view *view, uint64_t size,
	const struct v2v_private_limits *limits,
	struct v2v_private **ret_private, struct v2v_error *err)
{
	struct v2v_private *layer = v2v_alloc(1, sizeof *layer);

	layer->view = view;
	if (size <= MAX_SIZE)
		layer->size = (size + SECTOR - 1) / SECTOR * SECTOR;
	layer->all = limits->all;
	layer->pages = v2v_pages_new(pages_in(limits->memory),
		pages_in(limits->all), limits->directory, err);
	if (!layer->pages || size > MAX_SIZE) {
		v2v_fail(err, "image-size", "a disk of %llu bytes",
			(unsigned long long)size);
		v2v_private_free(layer);
		return -1;
	}
	layer->tree =
		v2v_page_tree_new(layer->size / PAGE + 1, drop, layer->pages);
	*ret_private = layer;
	return 0;
}

void v2v_private_free(struct v2v_private *layer)
{
	if (!layer)
		return;
	v2v_page_tree_free(layer->tree);
	v2v_pages_free(layer->pages);
	v2v_view_free(layer->view);
	free(layer);
}

static int check_range(struct v2v_private *layer, uint64_t at, uint64_t size)
{
	if (at <= layer->size && size <= layer->size - at)
		return 0;
	return v2v_fail(&layer->err, "image-range",
		"%llu bytes at %llu of a disk of %llu bytes",
		(unsigned long long)size, (unsigned long long)at,
		(unsigned long long)layer->size);
}

/* What lies below the layer; zeros behind its end. */
static int read_below(
	struct v2v_private *layer, uint64_t at, void *data, uint64_t size)
{
	uint64_t end = layer->view ? v2v_view_size(layer->view) : 0;
	uint64_t there = at >= end ? 0 : size < end - at ? size : end - at;

	if (layer->is_closed)
		return v2v_fail(&layer->err, "internal", "the disk is closed");
	memset((unsigned char *)data + there, 0, size - there);
	return there ? v2v_view_read(layer->view, at, data, there, &layer->err)
		     : 0;
}

/* At most to the end of what is equal; returns how much it was. */
static int read_run(
	struct v2v_private *layer, uint64_t at, void *data, uint64_t *size)
{
	uint64_t first = at / PAGE, last = (at + *size - 1) / PAGE, run;
	uint32_t kind;

	run = v2v_page_tree_run(layer->tree, first, last + 1, &kind);
	if (kind < V2V_PAGE_ZERO)
		run = 1;
	if (*size > (first + run) * PAGE - at)
		*size = (first + run) * PAGE - at;
	if (kind == V2V_PAGE_ABSENT)
		return read_below(layer, at, data, *size);
	if (kind == V2V_PAGE_ZERO) {
		memset(data, 0, *size);
		return 0;
	}
	return v2v_pages_read(
		layer->pages, kind, at % PAGE, data, *size, &layer->err);
}

int v2v_private_read(void *opaque, uint64_t at, void *data, size_t size)
{
	struct v2v_private *layer = opaque;

	if (check_range(layer, at, size) < 0)
		return -1;
	while (size) {
		uint64_t n = size;

		if (read_run(layer, at, data, &n) < 0)
			return -1;
		data = (unsigned char *)data + n;
		at += n;
		size -= n;
	}
	return 0;
}

/* May the tree grow so many times?  Writes leave what a discard needs, by which
 * there is room again. */
#define OF_WRITE   2
#define OF_DISCARD 1
static int check_room(struct v2v_private *layer, unsigned times)
{
	uint64_t have = v2v_page_tree_bytes(layer->tree) +
			v2v_pages_used(layer->pages) * PAGE;

	if (have + times * v2v_page_tree_growth(layer->tree) + PAGE <=
		layer->all)
		return 0;
	return v2v_fail(&layer->err, "layer-full",
		"more than %llu MiB were written to the disk",
		(unsigned long long)layer->all >> 20);
}

/* A page's new content. */
static int put_page(struct v2v_private *layer, uint64_t page, const void *data)
{
	uint32_t number = v2v_page_tree_get(layer->tree, page);

	if (number < V2V_PAGE_ZERO)
		return v2v_pages_write(layer->pages, number, data, &layer->err);
	if (check_room(layer, OF_WRITE) < 0 ||
		v2v_pages_take(layer->pages, &number, &layer->err) < 0)
		return -1;
	if (v2v_pages_write(layer->pages, number, data, &layer->err) < 0) {
		v2v_pages_give_back(layer->pages, number);
		return -1;
	}
	*v2v_page_tree_slot(layer->tree, page) = number;
	return 0;
}

/* A part of one page (@data NULL: zeros); the rest of it stays as it reads. */
static int put_part(
	struct v2v_private *layer, uint64_t at, const void *data, size_t size)
{
	unsigned char whole[V2V_PAGE] = { 0 };
	uint64_t start = at / PAGE * PAGE, left = layer->size - start;

	if (!data && v2v_page_tree_get(layer->tree, at / PAGE) == V2V_PAGE_ZERO)
		return 0;
	if (v2v_private_read(layer, start, whole, left < PAGE ? left : PAGE) <
		0)
		return -1;
	if (data)
		memcpy(whole + at % PAGE, data, size);
	else
		memset(whole + at % PAGE, 0, size);
	return put_page(layer, at / PAGE, whole);
}

int v2v_private_write(void *opaque, uint64_t at, const void *data, size_t size)
{
	struct v2v_private *layer = opaque;

	if (check_range(layer, at, size) < 0)
		return -1;
	while (size) {
		size_t n = PAGE - at % PAGE;

		if (n > size)
			n = size;
		if ((n == PAGE ? put_page(layer, at / PAGE, data)
			       : put_part(layer, at, data, n)) < 0)
			return -1;
		data = (const unsigned char *)data + n;
		at += n;
		size -= n;
	}
	return 0;
}

/* Whole pages: no content, and what they had is free. */
static int discard_pages(
	struct v2v_private *layer, uint64_t first, uint64_t end)
{
	uint32_t kind;

	if (first >= end || (v2v_page_tree_run(layer->tree, first, end,
				     &kind) == end - first &&
				    kind == V2V_PAGE_ZERO))
		return 0;
	if (check_room(layer, OF_DISCARD) < 0)
		return -1;
	v2v_page_tree_zero(layer->tree, first, end);
	return 0;
}

int v2v_private_discard(void *opaque, uint64_t at, uint64_t size)
{
	struct v2v_private *layer = opaque;
	uint64_t end = at + size, first, last;

	if (check_range(layer, at, size) < 0)
		return -1;
	if (!size)
		return 0;
	/* The disk's last page may be cut. */
	first = at / PAGE + (at % PAGE != 0);
	last = end == layer->size ? (end + PAGE - 1) / PAGE : end / PAGE;
	if (first > last)
		return put_part(layer, at, NULL, size);
	if (at % PAGE &&
		put_part(layer, at, NULL,
			(first * PAGE < end ? first * PAGE : end) - at) < 0)
		return -1;
	if (last * PAGE < end && first <= last &&
		put_part(layer, last * PAGE, NULL, end - last * PAGE) < 0)
		return -1;
	return discard_pages(layer, first, last);
}

const struct v2v_error *v2v_private_error(const struct v2v_private *layer)
{
	return &layer->err;
}

uint64_t v2v_private_size(const struct v2v_private *layer)
{
	return layer->size;
}

struct v2v_disk_view *v2v_private_view(const struct v2v_private *layer)
{
	return layer->view;
}

enum v2v_span_kind v2v_private_run(const struct v2v_private *layer, uint64_t at,
	uint64_t limit, uint64_t *ret_length)
{
	uint64_t first = at / PAGE, n, end;
	uint32_t kind;

	n = v2v_page_tree_run(
		layer->tree, first, (limit - 1) / PAGE + 1, &kind);
	end = (first + n) * PAGE;
	*ret_length = (end < limit ? end : limit) - at;
	return kind == V2V_PAGE_ABSENT ? V2V_SPAN_ABSENT
	       : kind == V2V_PAGE_ZERO ? V2V_SPAN_ZERO
				       : V2V_SPAN_DATA;
}

void v2v_private_close_view(struct v2v_private *layer)
{
	v2v_view_free(v2v_take(layer->view));
	layer->is_closed = true;
}

bool v2v_private_is_empty(const struct v2v_private *layer)
{
	uint64_t length;

	return !layer->size || (v2v_private_run(layer, 0, layer->size,
					&length) == V2V_SPAN_ABSENT &&
				       length == layer->size);
}

struct v2v_private_figures v2v_private_figures(const struct v2v_private *layer)
{
	uint64_t all = v2v_pages_used(layer->pages);
	uint64_t filed = v2v_pages_in_file(layer->pages);

	return (struct v2v_private_figures){ .memory = (all - filed) * PAGE,
		.file = filed * PAGE,
		.tree = v2v_page_tree_bytes(layer->tree) };
}
