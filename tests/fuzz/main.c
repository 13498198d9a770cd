/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A fuzzer without libFuzzer, for gcc and for afl:
 *	fuzz-x [FILE...]                         each file once, or stdin
 *	fuzz-x --mutate RUNS SEED FILE...        changed at random
 * What runs lies in "input.last" of $V2V_FUZZ_DIR, and is there after a crash.
 */
#include "scratch.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#define MAX_SIZE (1 << 20) /* bytes */
/* For one input, so long that what comes to an end does so on the slowest and
 * busiest machine: */
#define DEADLINE 300  /* seconds of a processor */
#define PATIENCE 3600 /* seconds in which it may wait */
#define TIMEOUT	 70   /* the status, as libFuzzer has it */

struct input {
	uint8_t *data;
	size_t size;
};

static uint64_t state;

/* xorshift64*: the same numbers everywhere.  Below @limit. */
static size_t below(size_t limit)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return limit ? (size_t)((state * 0x2545f4914f6cdd1dULL) >> 16) % limit
		     : 0;
}

static struct input read_input(const char *name)
{
	CLEANUP_FCLOSE FILE *f = name ? fopen(name, "rb") : NULL;
	struct input in = { v2v_alloc(1, MAX_SIZE), 0 };

	if (name && !f) {
		perror(name);
		exit(2);
	}
	in.size = fread(in.data, 1, MAX_SIZE, f ? f : stdin);
	return in;
}

static void end_by(const char *what)
{
	if (write(STDERR_FILENO, what, strlen(what)) < 0)
		_exit(1);
	_exit(TIMEOUT);
}

static void on_timer(int number)
{
	end_by(number == SIGPROF
			? "timeout: the input is computed without end\n"
			: "timeout: the input waits without end\n");
}

/* 0: none. */
static void set_deadline(time_t processor, unsigned patience)
{
	struct itimerval timer = { .it_value.tv_sec = processor };

	setitimer(ITIMER_PROF, &timer, NULL);
	alarm(patience);
}

/* Run on a copy of exactly that size, so that reading on is found. */
static void run(const uint8_t *data, size_t size)
{
	CLEANUP_FREE uint8_t *copy = v2v_alloc(1, size ? size : 1);

	memcpy(copy, data, size);
	set_deadline(DEADLINE, PATIENCE);
	LLVMFuzzerTestOneInput(copy, size);
	set_deadline(0, 0);
}

/* Keep the input for after a crash. */
static void keep(const struct input *in)
{
	CLEANUP_FREE char *name = v2v_format("%s/input.last", fuzz_dir());
	CLEANUP_CLOSE int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, in->data, in->size) != (ssize_t)in->size)
		perror(name);
}

/* Numbers at which sizes and offsets go wrong, in either byte order. */
static void put_number(struct input *in)
{
	static const uint64_t numbers[] = { 0, 1, 2, 0x7f, 0x80, 0xff, 0x200,
		0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff,
		0x100000000, INT64_MAX, UINT64_MAX, UINT64_MAX - 511 };
	uint64_t n = numbers[below(ARRAY_SIZE(numbers))];
	size_t width = (size_t)1 << below(4), at = below(in->size);
	bool big = below(2);

	for (size_t i = 0; i < width && at + i < in->size; i++)
		in->data[at + i] =
			(uint8_t)(n >> 8 * (big ? width - 1 - i : i));
}

/* Put a piece of @from before, or over, what is there. */
static void mix(struct input *in, const struct input *from, bool over)
{
	size_t start = below(from->size), at = below(in->size + 1);
	size_t left = from->size - start;
	size_t n = 1 + below(left < 512 ? left : 512);

	if (!from->size || at + n > MAX_SIZE || in->size + n > MAX_SIZE)
		return;
	if (over) {
		memmove(in->data + at, from->data + start, n);
		if (at + n > in->size)
			in->size = at + n;
		return;
	}
	memmove(in->data + at + n, in->data + at, in->size - at);
	memmove(in->data + at, from->data + start, n);
	in->size += n;
}

static void cut(struct input *in)
{
	size_t at = below(in->size), n = 1 + below(in->size - at);

	memmove(in->data + at, in->data + at + n, in->size - at - n);
	in->size -= n;
}

static void change(struct input *in, const struct input *other)
{
	size_t at = below(in->size);

	if (!in->size)
		mix(in, other, false);
	else
		switch (below(6)) {
		case 0:
			in->data[at] ^= (uint8_t)(1u << below(8));
			break;
		case 1:
			in->data[at] = (uint8_t)below(256);
			break;
		case 2:
			put_number(in);
			break;
		case 3:
			cut(in);
			break;
		default:
			mix(in, other, below(2));
		}
}

/* So many runs, not so many seconds: the same are run everywhere. */
static void mutate(const struct input *inputs, size_t count, uint64_t runs)
{
	struct input in = { v2v_alloc(1, MAX_SIZE), 0 };

	while (runs--) {
		const struct input *from = &inputs[below(count)];

		memcpy(in.data, from->data, from->size);
		in.size = from->size;
		for (size_t i = 1 + below(8); i > 0; i--)
			change(&in, &inputs[below(count)]);
		keep(&in);
		run(in.data, in.size);
	}
	free(in.data);
}

static void free_inputs(struct input *inputs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(inputs[i].data);
	free(inputs);
}

int main(int argc, char **argv)
{
	bool mutating = argc > 1 && strcmp(argv[1], "--mutate") == 0;
	char **names = argv + (mutating ? 4 : 1);
	struct input *inputs = NULL;
	uint64_t runs = 0;
	size_t count = 0;

	if (mutating && (argc < 5 || !v2v_parse_u64(argv[2], &runs) ||
				!v2v_parse_u64(argv[3], &state))) {
		fprintf(stderr, "usage: fuzz-x --mutate RUNS SEED FILE...\n");
		return 2;
	}
	signal(SIGPROF, on_timer);
	signal(SIGALRM, on_timer);
	state = state * 2 + 1;
	do {
		struct input in = read_input(argc > 1 ? *names : NULL);

		*v2v_append(inputs, count) = in;
		keep(&in);
		run(in.data, in.size);
	} while (argc > 1 && *++names);
	mutate(inputs, count, runs);
	printf("%llu runs\n", (unsigned long long)(count + runs));
	free_inputs(inputs, count);
	return 0;
}
