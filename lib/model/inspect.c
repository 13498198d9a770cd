/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The section `inspect` to and from JSON. */
#include "model/inspect.h"

#include "model/appliance-names.h"

#include "core/doc.h"

#include <stdarg.h>

static const struct v2v_field statvfs_fields[] = {
	V2V_FIELD(struct v2v_statvfs, bsize, V2V_INT),
	V2V_FIELD(struct v2v_statvfs, blocks, V2V_INT),
	V2V_FIELD(struct v2v_statvfs, bfree, V2V_INT),
	V2V_FIELD(struct v2v_statvfs, bavail, V2V_INT),
	V2V_FIELD(struct v2v_statvfs, files, V2V_INT),
	V2V_FIELD(struct v2v_statvfs, ffree, V2V_INT),
	V2V_FIELD_END,
};

static const struct v2v_field filesystem_fields[] = {
	V2V_FIELD(struct v2v_filesystem, device, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_filesystem, type, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_filesystem, label, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_filesystem, uuid, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_filesystem, partuuid, V2V_STRING),
	V2V_FIELD_OBJECT(struct v2v_filesystem, statvfs, statvfs_fields,
		struct v2v_statvfs),
	V2V_FIELD_END,
};

static const struct v2v_field partition_fields[] = {
	V2V_FIELD(struct v2v_partition, device, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_partition, type, V2V_STRING),
	V2V_FIELD(struct v2v_partition, offset, V2V_INT),
	V2V_FIELD(struct v2v_partition, size, V2V_INT),
	V2V_FIELD_END,
};

static const struct v2v_field mountpoint_fields[] = {
	V2V_FIELD(struct v2v_mountpoint, path, V2V_STRING),
	V2V_FIELD(struct v2v_mountpoint, device, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_mountpoint, directory, V2V_STRING),
	V2V_FIELD_END,
};

static const struct v2v_field application_fields[] = {
	V2V_FIELD(struct v2v_application, name, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_application, epoch, V2V_INT),
	V2V_FIELD_OR_NULL(struct v2v_application, version, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_application, release, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_application, arch, V2V_STRING),
	V2V_FIELD_END,
};

static const struct v2v_field virtio_fields[] = {
	V2V_FIELD(struct v2v_kernel_virtio, blk, V2V_BOOL),
	V2V_FIELD(struct v2v_kernel_virtio, scsi, V2V_BOOL),
	V2V_FIELD(struct v2v_kernel_virtio, net, V2V_BOOL),
	V2V_FIELD(struct v2v_kernel_virtio, rng, V2V_BOOL),
	V2V_FIELD(struct v2v_kernel_virtio, balloon, V2V_BOOL),
	V2V_FIELD(struct v2v_kernel_virtio, vsock, V2V_BOOL),
	V2V_FIELD(struct v2v_kernel_virtio, gpu, V2V_BOOL),
	V2V_FIELD_END,
};

static const struct v2v_field initrd_fields[] = {
	V2V_FIELD(struct v2v_initrd_has, virtio_blk, V2V_BOOL),
	V2V_FIELD(struct v2v_initrd_has, virtio_scsi, V2V_BOOL),
	V2V_FIELD(struct v2v_initrd_has, virtio_pci, V2V_BOOL),
	V2V_FIELD(struct v2v_initrd_has, virtio_net, V2V_BOOL),
	V2V_FIELD_END,
};

static const struct v2v_field kernel_fields[] = {
	V2V_FIELD(struct v2v_kernel, version, V2V_STRING),
	V2V_FIELD(struct v2v_kernel, vmlinuz, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_kernel, initrd, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_kernel, config, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_kernel, modpath, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_kernel, arch, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_kernel, package, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_kernel, modules, V2V_INT),
	{ "default", V2V_BOOL, offsetof(struct v2v_kernel, is_default), false,
		NULL, 0, false },
	V2V_FIELD_OBJECT(struct v2v_kernel, virtio, virtio_fields,
		struct v2v_kernel_virtio),
	V2V_FIELD_OR_NULL(struct v2v_kernel, ahci, V2V_BOOL),
	V2V_FIELD_OR_NULL(struct v2v_kernel, pvpanic, V2V_BOOL),
	V2V_FIELD_OR_NULL(struct v2v_kernel, xen_pv_only, V2V_BOOL),
	V2V_FIELD_OR_NULL(struct v2v_kernel, debug, V2V_BOOL),
	V2V_FIELD_OBJECT(struct v2v_kernel, initrd_has, initrd_fields,
		struct v2v_initrd_has),
	V2V_FIELD_OR_NULL(struct v2v_kernel, initrd_needs, V2V_INT),
	V2V_FIELD_END,
};

