/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Encodings of descriptors: VMware writes the names of extents as the host's
 * file system has them, and says which encoding that is.  An allow list; in all
 * of them ASCII's bytes are ASCII's characters, but as later bytes of longer
 * ones.  The only user of iconv.
 */
#ifndef V2V_IMAGE_ENCODING_H
#define V2V_IMAGE_ENCODING_H

#include "core/mem.h"

/* "UTF-16LE" or "UTF-16BE" where a text begins so; NULL for all others. */
const char *v2v_encoding_of_text(const char *text, size_t size);

/* iconv's name for the encoding that a descriptor states, in any case and
 * spelling; NULL: not known.  A text that was in UTF-16 is in UTF-8 by now. */
const char *v2v_encoding_known(const char *stated);

/* Add @size bytes to @out as UTF-8; false where they are not text of that
 * encoding (iconv's name), or this host does not know it. */
bool v2v_encoding_decode(const char *text, size_t size, const char *encoding,
	struct v2v_text *out);
#endif
