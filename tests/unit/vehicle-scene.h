/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A small kernel with vehicle-init.c as its first program: started, waited for,
 * and nothing of it is left. */
#ifndef V2V_TEST_VEHICLE_SCENE_H
#define V2V_TEST_VEHICLE_SCENE_H

#include "cases.h"

#include "core/file.h"
#include "core/handle.h"
#include "initrd/cpio.h"
#include "kernel/vehicle.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

static struct v2v *v;
static struct v2v_text said;
static char *dir, *initrd;

static void on_message(const struct v2v_message *message, void *opaque)
{
	(void)opaque;
	v2v_text_addf(&said, "%s\n", message->text);
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void forget(void)
{
	v2v_text_clear(&said);
}

static bool has_said(const char *what)
{
	return said.data && strstr(said.data, what);
}

/* "build/unit/vehicle-init" beside this program. */
static char *init_path(void)
{
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

	assert(n > 0);
	self[n] = '\0';
	*strrchr(self, '/') = '\0';
	return v2v_format("%s/vehicle-init", self);
}

static void make_initrd(void)
{
	static const char *const names[] = { "off", "wait", "hostfs", "crash" };
	CLEANUP_FREE char *path = init_path(), *data = NULL;
	struct v2v_error err = { 0 };
	size_t size;

	initrd = v2v_format("%s/initrd", dir);
	data = read_whole_size(path, &size);
	struct v2v_cpio cpio CLEANUP_CPIO = {
		.fd = open(initrd, O_WRONLY | O_CREAT, 0600)
	};

	assert(cpio.fd >= 0);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		assert(v2v_cpio_add_data(&cpio, names[i], S_IFREG | 0755, data,
			       size, &err) == 0);
	assert(v2v_cpio_finish(&cpio, &err) == 0);
	close(cpio.fd);
}

/* What a caller that is killed leaves, in a directory that it would remove. */
static void remove_left(void)
{
	CLEANUP_FREE char *pattern = v2v_format("%s/vehicle-*", dir);
	glob_t found;

	assert(glob(pattern, 0, NULL, &found) == 0 && found.gl_pathc == 1);
	v2v_remove_tree(found.gl_pathv[0]);
	globfree(&found);
}

static struct v2v_vehicle *start(
	const struct v2v_vehicle_ops *ops, const char *init, bool no_namespaces)
{
	const struct v2v_vehicle_config config = {
		.initrd = initrd,
		.init = init,
		.directory = dir,
		.cache = dir,
		.no_namespaces = no_namespaces,
	};
	struct v2v_vehicle *vehicle = NULL;
	struct v2v_error err = { 0 };

	forget();
	if (v2v_vehicle_start(v, ops, &config, &vehicle, &err) < 0)
		fprintf(stderr, "%s: %s\n", ops->name, err.text);
	assert(vehicle);
	return vehicle;
}

/* Until the console has said it; false where it ends before. */
static bool await(struct v2v_vehicle *vehicle, const char *what)
{
	for (double end = seconds() + 600; seconds() < end; usleep(1000)) {
		bool is_alive = v2v_vehicle_is_alive(vehicle);

		if (what && has_said(what))
			return is_alive;
		if (!is_alive)
			return !what;
	}
	return false;
}

static bool await_shown(struct v2v_vehicle *vehicle, const char *what)
{
	bool ok = await(vehicle, what);

	struct v2v_error err = { 0 };

	if (!ok) {
		v2v_vehicle_explain(vehicle, &err);
		fprintf(stderr, "waiting for '%s':\n%s\n%s\n",
			what ? what : "its end", said.data ? said.data : "",
			err.text);
	}
	return ok;
}

/* Children of ours, and what became ours (see main()). */
static void check_nothing_is_left(void)
{
	int status;
	struct dirent **names = NULL;
	int count = scandir(dir, &names, NULL, NULL);

	assert(waitpid(-1, &status, WNOHANG) < 0 && errno == ECHILD);
	for (int i = 0; i < count; i++) {
		assert(!v2v_starts_with(names[i]->d_name, "vehicle-"));
		free(names[i]);
	}
	free(names);
}

static bool explains(struct v2v_vehicle *vehicle, const char *what)
{
	struct v2v_error err = { 0 };
	bool ok;

	assert(v2v_vehicle_explain(vehicle, &err) < 0);
	ok = v2v_streq(err.code, "kernel-ended") && strstr(err.text, what);
	if (!ok)
		fprintf(stderr, "'%s' instead of '%s'\n", err.text, what);
	return ok;
}
#endif