static const struct v2v_field bootloader_fields[] = {
	V2V_FIELD(struct v2v_bootloader, type, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_bootloader, config, V2V_STRING),
	V2V_FIELD_END,
};

static const struct v2v_field interface_fields[] = {
	V2V_FIELD(struct v2v_interface, name, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_interface, mac, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_interface, path, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_interface, original, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_interface, driver, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_interface, unclear, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_interface, method, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_interface, addresses, V2V_STRINGS),
	V2V_FIELD_OR_NULL(struct v2v_interface, where, V2V_STRING),
	V2V_FIELD_END,
};

static const struct v2v_field finding_fields[] = {
	V2V_FIELD(struct v2v_finding, level, V2V_STRING),
	V2V_FIELD(struct v2v_finding, code, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_finding, where, V2V_STRING),
	V2V_FIELD(struct v2v_finding, text, V2V_STRING),
	V2V_FIELD_END,
};

static const struct v2v_field inspect_fields[] = {
	V2V_FIELD_OR_NULL(struct v2v_inspect, backend, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_inspect, root, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_inspect, type, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_inspect, distro, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_inspect, osinfo, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_inspect, arch, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_inspect, major_version, V2V_INT),
	V2V_FIELD_OR_NULL(struct v2v_inspect, minor_version, V2V_INT),
	V2V_FIELD_OR_NULL(struct v2v_inspect, product_name, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_inspect, product_variant, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_inspect, hostname, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_inspect, package_format, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_inspect, package_management, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_inspect, firmware, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_inspect, boot_device, V2V_INT),
	V2V_FIELD_OBJECT(struct v2v_inspect, windows, v2v_windows_fields,
		struct v2v_windows),
	V2V_FIELD_LIST(struct v2v_inspect, mountpoints, mountpoint_fields,
		struct v2v_mountpoint),
	V2V_FIELD_LIST(struct v2v_inspect, filesystems, filesystem_fields,
		struct v2v_filesystem),
	V2V_FIELD_LIST_IF_ANY(struct v2v_inspect, partitions, partition_fields,
		struct v2v_partition),
	V2V_FIELD_LIST(struct v2v_inspect, applications, application_fields,
		struct v2v_application),
	V2V_FIELD_LIST(
		struct v2v_inspect, kernels, kernel_fields, struct v2v_kernel),
	V2V_FIELD_OBJECT(struct v2v_inspect, bootloader, bootloader_fields,
		struct v2v_bootloader),
	V2V_FIELD_LIST(struct v2v_inspect, network, interface_fields,
		struct v2v_interface),
	V2V_FIELD_LIST(struct v2v_inspect, findings, finding_fields,
		struct v2v_finding),
	V2V_FIELD_END,
};

int v2v_inspect_load(
	const json_t *doc, struct v2v_inspect *inspect, struct v2v_error *err)
{
	json_t *section = v2v_doc_section(doc, "inspect", "v2v-inspect", err);

	if (!section)
		return -1;
	return v2v_fields_load(
		inspect_fields, section, "inspect", inspect, err);
}

json_t *v2v_inspect_store(const struct v2v_inspect *inspect)
{
	return v2v_fields_store(inspect_fields, inspect);
}

void v2v_inspect_clear(struct v2v_inspect *inspect)
{
	v2v_fields_clear(inspect_fields, sizeof *inspect, inspect);
}

bool v2v_inspect_is_bsd(const struct v2v_inspect *inspect)
{
	static const char *const types[] = { "freebsd", "openbsd", "netbsd",
		"dragonfly" };

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (v2v_streq(inspect->type, types[i]))
			return true;
	return false;
}

/* "btrfsvol:/dev/vg/lv/@/home" is on "/dev/vg/lv". */
static bool is_on(const char *device, const char *filesystem)
{
	const char *name = v2v_appliance_is_subvolume(device);

	return name && v2v_starts_with(name, filesystem) &&
	       name[strlen(filesystem)] == '/';
}

