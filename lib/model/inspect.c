/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The section `inspect` to and from JSON. */
#include "model/inspect.h"

#include "core/doc.h"

#include <stdarg.h>

#define V struct v2v_statvfs
static const struct v2v_field statvfs_fields[] = {
	V2V_FIELD(V, bsize, V2V_INT),
	V2V_FIELD(V, blocks, V2V_INT),
	V2V_FIELD(V, bfree, V2V_INT),
	V2V_FIELD(V, bavail, V2V_INT),
	V2V_FIELD(V, files, V2V_INT),
	V2V_FIELD(V, ffree, V2V_INT),
	V2V_FIELD_END,
};

#define F struct v2v_filesystem
static const struct v2v_field filesystem_fields[] = {
	V2V_FIELD(F, device, V2V_STRING),
	V2V_FIELD_OR_NULL(F, type, V2V_STRING),
	V2V_FIELD_OR_NULL(F, label, V2V_STRING),
	V2V_FIELD_OR_NULL(F, uuid, V2V_STRING),
	V2V_FIELD_OR_NULL(F, partuuid, V2V_STRING),
	V2V_FIELD_OBJECT(F, statvfs, statvfs_fields, V),
	V2V_FIELD_END,
};

#define M struct v2v_mountpoint
static const struct v2v_field mountpoint_fields[] = {
	V2V_FIELD(M, path, V2V_STRING),
	V2V_FIELD(M, device, V2V_STRING),
	V2V_FIELD_END,
};

#define A struct v2v_application
static const struct v2v_field application_fields[] = {
	V2V_FIELD(A, name, V2V_STRING),
	V2V_FIELD_OR_NULL(A, epoch, V2V_INT),
	V2V_FIELD_OR_NULL(A, version, V2V_STRING),
	V2V_FIELD_OR_NULL(A, release, V2V_STRING),
	V2V_FIELD_OR_NULL(A, arch, V2V_STRING),
	V2V_FIELD_END,
};

#define X struct v2v_kernel_virtio
static const struct v2v_field virtio_fields[] = {
	V2V_FIELD(X, blk, V2V_BOOL),
	V2V_FIELD(X, scsi, V2V_BOOL),
	V2V_FIELD(X, net, V2V_BOOL),
	V2V_FIELD(X, rng, V2V_BOOL),
	V2V_FIELD(X, balloon, V2V_BOOL),
	V2V_FIELD(X, vsock, V2V_BOOL),
	V2V_FIELD(X, gpu, V2V_BOOL),
	V2V_FIELD_END,
};

#define H struct v2v_initrd_has
static const struct v2v_field initrd_fields[] = {
	V2V_FIELD(H, virtio_blk, V2V_BOOL),
	V2V_FIELD(H, virtio_scsi, V2V_BOOL),
	V2V_FIELD(H, virtio_pci, V2V_BOOL),
	V2V_FIELD(H, virtio_net, V2V_BOOL),
	V2V_FIELD_END,
};

#define K struct v2v_kernel
static const struct v2v_field kernel_fields[] = {
	V2V_FIELD(K, version, V2V_STRING),
	V2V_FIELD(K, vmlinuz, V2V_STRING),
	V2V_FIELD_OR_NULL(K, initrd, V2V_STRING),
	V2V_FIELD_OR_NULL(K, config, V2V_STRING),
	V2V_FIELD_OR_NULL(K, modpath, V2V_STRING),
	V2V_FIELD_OR_NULL(K, arch, V2V_STRING),
	V2V_FIELD_OR_NULL(K, package, V2V_STRING),
	V2V_FIELD_OR_NULL(K, modules, V2V_INT),
	{ "default", V2V_BOOL, offsetof(K, is_default), false, NULL, 0 },
	V2V_FIELD_OBJECT(K, virtio, virtio_fields, X),
	V2V_FIELD_OR_NULL(K, ahci, V2V_BOOL),
	V2V_FIELD_OR_NULL(K, pvpanic, V2V_BOOL),
	V2V_FIELD_OR_NULL(K, xen_pv_only, V2V_BOOL),
	V2V_FIELD_OR_NULL(K, debug, V2V_BOOL),
	V2V_FIELD_OBJECT(K, initrd_has, initrd_fields, H),
	V2V_FIELD_OR_NULL(K, initrd_needs, V2V_INT),
	V2V_FIELD_END,
};

#define B struct v2v_bootloader
static const struct v2v_field bootloader_fields[] = {
	V2V_FIELD(B, type, V2V_STRING),
	V2V_FIELD_OR_NULL(B, config, V2V_STRING),
	V2V_FIELD_END,
};

#define N struct v2v_interface
static const struct v2v_field interface_fields[] = {
	V2V_FIELD(N, name, V2V_STRING),
	V2V_FIELD_OR_NULL(N, mac, V2V_STRING),
	V2V_FIELD_OR_NULL(N, path, V2V_STRING),
	V2V_FIELD_OR_NULL(N, original, V2V_STRING),
	V2V_FIELD_OR_NULL(N, driver, V2V_STRING),
	V2V_FIELD_OR_NULL(N, unclear, V2V_STRING),
	V2V_FIELD_OR_NULL(N, method, V2V_STRING),
	V2V_FIELD_OR_NULL(N, addresses, V2V_STRINGS),
	V2V_FIELD_OR_NULL(N, where, V2V_STRING),
	V2V_FIELD_END,
};

