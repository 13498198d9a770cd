/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a guest reads from a disk image: a reader for each format, in spans.
 * The tables of an image are walked once, in order, by one thread; the data are
 * read by as many threads as there are.
 */
#ifndef V2V_DISK_READER_H
#define V2V_DISK_READER_H

#include "disk/scratch.h"
#include "model/overlays.h"
#include "model/source.h"

enum v2v_span_kind {
	V2V_SPAN_ABSENT, /* not in this layer; zeros where none is below it */
	V2V_SPAN_ZERO,
	V2V_SPAN_DATA,
};

/* Bytes of the guest's that are of one kind.  Whoever needs fewer of them moves
 * @at up and makes @length less; @start stays. */
struct v2v_span {
	enum v2v_span_kind kind;
	uint64_t at, length;
	/* Of V2V_SPAN_DATA: */
	struct v2v_reader *from;
	uint64_t start;	 /* the guest's byte that @where is of */
	uint64_t where;	 /* the place as @from counts it */
	uint64_t stored; /* at most so many bytes lie there, packed; 0: plain */
};

struct v2v_reader_ops {
	const char *name;
	/* As v2v_reader_span() and v2v_reader_read(). */
	int (*span)(struct v2v_reader *reader, uint64_t at, uint64_t limit,
		struct v2v_span *ret_span, struct v2v_error *err);
	int (*read)(struct v2v_reader *reader, const struct v2v_span *span,
		uint64_t ahead, unsigned char *data,
		struct v2v_scratch *scratch, struct v2v_error *err);
	void (*free)(struct v2v_reader *reader);
};

struct v2v_reader {
	const struct v2v_reader_ops *ops;
	uint64_t size; /* the guest's, bytes */
};

/*
 * The reader of a disk of the document: its overlay merged over its source.
 * *@ret_reader is NULL for a blank disk without an overlay.  The source is
 * checked first.  What has no reader of its own is read through qemu-nbd, by
 * at most @threads connections.
 */
int v2v_reader_open(struct v2v *v, const struct v2v_disk *disk,
	const struct v2v_list *overlays, unsigned threads,
	struct v2v_reader **ret_reader, struct v2v_error *err);

/* The reader of an image that we wrote, which is open as @fd and is read
 * through another descriptor; @name is for errors. */
int v2v_reader_open_image(int fd, const char *name, const char *format,
	struct v2v_reader **ret_reader, struct v2v_error *err);

/*
 * The span that begins at @at; it ends at @limit, which is behind @at, or
 * before.  Behind the disk's end all is absent.  By one thread; upwards is what
 * is fast.
 */
int v2v_reader_span(struct v2v_reader *reader, uint64_t at, uint64_t limit,
	struct v2v_span *ret_span, struct v2v_error *err);

/*
 * The content of a span of data, span->length bytes.  Any thread, each with a
 * scratch of its own.  @ahead: bytes from span->where on that this and the next
 * calls are going to want of a span that is stored packed; 0: unknown.
 */
int v2v_reader_read(const struct v2v_span *span, uint64_t ahead,
	unsigned char *data, struct v2v_scratch *scratch,
	struct v2v_error *err);

/* Of an overlay over its source the overlay alone, borrowed; its spans are
 * those with it as @from.  NULL where there is none (also of NULL). */
struct v2v_reader *v2v_reader_top(const struct v2v_reader *reader);

void v2v_reader_free(struct v2v_reader *reader);
void v2v_reader_cleanup(struct v2v_reader **reader);
#define CLEANUP_READER __attribute__((cleanup(v2v_reader_cleanup)))
#endif