struct v2v_filesystem *v2v_inspect_filesystem(
	const struct v2v_inspect *inspect, const char *device)
{
	v2v_list_foreach (struct v2v_filesystem, fs, &inspect->filesystems)
		if (v2v_streq(fs->device, device))
			return fs;
	v2v_list_foreach (struct v2v_filesystem, fs, &inspect->filesystems)
		if (device && is_on(device, fs->device))
			return fs;
	return NULL;
}

const struct v2v_mountpoint *v2v_inspect_mountpoint(
	const struct v2v_inspect *inspect, const char *path)
{
	v2v_list_foreach (
		const struct v2v_mountpoint, mount, &inspect->mountpoints)
		if (v2v_streq(mount->path, path))
			return mount;
	return NULL;
}

bool v2v_mountpoint_is_image(
	const struct v2v_inspect *inspect, const struct v2v_mountpoint *mount)
{
	static const char *const types[] = { "squashfs", "erofs", "cramfs",
		"romfs", "iso9660" };
	const struct v2v_filesystem *fs =
		mount ? v2v_inspect_filesystem(inspect, mount->device) : NULL;

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (fs && v2v_streq(fs->type, types[i]))
			return true;
	return false;
}

bool v2v_inspect_is_image(const struct v2v_inspect *inspect)
{
	return v2v_mountpoint_is_image(
		inspect, v2v_inspect_mountpoint(inspect, "/"));
}

/* Is @path the directory @dir, or beneath it? */
static bool is_beneath(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	if (n && dir[n - 1] == '/')
		return v2v_starts_with(path, dir);
	return v2v_starts_with(path, dir) && (!path[n] || path[n] == '/');
}

const struct v2v_mountpoint *v2v_inspect_mountpoint_of(
	const struct v2v_inspect *inspect, const char *path)
{
	const struct v2v_mountpoint *best = NULL;

	v2v_list_foreach (
		const struct v2v_mountpoint, mount, &inspect->mountpoints)
		if (is_beneath(path, mount->path) &&
			(!best || strlen(mount->path) > strlen(best->path)))
			best = mount;
	return best;
}

bool v2v_kernel_is_image(const struct v2v_kernel *kernel)
{
	size_t n = strlen(kernel->vmlinuz);

	return !kernel->initrd && n > 4 &&
	       strcasecmp(kernel->vmlinuz + n - 4, ".efi") == 0;
}

const char *v2v_kernel_block_bus(const struct v2v_kernel *kernel)
{
	if (kernel->virtio && kernel->virtio->blk)
		return "virtio-blk";
	if (kernel->virtio && kernel->virtio->scsi)
		return "virtio-scsi";
	/* What is unknown has AHCI rather than nothing. */
	return kernel->ahci || !kernel->virtio ? "sata" : NULL;
}

const char *v2v_inspect_block_bus(const struct v2v_inspect *inspect)
{
	const struct v2v_kernel *kernel = inspect->kernels.items;

	return inspect->kernels.count ? v2v_kernel_block_bus(kernel) : NULL;
}

bool v2v_inspect_can_use(
	const struct v2v_inspect *inspect, const struct v2v_kernel *kernel)
{
	const char *bus = v2v_inspect_block_bus(inspect);

	if (kernel->xen_pv_only || !bus)
		return false;
	if (strcmp(bus, "sata") == 0)
		return kernel->ahci || !kernel->virtio;
	if (!kernel->virtio)
		return false;
	return strcmp(bus, "virtio-blk") == 0 ? kernel->virtio->blk
					      : kernel->virtio->scsi;
}

void v2v_finding_add(struct v2v_inspect *inspect, const char *level,
	const char *code, const char *where, const char *fmt, ...)
{
	struct v2v_finding *finding =
		v2v_list_add(&inspect->findings, sizeof *finding);
	va_list args;

	finding->level = v2v_strdup(level);
	finding->code = v2v_strdup(code);
	finding->where = v2v_strdup(where);
	va_start(args, fmt);
	if (vasprintf(&finding->text, fmt, args) < 0)
		abort();
	va_end(args);
}
