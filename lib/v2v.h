/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libv2v: take a virtual machine that was built for VMware or another
 * hypervisor and make it run on KVM.  One function is one step; the steps hand
 * on a JSON document, one for each machine, which v2v-tools(7) describes.
 *
 * General rules:
 *  - A function that can fail returns 0, or -1 with *@err filled.  @err may be
 *    NULL; an error that is already set is not overwritten, so clear it (= {0})
 *    before the first call.
 *  - A step adds or replaces its own section of @doc and leaves all else as it
 *    is.  When it fails @doc is unchanged.
 *  - Options are made with V2V_OPTIONS(), which says their size; a pointer to
 *    them may be NULL for "all defaults".  Strings in them are borrowed during
 *    the call.
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

/* Why a call failed.  @code is a stable identifier for programs, static
 * storage; @text is one line for people, without a newline or a full stop. */
struct v2v_error {
	const char *code;
	char text[512];
};

enum v2v_level { V2V_ERROR, V2V_WARNING, V2V_INFO, V2V_DEBUG };

/* One message; all of it is only lent to the callback, which gets a larger
 * struct from a later library: members are only added at the end. */
struct v2v_message {
	const char *step; /* "inspect" */
	enum v2v_level level;
	const char *code; /* stable: "appliance-launch" */
	const char *text; /* one line; may hold control bytes of the guest's */
	/* source.name of the document that the step works on; NULL: it has none
	 * yet, as long as v2v_unpack() reads */
	const char *machine;
};

/* How far a step has come.  @disk is the id of a disk, or -1. */
struct v2v_progress {
	const char *step;
	int disk;
	uint64_t done, total;
	const char *unit; /* "bytes" or "phases" */
	/* What is done now: "open", "read", "plan", "commit", "trim",
	 * "publish", "watch"; NULL where the unit is bytes, and when all is
	 * done. */
	const char *phase;
	const char *machine; /* as in struct v2v_message */
};

/* A handle: callbacks, the cancel flag, and the running appliance, if any,
 * which steps that are called one after the other on one handle share. */
struct v2v;

/* Make a handle; end it, and its appliance, with v2v_free() (NULL is fine). */
struct v2v *v2v_new(void);
void v2v_free(struct v2v *v);

/* Shall v2v_free() remove the work directories that this handle made, and that
 * neither v2v_copy() nor v2v_discard() has removed?  For a program that hands
 * no document on to another process: it cannot forget one then, whatever fails.
 * Not unless it is set; a child process that was forked removes nothing. */
void v2v_discard_at_end(struct v2v *v, bool yes);

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

/* The directory below which "v2v-cache-UID" is: what the backends make once for
 * each user.  NULL, the default: that of
 * v2v_set_tmpdir().  @dir is copied. */
void v2v_set_cachedir(struct v2v *v, const char *dir);

/*
 * By what guests are read and changed: "uml", "qemu", "libguestfs" (BACKENDS in
 * v2v-tools(7)), or "auto" (NULL, the default): the first of them that starts
 * here and knows all that is on the disks.  Fails with the code
 * "backend-unknown" where there is no such backend.  The document's `inspect`
 * says which one it was.
 */
int v2v_set_backend(struct v2v *v, const char *name, struct v2v_error *err);

/* Make the running step, and each later one, fail soon with code "cancelled".
 * May be called from a signal handler or from another thread. */
void v2v_cancel(struct v2v *v);

/* Take v2v_cancel() back: steps that begin now run.  Call it when the step that
 * was to end has returned. */
void v2v_resume(struct v2v *v);

/*
 * Read the next document on @in.  Returns 1 and *@ret_doc, the caller's to drop
 * with json_decref(); 0 at the end of the stream; -1 where it is broken, is not
 * an object or has a format version that is not understood: then nothing behind
 * it can be read either.  The first signal that comes in the middle of a
 * document does not end the reading, the second does.
 */
int v2v_doc_read(FILE *in, json_t **ret_doc, struct v2v_error *err);

/* Write @doc, on one line or indented, and flush it. */
int v2v_doc_write(
	FILE *out, const json_t *doc, bool pretty, struct v2v_error *err);

/*
 * The options of a step: v2v_copy(v, doc, &V2V_OPTIONS(copy, .out_dir = "/vm"),
 * &err).  What is not named has its default, which is 0 or NULL everywhere.
 *
 * Each struct begins with its size, so that a program keeps working with a
 * later library, whose structs have more options at their end: those that the
 * program does not know of have their defaults.  An earlier library takes the
 * struct of a later one as long as only options that it knows are set, and
 * fails with the code "bad-option" otherwise, as it does where the size is 0.
 * Without the macro, as in C++: zero the struct, then .size = sizeof the
 * struct.  `reserved` stays zero; without it there would be bytes at the end
 * that nobody sets.
 */
