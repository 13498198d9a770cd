/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Disks that are going to be written in place: nobody else writes them, and
 * where the log of it lies. */
#define DISK_SIZE (1U << 20)
#include "disk-fixtures.h"

#include "disk/apply.h"
#include "disk/hold.h"

static struct v2v_disk disks[2];

static void is_code(int status, struct v2v_error *err, const char *code)
{
	assert(status == (code ? -1 : 0));
	if (!v2v_streq(err->code, code))
		fprintf(stderr, "%s: %s\n", err->code, err->text);
	assert(v2v_streq(err->code, code));
	*err = (struct v2v_error){ 0 };
}

/* Beside the file itself, whatever name it was found by. */
static void test_place(void)
{
	CLEANUP_FREE char *link = in_dir("link"), *log = NULL, *same = NULL;
	CLEANUP_FREE char *want = in_dir(".disk0.v2v-undo");
	struct v2v_error err = { 0 };
	struct v2v_disk linked = disks[0];

	linked.file = link;
	assert(symlink(disks[0].file, link) == 0);
	log = v2v_undo_place(&disks[0], &err);
	same = v2v_undo_place(&linked, &err);
	assert(strcmp(log, want) == 0 && strcmp(same, want) == 0);
	is_code(v2v_undo_check_none(&linked, &err), &err, NULL);
	/* Also a link to nowhere is nothing that should be there. */
	assert(symlink("nowhere", log) == 0);
	is_code(v2v_undo_check_none(&linked, &err), &err, "undo-needed");
	assert(unlink(log) == 0 && unlink(link) == 0);
	is_code(v2v_undo_check_none(&disks[0], &err), &err, NULL);
}

static int try_qemu(const char *file, const char *command)
{
	struct v2v_run job = { .argv = (const char *const[]){ "qemu-io", "-f",
				       "raw", "-c", command, file, NULL } };

	return v2v_run(v, &job, NULL);
}

/* Readers may come, writers not, and we not where one writes. */
static void test_locks(void)
{
	CLEANUP_CLOSE int fd = open(disks[0].file, O_RDWR | O_CLOEXEC);
	struct v2v_error err = { 0 };
	struct v2v_hold hold, other;

	is_code(v2v_hold_take(disks[0].file, &hold, &err), &err, NULL);
	assert(try_qemu(disks[0].file, "write 0 512") < 0);
	is_code(v2v_image_check_unused(disks[0].file, &err), &err,
		"image-in-use");
	is_code(v2v_image_lock(fd, "disk", true, &err), &err, "image-in-use");
	is_code(v2v_hold_end(&hold, disks[0].file, &err), &err, NULL);
	is_code(v2v_image_lock(fd, "disk", true, &err), &err, NULL);
	is_code(v2v_hold_take(disks[0].file, &other, &err), &err,
		"image-in-use");
	assert(try_qemu(disks[0].file, "read 0 512") < 0);
	v2v_image_unlock(fd);
	assert(try_qemu(disks[0].file, "write 0 512") == 0);
}

/* By who minds no locks; and another file of that name. */
static void test_changed(void)
{
	struct v2v_error err = { 0 };
	struct v2v_hold hold;

	is_code(v2v_hold_take(disks[0].file, &hold, &err), &err, NULL);
	usleep(20000); /* the clock of files is a coarse one */
	store(disks[0].file, content, DISK_SIZE);
	is_code(v2v_hold_end(&hold, disks[0].file, &err), &err,
		"image-changed");
	is_code(v2v_hold_take(disks[0].file, &hold, &err), &err, NULL);
	assert(rename(disks[1].file, disks[0].file) == 0);
	is_code(v2v_hold_end(&hold, disks[0].file, &err), &err,
		"image-changed");
}

int main(void)
{
	fixtures_begin();
	for (int i = 0; i < 2; i++) {
		disks[i].file = v2v_format("%s/disk%d", dir, i);
		store(disks[i].file, content, DISK_SIZE);
	}
	test_place();
	test_locks();
	test_changed();
	for (int i = 0; i < 2; i++)
		free(disks[i].file);
	fixtures_end();
	return 0;
}
