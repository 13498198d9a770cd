/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Drivers found, fetched and looked at. */
#include "windows/virtio-win/drivers.h"

#include "core/digest.h"
#include "core/file.h"

#include <string.h>
#include <sys/stat.h>

#define MAX_FILES 64 /* of a folder; the largest has some 30 */

static void clear_driver(struct v2v_driver *driver)
{
	v2v_list_foreach (struct v2v_driver_file, file, &driver->files) {
		free(file->name);
		v2v_cleanup_close(&file->fd);
	}
	free(driver->files.items);
	free(driver->folder);
	free(driver->inf_digest);
	v2v_inf_clear(&driver->inf);
	v2v_signature_clear(&driver->program);
	v2v_signature_clear(&driver->catalog);
}

void v2v_drivers_clear(struct v2v_drivers *drivers)
{
	v2v_list_foreach (struct v2v_driver, driver, &drivers->list)
		clear_driver(driver);
	free(v2v_take(drivers->list.items));
	drivers->list.count = 0;
	free(v2v_take(drivers->place));
}

/*
 * Not for the guest: what only debuggers read, and the network filter that must
 * not be there together with netkvm; names that are not plain.
 */
static bool is_wanted(const char *name)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";

	return *name && *name != '.' && strspn(name, plain) == strlen(name) &&
	       strlen(name) < 64 && !v2v_ends_with(name, ".pdb") &&
	       !v2v_starts_with(name, "vioprot.");
}

/* In a folder of a whole system: that of another driver, a known one or not?
 * The parts of a package have its name at their beginning. */
static bool is_others(const struct v2v_known_driver *driver, const char *name)
{
	static const char *const parts[] = { ".inf", ".sys", ".cat" };
	size_t n = strcspn(name, ".");

	if (v2v_ends_with_any(name, parts) &&
		!v2v_starts_with(name, driver->name))
		return true;
	for (const struct v2v_known_driver *known = v2v_known_drivers;
		known->name; known++)
		if (known != driver && strlen(known->name) == n &&
			strncmp(known->name, name, n) == 0)
			return true;
	return false;
}

/* The files of the folder that are wanted; how many. */
static size_t list_wanted(const struct v2v_driver_source *source,
	const struct v2v_known_driver *driver, const char *prefix,
	struct v2v_fetch wanted[MAX_FILES])
{
	size_t count, n = 0;
	const struct v2v_source_file *file =
		v2v_driver_source_below(source, prefix, &count);

	for (; count-- && n < MAX_FILES; file++) {
		const char *name = file->key + strlen(prefix);

		if (is_wanted(name) && !is_others(driver, name))
			wanted[n++] = (struct v2v_fetch){ file, -1 };
	}
	return n;
}

static struct v2v_driver *add_driver(struct v2v_drivers *drivers,
	const struct v2v_known_driver *known, const char *prefix)
{
	struct v2v_driver *driver =
		v2v_list_add(&drivers->list, sizeof *driver);

	driver->known = known;
	driver->folder = v2v_strndup(prefix, strlen(prefix) - 1);
	return driver;
}

/* What is to be fetched, of all drivers together: an image is read once. */
struct reading {
	struct v2v_fetch *wanted;
	size_t count;
	struct {
		size_t first, count;
	} of[V2V_KNOWN_DRIVERS]; /* of each driver of the list */
};

static void find_driver(const struct v2v_driver_source *source,
	const struct v2v_known_driver *known,
	const struct v2v_driver_target *target, struct v2v_drivers *drivers,
	struct reading *r)
{
	CLEANUP_FREE char *prefix = v2v_driver_folder(source, known, target);
	struct v2v_fetch wanted[MAX_FILES];
	size_t n;

	if (!prefix ||
		(known->unless && v2v_driver_find(drivers, known->unless)))
		return;
	n = list_wanted(source, known, prefix, wanted);
	r->of[drivers->list.count].first = r->count;
	r->of[drivers->list.count].count = n;
	add_driver(drivers, known, prefix);
	for (size_t i = 0; i < n; i++)
		*v2v_append(r->wanted, r->count) = wanted[i];
}

