/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The lines of an INF. */
#ifndef V2V_VIRTIO_WIN_INF_PRIVATE_H
#define V2V_VIRTIO_WIN_INF_PRIVATE_H

#include "windows/virtio-win/inf.h"

#include <strings.h>

#define V2V_INF_LINES  20000
#define V2V_INF_FIELDS 64

struct v2v_inf_line {
	char *section;		/* "Models.NTamd64" */
	char *key;		/* before '=' */
	struct v2v_list fields; /* of char *: between commas */
};

struct v2v_inf_lines {
	struct v2v_list list; /* of struct v2v_inf_line */
};

void v2v_inf_split(const char *text, struct v2v_inf_lines *lines);
void v2v_inf_lines_clear(struct v2v_inf_lines *lines);
#define CLEANUP_INF_LINES __attribute__((cleanup(v2v_inf_lines_clear)))

#define v2v_inf_foreach(line, lines, name)                                     \
	v2v_list_foreach (const struct v2v_inf_line, line, &(lines)->list)     \
		if (strcasecmp(line->section, name) == 0)

/* A field that is %NAME% as a whole (no INF of a driver builds one of several):
 * its text; else itself. */
const char *v2v_inf_value(const struct v2v_inf_lines *lines, const char *field);

/*
 * How well the decoration of a section of models ("NTamd64.10.0...16299")
 * suits: the newer the system that it asks for, the more.  Negative: it is for
 * others.
 */
int64_t v2v_inf_suits(
	const char *decoration, const struct v2v_driver_target *target);
#endif
