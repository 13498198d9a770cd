/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * VMware's settings of a machine, x.vmx: lines of KEY = "VALUE".  Keys have no
 * case; "|22" in a value is the byte 0x22; `.encoding` says what the bytes are.
 */
#ifndef V2V_UNPACK_VMX_H
#define V2V_UNPACK_VMX_H

#include "unpack/descriptor.h"

#define V2V_VMX_MAX	  (1 << 20) /* bytes */
#define V2V_VMX_MAX_LINES 20000
#define V2V_VMX_MAX_KEY	  256

extern const struct v2v_descriptor_ops v2v_descriptor_vmx;

/* Does the text begin like one?  Its snapshots (.vmsd) do not. */
bool v2v_vmx_is_one(const unsigned char *start, size_t size);

/* The settings: an object of strings in UTF-8, keys in lower case; the
 * caller's, NULL on failure.  Of two values of a key the last one counts, with
 * a warning. */
json_t *v2v_vmx_parse(
	struct v2v *v, const char *text, size_t size, struct v2v_error *err);

/* A value, borrowed; NULL where there is none.  The key is formatted, in lower
 * case. */
const char *v2v_vmx_get(const json_t *vmx, const char *fmt, ...)
	V2V_PRINTF(2, 3);
bool v2v_vmx_is_true(const char *value);

/* vmx-devices.c: drives; network cards and sound. */
int v2v_vmx_drives(struct v2v *v, const json_t *vmx,
	struct v2v_descriptor_machine *machine, struct v2v_error *err);
int v2v_vmx_nics(
	const json_t *vmx, struct v2v_source *source, struct v2v_error *err);
#endif