#define V2V_OPTIONS(step, ...)                                                 \
	((struct v2v_##step##_options){                                        \
		.size = sizeof(struct v2v_##step##_options), __VA_ARGS__ })

/* v2v-unpack: what an image cannot say of itself. */
struct v2v_unpack_options {
	size_t size;
	const char *name;     /* NULL: the OVF's, or the file's name; of several
				 machines one must be chosen */
	uint64_t memory;      /* bytes; 0: the OVF's, or 1 GiB */
	const char *firmware; /* "bios", "uefi"; NULL: the OVF's, or unknown */
	const char *format;   /* of disk images; NULL: by their header */
	const char *configuration; /* OVF deployment option; NULL: default */
	const char *vm; /* of several machines: its name or ovf:id; NULL: all */
	const char *ovf; /* of several descriptors: a member's name, or the end
			    of one after '/'; NULL: the only one */
	unsigned vcpus;	 /* 0: the OVF's, or 1 */
	bool no_verify;	 /* leave the manifest unchecked */
	bool backing_chain; /* the images named may have backing files */
	bool assume;	    /* what images do not say of their machine does
			       not matter: recorded, not reported as a warning */
	char reserved[1];
	bool force_locked; /* the machine's lock files are a leftover */
	bool anywhere;	   /* disks may lie outside the descriptor's folder,
			      where it says */
	bool describe; /* for people, nothing is unpacked: a disk's `file` is
			  as the descriptor has it, its `virtual_size` 0
			  where only unpacking would tell; v2v_inspect()
			  and other steps cannot read such documents */
	char reserved_2[5];
	const char *snapshot; /* of a VMX: a name or an ID; NULL: the current */
};

/* Is @file a disk image, compressed or not (1), or a container of a machine,
 * such as an OVA (0)?  -1 where it cannot be read or is neither: what nothing
 * else fits is a raw disk only where it is called like one. */
int v2v_unpack_is_image(const char *file, struct v2v_error *err);

/*
 * Make documents with the section `source` from @files (NULL at the end): one
 * OVA, folder or descriptor of a machine (.ovf, .vmx, .vbox, libvirt's XML), or
 * the disk images of one machine in their order.  *@ret_docs becomes an
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
	size_t size;
	const char *workdir; /* an existing directory; NULL: one is made */
};

int v2v_overlay(struct v2v *v, json_t *doc,
	const struct v2v_overlay_options *opt, struct v2v_error *err);

/* v2v-inspect: make `inspect`, of the copies where v2v_copy() made some, else
 * of the overlays, else of the source.  Never writes to any of them. */
struct v2v_inspect_options {
	size_t size;
	const char *root; /* "first", "single", "2", "/dev/sda1"; NULL: first */
	/* "SELECTOR:file:NAME" or "SELECTOR:key:PASSPHRASE", where SELECTOR is
	 * a device, a UUID or "all"; NULL at the end; NULL: none.  The library
	 * asks nobody, and reads no descriptor: that is the programs' */
	const char *const *keys;
	/* `inspect` gets `diff`: what v2v_convert() would change in texts, as
	 * unified diffs */
	bool diff;
	char reserved[7];
	/* What a Windows gets, by v2v_convert() too: drivers from this
	 * directory or ISO image of virtio-win (NULL: none), and for its disks
	 * "virtio-blk" (NULL) or "virtio-scsi"
	 */
	const char *virtio_win, *block_driver;
};

/* Can these options be understood, and the keys' files be read?  The steps ask
 * that first; who starts long work before them asks earlier. */
int v2v_inspect_check(
	const struct v2v_inspect_options *opt, struct v2v_error *err);

int v2v_inspect(struct v2v *v, json_t *doc,
	const struct v2v_inspect_options *opt, struct v2v_error *err);

/* v2v-estimate: start `targets`, check free space. */
struct v2v_estimate_options {
	size_t size;
	const char *out_dir; /* the target's room is checked; NULL: it is not */
	const char *format;  /* "qcow2" (NULL) or "raw" */
	bool measure;	     /* exact, from the block map */
	char reserved[7];
};

int v2v_estimate(struct v2v *v, json_t *doc,
	const struct v2v_estimate_options *opt, struct v2v_error *err);

/* v2v-convert: make the guest boot on KVM, and `guestcaps`. */
struct v2v_convert_options {
	size_t size;
	const char *workdir; /* as in v2v_overlay_options */
	const char *network; /* "keep" (NULL): names and addresses; "leave" */
	/* "append" (NULL): drivers that an initramfs lacks; "rebuild": it is
	 * rebuilt by the guest's own tool, which is run for it */
	const char *initramfs;
	/* NAME-backup.tar in it gets every file that is changed, as it was;
	 * NULL: no backup */
	const char *backup_dir;
	/* where `inspect` is missing, and drivers for Windows; NULL: all
	 * defaults */
	const struct v2v_inspect_options *inspect;
	/* write to the disks themselves: the copies where v2v_copy() made some,
	 * else the source's; without it the code "already-copied" there */
	bool in_place;
	bool dry_run; /* do all of it on overlays that are thrown away */
	/* The guest's package manager is run to remove the old hypervisor's
	 * packages */
	bool remove_tools;
	bool serial_console; /* add one to kernels and logins */
	/* Of a dry run: guestcaps gets `diff`, what it would change in texts,
	 * as unified diffs */
	bool diff;
	char reserved[3];
	/* What a Windows does when it starts first: the MSI of the QEMU guest
	 * agent is installed; these programs are run in their order, NULL at
	 * the end (.exe, .bat, .cmd).  NULL: none */
	const char *guest_agent;
	const char *const *firstboot;
};

int v2v_convert(struct v2v *v, json_t *doc,
	const struct v2v_convert_options *opt, struct v2v_error *err);

/*
 * v2v-convert --undo: put what @backup holds back into the guest, on the disks
 * themselves as in_place means them, and drop `guestcaps`.  Of @opt only
 * `inspect` counts.  Fails with the code "backup" where it is not a backup or
 * is another machine's.
 * @backup may be the log of a conversion in place that was broken off, too:
 * then that is taken back, or ended where all was written ("undo-mismatch": it
 * is that of other disks).
 */
int v2v_undo(struct v2v *v, json_t *doc, const char *backup,
	const struct v2v_convert_options *opt, struct v2v_error *err);

/* v2v-copy: give each disk and removable its place, make the target images. */
struct v2v_copy_options {
	size_t size;
	/* A directory that exists; or, for a machine of one disk, a block
	 * device, the URI of an NBD export, or "-": the descriptor out_fd. */
	const char *out_dir;
	/* "qcow2" (NULL, in a directory) or "raw" (NULL, elsewhere) */
	const char *format;
	const char *preallocation; /* off (NULL), metadata, falloc, full */
	const char *compression;   /* of compress: "zlib" (NULL) or "zstd" */
	unsigned threads;	   /* 0: one for each core; 32 at most */
	unsigned jobs;		   /* disks at a time; 0: all */
	int out_fd;
	bool compress; /* qcow2 only */
	bool force;    /* replace existing files, but never what this
			  handle wrote ("same-name") */
	bool keep;     /* keep the work directory */
	bool verify;   /* read the targets back and compare */
	bool hash;     /* make sha256 of what the guest sees */
	char reserved[7];
	uint64_t bwlimit; /* bytes a second that are read, of all disks
			     together, and read back; 0: no limit */
	/* Go on with a copy that broke, and keep what this one has made if it
	 * breaks: the directory for the records of what is done, or "": that
	 * of the images (whose records always lie there); NULL: neither.  Raw
	 * targets only, others are made again. */
	const char *resume;
};

int v2v_copy(struct v2v *v, json_t *doc, const struct v2v_copy_options *opt,
	struct v2v_error *err);

/* v2v-meta: write what the hypervisor needs to start the machine. */
struct v2v_meta_options {
	size_t size;
	const char *out_dir; /* NULL: beside the first target */
	const char *type;    /* one of v2v_meta_types(); NULL: the first */
	/* What each card is plugged into: "NAME", a network of the new host,
	 * or "bridge=NAME"; NULL: "default", the usual one of the new host */
	const char *network;
	/* "OLD=" and such a place, NULL at the end: for the cards on the
	 * source's network OLD, or for that of the MAC address OLD, which goes
	 * first; in any case.  They go before network; NULL: none */
	const char *const *network_maps;
	bool force; /* replace an existing file, as v2v_copy() */
	char reserved[7];
	/* As network_maps, to bridges of the new host: "OLD=NAME"; NULL: none.
	 * All of these may end with ",model=MODEL": "virtio" "e1000e" … */
	const char *const *bridge_maps;
	const char *name; /* the machine's new name; NULL: it keeps its own */
	/* Where the new host is to put the disks: a storage class of
	 * kubevirt's, a storage of proxmox's, a volume type of openstack's, a
	 * datastore of opennebula's; NULL: the usual one of the new host */
	const char *storage;
	const char *name_space; /* kubevirt's; NULL: the user's current one */
};

/* The types that there are, the default first; NULL at the end. */
const char *const *v2v_meta_types(void);

int v2v_meta(struct v2v *v, json_t *doc, const struct v2v_meta_options *opt,
	struct v2v_error *err);

/*
 * v2v_meta() of the type "report", for several machines: one HTML page for
 * people, with a table and a section of each document of the array @docs.  A
 * document needs no more than `source`.  The file is called like the machine,
 * or "report" where there are several, or as opt->name says; opt->type is NULL
 * or "report".
 */
int v2v_report(struct v2v *v, json_t *docs, const struct v2v_meta_options *opt,
	struct v2v_error *err);

/* Has @doc the shape that v2v_report() needs?  It fails where one has not. */
int v2v_report_check(const json_t *doc, struct v2v_error *err);

/* v2v-boot: start the new machine, and see how far it comes. */
struct v2v_boot_options {
	size_t size;
	const char *screenshot_dir; /* NULL: no picture is kept */
	unsigned timeout;	    /* seconds; 0: 300 with KVM, else 1200 */
	bool force;		    /* replace an existing picture */
	bool agent_ping;	    /* does its guest agent answer? */
	char reserved[2];
	const char *config_dir; /* the user's own, which may have firmware in
				   qemu/firmware; NULL: none */
};

/*
 * Start the machine of @doc with qemu: on empty layers over its disks, which
 * are removed at the end, so that nothing is written to these; without a
 * network; confined as the small kernel's qemu is (v2v-tools(7),
 * "CONFINEMENT").  Add the section `boot` with a verdict.  A machine that does
 * not come up is not a failure of the step: `boot.up` is false then.
 */
int v2v_boot(struct v2v *v, json_t *doc, const struct v2v_boot_options *opt,
	struct v2v_error *err);

/*
 * What a process may do from now on, as far as this kernel can see to it:
 * Landlock (Linux 5.19 and later) for files, TCP (6.7) and signals (6.12),
 * seccomp for system calls that no step needs.  The library never does this by
 * itself; the programs do (v2v-tools(7), "CONFINEMENT").
 *
 * Lists end with NULL; a list that is NULL is empty.  What a path leads to
 * counts when the call is made, and one that is not there is passed over.
 * Whatever is given, system libraries, /dev/null, random numbers and what the
 * kernel says of this process and of the processors can be read.
 */
struct v2v_confine_options {
	size_t size;
	const char *const *readable; /* files; directories with all beneath */
	/* Directories in which files are made, written and removed; devices and
	 * files that are written.  All of them can be read as well. */
	const char *const *writable;
	/* Programs that may be started, by their paths: qemu-nbd for v2v_copy()
	 * and .measure of v2v_estimate() where a format needs it */
	const char *const *programs;
	/* A document's, NULL: none.  Writable, and removable, if it has our
	 * marker; else it is passed over */
	const char *workdir;
	bool network; /* any socket; without it Unix sockets where there are
			 programs, else none */
	char reserved[7];
};

/*
 * Confine the calling thread, and whatever it starts, for good: nothing widens
 * it again.  Threads that run already are not confined, so call it before there
 * are any.  What the kernel cannot do is reported as info, "not-confined", and
 * is not a failure.  Not for v2v_inspect(), v2v_convert(), v2v_undo() and
 * v2v_boot(): the appliance needs more.
 */
int v2v_confine(struct v2v *v, const struct v2v_confine_options *opt,
	struct v2v_error *err);

/*
 * Run @call in a child process that is confined so.  What it returns becomes
 * *@ret_result.  Of what it changes in memory nothing comes back, but that @v
 * knows which files were written ("same-name"); callbacks are called in the
 * child.  After v2v_cancel() on @v the child gets SIGTERM, whose handler, which
 * it inherits, is to call v2v_cancel() too.  -1 with the code "child" where it
 * crashed, "not-confined" where Landlock or seccomp failed.  Not while other
 * threads run.
 */
int v2v_confined(struct v2v *v, const struct v2v_confine_options *opt,
	int (*call)(struct v2v *v, void *opaque), void *opaque, int *ret_result,
	struct v2v_error *err);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
