/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A guest with kernels and initrds, in a folder: looked at and converted. */
#ifndef V2V_TEST_KERNELS_SCENE_H
#define V2V_TEST_KERNELS_SCENE_H

#include "fake-appliance.h"

#include "guest/files.h"
#include "initrd/initrd.h"
#include "linux/boot/boot-entry.h"
#include "linux/kernels/kernels.h"
#include "linux/network/network.h"
#include "planned.h"

#define IMAGE "tests/data/extend/initramfs-tools.img"

static const char dep[] = "kernel/virtio.ko:\n"
			  "kernel/virtio_pci.ko: kernel/virtio.ko\n"
			  "kernel/virtio_blk.ko: kernel/virtio.ko\n"
			  "kernel/virtio_net.ko: kernel/virtio.ko\n";

struct machine {
	struct guestfs_h fake;
	struct v2v_guest guest;
	struct v2v_text told; /* "CODE TEXT" lines of warnings */
	char root[64], dir[64];
};

static void hear(const struct v2v_message *m, void *opaque)
{
	if (m->level == V2V_WARNING)
		v2v_text_addf(opaque, "%s %s\n", m->code, m->text);
}

static char *in_guest(const struct machine *m, const char *name)
{
	return v2v_format("%s%s", m->root, name);
}

static void make_dir(const struct machine *m, const char *name)
{
	CLEANUP_FREE char *path = in_guest(m, name);

	for (char *s = path + strlen(m->root) + 1; *s; s++)
		if (*s == '/') {
			*s = '\0';
			mkdir(path, 0755);
			*s = '/';
		}
	assert(mkdir(path, 0755) == 0 || errno == EEXIST);
}

static void make(const struct machine *m, const char *name, const char *data,
	size_t size)
{
	CLEANUP_FREE char *path = in_guest(m, name);
	CLEANUP_CLOSE int fd =
		open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	assert(v2v_write_all(fd, path, data, size, NULL) == 0);
}

static void make_link(const struct machine *m, const char *from, const char *to)
{
	CLEANUP_FREE char *old = in_guest(m, from), *new = in_guest(m, to);

	assert(link(old, new) == 0);
}

static void machine_open(struct machine *m)
{
	*m = (struct machine){ .root = "/tmp/test-shared-XXXXXX",
		.dir = "/tmp/test-shared-XXXXXX" };
	assert(mkdtemp(m->root) && mkdtemp(m->dir));
	fake_guest_open(&m->guest, &m->fake, m->root, m->dir);
	v2v_on_message(m->guest.v, hear, &m->told);
	v2v_text_addf(&m->told, "%s", "");
	make_dir(m, "/boot");
	make_dir(m, "/etc");
}

static void machine_close(struct machine *m)
{
	v2v_remove_tree(m->root);
	v2v_remove_tree(m->dir);
	json_decref(m->guest.texts);
	json_decref(m->guest.told);
	v2v_strings_clear(&m->guest.large);
	v2v_text_clear(&m->told);
	v2v_free(m->guest.v);
}

/* A kernel with its modules. */
static void make_kernel(const struct machine *m, const char *release)
{
	static const char *const modules[] = { "virtio", "virtio_pci",
		"virtio_blk", "virtio_net" };
	CLEANUP_FREE char *dir = v2v_format("/lib/modules/%s", release);
	CLEANUP_FREE char *kernel = v2v_format("%s/kernel", dir);
	CLEANUP_FREE char *list = v2v_format("%s/modules.dep", dir);
	CLEANUP_FREE char *image = v2v_format("/boot/vmlinuz-%s", release);

	make_dir(m, kernel);
	make(m, list, dep, strlen(dep));
	make(m, image, "kernel", 6);
	for (size_t i = 0; i < 4; i++) {
		CLEANUP_FREE char *path =
			v2v_format("%s/%s.ko", kernel, modules[i]);
		CLEANUP_FREE char *text =
			v2v_format("%s of %s\n", modules[i], release);

		make(m, path, text, strlen(text));
	}
}

static void look(struct machine *m, struct v2v_inspect *inspect)
{
	const struct v2v_tree tree = v2v_tree_of_guest(&m->guest);
	const struct v2v_list none = { 0 };
	struct v2v_error err = { 0 };

	inspect->arch = v2v_strdup("x86_64");
	m->fake.given = m->fake.calls = 0;
	v2v_kernels_find(m->guest.v, &tree, inspect, &none, &err);
	same("inspect", err.text, "");
}

static void convert(struct machine *m, const struct v2v_inspect *inspect,
	struct v2v_guestcaps *caps)
{
	struct v2v_source source = { 0 };
	const struct v2v_tree tree = v2v_tree_of_guest(&m->guest);
	struct v2v_error err = { 0 };
	struct planned p;

	m->fake.given = m->fake.puts = 0;
	planned_begin(&p, &tree, &source, inspect);
	v2v_linux_initramfs(&p.c, &err);
	same("convert", err.text, "");
	assert(m->fake.puts == 0);
	assert(v2v_plan_commit(&p.plan, &m->guest, &err) == 0);
	*caps = p.caps;
	caps->changes = p.plan.changes;
	p.caps = (struct v2v_guestcaps){ 0 };
	p.plan.changes = (struct v2v_list){ 0 };
	planned_clear(&p);
}

static uint64_t size_of(const struct machine *m, const char *name)
{
	CLEANUP_FREE char *path = in_guest(m, name);
	struct stat st;

	assert(stat(path, &st) == 0);
	return (uint64_t)st.st_size;
}

static bool has(const struct machine *m, const char *name, const char *release,
	const char *module)
{
	CLEANUP_FREE char *path = in_guest(m, name);
	CLEANUP_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct v2v_initrd scan CLEANUP_INITRD = { 0 };

	assert(v2v_initrd_scan(m->guest.v, fd, size_of(m, name), release, NULL,
		       &scan, NULL) == 0);
	return v2v_initrd_has_module(&scan, module) && scan.index_text;
}
#endif
