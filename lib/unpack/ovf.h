/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The descriptor of an OVA (DSP0243): each machine in it into a struct
 * v2v_source.  OVF 0.9, 1.x and 2.x, and the dialects of VMware, VirtualBox,
 * Citrix, oVirt and Nutanix.  The only reader of OVF; with ovf-*.c the only
 * user of libxml2 for reading.
 */
#ifndef V2V_UNPACK_OVF_H
#define V2V_UNPACK_OVF_H

#include "core/handle.h"
#include "model/source.h"

#define V2V_OVF_MAX_DEPTH    256
#define V2V_OVF_MAX_DISKS    256
#define V2V_OVF_MAX_NICS     64
#define V2V_OVF_MAX_MACHINES 1024
#define V2V_OVF_MAX_ITEMS    32768 /* Items of a machine */

/* What an OVF says of a disk beyond the source section. */
struct v2v_ovf_disk {
	char *href;	    /* the member, as the OVF has it; NULL: blank */
	int64_t capacity;   /* bytes; -1: not said */
	int64_t file_size;  /* ovf:size of the file, bytes; -1: not said */
	const char *format; /* "vmdk" "qcow2" "vhd" "raw"; NULL: not said */
	bool gzip;	    /* the file is compressed (ovf:compression) */
	bool chunked;	    /* ... and in pieces HREF.000000000 (chunkSize) */
};

struct v2v_ovf_machine {
	char *id;		  /* ovf:id; NULL */
	bool chosen;		  /* the user wants it; else only the name */
	struct v2v_source source; /* disks without file, format and size */
	struct v2v_list disks;	  /* of struct v2v_ovf_disk, as source.disks */
};

struct v2v_ovf {
	struct v2v_list machines; /* of struct v2v_ovf_machine */
};

/* What the user wants; NULL: the default configuration, all machines. */
struct v2v_ovf_choice {
	const char *configuration; /* a deployment option */
	const char *vm;		   /* a machine's name or ovf:id */
};

/*
 * Read the text.  @fallback_name is taken where the OVF has no name.  Errors
 * name the line and the element; those of a machine that nobody wants are none.
 */
int v2v_ovf_read(struct v2v *v, const char *text, size_t size,
	const struct v2v_ovf_choice *choice, const char *fallback_name,
	struct v2v_ovf *ret_ovf, struct v2v_error *err);

/* The factor of a unit as DSP0004 Annex C writes it, "byte * 2^20", or as
 * exporters do, "MegaBytes", "GB"; false for anything else. */
bool v2v_ovf_unit(const char *text, uint64_t *ret_factor);

void v2v_ovf_clear(struct v2v_ovf *ovf);
#define CLEANUP_OVF __attribute__((cleanup(v2v_ovf_clear)))
#endif
