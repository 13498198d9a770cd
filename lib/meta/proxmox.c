/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The writer for Proxmox VE: a script that calls `qm create`, and what the
 * machine's configuration then says. */
#include "meta/proxmox.h"

#include "meta/names.h"
#include "meta/shell.h"

#include <ctype.h>

#define STORAGE "local-lvm" /* what an installation begins with */

static void add_identity(struct v2v *v, struct v2v_pve *p)
{
	CLEANUP_FREE char *name =
		v2v_names_label(p->machine->source.name, V2V_DNS_LABEL);
	const char *genid = v2v_machine_genid(v, p->machine);

	v2v_names_tell(v, "the machine", p->machine->source.name, name);
	v2v_pve_add(p, "name", "%s", name);
	if (genid)
		v2v_pve_add(p, "vmgenid", "%s", genid);
}

/* Can the file be named as it is?  No separator of a value is in its name,
 * which ends with the format: Proxmox goes by that, else by the content, which
 * a guest has written (QemuServer.pm, qemu_img_convert()). */
static bool is_plain(const struct v2v_pve_key *line)
{
	CLEANUP_FREE char *end = v2v_format(".%s", line->format);

	for (const char *s = line->import; *s; s++)
		if (!isalnum((unsigned char)*s) && !strchr("/._+-", *s))
			return false;
	return v2v_ends_with(line->import, end);
}

/* The value of a new volume, in the script: @number counts what is imported. */
static void add_volume(
	struct v2v_text *script, const struct v2v_pve_key *line, size_t number)
{
	if (!line->import)
		v2v_text_addf(script, " \"$storage:1\"");
	else if (is_plain(line))
		v2v_text_addf(
			script, " \"$storage:0,import-from=%s\"", line->import);
	else
		v2v_text_addf(script,
			" \"$storage:0,import-from=$links/disk%zu.%s\"", number,
			line->format);
	if (*line->value)
		v2v_shell_word(script, line->value);
}

/* Files that cannot be named as they are are imported by links to them. */
static void add_links(struct v2v_text *script, const struct v2v_pve *p)
{
	size_t number = 0;
	bool begun = false;

	v2v_list_foreach (const struct v2v_pve_key, line, &p->keys) {
		if (!line->import)
			continue;
		if (!is_plain(line)) {
			if (!begun)
				v2v_text_addf(script,
					"links=$(mktemp -d)\n"
					"trap 'rm -rf \"$links\"' EXIT\n");
			begun = true;
			v2v_text_addf(script, "ln -s");
			v2v_shell_add(script, "%s", line->import);
			v2v_text_addf(script, " \"$links/disk%zu.%s\"\n",
				number, line->format);
		}
		number++;
	}
}

static char *write_script(
	const struct v2v_pve *p, const struct v2v_meta_place *place)
{
	struct v2v_text script = { 0 };
	size_t number = 0;

	v2v_shell_begin(&script);
	v2v_shell_comment(&script, "Makes '%s' on this node of Proxmox VE:",
		p->machine->source.name);
	v2v_shell_comment(&script, "its disks are copied into the storage.");
	v2v_text_addf(&script,
		"case ${1-} in\n"
		"'' | *[!0-9]*)\n"
		"\techo \"usage: $0 VMID [STORAGE]\" >&2\n"
		"\texit 2\n"
		"\t;;\n"
		"esac\n"
		"storage=${2:-%s}\n",
		place->storage ? place->storage : STORAGE);
	add_links(&script, p);
	v2v_text_addf(&script, "qm create \"$1\"");
	v2v_list_foreach (const struct v2v_pve_key, line, &p->keys) {
		v2v_text_addf(&script, " \\\n\t--%s", line->key);
		if (line->is_volume)
			add_volume(&script, line, number);
		else
			v2v_shell_add(&script, "%s", line->value);
		number += line->import != NULL;
	}
	v2v_text_addf(&script, "\n");
	return v2v_text_take(&script);
}

/* As a size of Proxmox': whole KiB, else bytes. */
static void add_size(struct v2v_text *conf, int64_t size)
{
	if (size % 1024)
		v2v_text_addf(conf, ",size=%lld", (long long)size);
	else
		v2v_text_addf(conf, ",size=%lldK", (long long)size / 1024);
}

/* Lines that begin with '#' are the description, percent-encoded. */
static void add_description(struct v2v_text *conf, const char *text)
{
	v2v_text_addf(conf, "#");
	for (; *text; text++)
		if (isalnum((unsigned char)*text) || strchr(" -_.,:()", *text))
			v2v_text_add(conf, text, 1);
		else
			v2v_text_addf(conf, "%%%02X", (unsigned char)*text);
	v2v_text_addf(conf, "\n");
}

static char *write_conf(
	const struct v2v_pve *p, const struct v2v_meta_place *place)
{
	CLEANUP_FREE char *was =
		v2v_format("made by v2v-meta of: %s", p->machine->source.name);
	struct v2v_text conf = { 0 };
	size_t volume = 0;

	add_description(&conf, was);
	v2v_list_foreach (const struct v2v_pve_key, line, &p->keys) {
		v2v_text_addf(&conf, "%s: ", line->key);
		if (line->is_volume) {
			v2v_text_addf(&conf, "%s:vm-VMID-disk-%zu%s",
				place->storage ? place->storage : STORAGE,
				volume++, line->value);
			add_size(&conf, line->size);
		} else
			v2v_text_addf(&conf, "%s", line->value);
		v2v_text_addf(&conf, "\n");
	}
	return v2v_text_take(&conf);
}

static int write_files(struct v2v *v, const struct v2v_machine *m,
	const struct v2v_meta_place *place, struct v2v_list *files,
	struct v2v_error *err)
{
	struct v2v_pve p CLEANUP_PVE = { .machine = m };

	if (place->storage && !isalpha((unsigned char)*place->storage))
		return v2v_fail(err, "bad-option",
			"storage: '%s' does not begin with a letter",
			place->storage);
	add_identity(v, &p);
	v2v_pve_devices(v, &p);
	v2v_pve_disks(v, &p);
	v2v_meta_file_add(files, ".sh", write_script(&p, place), true);
	v2v_meta_file_add(files, ".conf", write_conf(&p, place), false);
	return 0;
}

const struct v2v_meta_writer v2v_meta_proxmox = {
	.write = write_files,
};
