/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VHD, VHDX, VDI, VMDK and qcow2: what qemu-img makes is as large as qemu-img
 * says, whole and as a slice. */
#include "image-bytes.h"

#define MIB (1 << 20)

static const struct made {
	const char *name, *qemu, *options, *size, *format, *subformat;
} made[] = {
	{ "vhdf", "vpc", "subformat=fixed,force_size=on", "11M", "vhd",
		"fixed" },
	{ "vhdd", "vpc", "subformat=dynamic,force_size=on", "11M", "vhd",
		"dynamic" },
	{ "vhdchs", "vpc", "subformat=fixed", "11M", "vhd", "fixed" },
	{ "vhdbig", "vpc", "subformat=dynamic", "1T", "vhd", "dynamic" },
	{ "vhdxd", "vhdx", "subformat=dynamic", "11M", "vhdx", "dynamic" },
	{ "vhdxf", "vhdx", "subformat=fixed", "11M", "vhdx", "fixed" },
	{ "vhdxbig", "vhdx", "subformat=dynamic,block_size=1M", "40G", "vhdx",
		"dynamic" },
	{ "vdid", "vdi", "static=off", "11M", "vdi", "dynamic" },
	{ "vdis", "vdi", "static=on", "11M", "vdi", "static" },
	{ "vdiodd", "vdi", "static=on", "11264512", "vdi", "static" },
	{ "vdibig", "vdi", "static=off", "1T", "vdi", "dynamic" },
	{ "vmdks", "vmdk", "subformat=monolithicSparse", "100M", "vmdk",
		"monolithicSparse" },
	{ "vmdkbig", "vmdk", "subformat=monolithicSparse", "200G", "vmdk",
		"monolithicSparse" },
	{ "qcow", "qcow2", "compat=1.1", "11M", "qcow2", NULL },
	{ "qcowold", "qcow2", "compat=0.10", "11M", "qcow2", NULL },
	{ "qcowsub", "qcow2", "extended_l2=on", "11M", "qcow2", NULL },
	{ "qcowsmall", "qcow2", "cluster_size=512", "11M", "qcow2", NULL },
	{ "qcowfull", "qcow2", "preallocation=metadata", "11M", "qcow2", NULL },
};

static int64_t qemu_size(const struct v2v_disk *disk)
{
	CLEANUP_FREE char *name = v2v_image_disk_name(disk);
	CLEANUP_FREE char *text = run((const char *const[]){
		"qemu-img", "info", "--output=json", name, NULL });
	json_auto_t *info = json_loads(text, 0, NULL);

	return json_integer_value(json_object_get(info, "virtual-size"));
}

/* The bytes written come back through the name that qemu is given. */
static void reads_well(const struct v2v_disk *disk, const char *expected)
{
	CLEANUP_FREE char *name = v2v_image_disk_name(disk);
	CLEANUP_FREE char *text = run((const char *const[]){ "qemu-io", "-r",
		"-c", expected, "-c", "read -P 0 8M 1M", name, NULL });

	assert(!strstr(text, "failed"));
}

static void check_made(const struct made *m, const char *path, int64_t offset,
	int64_t size, const char *stated)
{
	struct v2v_disk disk = { .file = (char *)path,
		.offset = offset,
		.size = size,
		.format = (char *)m->format };
	struct v2v_image image = { NULL, NULL, 0 };
	struct v2v_error err = { 0 };

	v2v_image_check(path, offset, size, stated, false, &image, &err);
	same(m->name, err.text, "");
	same(m->name, image.format, m->format);
	same(m->name, image.subformat, m->subformat);
	v2v_image_check_tables(path, offset, size, m->format, &err);
	same(m->name, err.text, "");
	if ((int64_t)image.virtual_size != qemu_size(&disk)) {
		fprintf(stderr, "%s: %llu\n", m->name,
			(unsigned long long)image.virtual_size);
		abort();
	}
	reads_well(&disk, "read -P 7 1000k 3M");
}

static void make(const struct made *m)
{
	CLEANUP_FREE char *path = in_dir(m->name);
	CLEANUP_FREE char *name = v2v_format("%s-slice", m->name);
	CLEANUP_FREE char *slice = NULL;
	struct v2v_error err = { 0 };
	struct bytes b;

	image_make(m->name, m->qemu, m->options, m->size);
	check_made(m, path, -1, -1, NULL);
	check_made(m, path, -1, -1, m->format);
	same(m->name, v2v_image_format(path, &err), m->format);
	b = load(m->name);
	slice = store(name, &b, AHEAD);
	check_made(m, slice, AHEAD, (int64_t)b.size, NULL);
	unlink(slice);
	free(b.data);
}

static void make_stream(void)
{
	CLEANUP_FREE char *path = in_dir("stream");
	struct made m = { "stream", "vmdk", NULL, NULL, "vmdk",
		"streamOptimized" };

	image_make_stream();
	check_made(&m, path, -1, -1, NULL);
}

static void make_footed(void)
{
	CLEANUP_FREE char *path = image_make_footed();
	struct made m = { "footed", "vmdk", NULL, NULL, "vmdk",
		"streamOptimized" };

	check_made(&m, path, -1, -1, NULL);
}

/* A footer at the end identifies a VHD where nothing is stated; its geometry
 * does not count, whatever program made it. */
static void test_vhd_size(void)
{
	struct made m = { "vhdf", "vpc", NULL, NULL, "vhd", "fixed" };
	struct bytes b = load("vhdf");
	CLEANUP_FREE char *path = NULL;

	memcpy(b.data + b.size - 512 + 28, "vpc ", 4);
	memcpy(b.data + b.size - 512 + 56, "\1\0\4\x11", 4);
	mend_vhd(&b);
	path = store("geometry", &b, 0);
	check_made(&m, path, -1, -1, NULL);
	free(b.data);
}

static void make_overlay(
	const struct v2v_disk *disk, const char *file, struct v2v_error *err)
{
	CLEANUP_CLOSE int fd =
		open(file, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert(fd >= 0);
	v2v_image_make_overlay(disk, fd, file, err);
}

static void test_overlay(void)
{
	CLEANUP_FREE char *path = in_dir("vhdf");
	CLEANUP_FREE char *overlay = in_dir("overlay");
	struct v2v_disk disk = { .file = path,
		.offset = -1,
		.size = -1,
		.format = "vhd",
		.virtual_size = 11 * MIB };
	struct v2v_disk over = { .file = overlay,
		.offset = -1,
		.size = -1,
		.format = "qcow2",
		.backing_chain = true };
	struct v2v_error err = { 0 };

	make_overlay(&disk, overlay, &err);
	same("overlay", err.text, "");
	reads_well(&over, "read -P 7 1000k 3M");
	v2v_image_may_overlay(&disk, overlay, &err);
	same("overlay", err.text, "");
	same("driver", v2v_image_driver("vhd"), "vpc");
}

int main(void)
{
	image_bytes_begin();
	for (size_t i = 0; i < ARRAY_SIZE(made); i++)
		make(&made[i]);
	make_stream();
	make_footed();
	test_vhd_size();
	test_overlay();
	image_bytes_end();
	return 0;
}
