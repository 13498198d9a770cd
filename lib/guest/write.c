/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of the guest are changed: beside, then renamed. */
#include "guest/files.h"
#include "guest/private.h"

/* What a name means, when something is to be written there. */
struct target {
	char *name;			  /* links resolved */
	bool exists;			  /* a regular file */
	struct v2v_attributes attributes; /* its, or of a link to no file */
	char *directory;
	char *directory_flags; /* taken away for a while */
};

/* The new content: a text, or all of a file of the host. */
struct content {
	const char *text;
	int fd;
};

static void target_clear(struct target *t)
{
	v2v_attributes_clear(&t->attributes);
	free(t->name);
	free(t->directory);
	free(t->directory_flags);
}
#define CLEANUP_TARGET __attribute__((cleanup(target_clear)))

static int cannot_write(
	struct v2v_guest *guest, const char *name, struct v2v_error *err)
{
	return v2v_guest_fail(guest, err, "guest-write",
		"cannot write the guest's '%s'", name);
}

const char *v2v_guest_link_fault(struct v2v_guest *guest, const char *path)
{
	CLEANUP_FREE char *real = NULL;

	if (!v2v_guest_is_link(guest, path))
		return NULL;
	real = v2v_guest_resolve(guest, path);
	if (!real)
		return guest->a->ops->life->error_number(guest->a) == ELOOP
			       ? "in a circle"
			       : "nowhere";
	return v2v_guest_is_file(guest, real) ? NULL : "to no file";
}

/* systemd.unit(5): so a unit is masked; nothing is wrong with it. */
static bool is_mask(struct v2v_guest *guest, const char *path)
{
	CLEANUP_FREE char *to = v2v_call(guest, files, read_link, path);

	return v2v_streq(to, "/dev/null");
}

bool v2v_guest_tell_link(struct v2v_guest *guest, const char *path)
{
	const char *how = v2v_guest_link_fault(guest, path);

	if (!how)
		return false;
	if (json_object_get(guest->told, path) || is_mask(guest, path))
		return true;
	/* A name may be in any encoding. */
	json_object_set_new_nocheck(guest->told, path, json_true());
	v2v_warn(guest->v, "guest-link",
		"the guest's '%s' is a link that leads %s", path, how);
	return true;
}

/* Cut in directory and name; the directory's links are resolved. */
static void resolve_directory(
	struct v2v_guest *guest, const char *path, struct target *t)
{
	const char *slash = strrchr(path, '/');
	CLEANUP_FREE char *directory =
		slash == path ? v2v_strdup("/")
			      : v2v_strndup(path, (size_t)(slash - path));
	CLEANUP_FREE char *real = v2v_guest_resolve(guest, directory);

	t->directory = real ? v2v_take(real) : v2v_take(directory);
	t->name = v2v_format("%s%s",
		strcmp(t->directory, "/") == 0 ? "" : t->directory, slash);
}

static void name_directory(struct target *t)
{
	const char *slash = strrchr(t->name, '/');

	t->directory = slash == t->name ? v2v_strdup("/")
					: v2v_strndup(t->name,
						  (size_t)(slash - t->name));
}

/* A link is followed to its file; where it leads to none it means the link
 * itself, and is what will be replaced. */
static int find_target(struct v2v_guest *guest, const char *path,
	struct target *t, struct v2v_error *err)
{
	bool is_link;

	v2v_guest_forget(guest);
	t->name = v2v_guest_resolve(guest, path);
	if (v2v_guest_check_name(t->name ? t->name : path, err) < 0)
		return -1;
	if (t->name) {
		if (v2v_attributes_get(guest, t->name, &t->attributes, err) < 0)
			return -1;
		t->exists = S_ISREG(t->attributes.stat.mode);
	}
	if (t->exists) {
		name_directory(t);
		return 0;
	}
	is_link = v2v_guest_tell_link(guest, path);
	if (!is_link && t->name)
		return v2v_fail(err, "guest-write",
			"the guest's '%s' is not a regular file", path);
	v2v_attributes_clear(&t->attributes);
	free(v2v_take(t->name));
	resolve_directory(guest, path, t);
	return is_link ? v2v_attributes_get(guest, t->name, &t->attributes, err)
		       : v2v_check_cancel(guest->v, err);
}

static int put(struct v2v_guest *guest, const struct content *content,
	const char *name, struct v2v_error *err)
{
	int status = content->text
			     ? v2v_call(guest, writing, write, name,
				       content->text, strlen(content->text))
			     : v2v_call(guest, writing, put, content->fd, name);

	return status < 0 ? cannot_write(guest, name, err) : 0;
}

/* An empty file beside the target, mode 0600 and of a name that none has. */
static char *make_beside(
	struct v2v_guest *guest, struct target *t, struct v2v_error *err)
{
	CLEANUP_FREE char *template = v2v_format("%s/.v2v-XXXXXX",
		strcmp(t->directory, "/") == 0 ? "" : t->directory);
	char *temp = v2v_call(guest, writing, make_temporary, template);
	struct v2v_error first = { 0 };

	if (temp)
		return temp;
	cannot_write(guest, t->name, &first);
	t->directory_flags = v2v_attributes_open_directory(guest, t->directory);
	if (t->directory_flags)
		temp = v2v_call(guest, writing, make_temporary, template);
	if (!temp)
		v2v_fail(err, first.code, "%s", first.text);
	return temp;
}

