/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The hive SYSTEM: what the control set in use says. */
#include "windows/readers.h"

/* The number that Select\Current has is the set that was booted last. */
static v2v_registry_key current_set(
	struct v2v_registry *registry, struct v2v_windows *w)
{
	const v2v_registry_key root = v2v_registry_root(registry);
	const int64_t current = v2v_registry_number(registry,
		v2v_registry_find(registry, root, "Select"), "Current");

	if (current < 0)
		return 0;
	w->current_control_set = v2v_format("ControlSet%03d", (int)current);
	return v2v_registry_find(registry, root, w->current_control_set);
}

static char *processor(struct v2v_registry *registry, v2v_registry_key set)
{
	static const char *const names[][2] = { { "x86", "i386" },
		{ "AMD64", "x86_64" }, { "ARM64", "aarch64" } };
	CLEANUP_FREE char *name = v2v_registry_string(registry,
		v2v_registry_find(
			registry, set, "Control\\Session Manager\\Environment"),
		"PROCESSOR_ARCHITECTURE");

	for (size_t i = 0; name && i < ARRAY_SIZE(names); i++)
		if (strcasecmp(name, names[i][0]) == 0)
			return v2v_strdup(names[i][1]);
	return NULL;
}

/* TimeZoneKeyName is there since Vista; before, the name is in the language of
 * the Windows. */
static void read_clock(struct v2v_registry *registry, v2v_registry_key set,
	struct v2v_windows *w)
{
	const v2v_registry_key zone = v2v_registry_find(
		registry, set, "Control\\TimeZoneInformation");

	w->time_zone = v2v_registry_string(registry, zone, "TimeZoneKeyName");
	if (!w->time_zone)
		w->time_zone =
			v2v_registry_string(registry, zone, "StandardName");
	w->real_time_is_universal =
		v2v_registry_number(registry, zone, "RealTimeIsUniversal") > 0;
}

/* Without HibernateEnabled there is no Fast Startup either; a value that is not
 * there is on. */
static bool has_fast_startup(
	struct v2v_registry *registry, v2v_registry_key set)
{
	const v2v_registry_key power =
		v2v_registry_find(registry, set, "Control\\Power");
	const v2v_registry_key session = v2v_registry_find(
		registry, set, "Control\\Session Manager\\Power");

	return v2v_registry_number(registry, session, "HiberbootEnabled") > 0 &&
	       v2v_registry_number(registry, power, "HibernateEnabled") != 0;
}

void v2v_system_read(struct v2v_registry *registry, struct v2v_inspect *told,
	const void *opaque)
{
	const v2v_registry_key set = current_set(registry, told->windows);

	(void)opaque;
	told->hostname = v2v_registry_string(registry,
		v2v_registry_find(registry, set, "Services\\Tcpip\\Parameters"),
		"Hostname");
	told->arch = processor(registry, set);
	read_clock(registry, set, told->windows);
	told->windows->fast_startup = has_fast_startup(registry, set);
	told->windows->san_policy = v2v_registry_number(registry,
		v2v_registry_find(
			registry, set, "Services\\partmgr\\Parameters"),
		"SanPolicy");
	v2v_system_devices(registry, set, told->windows);
	v2v_system_services(registry, set, told->windows);
	v2v_system_filters(registry, set, told->windows);
	v2v_system_letters(registry, told->windows);
}
