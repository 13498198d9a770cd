/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of this backend share; nobody else sees a guestfs handle. */
#ifndef V2V_GUEST_LIBGUESTFS_PRIVATE_H
#define V2V_GUEST_LIBGUESTFS_PRIVATE_H

#include "guest/libguestfs/libguestfs.h"

#include <guestfs.h>
#include <pthread.h>

struct v2v_libguestfs {
	struct v2v_appliance a; /* the first */
	guestfs_h *g;
	struct v2v_appliance_config config;
	bool kvm_warned;      /* that it is not used */
	bool was_launched;    /* so that KVM may be why it does not run */
	bool is_ready;	      /* this launch's kernel is unpacked already */
	bool stays_packed;    /* such a one did not run */
	struct v2v_text line; /* of its log, not ended yet */
	struct v2v_text said; /* the last of its log, lines */
	char *order;	      /* listing of its disks; NULL: as added */
	size_t log_seen; /* bytes of the kernel's log that were looked at */
	pthread_t watcher;
	bool watched;
	int stop; /* atomically: the watcher must end */
};

static inline struct v2v_libguestfs *v2v_libguestfs_of(
	const struct v2v_appliance *a)
{
	return (struct v2v_libguestfs *)a;
}

static inline guestfs_h *v2v_guestfs(const struct v2v_appliance *a)
{
	return v2v_libguestfs_of(a)->g;
}

/* The parts of the table. */
extern const struct v2v_appliance_life v2v_libguestfs_life;
extern const struct v2v_appliance_devices v2v_libguestfs_devices;
extern const struct v2v_appliance_mounts v2v_libguestfs_mounts;
extern const struct v2v_appliance_files v2v_libguestfs_files;
extern const struct v2v_appliance_attributes v2v_libguestfs_attributes;
extern const struct v2v_appliance_writing v2v_libguestfs_writing;
extern const struct v2v_appliance_inspection v2v_libguestfs_inspection;

/* launch.c: launch over the drives; once more with TCG where KVM does not
 * work. */
int v2v_libguestfs_launch(struct v2v_libguestfs *l, struct v2v_error *err);

/* ready.c: before a launch that is emulated: the handle takes an appliance
 * whose kernel is unpacked already, where there can be one. */
void v2v_libguestfs_get_ready(struct v2v_libguestfs *l);

/* events.c: hand on what libguestfs and its children say as messages. */
void v2v_libguestfs_listen(struct v2v_libguestfs *l);
/* The last lines that were said since then; borrowed. */
const char *v2v_libguestfs_said(struct v2v_libguestfs *l);

/* launch-failure.c: the launch failed: an error by its cause.  Returns -1. */
int v2v_libguestfs_launch_failed(
	struct v2v_libguestfs *l, struct v2v_error *err);

/* watch.c: a thread that ends the appliance's qemu when the handle is cancelled
 * or it is late. */
void v2v_libguestfs_watch(struct v2v_libguestfs *l);
void v2v_libguestfs_unwatch(struct v2v_libguestfs *l);

/* bind.c, mount-words.c, node.c: as the operations of these names. */
int v2v_libguestfs_bind(
	struct v2v_appliance *a, const char *from, const char *path);
int v2v_libguestfs_bind_root(struct v2v_appliance *a, const char *directory);
void v2v_libguestfs_mount_words(
	struct v2v_appliance *a, char **ret_reason, bool *ret_unsupported);
int v2v_libguestfs_make_node(struct v2v_appliance *a, const char *path,
	const struct v2v_appliance_node *node);

/* Move the strings into the list; NULL is a failure, -1. */
int v2v_libguestfs_take(char **names, struct v2v_list *list);

/* What the appliance's sh(1) prints; NULL.  No word of the guest's without
 * quotes. */
char *v2v_libguestfs_shell(struct v2v_appliance *a, const char *command);
#endif
