/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Programs of the tools' disk, the host's own; never the guest's. */
#include "server.h"

#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

char tools_dir[PATH_MAX] = "/tools/sbin";
static bool is_mounted;

static const char *const environment[] = { "PATH=/tools/sbin:/sbin",
	"LD_LIBRARY_PATH=/tools/lib", "OPENSSL_MODULES=/tools/lib/ossl-modules",
	"LVM_SYSTEM_DIR=/tools/etc/lvm", "LVM_SUPPRESS_FD_WARNINGS=1",
	"DM_DISABLE_UDEV=1", "MDADM_NO_UDEV=1", "MDADM_NO_SYSTEMCTL=1",
	"RPM_CONFIGDIR=/tools/rpm", "HOME=/run", "LC_ALL=C.UTF-8", NULL };

void tools_use(const char *directory)
{
	snprintf(tools_dir, sizeof tools_dir, "%s", directory);
	is_mounted = true;
}

bool tools_mount(void)
{
	char name[NAME_ROOM], path[NAME_ROOM + 32];

	if (is_mounted || !disk_find(V2V_KERNEL_TOOLS, name))
		return is_mounted;
	snprintf(path, sizeof path, "/dev/%s", name);
	is_mounted = mount(path, "/tools", "ext4", MS_RDONLY | MS_NOATIME,
			     NULL) == 0;
	/* LVM and similar tools do not look at it. */
	unlink(path);
	return is_mounted;
}

bool tool_path(const char *tool, char *path, size_t room)
{
	if (strchr(tool, '/') || *tool == '.' || !tools_mount())
		return false;
	return snprintf(path, room, "%s/%.100s", tools_dir, tool) < (int)room &&
	       access(path, X_OK) == 0;
}

static int memory_file(const void *data, size_t size)
{
	CLEANUP_CLOSE int fd = memfd_create("tool", MFD_CLOEXEC);
	const char *at = data;

	while (fd >= 0 && size) {
		ssize_t n = write(fd, at, size);

		if (n <= 0)
			return -1;
		at += n;
		size -= (size_t)n;
	}
	if (fd >= 0)
		lseek(fd, 0, SEEK_SET);
	return v2v_take_fd(&fd);
}

/* What does not fit is left out, and the reply is full. */
static int take_output(int fd, struct reply *reply)
{
	struct stat st;
	size_t size;
	ssize_t n;

	if (fstat(fd, &st) < 0)
		return errno;
	size = reply->room - reply->length;
	if ((uint64_t)st.st_size > size)
		reply->is_full = true;
	else
		size = (size_t)st.st_size;
	n = pread(fd, reply->data + reply->length, size, 0);
	if (n < 0)
		return errno;
	reply->length += (size_t)n;
	return (size_t)n == size ? 0 : EIO;
}

static pid_t start(const char *path, const struct tool *tool, const int fds[3])
{
	const struct rlimit limit = { tool->seconds, tool->seconds };
	pid_t pid = vfork();

	if (pid != 0)
		return pid;
	if (tool->seconds)
		setrlimit(RLIMIT_CPU, &limit);
	for (int i = 0; i < 3; i++)
		if (dup2(fds[i], i) < 0)
			_exit(127);
	execve(path, (char *const *)tool->argv, (char *const *)environment);
	_exit(127);
}

/* The reply says which one, in place of what it has so far. */
static int lacks(const struct tool *tool)
{
	static const char what[] = "this host has no program ";
	struct reply *reply = tool->errors ? tool->errors : tool->output;

	if (reply) {
		reply->length = 0;
		put_bytes(reply, what, sizeof what - 1);
		put_bytes(reply, tool->argv[0], strlen(tool->argv[0]));
	}
	return ENOENT;
}

int tool_run(const struct tool *tool, int *ret_status)
{
	CLEANUP_CLOSE int in = -1, out = -1, err = -1;
	char path[NAME_ROOM];
	int status;
	pid_t pid;

	if (!tool_path(tool->argv[0], path, sizeof path))
		return lacks(tool);
	/* Not in a directory of the guest, where we may be. */
	if (chdir("/") < 0)
		return errno;
	in = memory_file(tool->input, tool->size);
	out = memory_file(NULL, 0);
	err = memory_file(NULL, 0);
	if (in < 0 || out < 0 || err < 0)
		return errno;
	pid = start(path, tool,
		(int[3]){ in, out,
			tool->errors && tool->errors == tool->output ? out
								     : err });
	if (pid < 0)
		return errno;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return errno;
	*ret_status = WIFEXITED(status) ? WEXITSTATUS(status) : 255;
	status = tool->output ? take_output(out, tool->output) : 0;
	if (!status && tool->errors && tool->errors != tool->output)
		status = take_output(err, tool->errors);
	return status;
}

int tool_do(const char *const *argv, struct reply *reply)
{
	const struct tool tool = {
		.argv = argv, .output = reply, .errors = reply
	};
	int exit_status = 0;
	int status = tool_run(&tool, &exit_status);

	return !status && exit_status ? EIO : status;
}

/* u32 exit status, string: both numbers are known at the end only. */
int tool_report(const struct tool *tool, struct reply *reply)
{
	int exit_status = 0, status;
	struct reply head;

	put_u32(reply, 0);
	put_u32(reply, 0);
	status = tool_run(tool, &exit_status);
	if (status)
		return status;
	head = (struct reply){ reply->data, 0, 8, false };
	put_u32(&head, (uint32_t)exit_status);
	put_u32(&head, (uint32_t)(reply->length - 8));
	return 0;
}

int do_RUN(const struct request *request, struct reply *reply)
{
	const struct tool tool = { .argv = request->strings,
		.input = request->data,
		.size = request->size,
		.output = reply,
		.errors = reply };

	/* Whatever it does. */
	probe_forget(PROBE_ANYTHING);
	return tool_report(&tool, reply);
}

int do_RPM(const struct request *request, struct reply *reply)
{
	const char *argv[] = { "rpm", "--root", guest_root, "-qa", "--qf",
		request->strings[1], NULL, NULL, NULL };
	const struct tool tool = { .argv = argv, .output = reply };
	int exit_status = 0, status;

	if (*request->strings[0]) {
		argv[6] = "--dbpath";
		argv[7] = request->strings[0];
	}
	status = tool_run(&tool, &exit_status);
	return !status && exit_status ? EIO : status;
}
