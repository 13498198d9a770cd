/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why the appliance did not start, by the words of qemu and supermin: what
 * libguestfs itself says is that it did not. */
#include "guest/libguestfs/private.h"

#include <ctype.h>

/* As much of a line as an error has. */
#define MAX_WORDS 160

#define NO_ROOM	  "set LIBGUESTFS_CACHEDIR to a directory with room for 1 GiB"
#define NO_MEMORY "free some, or set LIBGUESTFS_MEMSIZE to fewer MiB"
#define UNREADABLE                                                             \
	"the kernel must be readable: chmod 0644 /boot/vmlinuz-*, or name "    \
	"another in SUPERMIN_KERNEL"
#define NO_QEMU                                                                \
	"install qemu-system-x86 (Debian), qemu-kvm (Red Hat), or set "        \
	"LIBGUESTFS_HV to a qemu"

/* Words of one line, the second may be NULL; what to do about it. */
static const struct cause {
	const char *words[2];
	const char *code;
	const char *way;
} causes[] = {
	{ { "Failed to get", "lock" }, "appliance-lock",
		"another process uses the appliance's disk: wait for it, or "
		"set LIBGUESTFS_CACHEDIR to a directory of your own" },
	{ { "No space left on device" }, "appliance-no-space", NO_ROOM },
	{ { "Could not allocate block" }, "appliance-no-space", NO_ROOM },
	{ { "Cannot allocate memory" }, "appliance-memory", NO_MEMORY },
	{ { "cannot set up guest memory" }, "appliance-memory", NO_MEMORY },
	{ { "vmlinuz", "Permission denied" }, "appliance-kernel", UNREADABLE },
	{ { "vmlinuz", "cannot open" }, "appliance-kernel", UNREADABLE },
	{ { "failed to find a suitable kernel" }, "appliance-kernel",
		"install a kernel with its modules: linux-image-amd64 on "
		"Debian, kernel-core on Fedora" },
	{ { "qemu", "No such file" }, "appliance-no-qemu", NO_QEMU },
	{ { "stat: ", "No such file" }, "appliance-no-qemu", NO_QEMU },
	{ { "qemu", "not found" }, "appliance-no-qemu", NO_QEMU },
};

/* The line of @text that has the cause's words, the caller's; NULL. */
static char *find_line(const char *text, const struct cause *cause)
{
	while (*text) {
		size_t n = strcspn(text, "\n");
		CLEANUP_FREE char *line = v2v_strndup(text, n);

		if (strstr(line, cause->words[0]) &&
			(!cause->words[1] || strstr(line, cause->words[1])))
			return v2v_take(line);
		text += n + (text[n] == '\n');
	}
	return NULL;
}

static char *last_line(const char *text)
{
	size_t end = strlen(text), start;

	while (end && isspace((unsigned char)text[end - 1]))
		end--;
	for (start = end; start && text[start - 1] != '\n';)
		start--;
	return end ? v2v_strndup(text + start, end - start) : NULL;
}

/* qemu repeats its argument, which is long, before it says what it is about; a
 * full stop is not ours. */
static const char *essence(char *line)
{
	size_t n = strlen(line);
	char *s;

	if (n && line[n - 1] == '.')
		line[n - 1] = '\0';
	if (v2v_starts_with(line, "qemu") && (s = strstr(line, ": -")) &&
		(s = strstr(s + 3, ": ")))
		line = s + 2;
	return line;
}

/* The file that qemu could not lock, where it is one of the machine's: "Is
 * another process using the image [NAME]?"  The caller's; NULL. */
static char *locked_disk(const struct v2v_libguestfs *l, const char *said)
{
	static const char mark[] = "using the image [";
	const char *at = strstr(said, mark);
	CLEANUP_FREE char *file = NULL;

	if (!at)
		return NULL;
	at += strlen(mark);
	file = v2v_strndup(at, strcspn(at, "]\n"));
	v2v_list_foreach (
		const struct v2v_appliance_drive, drive, l->config.drives)
		if (v2v_streq(drive->of.file, file) ||
			strcmp(drive->file, file) == 0)
			return v2v_take(file);
	return NULL;
}

static int fail_cause(const struct v2v_libguestfs *l, const char *said,
	char *line, const struct cause *cause, struct v2v_error *err)
{
	CLEANUP_FREE char *disk = strcmp(cause->code, "appliance-lock") == 0
					  ? locked_disk(l, said)
					  : NULL;

	if (disk)
		return v2v_fail(err, "image-in-use",
			"the appliance does not start: '%s' is in use by "
			"another process: is its machine running?",
			disk);
	return v2v_fail(err, cause->code,
		"the appliance does not start: %.*s; %s", MAX_WORDS,
		essence(line), cause->way);
}

int v2v_libguestfs_launch_failed(
	struct v2v_libguestfs *l, struct v2v_error *err)
{
	const char *why = guestfs_last_error(l->g);
	CLEANUP_FREE char *said =
		v2v_format("%s\n%s", why ? why : "", v2v_libguestfs_said(l));
	CLEANUP_FREE char *last = last_line(v2v_libguestfs_said(l));

	if (v2v_check_cancel(l->a.v, err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(causes); i++) {
		CLEANUP_FREE char *line = find_line(said, &causes[i]);

		if (line)
			return fail_cause(l, said, line, &causes[i], err);
	}
	if (!last)
		last = v2v_strndup(said, strcspn(said, "\n"));
	return v2v_fail(err, "appliance",
		"the appliance does not start: %.*s; libguestfs-test-tool "
		"tells more",
		MAX_WORDS, *last ? essence(last) : "unknown reason");
}
