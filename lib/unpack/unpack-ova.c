/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The machines of an OVA. */
#include "unpack/unpack-ova.h"

#include "core/doc.h"
#include "core/file.h"
#include "core/workdir.h"
#include "unpack/describe.h"
#include "unpack/descriptor.h"
#include "unpack/images.h"
#include "unpack/invent.h"
#include "unpack/locks.h"
#include "unpack/loose.h"
#include "unpack/manifest.h"
#include "unpack/options.h"
#include "unpack/ova-private.h"
#include "unpack/place.h"
#include "unpack/vmsd.h"

/* An OVA under way. */
struct job {
	struct v2v *v;
	const struct v2v_unpack_options *opt;
	struct v2v_ova ova;
	const struct v2v_ova_member *descriptor; /* NULL: not met yet */
	struct v2v_descriptor described;	 /* read with the descriptor */
	json_t *names;				 /* of its disks' members */
	json_t *algorithms;			 /* of the manifest; NULL */
};

static void job_clear(struct job *job)
{
	v2v_descriptor_clear(&job->described);
	v2v_ova_clear(&job->ova);
	json_decref(job->names);
	json_decref(job->algorithms);
}

/* "x.ova", "x.tar.gz", "x.ovf", "x/": x */
static char *fallback_name(const char *file)
{
	static const char *const suffixes[] = { ".gz", ".xz", ".bz2", ".zst",
		".tar", ".zip", ".ova", ".ovf", ".tgz", ".txz", ".box", ".vmx",
		".vmtx", ".vbox", ".xml" };
	char *name = v2v_unpack_base_name(file, "");

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		char *shorter = v2v_unpack_base_name(name, suffixes[i]);

		free(name);
		name = shorter;
	}
	return name;
}

/* Descriptors other than OVF hold one machine, whatever --vm says: then it is
 * that one or none. */
static void choose_only(struct job *job)
{
	struct v2v_descriptor_machine *m = job->described.machines.items;

	if (!job->described.kind->is_package && job->opt->vm)
		m->chosen = v2v_streq(m->source.name, job->opt->vm);
}

static int check_chosen(struct job *job, struct v2v_error *err)
{
	struct v2v_text names CLEANUP_TEXT = { 0 };
	size_t chosen = 0;

	v2v_list_foreach (
		struct v2v_descriptor_machine, m, &job->described.machines) {
		chosen += m->chosen;
		v2v_text_join(&names, ", ", "'%s'", m->source.name);
	}
	if (chosen == 0)
		return v2v_fail(err, "ovf-no-such-machine",
			"'%s': no machine '%s' is in it, but %s", job->ova.file,
			job->opt->vm, names.data);
	if (chosen > 1 && job->opt->name)
		return v2v_fail(err, "bad-option",
			"'%s': one name, '%s', for its %zu machines %s; --vm "
			"chooses one",
			job->ova.file, job->opt->name, chosen, names.data);
	return 0;
}

static int choose_snapshot(struct job *job,
	const struct v2v_ova_member *descriptor, struct v2v_error *err)
{
	if (!job->opt->snapshot)
		return 0;
	v2v_list_foreach (
		struct v2v_descriptor_machine, m, &job->described.machines)
		if (v2v_vmsd_choose(job->v, &job->ova, descriptor,
			    job->opt->snapshot, m, err) < 0)
			return -1;
	return 0;
}

static int read_descriptor(struct job *job,
	const struct v2v_ova_member *descriptor, struct v2v_error *err)
{
	CLEANUP_FREE char *text = NULL, *name = fallback_name(job->ova.file);
	struct v2v_descriptor_choice choice = { job->opt->configuration,
		job->opt->vm, descriptor->name };

	if (v2v_ova_read(&job->ova, descriptor, V2V_OVF_MAX, &text, err) < 0)
		return -1;
	if (v2v_descriptor_read(job->v, text, descriptor->size, &choice, name,
		    &job->described, err) < 0)
		return v2v_fail_prefix(err, "'%s'", job->ova.file);
	choose_only(job);
	if (choose_snapshot(job, descriptor, err) < 0)
		return -1;
	job->descriptor = descriptor;
	job->names = json_object();
	v2v_list_foreach (
		struct v2v_descriptor_machine, m, &job->described.machines)
		if (m->chosen)
			v2v_place_names(descriptor, m, job->names);
	return check_chosen(job, err);
}

