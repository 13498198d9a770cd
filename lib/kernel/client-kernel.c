/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The small kernel itself, and its tools. */
#include "kernel/client-private.h"

int v2v_kernel_hello(struct v2v_kernel_client *kernel, char **ret_release,
	struct v2v_error *err)
{
	struct v2v_kernel_ask ask = v2v_kernel_ask(HELLO, NULL);
	struct v2v_text data CLEANUP_TEXT = { 0 };
	CLEANUP_FREE char *release = NULL;
	struct v2v_decode in;
	uint32_t version;

	if (v2v_kernel_send(
		    kernel, &ask, "greet the small kernel", &data, err) < 0)
		return -1;
	in = v2v_decode_of(&data);
	version = v2v_decode_u32(&in);
	if (!in.is_broken && version != V2V_KERNEL_VERSION)
		return v2v_fail(err, "kernel-version",
			"the small kernel's server is of version %u, not %u",
			version, V2V_KERNEL_VERSION);
	release = v2v_decode_string(&in);
	if (v2v_decode_end(&in, err) < 0)
		return -1;
	*ret_release = v2v_take(release);
	return 0;
}

int v2v_kernel_dmesg(struct v2v_kernel_client *kernel, size_t most,
	char **ret_text, struct v2v_error *err)
{
	struct v2v_kernel_ask ask = v2v_kernel_ask(DMESG, NULL);

	v2v_kernel_ask_number(&ask, (int64_t)most);
	return v2v_kernel_send_text(
		kernel, &ask, "read the small kernel's log", ret_text, err);
}

int v2v_kernel_sync(struct v2v_kernel_client *kernel, struct v2v_error *err)
{
	struct v2v_kernel_ask ask = v2v_kernel_ask(SYNC, NULL);

	return v2v_kernel_send(kernel, &ask, "write all out", NULL, err);
}

int v2v_kernel_run(struct v2v_kernel_client *kernel, const char *tool,
	const char *const *arguments, const void *input, size_t size,
	int *ret_exit, char **ret_output, struct v2v_error *err)
{
	struct v2v_kernel_ask ask = v2v_kernel_ask(RUN, tool, NULL);
	struct v2v_text data CLEANUP_TEXT = { 0 };
	CLEANUP_FREE char *output = NULL;
	struct v2v_decode in;
	size_t length;
	int status;

	for (; arguments && *arguments; arguments++)
		v2v_kernel_ask_string(&ask, *arguments);
	v2v_kernel_ask_data(&ask, input, size);
	if (v2v_kernel_send(kernel, &ask, "run", &data, err) < 0)
		return -1;
	in = v2v_decode_of(&data);
	status = (int)(v2v_decode_u32(&in) & 0xff);
	output = v2v_decode_blob(&in, &length);
	if (v2v_decode_end(&in, err) < 0)
		return -1;
	*ret_exit = status;
	*ret_output = v2v_take(output);
	return 0;
}

int v2v_kernel_rpm(struct v2v_kernel_client *kernel, const char *dbpath,
	const char *format, char **ret_output, struct v2v_error *err)
{
	struct v2v_kernel_ask ask =
		v2v_kernel_ask(RPM, dbpath ? dbpath : "", format, NULL);

	ask.what = NULL;
	return v2v_kernel_send_text(
		kernel, &ask, "read the packages' database", ret_output, err);
}
