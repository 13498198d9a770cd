/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The small kernel's server as an ordinary process over a directory, and a
 * client of it. */
#ifndef V2V_TEST_KERNEL_SERVER_H
#define V2V_TEST_KERNEL_SERVER_H

#include "cases.h"

#include "core/file.h"
#include "kernel/client.h"

#include <sys/socket.h>
#include <sys/wait.h>

static char root[] = "/tmp/v2v-test-kernel-XXXXXX";
static char tools[] = "/tmp/v2v-test-tools-XXXXXX"; /* that it may run */
static int line;
static pid_t server;

/* What the last reply was; what is to be made of the next. */
static struct v2v_text last;
static int last_status;
static const unsigned char *forged;
static size_t forged_size;

/* In the guest. */
static inline void put_file(const char *name, const char *text)
{
	CLEANUP_FREE char *path = v2v_format("%s/%s", root, name);
	FILE *f = fopen(path, "w");

	assert(f);
	fputs(text, f);
	fclose(f);
}

static inline void put_link(const char *name, const char *target)
{
	CLEANUP_FREE char *path = v2v_format("%s/%s", root, name);

	assert(symlink(target, path) == 0);
}

static inline void send_all(int fd, const void *data, size_t size)
{
	assert(send(fd, data, size, MSG_NOSIGNAL) == (ssize_t)size);
}

static inline void ask_server(const struct iovec *request, size_t n)
{
	struct {
		uint32_t magic, sequence;
		uint64_t length;
	} head = { V2V_MAILBOX_IS_REQUEST, 7, 0 };
	struct {
		uint32_t magic, sequence;
		int32_t status;
		uint32_t zero;
		uint64_t length;
	} reply;

	for (size_t i = 0; i < n; i++)
		head.length += request[i].iov_len;
	send_all(line, &head, sizeof head);
	for (size_t i = 0; i < n; i++)
		send_all(line, request[i].iov_base, request[i].iov_len);
	assert(recv(line, &reply, sizeof reply, MSG_WAITALL) == sizeof reply);
	assert(reply.magic == V2V_MAILBOX_IS_REPLY && reply.sequence == 7);
	assert(reply.length <= V2V_KERNEL_MAX_DATA);
	v2v_text_clear(&last);
	last.data = v2v_alloc(reply.length + 1, 1);
	last.room = reply.length + 1;
	last.length = reply.length;
	assert(!reply.length || recv(line, last.data, reply.length,
					MSG_WAITALL) == (ssize_t)reply.length);
	last_status = reply.status;
}

static inline int call(void *opaque, const struct iovec *request, size_t n,
	int *ret_status, struct v2v_text *ret_data, struct v2v_error *err)
{
	(void)opaque;
	(void)err;
	if (forged) {
		*ret_status = 0;
		v2v_text_add(ret_data, forged, forged_size);
		return 0;
	}
	ask_server(request, n);
	*ret_status = last_status;
	v2v_text_add(ret_data, last.data, last.length);
	return 0;
}

static struct v2v_kernel_client kernel = { call, NULL, 0 };

/* The server beside this program, @argv0; in the child @before is called
 * first (may be NULL). */
static inline void start_server(const char *argv0, void (*before)(void))
{
	CLEANUP_FREE char *program =
		v2v_format("%.*s../libexec/v2v-tools/v2v-kernel-init",
			(int)(v2v_base_name(argv0) - argv0), argv0);
	int ends[2];

	assert(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
	server = fork();
	assert(server >= 0);
	if (server == 0) {
		char fd[16];

		close(ends[0]);
		if (before)
			before();
		snprintf(fd, sizeof fd, "%d", ends[1]);
		execl(program, program, "--serve", fd, root, tools,
			(char *)NULL);
		_exit(126);
	}
	close(ends[1]);
	line = ends[0];
}

static inline void stop_server(void)
{
	close(line);
	assert(waitpid(server, NULL, 0) == server);
	v2v_text_clear(&last);
}

static inline void want_error(int status, int error)
{
	if (status >= 0 || kernel.error != error)
		printf("%s where it should be: %s\n", strerror(kernel.error),
			strerror(error));
	assert(status < 0 && kernel.error == error);
}
#endif
