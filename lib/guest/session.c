/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The appliance that a handle keeps: private overlays, reuse, publishing. */
#include "core/doc.h"
#include "core/file.h"
#include "core/workdir.h"
#include "guest/backends.h"
#include "guest/files.h"
#include "guest/private.h"

#include <sys/stat.h>

static void session_free(void *opaque)
{
	struct v2v_guest *guest = opaque;

	if (!guest)
		return;
	/* Else nothing is lost: what is to stay was published before. */
	if (guest->a && guest->in_place && !guest->a->ops->life->write_back)
		v2v_guest_close_snapshots(guest);
	if (guest->a)
		guest->a->ops->life->end(guest->a);
	v2v_remove_tree(guest->dir);
	v2v_guest_drives_clear(&guest->drives);
	v2v_guest_forget(guest);
	json_decref(guest->texts);
	json_decref(guest->facts);
	json_decref(guest->told);
	v2v_backup_free(guest->backup);
	v2v_strings_clear(&guest->opened);
	v2v_guest_places_clear(&guest->places);
	v2v_strings_clear(&guest->large);
	free(guest->dir);
	free(guest->signature);
	free(guest);
}

static void session_cleanup(struct v2v_guest **guest)
{
	session_free(*guest);
}

void v2v_guest_close(struct v2v *v)
{
	v2v_session_end(v);
}

/* The directory below which the private one is made: on the filesystem where
 * the overlays are to lie in the end, so that publishing is a rename. */
static const char *base_directory(
	const struct v2v *v, const struct v2v_guest_request *request)
{
	const char *workdir = v2v_doc_string(request->doc, "workdir");
	struct stat st;

	if (workdir && stat(workdir, &st) == 0 && S_ISDIR(st.st_mode))
		return workdir;
	return request->workdir ? request->workdir : v->tmpdir;
}

/* The names of the copies; what v2v-estimate says of them is not another disk.
 */
static json_t *copies_of(const json_t *doc)
{
	const json_t *targets = json_object_get(doc, "targets"), *target;
	json_t *files = json_array();
	size_t i;

	json_array_foreach (targets, i, target)
		if (json_is_string(json_object_get(target, "file")))
			json_array_append(
				files, json_object_get(target, "file"));
	return files;
}

static char *signature_of(
	const struct v2v *v, const struct v2v_guest_request *request)
{
	json_auto_t *all = json_pack("{s:O?, s:O?, s:o, s:o, s:b, s:s}",
		"disks",
		json_object_get(
			json_object_get(request->doc, "source"), "disks"),
		"overlays", json_object_get(request->doc, "overlays"), "copies",
		copies_of(request->doc), "base",
		v2v_json_text(base_directory(v, request)), "in_place",
		request->in_place, "backend", v->backend ? v->backend : "auto");

	for (const char *const *key = request->keys; key && *key; key++)
		json_object_set_new(all, *key, json_true());
	return json_dumps(all, JSON_COMPACT | JSON_SORT_KEYS);
}

static int start(struct v2v_guest *guest,
	const struct v2v_guest_request *request, struct v2v_error *err)
{
	const struct v2v_appliance_config config = {
		.v = guest->v,
		.dir = guest->dir,
		.drives = &guest->drives,
		.in_place = guest->in_place,
		.has_keys = request->keys && *request->keys,
		.runs_programs = request->runs_programs,
	};

	/* What inspected the guest knows what is on its disks. */
	return v2v_backend_start(&config,
		v2v_doc_string(
			json_object_get(request->doc, "inspect"), "backend"),
		request->after, &guest->a, err);
}

/* Twice where what is opened needs another start. */
static int unlock(
	struct v2v_guest *guest, const char *const *keys, struct v2v_error *err)
{
	const struct v2v_appliance_life *life = guest->a->ops->life;
	int again;

	if (v2v_guest_unlock(guest, keys, err) < 0)
		return -1;
	again = life->restart ? life->restart(guest->a, err) : 0;
	return again > 0 ? v2v_guest_unlock(guest, keys, err) : again;
}