/* Of an OVF its reader says so. */
static int check_has_disk(const struct job *job, struct v2v_error *err)
{
	v2v_list_foreach (const struct v2v_descriptor_machine, m,
		&job->described.machines)
		if (m->disks.count)
			return 0;
	return job->described.kind->is_package
		       ? 0
		       : v2v_fail(err, "descriptor-no-disk",
				 "'%s': the machine has no disk",
				 job->ova.file);
}

static int want_disks(struct job *job, struct v2v_error *err)
{
	bool is_package = job->described.kind->is_package;
	size_t used = 0;

	if (check_has_disk(job, err) < 0)
		return -1;

	v2v_list_foreach (
		struct v2v_descriptor_machine, m, &job->described.machines)
		if (m->chosen &&
			(v2v_place_want(&job->ova, job->descriptor, m, &used,
				 err) < 0 ||
				(!is_package &&
					v2v_place_check_twice(&job->ova,
						job->descriptor, m, err) < 0)))
			return -1;
	return 0;
}

/* A machine whose settings are on record where it runs may be running. */
static int check_locks(struct job *job, struct v2v_error *err)
{
	const char *lock = job->described.kind->lock;
	const struct v2v_descriptor_machine *m = job->described.machines.items;

	if (!lock || job->opt->force_locked || job->opt->describe)
		return 0;
	return v2v_unpack_check_locks(&job->ova, job->descriptor, m, lock, err);
}

/* Does the OVF, as far as it is known, mean this member?  Then it need not be
 * decompressed a second time. */
static int see_member(struct v2v_ova *ova, struct v2v_ova_member *member,
	void *opaque, struct v2v_error *err)
{
	struct job *job = opaque;
	const struct v2v_ova_member *descriptor =
		v2v_ova_descriptor_met(ova, job->opt->ovf);

	if (!job->descriptor && descriptor && descriptor->text &&
		read_descriptor(job, descriptor, err) < 0)
		return -1;
	v2v_place_see(job->names, member);
	if (!job->descriptor)
		v2v_loose_see(ova, member);
	if (!job->opt->no_verify)
		member->algorithms =
			v2v_manifest_algorithms(ova, &job->algorithms, member);
	/* What is hashed once is not hashed again in a second pass. */
	for (size_t i = 0; i < V2V_SHA_COUNT; i++)
		if (member->digests.hex[i])
			member->algorithms &= ~(1U << i);
	return 0;
}

static int read_ova(struct job *job, struct v2v_error *err)
{
	const struct v2v_ova_member *descriptor;

	if (v2v_ova_descriptor(&job->ova, job->opt->ovf, &descriptor, err) <
			0 ||
		(!job->descriptor &&
			read_descriptor(job, descriptor, err) < 0) ||
		check_locks(job, err) < 0)
		return -1;
	if (job->opt->describe)
		return 0;
	if (want_disks(job, err) < 0)
		return -1;
	return v2v_ova_fetch(job->v, &job->ova, err);
}

/* Warnings of the OVA are every machine's, those of its disks its own. */
static json_t *as_document(struct job *job,
	struct v2v_descriptor_machine *machine, json_t *warnings,
	const struct v2v_workdir *workdir)
{
	json_t *doc = v2v_doc_new();

	v2v_unpack_take_options(job->opt, &machine->source);
	v2v_workdir_store(workdir, doc);
	json_object_set_new(doc, "source", v2v_source_store(&machine->source));
	json_object_set(doc, "warnings", warnings);
	return doc;
}

