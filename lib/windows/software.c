/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The hive SOFTWARE: which Windows it is, and its programs. */
#include "linux/distro/distro.h"
#include "windows/readers.h"
#include "windows/windows.h"

/* "6.1" of CurrentVersion, which since 10 is 6.3; then numbers say it. */
static void set_version(struct v2v_registry *registry, v2v_registry_key key,
	struct v2v_inspect *told)
{
	CLEANUP_FREE char *text =
		v2v_registry_string(registry, key, "CurrentVersion");
	const int64_t major = v2v_registry_number(
			      registry, key, "CurrentMajorVersionNumber"),
		      minor = v2v_registry_number(
			      registry, key, "CurrentMinorVersionNumber");

	if (major >= 0 && minor >= 0 && major <= INT32_MAX &&
		minor <= INT32_MAX) {
		told->major_version = major;
		told->minor_version = minor;
	} else if (text) {
		v2v_distro_version(text, told);
	}
}

/* -1: it does not say. */
static int64_t build_of(struct v2v_registry *registry, v2v_registry_key key)
{
	static const char *const names[] = { "CurrentBuildNumber",
		"CurrentBuild" };
	uint64_t build = 0;

	for (size_t i = 0; i < ARRAY_SIZE(names) && !build; i++) {
		CLEANUP_FREE char *text =
			v2v_registry_string(registry, key, names[i]);

		if (text)
			v2v_parse_u64(text, &build);
	}
	return build && build <= INT32_MAX ? (int64_t)build : -1;
}

/* Windows 11 calls itself 10 there. */
static void set_product_name(struct v2v_inspect *told)
{
	static const char ten[] = "Windows 10";
	char *name = told->product_name;

	if (v2v_streq(told->osinfo, "win11") && name &&
		v2v_starts_with(name, ten))
		name[strlen(ten) - 1] = '1';
}

static void set_osinfo(struct v2v_inspect *told)
{
	const struct v2v_windows_version version = {
		.major = told->major_version,
		.minor = told->minor_version,
		.build = told->windows->build < 0
				 ? 0
				 : (uint64_t)told->windows->build,
		.product_name = told->product_name,
		.variant = told->product_variant,
	};

	told->osinfo = v2v_strdup(v2v_windows_osinfo(&version));
	set_product_name(told);
}

/* DisplayVersion is there since 20H2. */
static void set_edition(struct v2v_registry *registry, v2v_registry_key key,
	struct v2v_windows *w)
{
	w->build = build_of(registry, key);
	w->revision = v2v_registry_number(registry, key, "UBR");
	w->edition = v2v_registry_string(registry, key, "EditionID");
	w->installation_type =
		v2v_registry_string(registry, key, "InstallationType");
	w->service_pack = v2v_registry_string(registry, key, "CSDVersion");
	w->release = v2v_registry_string(registry, key, "DisplayVersion");
	if (!w->release)
		w->release = v2v_registry_string(registry, key, "ReleaseId");
}

void v2v_software_read(struct v2v_registry *registry, struct v2v_inspect *told,
	const void *opaque)
{
	const v2v_registry_key key =
		v2v_registry_find(registry, v2v_registry_root(registry),
			"Microsoft\\Windows NT\\CurrentVersion");

	(void)opaque;
	v2v_software_policies(registry, told->windows);
	if (!key)
		return;
	told->product_name = v2v_registry_string(registry, key, "ProductName");
	told->product_variant =
		v2v_registry_string(registry, key, "InstallationType");
	set_version(registry, key, told);
	set_edition(registry, key, told->windows);
	set_osinfo(told);
}

/* What has no name to be shown is a part of something else. */
static void add_application(struct v2v_registry *registry, v2v_registry_key key,
	const char *name, void *opaque)
{
	CLEANUP_FREE char *shown =
		v2v_registry_string(registry, key, "DisplayName");
	CLEANUP_FREE char *version =
		shown ? v2v_registry_string(registry, key, "DisplayVersion")
		      : NULL;
	struct v2v_application *app;

	if (!shown)
		return;
	app = v2v_list_add(opaque, sizeof *app);
	app->name = v2v_strdup(name);
	if (version && *version && strcmp(version, "unknown") != 0)
		app->version = v2v_take(version);
}

void v2v_software_applications(struct v2v_registry *registry,
	struct v2v_inspect *told, const void *opaque)
{
	static const char *const paths[] = {
		"Microsoft\\Windows\\CurrentVersion\\Uninstall",
		"WOW6432node\\Microsoft\\Windows\\CurrentVersion\\Uninstall",
	};

	(void)opaque;
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		v2v_registry_each(registry,
			v2v_registry_find(registry, v2v_registry_root(registry),
				paths[i]),
			add_application, &told->applications);
}
