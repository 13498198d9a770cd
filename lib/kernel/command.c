/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands that start vehicles, and what these need of the machine. */
#include "kernel/vehicle-private.h"

#include "core/file.h"
#include "core/open.h"
#include "kernel/kept.h"

#include <stdarg.h>

static void add(char ***items, size_t *count, char *text)
{
	size_t all = *count + 1;

	*items = v2v_regrow(*items, &all, sizeof **items);
	(*items)[(*count)++] = text;
	(*items)[*count] = NULL;
}

int v2v_command_begin(struct v2v_vehicle_command *command, const char *program,
	const char *own, struct v2v_error *err)
{
	static const char *const loaded[] = { "/lib", "/lib64", "/usr/lib",
		"/usr/lib64" };
	static const char *const read[] = { "/etc/ld.so.cache", "/proc" };

	*command = (struct v2v_vehicle_command){ 0 };
	if (v2v_landlock_new(false, &command->files, err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(loaded); i++)
		v2v_landlock_allow(&command->files, loaded[i], V2V_MAY_EXECUTE);
	for (size_t i = 0; i < ARRAY_SIZE(read); i++)
		v2v_landlock_allow(&command->files, read[i], V2V_MAY_READ);
	v2v_landlock_allow(&command->files, "/dev/null", V2V_MAY_USE);
	v2v_landlock_allow(&command->files, program, V2V_MAY_EXECUTE);
	v2v_landlock_allow(&command->files, own, V2V_MAY_WRITE);
	v2v_command_add(command, "%s", program);
	v2v_command_set(command, "PATH", "/usr/bin:/bin");
	v2v_command_set(command, "HOME", own);
	return 0;
}

void v2v_command_add(struct v2v_vehicle_command *command, const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		abort();
	va_end(args);
	add(&command->argv, &command->arguments, text);
}

void v2v_command_set(struct v2v_vehicle_command *command, const char *name,
	const char *value)
{
	add(&command->environment, &command->variables,
		v2v_format("%s=%s", name, value));
}

void v2v_command_confine_qemu(
	struct v2v_vehicle_command *command, const char *own)
{
	static const char *const used[] = { "/dev/kvm", "/dev/urandom" };
	/* Firmware, and what links lead to. */
	static const char *const read[] = { "/usr/share", "/sys/devices" };

	for (size_t i = 0; i < ARRAY_SIZE(used); i++)
		v2v_landlock_allow(&command->files, used[i], V2V_MAY_USE);
	for (size_t i = 0; i < ARRAY_SIZE(read); i++)
		v2v_landlock_allow(&command->files, read[i], V2V_MAY_READ);
	v2v_command_set(command, "TMPDIR", own);
	v2v_command_add(command, "-sandbox");
	v2v_command_add(command,
		"on,obsolete=deny,elevateprivileges=deny,spawn=deny,"
		"resourcecontrol=deny");
}

void v2v_command_clear(struct v2v_vehicle_command *command)
{
	if (command->argv)
		v2v_landlock_clear(&command->files);
	v2v_cleanup_strv(&command->argv);
	v2v_cleanup_strv(&command->environment);
	if (command->file > 0)
		close(command->file);
	*command = (struct v2v_vehicle_command){ 0 };
}

/* Not PATH: the library reads no environment. */
char *v2v_vehicle_program(const char *name)
{
	static const char *const folders[] = { "/usr/local/bin", "/usr/bin",
		"/usr/libexec" };

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		CLEANUP_FREE char *path = v2v_format("%s/%s", folders[i], name);

		if (access(path, X_OK) == 0)
			return v2v_take(path);
	}
	return NULL;
}

unsigned v2v_vehicle_memory(unsigned memory_mib)
{
	return memory_mib ? memory_mib : V2V_VEHICLE_MEMORY;
}

bool v2v_vehicle_skips_raid6(const struct v2v_vehicle_config *config)
{
	CLEANUP_FREE char *name =
		v2v_format("%s/modules.builtin", config->kernel->modules);
	CLEANUP_FREE char *builtin = v2v_kept_text(name);

	return !config->has_raid6 && builtin &&
	       strstr(builtin, "/raid6_pq.ko\n");
}

bool v2v_vehicle_has_memory(unsigned memory_mib, char **ret_reason)
{
	CLEANUP_FCLOSE FILE *file = v2v_fopen("/proc/meminfo");
	unsigned long long available;
	char line[256];

	while (file && fgets(line, sizeof line, file)) {
		if (sscanf(line, "MemAvailable: %llu kB", &available) != 1)
			continue;
		if (available / 1024 >= v2v_vehicle_memory(memory_mib))
			return true;
		*ret_reason = v2v_format(
			"%u MiB of memory are needed, %llu MiB are available",
			v2v_vehicle_memory(memory_mib), available / 1024);
		return false;
	}
	return true;
}

char *v2v_vehicle_link(const char *own, const char *name, const char *path,
	struct v2v_error *err)
{
	CLEANUP_FREE char *link = v2v_format("%s/%s", own, name);
	CLEANUP_FREE char *target = v2v_realpath(path, err);

	if (!target)
		return NULL;
	if (symlink(target, link) < 0) {
		v2v_fail_errno(err, "cannot make '%s'", link);
		return NULL;
	}
	return v2v_format("%s/%s", v2v_base_name(own), name);
}
