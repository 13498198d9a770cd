/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The file server of the small kernel: what its files share.  It is /init, a
 * static program without libv2v.  Nothing here believes what the guest's disks
 * say; and nothing of the guest is ever run.
 *
 * Functions return 0 or an errno unless they say something else; descriptors
 * are close-on-exec.
 */
#ifndef V2V_KERNEL_SERVER_H
#define V2V_KERNEL_SERVER_H

#include "core/banned.h"
#include "core/cleanup.h"
#include "kernel/protocol.h"

#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof(array)[0])
#define NAME_ROOM	  256 /* of a device, a directory's entry */

/* --- request.c */

struct request {
	uint32_t op;
	size_t count;
	const char **strings; /* owned; each ended by a NUL */
	int64_t *numbers;     /* owned; of those that are numbers */
	const unsigned char *data;
	size_t size;
	char *texts; /* owned: the strings' bytes */
};

/* Take @size bytes apart; the data stays lent.  EPROTO where they are not a
 * request. */
int request_read(
	struct request *request, const unsigned char *bytes, size_t size);
/* Are its arguments those that protocol.h gives?  Reads the numbers. */
int request_check(struct request *request, const char *arguments);
void request_clear(struct request *request);

/* --- reply.c */

/* Data of a reply.  What does not fit is left out, and is_full says so. */
struct reply {
	unsigned char *data;
	size_t length, room;
	bool is_full;
};

void put_bytes(struct reply *reply, const void *data, size_t size);
void put_u8(struct reply *reply, uint8_t value);
void put_u32(struct reply *reply, uint32_t value);
void put_u64(struct reply *reply, uint64_t value);
void put_string(struct reply *reply, const char *s);
void put_blob(struct reply *reply, const void *data, size_t size);
/* The empty reply becomes up to @size bytes of the file, from @at on. */
int put_content(struct reply *reply, int fd, int64_t at, uint64_t size);

/* A list: each entry lies between entry_begin() and entry_end(), which is false
 * where it did not fit: then the list is over. */
struct list {
	size_t start; /* of the list in the reply */
	size_t entry;
	uint32_t count;
};
void list_begin(struct reply *reply, struct list *list);
void entry_begin(struct reply *reply, struct list *list);
bool entry_end(struct reply *reply, struct list *list);
void list_cut(struct reply *reply, struct list *list);

/* --- serve.c: what all handlers are.  Errno; the reply is empty before. */
typedef int handler(const struct request *request, struct reply *reply);
int serve_request(const unsigned char *bytes, size_t size, struct reply *reply);

/* --- mailbox.c, stream.c: where requests come from.  False: it is over. */
struct channel {
	int fd;
	uint32_t sequence;
	unsigned char *block; /* of V2V_MAILBOX_BLOCK, aligned */
	unsigned char *whole; /* of a request; aligned */
	bool (*receive)(struct channel *, unsigned char **ret, size_t *size);
	bool (*answer)(struct channel *, int status, const struct reply *reply);
};
bool mailbox_open(struct channel *channel);
void stream_open(struct channel *channel, int fd);

/* --- small things, text.c */
/* The text of a small file, at most @room - 1 bytes, the last newline off;
 * false, and "", where it cannot be read. */