static int fill(struct v2v_guest *guest, const struct target *t,
	const struct content *content, const char *temp, struct v2v_error *err)
{
	if (put(guest, content, temp, err) < 0)
		return -1;
	if (t->exists)
		return v2v_attributes_copy(
			guest, t->name, temp, &t->attributes, err);
	if (v2v_call(guest, attributes, set_mode, temp, 0644) < 0)
		return cannot_write(guest, t->name, err);
	return 0;
}

/* What is written in place must be on the disk before its name is. */
static void sync_in_place(struct v2v_guest *guest)
{
	if (guest->in_place)
		v2v_call(guest, life, sync);
}

static int swap(struct v2v_guest *guest, struct target *t,
	const struct content *content, struct v2v_error *err)
{
	CLEANUP_FREE char *temp = make_beside(guest, t, err);

	if (!temp)
		return -1;
	if (fill(guest, t, content, temp, err) < 0) {
		v2v_call(guest, writing, remove, temp);
		return -1;
	}
	sync_in_place(guest);
	if (v2v_call(guest, writing, rename, temp, t->name) < 0) {
		cannot_write(guest, t->name, err);
		v2v_call(guest, writing, remove, temp);
		return -1;
	}
	return 0;
}

/* Other names of the file must see the new content too, or it has what a new
 * one would not: it is written where it lies. */
static int overwrite(struct v2v_guest *guest, const struct target *t,
	const struct content *content, struct v2v_error *err)
{
	int status = put(guest, content, t->name, err);

	sync_in_place(guest);
	return status < 0 ? -1
			  : v2v_attributes_set_times(
				    guest, t->name, &t->attributes, err);
}

static int save_target(
	struct v2v_guest *guest, const struct target *t, struct v2v_error *err)
{
	return v2v_backup_save(guest, t->name,
		t->attributes.is_there ? &t->attributes : NULL, err);
}

static int replace(struct v2v_guest *guest, const char *path,
	const struct content *content, struct v2v_error *err)
{
	struct target t CLEANUP_TARGET = { 0 };
	int status;

	if (find_target(guest, path, &t, err) < 0 ||
		save_target(guest, &t, err) < 0)
		return -1;
	v2v_attributes_unprotect(guest, t.name, &t.attributes);
	status = t.exists && (t.attributes.stat.links > 1 ||
				     v2v_guest_has_more(guest, t.name))
			 ? overwrite(guest, &t, content, err)
			 : swap(guest, &t, content, err);
	v2v_attributes_protect(guest, t.name, &t.attributes);
	v2v_attributes_close_directory(guest, t.directory, t.directory_flags);
	return status;
}

int v2v_guest_write(struct v2v_guest *guest, const char *path, const char *text,
	struct v2v_error *err)
{
	const struct content content = { text, -1 };

	return replace(guest, path, &content, err);
}

int v2v_guest_replace(struct v2v_guest *guest, int fd, const char *path,
	struct v2v_error *err)
{
	const struct content content = { NULL, fd };

	return replace(guest, path, &content, err);
}

int v2v_guest_put(struct v2v_guest *guest, int fd, const char *path,
	uint64_t offset, struct v2v_error *err)
{
	struct target t CLEANUP_TARGET = { 0 };
	int status = 0;

	if (find_target(guest, path, &t, err) < 0)
		return -1;
	if (!t.exists)
		return v2v_fail(
			err, "guest-write", "the guest has no file '%s'", path);
	if (save_target(guest, &t, err) < 0)
		return -1;
	v2v_attributes_unprotect(guest, t.name, &t.attributes);
	if (v2v_call(guest, writing, put_at, fd, t.name, offset) < 0) {
		status = cannot_write(guest, path, err);
		/* No half of an archive behind it. */
		v2v_call(guest, writing, truncate, t.name,
			(uint64_t)t.attributes.stat.size);
	}
	if (v2v_attributes_set_times(guest, t.name, &t.attributes, err) < 0)
		status = -1;
	v2v_attributes_protect(guest, t.name, &t.attributes);
	sync_in_place(guest);
	return status;
}

int v2v_guest_remove(
	struct v2v_guest *guest, const char *path, struct v2v_error *err)
{
	struct v2v_attributes a CLEANUP_ATTRIBUTES = { 0 };
	struct target t CLEANUP_TARGET = { 0 };
	struct v2v_error first = { 0 };
	int status;

	v2v_guest_forget(guest);
	resolve_directory(guest, path, &t);
	if (v2v_attributes_get(guest, t.name, &a, err) < 0 ||
		v2v_backup_save(guest, t.name, &a, err) < 0)
		return -1;
	v2v_attributes_unprotect(guest, t.name, &a);
	status = v2v_call(guest, writing, remove, t.name);
	if (status < 0) {
		v2v_guest_fail(guest, &first, "guest-write",
			"cannot remove the guest's '%s'", path);
		t.directory_flags =
			v2v_attributes_open_directory(guest, t.directory);
		if (t.directory_flags)
			status = v2v_call(guest, writing, remove, t.name);
		v2v_attributes_close_directory(
			guest, t.directory, t.directory_flags);
	}
	return status < 0 ? v2v_fail(err, first.code, "%s", first.text) : 0;
}
