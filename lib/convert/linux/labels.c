/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Labels, found in a child. */
#include "convert/linux/labels.h"
#include "core/fields.h"
#include "core/limit.h"
#include "core/open.h"

#include <fcntl.h>
#include <poll.h>
#include <selinux/label.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define SECONDS	  5
#define MEMORY	  ((rlim_t)512 << 20)
#define MAX_LABEL 4096
#define POLL_MS	  100

static char *look_up(struct selabel_handle *handle, const char *path)
{
	size_t n = strlen(path);
	bool is_directory = n > 1 && path[n - 1] == '/';
	CLEANUP_FREE char *name = v2v_strndup(path, n - is_directory);
	char *label = NULL;

	if (selabel_lookup_raw(
		    handle, &label, name, is_directory ? S_IFDIR : S_IFREG) < 0)
		return v2v_strdup("");
	return label;
}

/* In the child: libselinux may print, and never come back. */
static void find_all(
	const char *contexts, const struct v2v_list *paths, int out)
{
	const struct selinux_opt opts[] = { { SELABEL_OPT_PATH, contexts } };
	struct selabel_handle *handle;
	int null = v2v_open("/dev/null", O_RDWR, 0);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(null, 2);
	v2v_limit(RLIMIT_CORE, 0);
	v2v_limit(RLIMIT_CPU, SECONDS);
	v2v_limit_memory(MEMORY);
	handle = selabel_open(SELABEL_CTX_FILE, opts, 1);
	if (!handle)
		_exit(1);
	v2v_list_foreach (char *, path, paths) {
		CLEANUP_FREE char *label = look_up(handle, *path);
		size_t n = strlen(label) + 1;

		if (n > MAX_LABEL || write(out, label, n) != (ssize_t)n)
			_exit(1);
	}
	_exit(0);
}

static int read_all(struct v2v *v, int fd, size_t most, struct v2v_text *all,
	struct v2v_error *err)
{
	char buffer[4096];
	ssize_t n = 1;

	while (n > 0 && all->length <= most) {
		struct pollfd pollfd = { .fd = fd, .events = POLLIN };

		if (v2v_check_cancel(v, err) < 0)
			return -1;
		if (poll(&pollfd, 1, POLL_MS) <= 0)
			continue;
		n = read(fd, buffer, sizeof buffer);
		if (n > 0)
			v2v_text_add(all, buffer, (size_t)n);
	}
	return 0;
}

static bool end_child(pid_t pid, bool kill_it)
{
	int status = 0;

	if (kill_it)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static size_t count_ends(const struct v2v_text *all)
{
	size_t n = 0;

	for (size_t i = 0; i < all->length; i++)
		n += all->data[i] == '\0';
	return n;
}

int v2v_labels_find(struct v2v *v, const char *contexts,
	const struct v2v_list *paths, struct v2v_list *labels,
	struct v2v_error *err)
{
	struct v2v_text all CLEANUP_TEXT = { 0 };
	CLEANUP_CLOSE int in = -1;
	size_t most = paths->count * MAX_LABEL;
	int ends[2], status;
	pid_t pid;

	if (v2v_pipe(ends) < 0)
		return v2v_fail_errno(err, "cannot make a pipe");
	in = ends[0];
	pid = fork();
	if (pid == 0)
		find_all(contexts, paths, ends[1]);
	close(ends[1]);
	if (pid < 0)
		return v2v_fail_errno(err, "cannot start a child");
	status = read_all(v, in, most, &all, err);
	/* One that writes on would never end. */
	if (!end_child(pid, status < 0 || all.length > most) ||
		count_ends(&all) != paths->count)
		return v2v_fail(err, "guest-labels",
			"the guest's file_contexts cannot be used");
	for (const char *label = all.data; label < all.data + all.length;
		label += strlen(label) + 1)
		v2v_list_add_string(labels, label);
	return 0;
}
