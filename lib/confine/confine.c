/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* v2v_confine(): this thread may do only what it needs. */
#include "confine/landlock.h"
#include "confine/programs.h"
#include "confine/seccomp.h"

#include "core/handle.h"
#include "core/options.h"
#include "core/workdir.h"

#include <libgen.h>
#include <sys/prctl.h>

/* What libc and libraries open as they go: character sets, the configuration
 * of libcrypto and gnutls, how many processors there are.  /proc/self is this
 * process's own; /proc itself would show those of others, and kcore. */
static const char *const system_files[] = { "/lib", "/lib64", "/usr/lib",
	"/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache",
	"/etc/ld.so.preload", "/etc/localtime", "/etc/ssl/openssl.cnf",
	"/etc/pki/tls/openssl.cnf", "/etc/crypto-policies", "/etc/gnutls",
	"/proc/self", "/proc/sys/vm", "/proc/sys/crypto", "/proc/meminfo",
	"/proc/cpuinfo", "/proc/stat", "/sys/devices/system/cpu",
	"/sys/devices/system/node", "/dev/urandom", "/dev/random" };

/* Names of servers and their certificates. */
static const char *const network_files[] = { "/etc/resolv.conf", "/etc/hosts",
	"/etc/host.conf", "/etc/nsswitch.conf", "/etc/gai.conf",
	"/etc/services", "/etc/ssl/certs", "/etc/pki",
	"/usr/share/ca-certificates", "/run/systemd/resolve",
	"/run/resolvconf" };

static void allow_all(const struct v2v_landlock *set, const char *const *paths,
	enum v2v_may may)
{
	for (; paths && *paths; paths++)
		v2v_landlock_allow(set, *paths, may);
}

static void allow_system(const struct v2v_landlock *set, bool network)
{
	for (size_t i = 0; i < ARRAY_SIZE(system_files); i++)
		v2v_landlock_allow(set, system_files[i], V2V_MAY_READ);
	for (size_t i = 0; network && i < ARRAY_SIZE(network_files); i++)
		v2v_landlock_allow(set, network_files[i], V2V_MAY_READ);
	v2v_landlock_allow(set, "/dev/null", V2V_MAY_USE);
}

/* Whoever wrote the document: without our marker it is anybody's directory. */
static void allow_workdir(const struct v2v_landlock *set, const char *dir)
{
	CLEANUP_FREE char *real = realpath(dir, NULL);

	if (!real || !v2v_workdir_is_ours(real, NULL))
		return;
	v2v_landlock_allow(set, real, V2V_MAY_WRITE);
	v2v_landlock_allow(set, dirname(real), V2V_MAY_REMOVE_DIRS);
}

static int tell_of_files(struct v2v *v)
{
	v2v_info(v, "not-confined",
		"this kernel has no Landlock that can be used: files are not "
		"confined");
	return 0;
}

static int confine_files(struct v2v *v, const struct v2v_confine_options *opt,
	struct v2v_error *err)
{
	struct v2v_landlock set CLEANUP_LANDLOCK = { -1, 0 };
	int r;

	if (v2v_landlock_new(opt->network, &set, err) < 0)
		return -1;
	if (set.abi == 0)
		return tell_of_files(v);
	allow_system(&set, opt->network);
	allow_all(&set, opt->readable, V2V_MAY_READ);
	allow_all(&set, opt->writable, V2V_MAY_WRITE);
	if (opt->workdir)
		allow_workdir(&set, opt->workdir);
	for (const char *const *p = opt->programs; p && *p; p++)
		v2v_programs_allow(&set, *p);
	r = v2v_landlock_enforce(&set, err);
	if (r)
		return r < 0 ? -1 : tell_of_files(v);
	v2v_debug(v, "confined", "confined by Landlock, ABI %d", set.abi);
	return 0;
}

static int confine_calls(struct v2v *v, const struct v2v_confine_options *opt,
	struct v2v_error *err)
{
	enum v2v_sockets sockets = V2V_SOCKETS_NONE;
	int r;

	if (opt->network)
		sockets = V2V_SOCKETS_ALL;
	else if (opt->programs && *opt->programs)
		sockets = V2V_SOCKETS_LOCAL;
	r = v2v_seccomp_enforce(sockets, err);
	if (r > 0)
		v2v_info(v, "not-confined",
			"no seccomp here: system calls are not confined");
	return r < 0 ? -1 : 0;
}

int v2v_confine(struct v2v *v, const struct v2v_confine_options *opt,
	struct v2v_error *err)
{
	struct v2v_confine_options known;

	v2v_step_begin(v, "confine", NULL);
	if (v2v_options_read(&known, opt, err) < 0)
		return -1;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return v2v_fail_errno(err, "PR_SET_NO_NEW_PRIVS");
	if (confine_files(v, &known, err) < 0 ||
		confine_calls(v, &known, err) < 0)
		return v2v_fail_prefix(err, "cannot confine this process");
	return 0;
}
