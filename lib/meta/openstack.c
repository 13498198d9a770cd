/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The writer for OpenStack: a script of calls of its client, and the image's
 * properties by themselves. */
#include "meta/openstack.h"

#include "meta/names.h"
#include "meta/shell.h"

#define MIB	 (1024 * 1024)
#define GIB	 (1024LL * MIB)
#define MAX_NAME 200 /* bytes, with room for "-disk-N" in 255 */

/* As it is, but for what would be seen in a terminal, and cut. */
static char *openstack_name(const char *name)
{
	CLEANUP_FREE char *cut =
		v2v_strndup(name, v2v_utf8_cut(name, MAX_NAME));
	struct v2v_text text CLEANUP_TEXT = { 0 };

	v2v_shell_comment(&text, "%s", *cut ? cut : "machine");
	text.data[text.length - 1] = '\0';
	return v2v_strdup(text.data + strlen("# "));
}

/* Glance's words. */
static const char *disk_format(const struct v2v_target *target)
{
	return v2v_streq(target->format, "vpc") ? "vhd" : target->format;
}

static int64_t gib(const struct v2v_target *target)
{
	return target->virtual_size / GIB + (target->virtual_size % GIB != 0);
}

/* "NAME" of the disk that boots, "NAME-disk-1" of the others; quoted. */
static void add_name(struct v2v_text *t, const char *name, size_t number)
{
	if (number)
		v2v_shell_add(t, "%s-disk-%zu", name, number);
	else
		v2v_shell_add(t, "%s", name);
}

static void add_image(struct v2v_text *t, const char *name, size_t number,
	const struct v2v_machine *m, const struct v2v_target *target,
	const json_t *properties)
{
	const char *key;
	json_t *value;

	v2v_text_addf(t,
		"\nimage%zu=$(openstack image create -f value -c id \\\n"
		"\t--container-format bare --disk-format %s",
		number, disk_format(target));
	if (number == 0) {
		v2v_text_addf(t, " \\\n\t--min-disk %lld --min-ram %lld",
			(long long)gib(target),
			(long long)((m->source.memory + MIB - 1) / MIB));
		json_object_foreach ((json_t *)properties, key, value) {
			v2v_text_addf(t, " \\\n\t--property");
			v2v_shell_add(
				t, "%s=%s", key, json_string_value(value));
		}
	}
	v2v_text_addf(t, " \\\n\t--file");
	v2v_shell_add(t, "%s", target->file);
	v2v_text_addf(t, " --");
	add_name(t, name, number);
	v2v_text_addf(t, ")\n");
}

static void add_volume(struct v2v_text *t, const char *name, size_t number,
	const struct v2v_target *target, const struct v2v_meta_place *place)
{
	v2v_text_addf(t,
		"volume%zu=$(openstack volume create -f value -c id \\\n"
		"\t--image \"$image%zu\" --size %lld",
		number, number, (long long)gib(target));
	if (place->storage)
		v2v_text_addf(t, " --type %s", place->storage);
	v2v_text_addf(t, " --");
	add_name(t, name, number);
	v2v_text_addf(t, ")\n");
}

/* In the order in which they boot; how many there are. */
static size_t add_disks(struct v2v_text *t, const char *name,
	const struct v2v_machine *m, const struct v2v_meta_place *place,
	const json_t *properties)
{
	const struct v2v_target *target = m->targets.items;
	size_t number = 0;

	for (size_t order = 1; order <= m->targets.count; order++)
		for (size_t i = 0; i < m->targets.count; i++) {
			if (!target[i].file ||
				v2v_machine_boot_order(m, i) != order)
				continue;
			add_image(t, name, number, m, &target[i], properties);
			if (number)
				add_volume(t, name, number, &target[i], place);
			number++;
		}
	return number;
}

/* A port keeps the MAC address. */
static void add_ports(
	struct v2v_text *t, const char *name, const struct v2v_machine *m)
{
	size_t i = 0;

