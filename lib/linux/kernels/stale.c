/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Stale copies in an initramfs. */
#include "linux/kernels/stale.h"

#include "linux/storage/unit.h"
#include "linux/text/edit.h"
#include "linux/text/texts.h"

#include <sys/stat.h>

static v2v_text_edit edit_wait, edit_words;

#define UNITS "etc/systemd/system/"
#define WAITS "lib/dracut/hooks/initqueue/finished/"

/* Which text is edited how: the names of initramfs-tools, dracut, mkinitcpio,
 * SUSE's and Slackware's mkinitrd. */
static const struct place {
	const char *path; /* a file, or a folder and "/" */
	v2v_text_edit *edit;
	bool is_network; /* it may find a card by its MAC or place */
} places[] = {
	{ "conf/conf.d/resume", v2v_text_resume, false },
	/* cryptsetup's of old: "target=x,source=/dev/sda2,key=none" */
	{ "conf/conf.d/cryptroot", edit_words, false },
	{ "conf/conf.d/", NULL, true },
	{ "conf/initramfs.conf", NULL, true },
	{ "etc/mdadm/mdadm.conf", v2v_text_mdadm, false },
	{ "etc/mdadm.conf", v2v_text_mdadm, false },
	{ "cryptroot/crypttab", v2v_text_crypttab, false },
	{ "etc/crypttab", v2v_text_crypttab, false },
	{ "etc/fstab", v2v_text_fstab, false },
	{ "etc/lvm/lvm.conf", v2v_text_lvm, false },
	/* Slackware's: a name, and nothing else. */
	{ "rootdev", v2v_text_fstab, false },
	{ "resumedev", v2v_text_fstab, false },
	{ "etc/cmdline", v2v_text_cmdline, true },
	{ "etc/cmdline.d/", v2v_text_cmdline, true },
	{ WAITS, edit_wait, false },
	{ "usr/" WAITS, edit_wait, false },
	{ "var/" WAITS, edit_wait, false },
	{ UNITS, v2v_text_unit, false },
	{ "config/network.sh", NULL, true },
	{ "config/storage.sh", edit_words, false },
	{ "config/mount.sh", edit_words, false },
	{ "config/resume.kernel.sh", edit_words, false },
	{ "config/resume.userspace.sh", edit_words, false },
	{ "etc/systemd/network/", NULL, true },
	{ "usr/lib/systemd/network/", NULL, true },
	{ "etc/udev/rules.d/", NULL, true },
	{ "etc/NetworkManager/system-connections/", NULL, true },
	{ "etc/sysconfig/network/", NULL, true },
	{ "etc/sysconfig/network-scripts/", NULL, true },
};

/* LVM's list of the old hypervisor's devices: without it all are looked at, but
 * an archive can only put another thing in its place, a link to nothing. */
#define LVM_DEVICES "etc/lvm/devices/system.devices"

const char *const v2v_stale_files[] = { "conf/conf.d/", "conf/initramfs.conf",
	"etc/mdadm/mdadm.conf", "etc/mdadm.conf", "cryptroot/crypttab",
	"etc/crypttab", "etc/fstab", "etc/lvm/lvm.conf", LVM_DEVICES, "rootdev",
	"resumedev", "etc/cmdline", "etc/cmdline.d/", WAITS, "usr/" WAITS,
	"var/" WAITS, UNITS, "config/network.sh", "config/storage.sh",
	"config/mount.sh", "config/resume.kernel.sh",
	"config/resume.userspace.sh", "etc/systemd/network/",
	"usr/lib/systemd/network/", "etc/udev/rules.d/",
	"etc/NetworkManager/system-connections/", "etc/sysconfig/network/",
	"etc/sysconfig/network-scripts/", NULL };

static const struct place *place_of(const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (v2v_ends_with(places[i].path, "/")
				? v2v_starts_with(path, places[i].path)
				: strcmp(path, places[i].path) == 0)
			return &places[i];
	return NULL;
}

/* `[ -e "/dev/disk/by-path/…" ]` of dracut's wait_for_dev(): its main loop goes
 * on when all such scripts succeed. */
