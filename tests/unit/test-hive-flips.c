/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bits of a hive and its logs turned over: what comes of it is a state that
 * was, or an error. */
#include "hive-scene.h"

struct flips {
	unsigned count, refused, states[STATES];
};

static uint32_t random_state = 1;
static uint32_t next_random(uint32_t below)
{
	random_state = random_state * 1664525 + 1013904223;
	return (uint32_t)((uint64_t)random_state * below >> 32);
}

/* It is a state that was, or refused. */
static void flip(
	const struct scene *scene, unsigned char *byte, struct flips *flips)
{
	unsigned char was = *byte;
	struct v2v_hive_replayed result;
	struct v2v_error err = { 0 };
	unsigned state = 0;

	*byte ^= (unsigned char)(1 << next_random(8));
	if (replay(scene, flips->count++ % 64 ? NULL : "flip", &result, &err) <
		0) {
		flips->refused++;
	} else {
		assert(result.data);
		while (state < STATES && !is_state(&result, state))
			state++;
		assert(state < STATES);
		check_head(&result);
		flips->states[state]++;
	}
	free(result.data);
	*byte = was;
}

static void tell(const char *what, const struct flips *flips)
{
	printf("%s: %u bits turned over, %u noticed, %u of no effect\n", what,
		flips->count, flips->refused, flips->states[STATES - 1]);
}

/* In @size bytes of @file from @from on. */
static void flip_range(const struct scene *scene, const struct bytes *file,
	size_t from, size_t size, unsigned times, struct flips *flips)
{
	while (times--)
		flip(scene, file->data + from + next_random((uint32_t)size),
			flips);
}

static void test_flips(void)
{
	struct flips flips = { 0 };

	for (unsigned swapped = 0; swapped < 2; swapped++)
		for (unsigned split = 2; split < STATES; split += 2) {
			struct scene scene CLEANUP_SCENE =
				in_two_logs(split, swapped, FIRST);

			flip_range(&scene, &scene.primary, 0, 512, 200, &flips);
			for (unsigned i = 0; i < 2; i++)
				if (scene.logs[i].size)
					flip_range(&scene, &scene.logs[i], 0,
						scene.logs[i].size, 400,
						&flips);
			for (unsigned i = 0; i < 2; i++)
				if (scene.logs[i].size)
					flip_range(&scene, &scene.logs[i], 0,
						600, 200, &flips);
		}
	tell("two logs", &flips);
	/* Most are noticed; what is lost of the last entry is what a power cut
	 * loses. */
	assert(flips.count >= 2000 && flips.refused > flips.count / 2);
	assert(flips.states[STATES - 1] && flips.states[STATES - 2]);
}

/* Windows was writing the primary file: only the whole chain will do, so no
 * flip in an entry before the last one may go by. */
static void test_flips_torn(void)
{
	struct scene scene CLEANUP_SCENE = in_two_logs(5, false, FIRST);
	struct bytes before = entries(0, 4, FIRST);
	struct flips flips = { 0 };

	for (size_t at = BASE; at < scene.primary.size; at += 1024)
		memcpy(scene.primary.data + at, states[STATES - 1].data + at,
			512);
	flip_range(&scene, &scene.primary, 0, 512, 100, &flips);
	flip_range(&scene, &scene.logs[0], 0, before.size, 400, &flips);
	tell("a torn file", &flips);
	assert(flips.refused + flips.states[STATES - 1] == flips.count);
	free(before.data);
}

/* Of the older form everything but the pages, which have no checksum. */
static void test_flips_pages(void)
{
	struct scene scene CLEANUP_SCENE = { primary_at(0, FIRST + 1, FIRST),
		{ { 0 } } };
	struct flips flips = { 0 };

	scene.logs[0] = make_page_log(&states[0], &states[5], FIRST, STAMP);
	flip_range(&scene, &scene.logs[0], 0, 516 + bins_of(&states[5]) / 4096,
		400, &flips);
	flip_range(&scene, &scene.primary, 0, 512, 200, &flips);
	tell("pages", &flips);
	assert(flips.refused > 400 &&
		flips.refused + flips.states[5] == flips.count);
}

int main(int argc, char **argv)
{
	scene_begin(argc, argv);
	test_flips();
	test_flips_torn();
	test_flips_pages();
	scene_end();
	return 0;
}