	v2v_list_foreach (const struct v2v_machine_nic, nic, &m->nics) {
		v2v_text_addf(t,
			"port%zu=$(openstack port create -f value -c id "
			"\\\n\t",
			i);
		if (nic->mac)
			v2v_text_addf(t, "--mac-address %s ", nic->mac);
		v2v_text_addf(t, "--network");
		v2v_shell_add(t, "%s", nic->plugged);
		v2v_text_addf(t, " --");
		v2v_shell_add(t, "%s-net-%zu", name, i++);
		v2v_text_addf(t, ")\n");
	}
}

/* Cinder makes a volume while its client has long ended. */
static void add_wait(struct v2v_text *t)
{
	v2v_text_addf(t,
		"\n# Until the volume $1 can be attached.\n"
		"await() {\n"
		"\twhile status=$(openstack volume show -f value -c status "
		"\"$1\"); do\n"
		"\t\tcase $status in\n"
		"\t\tavailable) return 0 ;;\n"
		"\t\terror*) break ;;\n"
		"\t\tesac\n"
		"\t\tsleep 2\n"
		"\tdone\n"
		"\techo \"$0: the volume $1 is not available: $status\" >&2\n"
		"\texit 1\n"
		"}\n");
}

/* The server comes last, and only with a flavor: what fits is not ours to say.
 */
static void add_server(struct v2v_text *t, const char *name,
	const struct v2v_machine *m, size_t disks)
{
	v2v_text_addf(t, "\n[ -n \"${1-}\" ] || exit 0\n");
	if (disks > 1)
		add_wait(t);
	add_ports(t, name, m);
	v2v_text_addf(t,
		"server=$(openstack server create -f value -c id --wait \\\n"
		"\t--flavor \"$1\" --image \"$image0\"");
	for (size_t i = 0; i < m->nics.count; i++)
		v2v_text_addf(t, " --nic \"port-id=$port%zu\"", i);
	if (!m->nics.count)
		v2v_text_addf(t, " --nic none");
	v2v_text_addf(t, " --");
	v2v_shell_add(t, "%s", name);
	v2v_text_addf(t, ")\n");
	for (size_t i = 1; i < disks; i++)
		v2v_text_addf(t,
			"await \"$volume%zu\"\n"
			"openstack server add volume \"$server\" "
			"\"$volume%zu\"\n",
			i, i);
	v2v_text_addf(t, "echo \"$server\"\n");
}

static char *write_script(const char *name, const struct v2v_machine *m,
	const struct v2v_meta_place *place, const json_t *properties)
{
	struct v2v_text t = { 0 };
	size_t disks;

	v2v_shell_begin(&t);
	v2v_shell_comment(&t, "Uploads the disks of '%s'.  With the name of a",
		m->source.name);
	v2v_shell_comment(&t, "flavor it makes the server too; it needs %lld",
		(long long)m->source.vcpus);
	v2v_shell_comment(&t, "processors, and memory and disk as the image "
			      "says.");
	disks = add_disks(&t, name, m, place, properties);
	if (disks)
		add_server(&t, name, m, disks);
	return v2v_text_take(&t);
}

static int write_files(struct v2v *v, const struct v2v_machine *m,
	const struct v2v_meta_place *place, struct v2v_list *files,
	struct v2v_error *err)
{
	CLEANUP_FREE char *name = openstack_name(m->source.name);
	json_auto_t *properties = v2v_openstack_properties(v, m);
	CLEANUP_FREE char *text = json_dumps(properties, JSON_INDENT(1));

	(void)err;
	v2v_names_tell(v, "the machine", m->source.name, name);
	v2v_meta_file_add(
		files, ".sh", write_script(name, m, place, properties), true);
	v2v_meta_file_add(files, ".json", v2v_format("%s\n", text), false);
	return 0;
}

const struct v2v_meta_writer v2v_meta_openstack = {
	.write = write_files,
};
