/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading the guest's files. */
#include "kernel/client-private.h"

static struct v2v_kernel_stat read_stat(struct v2v_decode *in)
{
	struct v2v_kernel_stat st = { 0 };

	st.device = v2v_decode_u64(in);
	st.inode = v2v_decode_u64(in);
	st.mode = v2v_decode_u32(in);
	st.links = v2v_decode_u32(in);
	st.uid = v2v_decode_u32(in);
	st.gid = v2v_decode_u32(in);
	st.size = v2v_decode_u64(in);
	st.atime = (int64_t)v2v_decode_u64(in);
	st.atime_ns = v2v_decode_u32(in);
	st.mtime = (int64_t)v2v_decode_u64(in);
	st.mtime_ns = v2v_decode_u32(in);
	return st;
}

int v2v_kernel_stat(struct v2v_kernel_client *kernel, const char *path,
	bool follow, struct v2v_kernel_stat *ret_stat, struct v2v_error *err)
{
	struct v2v_kernel_ask ask = { .op = V2V_KERNEL_STAT, .what = path };
	struct v2v_text data CLEANUP_TEXT = { 0 };
	struct v2v_kernel_stat st;
	struct v2v_decode in;

	v2v_kernel_ask_number(&ask, follow);
	v2v_kernel_ask_string(&ask, path);
	if (v2v_kernel_send(kernel, &ask, "look at", &data, err) < 0)
		return -1;
	in = v2v_decode_of(&data);
	st = read_stat(&in);
	if (v2v_decode_end(&in, err) < 0)
		return -1;
	*ret_stat = st;
	return 0;
}

/* No kernel that is whole has such a name. */
static bool is_broken_name(const char *name)
{
	return !*name || strchr(name, '/') || strcmp(name, ".") == 0 ||
	       strcmp(name, "..") == 0;
}

static int take_names(struct v2v_decode *in, struct v2v_list *ret_names,
	bool *ret_cut, struct v2v_error *err)
{
	v2v_decode_strings(in, ret_names, ret_cut);
	if (v2v_decode_end(in, err) == 0)
		return 0;
	v2v_strings_clear(ret_names);
	return -1;
}

int v2v_kernel_list(struct v2v_kernel_client *kernel, const char *path,
	struct v2v_list *ret_names, bool *ret_cut, struct v2v_error *err)
{
	struct v2v_kernel_ask ask = v2v_kernel_ask(LIST, path, NULL);
	struct v2v_list names CLEANUP_STRINGS = { 0 };
	struct v2v_text data CLEANUP_TEXT = { 0 };
	struct v2v_decode in;

	if (v2v_kernel_send(kernel, &ask, "list", &data, err) < 0)
		return -1;
	in = v2v_decode_of(&data);
	if (take_names(&in, &names, ret_cut, err) < 0)
		return -1;
	v2v_list_foreach (char *, name, &names)
		if (is_broken_name(*name))
			return v2v_kernel_broken(err);
	*ret_names = names;
	names = (struct v2v_list){ 0 };
	return 0;
}

int v2v_kernel_readlink(struct v2v_kernel_client *kernel, const char *path,
	char **ret_target, struct v2v_error *err)
{
	struct v2v_kernel_ask ask = v2v_kernel_ask(READLINK, path, NULL);

	return v2v_kernel_send_string(
		kernel, &ask, "read the link", ret_target, err);
}

int v2v_kernel_realpath(struct v2v_kernel_client *kernel, const char *path,
	char **ret_path, struct v2v_error *err)
{
	struct v2v_kernel_ask ask = v2v_kernel_ask(REALPATH, path, NULL);

	return v2v_kernel_send_string(kernel, &ask, "find", ret_path, err);
}

int v2v_kernel_read(struct v2v_kernel_client *kernel, const char *path,
	uint64_t offset, size_t size, struct v2v_text *ret_data,
	struct v2v_error *err)
{
	struct v2v_kernel_ask ask = v2v_kernel_ask(READ, path, NULL);

	v2v_kernel_ask_number(&ask, (int64_t)offset);
	v2v_kernel_ask_number(&ask, (int64_t)size);
	return v2v_kernel_send_bytes(kernel, &ask, size, ret_data, err);
}

int v2v_kernel_sha1(struct v2v_kernel_client *kernel, const char *path,
	char **ret_sum, struct v2v_error *err)
{
	struct v2v_kernel_ask ask = v2v_kernel_ask(CHECKSUM, path, NULL);
	CLEANUP_FREE char *sum = NULL;

	if (v2v_kernel_send_string(kernel, &ask, "sum up", &sum, err) < 0)
		return -1;
	if (strlen(sum) != 40 || strspn(sum, "0123456789abcdef") != 40)
		return v2v_kernel_broken(err);
	*ret_sum = v2v_take(sum);
	return 0;
}

int v2v_kernel_glob(struct v2v_kernel_client *kernel, const char *pattern,
	bool mark, struct v2v_list *ret_names, bool *ret_cut,
	struct v2v_error *err)
{
	struct v2v_kernel_ask ask = v2v_kernel_ask(GLOB, pattern, NULL);
	struct v2v_text data CLEANUP_TEXT = { 0 };
	struct v2v_decode in;

	v2v_kernel_ask_number(&ask, mark);
	if (v2v_kernel_send(kernel, &ask, "look for", &data, err) < 0)
		return -1;
	in = v2v_decode_of(&data);
	return take_names(&in, ret_names, ret_cut, err);
}

static void read_xattr(struct v2v_decode *in, void *entry)
{
	struct v2v_kernel_xattr *xattr = entry;

	xattr->name = v2v_decode_string(in);
	xattr->value = v2v_decode_blob(in, &xattr->size);
}

void v2v_kernel_xattrs_clear(struct v2v_list *xattrs)
{
	v2v_list_foreach (struct v2v_kernel_xattr, xattr, xattrs) {
		free(xattr->name);
		free(xattr->value);
	}
	free(xattrs->items);
	*xattrs = (struct v2v_list){ 0 };
}

int v2v_kernel_xattrs(struct v2v_kernel_client *kernel, const char *path,
	bool follow, struct v2v_list *ret_xattrs, struct v2v_error *err)
{
	static const struct v2v_kernel_lister lister = { read_xattr,
		v2v_kernel_xattrs_clear, sizeof(struct v2v_kernel_xattr), 8 };
	struct v2v_kernel_ask ask = v2v_kernel_ask(XATTRS, path, NULL);

	v2v_kernel_ask_number(&ask, follow);
	return v2v_kernel_send_list(kernel, &ask, "read the attributes of",
		&lister, ret_xattrs, NULL, err);
}

int v2v_kernel_get_flags(struct v2v_kernel_client *kernel, const char *path,
	uint32_t *ret_flags, struct v2v_error *err)
{
	struct v2v_kernel_ask ask = v2v_kernel_ask(GET_FLAGS, path, NULL);
	struct v2v_text data CLEANUP_TEXT = { 0 };
	struct v2v_decode in;
	uint32_t flags;

	if (v2v_kernel_send(kernel, &ask, "read the flags of", &data, err) < 0)
		return -1;
	in = v2v_decode_of(&data);
	flags = v2v_decode_u32(&in);
	if (v2v_decode_end(&in, err) < 0)
		return -1;
	*ret_flags = flags;
	return 0;
}
