/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The hive SYSTEM: drivers of the boot, and what hypervisors have installed. */
#include "windows/readers.h"
#include "windows/windows.h"

#define KERNEL_DRIVER 1
#define BOOT_START    0

/* Of each sort; a real guest has about a hundred drivers of the boot. */
#define MOST_SERVICES 512

/* '*' at the end: what begins so. */
static const struct product {
	const char *name;
	const char *const services[24];
} products[] = {
	{ "vmware",
		{ "vmci", "vsock", "vmrawdsk", "VMMemCtl", "vmdebug", "vm3d*",
			"VMTools", "VGAuthService", "vmhgfs", "VMUpgradeHelper",
			"GISvc", "vmvss", "pvscsi", "vmxnet*", "vmmouse",
			"vmusbmouse", "vmwefifw", "vmx_svga", "vmStatsProvider",
			"vnetflt", "vnetWFP" } },
	{ "virtualbox", { "VBox*" } },
	{ "xen", { "xenbus", "xenvbd", "xenvif", "xennet*", "xenfilt",
			 "xeniface", "xendisk", "xenhvm", "xensvc", "xenagent",
			 "xenlite", "xenpci", "xenscsi", "rhelscsi", "rhelnet",
			 "rhelfltr" } },
	{ "parallels", { "prl_*" } },
};

/* Every Windows has them: they tell something where there is a VMBus. */
static const struct product hyper_v = { "hyper-v",
	{ "vmbus", "storvsc", "netvsc", "VMBusHID", "hyperkbd", "HyperVideo",
		"dmvsc", "vmic*" } };

bool v2v_windows_is_named(const char *service, const char *pattern)
{
	const size_t n = strcspn(pattern, "*");

	return strncasecmp(service, pattern, n) == 0 &&
	       (pattern[n] == '*' || !service[n]);
}

static bool is_its(const struct product *product, const char *service)
{
	for (const char *const *s = product->services; *s; s++)
		if (v2v_windows_is_named(service, *s))
			return true;
	return false;
}

const char *v2v_windows_product_of(const char *service)
{
	for (size_t i = 0; i < ARRAY_SIZE(products); i++)
		if (is_its(&products[i], service))
			return products[i].name;
	return NULL;
}

static const char *product_of(const char *service, const struct v2v_windows *w)
{
	const char *name = v2v_windows_product_of(service);

	if (name)
		return name;
	v2v_list_foreach (const struct v2v_windows_storage, s, &w->storage)
		if (v2v_starts_with(s->id, "VMBUS\\") &&
			is_its(&hyper_v, service))
			return hyper_v.name;
	return NULL;
}

/* "0" is the hardware that the Windows was booted on. */
static int64_t override_of(
	struct v2v_registry *registry, v2v_registry_key service)
{
	return v2v_registry_number(registry,
		v2v_registry_find(registry, service, "StartOverride"), "0");
}

static void add_driver(struct v2v_registry *registry, v2v_registry_key key,
	const char *name, int64_t start, struct v2v_windows *w)
{
	const int64_t instead = override_of(registry, key);
	struct v2v_windows_driver *driver;

	if (v2v_registry_number(registry, key, "Type") != KERNEL_DRIVER ||
		w->drivers.count >= MOST_SERVICES)
		return;
	if (start != BOOT_START && instead < 0 &&
		!v2v_windows_is_controller(name))
		return;
	driver = v2v_list_add(&w->drivers, sizeof *driver);
	driver->service = v2v_strdup(name);
	driver->path = v2v_registry_string(registry, key, "ImagePath");
	driver->start = start;
	driver->start_override = instead;
}

static void add_tool(const char *name, int64_t start, struct v2v_windows *w)
{
	const char *product = product_of(name, w);
	struct v2v_windows_tool *tool;

	if (!product || w->tools.count >= MOST_SERVICES)
		return;
	tool = v2v_list_add(&w->tools, sizeof *tool);
	tool->product = v2v_strdup(product);
	tool->service = v2v_strdup(name);
	tool->start = start;
}

/* Without Start it is not a service: a package that was never installed. */
static void look_at_service(struct v2v_registry *registry, v2v_registry_key key,
	const char *name, void *opaque)
{
	const int64_t start = v2v_registry_number(registry, key, "Start");

	if (start < 0)
		return;
	add_driver(registry, key, name, start, opaque);
	add_tool(name, start, opaque);
}

void v2v_system_services(struct v2v_registry *registry, v2v_registry_key set,
	struct v2v_windows *w)
{
	v2v_registry_each(registry,
		v2v_registry_find(registry, set, "Services"), look_at_service,
		w);
}
