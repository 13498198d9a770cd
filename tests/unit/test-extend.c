/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The index of modules (tests/data/depmod: what depmod made of 30 modules of a
 * Debian kernel), and archives that extend an initramfs. */
#include "cases.h"

#include "initrd/depmod.h"
#include "initrd/extend.h"
#include "initrd/index.h"

#include "initrd/loading.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define DEPMOD "tests/data/depmod/modules."
#define DIR    "tests/data/extend/"

static struct v2v *v;

/* Each line of modules.dep is a file that is there. */
static void list_files(const char *dep, struct v2v_list *files)
{
	while (*dep) {
		size_t n = strcspn(dep, ":");
		struct v2v_initrd_module *file =
			v2v_list_add(files, sizeof *file);

		file->path = v2v_strndup(dep, n);
		file->name = v2v_module_name(file->path);
		dep += strcspn(dep, "\n") + 1;
	}
}

static void clear_files(struct v2v_list *files)
{
	v2v_list_foreach (struct v2v_initrd_module, file, files) {
		free(file->name);
		free(file->path);
	}
	free(files->items);
	*files = (struct v2v_list){ 0 };
}

static void same_bytes(const char *path, const struct v2v_text *got,
	const char *want, size_t size)
{
	if (got->length != size || memcmp(got->data, want, size) != 0)
		same(path, "other bytes", "depmod's");
}

static void test_as_depmod(void)
{
	size_t dep_size, alias_size;
	CLEANUP_FREE char *dep = read_whole(DEPMOD "dep");
	CLEANUP_FREE char *alias = read_whole(DEPMOD "alias");
	CLEANUP_FREE char *dep_bin =
		read_whole_size(DEPMOD "dep.bin", &dep_size);
	CLEANUP_FREE char *alias_bin =
		read_whole_size(DEPMOD "alias.bin", &alias_size);
	struct v2v_modules *modules = v2v_modules_new(dep, NULL, NULL);
	struct v2v_depmod index CLEANUP_DEPMOD = { 0 };
	struct v2v_list files = { 0 };

	list_files(dep, &files);
	assert(files.count >= 25);
	v2v_depmod_make(&files, modules, alias, &index);
	same("dep", index.dep.data, dep);
	same_bytes("dep.bin", &index.dep_bin, dep_bin, dep_size);
	same_bytes("alias.bin", &index.alias_bin, alias_bin, alias_size);
	clear_files(&files);
	v2v_modules_free(modules);
}

/* What no trie can hold, and the order of values of one key. */
static void test_index(void)
{
	CLEANUP_FREE char *huge = v2v_alloc(1, 2001);
	struct v2v_index index CLEANUP_INDEX = { 0 };
	struct v2v_text out CLEANUP_TEXT = { 0 };
	static const unsigned char want[] = { 0xb0, 0x07, 0xf4, 0x57, 0, 2, 0,
		1, 0x60, 0, 0, 0x1c, 'b', 0, 0, 0, 0, 2, 0, 0, 0, 1, 'y', 0, 0,
		0, 0, 2 };

	memset(huge, 'x', 2000);
	v2v_index_add(&index, huge, "v", 0);
	v2v_index_add(&index, "\303\244", "v", 0);
	v2v_index_add(&index, "", "v", 0);
	v2v_index_add(&index, "ab", "x", 2);
	v2v_index_add(&index, "ab", "y", 1);
	v2v_index_write(&index, &out);
	assert(out.length > sizeof want);
	assert(memcmp(out.data, want, 8) == 0);
	assert(memcmp(out.data + 12, want + 12, sizeof want - 12) == 0);
}

/* The kernel of the archives in tests/data/extend. */
static const char dep_text[] = "kernel/drivers/virtio/virtio.ko@:\n"
			       "kernel/drivers/virtio/virtio_ring.ko@:\n"
			       "kernel/drivers/virtio/virtio_pci.ko@: "
			       "kernel/drivers/virtio/virtio_ring.ko@ "
			       "kernel/drivers/virtio/virtio.ko@\n"
			       "kernel/drivers/block/virtio_blk.ko@: "
			       "kernel/drivers/virtio/virtio_ring.ko@ "
			       "kernel/drivers/virtio/virtio.ko@\n"
			       "kernel/fs/ext4/ext4.ko@:\n";
static const char alias_text[] = "# Aliases\n"
				 "alias pci:v00001AF4d*-[a-c]* virtio_pci\n"
				 "alias virtio:d00000002v* virtio_blk\n"
				 "alias fs-ext4 ext4\n"
				 "alias fs-xfs xfs\n";
static const char *suffix; /* of the guest's modules */

