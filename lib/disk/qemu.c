/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What only qemu reads, and what an NBD server has. */
#include "disk/formats.h"

#include "core/file.h"
#include "core/run.h"
#include "core/workdir.h"
#include "disk/nbd.h"

#include <poll.h>
#include <sys/wait.h>

#define TRIES	 6000 /* a busy machine can take long to start it */
#define PAUSE_MS 10

struct served {
	struct v2v_reader reader;
	struct v2v_nbd *nbd;
	struct v2v_child child;
	char *dir; /* where its socket is; NULL: the server is not ours */
};

static int served_span(struct v2v_reader *reader, uint64_t at, uint64_t limit,
	struct v2v_span *span, struct v2v_error *err)
{
	struct served *served = (struct served *)reader;
	bool is_zero;

	if (v2v_nbd_status(
		    served->nbd, at, limit, &is_zero, &span->length, err) < 0)
		return -1;
	span->kind = is_zero ? V2V_SPAN_ZERO : V2V_SPAN_DATA;
	return 0;
}

static int served_read(struct v2v_reader *reader, const struct v2v_span *span,
	uint64_t ahead, unsigned char *data, struct v2v_scratch *scratch,
	struct v2v_error *err)
{
	struct served *served = (struct served *)reader;

	(void)ahead;
	(void)scratch;
	return v2v_nbd_read(served->nbd, data, span->length, span->at, err);
}

static void served_free(struct v2v_reader *reader)
{
	struct served *served = (struct served *)reader;

	v2v_nbd_free(served->nbd);
	v2v_child_end(&served->child);
	v2v_remove_tree(served->dir);
	free(served->dir);
	free(served);
}

static const struct v2v_reader_ops served_ops = {
	.name = "nbd",
	.span = served_span,
	.read = served_read,
	.free = served_free,
};

static struct served *served_new(void)
{
	struct served *served = v2v_alloc(1, sizeof *served);

	served->reader.ops = &served_ops;
	served->child = (struct v2v_child){ -1, -1, -1 };
	return served;
}

int v2v_reader_nbd(const struct v2v *v, const char *uri, unsigned threads,
	struct v2v_reader **ret_reader, struct v2v_error *err)
{
	struct served *served = served_new();

	if (v2v_nbd_open(v, uri, NULL, threads, &served->nbd, err) < 0) {
		served_free(&served->reader);
		return -1;
	}
	served->reader.size = v2v_nbd_size(served->nbd);
	*ret_reader = &served->reader;
	return 0;
}

/* The server is gone: its first line says why. */
static int explain(const struct v2v_child *child, struct v2v_error *err)
{
	char line[256];
	ssize_t n = read(child->err, line, sizeof line - 1);

	if (n <= 0)
		return v2v_fail(err, "child", "'qemu-nbd' cannot be started");
	line[n] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return v2v_fail(err, "child", "%s", line);
}

/* It listens when it has opened the image; until then nobody is there. */
static int wait_for(struct v2v *v, struct served *served, const char *socket,
	unsigned threads, struct v2v_error *err)
{
	for (int i = 0; i < TRIES; i++) {
		if (v2v_check_cancel(v, err) < 0)
			return -1;
		if (access(socket, F_OK) == 0 &&
			v2v_nbd_open(v, NULL, socket, threads, &served->nbd,
				NULL) == 0)
			return 0;
		if (waitpid(served->child.pid, NULL, WNOHANG) != 0) {
			served->child.pid = -1;
			return explain(&served->child, err);
		}
		poll(NULL, 0, PAUSE_MS);
	}
	return v2v_fail(err, "child", "'qemu-nbd' does not answer");
}

_Static_assert(V2V_CHILD_FD == 3, "V2V_QEMU_FILE names it");

static int serve(struct v2v *v, struct served *served, const char *name,
	const char *format, int fd, unsigned threads, bool writes,
	struct v2v_error *err)
{
	CLEANUP_FREE char *shared = v2v_format("--shared=%u", threads + 1);
	CLEANUP_FREE char *socket = NULL;
	const char *argv[] = { "qemu-nbd",
		writes ? "--discard=unmap" : "--read-only", shared, "--socket",
		NULL, "--format", format, "--", name, NULL };

	served->dir = v2v_workdir_temporary(v->tmpdir, "v2v-nbd-", err);
	if (!served->dir)
		return -1;
	socket = v2v_format("%s/s", served->dir);
	argv[4] = socket;
	if (v2v_child_start(argv, !writes, fd, &served->child, err) < 0)
		return -1;
	return wait_for(v, served, socket, threads, err);
}

int v2v_reader_qemu(struct v2v *v, const char *name, const char *format, int fd,
	unsigned threads, struct v2v_reader **ret_reader, struct v2v_error *err)
{
	struct served *served = served_new();

	if (serve(v, served, name, format, fd, threads, false, err) < 0) {
		served_free(&served->reader);
		return -1;
	}
	served->reader.size = v2v_nbd_size(served->nbd);
	*ret_reader = &served->reader;
	return 0;
}

int v2v_reader_qemu_writable(struct v2v *v, const char *name,
	const char *format, int fd, struct v2v_reader **ret_reader,
	struct v2v_nbd **ret_nbd, struct v2v_error *err)
{
	struct served *served = served_new();

	if (serve(v, served, name, format, fd, 1, true, err) < 0) {
		served_free(&served->reader);
		return -1;
	}
	served->reader.size = v2v_nbd_size(served->nbd);
	*ret_reader = &served->reader;
	*ret_nbd = served->nbd;
	return 0;
}
