/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libv2v: take a virtual machine that was built for VMware or another hypervisor
 * and make it run on KVM.  One function is one step; the steps hand on a JSON
 * document, one for each machine, which v2v-tools(7) describes.
 *
 * General rules:
 *  - A function that can fail returns 0, or -1 with *@err filled.  @err may be
 *    NULL; an error that is already set is not overwritten, so clear it (= {0})
 *    before the first call.
 *  - A step adds or replaces its own section of @doc and leaves all else as it
 *    is.  When it fails @doc is unchanged.
 *  - An options struct is zeroed and then filled in; a pointer to it may be
 *    NULL for "all defaults".  Strings in it are borrowed during the call.
 *  - The library prints nothing, never exits and keeps no global state: two
 *    handles in two threads do not disturb each other; one handle is for one
 *    thread at a time.  It reads no environment variable itself; libguestfs
 *    reads its own (LIBGUESTFS_*) when the appliance is made.
 *  - None of its files gets a descriptor below 3, though 0 to 2 be closed: what
 *    the program prints cannot get into them.  Before libguestfs or libnbd open
 *    files of theirs, those of 0 to 2 that are closed become /dev/null.
 *  - A failed memory allocation ends the process, as in GLib.
 */
#ifndef V2V_H
#define V2V_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* The highest format version of the document that this library understands. */
#define V2V_DOCUMENT_VERSION 1

/* Why a call failed.  @code is a stable word for programs, static storage;
 * @text is one line for people, without a newline or a full stop. */
struct v2v_error {
	const char *code;
	char text[512];
};

enum v2v_level { V2V_ERROR, V2V_WARNING, V2V_INFO, V2V_DEBUG };

/* One message; all of it is only lent to the callback. */
struct v2v_message {
	const char *step; /* "inspect" */
	enum v2v_level level;
	const char *code; /* stable: "appliance-launch" */
	const char *text; /* one line; may hold control bytes of the guest's */
};

/* How far a step has come.  @disk is the id of a disk, or -1. */
struct v2v_progress {
	const char *step;
	int disk;
	uint64_t done, total;
	const char *unit; /* "bytes" or "percent" */
};

/* A handle: callbacks, the cancel flag, and the running appliance, if any,
 * which steps that are called one after the other on one handle share. */
struct v2v;

/* Make a handle; end it, and its appliance, with v2v_free() (NULL is fine). */
struct v2v *v2v_new(void);
void v2v_free(struct v2v *v);

/* The version of the library, static storage. */
const char *v2v_version(void);

/* Where messages and progress go; NULL (the default) drops them.  Called in the
 * thread that called the step. */
void v2v_on_message(struct v2v *v,
	void (*call)(const struct v2v_message *message, void *opaque),
	void *opaque);
void v2v_on_progress(struct v2v *v,
	void (*call)(const struct v2v_progress *progress, void *opaque),
	void *opaque);

/* The directory below which work directories and temporary files are made;
 * "/var/tmp" unless set.  @dir is copied. */
void v2v_set_tmpdir(struct v2v *v, const char *dir);

/* Make the running step, and each later one, fail soon with code "cancelled".
 * May be called from a signal handler or from another thread. */
void v2v_cancel(struct v2v *v);

/*
 * Read the next document on @in.  Returns 1 and *@ret_doc, the caller's to drop
 * with json_decref(); 0 at the end of the stream; -1 where it is broken, is no
 * object or has a format version that is not understood: then nothing behind
 * it can be read either.
 */
int v2v_doc_read(FILE *in, json_t **ret_doc, struct v2v_error *err);

/* Write @doc, on one line or indented, and flush it. */
int v2v_doc_write(
	FILE *out, const json_t *doc, bool pretty, struct v2v_error *err);

/* v2v-unpack: what an image cannot say of itself. */
struct v2v_unpack_options {
	const char *name;     /* NULL: the OVF's, or the file's name; of several
				 machines one must be chosen */
	uint64_t memory;      /* bytes; 0: the OVF's, or 1 GiB */
	unsigned vcpus;       /* 0: the OVF's, or 1 */
	const char *firmware; /* "bios", "uefi"; NULL: the OVF's, or unknown */
	const char *format;   /* of disk images; NULL: by their header */
	const char *configuration; /* OVF deployment option; NULL: default */
	const char *vm; /* of several machines: its name or ovf:id; NULL: all */
	bool no_verify;       /* leave the manifest unchecked */
	bool backing_chain;   /* the images named may have backing files */
	const char *ovf; /* of several descriptors: a member's name, or the end
			    of one after '/'; NULL: the only one */
	bool assume;          /* what images do not say of their machine does
				 not matter: recorded, not told as a warning */
};

/* Is @file a disk image, compressed or not (1), or a container of a machine, such
 * as an OVA (0)?  -1 where it cannot be read or is neither: what nothing else
 * fits is a raw disk only where it is called like one. */
int v2v_unpack_is_image(const char *file, struct v2v_error *err);

/*
 * Make documents with the section `source` from @files (NULL at the end): one
 * OVA, or the disk images of one machine in their order.  *@ret_docs becomes an
 * array, a document for each machine, the caller's to drop.  What had to be
 * unpacked lies in the document's `workdir`, which v2v_copy() removes, and
 * v2v_discard() where a document does not get that far.
 */
