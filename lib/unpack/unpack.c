/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The step v2v-unpack: an OVA, or disk images, into a document. */
#include "core/doc.h"
#include "core/file.h"
#include "image/image.h"
#include "unpack/manifest.h"
#include "unpack/ova.h"
#include "unpack/ovf.h"

#include <sys/stat.h>

#define SECTOR	       512
#define DEFAULT_MEMORY (1LL << 30)

int v2v_unpack_is_image(const char *file, struct v2v_error *err)
{
	enum v2v_container kind;
	const char *what, *format;
	struct stat st;

	if (v2v_ova_container(file, &kind, &what, err) < 0)
		return -1;
	if (kind != V2V_CONTAINER_NONE)
		return 0;
	format = v2v_image_format(file, err);
	if (!format)
		return -1;
	if (strcmp(format, "raw") != 0)
		return 1;
	/* Anything may be a raw disk, but a disk has sectors. */
	if (stat(file, &st) < 0 || st.st_size == 0 || st.st_size % SECTOR)
		return v2v_fail(err, "not-an-ova",
			"'%s' is neither an OVA nor a disk image", file);
	return 1;
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
	}
}

static json_t *as_documents(struct v2v *v, const struct v2v_source *source)
{
	json_t *doc = v2v_doc_new();

	json_object_set_new(doc, "source", v2v_source_store(source));
	v2v_step_end(v, doc);
	return json_pack("[o]", doc);
}

/* hrefs count from the OVF's folder (DSP0243 §7.1). */
static const struct v2v_ova_member *find_member(const struct v2v_ova *ova,
	const struct v2v_ova_member *descriptor, const char *href)
{
	const char *slash = strrchr(descriptor->name, '/');
	size_t n = slash ? (size_t)(slash - descriptor->name) + 1 : 0;
	CLEANUP_FREE char *path = NULL;

	while (v2v_starts_with(href, "./"))
		href += 2;
	path = v2v_format("%.*s%s", (int)n, descriptor->name, href);
	return v2v_ova_find(ova, path);
}

static int locate_disk(struct v2v *v, const struct v2v_ova *ova,
	const struct v2v_ova_member *descriptor,
	const struct v2v_ovf_disk *said, struct v2v_disk *disk,
	struct v2v_error *err)
{
	const struct v2v_ova_member *member;
	struct v2v_image image;

	if (!said->href) {
		disk->virtual_size = said->capacity;
		return 0;
	}
	member = find_member(ova, descriptor, said->href);
	if (!member)
		return v2v_fail(err, "ova-missing-disk",
			"'%s': the disk '%s' is not in it", ova->file,
			said->href);
	if (v2v_image_check(ova->file, (int64_t)member->offset,
		    (int64_t)member->size, NULL, false, &image, err) < 0)
		return v2v_fail_prefix(err, "'%s'", member->name);
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

static char *base_name(const char *file, const char *suffix)
{
	const char *base = strrchr(file, '/');
	size_t n;

	base = base ? base + 1 : file;
	n = strlen(base);
	if (n > strlen(suffix) &&
		strcasecmp(base + n - strlen(suffix), suffix) == 0)
		n -= strlen(suffix);
	return v2v_strndup(base, n);
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
	CLEANUP_FREE char *text = NULL, *name = base_name(file, ".ova");

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

static int add_image(const char *file, const struct v2v_unpack_options *opt,
	struct v2v_source *source, struct v2v_error *err)
{
	struct v2v_disk *disk = v2v_list_add(&source->disks, sizeof *disk);
	struct v2v_image image;

	disk->file = v2v_realpath(file, err);
	if (!disk->file)
		return -1;
	if (v2v_image_check(disk->file, -1, -1, opt->format, opt->backing_chain,
		    &image, err) < 0)
		return -1;
	disk->id = (int64_t)source->disks.count - 1;
	disk->offset = disk->size = disk->unit = -1;
	disk->format = v2v_strdup(image.format);
	disk->subformat = v2v_strdup(image.subformat);
	disk->virtual_size = (int64_t)image.virtual_size;
	disk->backing_chain = opt->backing_chain;
	return 0;
}

/* "web-sda.qcow2", as v2v-copy names it, is the machine "web". */
static char *name_of_image(const char *file)
{
	CLEANUP_FREE char *name = base_name(file, "");
	char *dot = strrchr(name, '.');
	size_t n;

	if (dot && dot != name)
		*dot = '\0';
	n = strlen(name);
	if (n > 4 && strcmp(name + n - 4, "-sda") == 0)
		name[n - 4] = '\0';
	return v2v_take(name);
}

static int unpack_images(struct v2v *v, const char *const *files,
	const struct v2v_unpack_options *opt, json_t **ret_docs,
	struct v2v_error *err)
{
	struct v2v_source source CLEANUP_SOURCE = {
		.name = name_of_image(files[0]),
		.memory = DEFAULT_MEMORY,
		.vcpus = 1,
		.cpu = v2v_alloc(1, sizeof(struct v2v_cpu)),
	};
	struct v2v_nic *nic;

	for (; *files; files++)
		if (add_image(*files, opt, &source, err) < 0)
			return -1;
	nic = v2v_list_add(&source.nics, sizeof *nic);
	nic->network = v2v_strdup("default");
	nic->type = v2v_strdup("network");
	nic->pci_slot = -1;
	take_options(opt, &source);
	*ret_docs = as_documents(v, &source);
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
	if (v2v_check_cancel(v, err) < 0)
		return -1;
	is_image = opt->format ? 1 : v2v_unpack_is_image(files[0], err);
	if (is_image < 0)
		return -1;
	if (is_image)
		return unpack_images(v, files, opt, ret_docs, err);
	if (files[1])
		return v2v_fail(err, "several-files",
			"'%s' is a machine of its own; give it alone",
			files[0]);
	if (v2v_ova_container(files[0], &kind, &what, err) < 0)
		return -1;
	if (kind != V2V_CONTAINER_TAR)
		return v2v_fail(err, "container",
			"'%s' is %s, which is not supported yet; an OVA that "
			"is "
			"a plain tar is",
			files[0], what);
	return unpack_ova(v, files[0], opt, ret_docs, err);
}
