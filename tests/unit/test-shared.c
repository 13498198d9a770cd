/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Initrds that several kernels share, and guests whose files cost time: what is
 * read of them is counted. */
#include "kernels-scene.h"

/* Each kernel's: "VERSION NEEDS HAS", the newest first. */
static int64_t needs_of(
	const struct v2v_inspect *inspect, const char *release, bool *ret_has)
{
	v2v_list_foreach (const struct v2v_kernel, kernel, &inspect->kernels)
		if (strcmp(kernel->version, release) == 0) {
			*ret_has = kernel->initrd_has &&
				   kernel->initrd_has->virtio_blk;
			return kernel->initrd_needs;
		}
	assert(!"a kernel that is there");
	return -1;
}

/* Two names of one file, and two files: each gets its kernel's modules, and the
 * inspection has reported how many bytes that takes. */
static void test_pair(bool is_shared)
{
	size_t size;
	CLEANUP_FREE char *image = read_whole_size(IMAGE, &size);
	struct v2v_inspect inspect CLEANUP_INSPECT = { 0 };
	struct v2v_inspect again CLEANUP_INSPECT = { 0 };
	struct v2v_guestcaps caps CLEANUP_GUESTCAPS = { 0 };
	struct machine m;
	uint64_t before = (size + 3) / 4 * 4, grown;
	int64_t a, b;
	bool has_a, has_b;

	machine_open(&m);
	make_kernel(&m, "6.1.0-test");
	make_kernel(&m, "6.2.0-test");
	make(&m, "/boot/initrd.img-6.1.0-test", image, size);
	if (is_shared)
		make_link(&m, "/boot/initrd.img-6.1.0-test",
			"/boot/initrd.img-6.2.0-test");
	else
		make(&m, "/boot/initrd.img-6.2.0-test", image, size);
	look(&m, &inspect);
	a = needs_of(&inspect, "6.1.0-test", &has_a);
	b = needs_of(&inspect, "6.2.0-test", &has_b);
	assert(a > 0 && b > 0 && !has_a && !has_b);
	assert(m.fake.given < (is_shared ? 1 : 2) * size + 10000);
	convert(&m, &inspect, &caps);
	assert(has(
		&m, "/boot/initrd.img-6.1.0-test", "6.1.0-test", "virtio_blk"));
	assert(has(
		&m, "/boot/initrd.img-6.2.0-test", "6.2.0-test", "virtio_blk"));
	grown = size_of(&m, "/boot/initrd.img-6.1.0-test");
	assert(m.fake.puts == (is_shared ? 1 : 2));
	assert(caps.changes.count == (is_shared ? 1 : 2));
	if (is_shared)
		assert(grown - size == (uint64_t)(a + b));
	else
		assert(grown - size == (uint64_t)a);
	assert(grown > before && v2v_streq(caps.initrd, "extended"));
	/* Then there is nothing left to do. */
	look(&m, &again);
	assert(needs_of(&again, "6.1.0-test", &has_a) == 0 && has_a);
	assert(needs_of(&again, "6.2.0-test", &has_b) == 0 && has_b);
	machine_close(&m);
}

/* LZ4's legacy form is replaced by gzip when the plan is committed: one that is
 * only made does not compress it. */
static void test_lz4(void)
{
	size_t size;
	CLEANUP_FREE char *image = read_whole_size(
		"tests/data/initrd/early-lz4-legacy.img", &size);
	struct v2v_inspect inspect CLEANUP_INSPECT = { 0 };
	struct v2v_source source = { 0 };
	struct v2v_error err = { 0 };
	const struct v2v_op *op;
	struct v2v_tree tree;
	struct planned p;
	struct machine m;

	machine_open(&m);
	tree = v2v_tree_of_guest(&m.guest);
	make_kernel(&m, "6.1.0-test");
	make(&m, "/boot/initrd.img-6.1.0-test", image, size);
	look(&m, &inspect);
	planned_begin(&p, &tree, &source, &inspect);
	v2v_linux_initramfs(&p.c, &err);
	same("plan", err.text, "");
	op = p.plan.ops.items;
	assert(p.plan.ops.count == 1 && p.plan.changes.count == 1);
	assert(op->type == V2V_OP_REPLACE && op->maker.make);
	assert(v2v_starts_with(
		v2v_items(struct v2v_change, &p.plan.changes)[0].what,
		"recompressed with gzip, virtio drivers for 6.1.0-test"));
	v2v_plan_commit(&p.plan, &m.guest, &err);
	same("commit", err.text, "");
	assert(m.fake.puts == 1 && !op->maker.make);
	assert(op->size == size_of(&m, "/boot/initrd.img-6.1.0-test"));
	/* Both what it had and what was appended. */
	assert(has(
		&m, "/boot/initrd.img-6.1.0-test", "6.1.0-test", "virtio_blk"));
	assert(has(
		&m, "/boot/initrd.img-6.1.0-test", "6.1.0-test", "virtio_pci"));
	planned_clear(&p);
	machine_close(&m);
}

