/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The step v2v-unpack: an OVA, or disk images, into a document. */
#include "core/doc.h"
#include "image/image.h"
#include "unpack/images.h"
#include "unpack/manifest.h"
#include "unpack/ova.h"
#include "unpack/ovf.h"

/* The ranges of what a document may say. */
static int check_options(
	const struct v2v_unpack_options *opt, struct v2v_error *err)
{
	if (opt->name && !*opt->name)
		return v2v_fail(err, "option", "the name is empty");
	if (opt->memory &&
		(opt->memory < V2V_MEMORY_MIN || opt->memory > V2V_MEMORY_MAX))
		return v2v_fail(err, "option",
			"memory '%llu' is not from 1M to 64T",
			(unsigned long long)opt->memory);
	if (opt->vcpus > V2V_VCPUS_MAX)
		return v2v_fail(err, "option", "'%u' virtual CPUs are too many",
			opt->vcpus);
	if (opt->firmware && strcmp(opt->firmware, "bios") != 0 &&
		strcmp(opt->firmware, "uefi") != 0)
		return v2v_fail(err, "option", "firmware '%s' is not known",
			opt->firmware);
	return 0;
}

/* What the user says stands above what the OVF or the image does. */
static void take_options(
	const struct v2v_unpack_options *opt, struct v2v_source *source)
{
	if (opt->name) {
		free(source->name);
		source->name = v2v_strdup(opt->name);
	}
	if (opt->memory)
		source->memory = (int64_t)opt->memory;
	if (opt->vcpus) {
		source->vcpus = opt->vcpus;
		if (source->cpu) {
			free(source->cpu->topology);
			source->cpu->topology = NULL;
		}
	}
	if (opt->firmware) {
		free(source->firmware);
		source->firmware = v2v_strdup(opt->firmware);
		source->secure_boot &= strcmp(opt->firmware, "uefi") == 0;
	}
}

static json_t *as_documents(struct v2v *v, const struct v2v_source *source)
{
	json_t *doc = v2v_doc_new();

	json_object_set_new(doc, "source", v2v_source_store(source));
	v2v_step_end(v, doc);
	return json_pack("[o]", doc);
}

/* The OVF's word for the member is only believed where it says VMDK: what is
 * none then (a gzip stream, a descriptor in text) is no raw disk either. */
static int check_member(const struct v2v_ova *ova,
	const struct v2v_ova_member *member, const struct v2v_ovf_disk *said,
	struct v2v_image *image, struct v2v_error *err)
{
	if (v2v_image_check(ova->file, (int64_t)member->offset,
		    (int64_t)member->size, NULL, false, image, err) < 0)
		return v2v_fail_prefix(err, "'%s'", member->name);
	if (said->is_vmdk && strcmp(image->format, "raw") == 0)
		return v2v_fail(err, "image-format",
			"'%s': the member '%s' is no VMDK, as the OVF says",
			ova->file, member->name);
	return 0;
}

static int locate_disk(struct v2v *v, const struct v2v_ova *ova,
	const struct v2v_ova_member *descriptor,
	const struct v2v_ovf_disk *said, struct v2v_disk *disk,
	struct v2v_error *err)
{
	const struct v2v_ova_member *member;
	struct v2v_image image;

	if (!said->href) {
		/* A disk has whole sectors of 512 bytes. */
		disk->virtual_size = (said->capacity + 511) / 512 * 512;
		return 0;
	}
	member = v2v_ova_find_href(ova, descriptor, said->href);
	if (!member)
		return v2v_fail(err, "ova-missing-disk",
			"'%s': the disk '%s' is not in it", ova->file,
			said->href);
	if (check_member(ova, member, said, &image, err) < 0)
		return -1;
	disk->file = v2v_strdup(ova->file);
	disk->offset = (int64_t)member->offset;
	disk->size = (int64_t)member->size;
	disk->format = v2v_strdup(image.format);
	disk->subformat = v2v_strdup(image.subformat);
	disk->virtual_size = (int64_t)image.virtual_size;
	if (said->capacity >= 0 && said->capacity != disk->virtual_size)
		v2v_warn(v, "capacity-differs",
			"'%s' is %lld bytes large, the OVF says %lld",
			member->name, (long long)disk->virtual_size,
			(long long)said->capacity);
	return 0;
}

