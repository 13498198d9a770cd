/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the small kernel can be asked for: one function, one request.  Names of
 * files are absolute and resolved inside the guest, from what is mounted at
 * "/"; names of devices are /dev/sda, /dev/sda1 …, for the disks in the order
 * in which they were given, /dev/VG/LV, /dev/mapper/NAME, /dev/md127.
 *
 * All return 0, or -1 with the error "kernel" (what the kernel says; then
 * kernel->error is its errno), "kernel-broken", "kernel-cut", or what the
 * transport says (then kernel->error is 0).  Lists are the caller's to clear,
 * empty after a failure.  They are cut at what protocol.h allows, which is
 * "kernel-cut" where no place for the fact was handed over.
 *
 * The order for a guest: v2v_kernel_hello(), _devices() and _probe(), then what
 * the types ask for: _md_assemble(), _crypt_open(), _lvm_activate(), devices
 * and probes again; then mounts.
 */
#ifndef V2V_KERNEL_CLIENT_H
#define V2V_KERNEL_CLIENT_H

#include "core/fields.h"
#include "kernel/protocol.h"

#include <sys/uio.h>

struct v2v_kernel_client {
	/* Hand a request over and wait for the reply, as v2v_vhost_call(). */
	int (*call)(void *opaque, const struct iovec *request, size_t n,
		int *ret_status, struct v2v_text *ret_data,
		struct v2v_error *err);
	void *opaque;
	int error; /* errno of the last function that failed; 0: not known */
};

/* --- the kernel */

/* The first to be called: the versions must be the same ("kernel-version").
 * *@ret_release is the kernel's, the caller's. */
int v2v_kernel_hello(struct v2v_kernel_client *kernel, char **ret_release,
	struct v2v_error *err);

/* The last bytes of its log, the caller's. */
int v2v_kernel_dmesg(struct v2v_kernel_client *kernel, size_t most,
	char **ret_text, struct v2v_error *err);
int v2v_kernel_sync(struct v2v_kernel_client *kernel, struct v2v_error *err);

/* A program of the tools' disk.  @arguments: NULL at the end, or NULL; @input
 * may be NULL.  Its standard output and error are the caller's text. */
int v2v_kernel_run(struct v2v_kernel_client *kernel, const char *tool,
	const char *const *arguments, const void *input, size_t size,
	int *ret_exit, char **ret_output, struct v2v_error *err);

/* What the host's rpm finds in the guest's database, a line as @format gives
 * it for each package.  @dbpath NULL: rpm's own.  kernel->error is ENOENT where
 * the host has no rpm. */
int v2v_kernel_rpm(struct v2v_kernel_client *kernel, const char *dbpath,
	const char *format, char **ret_output, struct v2v_error *err);

/* --- devices */

struct v2v_kernel_device {
	char *name;
	uint32_t partition; /* its number; 0: not a partition */
	/* Device mapper's; "".  LVM's own volumes, which are not to be used,
	 * have a name of /dev/mapper/, those for use /dev/VG/LV. */
	char *dm_name, *dm_uuid;
	char *md_level; /* "raid1"; "" */
	uint32_t md_disks;
	struct v2v_list slaves; /* of char *: what it lies on */
};

int v2v_kernel_devices(struct v2v_kernel_client *kernel,
	struct v2v_list *ret_devices, struct v2v_error *err);
void v2v_kernel_devices_clear(struct v2v_list *devices);

struct v2v_kernel_tag {
	char *name, *value;
};

/* What libblkid says, in its words (TYPE, VERSION, LABEL, UUID, USAGE,
 * PTTYPE, PART_ENTRY_UUID, PART_ENTRY_NAME, PART_ENTRY_TYPE …), and
 * NEEDS_RECOVERY=1 of a journal that is to be replayed, AMBIVALENT=1 where it
 * is two things, LACKS_RAID6=1 where the kernel has to be started once more,
 * with v2v_vehicle_config's has_raid6. */
struct v2v_kernel_probe {
	int error;	      /* errno: it cannot be read */
	struct v2v_list tags; /* of struct v2v_kernel_tag */
};

/* One answer for each of @devices (of char *), in their order. */
int v2v_kernel_probe(struct v2v_kernel_client *kernel,
	const struct v2v_list *devices, struct v2v_list *ret_probes,
	struct v2v_error *err);
/* Borrowed; NULL: none. */
const char *v2v_kernel_tag(
	const struct v2v_kernel_probe *probe, const char *name);
void v2v_kernel_probes_clear(struct v2v_list *probes);

/* Up to @size bytes (16 MiB at most) of a device: fewer at its end. */
int v2v_kernel_read_device(struct v2v_kernel_client *kernel, const char *device,
	uint64_t offset, size_t size, struct v2v_text *ret_data,
	struct v2v_error *err);

