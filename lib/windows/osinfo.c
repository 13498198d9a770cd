/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libosinfo's names of Windows. */
#include "windows/windows.h"

static const struct named {
	int64_t major, minor;
	uint64_t since; /* build */
	const char *client, *server;
} systems[] = {
	{ 5, 1, 0, "winxp", "winxp" },
	{ 5, 2, 0, "win2k3", "win2k3" },
	{ 6, 0, 0, "winvista", "win2k8" },
	{ 6, 1, 0, "win7", "win2k8r2" },
	{ 6, 2, 0, "win8", "win2k12" },
	{ 6, 3, 0, "win8.1", "win2k12r2" },
	{ 10, 0, 0, "win10", "win2k16" },
	{ 10, 0, 17763, "win10", "win2k19" },
	{ 10, 0, 20348, "win10", "win2k22" },
	{ 10, 0, 22000, "win11", "win2k22" },
	{ 10, 0, 26100, "win11", "win2k25" },
};

/* Both XP for 64 bits and Server 2003 are 5.2. */
static const char *of_5_2(const char *product)
{
	if (strstr(product, "XP"))
		return "winxp";
	return strstr(product, "R2") ? "win2k3r2" : "win2k3";
}

/* The build tells; without it a server's name does. */
static uint64_t build_of(
	const struct v2v_windows_version *version, const char *product)
{
	static const struct {
		const char *year;
		uint64_t build;
	} years[] = {
		{ "2019", 17763 },
		{ "2022", 20348 },
		{ "2025", 26100 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(years) && !version->build; i++)
		if (strstr(product, years[i].year))
			return years[i].build;
	return version->build;
}

const char *v2v_windows_osinfo(const struct v2v_windows_version *version)
{
	const char *product =
		version->product_name ? version->product_name : "";
	const bool server =
		version->variant && strstr(version->variant, "Server");
	const uint64_t build = build_of(version, product);
	const struct named *found = NULL;

	if (version->major == 5 && version->minor == 2)
		return of_5_2(product);
	for (size_t i = 0; i < ARRAY_SIZE(systems); i++)
		if (systems[i].major == version->major &&
			systems[i].minor == version->minor &&
			systems[i].since <= build)
			found = &systems[i];
	if (!found)
		return NULL;
	return server ? found->server : found->client;
}