#define G struct v2v_finding
static const struct v2v_field finding_fields[] = {
	V2V_FIELD(G, level, V2V_STRING),
	V2V_FIELD(G, code, V2V_STRING),
	V2V_FIELD_OR_NULL(G, where, V2V_STRING),
	V2V_FIELD(G, text, V2V_STRING),
	V2V_FIELD_END,
};

#define W struct v2v_windows
static const struct v2v_field windows_fields[] = {
	V2V_FIELD_OR_NULL(W, systemroot, V2V_STRING),
	V2V_FIELD_OR_NULL(W, software_hive, V2V_STRING),
	V2V_FIELD_OR_NULL(W, system_hive, V2V_STRING),
	V2V_FIELD_OR_NULL(W, current_control_set, V2V_STRING),
	V2V_FIELD_OR_NULL(W, hibernated, V2V_BOOL),
	V2V_FIELD_END,
};

#define I struct v2v_inspect
static const struct v2v_field inspect_fields[] = {
	V2V_FIELD_OR_NULL(I, root, V2V_STRING),
	V2V_FIELD_OR_NULL(I, type, V2V_STRING),
	V2V_FIELD_OR_NULL(I, distro, V2V_STRING),
	V2V_FIELD_OR_NULL(I, osinfo, V2V_STRING),
	V2V_FIELD_OR_NULL(I, arch, V2V_STRING),
	V2V_FIELD_OR_NULL(I, major_version, V2V_INT),
	V2V_FIELD_OR_NULL(I, minor_version, V2V_INT),
	V2V_FIELD_OR_NULL(I, product_name, V2V_STRING),
	V2V_FIELD_OR_NULL(I, product_variant, V2V_STRING),
	V2V_FIELD_OR_NULL(I, hostname, V2V_STRING),
	V2V_FIELD_OR_NULL(I, package_format, V2V_STRING),
	V2V_FIELD_OR_NULL(I, package_management, V2V_STRING),
	V2V_FIELD_OR_NULL(I, firmware, V2V_STRING),
	V2V_FIELD_OR_NULL(I, boot_device, V2V_INT),
	V2V_FIELD_OBJECT(I, windows, windows_fields, W),
	V2V_FIELD_LIST(I, mountpoints, mountpoint_fields, M),
	V2V_FIELD_LIST(I, filesystems, filesystem_fields, F),
	V2V_FIELD_LIST(I, applications, application_fields, A),
	V2V_FIELD_LIST(I, kernels, kernel_fields, K),
	V2V_FIELD_OBJECT(I, bootloader, bootloader_fields, B),
	V2V_FIELD_LIST(I, network, interface_fields, N),
	V2V_FIELD_LIST(I, findings, finding_fields, G),
	V2V_FIELD_END,
};

int v2v_inspect_load(const json_t *doc, I *inspect, struct v2v_error *err)
{
	json_t *section = v2v_doc_section(doc, "inspect", "v2v-inspect", err);

	if (!section)
		return -1;
	return v2v_fields_load(
		inspect_fields, section, "inspect", inspect, err);
}

json_t *v2v_inspect_store(const I *inspect)
{
	return v2v_fields_store(inspect_fields, inspect);
}

void v2v_inspect_clear(I *inspect)
{
	v2v_fields_clear(inspect_fields, sizeof *inspect, inspect);
}

/* "btrfsvol:/dev/vg/lv/@/home" is on "/dev/vg/lv". */
static bool is_on(const char *device, const char *filesystem)
{
	size_t n = strlen(filesystem);

	if (!v2v_starts_with(device, "btrfsvol:"))
		return false;
	device += strlen("btrfsvol:");
	return v2v_starts_with(device, filesystem) && device[n] == '/';
}

F *v2v_inspect_filesystem(const I *inspect, const char *device)
{
	v2v_list_foreach (F, fs, &inspect->filesystems)
		if (v2v_streq(fs->device, device))
			return fs;
	v2v_list_foreach (F, fs, &inspect->filesystems)
		if (device && is_on(device, fs->device))
			return fs;
	return NULL;
}

const M *v2v_inspect_mountpoint(const I *inspect, const char *path)
{
	v2v_list_foreach (const M, mount, &inspect->mountpoints)
		if (v2v_streq(mount->path, path))
			return mount;
	return NULL;
}

/* Is @path the directory @dir, or beneath it? */
static bool is_beneath(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	if (n && dir[n - 1] == '/')
		return v2v_starts_with(path, dir);
	return v2v_starts_with(path, dir) && (!path[n] || path[n] == '/');
}

const M *v2v_inspect_mountpoint_of(const I *inspect, const char *path)
{
	const M *best = NULL;

	v2v_list_foreach (const M, mount, &inspect->mountpoints)
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
	return kernel->ahci ? "sata" : NULL;
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
		return kernel->ahci;
	if (!kernel->virtio)
		return false;
	return strcmp(bus, "virtio-blk") == 0 ? kernel->virtio->blk
					      : kernel->virtio->scsi;
}

void v2v_inspect_find(I *inspect, const char *level, const char *code,
	const char *where, const char *fmt, ...)
{
	G *finding = v2v_list_add(&inspect->findings, sizeof *finding);
	va_list args;

	finding->level = v2v_strdup(level);
	finding->code = v2v_strdup(code);
	finding->where = v2v_strdup(where);
	va_start(args, fmt);
	if (vasprintf(&finding->text, fmt, args) < 0)
		abort();
	va_end(args);
}
