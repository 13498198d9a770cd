/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The step v2v-boot. */
#include "boot/boot.h"
#include "boot/verdict.h"

#include "core/doc.h"
#include "core/file.h"
#include "core/kvm.h"
#include "core/open.h"
#include "core/options.h"
#include "core/workdir.h"
#include "core/written.h"

#define TIMEOUT	    300 /* seconds, with KVM */
#define TIMEOUT_TCG 1200
#define MAX_PICTURE (256 << 20)

static int start_and_watch(struct v2v *v, const json_t *doc,
	struct v2v_machine *m, const char *scratch, const char *program,
	const struct v2v_boot_options *opt, struct v2v_boot_result *result,
	struct v2v_error *err)
{
	struct v2v_vehicle_command command
		__attribute__((cleanup(v2v_command_clear))) = { 0 };

	if (v2v_command_begin(&command, program, scratch, err) < 0 ||
		v2v_boot_disks(v, doc, m, scratch, &command, err) < 0 ||
		v2v_boot_command(v, m, opt, scratch, &command, err) < 0)
		return -1;
	return v2v_boot_watch(v, &command, scratch, opt, result, err);
}

static int boot(struct v2v *v, const json_t *doc, struct v2v_machine *m,
	const struct v2v_boot_options *opt, struct v2v_boot_result *result,
	struct v2v_error *err)
{
	CLEANUP_FREE char *name = v2v_format("qemu-system-%s", m->arch);
	CLEANUP_FREE char *program = v2v_vehicle_program(name);
	char *scratch;
	int status;

	if (!v2v_streq(m->arch, "x86_64"))
		return v2v_fail(err, "boot-unsupported",
			"a machine of the architecture '%s' cannot be started "
			"here",
			m->arch);
	if (!program)
		return v2v_fail(
			err, "boot-unsupported", "%s is not installed", name);
	scratch = v2v_workdir_temporary(v->tmpdir, "v2v-boot-", err);
	if (!scratch)
		return -1;
	status = start_and_watch(v, doc, m, scratch, program, opt, result, err);
	v2v_remove_tree(scratch);
	free(scratch);
	return status;
}

/* NAME.png in @dir, before the machine is started: a name that cannot be
 * written need not wait for that. */
static int open_picture(struct v2v *v, const struct v2v_machine *m,
	const struct v2v_boot_options *opt, struct v2v_out *out,
	struct v2v_error *err)
{
	CLEANUP_FREE char *dir = v2v_realpath(opt->screenshot_dir, err);
	CLEANUP_FREE char *name = v2v_safe_name(m->source.name);
	CLEANUP_FREE char *path =
		dir ? v2v_format("%s/%s.png", dir, name) : NULL;

	if (!path || v2v_written_check(v, path, err) < 0)
		return -1;
	return v2v_out_open(out, path, opt->force, err);
}

/* What is open as @from becomes the picture. */
static int keep_picture(
	struct v2v *v, int from, struct v2v_out *out, struct v2v_error *err)
{
	CLEANUP_FREE char *bytes = NULL;
	const off_t size = lseek(from, 0, SEEK_END);

	if (size < 0 || size > MAX_PICTURE)
		return v2v_fail(err, "boot-screen",
			"the picture of the screen is too large");
	bytes = v2v_alloc(1, (size_t)size + 1);
	if (v2v_pread_all(from, "screen", bytes, (size_t)size, 0, err) < 0 ||
		v2v_write_all(out->fd, out->path, bytes, (size_t)size, err) <
			0 ||
		v2v_out_publish(out, err) < 0)
		return -1;
	v2v_written_add(v, out->fd);
	return 0;
}

static json_t *as_section(const struct v2v_boot_result *result,
	const char *picture, bool is_asked)
{
	json_t *section = json_pack("{s:s, s:b, s:f, s:s, s:o, s:O}", "verdict",
		result->code, "up", v2v_boot_is_up(result->code), "seconds",
		(double)(int64_t)(result->seconds * 10) / 10, "accelerator",
		v2v_kvm_is_there() ? "kvm" : "tcg", "screenshot",
		picture ? v2v_json_text(picture) : json_null(), "console",
		result->console);

	if (is_asked)
		json_object_set_new(
			section, "agent", json_boolean(result->has_agent));
	return section;
}

static void tell(struct v2v *v, const struct v2v_boot_result *result)
{
	if (!v2v_boot_is_up(result->code))
		v2v_warn(v, result->code,
			"the machine did not come up: %s after %.0f s",
			result->code, result->seconds);
	else
		v2v_info(v, result->code, "%s after %.0f s", result->code,
			result->seconds);
}

int v2v_boot(struct v2v *v, json_t *doc, const struct v2v_boot_options *opt,
	struct v2v_error *err)
{
	CLEANUP_MACHINE struct v2v_machine machine = { .type = NULL };
	CLEANUP_BOOT_RESULT struct v2v_boot_result result = { .picture = -1 };
	CLEANUP_OUT struct v2v_out picture = { .fd = -1 };
	static const char *const phases[] = { "open", "watch", NULL };
	struct v2v_boot_options known;
	bool has_picture;

	v2v_step_begin(v, "boot", doc);
	v2v_set_phases(v, phases);
	v2v_phase(v, "open");
	if (v2v_options_read(&known, opt, err) < 0 ||
		v2v_check_cancel(v, err) < 0 ||
		v2v_machine_load(doc, &machine, err) < 0 ||
		(known.screenshot_dir &&
			open_picture(v, &machine, &known, &picture, err) < 0))
		return -1;
	if (!known.timeout)
		known.timeout = v2v_kvm_is_there() ? TIMEOUT : TIMEOUT_TCG;
	if (boot(v, doc, &machine, &known, &result, err) < 0)
		return -1;
	has_picture = known.screenshot_dir && result.picture >= 0;
	if (has_picture && keep_picture(v, result.picture, &picture, err) < 0)
		return -1;
	tell(v, &result);
	json_object_set_new(doc, "boot",
		as_section(&result, has_picture ? picture.path : NULL,
			known.agent_ping));
	v2v_phase(v, NULL);
	v2v_step_end(v, doc);
	return 0;
}
