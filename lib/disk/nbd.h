/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* NBD: some connections to one export, which threads take turns with.  The only
 * user of libnbd. */
#ifndef V2V_DISK_NBD_H
#define V2V_DISK_NBD_H

#include "core/error.h"

struct v2v_nbd;

/* Connect to @socket, or where that is NULL to @uri; as many as @connections
 * times where the server can have several.  @v is borrowed until
 * v2v_nbd_free(): v2v_cancel() ends each wait for the server, here and below,
 * and nothing more can then be asked of it. */
int v2v_nbd_open(const struct v2v *v, const char *uri, const char *socket,
	unsigned connections, struct v2v_nbd **ret_nbd, struct v2v_error *err);
/* Says goodbye, where the server still listens. */
void v2v_nbd_free(struct v2v_nbd *nbd);

uint64_t v2v_nbd_size(const struct v2v_nbd *nbd);
bool v2v_nbd_is_read_only(const struct v2v_nbd *nbd);
bool v2v_nbd_can_flush(const struct v2v_nbd *nbd);

/* By any thread. */
int v2v_nbd_read(struct v2v_nbd *nbd, void *data, size_t size, uint64_t at,
	struct v2v_error *err);
int v2v_nbd_write(struct v2v_nbd *nbd, const void *data, size_t size,
	uint64_t at, struct v2v_error *err);
/* Make it zeros, and no room where the server can. */
int v2v_nbd_zero(
	struct v2v_nbd *nbd, uint64_t size, uint64_t at, struct v2v_error *err);
/* Have the server put on its disk what it has answered for. */
int v2v_nbd_flush(struct v2v_nbd *nbd, struct v2v_error *err);

/* Of the bytes from @at on, before @limit: are they known to be zeros, and how
 * many are alike?  Where the server does not say, they are not. */
int v2v_nbd_status(struct v2v_nbd *nbd, uint64_t at, uint64_t limit,
	bool *ret_is_zero, uint64_t *ret_length, struct v2v_error *err);
#endif
