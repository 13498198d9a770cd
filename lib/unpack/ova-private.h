/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the readers of the containers share; and one opener for each. */
#ifndef V2V_UNPACK_OVA_PRIVATE_H
#define V2V_UNPACK_OVA_PRIVATE_H

#include "unpack/ova.h"

#define v2v_ova_foreach(member, ova)                                           \
	v2v_list_foreach (struct v2v_ova_member *, v2v_place, &(ova)->members) \
		for (struct v2v_ova_member *member = *v2v_place; member;       \
			member = NULL)

/* Without empty parts and "."; the caller's. */
char *v2v_ova_without_dots(const char *name);

/* "./a/b" is "a/b", the caller's.  A name that leads out of the OVA, that has a
 * newline or is empty is refused. */
int v2v_ova_clean_name(const struct v2v_ova *ova, const char *name,
	char **ret_name, struct v2v_error *err);

/* Is it macOS's "._NAME", which is beside each file? */
bool v2v_ova_is_fork(const char *name);

/* A descriptor or a manifest: its text is kept from a packed OVA. */
bool v2v_ova_is_text(const char *name, uint64_t *ret_max);

/* Is there a descriptor of any kind, as v2v_ova_descriptor() finds them? */
bool v2v_ova_is_described(const struct v2v_ova *ova);

/* Add a member; a doubled name or too many members are refused. */
int v2v_ova_add(struct v2v_ova *ova, const char *name, uint64_t size,
	struct v2v_ova_member **ret_member, struct v2v_error *err);

/* 1 and the member's clean name (the caller's) and size; 0 for what is of no
 * interest; -1 for what is refused. */
struct archive;
struct archive_entry;
int v2v_ova_entry(const struct v2v_ova *ova, struct archive_entry *entry,
	char **ret_name, uint64_t *ret_size, struct v2v_error *err);

/* "damaged or cut off", with libarchive's reason; -1. */
int v2v_ova_fail(const struct v2v_ova *ova, struct archive *archive,
	struct v2v_error *err);

/* How a kind of container is read. */
struct v2v_container_ops {
	enum v2v_container kind;

	/* Make the index of ova->file. */
	int (*open)(struct v2v *v, struct v2v_ova *ova, struct v2v_error *err);

	/* The member of a name that is not in the index, added to it, or NULL.
	 * NULL: the index is complete. */
	struct v2v_ova_member *(*find)(struct v2v_ova *ova, const char *name);

	/* Unpack what is wanted and compute digests, for members without a
	 * place.  NULL: each has one. */
	int (*fetch)(struct v2v *v, struct v2v_ova *ova, struct v2v_error *err);
};

extern const struct v2v_container_ops v2v_container_tar, v2v_container_packed,
	v2v_container_zip, v2v_container_folder, v2v_container_ovf;

/* No container: @file (absolute, canonical), and what lies beside it as far as
 * it is asked for, nothing else is looked at. */
int v2v_ova_open_beside(struct v2v_ova *ova, const char *file,
	const struct v2v_ova_member **ret_member, struct v2v_error *err);

/* Make the spool folder, if there is none yet. */
int v2v_ova_make_spool(
	struct v2v *v, struct v2v_ova *ova, struct v2v_error *err);

/*
 * One pass over the container with libarchive: unpack what is wanted, keep the
 * texts, compute digests.  @add: it is the first, and makes the index.
 */
int v2v_ova_pass(
	struct v2v *v, struct v2v_ova *ova, bool add, struct v2v_error *err);

/* Another pass, for what is wanted by now: the `fetch` of packed containers. */
int v2v_ova_pass_again(
	struct v2v *v, struct v2v_ova *ova, struct v2v_error *err);
#endif
