/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the functions of client.h ask. */
#ifndef V2V_KERNEL_CLIENT_PRIVATE_H
#define V2V_KERNEL_CLIENT_PRIVATE_H

#include "kernel/client.h"
#include "kernel/decode.h"

/* A request under way; what is added is copied, but the data is lent. */
struct v2v_kernel_ask {
	struct v2v_text strings;
	uint32_t op, count;
	const void *data;
	size_t size;
	const char *what; /* lent; the thing of the error: a file, a device */
};

/* The operation, and strings up to a NULL. */
#define v2v_kernel_ask(op, ...)                                                \
	v2v_kernel_ask_new(                                                    \
		V2V_KERNEL_##op, (const char *const[]){ __VA_ARGS__ })
struct v2v_kernel_ask v2v_kernel_ask_new(
	enum v2v_kernel_op op, const char *const *strings);
void v2v_kernel_ask_string(struct v2v_kernel_ask *ask, const char *s);
void v2v_kernel_ask_number(struct v2v_kernel_ask *ask, int64_t number);
void v2v_kernel_ask_data(
	struct v2v_kernel_ask *ask, const void *data, size_t size);

/* Ask, and end the ask.  @ret_data (empty) is what is answered; NULL: nothing
 * must be.  @verb begins the error: "cannot VERB 'WHAT'". */
int v2v_kernel_send(struct v2v_kernel_client *kernel,
	struct v2v_kernel_ask *ask, const char *verb, struct v2v_text *ret_data,
	struct v2v_error *err);
/* The same with a string as the answer, the caller's. */
int v2v_kernel_send_string(struct v2v_kernel_client *kernel,
	struct v2v_kernel_ask *ask, const char *verb, char **ret_string,
	struct v2v_error *err);
/* The same with all of the answer as a text, up to a NUL; @ret_text may be
 * NULL. */
int v2v_kernel_send_text(struct v2v_kernel_client *kernel,
	struct v2v_kernel_ask *ask, const char *verb, char **ret_text,
	struct v2v_error *err);

/* The same with bytes as the answer, @most of them. */
int v2v_kernel_send_bytes(struct v2v_kernel_client *kernel,
	struct v2v_kernel_ask *ask, size_t most, struct v2v_text *ret_data,
	struct v2v_error *err);

/*
 * The same with a list as the answer: @read fills each zeroed entry of @size
 * bytes, which has at least @least bytes in the answer.  After -1 the list is
 * as @clear left it.
 */
struct v2v_kernel_lister {
	void (*read)(struct v2v_decode *in, void *entry);
	void (*clear)(struct v2v_list *list);
	size_t size, least;
};
int v2v_kernel_send_list(struct v2v_kernel_client *kernel,
	struct v2v_kernel_ask *ask, const char *verb,
	const struct v2v_kernel_lister *lister, struct v2v_list *ret_list,
	bool *ret_cut, struct v2v_error *err);
#endif