static void edit_wait_line(struct v2v_edit *e, const char *s, size_t n)
{
	static const char head[] = "[ -e \"", tail[] = "\" ]";
	const size_t m = strlen(head), least = m + strlen(tail);
	CLEANUP_FREE char *line = v2v_strndup(s, n), *name = NULL;

	if (n <= least || !v2v_starts_with(line, head) ||
		!v2v_ends_with(line, tail)) {
		v2v_edit_copy(e, s, n);
		return;
	}
	name = v2v_strndup(line + m, n - least);
	if (v2v_devices_is_unknown(e->devices, name)) {
		v2v_edit_copy(e, ":", 1);
		v2v_edit_note(e, name, "no wait, no disk is known for it");
		return;
	}
	v2v_edit_copy(e, s, m);
	v2v_edit_device(e, "", s + m, n - least, v2v_devices_path);
	v2v_edit_copy(e, tail, strlen(tail));
}

static char *edit_wait(const char *text, const struct v2v_devices *devices,
	struct v2v_text *what)
{
	struct v2v_edit e = { .devices = devices, .what = what };

	v2v_edit_lines(&e, text, edit_wait_line);
	return v2v_edit_finish(&e);
}

/* Any device that is a value, or a word of one: "resumedev='/dev/sda2'". */
static char *edit_words(const char *text, const struct v2v_devices *devices,
	struct v2v_text *what)
{
	static const char between[] = V2V_BLANKS "\n'\"=,";
	struct v2v_edit e = { .devices = devices, .what = what };

	while (*text) {
		const size_t gap = strspn(text, between);
		const size_t word = strcspn(text + gap, between);

		v2v_edit_copy(&e, text, gap);
		v2v_edit_device(&e, "", text + gap, word, v2v_devices_path);
		text += gap + word;
	}
	return v2v_edit_finish(&e);
}

static void put(
	struct v2v_list *texts, const char *path, char *text, uint32_t mode)
{
	struct v2v_initrd_text *added = v2v_list_add(texts, sizeof *added);

	added->path = v2v_strdup(path);
	added->text = text;
	added->mode = mode;
}

static void edit_file(const struct v2v_initrd_text *file,
	const struct v2v_devices *devices, const struct v2v_net_edit *net,
	struct v2v_list *texts, struct v2v_text *what)
{
	const struct place *place = place_of(file->path);
	struct v2v_text changed CLEANUP_TEXT = { 0 };
	CLEANUP_FREE char *edited = NULL;

	if (place && place->edit)
		edited = place->edit(file->text, devices, &changed);
	if (place && place->is_network && net) {
		char *again = v2v_nettext_file(file->path,
			edited ? edited : file->text, net, &changed);

		if (again) {
			free(edited);
			edited = again;
		}
	}
	if (!edited)
		return;
	put(texts, file->path, v2v_take(edited), file->mode);
	v2v_text_join(what, "; ", "its %s: %s", file->path, changed.data);
}

/*
 * "dev-sda1.device.d/timeout.conf" of dracut is beside a link to the
 * device's unit in initrd.target.wants, which an archive cannot take away: the
 * unit is masked.
 */
static void mask_unit(const struct v2v_initrd_text *file,
	const struct v2v_devices *devices, struct v2v_list *texts,
	struct v2v_text *what)
{
	static const char tail[] = ".d/timeout.conf";
	CLEANUP_FREE char *path = NULL, *device = NULL, *renamed = NULL;

	if (!v2v_starts_with(file->path, UNITS) ||
		!v2v_ends_with(file->path, ".device.d/timeout.conf"))
		return;
	path = v2v_strndup(file->path, strlen(file->path) - strlen(tail));
	device = v2v_unit_device(path + strlen(UNITS));
	renamed = device ? v2v_devices_path(devices, device) : NULL;
	if (!device || (!renamed && !v2v_devices_is_unknown(devices, device)))
		return;
	put(texts, path, v2v_strdup("/dev/null"), S_IFLNK | 0777);
	v2v_text_join(what, "; ", "its %s is masked", path);
}

void v2v_stale_edit(const struct v2v_initrd *initrd,
	const struct v2v_devices *devices, const struct v2v_net_edit *net,
	struct v2v_list *texts, struct v2v_text *what)
{
	v2v_list_foreach (const struct v2v_initrd_text, file, &initrd->texts) {
		edit_file(file, devices, net, texts, what);
		mask_unit(file, devices, texts, what);
	}
	if (!v2v_initrd_file(initrd, LVM_DEVICES))
		return;
	put(texts, LVM_DEVICES, v2v_strdup("/run/v2v-none"), S_IFLNK | 0777);
	v2v_text_join(what, "; ", "its list of LVM's devices is gone");
}
