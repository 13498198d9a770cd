/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of chain.c: what one layer says, by its format. */
#ifndef V2V_IMAGE_CHAIN_PRIVATE_H
#define V2V_IMAGE_CHAIN_PRIVATE_H

#include "image/chain.h"
#include "image/headers.h"

/* The folder that all files of a chain are in. */
struct v2v_disk_chain_folder {
	char *path; /* absolute, "" for the root */
	int fd;
};

/* A layer, and what must fit the next one. */
struct v2v_link {
	struct v2v_disk_layer layer;
	char *parent; /* its name as written; NULL: see @names */
	/* Windows' for the parent, char *, the best first; none, and no
	 * @parent: the lowest layer */
	struct v2v_list names;
	char *parent_format; /* NULL: that of this layer */
	char *id;	     /* by which a difference knows its parent; NULL */
	char *parent_id;     /* NULL: any */
	char *other_id;	     /* or this one; NULL */
	bool may_differ;     /* the parent may have another size */
	bool is_below_qcow2; /* qemu must read it, too */
};

void v2v_link_clear(struct v2v_link *link);
#define CLEANUP_LINK __attribute__((cleanup(v2v_link_clear)))

/* The absolute path, the caller's, of a regular file that @name means in
 * @from, a file of the folder; NULL and "image-backing" where that is none. */
char *v2v_disk_chain_find(const struct v2v_disk_chain_folder *folder,
	const char *from, const char *name, struct v2v_error *err);

/* Add the path of @name from the folder on, as parts, to @to; false where it
 * leads out of the folder. */
bool v2v_disk_chain_inside(const struct v2v_disk_chain_folder *folder,
	const char *from, const char *name, struct v2v_text *to);

/* The first of @names (char *) that v2v_disk_chain_find() finds, in any case as
 * on Windows where none is spelt so; two such are an error.  What the first
 * name lacks is told where there is none. */
char *v2v_disk_chain_find_any(const struct v2v_disk_chain_folder *folder,
	const char *from, const struct v2v_list *names, struct v2v_error *err);

/* Fill @link, whose layer has its file, format "vmdk". */
int v2v_disk_chain_read_vmdk(const struct v2v_disk_chain_folder *folder,
	struct v2v_link *link, struct v2v_error *err);

/* The same of "vhd", and of "vhdx". */
int v2v_disk_chain_read_vhd(struct v2v_link *link, struct v2v_error *err);
int v2v_disk_chain_read_vhdx(struct v2v_link *link, struct v2v_error *err);

/* Does qemu find the parent's @name in the descriptor's @text, and in it the
 * extents that we do? */
struct v2v_vmdk_descriptor;
bool v2v_qemu_sees_parent(const char *text, const char *name);
bool v2v_qemu_sees_extents(
	const char *text, const struct v2v_vmdk_descriptor *descriptor);

/* The extent that is all of the layer. */
void v2v_link_own_extent(struct v2v_link *link, const char *format);
#endif
