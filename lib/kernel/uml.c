/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* User-mode Linux: the kernel as a process (Linux:
 * Documentation/virt/uml/user_mode_linux_howto_v2.rst). */
#include "kernel/vehicle-private.h"

#include "core/open.h"
#include "core/run.h"
#include "kernel/box.h"
#include "kernel/preload.h"
#include "kernel/ptrace.h"
#include "kernel/supervisor.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#define PROGRAM "linux.uml"
#define MODULES "/usr/lib/uml/modules"
#define MIB	(1ULL << 20)

/* Its memory's file has holes for the gap between program and heap, which the
 * host chooses (up to 1 GiB). */
#define MORE_FILE (1200 * MIB)
/* What it maps beside that: each of its processes has the pages that its
 * program touched. */
#define MORE_ADDRESSES (MORE_FILE + 1024 * MIB)

/* VIRTIO_ID_BLOCK (Virtio 1.2, 5) */
#define BLOCK_DEVICE 2

static int find_kernel(struct v2v *v, struct v2v_vehicle_kernel *ret_kernel,
	struct v2v_error *err)
{
	struct v2v_vehicle_kernel kernel CLEANUP_VEHICLE_KERNEL = { 0 };
	const char *argv[] = { NULL, "--version", NULL };
	struct v2v_run run = { .argv = argv, .ret_output = &kernel.release };

	kernel.image = v2v_vehicle_program(PROGRAM);
	if (!kernel.image)
		return v2v_fail(err, "kernel-unusable",
			PROGRAM " is not installed (package user-mode-linux)");
	argv[0] = kernel.image;
	if (v2v_run(v, &run, err) < 0)
		return v2v_fail_prefix(err, PROGRAM " --version");
	kernel.release[strcspn(kernel.release, "\n")] = '\0';
	kernel.modules = v2v_format(MODULES "/%s", kernel.release);
	if (access(kernel.modules, R_OK | X_OK) < 0)
		return v2v_fail(err, "kernel-unusable",
			"the modules of '%s' are not in '%s'", kernel.image,
			kernel.modules);
	*ret_kernel = kernel;
	kernel = (struct v2v_vehicle_kernel){ 0 };
	return 0;
}

/* Can it be mapped as the kernel maps its memory? */
static bool can_execute(int fd)
{
	void *page;

	if (fd < 0 || ftruncate(fd, 4096) < 0)
		return false;
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_SHARED,
		fd, 0);
	if (page == MAP_FAILED)
		return false;
	munmap(page, 4096);
	return true;
}

/* Can the kernel's memory be a file there? */
static bool can_hold(const char *dir, unsigned mib)
{
	CLEANUP_FREE char *name = v2v_format("%s/v2v-XXXXXX", dir);
	CLEANUP_CLOSE int fd = v2v_mkostemp(name);
	struct statvfs fs;

	if (fd < 0)
		return false;
	unlink(name);
	return fstatvfs(fd, &fs) == 0 &&
	       (unsigned long long)fs.f_bavail * fs.f_frsize >= mib * MIB &&
	       can_execute(fd);
}

/* It needs no folder; preload/ptrace.c has the kernel take it. */
static bool can_be_memory_file(void)
{
	CLEANUP_CLOSE int fd = v2v_memory_file("v2v");

	return can_execute(fd);
}

/* @own: where it may write anyway. */
static const char *find_room(const struct v2v *v, unsigned mib, const char *own)
{
	const char *const dirs[] = { "/dev/shm", v->tmpdir, "/tmp" };

	if (can_be_memory_file())
		return own;
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++)
		if (can_hold(dirs[i], mib))
			return dirs[i];
	return NULL;
}

/* Without a limit it would end by a signal, or its clock would not run. */
static bool is_within_limits(unsigned mib, char **ret_reason)
{
	const struct {
		int resource;
		uint64_t needed;
		const char *words;
	} rows[] = {
		{ RLIMIT_FSIZE, mib * MIB + MORE_FILE,
			"the size of a file (ulimit -f)" },
		{ RLIMIT_NOFILE, 64, "open files (ulimit -n)" },
		{ RLIMIT_SIGPENDING, 16, "pending signals (ulimit -i)" },
	};
	struct rlimit limit;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (getrlimit(rows[i].resource, &limit) < 0 ||
			limit.rlim_cur >= rows[i].needed)
			continue;
		*ret_reason = v2v_format(
			"the limit of %s is %llu, User-mode Linux needs %llu",
			rows[i].words, (unsigned long long)limit.rlim_cur,
			(unsigned long long)rows[i].needed);
		return false;
	}
	return true;
}

