/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An OVA, whatever its container, into a document for each machine. */
#ifndef V2V_UNPACK_OVA_DOCUMENTS_H
#define V2V_UNPACK_OVA_DOCUMENTS_H

#include "core/handle.h"
#include "model/source.h"

/* *@ret_docs: an array, the caller's.  What was unpacked for a machine lies in
 * its document's `workdir`. */
int v2v_unpack_ova(struct v2v *v, const char *file,
	const struct v2v_unpack_options *opt, json_t **ret_docs,
	struct v2v_error *err);
#endif
