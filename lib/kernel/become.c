/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From the supervisor's child to the small kernel's process: what it inherits,
 * what it may use up, the box.  Async-signal-safe calls only. */
#include "kernel/supervisor-private.h"

#include "kernel/box.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

/* A disk has a handful of descriptors, and each process inside is one here. */
#define MAX_FILES     1024
#define MAX_PROCESSES 4096

enum { SOCKET_AT = V2V_SUPERVISED_FILE + 1, SPARE };

bool v2v_drop_capabilities(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = { 0 };

	/* Who may not do it keeps a bounding set that no_new_privs makes
	 * useless: exec() gives nothing that was not there. */
	for (int cap = 0; cap <= 63; cap++)
		prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       syscall(SYS_capset, &header, data) == 0;
}

bool v2v_move_fd(int from, int to)
{
	return from == to || dup3(from, to, O_CLOEXEC) == to;
}

/* The limits that there are may be lower already. */
static bool limit(int resource, uint64_t most)
{
	struct rlimit now;

	if (getrlimit(resource, &now) < 0)
		return false;
	if (now.rlim_max != RLIM_INFINITY && now.rlim_max < most)
		most = now.rlim_max;
	now = (struct rlimit){ most, most };
	return setrlimit(resource, &now) == 0;
}

/* In a user namespace processes are counted from 0; elsewhere, and for root,
 * the limit cannot be set here. */
static bool set_limits(const struct v2v_supervised *what, bool is_alone)
{
	if (is_alone && !limit(RLIMIT_NPROC, MAX_PROCESSES))
		return false;
	return limit(RLIMIT_CORE, 0) && limit(RLIMIT_FSIZE, what->max_file) &&
	       limit(RLIMIT_NOFILE, MAX_FILES) &&
	       (what->max_memory == 0 || limit(RLIMIT_AS, what->max_memory));
}

/* exec() leaves it open. */
static bool place(int from, int to)
{
	return from == to || dup2(from, to) == to;
}

/* All come with numbers that are above those. */
static bool hand_over(int console, int socket, int file)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (null < 0 || !place(null, 0) || !place(console, 1) ||
		!place(console, 2) || !v2v_move_fd(socket, SOCKET_AT))
		return false;
	if (file >= 0 ? !place(file, V2V_SUPERVISED_FILE)
		      : close_range(V2V_SUPERVISED_FILE, V2V_SUPERVISED_FILE,
				0) < 0)
		return false;
	return close_range(SPARE, ~0U, 0) == 0;
}

static bool send_listener(int socket, int listener)
{
	union {
		char room[CMSG_SPACE(sizeof(int))];
		struct cmsghdr is;
	} control = { 0 };
	struct iovec byte = { (char[]){ 'b' }, 1 };
	struct msghdr message = {
		.msg_iov = &byte,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof control.room,
	};

	control.is = (struct cmsghdr){
		.cmsg_len = CMSG_LEN(sizeof(int)),
		.cmsg_level = SOL_SOCKET,
		.cmsg_type = SCM_RIGHTS,
	};
	memcpy(CMSG_DATA(&control.is), &listener, sizeof listener);
	return sendmsg(socket, &message, 0) == 1;
}

/* From the first call that is not on the list the supervisor is needed. */
static bool enter_box(const struct v2v_supervisor_plan *plan)
{
	int listener = v2v_box_enter(plan->is_alone);

	if (listener < 0 || !send_listener(SOCKET_AT, listener))
		return false;
	close(listener);
	return true;
}

static _Noreturn void give_up(const char *why)
{
	if (write(2, why, strlen(why)) < 0)
		_exit(126);
	_exit(127);
}

void v2v_supervised_become(const struct v2v_supervisor_plan *plan, int console,
	int listener_to, int file)
{
	const struct v2v_supervised *what = plan->what;
	sigset_t none;

	/* Where there is no PID namespace: it goes when the supervisor does. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setsid();
	signal(SIGCHLD, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	if (!hand_over(console, listener_to, file))
		give_up("cannot hand over its files\n");
	if (chdir(what->directory) < 0)
		give_up("cannot enter its directory\n");
	if (!set_limits(what, plan->is_alone))
		give_up("cannot set its limits\n");
	if (what->is_boxed && !enter_box(plan))
		give_up("cannot enter the seccomp filter\n");
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execve(what->argv[0], (char *const *)what->argv,
		(char *const *)what->environment);
	give_up("cannot be executed\n");
}