int v2v_unpack(struct v2v *v, const char *const *files,
	const struct v2v_unpack_options *opt, json_t **ret_docs,
	struct v2v_error *err);

/* Remove the `workdir` of @doc, a document that goes no further, with all that
 * was put there; not a directory that the caller had made, nor one whose marker
 * has another id than the document's `workdir_id`.  Ends the appliance where
 * something is removed. */
void v2v_discard(struct v2v *v, const json_t *doc);

/*
 * What a crash left: remove the work and temporary directories right below the
 * handle's (v2v_set_tmpdir()) that have this user's marker, that nothing was
 * written to for @idle seconds, and in which no process that can be seen has a
 * file open.  A document that names one is worth nothing afterwards.
 */
int v2v_clean(struct v2v *v, uint64_t idle, struct v2v_error *err);

/* v2v-overlay: make `workdir` and `overlays`. */
struct v2v_overlay_options {
	const char *workdir; /* an existing directory; NULL: one is made */
};

int v2v_overlay(struct v2v *v, json_t *doc,
	const struct v2v_overlay_options *opt, struct v2v_error *err);

/* v2v-inspect: make `inspect`, of the copies where v2v_copy() made some, else of
 * the overlays, else of the source.  Never writes to any of them. */
struct v2v_inspect_options {
	const char *root; /* "first", "single", "2", "/dev/sda1"; NULL: first */
	/* "SELECTOR:file:NAME" or "SELECTOR:key:PASSPHRASE", where SELECTOR is
	 * a device, a UUID or "all"; NULL at the end; NULL: none.  The library
	 * asks nobody, and reads no descriptor: that is the programs' */
	const char *const *keys;
};

/* Can these options be understood, and the keys' files be read?  The steps ask
 * that first; who starts long work before them asks earlier. */
int v2v_inspect_check(
	const struct v2v_inspect_options *opt, struct v2v_error *err);

int v2v_inspect(struct v2v *v, json_t *doc,
	const struct v2v_inspect_options *opt, struct v2v_error *err);

/* v2v-estimate: start `targets`, check free space. */
struct v2v_estimate_options {
	const char *out_dir; /* the target's room is checked; NULL: it is not */
	const char *format;  /* "qcow2" (NULL) or "raw" */
	bool measure;        /* exact, from the block map */
};

int v2v_estimate(struct v2v *v, json_t *doc,
	const struct v2v_estimate_options *opt, struct v2v_error *err);

/* v2v-convert: make the guest boot on KVM, and `guestcaps`. */
struct v2v_convert_options {
	/* write to the disks themselves: the copies where v2v_copy() made some,
	 * else the source's; without it the code "already-copied" there */
	bool in_place;
	bool dry_run;  /* do all of it on overlays that are thrown away */
	const char *workdir;             /* as in v2v_overlay_options */
	const char *network; /* "keep" (NULL): names and addresses; "leave" */
	/* "append" (NULL): drivers that an initramfs lacks; "rebuild": it is
	 * made anew by the guest's own tool, which is run for it */
	const char *initramfs;
	/* The guest's package manager is run to remove the old hypervisor's
	 * packages */
	bool remove_tools;
	/* NAME-backup.tar in it gets every file that is changed, as it was;
	 * NULL: no backup */
	const char *backup_dir;
	bool serial_console; /* add one to kernels and logins */
	struct v2v_inspect_options inspect; /* where `inspect` is missing */
};

int v2v_convert(struct v2v *v, json_t *doc,
	const struct v2v_convert_options *opt, struct v2v_error *err);

/*
 * v2v-convert --undo: put what @backup holds back into the guest, on the disks
 * themselves as in_place means them, and drop `guestcaps`.  Of @opt only `inspect` counts.  Fails
 * with the code "backup" where it is no backup or another machine's.
 */
int v2v_undo(struct v2v *v, json_t *doc, const char *backup,
	const struct v2v_convert_options *opt, struct v2v_error *err);

/* v2v-copy: give each disk and removable its place, make the target images. */
struct v2v_copy_options {
	/* A directory that exists; or, for a machine of one disk, a block
	 * device, the URI of an NBD export, or "-": the descriptor out_fd. */
	const char *out_dir;
	/* "qcow2" (NULL, in a directory) or "raw" (NULL, elsewhere) */
	const char *format;
	const char *preallocation; /* off (NULL), metadata, falloc, full */
	bool compress;             /* qcow2 only */
	bool force;                /* replace existing files, but never what
				      this handle wrote ("same-name") */
	bool keep;                 /* keep the work directory */
	const char *compression;   /* of compress: "zlib" (NULL) or "zstd" */
	unsigned threads;          /* 0: one for each core; 32 at most */
	unsigned jobs;             /* disks at a time; 0: all */
	bool verify;               /* read the targets back and compare */
	bool hash;                 /* make sha256 of what the guest sees */
	int out_fd;
};

int v2v_copy(struct v2v *v, json_t *doc, const struct v2v_copy_options *opt,
	struct v2v_error *err);

/* v2v-meta: write what the hypervisor needs to start the machine. */
struct v2v_meta_options {
	const char *out_dir; /* NULL: beside the first target */
	const char *type;    /* "libvirt" (NULL) */
	bool force;          /* replace an existing file, as v2v_copy() */
};

int v2v_meta(struct v2v *v, json_t *doc, const struct v2v_meta_options *opt,
	struct v2v_error *err);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
