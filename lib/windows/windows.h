/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the files of a Windows say: where its folder is, its version, its name,
 * its programs; as libguestfs 1.48 answers (daemon/inspect_fs_windows.ml), but
 * for osinfo and the architecture, which are by build number and by machine
 * type.  A hive that cannot be read leaves out what is in it, and
 * v2v_windows_each_unread() tells why.
 */
#ifndef V2V_WINDOWS_WINDOWS_H
#define V2V_WINDOWS_WINDOWS_H

#include "guest/tree.h"
#include "model/inspect.h"
#include "model/source.h"

/* The name in the guest that is @path but for case, the caller's; NULL. */
char *v2v_windows_path(const struct v2v_tree *tree, const char *path);

/* The folder of the Windows on the filesystem ("/Windows"), the caller's; by
 * the usual names, then by boot.ini.  NULL: there is none. */
char *v2v_windows_root(const struct v2v_tree *tree);

/* Is a Windows there?  Then fill type, distro, arch, versions, product_name,
 * product_variant, hostname, osinfo, windows. */
bool v2v_windows_read(const struct v2v_tree *tree, struct v2v_inspect *inspect);

/* The same of a Windows that the backend found: @inspect has its folder and its
 * hives, and gets what they say. */
void v2v_windows_describe(
	const struct v2v_tree *tree, struct v2v_inspect *inspect);

/* Call @call for each hive of the mounted Windows that @inspect knows nothing
 * of: its file, and why. */
void v2v_windows_each_unread(const struct v2v_tree *tree,
	const struct v2v_inspect *inspect,
	void (*call)(void *opaque, const char *path, const char *reason),
	void *opaque);

/* Is it a server? */
bool v2v_windows_is_server(const struct v2v_inspect *inspect);

/* Fill inspect->applications by the keys Uninstall of the hive SOFTWARE, sorted
 * by name. */
int v2v_windows_applications(const struct v2v_tree *tree,
	struct v2v_inspect *inspect, struct v2v_error *err);

/* Tell each network card of the Windows which of the source's it is: by MAC,
 * then by VMware's number of its slot. */
void v2v_windows_match_nics(
	struct v2v_windows *w, const struct v2v_source *source);

/* The hypervisor that the service or driver is of: "vmware"; NULL. */
const char *v2v_windows_product_of(const char *service);

/* Is that its name, but for case?  '*' at the end: does its name begin so? */
bool v2v_windows_is_named(const char *service, const char *pattern);

/* Does the service drive a disk controller that KVM offers? */
bool v2v_windows_is_controller(const char *service);
/* The file of a kernel driver, the caller's: that of its ImagePath, or the
 * usual one in System32\\drivers.  NULL: it is not there. */
char *v2v_windows_driver_file(const struct v2v_tree *tree,
	const struct v2v_windows *w, const char *service);
/* Is a driver not loaded at boot? */
bool v2v_windows_is_off(const struct v2v_windows_driver *driver);

/* Is the filesystem that is mounted at @top, "" for the root, and is on
 * @device, the one with the boot manager's store?  Then fill w->boot. */
bool v2v_windows_read_boot(const struct v2v_tree *tree, const char *top,
	bool is_uefi, const char *device, struct v2v_windows *w);

/* Is its first program there, but what is read of it is not a program: what
 * CompactOS compresses (WOF) is read so? */
bool v2v_windows_is_compressed(
	const struct v2v_tree *tree, const struct v2v_windows *w);

/* Does hiberfil.sys say that the system sleeps? */
bool v2v_windows_is_hibernated(const struct v2v_tree *tree);

/* What tells one Windows from another. */
struct v2v_windows_version {
	int64_t major, minor;
	uint64_t build;			    /* 22631; 0: not known */
	const char *product_name, *variant; /* "Client", "Server", "Server
					       Core"; NULL */
};

/* libosinfo's name ("win11", "win2k22"); NULL: it has none. */
const char *v2v_windows_osinfo(const struct v2v_windows_version *version);
#endif
