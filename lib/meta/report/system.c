/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operating system, and its kernels. */
#include "meta/report/report.h"

static void add_row(struct v2v_text *t, const char *name, const char *value)
{
	if (value)
		v2v_html(t, "<tr><th scope=\"row\">%s</th><td>%s</td></tr>\n",
			name, value);
}

static void add_windows(struct v2v_text *t, const struct v2v_windows *windows)
{
	CLEANUP_FREE char *build = NULL;

	if (windows->build >= 0)
		build = v2v_format("%lld", (long long)windows->build);
	add_row(t, "Edition", windows->edition);
	add_row(t, "Release", windows->release);
	add_row(t, "Service pack", windows->service_pack);
	add_row(t, "Build", build);
	add_row(t, "Time zone", windows->time_zone);
	add_row(t, "Fast Startup", windows->fast_startup ? "on" : NULL);
	add_row(t, "Group Policy", windows->group_policy ? "applied" : NULL);
}

static void add_loader(struct v2v_text *t, const struct v2v_bootloader *loader)
{
	CLEANUP_FREE char *text = NULL;

	if (!loader)
		return;
	text = v2v_format("%s%s%s", loader->type, loader->config ? ", " : "",
		loader->config ? loader->config : "");
	add_row(t, "Bootloader", text);
}

void v2v_report_add_system(struct v2v_text *t, const struct v2v_report *r)
{
	static const char *const columns[] = { "", "In the guest", NULL };
	const struct v2v_inspect *inspect = &r->inspect;
	CLEANUP_FREE char *packages = NULL;

	if (!r->is_inspected)
		return;
	if (inspect->applications.count)
		packages = v2v_format("%zu%s%s", inspect->applications.count,
			inspect->package_format ? ", " : "",
			inspect->package_format ? inspect->package_format : "");
	v2v_report_heading(t, r, "system", "System");
	v2v_report_table(t, "System", columns);
	add_row(t, "System", v2v_report_system(r));
	add_row(t, "Known as", inspect->osinfo);
	add_row(t, "Architecture", inspect->arch);
	add_row(t, "Host name", inspect->hostname);
	add_row(t, "Root", inspect->root);
	add_loader(t, inspect->bootloader);
	add_row(t, "Packages", packages);
	if (inspect->windows)
		add_windows(t, inspect->windows);
	add_row(t, "Read by", inspect->backend);
	v2v_report_table_end(t);
}

/* The caller's. */
static char *drivers(const struct v2v_kernel *kernel)
{
	const struct v2v_kernel_virtio *has = kernel->virtio;
	struct v2v_text t = { 0 };

	if (!has)
		return v2v_strdup("unknown");
	if (has->blk)
		v2v_text_join(&t, ", ", "disk");
	if (has->scsi)
		v2v_text_join(&t, ", ", "SCSI");
	if (has->net)
		v2v_text_join(&t, ", ", "network");
	return t.length ? v2v_text_take(&t) : v2v_strdup("none");
}

/* What becomes of its initramfs; the caller's. */
static char *initramfs(const struct v2v_report *r, const struct v2v_kernel *k)
{
	CLEANUP_FREE char *size = v2v_html_size(k->initrd_needs);

	if (!k->initrd)
		return v2v_strdup("has none");
	if (r->is_converted && r->caps.initrd &&
		v2v_streq(k->version, r->caps.kernel))
		return v2v_strdup(r->caps.initrd);
	if (k->initrd_needs == 0)
		return v2v_strdup("has what it needs");
	if (k->initrd_needs > 0)
		return v2v_format("%s %s of drivers",
			r->is_converted && !r->caps.dry_run ? "lacked"
							    : "lacks",
			size);
	return v2v_strdup("unknown");
}

void v2v_report_add_kernels(struct v2v_text *t, const struct v2v_report *r)
{
	static const char *const columns[] = { "Kernel", "Starts",
		"virtio drivers", "Best bus for disks", "Initramfs", NULL };

	if (!r->inspect.kernels.count)
		return;
	v2v_report_heading(t, r, "kernels", "Kernels");
	v2v_report_table(t, "Kernels", columns);
	v2v_list_foreach (
		const struct v2v_kernel, kernel, &r->inspect.kernels) {
		CLEANUP_FREE char *has = drivers(kernel);
		CLEANUP_FREE char *initrd = initramfs(r, kernel);
		const char *bus = v2v_kernel_block_bus(kernel);

		v2v_html(t,
			"<tr><th scope=\"row\"><code>%s</code></th><td>%s</td>"
			"<td>%s</td><td>%s</td><td>%s</td></tr>\n",
			kernel->version, kernel->is_default ? "by default" : "",
			has, bus ? bus : "none", initrd);
	}
	v2v_report_table_end(t);
}
