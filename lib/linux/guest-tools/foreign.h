/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the old hypervisor left in a Linux guest, and what is to be done about
 * it: the inspection says so, the conversion does so, from one list.  What does
 * no harm off that hypervisor is left, and is a note.
 */
#ifndef V2V_LINUX_GUEST_TOOLS_FOREIGN_H
#define V2V_LINUX_GUEST_TOOLS_FOREIGN_H

#include "core/fields.h"
#include "guest/tree.h"
#include "model/inspect.h"

enum v2v_foreign_act {
	V2V_FOREIGN_NOTE,
	V2V_FOREIGN_EDIT,   /* the file, by @edit */
	V2V_FOREIGN_REMOVE, /* a link that starts a service */
	V2V_FOREIGN_WRITE,  /* a new file, @text */
};

struct v2v_foreign {
	enum v2v_foreign_act act;
	const char *code; /* of the finding; literal */
	char *path;	  /* NULL: a package */
	char *what;	  /* one line */
	const char *text; /* literal */
	char *(*edit)(const char *text, struct v2v_text *what);
};

/* Add to @found (of struct v2v_foreign) all there is; the guest is mounted. */
void v2v_foreign_find(const struct v2v_tree *tree,
	const struct v2v_inspect *inspect, struct v2v_list *found);
void v2v_foreign_clear(struct v2v_list *found);
#define CLEANUP_FOREIGN __attribute__((cleanup(v2v_foreign_clear)))

/* The tools that a package is of ("open-vm-tools" is VMware's), literal; NULL:
 * of none. */
const char *v2v_foreign_package(const char *name);
#endif