static int find_descriptor(const struct v2v_ova *ova,
	const struct v2v_ova_member **ret_member, struct v2v_error *err)
{
	size_t count;

	*ret_member = v2v_ova_find_suffix(ova, ".ovf", &count);
	if (count == 0)
		return v2v_fail(err, "ova-no-ovf",
			"'%s' is no OVA: no .ovf is in it", ova->file);
	if (count > 1)
		return v2v_fail(err, "ova-several-ovf",
			"'%s': %zu .ovf files are in it", ova->file, count);
	return 0;
}

static int unpack_ova(struct v2v *v, const char *file,
	const struct v2v_unpack_options *opt, json_t **ret_docs,
	struct v2v_error *err)
{
	struct v2v_ova ova CLEANUP_OVA = { .fd = -1 };
	struct v2v_ovf ovf CLEANUP_OVF = { 0 };
	const struct v2v_ova_member *descriptor;
	CLEANUP_FREE char *text = NULL,
			  *name = v2v_unpack_base_name(file, ".ova");

	if (v2v_ova_open(v, file, &ova, err) < 0 ||
		find_descriptor(&ova, &descriptor, err) < 0 ||
		v2v_ova_read(&ova, descriptor, V2V_OVF_MAX, &text, err) < 0)
		return -1;
	if (v2v_ovf_read(v, text, descriptor->size, opt->configuration, name,
		    &ovf, err) < 0)
		return v2v_fail_prefix(err, "'%s'", file);
	for (size_t i = 0; i < ovf.source.disks.count; i++)
		if (locate_disk(v, &ova, descriptor,
			    v2v_items(struct v2v_ovf_disk, &ovf.disks) + i,
			    v2v_items(struct v2v_disk, &ovf.source.disks) + i,
			    err) < 0)
			return -1;
	if (!opt->no_verify && v2v_manifest_check(v, &ova, err) < 0)
		return -1;
	take_options(opt, &ovf.source);
	*ret_docs = as_documents(v, &ovf.source);
	return 0;
}

int v2v_unpack(struct v2v *v, const char *const *files,
	const struct v2v_unpack_options *opt, json_t **ret_docs,
	struct v2v_error *err)
{
	static const struct v2v_unpack_options defaults;
	enum v2v_container kind;
	const char *what;
	int is_image;

	v2v_step_begin(v, "unpack");
	if (!opt)
		opt = &defaults;
	if (!files[0])
		return v2v_fail(err, "no-file", "no file is given");
	if (v2v_check_cancel(v, err) < 0 || check_options(opt, err) < 0)
		return -1;
	is_image = opt->format ? 1 : v2v_unpack_is_image(files[0], err);
	if (is_image < 0)
		return -1;
	if (is_image) {
		struct v2v_source source CLEANUP_SOURCE = { 0 };

		if (v2v_unpack_images(files, opt, &source, err) < 0)
			return -1;
		take_options(opt, &source);
		*ret_docs = as_documents(v, &source);
		return 0;
	}
	if (files[1])
		return v2v_fail(err, "several-files",
			"'%s' is a machine of its own; give it alone",
			files[0]);
	if (v2v_ova_container(files[0], &kind, &what, err) < 0)
		return -1;
	if (kind != V2V_CONTAINER_TAR)
		return v2v_fail(err, "container",
			"'%s' is %s, which is not supported yet; an OVA that "
			"is a plain tar is",
			files[0], what);
	return unpack_ova(v, files[0], opt, ret_docs, err);
}
