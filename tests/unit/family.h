/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A guest of one text, tests/data/families/NAME.guest:
 *
 *	family Debian 12: GRUB, ifupdown     what it is, for the table
 *	firmware uefi                        (bios)
 *	arch i686                            (x86_64)
 *	disk scsi                            one, for each disk; its controller
 *	nic vmxnet3 192 00:50:56:00:00:01    its model, slot and MAC; "-" for
 *none volume /dev/sda1 ext4 UUID /boot     its type and UUID; where its files
 *	        lie; behind that partuuid=, partlabel=, label=, parttype=
 *	        (esp: the ESP's), hidden (until it is mounted, anywhere)
 *	known debian 12 5 deb apt Debian 12  what libguestfs says of the system
 *	package linux-image 6.1 1 amd64
 *	# a remark
 *	==== /etc/fstab                      a file, and its text
 *	==== /sbin/init link ../bin/busybox
 *	==== /sys dir
 *	==== /boot/vmlinuz kernel 6.1.0      an image of that release
 *	==== /boot/grub2/grubenv grubenv     its lines
 *	==== /lib/modules/6.1.0 modules      their names; =NAME is built in
 *	==== /boot/initrd.img initrd         its members, "NAME TEXT", or
 *	        "modules 6.1.0 NAME..."
 *	==== /boot/efi/EFI/Linux/a.efi uki 6.1.0     a unified kernel image: a
 *	        line of arguments, then members of its initrd
 */
#ifndef V2V_TEST_FAMILY_H
#define V2V_TEST_FAMILY_H

#include "family-files.h"

#define ESP_TYPE "c12a7328-f81f-11d2-ba4b-00a0c93ec93b"

struct family {
	char *name;
	struct fake_machine machine;
	json_t *disks, *nics; /* of the document's source */
};

/* Beside the guest's files. */
static char *hidden_place(const struct fake_machine *m, const char *device)
{
	return v2v_format("%s.%s", m->top, strrchr(device, '/') + 1);
}

static void read_volume(struct fake_machine *m, char *device)
{
	char *type = v2v_line_split(device), *uuid = v2v_line_split(type);
	char *place = v2v_line_split(uuid), *more = v2v_line_split(place);
	struct fake_volume *volume = v2v_list_add(&m->volumes, sizeof *volume);

	volume->v.device = v2v_strdup(device);
	volume->v.type = v2v_strdup(type);
	volume->v.uuid = strcmp(uuid, "-") ? v2v_strdup(uuid) : NULL;
	volume->place = *place == '/' ? v2v_strdup(place) : NULL;
	for (char *word = more; *word; word = more) {
		more = v2v_line_split(word);
		if (v2v_starts_with(word, "partuuid="))
			volume->v.partuuid = v2v_strdup(word + 9);
		else if (v2v_starts_with(word, "partlabel="))
			volume->v.partlabel = v2v_strdup(word + 10);
		else if (v2v_starts_with(word, "label="))
			volume->v.label = v2v_strdup(word + 6);
		else if (strcmp(word, "parttype=esp") == 0)
			volume->v.parttype = v2v_strdup(ESP_TYPE);
		else if (strcmp(word, "hidden") == 0)
			volume->hidden = hidden_place(m, device);
		else
			abort();
	}
}

static int number_of(const char *word)
{
	uint64_t number = 0;

	assert(v2v_parse_u64(word, &number));
	return (int)number;
}

static void read_known(struct fake_os *os, char *distro)
{
	char *major = v2v_line_split(distro), *minor = v2v_line_split(major);
	char *format = v2v_line_split(minor);
	char *management = v2v_line_split(format);
	char *product = v2v_line_split(management);

	os->distro = v2v_strdup(distro);
	os->major = number_of(major);
	os->minor = number_of(minor);
	os->format = v2v_strdup(format);
	os->management = v2v_strdup(management);
	os->product = v2v_strdup(product);
}

static void read_package(struct fake_os *os, char *name)
{
	char *version = v2v_line_split(name);
	char *release = v2v_line_split(version);
	char *arch = v2v_line_split(release);
	struct guestfs_application2 *package =
		v2v_list_add(&os->packages, sizeof *package);

	package->app2_name = v2v_strdup(name);
	package->app2_version = v2v_strdup(version);
	package->app2_release = v2v_strdup(release);
	package->app2_arch = v2v_strdup(arch);
}

static void read_nic(struct family *f, char *model)
{
	char *slot = v2v_line_split(model), *mac = v2v_line_split(slot);
	bool has_slot = *slot && *slot != '-';

	json_array_append_new(f->nics,
		json_pack("{s:i, s:s, s:s, s:s, s:s?, s:o}", "id",
			(int)json_array_size(f->nics), "network", "VM Network",
			"type", "bridge", "model", model, "mac",
			*mac && *mac != '-' ? mac : NULL, "pci_slot",
			has_slot ? json_integer(number_of(slot))
				 : json_null()));
}

static void read_disk(struct family *f, const char *controller)
{
	int id = (int)f->machine.disks++;

	json_array_append_new(
		f->disks, json_pack("{s:i, s:n, s:n, s:n, s:n, s:I, s:s, s:i}",
				  "id", id, "file", "offset", "size", "format",
				  "virtual_size", (json_int_t)8 << 30,
				  "controller", controller, "unit", id));
}

static void set(char **to, const char *value)
{
	free(*to);
	*to = v2v_strdup(value);
}

static void read_head(struct family *f, char *word)
{
	char *rest;

	if (!*word || *word == '#')
		return;
	rest = v2v_line_split(word);
	if (strcmp(word, "family") == 0)
		set(&f->name, rest);
	else if (strcmp(word, "firmware") == 0)
		set(&f->machine.firmware, rest);
	else if (strcmp(word, "arch") == 0)
		set(&f->machine.arch, rest);
	else if (strcmp(word, "disk") == 0)
		read_disk(f, rest);
	else if (strcmp(word, "nic") == 0)
		read_nic(f, rest);
	else if (strcmp(word, "volume") == 0)
		read_volume(&f->machine, rest);
	else if (strcmp(word, "known") == 0)
		read_known(&f->machine.os, rest);
	else if (strcmp(word, "package") == 0)
		read_package(&f->machine.os, rest);
	else {
		fprintf(stderr, "unknown word '%s'\n", word);
		abort();
	}
}

/* What is in hidden volumes leaves the guest's folder. */
static void hide_volumes(const struct fake_machine *m)
{
	v2v_list_foreach (struct fake_volume, volume, &m->volumes) {
		if (!volume->hidden)
			continue;
		if (!volume->at)
			volume->at = fake_place(m->top, volume->place);
		fake_hide(volume);
	}
}

/* They lie in their places, whatever is mounted. */
static void show_volumes(const struct fake_machine *m)
{
	v2v_list_foreach (struct fake_volume, volume, &m->volumes) {
		CLEANUP_FREE char *place = NULL;

		if (!volume->hidden)
			continue;
		place = fake_place(m->top, volume->place);
		if (volume->at)
			fake_hide(volume);
		fake_show(volume, place);
	}
}

/* Read @text; make the guest's files below @top. */
static void family_read(struct family *f, const char *text, const char *top)
{
	static const char mark[] = "==== ";
	CLEANUP_FREE char *entry = NULL;
	struct v2v_text body = { 0 };

	f->disks = json_array();
	f->nics = json_array();
	set(&f->machine.firmware, "bios");
	set(&f->machine.arch, "x86_64");
	while (*text) {
		CLEANUP_FREE char *line = v2v_line_next(&text);

		if (v2v_starts_with(line, mark)) {
			if (entry)
				make_entry(
					top, entry, body.data ? body.data : "");
			v2v_text_clear(&body);
			set(&entry, line + strlen(mark));
		} else if (entry) {
			v2v_text_addf(&body, "%s\n", line);
		} else {
			read_head(f, v2v_line_trim(line));
		}
	}
	if (entry)
		make_entry(top, entry, body.data ? body.data : "");
	v2v_text_clear(&body);
	hide_volumes(&f->machine);
}

static char *work; /* holds the trees of the guests at hand */

static char *in_work(const char *name)
{
	return v2v_format("%s/%s", work, name);
}

/* The document with which the steps begin. */
static json_t *document_of(const struct family *f)
{
	return json_pack("{s:i, s:n, s:{s:s, s:s, s:I, s:i, s:s, s:O, s:[], "
			 "s:O}}",
		"v2v", V2V_DOCUMENT_VERSION, "workdir", "source", "name", "g",
		"hypervisor", "vmware", "memory", (json_int_t)1 << 30, "vcpus",
		1, "firmware", f->machine.firmware, "disks", f->disks,
		"removables", "nics", f->nics);
}

/* The guest of @text, its files in work/@top. */
static void family_open(struct family *f, const char *text, const char *top)
{
	*f = (struct family){ 0 };
	f->machine.top = in_work(top);
	f->machine.nothing = in_work("nothing");
	assert(mkdir(f->machine.top, 0755) == 0);
	assert(mkdir(f->machine.nothing, 0755) == 0 || errno == EEXIST);
	family_read(f, text, f->machine.top);
}

static void family_close(struct family *f)
{
	struct fake_machine *m = &f->machine;

	show_volumes(m);
	v2v_list_foreach (struct fake_volume, volume, &m->volumes) {
		free(volume->v.device);
		free(volume->v.type);
		free(volume->v.uuid);
		free(volume->v.label);
		free(volume->v.partuuid);
		free(volume->v.partlabel);
		free(volume->v.parttype);
		free(volume->place);
		free(volume->hidden);
		free(volume->at);
	}
	v2v_list_foreach (
		struct guestfs_application2, package, &m->os.packages) {
		free(package->app2_name);
		free(package->app2_version);
		free(package->app2_release);
		free(package->app2_arch);
	}
	free(m->volumes.items);
	free(m->os.packages.items);
	free(m->os.distro);
	free(m->os.format);
	free(m->os.management);
	free(m->os.product);
	v2v_remove_tree(m->top);
	v2v_remove_tree(m->nothing);
	free(m->top);
	free(m->nothing);
	free(m->root);
	free(m->arch);
	free(m->firmware);
	free(f->name);
	json_decref(f->disks);
	json_decref(f->nics);
}
#endif
