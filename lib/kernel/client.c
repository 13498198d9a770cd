/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asking the small kernel. */
#include "kernel/client-private.h"

#define MAX_ERRNO 4095

static void add_number(struct v2v_text *text, uint64_t value, size_t bytes)
{
	char data[8];

	for (size_t i = 0; i < bytes; i++)
		data[i] = (char)(value >> (8 * i));
	v2v_text_add(text, data, bytes);
}

void v2v_kernel_ask_string(struct v2v_kernel_ask *ask, const char *s)
{
	add_number(&ask->strings, strlen(s), 4);
	v2v_text_add(&ask->strings, s, strlen(s));
	ask->count++;
}

void v2v_kernel_ask_number(struct v2v_kernel_ask *ask, int64_t number)
{
	char text[32];

	snprintf(text, sizeof text, "%lld", (long long)number);
	v2v_kernel_ask_string(ask, text);
}

struct v2v_kernel_ask v2v_kernel_ask_new(
	enum v2v_kernel_op op, const char *const *strings)
{
	struct v2v_kernel_ask ask = { .op = op, .what = strings[0] };

	for (; *strings; strings++)
		v2v_kernel_ask_string(&ask, *strings);
	return ask;
}

void v2v_kernel_ask_data(
	struct v2v_kernel_ask *ask, const void *data, size_t size)
{
	ask->data = data;
	ask->size = size;
}

/* What the server has to say of the failure: its first line. */
static int failed(struct v2v_kernel_client *kernel,
	const struct v2v_kernel_ask *ask, const char *verb, int status,
	const struct v2v_text *said, struct v2v_error *err)
{
	const char *text = said->length ? said->data : "";
	int length = (int)strcspn(text, "\n");

	if (status < 0 || status > MAX_ERRNO)
		return v2v_kernel_broken(err);
	kernel->error = status;
	if (length > 200)
		length = 200;
	return v2v_fail(err, "kernel", "cannot %s%s%s%s: %s%s%.*s", verb,
		ask->what ? " '" : "", ask->what ? ask->what : "",
		ask->what ? "'" : "", strerror(status), length ? ": " : "",
		length, text);
}

static int transport(struct v2v_kernel_client *kernel,
	const struct v2v_kernel_ask *ask, int *ret_status,
	struct v2v_text *ret_data, struct v2v_error *err)
{
	struct v2v_text head CLEANUP_TEXT = { 0 };
	struct iovec parts[2];

	add_number(&head, ask->op, 4);
	add_number(&head, ask->count, 4);
	if (ask->strings.length)
		v2v_text_add(&head, ask->strings.data, ask->strings.length);
	add_number(&head, ask->size, 8);
	if (ask->size > V2V_KERNEL_MAX_DATA ||
		head.length > V2V_KERNEL_MAX_DATA - ask->size)
		return v2v_fail(err, "kernel-request",
			"a request to the small kernel is too large");
	parts[0] = (struct iovec){ head.data, head.length };
	parts[1] = (struct iovec){ (void *)ask->data, ask->size };
	return kernel->call(kernel->opaque, parts, ask->size ? 2 : 1,
		ret_status, ret_data, err);
}

int v2v_kernel_send(struct v2v_kernel_client *kernel,
	struct v2v_kernel_ask *ask, const char *verb, struct v2v_text *ret_data,
	struct v2v_error *err)
{
	struct v2v_text own CLEANUP_TEXT = { 0 };
	struct v2v_text *data = ret_data ? ret_data : &own;
	int status = 0, result;

	kernel->error = 0;
	result = transport(kernel, ask, &status, data, err);
	v2v_text_clear(&ask->strings);
	if (result < 0)
		return -1;
	if (status) {
		failed(kernel, ask, verb, status, data, err);
		v2v_text_clear(data);
		return -1;
	}
	if (!ret_data && own.length)
		return v2v_kernel_broken(err);
	return 0;
}

int v2v_kernel_send_string(struct v2v_kernel_client *kernel,
	struct v2v_kernel_ask *ask, const char *verb, char **ret_string,
	struct v2v_error *err)
{
	struct v2v_text data CLEANUP_TEXT = { 0 };
	CLEANUP_FREE char *s = NULL;
	struct v2v_decode in;

	if (v2v_kernel_send(kernel, ask, verb, &data, err) < 0)
		return -1;
	in = v2v_decode_of(&data);
	s = v2v_decode_string(&in);
	if (v2v_decode_end(&in, err) < 0)
		return -1;
	*ret_string = v2v_take(s);
	return 0;
}

int v2v_kernel_send_bytes(struct v2v_kernel_client *kernel,
	struct v2v_kernel_ask *ask, size_t most, struct v2v_text *ret_data,
	struct v2v_error *err)
{
	if (v2v_kernel_send(kernel, ask, "read", ret_data, err) < 0)
		return -1;
	if (ret_data->length <= most)
		return 0;
	v2v_text_clear(ret_data);
	return v2v_kernel_broken(err);
}

int v2v_kernel_send_text(struct v2v_kernel_client *kernel,
	struct v2v_kernel_ask *ask, const char *verb, char **ret_text,
	struct v2v_error *err)
{
	struct v2v_text data CLEANUP_TEXT = { 0 };

	if (v2v_kernel_send(kernel, ask, verb, &data, err) < 0)
		return -1;
	if (ret_text)
		*ret_text = v2v_text_take(&data);
	return 0;
}

int v2v_kernel_send_list(struct v2v_kernel_client *kernel,
	struct v2v_kernel_ask *ask, const char *verb,
	const struct v2v_kernel_lister *lister, struct v2v_list *ret_list,
	bool *ret_cut, struct v2v_error *err)
{
	struct v2v_text data CLEANUP_TEXT = { 0 };
	struct v2v_decode in;
	bool cut = false;
	size_t count;

	if (v2v_kernel_send(kernel, ask, verb, &data, err) < 0)
		return -1;
	in = v2v_decode_of(&data);
	count = v2v_decode_list(&in, lister->least, ret_cut ? &cut : NULL);
	for (size_t i = 0; i < count && !in.is_broken; i++)
		lister->read(&in, v2v_list_add(ret_list, lister->size));
	if (v2v_decode_end(&in, err) < 0) {
		lister->clear(ret_list);
		return -1;
	}
	if (ret_cut)
		*ret_cut = cut;
	return 0;
}
