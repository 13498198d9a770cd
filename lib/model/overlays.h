/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The section `overlays`: writable qcow2 layers over the source disks. */
#ifndef V2V_MODEL_OVERLAYS_H
#define V2V_MODEL_OVERLAYS_H

#include "model/source.h"

struct v2v_overlay {
	int64_t disk;	      /* id of the source disk */
	char *file;	      /* absolute */
	char *format;	      /* "qcow2" */
	int64_t virtual_size; /* bytes */
};

/*
 * Fill *@overlays (of struct v2v_overlay) from doc.overlays; empty where the
 * document has none.  Each is a qcow2 over a disk of @source, of its size, and
 * a disk has one at most.  What the files are is v2v_image_check_overlay()'s.
 */
int v2v_overlays_load(const json_t *doc, const struct v2v_source *source,
	struct v2v_list *overlays, struct v2v_error *err);

json_t *v2v_overlays_store(const struct v2v_list *overlays);

/* The overlay of the disk with this id, borrowed, or NULL. */
const struct v2v_overlay *v2v_overlays_find(
	const struct v2v_list *overlays, int64_t disk);

void v2v_overlays_clear(struct v2v_list *overlays);
#define CLEANUP_OVERLAYS __attribute__((cleanup(v2v_overlays_clear)))
#endif
