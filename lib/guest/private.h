/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of lib/guest share. */
#ifndef V2V_GUEST_PRIVATE_H
#define V2V_GUEST_PRIVATE_H

#include "guest/appliance.h"
#include "guest/guest.h"
#include "guest/tree.h"

#include <sys/stat.h>

struct v2v_guest {
	struct v2v *v;
	struct v2v_appliance *a; /* owned; NULL: it does not run yet */
	char *dir;		 /* private: overlays, temporary files */
	char *signature; /* which disks: an equal request finds it running */
	bool in_place;
	struct v2v_list drives; /* of struct v2v_appliance_drive */
	json_t *texts;	   /* files read already, by path; dropped on a write */
	size_t texts_size; /* bytes */
	char *texts_of;	   /* the device that alone was mounted, read-only, when
			      they were read; NULL: there was more */
	json_t *facts;	   /* what else the tree was asked; dropped with them */
	struct v2v_list kept;	/* of struct v2v_kept: files copied already */
	json_t *told;		/* set: links that lead nowhere, told already */
	struct v2v_list large;	/* of char *: files that were not read */
	struct v2v_list opened; /* of char *: snapshots to be marked again */
	struct v2v_list places; /* of struct v2v_guest_place: what is mounted
				   for writing */
	struct v2v_backup *backup; /* NULL: none is made */
};

/* Where a filesystem is mounted. */
struct v2v_guest_place {
	char *path;
	bool is_ntfs;
};

/* lib/guest/places.c: forget all; one more. */
void v2v_guest_places_clear(struct v2v_list *places);
void v2v_guest_place_add(
	struct v2v_guest *guest, const char *path, const char *type);
/*
 * Has the file @name more than a new one can be given?  On NTFS: its ACL,
 * owner, attributes and streams, which no call of a backend copies, and without
 * which everybody may write a registry.  Then it is written in place.
 */
bool v2v_guest_has_more(const struct v2v_guest *guest, const char *name);

/* An operation of the backend: v2v_call(guest, files, stat, path, &st). */
#define v2v_call(guest, group, operation, ...)                                 \
	((guest)->a->ops->group->operation((guest)->a, ##__VA_ARGS__))

/* Why the last operation failed; never NULL. */
const char *v2v_guest_why(const struct v2v_guest *guest);

/* v2v_appliance_fail(). */
int v2v_guest_fail(const struct v2v_guest *guest, struct v2v_error *err,
	const char *code, const char *fmt, ...) V2V_PRINTF(4, 5);

/* lib/guest/drives.c: make the disks ready that the appliance gets. */
int v2v_guest_add_drives(struct v2v_guest *guest,
	const struct v2v_guest_request *request, struct v2v_error *err);
void v2v_guest_drives_clear(struct v2v_list *drives);

/* lib/guest/recover.c: v2v_guest_recover() of the machine's own disks, before
 * they are used; and is there something to be done for one? */
int v2v_guest_recover_drives(
	struct v2v *v, const struct v2v_list *drives, struct v2v_error *err);
bool v2v_guest_needs_recovery(const struct v2v_list *drives);

/* Each private overlay becomes @workdir/overlay-ID.qcow2. */
int v2v_guest_publish_drives(const struct v2v_list *drives, const char *workdir,
	struct v2v_list *overlays, struct v2v_error *err);

/* Add to @failures what the last mounting failed by. */
void v2v_guest_mount_failed(struct v2v_guest *guest, const char *device,
	const char *path, struct v2v_list *failures);

/* Is @path a directory, no link to one? */
bool v2v_guest_has_place(struct v2v_guest *guest, const char *path);

/* lib/guest/snapshots.c: a btrfs subvolume that is marked read-only and mounted
 * at @path (MicroOS has its root so) can be written to until all are marked
 * again, which must be before it is unmounted. */
void v2v_guest_open_snapshot(struct v2v_guest *guest, const char *path);
void v2v_guest_close_snapshots(struct v2v_guest *guest);

/* Start the MD arrays that wait for missing members, and LVM on them. */
void v2v_guest_start_arrays(struct v2v_guest *guest);

/* Open what @keys open, then look for LVM again. */
int v2v_guest_unlock(struct v2v_guest *guest, const char *const *keys,
	struct v2v_error *err);

/* The last operation could not list @what ("'/etc'"): a warning, once.  That
 * there is none is not a fault, and an appliance that is gone is reported
 * elsewhere.
 */
void v2v_guest_tell_unlisted(struct v2v_guest *guest, const char *what);

/* Forget all that was read: files are others now.  Or all but texts: more is
 * mounted. */
void v2v_guest_forget(struct v2v_guest *guest);
void v2v_guest_forget_facts(struct v2v_guest *guest);

/* lib/guest/kept.c: v2v_guest_fetch(), but of what was fetched before a copy of
 * the copy.  @st: which file it is; NULL: not known.  @is_view: the caller does
 * not write to it. */
int v2v_guest_fetch_kept(struct v2v_guest *guest, const char *path,
	const struct v2v_tree_stat *st, bool is_view, uint64_t *ret_size,
	struct v2v_error *err);

/* v2v_guest_read() and v2v_guest_fetch() of a file whose size is known: -1,
 * there is none. */
#define V2V_SIZE_UNKNOWN (-2)
int v2v_guest_read_sized(struct v2v_guest *guest, const char *path,
	int64_t size, char **ret_text, struct v2v_error *err);
int v2v_guest_fetch_sized(struct v2v_guest *guest, const char *path,
	int64_t size, uint64_t *ret_size, struct v2v_error *err);

/* Remember that it was too large to be read. */
void v2v_guest_add_large(struct v2v_guest *guest, const char *path);

/* Is @path one that every backend takes for a file? */
int v2v_guest_check_name(const char *path, struct v2v_error *err);

/*
 * lib/guest/attributes.c: owner, mode, times, extended attributes (ACLs,
 * labels, capabilities among them) and flags of chattr(1).
 */
struct v2v_attributes {
	bool is_there;
	struct v2v_appliance_stat stat;
	struct v2v_list xattrs; /* of struct v2v_appliance_xattr */
	char *flags;		/* letters; NULL: none */
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