static int add_document(struct job *job, struct v2v_descriptor_machine *machine,
	const json_t *warnings, json_t *docs, struct v2v_error *err)
{
	struct v2v_workdir workdir CLEANUP_WORKDIR = { NULL, NULL, false };
	json_auto_t *own = json_deep_copy(warnings);

	json_array_clear(job->v->warnings);
	v2v_step_machine(job->v, machine->source.name);
	if (job->opt->describe)
		v2v_describe_disks(job->v, &job->ova, job->descriptor, machine);
	else if (v2v_place_disks(job->v, &job->ova, job->descriptor, machine,
			 &workdir, err) < 0 ||
		 v2v_unpack_check_files(&machine->source, err) < 0) {
		v2v_workdir_undo(&workdir);
		return -1;
	}
	if (machine->assumed)
		v2v_unpack_tell_assumed(job->v, job->opt);
	json_array_extend(own, job->v->warnings);
	json_array_append_new(docs, as_document(job, machine, own, &workdir));
	return 0;
}

/* Only OVAs have manifests. */
static bool is_verified(const struct job *job)
{
	return !job->opt->no_verify && !job->opt->describe &&
	       job->described.kind->is_package;
}

static int add_documents(struct job *job, json_t *docs, struct v2v_error *err)
{
	json_auto_t *warnings = NULL;

	if (read_ova(job, err) < 0)
		return -1;
	if (is_verified(job) &&
		v2v_manifest_check(job->v, &job->ova, job->descriptor, err) < 0)
		return -1;
	warnings = json_deep_copy(job->v->warnings);
	v2v_list_foreach (
		struct v2v_descriptor_machine, m, &job->described.machines)
		if (m->chosen && add_document(job, m, warnings, docs, err) < 0)
			return -1;
	json_array_clear(job->v->warnings);
	return 0;
}

static int open_ova(struct job *job, const char *file, struct v2v_error *err)
{
	/* What is only described is not wanted, nor hashed. */
	job->ova.see = job->opt->describe ? NULL : see_member;
	job->ova.anywhere = job->opt->anywhere;
	job->ova.opaque = job;
	return v2v_ova_open(job->v, file, &job->ova, err);
}

/* An OVA that was in an archive, and lies in the spool folder now. */
static int add_inner(struct v2v *v, const char *file,
	const struct v2v_unpack_options *opt, json_t *docs,
	struct v2v_error *err)
{
	struct job job = { .v = v, .opt = opt, .ova = { .folder_fd = -1 } };
	int status = open_ova(&job, file, err);

	/* What is read where it lies must not vanish with the folder. */
	v2v_ova_foreach (member, &job.ova)
		member->spooled = member->file;
	if (status == 0)
		status = add_documents(&job, docs, err);
	job_clear(&job);
	return status;
}

static int add_loose(struct job *job, struct v2v_ova_member *member,
	json_t *docs, struct v2v_error *err)
{
	CLEANUP_FREE char *inner = NULL;
	int is_ova;

	if (v2v_ova_fetch(job->v, &job->ova, err) < 0)
		return -1;
	is_ova = v2v_loose_add(
		job->v, &job->ova, member, job->opt, docs, &inner, err);
	if (is_ova <= 0)
		return is_ova;
	return add_inner(job->v, inner, job->opt, docs, err) < 0
		       ? v2v_fail_prefix(err, "'%s'", job->ova.file)
		       : 0;
}

static int add_all(
	struct job *job, const char *file, json_t *docs, struct v2v_error *err)
{
	struct v2v_ova_member *loose;

	if (open_ova(job, file, err) < 0)
		return -1;
	loose = v2v_loose_find(&job->ova);
	if (loose && job->opt->describe)
		return v2v_describe_loose(
			job->v, &job->ova, loose, job->opt, docs, err);
	return loose ? add_loose(job, loose, docs, err)
		     : add_documents(job, docs, err);
}

int v2v_unpack_ova(struct v2v *v, const char *file,
	const struct v2v_unpack_options *opt, json_t **ret_docs,
	struct v2v_error *err)
{
	struct job job = { .v = v, .opt = opt, .ova = { .folder_fd = -1 } };
	json_t *docs = json_array(), *doc;
	int status = add_all(&job, file, docs, err);
	size_t i;

	if (status < 0) {
		json_array_foreach (docs, i, doc) {
			v2v_discard(v, doc);
		}
		json_decref(docs);
	} else {
		*ret_docs = docs;
	}
	job_clear(&job);
	return status;
}