static bool is_usable(struct v2v *v, unsigned memory_mib, char **ret_reason)
{
	struct v2v_vehicle_kernel kernel CLEANUP_VEHICLE_KERNEL = { 0 };
	struct v2v_error why = { 0 };

	if (find_kernel(v, &kernel, &why) < 0)
		*ret_reason = v2v_strdup(why.text);
	else if (!v2v_box_is_supported())
		*ret_reason = v2v_strdup(
			"User-mode Linux cannot be confined: this kernel has "
			"no seccomp user notification (Linux 5.5)");
	else if (!v2v_ptrace_works())
		*ret_reason = v2v_strdup("User-mode Linux needs ptrace(), "
					 "which is not allowed here");
	else if (!v2v_vehicle_has_memory(memory_mib, ret_reason) ||
		 !is_within_limits(v2v_vehicle_memory(memory_mib), ret_reason))
		return false;
	else if (!find_room(v, v2v_vehicle_memory(memory_mib), v->tmpdir))
		*ret_reason = v2v_format(
			"files of memory may not be executed here, and neither "
			"/dev/shm, '%s' nor /tmp has %u MiB for the memory of "
			"User-mode Linux (they may be 'noexec')",
			v->tmpdir, v2v_vehicle_memory(memory_mib));
	else
		return true;
	return false;
}

static void add_kernel_arguments(
	struct v2v_vehicle_command *c, const struct v2v_vehicle_config *config)
{
	v2v_command_add(c, "mem=%uM", v2v_vehicle_memory(config->memory_mib));
	v2v_command_add(c, "con=null");
	v2v_command_add(c, "con0=null,fd:1");
	/* Each device that the kernel makes costs a process here: it tells a
	 * program of it (CONFIG_UEVENT_HELPER), which is not there.  Of 600
	 * most are these, and 64 serial lines. */
	v2v_command_add(c, "pty.legacy_count=0");
	/* Measured once: what it would measure itself is no better. */
	v2v_command_add(c, "lpj=13574144");
	v2v_command_add(c, "initcall_blacklist=ssl_init");
	if (v2v_vehicle_skips_raid6(config))
		v2v_command_add(c, V2V_VEHICLE_NO_RAID6);
	if (config->init)
		v2v_command_add(c, "rdinit=%s", config->init);
	v2v_command_add(c, V2V_VEHICLE_ARGUMENTS);
}

static int add_folder(struct v2v_vehicle_command *c, const char *own,
	const char *name, struct v2v_error *err)
{
	CLEANUP_FREE char *path = v2v_format("%s/%s", own, name);

	if (mkdir(path, 0700) < 0)
		return v2v_fail_errno(err, "cannot make '%s'", path);
	v2v_command_add(c, "%s=%s/%s", name, v2v_base_name(own), name);
	return 0;
}

static int add_preload(struct v2v_vehicle_command *c, struct v2v_error *err)
{
	CLEANUP_FREE char *name =
		v2v_format("/proc/self/fd/%d", V2V_SUPERVISED_FILE);

	c->file = v2v_preload_file(err);
	if (c->file < 0)
		return -1;
	v2v_command_set(c, "LD_PRELOAD", name);
	return 0;
}

static int prepare(struct v2v *v, const struct v2v_vehicle_config *config,
	const char *own, struct v2v_vehicle_command *c, struct v2v_error *err)
{
	unsigned mib = v2v_vehicle_memory(config->memory_mib);
	CLEANUP_FREE char *initrd =
		v2v_vehicle_link(own, "initrd", config->initrd, err);
	const char *room = find_room(v, mib, own);

	if (!initrd)
		return -1;
	if (!room)
		return v2v_fail(err, "no-space",
			"no room for %u MiB of memory in '%s'", mib, v->tmpdir);
	if (v2v_command_begin(c, config->kernel->image, own, err) < 0)
		return -1;
	v2v_landlock_allow(&c->files, config->initrd, V2V_MAY_READ);
	v2v_landlock_allow(&c->files, room, V2V_MAY_WRITE);
	v2v_command_add(c, "initrd=%s", initrd);
	add_kernel_arguments(c, config);
	/* A folder to begin at, no border: "../" leads out of it.  The borders
	 * are Landlock, and the box. */
	if (add_folder(c, own, "hostfs", err) < 0 ||
		add_folder(c, own, "uml_dir", err) < 0)
		return -1;
	for (size_t i = 0; i < config->socket_count; i++)
		v2v_command_add(c, "virtio_uml.device=%s:%d:%zu",
			v2v_base_name(config->sockets[i]), BLOCK_DEVICE, i + 1);
	v2v_command_set(c, "TMPDIR", room);
	c->is_boxed = true;
	c->max_file = mib * MIB + MORE_FILE;
	c->max_memory = 2 * mib * MIB + MORE_ADDRESSES;
	return add_preload(c, err);
}

const struct v2v_vehicle_ops v2v_vehicle_uml = {
	.name = "uml",
	.takes_turns = true,
	.is_usable = is_usable,
	.find_kernel = find_kernel,
	.prepare = prepare,
};