bool text_read(const char *path, char *text, size_t room);
bool text_write(const char *path, const char *text);
/* @fmt with the arguments, the caller's; ends the process without memory. */
char *text_make(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
bool text_starts(const char *s, const char *prefix);
void *memory_get(size_t size); /* zeroed; never NULL */

/* --- modules.c */
/* A module by its name or an alias, and what it needs. */
int module_load(const char *name);
/* As /sbin/modprobe, which the kernel and tools start. */
int modprobe_main(int argc, char **argv);

/* --- names.c: the guest's disks are called sda, sdb … outside. */
/* Make /dev/sda1 … for all that are there; after anything that makes devices.
 */
void names_refresh(void);
/* "/dev/sda1" of "vda1", "/dev/mapper/x" of "dm-0"; false: it is none of the
 * guest's. */
bool device_name(const char *kernel_name, char *name, size_t room);
/* What the kernel calls the disk with that serial ("vda"); false: none. */
bool disk_find(const char *serial, char name[NAME_ROOM]);
/* The disk that a partition is of, as the kernel calls both. */
bool device_disk(const char *kernel_name, char *disk, size_t room);
/* Open a device that a name of ours means. */
int device_open(const char *name, int flags, int *ret_fd);

/* --- loop.c */
struct loop_source {
	const char *name; /* of the guest's file, or of a device */
	bool is_file;	  /* then it is only read */
	uint64_t offset;  /* bytes before what it is to have */
};
/* It is there as long as the descriptor is open, or it is mounted.  ENODEV: the
 * kernel has no loop devices. */
int loop_open(
	const struct loop_source *source, char device[NAME_ROOM], int *ret_fd);

/* --- tools.c: programs of the tools' disk. */
extern char tools_dir[PATH_MAX];
bool tools_mount(void);
/* They are in this directory: for tests. */
void tools_use(const char *directory);
bool tool_path(const char *tool, char *path, size_t room);
struct tool {
	const char *const *argv; /* [0]: the tool's name */
	const void *input;
	size_t size;
	struct reply *output; /* its stdout; NULL: dropped */
	struct reply *errors; /* its stderr; may be the same */
	unsigned seconds;     /* of the processor, then it is killed; 0: any */
};
/* ENOENT: there is no such tool.  *@ret_status is 255 where it was killed. */
int tool_run(const struct tool *tool, int *ret_status);
/* The reply becomes its exit status and, as a string, all that it said: both
 * are @tool's output. */
int tool_report(const struct tool *tool, struct reply *reply);
/* Run it; a status that is not 0 is EIO, and what it said is the reply. */
int tool_do(const char *const *argv, struct reply *reply);

/* --- files.c: a regular file of the guest for reading: a device or a pipe is
 * never opened. */
int file_open(const char *path, int *ret_fd);

/* --- paths.c: names inside the guest, which no link leads out of. */
extern char guest_root[PATH_MAX];
/* As openat2(2) in the guest; -1 and errno. */
int path_open(const char *path, int flags, mode_t mode);
/* Where something is mounted or unmounted: the root may be another one. */
void path_forget_root(void);
/* The directory that holds the last part of @path (O_PATH), and that part,
 * which is never "", "." or "..".  @follow: of where it leads. */
int path_parent(
	const char *path, bool follow, char name[NAME_ROOM], int *ret_fd);
/* Where it leads, inside the guest; the caller's, or NULL and errno. */
char *path_real(const char *path);
/* The same as the server's own kernel knows it: with guest_root before. */
char *path_outside(const char *path);
/* Go into the directory of @path; *@name is what is left. */
int path_enter(const char *path, bool follow, char name[NAME_ROOM]);
/* The name by which any call reaches what the descriptor is. */
#define FD_PATH_ROOM 40
const char *fd_path(int fd, char text[FD_PATH_ROOM]);

/* --- probe.c */
/* What libblkid says the type is; "" where it does not know. */
void probe_type(int fd, char *type, size_t room);
bool probe_needs_recovery(int fd, const char *type);
/* What was found is kept as long as it is so. */
enum probe_change {
	PROBE_DEVICES, /* others are made of the disks, which stay as they are
			*/
	PROBE_ANYTHING,
	PROBE_WRITES, /* from now on */
};
void probe_forget(enum probe_change change);

/* --- xfs.c: was it unmounted?  False: it is not sure. */
bool xfs_is_clean(int fd);

/* --- raid6.c: has the device something of a @type for which this kernel lacks
 * the arithmetic?  Then only a start with it (see there) may touch it. */
bool raid6_is_lacking(int fd, const char *type);

/* --- btrfs.c */
void btrfs_scan_all(void);

/* Handlers, one for each operation: do_HELLO … */
#define V2V_KERNEL_OP(name, arguments) handler do_##name;
V2V_KERNEL_OPERATIONS(V2V_KERNEL_OP)
#undef V2V_KERNEL_OP
#endif