/* --- volumes */

/* Start all MD arrays read-only, those too that miss members.  *@ret_said is
 * mdadm's output, the caller's; NULL: not wanted. */
int v2v_kernel_md_assemble(struct v2v_kernel_client *kernel, char **ret_said,
	struct v2v_error *err);
/* What mdadm says of one: lines NAME=VALUE, the caller's. */
int v2v_kernel_md_detail(struct v2v_kernel_client *kernel, const char *device,
	char **ret_said, struct v2v_error *err);
/* Make one writable; it is not resynchronised. */
int v2v_kernel_md_writable(struct v2v_kernel_client *kernel, const char *device,
	struct v2v_error *err);

struct v2v_kernel_volume {
	char *group, *name;
};

/* Only where the probes saw an "LVM2_member": it takes 0.1 s and more.
 * *@ret_complete: nothing failed, so all that is to be active is, and has a
 * device; else v2v_kernel_lvm_list() knows what is not. */
int v2v_kernel_lvm_activate(struct v2v_kernel_client *kernel,
	bool *ret_complete, char **ret_said, struct v2v_error *err);
/* Those that are for use, active or not.  lvs(8) takes 0.1 s. */
int v2v_kernel_lvm_list(struct v2v_kernel_client *kernel,
	struct v2v_list *ret_volumes, struct v2v_error *err);
void v2v_kernel_volumes_clear(struct v2v_list *volumes);

/* Open @device as /dev/mapper/@name.  @type is "luks" or "bitlk".  A wrong key:
 * kernel->error is EKEYREJECTED. */
int v2v_kernel_crypt_open(struct v2v_kernel_client *kernel, const char *device,
	const char *name, const char *type, bool read_only, const void *key,
	size_t size, struct v2v_error *err);

struct v2v_kernel_subvolume {
	uint64_t id, parent;
	char *path; /* from the top of the filesystem, without '/' before */
};

/* Of the filesystem that is mounted at @path. */
int v2v_kernel_btrfs_subvolumes(struct v2v_kernel_client *kernel,
	const char *path, struct v2v_list *ret_subvolumes,
	struct v2v_error *err);
void v2v_kernel_subvolumes_clear(struct v2v_list *subvolumes);
int v2v_kernel_btrfs_get_read_only(struct v2v_kernel_client *kernel,
	const char *path, bool *ret_read_only, struct v2v_error *err);
int v2v_kernel_btrfs_set_read_only(struct v2v_kernel_client *kernel,
	const char *path, bool read_only, struct v2v_error *err);

/* --- mounts */

struct v2v_kernel_mount {
	const char *type; /* as libblkid says; NULL: the server looks */
	const char *device;
	const char *directory; /* in the guest; "/" the first time */
	const char *options;   /* the filesystem's own; NULL */
	bool read_only;
	/* The device is a file of the guest; what lies on it from @offset on
	 * (bytes) is mounted. */
	bool is_file, loop;
	uint64_t offset;
	/* The answer. */
	bool replayed; /* its journal, into what is private */
};

int v2v_kernel_mount(struct v2v_kernel_client *kernel,
	struct v2v_kernel_mount *mount, struct v2v_error *err);
int v2v_kernel_umount(struct v2v_kernel_client *kernel, const char *path,
	struct v2v_error *err);
int v2v_kernel_umount_all(
	struct v2v_kernel_client *kernel, struct v2v_error *err);
/* What is at @from is at @path, too; "/" becomes another directory of it. */
int v2v_kernel_bind(struct v2v_kernel_client *kernel, const char *from,
	const char *path, struct v2v_error *err);

struct v2v_kernel_mounted {
	char *device, *directory, *type, *options;
};

int v2v_kernel_mounts(struct v2v_kernel_client *kernel,
	struct v2v_list *ret_mounts, struct v2v_error *err);
void v2v_kernel_mounts_clear(struct v2v_list *mounts);

struct v2v_kernel_statvfs {
	uint64_t bsize, frsize, blocks, bfree, bavail, files, ffree, favail;
	uint64_t fsid, flag, namemax;
};

int v2v_kernel_statvfs(struct v2v_kernel_client *kernel, const char *path,
	struct v2v_kernel_statvfs *ret_statvfs, struct v2v_error *err);
/* fstrim(8) of what is mounted at @path. */
int v2v_kernel_trim(struct v2v_kernel_client *kernel, const char *path,
	uint64_t *ret_bytes, struct v2v_error *err);

/* --- files: reading */

struct v2v_kernel_stat {
	uint64_t device, inode;
	uint32_t mode, links, uid, gid;
	uint64_t size;
	int64_t atime, mtime;
	uint32_t atime_ns, mtime_ns;
};

