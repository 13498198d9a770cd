/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the small kernel runs in: User-mode Linux, an ordinary process that is
 * confined (kernel/box.h), or qemu with this machine's own kernel.  Disks come
 * by vhost-user sockets; there is no network and no file of this machine.
 */
#ifndef V2V_KERNEL_VEHICLE_H
#define V2V_KERNEL_VEHICLE_H

#include "core/handle.h"

/* Which kernel it would run; strings are owned. */
struct v2v_vehicle_kernel {
	char *image;   /* a file: UML's program, or a kernel's image */
	char *release; /* as uname -r says inside */
	char *modules; /* the folder with modules.dep */
};
void v2v_vehicle_kernel_clear(struct v2v_vehicle_kernel *kernel);
#define CLEANUP_VEHICLE_KERNEL                                                 \
	__attribute__((cleanup(v2v_vehicle_kernel_clear)))

/* Strings are lent, for the call alone. */
struct v2v_vehicle_config {
	const struct v2v_vehicle_kernel *kernel; /* NULL: it is found now */
	const char *initrd; /* a cpio archive, compressed or not */
	const char *init;   /* the program in it; NULL: "/init" */
	/* vhost-user-blk, listening, in @directory; in the kernel the first is
	 * vda. */
	const char *const *sockets;
	size_t socket_count;
	unsigned memory_mib; /* 0: V2V_VEHICLE_MEMORY */
	/* The caller's, safe for root (core/safe-dir.h): what is made there is
	 * removed at the end. */
	const char *directory;
	/* Where an unpacked kernel is kept from one start to the next: likewise
	 * safe; NULL: not kept. */
	const char *cache;
	/* RAID 6 works, of MD, LVM or btrfs: 0.85 s more where it is built in.
	 * Without, nothing may touch one. */
	bool has_raid6;
	bool no_namespaces; /* as where there are none: for tests */
};

/* MiB; what LUKS2's argon2id takes comes from it. */
#define V2V_VEHICLE_MEMORY	 192
#define V2V_VEHICLE_MEMORY_LUKS2 1536

struct v2v_vehicle_command;

struct v2v_vehicle_ops {
	const char *name;
	bool takes_turns; /* it is faster so: kernel/turns.h */
	/* Can it be started with so much memory (0: as above)?  Else why not,
	 * in words, the caller's. */
	bool (*is_usable)(
		struct v2v *v, unsigned memory_mib, char **ret_reason);
	/* Which kernel that is; the caller clears it. */
	int (*find_kernel)(struct v2v *v, struct v2v_vehicle_kernel *ret_kernel,
		struct v2v_error *err);
	/* The command, to be run in @config's directory; @config has a kernel;
	 * @own is a folder in the directory, new and ours. */
	int (*prepare)(struct v2v *v, const struct v2v_vehicle_config *config,
		const char *own, struct v2v_vehicle_command *command,
		struct v2v_error *err);
};

extern const struct v2v_vehicle_ops v2v_vehicle_uml, v2v_vehicle_qemu;

struct v2v_vehicle;

/* Start it, and return at once: whether it comes up is seen by its first
 * reply, or by its end.  It ends with the thread that called. */
int v2v_vehicle_start(struct v2v *v, const struct v2v_vehicle_ops *ops,
	const struct v2v_vehicle_config *config,
	struct v2v_vehicle **ret_vehicle, struct v2v_error *err);

/* To be called before the first byte of a guest's disk is handed out, and then
 * at no cost.  From then on User-mode Linux can open, reach and start nothing
 * any more.  For qemu nothing changes: Landlock and its own -sandbox hold from
 * its start, so it may open those files that it was started with. */
int v2v_vehicle_lock(struct v2v_vehicle *vehicle, struct v2v_error *err);

/* Does it run?  @vehicle: a struct v2v_vehicle *, as v2v_vhost_call() has it.
 * What its console said goes to the handle as debug messages. */
bool v2v_vehicle_is_alive(void *vehicle);

/* "kernel-ended": how it ended and what it said last, or why it panicked.
 * Returns -1. */
int v2v_vehicle_explain(struct v2v_vehicle *vehicle, struct v2v_error *err);

/* The processor that it stays on, that of the thread that started it; -1: it
 * takes any. */
int v2v_vehicle_cpu(const struct v2v_vehicle *vehicle);

/* The process, for tests; 0 where it is not known. */
pid_t v2v_vehicle_pid(const struct v2v_vehicle *vehicle);

/* End it, without ado: nothing of it is left, processes or files.  Takes
 * NULL. */
void v2v_vehicle_free(struct v2v_vehicle *vehicle);
#define CLEANUP_VEHICLE __attribute__((cleanup(v2v_vehicle_cleanup)))
static inline void v2v_vehicle_cleanup(struct v2v_vehicle **vehicle)
{
	v2v_vehicle_free(*vehicle);
}
#endif