static int open_session(struct v2v *v, const struct v2v_guest_request *request,
	struct v2v_guest **ret_guest, struct v2v_error *err)
{
	__attribute__((cleanup(session_cleanup))) struct v2v_guest *guest =
		v2v_alloc(1, sizeof *guest);

	guest->v = v;
	guest->texts = json_object();
	guest->facts = json_object();
	guest->told = json_object();
	guest->in_place = request->in_place;
	guest->signature = signature_of(v, request);
	if (request->source->disks.count == 0)
		return v2v_fail(err, "no-disk", "document: no disk in source");
	guest->dir = v2v_workdir_temporary(
		base_directory(v, request), "tmp-v2v-", err);
	if (!guest->dir || v2v_guest_check_keys(request->keys, err) < 0 ||
		v2v_guest_add_drives(guest, request, err) < 0 ||
		start(guest, request, err) < 0 ||
		unlock(guest, request->keys, err) < 0)
		return -1;
	*ret_guest = v2v_take(guest);
	return 0;
}

/* Does the appliance that runs do for this request? */
static bool fits(const struct v2v_guest *guest,
	const struct v2v_guest_request *request, const char *signature)
{
	return v2v_streq(guest->signature, signature) &&
	       (!request->runs_programs || guest->a->ops->programs);
}

int v2v_guest_open(struct v2v *v, const struct v2v_guest_request *request,
	struct v2v_guest **ret_guest, struct v2v_error *err)
{
	CLEANUP_FREE char *signature = signature_of(v, request);
	struct v2v_guest *guest = v->session;

	if (v2v_check_cancel(v, err) < 0)
		return -1;
	if (guest && fits(guest, request, signature)) {
		v2v_guest_close_snapshots(guest);
		v2v_call(guest, mounts, unmount_all);
		*ret_guest = guest;
		return 0;
	}
	v2v_guest_close(v);
	if (open_session(v, request, &guest, err) < 0)
		return -1;
	v->session = guest;
	v->session_free = session_free;
	*ret_guest = guest;
	return 0;
}

int v2v_guest_check(struct v2v_guest *guest, struct v2v_error *err)
{
	if (v2v_call(guest, life, check) < 0)
		return v2v_guest_fail(guest, err, "appliance",
			"the appliance has ended by itself");
	return v2v_check_cancel(guest->v, err);
}

static int write_back(struct v2v_guest *guest, struct v2v_error *err)
{
	const struct v2v_appliance_life *life = guest->a->ops->life;

	return life->write_back ? life->write_back(guest->a, err) : 0;
}

int v2v_guest_publish(struct v2v *v, const char *workdir,
	struct v2v_list *ret_overlays, struct v2v_error *err)
{
	struct v2v_guest *guest = v->session;

	if (v2v_call(guest, life, stop) < 0)
		return v2v_guest_fail(guest, err, "appliance",
			"cannot shut down the appliance");
	if (v2v_check_cancel(v, err) < 0)
		return -1;
	if ((guest->in_place ? write_back(guest, err)
			     : v2v_guest_publish_drives(&guest->drives, workdir,
				       ret_overlays, err)) < 0)
		return -1;
	v2v_guest_close(v);
	return 0;
}

bool v2v_guest_is_touched(const struct v2v_guest *guest)
{
	return guest->in_place &&
	       (!guest->a->ops->life->write_back ||
		       v2v_guest_needs_recovery(&guest->drives));
}

int v2v_guest_recover(struct v2v *v, const struct v2v_guest_request *request,
	struct v2v_error *err)
{
	struct v2v_guest guest = { .v = v, .in_place = true };
	int status;

	v2v_guest_close(v);
	status = v2v_guest_add_drives(&guest, request, err);
	v2v_guest_drives_clear(&guest.drives);
	return status;
}

bool v2v_guest_has_next(const struct v2v_guest *guest, const char *type)
{
	return v2v_backend_has_next(guest->v, v2v_guest_backend(guest), type);
}

const char *v2v_guest_backend(const struct v2v_guest *guest)
{
	return guest->a->ops->name;
}