/* Of the name, or where it @follow leads; fails where there is none. */
int v2v_kernel_stat(struct v2v_kernel_client *kernel, const char *path,
	bool follow, struct v2v_kernel_stat *ret_stat, struct v2v_error *err);

/* Names (char *) in the order of the directory, without "." and "..". */
int v2v_kernel_list(struct v2v_kernel_client *kernel, const char *path,
	struct v2v_list *ret_names, bool *ret_cut, struct v2v_error *err);

/* The caller's. */
int v2v_kernel_readlink(struct v2v_kernel_client *kernel, const char *path,
	char **ret_target, struct v2v_error *err);
int v2v_kernel_realpath(struct v2v_kernel_client *kernel, const char *path,
	char **ret_path, struct v2v_error *err);

/* Up to @size bytes (16 MiB at most) of a regular file: fewer at its end. */
int v2v_kernel_read(struct v2v_kernel_client *kernel, const char *path,
	uint64_t offset, size_t size, struct v2v_text *ret_data,
	struct v2v_error *err);
/* In hex, the caller's. */
int v2v_kernel_sha1(struct v2v_kernel_client *kernel, const char *path,
	char **ret_sum, struct v2v_error *err);
/* glob(7) with braces; of char *; directories end with '/' if @mark. */
int v2v_kernel_glob(struct v2v_kernel_client *kernel, const char *pattern,
	bool mark, struct v2v_list *ret_names, bool *ret_cut,
	struct v2v_error *err);

struct v2v_kernel_xattr {
	char *name, *value; /* a NUL is behind the value */
	size_t size;
};

int v2v_kernel_xattrs(struct v2v_kernel_client *kernel, const char *path,
	bool follow, struct v2v_list *ret_xattrs, struct v2v_error *err);
void v2v_kernel_xattrs_clear(struct v2v_list *xattrs);
/* Flags of chattr(1), linux/fs.h. */
int v2v_kernel_get_flags(struct v2v_kernel_client *kernel, const char *path,
	uint32_t *ret_flags, struct v2v_error *err);

/* --- files: writing */

int v2v_kernel_set_xattr(struct v2v_kernel_client *kernel, const char *path,
	bool follow, const char *name, const void *value, size_t size,
	struct v2v_error *err);
int v2v_kernel_remove_xattr(struct v2v_kernel_client *kernel, const char *path,
	bool follow, const char *name, struct v2v_error *err);
int v2v_kernel_chown(struct v2v_kernel_client *kernel, const char *path,
	bool follow, uint32_t uid, uint32_t gid, struct v2v_error *err);
int v2v_kernel_chmod(struct v2v_kernel_client *kernel, const char *path,
	uint32_t mode, struct v2v_error *err);
/* @ns: UTIME_NOW and UTIME_OMIT as in utimensat(2). */
int v2v_kernel_utimens(struct v2v_kernel_client *kernel, const char *path,
	bool follow, int64_t atime, uint32_t atime_ns, int64_t mtime,
	uint32_t mtime_ns, struct v2v_error *err);
int v2v_kernel_set_flags(struct v2v_kernel_client *kernel, const char *path,
	uint32_t flags, struct v2v_error *err);

/* @how: V2V_KERNEL_WRITE_….  @size: V2V_KERNEL_MAX_WRITE at most.  @mode counts
 * where it is made. */
int v2v_kernel_write(struct v2v_kernel_client *kernel, const char *path,
	uint32_t how, uint64_t offset, uint32_t mode, const void *data,
	size_t size, struct v2v_error *err);
int v2v_kernel_truncate(struct v2v_kernel_client *kernel, const char *path,
	uint64_t size, struct v2v_error *err);
int v2v_kernel_mkdir(struct v2v_kernel_client *kernel, const char *path,
	uint32_t mode, struct v2v_error *err);
/* @pattern ends in XXXXXX; the name is the caller's. */
int v2v_kernel_mktemp(struct v2v_kernel_client *kernel, const char *pattern,
	uint32_t mode, char **ret_path, struct v2v_error *err);
int v2v_kernel_mkdtemp(struct v2v_kernel_client *kernel, const char *pattern,
	uint32_t mode, char **ret_path, struct v2v_error *err);
int v2v_kernel_rename(struct v2v_kernel_client *kernel, const char *from,
	const char *to, struct v2v_error *err);
int v2v_kernel_symlink(struct v2v_kernel_client *kernel, const char *target,
	const char *path, struct v2v_error *err);
int v2v_kernel_unlink(struct v2v_kernel_client *kernel, const char *path,
	struct v2v_error *err);
int v2v_kernel_rmdir(struct v2v_kernel_client *kernel, const char *path,
	struct v2v_error *err);
#endif
