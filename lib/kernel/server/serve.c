/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which function does what is asked for. */
#include "server.h"

static const struct {
	handler *handle;
	const char *arguments;
} operations[] = {
#define V2V_KERNEL_OP(name, arguments)                                         \
	[V2V_KERNEL_##name] = { do_##name, arguments },
	V2V_KERNEL_OPERATIONS(V2V_KERNEL_OP)
#undef V2V_KERNEL_OP
};

int serve_request(const unsigned char *bytes, size_t size, struct reply *reply)
{
	struct request request = { 0 };
	int status = request_read(&request, bytes, size);

	if (!status && request.op >= V2V_KERNEL_OPS)
		status = ENOSYS;
	if (!status)
		status = request_check(
			&request, operations[request.op].arguments);
	if (!status)
		status = operations[request.op].handle(&request, reply);
	/* Half a reply is none. */
	if (!status && reply->is_full) {
		reply->length = 0;
		status = EMSGSIZE;
	}
	request_clear(&request);
	return status;
}
