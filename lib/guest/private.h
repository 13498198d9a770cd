/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of lib/guest share; nobody else sees a guestfs handle. */
#ifndef V2V_GUEST_PRIVATE_H
#define V2V_GUEST_PRIVATE_H

#include "guest/guest.h"

#include <guestfs.h>
#include <pthread.h>
#include <sys/stat.h>

struct v2v_guest_drive {
	int64_t disk;
	char *file;   /* the private overlay, or the source in place */
	char *source; /* the file of the source; NULL: a blank disk */
	char *format;
	int64_t virtual_size;
};

struct v2v_guest {
	struct v2v *v;
	guestfs_h *g;
	char *dir;	 /* private: overlays, libguestfs' temporary files */
	char *signature; /* which disks: an equal request finds it running */
	bool in_place;
	bool has_keys; /* LUKS2 asks for up to 1 GiB of memory to open */
	struct v2v_list drives; /* of struct v2v_guest_drive */
	json_t *texts;	   /* files read already, by path; dropped on a write */
	size_t texts_size; /* bytes */
	json_t *told;	   /* set: links that lead nowhere, told already */
	struct v2v_list large;	 /* of char *: files that were not read */
	struct v2v_text line;	 /* of its log, not ended yet */
	struct v2v_text said;	 /* the last of its log, lines */
	struct v2v_list created; /* of char *: files and directories */
	char *order;	 /* listing of the appliance's disks; NULL: as added */
	size_t log_seen; /* bytes of the kernel's log that were looked at */
	struct v2v_backup *backup; /* NULL: none is made */
	pthread_t watcher;
	bool watched;
	int stop;	  /* atomically: the watcher shall end */
	int64_t deadline; /* atomically: of CLOCK_MONOTONIC, s; 0: none */
};

/* A guestfs call failed: the error "cancelled" or "guest-deadline", or @code
 * with libguestfs' words behind the formatted ones.  Returns -1. */
int v2v_guest_fail(const struct v2v_guest *guest, struct v2v_error *err,
	const char *code, const char *fmt, ...) V2V_PRINTF(4, 5);

/* Launch over guest->drives; once more with TCG where KVM does not work. */
int v2v_guest_launch(struct v2v_guest *guest, struct v2v_error *err);

/* Hand on what libguestfs and its children say as messages. */
void v2v_guest_listen(struct v2v_guest *guest);

/* The last lines that were said since then; borrowed. */
const char *v2v_guest_said(struct v2v_guest *guest);

/* The launch failed: an error by its cause.  Returns -1. */
int v2v_guest_launch_failed(struct v2v_guest *guest, struct v2v_error *err);

/* A thread that ends the appliance's qemu when the handle is cancelled. */
void v2v_guest_watch(struct v2v_guest *guest);
void v2v_guest_unwatch(struct v2v_guest *guest);

/* Add to @failures what the last call of guestfs_mount…() failed by. */
void v2v_guest_mount_failed(struct v2v_guest *guest, const char *device,
	const char *path, struct v2v_list *failures);

/* Start the MD arrays that wait for missing members, and LVM on them. */
void v2v_guest_start_arrays(struct v2v_guest *guest);

/* Open what @keys open, then look for LVM again. */
int v2v_guest_unlock(struct v2v_guest *guest, const char *const *keys,
	struct v2v_error *err);

/* Remember that it was too large to be read. */
void v2v_guest_add_large(struct v2v_guest *guest, const char *path);

/* Is @path one that every call of libguestfs takes for a file? */
int v2v_guest_check_name(const char *path, struct v2v_error *err);

/*
 * lib/guest/attributes.c: owner, mode, times, extended attributes (ACLs,
 * labels, capabilities among them) and flags of chattr(1).
 */
struct v2v_attributes {
	struct guestfs_statns *stat;
	struct guestfs_xattr_list *xattrs; /* NULL: none */
	char *flags;			   /* letters; NULL: none */
};

/* Of @name itself, no link followed. */
int v2v_attributes_get(struct v2v_guest *guest, const char *name,
	struct v2v_attributes *attributes, struct v2v_error *err);
/* Give @to all of @from's, which are @attributes, but the flags.  That an
 * extended attribute is lost is a warning. */
int v2v_attributes_copy(struct v2v_guest *guest, const char *from,
	const char *to, const struct v2v_attributes *attributes,
	struct v2v_error *err);
int v2v_attributes_set_times(struct v2v_guest *guest, const char *name,
	const struct v2v_attributes *attributes, struct v2v_error *err);
void v2v_attributes_clear(struct v2v_attributes *attributes);
#define CLEANUP_ATTRIBUTES __attribute__((cleanup(v2v_attributes_clear)))

/* Take away the flags that forbid a change (immutable, append only); give all
 * flags back. */
void v2v_attributes_unprotect(struct v2v_guest *guest, const char *name,
	const struct v2v_attributes *attributes);
void v2v_attributes_protect(struct v2v_guest *guest, const char *name,
	const struct v2v_attributes *attributes);

/* The same for a directory: what was taken is the caller's; NULL: nothing. */
char *v2v_attributes_open_directory(
	struct v2v_guest *guest, const char *directory);
void v2v_attributes_close_directory(
	struct v2v_guest *guest, const char *directory, const char *flags);

/* lib/guest/backup.c: keep @name (links resolved; @attributes NULL: there is
 * none) as it is, once, where a backup is being made. */
struct v2v_backup;
int v2v_backup_save(struct v2v_guest *guest, const char *name,
	const struct v2v_attributes *attributes, struct v2v_error *err);
void v2v_backup_free(struct v2v_backup *backup);
#endif
