/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A vehicle from its start to its end. */
#include "kernel/vehicle-private.h"

#include "core/file.h"
#include "kernel/supervisor.h"
#include "kernel/turns.h"

#include <sys/wait.h>

struct v2v_vehicle {
	struct v2v *v;
	const struct v2v_vehicle_ops *ops;
	struct v2v_supervisor *supervisor;
	char *own; /* its folder */
	bool is_boxed;
	int cpu;	      /* that it stays on; -1: any */
	struct v2v_text line; /* of the console, not ended yet */
	char *last;	      /* the last that was ended, or a panic's reason */
};

void v2v_vehicle_kernel_clear(struct v2v_vehicle_kernel *kernel)
{
	free(kernel->image);
	free(kernel->release);
	free(kernel->modules);
	*kernel = (struct v2v_vehicle_kernel){ 0 };
}

static int prepare(struct v2v_vehicle *vehicle,
	const struct v2v_vehicle_config *config,
	struct v2v_vehicle_command *command, struct v2v_error *err)
{
	struct v2v_vehicle_kernel kernel CLEANUP_VEHICLE_KERNEL = { 0 };
	struct v2v_vehicle_config with = *config;

	if (!with.kernel) {
		if (vehicle->ops->find_kernel(vehicle->v, &kernel, err) < 0)
			return -1;
		with.kernel = &kernel;
	}
	return vehicle->ops->prepare(
		vehicle->v, &with, vehicle->own, command, err);
}

static int start(struct v2v_vehicle *vehicle,
	const struct v2v_vehicle_config *config,
	struct v2v_vehicle_command *command, struct v2v_error *err)
{
	struct v2v_supervised what = { 0 };
	struct v2v_turns turns;
	int status;

	if (prepare(vehicle, config, command, err) < 0)
		return -1;
	vehicle->is_boxed = command->is_boxed;
	what = (struct v2v_supervised){
		.argv = (const char *const *)command->argv,
		.environment = (const char *const *)command->environment,
		.directory = config->directory,
		.landlock = command->files.fd,
		.file = command->file > 0 ? command->file : -1,
		.max_file = command->max_file,
		.max_memory = command->max_memory,
		.is_boxed = command->is_boxed,
		.no_namespaces = config->no_namespaces,
	};
	v2v_turns_begin(&turns, vehicle->cpu);
	status = v2v_supervisor_start(&what, &vehicle->supervisor, err);
	v2v_turns_end(&turns);
	return status;
}

/* They are named by what is behind the directory's name. */
static int check_sockets(
	const struct v2v_vehicle_config *config, struct v2v_error *err)
{
	for (size_t i = 0; i < config->socket_count; i++) {
		const char *path = config->sockets[i];
		size_t n = (size_t)(v2v_base_name(path) - path);

		if (n != strlen(config->directory) + 1 ||
			strncmp(path, config->directory, n - 1) != 0)
			return v2v_fail(err, "kernel-unusable",
				"the socket '%s' is not in '%s'", path,
				config->directory);
	}
	return 0;
}

int v2v_vehicle_start(struct v2v *v, const struct v2v_vehicle_ops *ops,
	const struct v2v_vehicle_config *config,
	struct v2v_vehicle **ret_vehicle, struct v2v_error *err)
{
	struct v2v_vehicle_command command = { 0 };
	struct v2v_vehicle *vehicle;
	CLEANUP_FREE char *own = NULL;
	int status;

	if (check_sockets(config, err) < 0)
		return -1;
	own = v2v_make_dir(config->directory, "vehicle-", err);
	if (!own)
		return -1;
	vehicle = v2v_alloc(1, sizeof *vehicle);
	vehicle->v = v;
	vehicle->ops = ops;
	vehicle->cpu = ops->takes_turns ? sched_getcpu() : -1;
	vehicle->own = v2v_take(own);
	status = start(vehicle, config, &command, err);
	v2v_command_clear(&command);
	if (status < 0) {
		v2v_vehicle_free(vehicle);
		return -1;
	}
	*ret_vehicle = vehicle;
	return 0;
}

int v2v_vehicle_lock(struct v2v_vehicle *vehicle, struct v2v_error *err)
{
	return vehicle->is_boxed ? v2v_supervisor_lock(vehicle->supervisor, err)
				 : 0;
}

/* A line of the console as people read it. */
#define MAX_LINE 500

/* Behind a panic's reason are registers and a call trace. */
static bool is_explained(const struct v2v_vehicle *vehicle)
{
	return vehicle->last && strstr(vehicle->last, "Kernel panic");
}

static void end_line(struct v2v_vehicle *vehicle)
{
	CLEANUP_FREE char *line = v2v_text_take(&vehicle->line);

	if (!*line)
		return;
	v2v_debug(vehicle->v, "kernel-console", "%s: %s", vehicle->ops->name,
		line);
	if (!is_explained(vehicle))
		v2v_string_set(&vehicle->last, line);
}

/* Whatever a hostile kernel prints: no control characters, short lines. */
static void tell(struct v2v_vehicle *vehicle)
{
	CLEANUP_FREE char *text = NULL;

	if (!vehicle->supervisor)
		return;
	text = v2v_supervisor_console(vehicle->supervisor);
	for (const char *s = text; *s; s++) {
		if (*s == '\n' || vehicle->line.length == MAX_LINE)
			end_line(vehicle);
		if (*s >= ' ' && *s <= '~')
			v2v_text_add(&vehicle->line, s, 1);
	}
}

bool v2v_vehicle_is_alive(void *opaque)
{
	struct v2v_vehicle *vehicle = opaque;

	tell(vehicle);
	return v2v_supervisor_is_alive(vehicle->supervisor);
}

static char *describe(int status)
{
	if (status == 0)
		return v2v_strdup("powered off");
	if (WIFSIGNALED(status))
		return v2v_format("was ended by signal %d", WTERMSIG(status));
	return v2v_format("ended with status %d", WEXITSTATUS(status));
}

int v2v_vehicle_explain(struct v2v_vehicle *vehicle, struct v2v_error *err)
{
	CLEANUP_FREE char *how = NULL;
	const char *last;
	int status;

	if (v2v_vehicle_is_alive(vehicle))
		return v2v_fail(err, "kernel-broken",
			"the small kernel (%s) does not answer",
			vehicle->ops->name);
	tell(vehicle);
	end_line(vehicle);
	status = v2v_supervisor_status(vehicle->supervisor);
	how = describe(status);
	/* Who is killed says nothing of it. */
	last = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL
		       ? NULL
		       : vehicle->last;
	return v2v_fail(err, "kernel-ended", "the small kernel (%s) %s%s%s",
		vehicle->ops->name, how, last ? ": " : "", last ? last : "");
}

int v2v_vehicle_cpu(const struct v2v_vehicle *vehicle)
{
	return vehicle->cpu;
}

pid_t v2v_vehicle_pid(const struct v2v_vehicle *vehicle)
{
	return v2v_supervisor_pid(vehicle->supervisor);
}

void v2v_vehicle_free(struct v2v_vehicle *vehicle)
{
	if (!vehicle)
		return;
	tell(vehicle);
	end_line(vehicle);
	v2v_supervisor_free(vehicle->supervisor);
	v2v_remove_tree(vehicle->own);
	free(vehicle->own);
	free(vehicle->last);
	v2v_text_clear(&vehicle->line);
	free(vehicle);
}
