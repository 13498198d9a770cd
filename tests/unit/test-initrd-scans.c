/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an initrd has in it is kept for the next reading of the same file. */
#include "cases.h"

#include "core/open.h"
#include "linux/kernels/initrd-files.h"

#include <fcntl.h>

#define IMAGE	"tests/data/initrd/appended-gzip.img"
#define RELEASE "6.1.0-test"

static struct v2v *v;
static int image = -1; /* the guest's initrd, on the host */

static void open_image(void)
{
	size_t size;
	CLEANUP_FREE char *data = read_whole_size(IMAGE, &size);

	v2v_cleanup_close(&image);
	image = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	assert(image >= 0 && write(image, data, size) == (ssize_t)size);
}

static bool stat_of(const struct v2v_tree *tree, const char *path,
	struct v2v_tree_stat *ret_stat)
{
	(void)tree, (void)path;
	*ret_stat = (struct v2v_tree_stat){ .kind = V2V_KIND_FILE,
		.size = lseek(image, 0, SEEK_END) };
	return true;
}

static int view(const struct v2v_tree *tree, const char *path,
	uint64_t *ret_size, struct v2v_error *err)
{
	(void)tree, (void)path, (void)err;
	*ret_size = (uint64_t)lseek(image, 0, SEEK_END);
	return v2v_reopen(image);
}

static const struct v2v_tree_ops ops = { .stat = stat_of, .view = view };
static const struct v2v_tree tree = { &ops, NULL };

/* Of a kernel of this release; then what was read is kept, or not. */
static int read_file(const char *version, struct v2v_initrd_budget *budget,
	bool keeps, size_t *ret_modules)
{
	struct v2v_kernel kernel = { .version = (char *)(uintptr_t)version,
		.initrd = (char *)(uintptr_t) "/boot/initrd" };
	struct v2v_list files CLEANUP_INITRD_FILES = { 0 };
	struct v2v_list kernels = { 0 };
	struct v2v_initrd_file *file;
	int status;

	*(struct v2v_kernel **)v2v_list_add(&kernels, sizeof(void *)) = &kernel;
	v2v_initrd_files_find(&tree, &kernels, &files);
	free(kernels.items);
	assert(files.count == 1);
	file = files.items;
	status = v2v_initrd_file_read(v, &tree, budget, file, NULL);
	if (status == 0)
		*ret_modules =
			v2v_initrd_file_scan(file, &kernel)->modules.count;
	if (status == 0 && keeps)
		v2v_initrd_file_keep(v, file);
	return status;
}

static void test_once(void)
{
	struct v2v_initrd_budget budget = V2V_INITRD_BUDGET;
	const uint64_t all = budget.unpacked;
	size_t first = 0, second = 0;
	uint64_t cost;

	open_image();
	assert(read_file(RELEASE, &budget, true, &first) == 0 && first > 0);
	cost = all - budget.unpacked;
	assert(cost > 0);
	/* It is not read a second time: there is nothing any more. */
	assert(ftruncate(image, 0) == 0);
	assert(read_file(RELEASE, &budget, false, &second) == 0);
	assert(second == first && budget.unpacked == all - 2 * cost);
	assert(read_file(RELEASE, &budget, false, &second) < 0);
}

static void test_others(void)
{
	struct v2v_initrd_budget budget = V2V_INITRD_BUDGET;
	size_t modules;

	/* Another release's modules are not these. */
	open_image();
	assert(read_file(RELEASE, &budget, true, &modules) == 0);
	assert(ftruncate(image, 0) == 0);
	assert(read_file("1.2.3", &budget, false, &modules) < 0);
	/* What is unpacked counts. */
	budget.unpacked = 1;
	assert(read_file(RELEASE, &budget, false, &modules) < 0);
	/* Another file. */
	budget = V2V_INITRD_BUDGET;
	open_image();
	assert(ftruncate(image, 0) == 0);
	assert(read_file(RELEASE, &budget, false, &modules) < 0);
	/* No longer than the appliance. */
	v2v_session_end(v);
	open_image();
	assert(read_file(RELEASE, &budget, true, &modules) == 0);
	assert(ftruncate(image, 0) == 0);
	v2v_session_end(v);
	assert(read_file(RELEASE, &budget, false, &modules) < 0);
}

int main(void)
{
	v = v2v_new();
	test_once();
	test_others();
	v2v_cleanup_close(&image);
	v2v_free(v);
	return 0;
}
