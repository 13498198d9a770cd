/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings about kernels and their initrds. */
#include "inspect/findings/find-private.h"
#include "linux/sealed.h"

/* Does its initrd lie where nothing can be appended to it? */
static bool is_stored(const struct v2v_kernel *kernel)
{
	return kernel->initrd && kernel->initrd_needs > 0 &&
	       v2v_is_in_store(kernel->initrd);
}

static bool can_run(const struct v2v_kernel *kernel)
{
	return !kernel->xen_pv_only && v2v_kernel_block_bus(kernel) &&
	       kernel->initrd_needs >= 0 && !is_stored(kernel);
}

/* ", but VERSION has" of a kernel that could be made the default; "". */
static char *but_another(const struct v2v_inspect *inspect, const char *does)
{
	v2v_list_foreach (const struct v2v_kernel, kernel, &inspect->kernels)
		if (!kernel->is_default && can_run(kernel))
			return v2v_format(
				"; %s %s: make it the default where the guest "
				"runs now",
				kernel->version, does);
	return v2v_strdup("");
}

/* What keeps the default kernel from its root. */
static void find_default(
	struct v2v_inspect *inspect, const struct v2v_kernel *kernel)
{
	CLEANUP_FREE char *has = but_another(inspect, "has one");
	CLEANUP_FREE char *can = but_another(inspect, "can be converted");
	CLEANUP_FREE char *runs = but_another(inspect, "runs on KVM");

	if (kernel->xen_pv_only)
		v2v_finding_add(inspect, V2V_BLOCKER, "kernel-xen-only",
			kernel->vmlinuz,
			"the default kernel %s runs on Xen only%s",
			kernel->version, runs);
	else if (!v2v_kernel_block_bus(kernel))
		v2v_finding_add(inspect, V2V_BLOCKER, "kernel-no-virtio",
			kernel->vmlinuz,
			"the default kernel %s has no virtio disk driver, nor "
			"one for SATA%s",
			kernel->version, has);
	else if (is_stored(kernel))
		v2v_finding_add(inspect, V2V_BLOCKER, "initrd-sealed",
			kernel->initrd,
			"it lacks the drivers of the disks and is in the "
			"store, "
			"which is never written to: add virtio_pci and "
			"virtio_blk to boot.initrd.availableKernelModules and "
			"make it again where the guest runs now%s",
			can);
	else if (kernel->initrd_needs >= 0)
		return;
	else if (kernel->initrd)
		v2v_finding_add(inspect, V2V_BLOCKER, "initrd-unreadable",
			kernel->initrd,
			"cannot tell what the initrd holds, so nothing can "
			"be added to it; --initramfs=rebuild has the "
			"guest rebuild it%s",
			can);
	else if (v2v_kernel_is_image(kernel))
		v2v_finding_add(inspect, V2V_BLOCKER, "initrd-signed",
			kernel->vmlinuz,
			"kernel and initrd are one signed image, which nothing "
			"can be added to, and the driver of the disks is not "
			"in it: have the guest make it with virtio_pci and "
			"virtio_blk in it%s",
			can);
	else
		v2v_finding_add(inspect, V2V_BLOCKER, "kernel-no-initrd",
			kernel->vmlinuz,
			"the default kernel %s starts without an initrd, and "
			"its disk driver is a module%s",
			kernel->version, can);
}

/* Where it is not virtio-blk and virtio-net. */
static void find_buses(
	struct v2v_inspect *inspect, const struct v2v_kernel *kernel)
{
	const char *bus = v2v_kernel_block_bus(kernel);

	if (!kernel->virtio)
		v2v_finding_add(inspect, V2V_NOTE, "kernel-drivers-unknown",
			kernel->vmlinuz,
			"cannot tell which drivers %s has: neither modules nor "
			"a configuration were found, and its image does not "
			"name them; the disks will be on SATA and the cards "
			"e1000",
			kernel->version);
	else if (v2v_streq(bus, "virtio-scsi"))
		v2v_finding_add(inspect, V2V_NOTE, "kernel-virtio-scsi",
			kernel->vmlinuz,
			"no virtio-blk driver; the disks will be on "
			"virtio-scsi");
	else if (v2v_streq(bus, "sata"))
		v2v_finding_add(inspect, V2V_NOTE, "kernel-sata",
			kernel->vmlinuz,
			"no virtio disk driver; the disks will be on SATA");
	if (kernel->virtio && !kernel->virtio->net)
		v2v_finding_add(inspect, V2V_NOTE, "kernel-no-virtio-net",
			kernel->vmlinuz,
			"no virtio network driver; the cards will be e1000");
}

/* The others stay in the menu, for better or worse. */
static void find_other(
	struct v2v_inspect *inspect, const struct v2v_kernel *kernel)
{
	const bool usable = v2v_inspect_can_use(inspect, kernel);

	if (!usable && !kernel->virtio && !kernel->xen_pv_only)
		v2v_finding_add(inspect, V2V_NOTE, "kernel-drivers-unknown",
			kernel->vmlinuz,
			"cannot tell which drivers %s has, which is not the "
			"default: it may not run on KVM",
			kernel->version);
	else if (!usable)
		v2v_finding_add(inspect, V2V_NOTE, "kernel-other-no-virtio",
			kernel->vmlinuz,
			"%s, which is not the default, will not run on KVM",
			kernel->version);
	else if (kernel->initrd_needs < 0 || is_stored(kernel))
		v2v_finding_add(inspect, V2V_NOTE, "initrd-other-unreadable",
			kernel->initrd ? kernel->initrd : kernel->vmlinuz,
			"nothing can be added to it: %s, which is not the "
			"default, may not find its root",
			kernel->version);
}

void v2v_find_kernels(struct v2v_inspect *inspect)
{
	const struct v2v_kernel *kernel = inspect->kernels.items;

	if (!inspect->distro)
		v2v_finding_add(inspect, V2V_NOTE, "distribution-unknown", NULL,
			"the distribution is not known; what is on the disks "
			"decides");
	if (inspect->kernels.count == 0) {
		v2v_finding_add(inspect, V2V_BLOCKER, "no-kernel", "/boot",
			"no kernel was found");
		return;
	}
	find_default(inspect, kernel);
	find_buses(inspect, kernel);
	for (size_t i = 1; i < inspect->kernels.count; i++)
		find_other(inspect, &kernel[i]);
}
