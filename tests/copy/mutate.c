/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Change numbers of an image's headers and tables, as somebody would who knows
 * the format, and copy it: the copy must fail, or be what qemu-img makes of it.
 * fields.py says where the numbers are.
 * mutate FORMAT IMAGE FIELDS OUT-DIR COUNT SEED [refusals]
 * "cowd", "sesparse", "chain": IMAGE is an extent or a descriptor of the VMDK
 * in layers whose top is IMAGE with "-top.vmdk" behind its name. "refusals":
 * also list what is refused here and read by qemu-img.
 */
#include "mutate-image.h"

#include <v2v.h>

#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>

extern char **environ;

static void on_alarm(int signal)
{
	static const char text[] = "mutate: it hangs\n";

	(void)signal;
	_exit(write(2, text, sizeof text - 1) < 0 ? 3 : 1);
}

/* Some way beside a number: as errors of one, of a sector, of a cluster are. */
static uint64_t beside(uint64_t n)
{
	static const uint64_t steps[] = { 1, 1, 2, 8, 128, 256, 512, 1 << 12,
		1 << 16, 1 << 20 };
	uint64_t step = steps[below(ARRAY_SIZE(steps))];

	return below(2) ? n + step : n - step;
}

/* The place of something else in the file, flags left or made up. */
static uint64_t place(const struct test *t, const struct field *f, uint64_t old)
{
	const struct field *other = &t->fields[below(t->count)];
	uint64_t at =
		below(4) ? other->at : t->base_size + below(3) * 512 - 512;
	uint64_t n = at / f->unit;

	if (f->width == 8 && f->unit == 1 && below(2))
		n = (n & ~511ULL) | (old & 0xc0000000000001ffULL);
	if (f->width == 8 && f->unit == 1 && below(4) == 0)
		n = (n & ~0xfffffULL) | (old & 7);
	return n;
}

static uint64_t changed(
	const struct test *t, const struct field *f, size_t index)
{
	uint64_t old = get(t, f, index);
	unsigned bits = (unsigned)f->width * 8;

	switch (below(10)) {
	case 0:
	case 1:
		return old ^ 1ULL << below(bits);
	case 2:
	case 3:
		return beside(old);
	case 4:
		return beside(below(2) ? 0 : 1ULL << (bits - 1));
	case 5:
		return below(2) ? 0 : below(8);
	case 6:
		return get(t, f, below(f->count));
	case 7:
	case 8:
		return place(t, f, old);
	default:
		return ((uint64_t)random() << 42 ^ (uint64_t)random() << 21 ^
			       (uint64_t)random()) >>
		       below(64);
	}
}

static void say(struct test *t, const char *name, size_t index, uint64_t old,
	uint64_t new)
{
	size_t n = strlen(t->what);

	snprintf(t->what + n, sizeof t->what - n, "%s%s[%zu] %#lx -> %#lx",
		n ? ", " : "", name, index, old, new);
}

static void change(struct test *t)
{
	const struct field *f = &t->fields[below(t->count)];
	size_t index = below(f->count), other = below(f->count);
	uint64_t old = get(t, f, index), new = changed(t, f, index);

	if (below(20) == 0) {
		t->size = below(2) ? below(t->size)
				   : t->size - below(t->size < 4096 ? 1 : 4096);
		say(t, "size", 0, t->base_size, t->size);
	} else if (below(10) == 0 && f->count > 1) {
		new = get(t, f, other);
		set(t, f, index, new);
		set(t, f, other, old);
		say(t, "swap", other, old, new);
		say(t, f->name, index, old, new);
	} else {
		set(t, f, index, new);
		say(t, f->name, index, old, get(t, f, index));
	}
}

static void mutate(struct test *t)
{
	memcpy(t->now, t->base, t->base_size);
	t->size = t->base_size;
	t->what[0] = '\0';
	do
		change(t);
	while (below(4) == 0);
	if (below(16))
		for (size_t i = 0; i < t->mend_count; i++)
			mend(t, &t->mends[i]);
}

/* 0 where unpack and copy both say that they succeeded.  Each time a run of its
 * own: in one, no machine takes another's place. */
static int copy(struct test *t, struct v2v_error *error)
{
	const char *files[] = { t->opened, NULL };
	struct v2v_unpack_options unpack = V2V_OPTIONS(unpack, .name = "m",
		.format = t->format, .backing_chain = t->is_chain);
	struct v2v_copy_options options = V2V_OPTIONS(
		copy, .out_dir = t->out_dir, .format = "raw", .force = true);
	struct v2v *v = v2v_new();
	json_t *docs = NULL;
	int status = v2v_unpack(v, files, &unpack, &docs, error);

	if (status == 0)
		status = v2v_copy(v, json_array_get(docs, 0), &options, error);
	json_decref(docs);
	v2v_free(v);
	return status;
}