static void read_inf(struct v2v_driver *driver, int fd,
	const struct v2v_driver_target *target)
{
	CLEANUP_FREE unsigned char *data = NULL;
	struct v2v_digest *digest;
	struct stat st;

	if (fstat(fd, &st) < 0 || st.st_size > V2V_INF_SIZE)
		return;
	data = v2v_alloc(1, (size_t)st.st_size + 1);
	if (v2v_pread_all(fd, "INF", data, (size_t)st.st_size, 0, NULL) < 0)
		return;
	v2v_inf_read(data, (size_t)st.st_size, target, &driver->inf);
	digest = v2v_digest_new("SHA256");
	v2v_digest_add(digest, data, (size_t)st.st_size);
	driver->inf_digest = v2v_digest_end(digest);
	driver->has_inf = true;
}

const struct v2v_driver_file *v2v_driver_file_find(
	const struct v2v_driver *driver, const char *name)
{
	v2v_list_foreach (const struct v2v_driver_file, file, &driver->files)
		if (strcasecmp(file->name, name) == 0)
			return file;
	return NULL;
}

static const struct v2v_driver_file *part(
	const struct v2v_driver *driver, const char *suffix)
{
	CLEANUP_FREE char *name =
		v2v_format("%s%s", driver->known->name, suffix);

	return v2v_driver_file_find(driver, name);
}

static void look_at(
	struct v2v_driver *driver, const struct v2v_driver_target *target)
{
	const struct v2v_driver_file *inf = part(driver, ".inf");
	const struct v2v_driver_file *program = part(driver, ".sys");
	const struct v2v_driver_file *catalog = NULL;

	if (inf)
		read_inf(driver, inf->fd, target);
	if (program)
		v2v_signature_of_program(program->fd, &driver->program);
	if (driver->inf.catalog)
		catalog = v2v_driver_file_find(driver, driver->inf.catalog);
	if (catalog)
		v2v_signature_of_catalog(catalog->fd, &driver->catalog);
	driver->has_program = program != NULL;
	driver->has_catalog = catalog != NULL;
}

/* The descriptors that were opened are the drivers' now, whatever failed. */
static void hand_over(struct v2v_drivers *drivers, struct reading *r)
{
	for (size_t i = 0; i < drivers->list.count; i++) {
		struct v2v_driver *driver =
			&v2v_items(struct v2v_driver, &drivers->list)[i];

		for (size_t j = 0; j < r->of[i].count; j++) {
			const struct v2v_fetch *one =
				&r->wanted[r->of[i].first + j];
			struct v2v_driver_file *file =
				v2v_list_add(&driver->files, sizeof *file);

			file->name = v2v_strdup(v2v_base_name(one->file->key));
			file->fd = one->fd;
		}
	}
	free(r->wanted);
}

int v2v_drivers_read(const char *place, const struct v2v_driver_target *target,
	struct v2v_drivers *drivers, struct v2v_error *err)
{
	struct v2v_driver_source source CLEANUP_DRIVER_SOURCE = { .fd = -1 };
	struct reading reading = { 0 };
	int r;

	*drivers = (struct v2v_drivers){ 0 };
	if (v2v_driver_source_open(place, &source, err) < 0)
		return -1;
	drivers->place = v2v_strdup(source.place);
	for (const struct v2v_known_driver *known = v2v_known_drivers;
		known->name; known++)
		find_driver(&source, known, target, drivers, &reading);
	r = reading.count ? v2v_driver_source_fetch(
				    &source, reading.wanted, reading.count, err)
			  : 0;
	hand_over(drivers, &reading);
	v2v_list_foreach (struct v2v_driver, driver, &drivers->list)
		if (r == 0)
			look_at(driver, target);
	return r;
}

const struct v2v_driver *v2v_driver_find(
	const struct v2v_drivers *drivers, const char *name)
{
	v2v_list_foreach (const struct v2v_driver, driver, &drivers->list)
		if (v2v_streq(driver->known->name, name))
			return driver;
	return NULL;
}