static char *with_suffix(const char *text)
{
	struct v2v_text out = { 0 };

	for (; *text; text++)
		if (*text == '@')
			v2v_text_addf(&out, "%s", suffix);
		else
			v2v_text_add(&out, text, 1);
	return v2v_text_take(&out);
}

static int scratch(void *opaque, struct v2v_error *err)
{
	(void)opaque;
	(void)err;
	return memfd_create("scratch", MFD_CLOEXEC);
}

static int fetch(const char *path, uint64_t *ret_size, void *opaque,
	struct v2v_error *err)
{
	CLEANUP_FREE char *name = v2v_format(DIR "module.ko%s", suffix);
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	struct stat st;

	(void)opaque;
	(void)err;
	assert(v2v_starts_with(path, "kernel/") && fd >= 0);
	assert(fstat(fd, &st) == 0);
	*ret_size = (uint64_t)st.st_size;
	return fd;
}

static bool show(const struct v2v_cpio_member *member, void *opaque)
{
	if (S_ISREG(member->mode))
		v2v_text_addf(opaque, "%o %s%s\n", member->mode & 07777,
			member->name,
			!strstr(member->name, ".ko") ? ""
			: member->size == 4096	     ? " unpacked"
						     : " packed");
	return true;
}

static void show_text(
	const struct v2v_cpio_member *member, const char *text, void *opaque)
{
	(void)member;
	while (*text) {
		size_t n = strcspn(text, "\n");

		v2v_text_addf(opaque, "  %.*s\n", (int)n, text);
		text += n + (text[n] == '\n');
	}
}

/* What the archive holds, as the .expect files say it. */
static char *contents(int fd, uint64_t size)
{
	static const char *const texts[] = { "conf/modules", "config",
		"config/start.sh", "run_all.sh", "etc/modules",
		"etc/modules/virtio", "load_kernel_modules",
		"etc/booster.init.yaml", "init",
		"etc/modules-load.d/v2v-virtio.conf",
		"lib/modules/6.1.0-test/modules.dep",
		"lib/modules/6.1.0-test/modules.alias",
		"usr/lib/modules/6.1.0-test/modules.dep",
		"usr/lib/modules/6.1.0-test/modules.alias", NULL };
	struct v2v_text out = { 0 };
	struct v2v_cpio_walk walk = {
		.see = show,
		.keep = show_text,
		.capture = texts,
		.opaque = &out,
	};
	struct v2v_stream *stream = v2v_stream_open(v, fd, 0, size, NULL, NULL);

	assert(v2v_cpio_read(&walk, stream, NULL) == 0);
	assert(walk.ret_trailer && walk.ret_position == size);
	v2v_stream_close(stream);
	return v2v_text_take(&out);
}

static char *extended(const struct v2v_extend *extend)
{
	CLEANUP_CLOSE int fd = scratch(NULL, NULL);
	struct v2v_cpio cpio CLEANUP_CPIO = { .fd = fd };
	struct v2v_error err = { 0 };

	if (!v2v_loading_is_known(extend->scan))
		return v2v_strdup("unknown\n");
	if (!v2v_extend_is_needed(extend))
		return v2v_strdup("complete\n");
	v2v_extend_write(extend, NULL, &cpio, &err);
	same("extend", err.text, "");
	return contents(fd, cpio.size);
}

/* NAME.expect: the suffix of the guest's modules in the first line, then what
 * is appended. */
static void test_case(const char *path)
{
	static const char *const drivers[] = { "virtio_pci", "virtio_blk",
		"virtio_scsi", NULL };
	CLEANUP_FREE char *image = beside(path, ".img");
	CLEANUP_FREE char *expect = read_whole(path), *dep, *got;
	CLEANUP_CLOSE int fd = open(image, O_RDONLY);
	char *want = strchr(expect, '\n') + 1;
	struct v2v_initrd scan CLEANUP_INITRD = { 0 };
	struct v2v_extend extend = { .v = v,
		.scan = &scan,
		.aliases = alias_text,
		.drivers = drivers,
		.fetch = fetch,
		.scratch = scratch };
	struct v2v_modules *modules;
	struct stat st;

	want[-1] = '\0';
	suffix = expect + strlen("modules .ko");
	dep = with_suffix(dep_text);
	modules = v2v_modules_new(dep, NULL, NULL);
	extend.modules = modules;
	assert(fd >= 0 && fstat(fd, &st) == 0);
	assert(v2v_initrd_scan(v, fd, (uint64_t)st.st_size, "6.1.0-test",
		       v2v_loading_files, &scan, NULL) == 0);
	got = extended(&extend);
	same(path, got, want);
	v2v_modules_free(modules);
}

int main(void)
{
	v = v2v_new();
	test_as_depmod();
	test_index();
	each_case(DIR "*.expect", 20, test_case);
	v2v_free(v);
	return 0;
}
