/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the guest's kernel can use, and so which devices the machine gets. */
#include "convert/linux/linux.h"
#include "core/lines.h"
#include "guest/tree.h"

/* "3.10.0-514.el7" is 3010 */
static unsigned kernel_number(const char *version)
{
	unsigned major = 0, minor = 0;

	if (sscanf(version, "%3u.%3u", &major, &minor) < 1)
		return 0;
	return major * 1000 + minor;
}

/* Virtio 1.0 came with Linux 4.0, and to RHEL 7's 3.10. */
static bool has_virtio_1_0(const char *version)
{
	return kernel_number(version) >= 4000 ||
	       (v2v_starts_with(version, "3.10.0-") && strstr(version, ".el7"));
}

/* adjtime(5): the third line. */
static bool clock_is_utc(const struct v2v_tree *tree)
{
	CLEANUP_FREE char *text = v2v_tree_text(tree, "/etc/adjtime");
	const char *rest = text ? text : "";

	for (unsigned number = 1; *rest; number++) {
		CLEANUP_FREE char *line = v2v_line_next(&rest);

		if (number == 3)
			return !v2v_starts_with(line, "LOCAL");
	}
	return true;
}

static bool has_agent(const struct v2v_inspect *inspect)
{
	v2v_list_foreach (
		const struct v2v_application, app, &inspect->applications)
		if (v2v_streq(app->name, "qemu-guest-agent"))
			return true;
	return false;
}

/* "5.14.0-362.el9.x86_64": 9; or 0. */
static int64_t el_number(const struct v2v_inspect *inspect)
{
	const struct v2v_kernel *kernel = inspect->kernels.items;
	const char *el = kernel ? strstr(kernel->version, ".el") : NULL;

	return el ? strtol(el + strlen(".el"), NULL, 10) : 0;
}

/* The CPU level that the RHEL family is built for: x86-64-v2 from 9 on, v3
 * from 10 on.  Whoever rebuilds its packages under another name keeps the
 * "el9" of its kernels. */
static int64_t arch_min_version(const struct v2v_inspect *inspect)
{
	static const char *const family[] = { "rhel", "centos", "rocky",
		"almalinux", "ol", "cloudlinux", "eurolinux", "miraclelinux",
		"virtuozzo", "circle", "oraclelinux", "redhat-based" };
	int64_t number = el_number(inspect);

	for (size_t i = 0; i < ARRAY_SIZE(family); i++)
		if (v2v_streq(inspect->distro, family[i]) &&
			inspect->major_version > number)
			number = inspect->major_version;
	return number >= 10 ? 3 : number == 9 ? 2 : 0;
}

static const char *machine_of(const char *arch, const char *version)
{
	if (!v2v_streq(arch, "x86_64"))
		return "virt";
	/* PCI Express and AHCI are old enough in any kernel since RHEL 6's. */
	return kernel_number(version) >= 2006 ? "q35" : "pc";
}

static const char *host_arch(const char *arch)
{
	if (arch && arch[0] == 'i' && v2v_ends_with(arch, "86"))
		return "x86_64";
	return arch ? arch : "x86_64";
}

static void map_devices(struct v2v_linux *c)
{
	for (size_t i = 0; i < c->source->disks.count; i++) {
		struct v2v_device_map *map =
			v2v_list_add(&c->caps->device_map, sizeof *map);
		CLEANUP_FREE char *letters = v2v_devices_letters(i);

		map->from = v2v_devices_old_name(c->source, i);
		map->to = v2v_format("%s%s", c->devices.prefix, letters);
	}
}

int v2v_linux_caps(struct v2v_linux *c, struct v2v_error *err)
{
	const struct v2v_kernel *kernel = c->inspect->kernels.items;
	const struct v2v_kernel_virtio *virtio = kernel ? kernel->virtio : NULL;
	const char *bus = v2v_inspect_block_bus(c->inspect);
	struct v2v_guestcaps *caps = c->caps;

	static const struct v2v_kernel_virtio none;

	if (!bus)
		return v2v_fail(err, "kernel-no-virtio",
			"the guest has no kernel with virtio disk drivers");
	/* Not known: only what every kernel drives. */
	if (!virtio)
		virtio = &none;
	caps->block_bus = v2v_strdup(bus);
	caps->net_bus = v2v_strdup(virtio->net ? "virtio-net" : "e1000");
	caps->video = v2v_strdup("vga");
	caps->arch = v2v_strdup(host_arch(c->inspect->arch));
	caps->machine = v2v_strdup(machine_of(caps->arch, kernel->version));
	caps->arch_min_version = arch_min_version(c->inspect);
	caps->acpi = true;
	caps->virtio_1_0 = has_virtio_1_0(kernel->version);
	caps->virtio_rng = virtio->rng;
	caps->virtio_balloon = virtio->balloon;
	caps->virtio_socket = virtio->vsock;
	caps->pvpanic = kernel->pvpanic;
	caps->guest_agent = has_agent(c->inspect);
	caps->rtc_utc = clock_is_utc(c->tree);
	caps->kernel = v2v_strdup(kernel->version);
	map_devices(c);
	return 0;
}
