/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Change single bytes of a VMDK's metadata, at random, and copy it: the copy
 * must fail, or be reported, or be right.
 * damage DISK.vmdk DISK.raw DISK.ranges OUT-DIR COUNT SEED
 */
#include <v2v.h>

#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_RANGES 65536

struct test {
	const char *vmdk, *out_dir;
	char target[4096];
	int fd;
	char *raw, *copy;
	size_t raw_size;
	struct range {
		off_t begin;
		size_t length;
	} ranges[MAX_RANGES];
	size_t count, bytes;
	bool told; /* a warning was given */
	unsigned long refused, right, warned, wrong;
};

static void on_message(const struct v2v_message *message, void *opaque)
{
	struct test *t = opaque;

	t->told |= message->level == V2V_WARNING;
}

static void on_alarm(int signal)
{
	static const char text[] = "damage: it hangs\n";

	(void)signal;
	_exit(write(2, text, sizeof text - 1) < 0 ? 3 : 1);
}

static char *read_whole(const char *path, size_t *ret_size)
{
	int fd = open(path, O_RDONLY);
	struct stat st;
	char *data;

	if (fd < 0 || fstat(fd, &st) < 0)
		err(1, "%s", path);
	data = malloc((size_t)st.st_size + 1);
	if (!data || read(fd, data, (size_t)st.st_size) != st.st_size)
		err(1, "%s", path);
	close(fd);
	*ret_size = (size_t)st.st_size;
	return data;
}

static void read_ranges(struct test *t, const char *path)
{
	FILE *f = fopen(path, "r");
	long long begin;
	unsigned long length;

	while (f && t->count < MAX_RANGES &&
		fscanf(f, "%lld %lu", &begin, &length) == 2) {
		t->ranges[t->count++] =
			(struct range){ (off_t)begin, (size_t)length };
		t->bytes += length;
	}
	if (!f || !t->bytes)
		errx(1, "%s: no ranges", path);
	fclose(f);
}

/* Any range as likely as any other, then any byte of it: tables do not crowd
 * out headers. */
static off_t choose(const struct test *t)
{
	const struct range *range = &t->ranges[(size_t)random() % t->count];

	return range->begin + (off_t)((size_t)random() % range->length);
}

static bool is_right(struct test *t)
{
	struct stat st;
	int fd = open(t->target, O_RDONLY);
	bool right = fd >= 0 && fstat(fd, &st) == 0 &&
		     (size_t)st.st_size == t->raw_size &&
		     read(fd, t->copy, t->raw_size) == st.st_size &&
		     memcmp(t->raw, t->copy, t->raw_size) == 0;

	close(fd);
	return right;
}

/* 0 where unpack and copy both say that they succeeded.  Each time a run of its
 * own: in one, no machine takes another's place. */
static int copy(struct test *t)
{
	const char *files[] = { t->vmdk, NULL };
	struct v2v_unpack_options unpack =
		V2V_OPTIONS(unpack, .name = "m", .format = "vmdk");
	struct v2v_copy_options options = V2V_OPTIONS(
		copy, .out_dir = t->out_dir, .format = "raw", .force = true);
	struct v2v *v = v2v_new();
	json_t *docs = NULL;
	int status;

	v2v_on_message(v, on_message, t);
	status = v2v_unpack(v, files, &unpack, &docs, NULL);
	if (status == 0)
		status = v2v_copy(v, json_array_get(docs, 0), &options, NULL);
	json_decref(docs);
	v2v_free(v);
	return status;
}

static void try_one(struct test *t)
{
	off_t at = choose(t);
	unsigned char old, new;

	if (pread(t->fd, &old, 1, at) != 1)
		err(1, "%s", t->vmdk);
	new = (unsigned char)(old ^ (1 + random() % 255));
	if (pwrite(t->fd, &new, 1, at) != 1)
		err(1, "%s", t->vmdk);
	t->told = false;
	alarm(600);
	if (copy(t) < 0) {
		t->refused++;
	} else if (is_right(t)) {
		t->right++;
	} else if (t->told) {
		t->warned++;
	} else {
		t->wrong++;
		printf("byte %lld, %02x instead of %02x: wrong, silently\n",
			(long long)at, new, old);
	}
	alarm(0);
	if (pwrite(t->fd, &old, 1, at) != 1)
		err(1, "%s", t->vmdk);
}

int main(int argc, char **argv)
{
	static struct test t;
	unsigned long count;

	if (argc != 7)
		errx(2, "usage: damage VMDK RAW RANGES OUT-DIR COUNT SEED");
	t.vmdk = argv[1];
	t.out_dir = argv[4];
	snprintf(t.target, sizeof t.target, "%s/m-sda", t.out_dir);
	t.raw = read_whole(argv[2], &t.raw_size);
	t.copy = malloc(t.raw_size + 1);
	read_ranges(&t, argv[3]);
	t.fd = open(t.vmdk, O_RDWR);
	count = strtoul(argv[5], NULL, 10);
	srandom((unsigned)strtoul(argv[6], NULL, 10));
	signal(SIGALRM, on_alarm);
	if (t.fd < 0 || !t.copy || copy(&t) < 0 || !is_right(&t))
		errx(1, "%s: not copied right though undamaged", t.vmdk);
	for (unsigned long i = 0; i < count; i++)
		try_one(&t);
	printf("%lu changes: %lu refused, %lu right, %lu told, %lu wrong\n",
		count, t.refused, t.right, t.warned, t.wrong);
	free(t.raw);
	free(t.copy);
	close(t.fd);
	return t.wrong || !t.refused || !t.right;
}
