/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The file that describes machines and names their disks: OVF, VMX, libvirt's
 * XML, VirtualBox' .vbox, a Vagrant box' metadata.json.  A kind of descriptor
 * is a struct v2v_descriptor_ops in the table of descriptor.c; what it reads is
 * the same for all.
 */
#ifndef V2V_UNPACK_DESCRIPTOR_H
#define V2V_UNPACK_DESCRIPTOR_H

#include "core/handle.h"
#include "model/source.h"

/* What a descriptor says of a disk beyond the source section. */
struct v2v_descriptor_disk {
	/* The file, as it is written there; NULL: blank.  A disk behind a URI
	 * (ssh://, https://) would be one more kind of it: today it is refused
	 * by whoever reads the descriptor. */
	char *href;
	/* It is an absolute name on the old host: what lies beside the
	 * descriptor under its last part, or its last two, is meant. */
	bool foreign;
	char *node;	    /* its place as VMX has it: "scsi0:1"; NULL */
	int64_t capacity;   /* bytes; -1: not said */
	int64_t file_size;  /* ovf:size of the file, bytes; -1: not said */
	const char *format; /* "vmdk" "qcow2" "vhd" "raw"; NULL: not said */
	bool gzip;	    /* the file is compressed (ovf:compression) */
	bool chunked;	    /* ... and in pieces HREF.000000000 (chunkSize) */
};

struct v2v_descriptor_machine {
	char *id;		  /* ovf:id; NULL */
	bool chosen;		  /* the user wants it; else only the name */
	bool assumed;		  /* nobody says what machine it is */
	struct v2v_source source; /* disks without file, format and size */
	struct v2v_list
		disks; /* of struct v2v_descriptor_disk, as source.disks */
};

struct v2v_descriptor {
	const struct v2v_descriptor_ops *kind;
	struct v2v_list machines; /* of struct v2v_descriptor_machine */
};

/* What the user wants; NULL: the default configuration, all machines. */
struct v2v_descriptor_choice {
	const char *configuration; /* a deployment option */
	const char *vm;		   /* a machine's name or ovf:id */
	const char *file;	   /* the descriptor's name: where its start
				      does not tell what it is, that counts */
};

/* A kind of descriptor. */
struct v2v_descriptor_ops {
	const char *name;   /* source.descriptor */
	const char *suffix; /* of a file's name, in any case */
	/* It may hold several machines, has a manifest beside it, and its disks
	 * may share a file; else it is one machine's settings. */
	bool is_package;
	/* While the machine runs there is NAME with this behind it beside each
	 * of its files; NULL: nothing tells. */
	const char *lock;

	/* Does it begin like one?  By the first @size bytes of a file. */
	bool (*is)(const unsigned char *start, size_t size);

	/*
	 * Read the whole text.  @fallback_name is taken where it has no name.
	 * Errors name the line and the element; those of a machine that is not
	 * chosen are ignored.
	 */
	int (*read)(struct v2v *v, const char *text, size_t size,
		const struct v2v_descriptor_choice *choice,
		const char *fallback_name, struct v2v_descriptor *ret,
		struct v2v_error *err);
};

/* The kind that a file of that start is; NULL: none that is known. */
const struct v2v_descriptor_ops *v2v_descriptor_kind(
	const unsigned char *start, size_t size);

/* Read a text by its kind, as its read() does; one of an unknown kind is read
 * as OVF, whose errors say what is wrong with it. */
int v2v_descriptor_read(struct v2v *v, const char *text, size_t size,
	const struct v2v_descriptor_choice *choice, const char *fallback_name,
	struct v2v_descriptor *ret, struct v2v_error *err);

void v2v_descriptor_clear(struct v2v_descriptor *descriptor);
#define CLEANUP_DESCRIPTOR __attribute__((cleanup(v2v_descriptor_clear)))
#endif
