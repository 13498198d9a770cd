/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reading an initramfs as the kernel does: cpio archives, plain or compressed,
 * one after the other with zeros between (Linux: Documentation/driver-api/
 * early-userspace/buffer-format.rst).  Nothing is kept but names, so memory
 * does not grow with the archive; everything is bounded.
 */
#ifndef V2V_INITRD_H
#define V2V_INITRD_H

#include "core/fields.h"
#include "core/handle.h"

/* A small file of the archive, wanted for its content. */
struct v2v_initrd_text {
	char *path, *text;
	uint32_t mode; /* as stat's st_mode */
};

struct v2v_initrd_module {
	char *name; /* as v2v_module_name() */
	char *path; /* below modules_dir */
};

struct v2v_initrd {
	const char *version;	 /* borrowed: the kernel whose modules count */
	struct v2v_list modules; /* of struct v2v_initrd_module */
	/* "usr/lib/modules/6.1.0-18-amd64", "lib"; NULL.  And where the folders
	 * of all kernels lie.  Never through a link "lib". */
	char *modules_dir, *modules_above;
	bool is_flat;	  /* modules lie in modules_dir itself, without index */
	bool lib_is_link; /* "lib" leads to usr/lib */
	bool index_text, index_bin; /* modules.dep, modules.dep.bin */
	/* "dracut" "initramfs-tools" "mkinitcpio" "suse-mkinitrd" "mkinitfs"
	 * "booster" "genkernel" "slackware" "nash" "make-initrd"; NULL */
	const char *generator;
	bool has_udev;	       /* drivers are loaded as devices ask for them */
	bool has_modules_load; /* systemd-modules-load(8) is there */
	bool is_shell;	       /* what counts lies in an image inside */
	bool brings_network;   /* root or its key comes over the network */
	struct v2v_list
		texts;	   /* of struct v2v_initrd_text; the last of a name */
	size_t text_bytes; /* that were taken, all together */
	size_t modules_before;	 /* how many, before the segment at hand */
	const char *compression; /* of the main archive: "gzip" …, "none" */
	uint64_t main_offset;	 /* where the main archive begins, bytes */
	/* Where it ends at the latest: zeros may lie before that, but for
	 * "lz4-legacy", where it is exact. */
	uint64_t main_end;
	/* What it unpacks to, bytes; 0: not all of it was read, as only what
	 * lies before an archive's end has to be sound. */
	uint64_t main_bytes;
};

/*
 * Walk the @size bytes of @fd.  Of modules in folders of kernels only those of
 * @version count (NULL: all).  @capture (NULL at the end, or NULL) names files
 * whose content is to be kept.  Fails with "initrd-unreadable" where it is not
 * an initramfs that can be read (lzo is not), "initrd-too-large" for a bomb.
 * Names longer than a module's can be and modules beyond 65536 are left out.
 */
int v2v_initrd_scan(struct v2v *v, int fd, uint64_t size, const char *version,
	const char *const *capture, struct v2v_initrd *ret_initrd,
	struct v2v_error *err);

/* What the initrds of one guest may have together, bytes; what is left of it.
 * More are bombs. */
struct v2v_initrd_budget {
	uint64_t read;	   /* packed, taken from the guest */
	uint64_t unpacked; /* by decompressors */
};
#define V2V_INITRD_BUDGET                                                      \
	(struct v2v_initrd_budget)                                             \
	{                                                                      \
		4ULL << 30, 8ULL << 30                                         \
	}

/*
 * The same once for all the kernels that the initrd is for: @initrds are zeroed
 * but for their versions, and empty after a failure.  @budget (may be NULL)
 * bounds what is unpacked, and is what is left then.
 */
int v2v_initrd_scan_all(struct v2v *v, int fd, uint64_t size,
	const char *const *capture, struct v2v_initrd_budget *budget,
	struct v2v_initrd *initrds, size_t count, struct v2v_error *err);

/* Add what a plain archive brings that will be appended: @fd from @from to
 * @end. */
int v2v_initrd_scan_more(struct v2v *v, int fd, uint64_t from, uint64_t end,
	const char *const *capture, struct v2v_initrd *initrds, size_t count,
	struct v2v_error *err);

/* Is the module in it?  The name as v2v_module_name() gives it. */
bool v2v_initrd_has_module(const struct v2v_initrd *initrd, const char *name);

/* A captured file, or its content, borrowed; NULL where there is none. */
const struct v2v_initrd_text *v2v_initrd_file(
	const struct v2v_initrd *initrd, const char *path);
const char *v2v_initrd_text(const struct v2v_initrd *initrd, const char *path);

/* Empty a list of struct v2v_initrd_text. */
void v2v_initrd_texts_clear(struct v2v_list *texts);

void v2v_initrd_clear(struct v2v_initrd *initrd);
#define CLEANUP_INITRD __attribute__((cleanup(v2v_initrd_clear)))

/*
 * LZ4's legacy format has no end mark: the kernel takes what is appended for
 * more of it.  Write the initrd @in to the empty file @out with its main
 * archive recompressed with gzip; everything before it as it is.
 */
int v2v_initrd_repack(struct v2v *v, int in, const struct v2v_initrd *initrd,
	struct v2v_initrd_budget *budget, int out, struct v2v_error *err);
#endif
