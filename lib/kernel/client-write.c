/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writing the guest's files. */
#include "kernel/client-private.h"

int v2v_kernel_set_xattr(struct v2v_kernel_client *kernel, const char *path,
	bool follow, const char *name, const void *value, size_t size,
	struct v2v_error *err)
{
	struct v2v_kernel_ask ask = v2v_kernel_ask(SET_XATTR, path, name, NULL);

	v2v_kernel_ask_number(&ask, follow);
	v2v_kernel_ask_data(&ask, value, size);
	return v2v_kernel_send(kernel, &ask, "set an attribute of", NULL, err);
}

int v2v_kernel_remove_xattr(struct v2v_kernel_client *kernel, const char *path,
	bool follow, const char *name, struct v2v_error *err)
{
	struct v2v_kernel_ask ask =
		v2v_kernel_ask(REMOVE_XATTR, path, name, NULL);

	v2v_kernel_ask_number(&ask, follow);
	return v2v_kernel_send(
		kernel, &ask, "remove an attribute of", NULL, err);
}

int v2v_kernel_chown(struct v2v_kernel_client *kernel, const char *path,
	bool follow, uint32_t uid, uint32_t gid, struct v2v_error *err)
{
	struct v2v_kernel_ask ask = v2v_kernel_ask(CHOWN, path, NULL);

	v2v_kernel_ask_number(&ask, uid);
	v2v_kernel_ask_number(&ask, gid);
	v2v_kernel_ask_number(&ask, follow);
	return v2v_kernel_send(kernel, &ask, "set the owner of", NULL, err);
}

int v2v_kernel_chmod(struct v2v_kernel_client *kernel, const char *path,
	uint32_t mode, struct v2v_error *err)
{
	struct v2v_kernel_ask ask = v2v_kernel_ask(CHMOD, path, NULL);

	v2v_kernel_ask_number(&ask, mode);
	return v2v_kernel_send(kernel, &ask, "set the mode of", NULL, err);
}

int v2v_kernel_utimens(struct v2v_kernel_client *kernel, const char *path,
	bool follow, int64_t atime, uint32_t atime_ns, int64_t mtime,
	uint32_t mtime_ns, struct v2v_error *err)
{
	struct v2v_kernel_ask ask = v2v_kernel_ask(UTIMENS, path, NULL);

	v2v_kernel_ask_number(&ask, atime);
	v2v_kernel_ask_number(&ask, atime_ns);
	v2v_kernel_ask_number(&ask, mtime);
	v2v_kernel_ask_number(&ask, mtime_ns);
	v2v_kernel_ask_number(&ask, follow);
	return v2v_kernel_send(kernel, &ask, "set the times of", NULL, err);
}

int v2v_kernel_set_flags(struct v2v_kernel_client *kernel, const char *path,
	uint32_t flags, struct v2v_error *err)
{
	struct v2v_kernel_ask ask = v2v_kernel_ask(SET_FLAGS, path, NULL);

	v2v_kernel_ask_number(&ask, flags);
	return v2v_kernel_send(kernel, &ask, "set the flags of", NULL, err);
}

int v2v_kernel_write(struct v2v_kernel_client *kernel, const char *path,
	uint32_t how, uint64_t offset, uint32_t mode, const void *data,
	size_t size, struct v2v_error *err)
{
	struct v2v_kernel_ask ask = v2v_kernel_ask(WRITE, path, NULL);

	v2v_kernel_ask_number(&ask, how);
	v2v_kernel_ask_number(&ask, (int64_t)offset);
	v2v_kernel_ask_number(&ask, mode);
	v2v_kernel_ask_data(&ask, data, size);
	return v2v_kernel_send(kernel, &ask, "write", NULL, err);
}

int v2v_kernel_truncate(struct v2v_kernel_client *kernel, const char *path,
	uint64_t size, struct v2v_error *err)
{
	struct v2v_kernel_ask ask = v2v_kernel_ask(TRUNCATE, path, NULL);

	v2v_kernel_ask_number(&ask, (int64_t)size);
	return v2v_kernel_send(kernel, &ask, "cut", NULL, err);
}

int v2v_kernel_mkdir(struct v2v_kernel_client *kernel, const char *path,
	uint32_t mode, struct v2v_error *err)
{
	struct v2v_kernel_ask ask = v2v_kernel_ask(MKDIR, path, NULL);

	v2v_kernel_ask_number(&ask, mode);
	return v2v_kernel_send(kernel, &ask, "make", NULL, err);
}

int v2v_kernel_mktemp(struct v2v_kernel_client *kernel, const char *pattern,
	uint32_t mode, char **ret_path, struct v2v_error *err)
{
	struct v2v_kernel_ask ask = v2v_kernel_ask(MKTEMP, pattern, NULL);

	v2v_kernel_ask_number(&ask, mode);
	return v2v_kernel_send_string(kernel, &ask, "make", ret_path, err);
}

int v2v_kernel_mkdtemp(struct v2v_kernel_client *kernel, const char *pattern,
	uint32_t mode, char **ret_path, struct v2v_error *err)
{
	struct v2v_kernel_ask ask = v2v_kernel_ask(MKDTEMP, pattern, NULL);

	v2v_kernel_ask_number(&ask, mode);
	return v2v_kernel_send_string(kernel, &ask, "make", ret_path, err);
}

int v2v_kernel_rename(struct v2v_kernel_client *kernel, const char *from,
	const char *to, struct v2v_error *err)
{
	struct v2v_kernel_ask ask = v2v_kernel_ask(RENAME, from, to, NULL);

	return v2v_kernel_send(kernel, &ask, "rename", NULL, err);
}

int v2v_kernel_symlink(struct v2v_kernel_client *kernel, const char *target,
	const char *path, struct v2v_error *err)
{
	struct v2v_kernel_ask ask = v2v_kernel_ask(SYMLINK, target, path, NULL);

	ask.what = path;
	return v2v_kernel_send(kernel, &ask, "make the link", NULL, err);
}

int v2v_kernel_unlink(struct v2v_kernel_client *kernel, const char *path,
	struct v2v_error *err)
{
	struct v2v_kernel_ask ask = v2v_kernel_ask(UNLINK, path, NULL);

	return v2v_kernel_send(kernel, &ask, "remove", NULL, err);
}

int v2v_kernel_rmdir(struct v2v_kernel_client *kernel, const char *path,
	struct v2v_error *err)
{
	struct v2v_kernel_ask ask = v2v_kernel_ask(RMDIR, path, NULL);

	return v2v_kernel_send(kernel, &ask, "remove", NULL, err);
}