/* 0: read; 124: it takes too long; else it was refused. */
static int convert(const struct test *t)
{
	char name[PAGE + 200];
	char *argv[] = { "timeout", "20", "qemu-img", "convert", "--image-opts",
		"-O", "raw", name, (char *)t->theirs, NULL };
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int status;
	bool is_vhd = strcmp(t->format, "vhd") == 0;

	snprintf(name, sizeof name, "driver=%s%s,file.filename=%s",
		is_vhd ? "vpc" : t->format,
		is_vhd ? ",force_size_calc=current_size" : "", t->opened);
	unlink(t->theirs);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&pid, *argv, &actions, NULL, argv, environ) != 0 ||
		waitpid(pid, &status, 0) < 0)
		err(1, "qemu-img");
	posix_spawn_file_actions_destroy(&actions);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static bool are_same(const char *a, const char *b, bool *ret_large)
{
	int fds[] = { open(a, O_RDONLY), open(b, O_RDONLY) };
	struct stat st[2];
	void *maps[2];
	bool same;

	if (fstat(fds[0], &st[0]) < 0 || fstat(fds[1], &st[1]) < 0)
		err(1, "%s, %s", a, b);
	same = st[0].st_size == st[1].st_size;
	*ret_large = same && st[0].st_size > MAX_SIZE;
	if (same && !*ret_large) {
		for (int i = 0; i < 2; i++) {
			maps[i] = mmap(NULL, (size_t)st[i].st_size, PROT_READ,
				MAP_PRIVATE, fds[i], 0);
			if (maps[i] == MAP_FAILED)
				err(1, "mmap");
		}
		same = memcmp(maps[0], maps[1], (size_t)st[0].st_size) == 0;
		for (int i = 0; i < 2; i++)
			munmap(maps[i], (size_t)st[i].st_size);
	}
	close(fds[0]);
	close(fds[1]);
	return same;
}

static void compare(struct test *t)
{
	bool is_large = false;
	int status;

	if (please_qemu(t))
		store(t);
	status = convert(t);
	if (status == 0 && are_same(t->ours, t->theirs, &is_large)) {
		t->right += !is_large;
		t->slow += is_large;
	} else if (status == 124) {
		t->slow++;
		printf("qemu-img is slow: %s: %s\n", t->image, t->what);
	} else {
		t->wrong++;
		printf("WRONG %s: %s: %s\n", t->image, t->what,
			status ? "qemu-img refuses it" : "bytes differ");
	}
}

static void try_one(struct test *t)
{
	struct v2v_error error = { 0 };

	mutate(t);
	store(t);
	alarm(600);
	if (copy(t, &error) == 0) {
		compare(t);
	} else {
		t->refused++;
		if (t->list_refusals && convert(t) == 0)
			printf("refused: %s: %s: %s\n", t->what, error.code,
				error.text);
	}
	alarm(0);
}

static void open_chain(struct test *t)
{
	static const char *const chains[] = { "cowd", "sesparse", "chain" };

	t->opened = t->image;
	for (size_t i = 0; i < ARRAY_SIZE(chains); i++)
		if (strcmp(t->format, chains[i]) == 0) {
			snprintf(
				t->top, sizeof t->top, "%s-top.vmdk", t->image);
			t->opened = t->top;
			t->format = "vmdk";
			t->is_chain = true;
		}
}

static void check_base(struct test *t)
{
	struct v2v_error error = { 0 };

	if (copy(t, &error) < 0)
		errx(1, "%s: %s, though unchanged", t->image, error.text);
	compare(t);
	if (t->right != 1)
		errx(1, "%s: wrong though unchanged", t->image);
	t->right = 0;
}

int main(int argc, char **argv)
{
	static struct test t;
	unsigned long count;

	if (argc < 7)
		errx(2, "usage: mutate FORMAT IMAGE FIELDS OUT-DIR COUNT SEED "
			"[refusals]");
	t.format = argv[1];
	t.image = argv[2];
	t.out_dir = argv[4];
	open_chain(&t);
	t.list_refusals = argc > 7;
	snprintf(t.ours, sizeof t.ours, "%s/m-sda", t.out_dir);
	snprintf(t.theirs, sizeof t.theirs, "%s/theirs", t.out_dir);
	read_image(&t);
	read_fields(&t, argv[3]);
	count = strtoul(argv[5], NULL, 10);
	srandom((unsigned)strtoul(argv[6], NULL, 10));
	signal(SIGALRM, on_alarm);
	check_base(&t);
	for (unsigned long i = 0; i < count; i++)
		try_one(&t);
	printf("%s: %lu changes: %lu refused, %lu as qemu-img, %lu too large "
	       "or slow, %lu wrong\n",
		t.image, count, t.refused, t.right, t.slow, t.wrong);
	/* Of few it may be that all are refused. */
	return t.wrong || (count > 50 && (!t.refused || !t.right));
}