static int is_gone(struct v2v_appliance *a)
{
	(void)a;
	return -1;
}

/* An initrd that is no archive is told; not where the appliance has ended
 * meanwhile: that says nothing of the guest. */
static void test_gone(bool gone)
{
	struct v2v_inspect inspect CLEANUP_INSPECT = { 0 };
	const struct v2v_list none = { 0 };
	struct v2v_error err = { 0 };
	struct v2v_appliance_ops ops;
	struct v2v_appliance_life life;
	struct v2v_tree tree;
	struct machine m;

	machine_open(&m);
	make_kernel(&m, "6.1.0-test");
	make(&m, "/boot/initrd.img-6.1.0-test", "nothing", 7);
	ops = *m.guest.a->ops;
	life = *ops.life;
	ops.life = &life;
	m.guest.a->ops = &ops;
	if (gone)
		life.check = is_gone;
	tree = v2v_tree_of_guest(&m.guest);
	inspect.arch = v2v_strdup("x86_64");
	v2v_kernels_find(m.guest.v, &tree, &inspect, &none, &err);
	assert(v2v_streq(err.code, gone ? "appliance" : NULL));
	assert(v2v_starts_with(m.told.data, "initrd-unreadable ") == !gone);
	machine_close(&m);
}

/* One kernel by two names: its drivers are counted and appended once. */
static void test_same_kernel(void)
{
	size_t size;
	CLEANUP_FREE char *image = read_whole_size(IMAGE, &size);
	struct v2v_inspect inspect CLEANUP_INSPECT = { 0 };
	struct v2v_guestcaps caps CLEANUP_GUESTCAPS = { 0 };
	int64_t all = 0, most = 0;
	struct machine m;

	machine_open(&m);
	make_kernel(&m, "6.1.0-test");
	make(&m, "/lib/modules/6.1.0-test/pkgbase", "lts\n", 4);
	make(&m, "/boot/vmlinuz-lts", "kernel", 6);
	make(&m, "/boot/initrd.img-6.1.0-test", image, size);
	look(&m, &inspect);
	assert(inspect.kernels.count == 2);
	v2v_list_foreach (const struct v2v_kernel, kernel, &inspect.kernels) {
		assert(kernel->initrd_needs >= 0 && kernel->initrd_has &&
			!kernel->initrd_has->virtio_blk);
		all += kernel->initrd_needs;
		if (kernel->initrd_needs > most)
			most = kernel->initrd_needs;
	}
	assert(all == most && most > 0);
	convert(&m, &inspect, &caps);
	assert(m.fake.puts == 1);
	assert(size_of(&m, "/boot/initrd.img-6.1.0-test") ==
		size + (uint64_t)most);
	machine_close(&m);
}

/* A list of modules as long as a real one. */
static void make_list(const struct machine *m)
{
	struct v2v_text list CLEANUP_TEXT = { 0 };

	v2v_text_addf(&list, "%s", dep);
	for (unsigned i = 0; i < 5000; i++)
		v2v_text_addf(
			&list, "kernel/x/%u.ko: kernel/x/%u.ko\n", i, i + 1);
	make(m, "/modules.dep", list.data, list.length);
}

static void link_list(const struct machine *m, const char *release)
{
	CLEANUP_FREE char *name =
		v2v_format("/lib/modules/%s/modules.dep", release);
	CLEANUP_FREE char *path = in_guest(m, name);

	assert(unlink(path) == 0);
	make_link(m, "/modules.dep", name);
}

