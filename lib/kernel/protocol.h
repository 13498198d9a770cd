/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The protocol between us and the file server that is /init of the small
 * kernel; included by both sides, so nothing but numbers is here.  All of it is
 * little endian.
 *
 * A request: u32 operation, u32 count of strings, each string as u32 length and
 * its bytes (no NUL in it), u64 length of raw data and these.  Numbers are
 * strings of decimal digits.
 *
 * A reply: an errno (0: done) and data.  Where the errno is not 0 the data is
 * what there is to say about it, text or nothing.  Else it is a row of u8, u32,
 * u64 and strings (u32 length, bytes), in the order that is given beside each
 * operation.  A list is u8 "it was cut", u32 count, and the entries.
 */
#ifndef V2V_KERNEL_PROTOCOL_H
#define V2V_KERNEL_PROTOCOL_H

#include "vhost/mailbox.h"

#define V2V_KERNEL_VERSION 4

/* Serials of disks; how both travel by the mailbox, vhost/mailbox.h says. */
#define V2V_KERNEL_TOOLS "v2v-tools" /* that of the tools */
#define V2V_KERNEL_DISK	 "disk-"     /* and a number */

/* The most of a request and of a reply's data, bytes; and of strings. */
#define V2V_KERNEL_MAX_DATA    V2V_MAILBOX_MAX
#define V2V_KERNEL_MAX_STRINGS 4096
/* The most that one WRITE carries: its name is in the request. */
#define V2V_KERNEL_MAX_WRITE (V2V_KERNEL_MAX_DATA - (64 << 10))
/* Entries of one list: more are cut. */
#define V2V_KERNEL_MAX_LIST 200000

/*
 * X(name, arguments).  Of the arguments a letter each: p an absolute name in
 * the guest, s any string, n a number, i one that may be negative; a star
 * repeats the last; a bar: what follows may be left out; d: raw data.
 */
/* clang-format off */
#define V2V_KERNEL_OPERATIONS(X) \
	/* u32 version, string release */ \
	X(HELLO, "") \
	/* list: see struct v2v_kernel_device */ \
	X(DEVICES, "") \
	/* devices; list: u32 errno, list of (string tag, string value) */ \
	X(PROBE, "s*") \
	/* device, offset, length; bytes */ \
	X(READ_DEVICE, "snn") \
	/* bytes: what mdadm says */ \
	X(MD_ASSEMBLE, "") \
	/* device; bytes: what mdadm --detail --export says */ \
	X(MD_DETAIL, "s") \
	/* device */ \
	X(MD_WRITABLE, "s") \
	/* u32 exit status, string of what lvm says */ \
	X(LVM_ACTIVATE, "") \
	/* list: strings vg, lv */ \
	X(LVM_LIST, "") \
	/* device, name, "luks" or "bitlk", read-only; data: the key */ \
	X(CRYPT_OPEN, "sssnd") \
	/* list: u64 id, u64 parent, string path */ \
	X(BTRFS_SUBVOLUMES, "p") \
	/* u8 */ \
	X(BTRFS_GET_READ_ONLY, "p") \
	X(BTRFS_SET_READ_ONLY, "pn") \
	/* type ("": what it is), device, directory, flags, options, offset; \
	 * u32 facts */ \
	X(MOUNT, "sspnsn") \
	X(UMOUNT, "p") \
	X(UMOUNT_ALL, "") \
	/* from, directory */ \
	X(BIND, "pp") \
	/* list: strings device, directory, type, options */ \
	X(MOUNTS, "") \
	/* u64: bsize frsize blocks bfree bavail files ffree favail fsid flag \
	 * namemax */ \
	X(STATVFS, "p") \
	/* follow, name; see struct v2v_kernel_stat */ \
	X(STAT, "np") \
	/* list of strings */ \
	X(LIST, "p") \
	/* string */ \
	X(READLINK, "p") \
	X(REALPATH, "p") \
	/* offset, length; bytes */ \
	X(READ, "pnn") \
	/* SHA-1; string of hex */ \
	X(CHECKSUM, "p") \
	/* pattern, mark directories; list of strings */ \
	X(GLOB, "pn") \
	/* follow; list: string name, string value */ \
	X(XATTRS, "pn") \
	/* name, follow; data: the value */ \
	X(SET_XATTR, "psnd") \
	X(REMOVE_XATTR, "psn") \
	/* uid, gid, follow */ \
	X(CHOWN, "pnnn") \
	X(CHMOD, "pn") \
	/* seconds and nanoseconds of access and change, follow */ \
	X(UTIMENS, "pininn") \
	/* u32 of FS_IOC_GETFLAGS */ \
	X(GET_FLAGS, "p") \
	X(SET_FLAGS, "pn") \
	/* how, offset, mode; data */ \
	X(WRITE, "pnnnd") \
	X(TRUNCATE, "pn") \
	/* mode */ \
	X(MKDIR, "pn") \
	/* pattern that ends in XXXXXX, mode; string */ \
	X(MKTEMP, "pn") \
	X(MKDTEMP, "pn") \
	X(RENAME, "pp") \
	/* what it leads to, name */ \
	X(SYMLINK, "sp") \
	X(UNLINK, "p") \
	X(RMDIR, "p") \
	/* u64 bytes */ \
	X(TRIM, "p") \
	X(SYNC, "") \
	/* bytes at most; bytes */ \
	X(DMESG, "n") \
	/* tool, arguments; data: its input; u32 exit status, string */ \
	X(RUN, "s|s*d") \
	/* directory of the database ("": rpm's own), format; bytes */ \
	X(RPM, "ss")
/* clang-format on */

enum v2v_kernel_op {
#define V2V_KERNEL_OP(name, arguments) V2V_KERNEL_##name,
	V2V_KERNEL_OPERATIONS(V2V_KERNEL_OP)
#undef V2V_KERNEL_OP
		V2V_KERNEL_OPS
};

/* MOUNT: flags, and facts of the reply. */
#define V2V_KERNEL_MOUNT_READ_ONLY 1U
#define V2V_KERNEL_MOUNT_FILE	   2U /* the device is a file of the guest */
#define V2V_KERNEL_MOUNT_LOOP	   4U /* what it has from the offset on */
#define V2V_KERNEL_MOUNT_REPLAYED  1U /* a journal, into the private layer */

/* WRITE: how. */
#define V2V_KERNEL_WRITE_CREATE	  1U
#define V2V_KERNEL_WRITE_TRUNCATE 2U
#endif
