/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a VMDK's descriptor says (VMware Virtual Disk Format 5.0, "The
 * Descriptor File"), embedded in a sparse VMDK or a file of its own.  The only
 * reader of that text, and a lenient one, as exporters write it in many ways:
 * nothing that it finds is an error, whoever asks judges it.
 */
#ifndef V2V_IMAGE_DESCRIPTOR_H
#define V2V_IMAGE_DESCRIPTOR_H

#include "core/fields.h"

#define V2V_VMDK_MAX_DESCRIPTOR (1 << 20) /* bytes */
#define V2V_VMDK_MAX_EXTENTS	1024

/* RW 4192256 FLAT "disk-f001.vmdk" 0 */
struct v2v_vmdk_extent {
	char *type;	  /* as written; "": missing */
	char *name;	  /* its bytes as written; NULL: none */
	uint64_t sectors; /* 0: cannot be read */
	uint64_t offset;  /* sectors, in the file */
	unsigned line;	  /* in the text, from 1 */
	bool is_whole;	  /* nothing is missing, and nothing left over */
};

struct v2v_vmdk_descriptor {
	char *create_type; /* NULL: none */
	char *encoding;	   /* of the names; NULL: none is stated */
	bool has_title;	   /* the first line is "# Disk DescriptorFile" */
	bool has_version;
	bool has_parent;	/* it is a difference to another disk */
	char *parent;		/* parentFileNameHint as written; NULL: none */
	char *cid, *parent_cid; /* as written; NULL: none */
	bool has_conflict;	/* a key that decides has two values */
	bool has_tail;		/* other data follows behind the text's end */
	unsigned strange;	/* the first line of no known form; 0: none */
	size_t extent_count;
	struct v2v_list extents; /* of struct v2v_vmdk_extent, the first ones */
};

/* Read @size bytes, up to the first NUL.  A text in UTF-16 is read as one. */
void v2v_vmdk_descriptor_read(const char *text, size_t size,
	struct v2v_vmdk_descriptor *ret_descriptor);
void v2v_vmdk_descriptor_clear(struct v2v_vmdk_descriptor *descriptor);
#define CLEANUP_VMDK_DESCRIPTOR                                                \
	__attribute__((cleanup(v2v_vmdk_descriptor_clear)))

/* Is it one at all, and no other text?  By its title, or else by its version
 * and type, where every line has a form that a descriptor's has. */
bool v2v_vmdk_descriptor_is_one(const struct v2v_vmdk_descriptor *descriptor);

/* Where the data of a VMDK is, by its createType: a type may be of two kinds.
 */
enum {
	V2V_VMDK_OWN = 1,    /* in the file that the descriptor is in */
	V2V_VMDK_FILES = 2,  /* in other files */
	V2V_VMDK_DELTA = 4,  /* in other files, and in those of a parent */
	V2V_VMDK_DEVICE = 8, /* on a device of the old host */
	V2V_VMDK_READ = V2V_VMDK_OWN | V2V_VMDK_FILES | V2V_VMDK_DELTA,
};

/* The usual spelling, a literal, of a createType of one of these @kinds that is
 * called @name in any case; NULL. */
const char *v2v_vmdk_type(const char *name, unsigned kinds);

/* Whether all of the descriptor @name, a file of its own, was understood, and
 * it has extents; else "image-descriptor", "image-extent". */
int v2v_vmdk_descriptor_check(const char *name,
	const struct v2v_vmdk_descriptor *descriptor, struct v2v_error *err);

/* The descriptor that the sparse VMDK @name has in it, judged: an allow list.
 * *@ret_subformat is a literal. */
int v2v_vmdk_check_descriptor(const char *text, const char *name,
	const char **ret_subformat, struct v2v_error *err);

/* The sectors that the embedded descriptor gives its first extent; 0: unknown.
 */
uint64_t v2v_vmdk_described_size(const char *text);

/* "image-parent", and what is to be done about it; -1. */
int v2v_vmdk_fail_parent(const char *name, struct v2v_error *err);
#endif
