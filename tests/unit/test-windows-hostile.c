/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A Windows whose hives are damaged, or were made to do harm: it is planned
 * whole, as any other.  What comes of it is a blocker, or a hive that opens;
 * nothing of the guest is changed.  An argument: how many times, and the seed.
 */
#include "cases.h"

#include "windows-scene.h"

#include "crashed-hive.h"

#define CONFIG "/Windows/System32/config/"
#define GUEST  "tests/data/windows-plan/10-x64-hvle-uefi.tree"

static unsigned times = 100;
static uint32_t seed = 1;

static uint32_t next_random(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (uint32_t)((uint64_t)seed * below >> 32);
}

/* A size, an offset, or a count that is out of range. */
static uint32_t odd_number(void)
{
	static const uint32_t numbers[] = { 0, 1, 0x7fffffff, 0x80000000,
		0xffffffff, 0xfffffffe, 0x20, 0x1000, 0xfffff000, 0x80000004 };

	return numbers[next_random(ARRAY_SIZE(numbers))];
}

/* Cells are where names of their kinds are; numbers follow. */
static size_t somewhere(const struct bytes *file)
{
	static const char *const marks[] = { "nk", "vk", "lf", "lh", "sk",
		"hbin", "HvLE" };
	const char *mark = marks[next_random(ARRAY_SIZE(marks))];
	const size_t from = next_random((uint32_t)file->size);
	const unsigned char *found = memmem(
		file->data + from, file->size - from, mark, strlen(mark));

	if (!found)
		return from & ~(size_t)3;
	return (size_t)(found - file->data) + 4 * next_random(20);
}

static void damage(struct bytes *file)
{
	for (unsigned i = 1 + next_random(4); i-- > 0;) {
		const size_t at = somewhere(file);

		if (at + 4 > file->size)
			continue;
		if (next_random(2))
			put32(file->data + at, odd_number());
		else
			file->data[at] ^= (unsigned char)(1 << next_random(8));
	}
	if (next_random(16) == 0)
		file->size = next_random((uint32_t)file->size);
	/* A head that is right leads farther in. */
	if (file->size > 512 && memcmp(file->data, "regf", 4) == 0)
		sum_head(file->data);
}

static char *host_path(const struct v2v_tree *tree, const char *path)
{
	return v2v_format(
		"/proc/self/fd/%d%s", *(const int *)tree->opaque, path);
}

/* libhivex reads what is to be written. */
static void check_result(const struct v2v_op *op)
{
	CLEANUP_FREE char *name = v2v_format("/proc/self/fd/%d", op->fd);
	hive_h *h = hivex_open(name, 0);

	assert(h && hivex_root(h));
	hivex_close(h);
}

struct outcomes {
	unsigned planned, blocked;
};

static void plan_one(const struct v2v_tree *tree, struct outcomes *outcomes)
{
	struct windows_scene s;

	scene_begin(&s, tree);
	scene_plan(&s);
	if (s.plan.blockers.count)
		outcomes->blocked++;
	else
		outcomes->planned++;
	v2v_list_foreach (const struct v2v_op, op, &s.plan.ops)
		if (op->type == V2V_OP_REPLACE)
			check_result(op);
	scene_end(&s);
}

static void plan_damaged(const struct v2v_tree *tree, const char *file,
	struct outcomes *outcomes)
{
	CLEANUP_FREE char *path = host_path(tree, file);
	struct bytes good = read_bytes(path), bad = copy_bytes(&good), after;

	damage(&bad);
	make_file(path, bad.data, bad.size);
	plan_one(tree, outcomes);
	after = read_bytes(path);
	assert(after.size == bad.size &&
		memcmp(after.data, bad.data, bad.size) == 0);
	make_file(path, good.data, good.size);
	free(good.data);
	free(bad.data);
	free(after.data);
}

static void test_hostile(const struct v2v_tree *tree)
{
	static const char *const files[] = { CONFIG "SYSTEM", CONFIG "SYSTEM",
		CONFIG "SYSTEM.LOG1", CONFIG "SOFTWARE",
		"/EFI/Microsoft/Boot/BCD" };
	struct outcomes outcomes = { 0 };
	CLEANUP_FREE char *top = host_path(tree, "");

	crash_hive(top);
	plan_one(tree, &outcomes);
	assert(outcomes.planned == 1 && outcomes.blocked == 0);
	for (unsigned i = 0; i < times; i++)
		plan_damaged(tree, files[i % ARRAY_SIZE(files)], &outcomes);
	assert(outcomes.planned > times / 10 && outcomes.blocked > times / 10);
	printf("%u planned, %u refused\n", outcomes.planned, outcomes.blocked);
}

int main(int argc, char **argv)
{
	CLEANUP_FREE char *text = read_whole(GUEST);

	if (argc > 1)
		times = (unsigned)strtoul(argv[1], NULL, 10);
	if (argc > 2)
		seed = (uint32_t)strtoul(argv[2], NULL, 10);
	in_tree(text, test_hostile);
	return 0;
}
