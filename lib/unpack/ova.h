/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An OVA as an index of its members (DSP0243 §5.3), whatever container it is: a
 * tar, a compressed one, a zip, a folder, or an OVF with its files beside it.
 * What lies in it as it is, is read in place and never extracted; what is
 * packed is unpacked into the spool folder, only where it is wanted.
 */
#ifndef V2V_UNPACK_OVA_H
#define V2V_UNPACK_OVA_H

#include "core/fields.h"
#include "core/handle.h"
#include "unpack/container.h"
#include "unpack/hasher.h"

#define V2V_OVA_MAX_MEMBERS 10000
#define V2V_OVF_MAX	    (16 << 20) /* bytes */
#define V2V_MANIFEST_MAX    (1 << 20)  /* bytes */

struct v2v_ova_member {
	char *name;	     /* without "./"; '/' between folders */
	uint64_t size;	     /* bytes */
	char *file;	     /* where the bytes lie as they are; NULL: packed */
	uint64_t offset;     /* bytes, in @file */
	bool whole;	     /* @file holds nothing else */
	bool spooled;	     /* @file is in the spool folder */
	char *text;	     /* of a packed OVF or manifest; NULL */
	bool wanted;	     /* v2v_ova_fetch() must unpack it */
	uint64_t max;	     /* ... and refuse it beyond that many bytes */
	unsigned algorithms; /* digests to compute when it passes by */
	struct v2v_digests digests; /* those that are known */
	bool listed; /* in the manifest, or reported that it is not */
};

struct v2v_container_ops;
struct v2v_ova {
	char *file; /* absolute */
	enum v2v_container kind;
	const struct v2v_container_ops *ops; /* NULL: not in a container */
	char *folder; /* of the files of a folder or a lone OVF; NULL */
	int folder_fd;
	bool anywhere; /* files may lie outside the folder: an absolute name,
			  one with "..", or behind a link is found */
	char *spool;   /* where packed members go; NULL: not made yet */
	struct v2v_list members; /* of struct v2v_ova_member * */
	json_t *names;		 /* member's name: its place in the list */
	/* That the members were checked against; NULL: none. */
	const struct v2v_ova_member *manifest;
	/* Called before a packed member (but OVF and manifest) passes by; it
	 * may set wanted, max and algorithms.  NULL: none. */
	int (*see)(struct v2v_ova *ova, struct v2v_ova_member *member,
		void *opaque, struct v2v_error *err);
	void *opaque;
};

/*
 * Index the OVA; @see and @opaque as in the struct.  Members that are not
 * regular files, names that lead elsewhere and doubled names are refused.  A
 * packed OVA is decompressed once for it.
 */
int v2v_ova_open(struct v2v *v, const char *path, struct v2v_ova *ova,
	struct v2v_error *err);

/* Unpack the members that are wanted and have no place yet: another pass over a
 * packed OVA.  After checking the room in the spool folder. */
int v2v_ova_fetch(struct v2v *v, struct v2v_ova *ova, struct v2v_error *err);

/* The member of that name, or the first that ends with @suffix in any case;
 * borrowed, NULL where there is none. */
struct v2v_ova_member *v2v_ova_find(struct v2v_ova *ova, const char *name);
struct v2v_ova_member *v2v_ova_find_suffix(
	const struct v2v_ova *ova, const char *suffix, size_t *ret_count);

/*
 * The descriptor: the only .ovf, or that whose name (or its part behind the
 * last '/') is @wanted (NULL: any); where there is no .ovf, likewise the only
 * .vmx, the only .vbox, a Vagrant box' metadata.json.  Where there is none or a
 * choice, the error names what is there instead.
 */
int v2v_ova_descriptor(struct v2v_ova *ova, const char *wanted,
	const struct v2v_ova_member **ret_member, struct v2v_error *err);

/* The same while members are still passing by, NULL where it has not been met
 * for sure. */
const struct v2v_ova_member *v2v_ova_descriptor_met(
	const struct v2v_ova *ova, const char *wanted);

/* The name that @href in @from has in the OVA as it is; the caller's. */
char *v2v_ova_beside(const struct v2v_ova_member *from, const char *href);

/* The names that it may mean, the first ones first: as it is, percent-
 * decoded, and that in ISO-8859-1 (or NULL); the caller's. */
#define V2V_OVA_HREF_NAMES 3
void v2v_ova_href_names(const struct v2v_ova_member *from, const char *href,
	char *names[V2V_OVA_HREF_NAMES]);

/* The member that a reference in @from (the OVF, a VMDK's descriptor) means; it
 * counts from @from's folder; NULL. */
struct v2v_ova_member *v2v_ova_find_href(struct v2v_ova *ova,
	const struct v2v_ova_member *from, const char *href);

/* The member that an absolute name of the old host means: that file itself
 * where any may be used, else what lies beside @from under its last two parts,
 * or its last one; NULL. */
struct v2v_ova_member *v2v_ova_find_foreign(struct v2v_ova *ova,
	const struct v2v_ova_member *from, const char *href);

/* The highest of "HREF.N", as VMware exports snapshots; NULL. */
struct v2v_ova_member *v2v_ova_find_numbered(struct v2v_ova *ova,
	const struct v2v_ova_member *from, const char *href);

/* The bytes of a member that has a place or a text, with a NUL behind; more
 * than @max is an error. */
int v2v_ova_read(const struct v2v_ova *ova, const struct v2v_ova_member *member,
	uint64_t max, char **ret_text, struct v2v_error *err);

void v2v_ova_clear(struct v2v_ova *ova);
#define CLEANUP_OVA __attribute__((cleanup(v2v_ova_clear)))
#endif