/* Kernels without end, all with one initrd: it is read once, and for a few. */
static void test_many(void)
{
	const size_t size = 3 << 20, count = 80;
	size_t have, usable = 0;
	CLEANUP_FREE char *image = v2v_alloc(1, size);
	CLEANUP_FREE char *small = read_whole_size(IMAGE, &have);
	struct v2v_inspect inspect CLEANUP_INSPECT = { 0 };
	struct machine m;

	/* Zeros are between archives. */
	memcpy(image, small, have);
	machine_open(&m);
	make(&m, "/initrd", image, size);
	make_list(&m);
	for (size_t i = 0; i < count; i++) {
		CLEANUP_FREE char *release = v2v_format("6.1.%zu", i);
		CLEANUP_FREE char *name =
			v2v_format("/boot/initrd.img-%s", release);

		make_kernel(&m, release);
		make_link(&m, i ? "/boot/initrd.img-6.1.0" : "/initrd", name);
		link_list(&m, release);
	}
	look(&m, &inspect);
	v2v_list_foreach (const struct v2v_kernel, kernel, &inspect.kernels)
		usable += kernel->initrd_needs > 0;
	assert(inspect.kernels.count == 64 && usable == 8);
	assert(m.fake.given < size + (1 << 20));
	assert(strstr(m.told.data, "kernels-limit "));
	assert(strstr(m.told.data, "initrd-unreadable "));
	/* Once. */
	assert(!strstr(strstr(m.told.data, "initrd-unreadable ") + 1,
		"initrd-unreadable "));
	machine_close(&m);
}

/* What all of them may unpack to. */
static void test_budget(void)
{
	CLEANUP_CLOSE int fd =
		open("tests/data/initrd/gzip.img", O_RDONLY | O_CLOEXEC);
	struct v2v_initrd_budget budget = { .unpacked = 3000 };
	struct v2v *v = v2v_new();
	unsigned read = 0;
	struct stat st;

	assert(fd >= 0 && fstat(fd, &st) == 0);
	for (struct v2v_error err = { 0 }; !err.code;) {
		struct v2v_initrd scan CLEANUP_INITRD = { 0 };

		if (v2v_initrd_scan_all(v, fd, (uint64_t)st.st_size, NULL,
			    &budget, &scan, 1, &err) == 0)
			read++;
		else
			assert(v2v_streq(err.code, "initrd-too-large") &&
				strstr(err.text, "together"));
		assert(read < 10);
	}
	assert(read >= 1 && budget.unpacked < 3000);
	v2v_free(v);
}

/* Of a folder with thousands of files the first are read, and that is reported
 * once, however often it is asked for. */
static void test_folder(void)
{
	struct v2v_inspect inspect CLEANUP_INSPECT = { 0 };
	const struct v2v_source source = { 0 };
	const struct v2v_list none = { 0 };
	struct v2v_tree tree;
	struct machine m;
	unsigned before;

	machine_open(&m);
	tree = v2v_tree_of_guest(&m.guest);
	make_dir(&m, "/etc/netplan");
	for (unsigned i = 0; i < 2000; i++) {
		CLEANUP_FREE char *name =
			v2v_format("/etc/netplan/%04u.yaml", i);
		CLEANUP_FREE char *text = v2v_format(
			"network: {ethernets: {eth%u: {dhcp4: true}}}\n", i);

		make(&m, name, text, strlen(text));
	}
	v2v_network_find(&tree, &source, &none, &inspect);
	assert(inspect.network.count == 256);
	before = m.fake.calls;
	assert(before < 1000);
	v2v_network_find(&tree, &source, &none, &inspect);
	assert(m.fake.calls - before < 200);
	assert(v2v_starts_with(m.told.data, "guest-files-limit "));
	assert(strstr(m.told.data, "'/etc/netplan'"));
	assert(strchr(m.told.data, '\n') == m.told.data + m.told.length - 1);
	machine_close(&m);
}

int main(void)
{
	test_pair(true);
	test_pair(false);
	test_lz4();
	test_same_kernel();
	test_many();
	test_budget();
	test_folder();
	test_gone(false);
	test_gone(true);
	return 0;
}
