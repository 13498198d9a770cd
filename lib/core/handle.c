/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The handle: callbacks, cancellation, warnings. */
#include "core/handle.h"

#include "core/doc.h"

#include <stdarg.h>
#include <time.h>

#ifndef V2V_VERSION
#error "the Makefile defines V2V_VERSION"
#endif

struct v2v *v2v_new(void)
{
	struct v2v *v = v2v_alloc(1, sizeof *v);

	v->tmpdir = v2v_strdup("/var/tmp");
	v->step = "";
	v->warnings = json_array();
	return v;
}

void v2v_free(struct v2v *v)
{
	if (!v)
		return;
	v2v_session_end(v);
	if (v->forget_made)
		v->forget_made(v);
	json_decref(v->warnings);
	free(v->written);
	free(v->tmpdir);
	free(v->cachedir);
	free(v->backend);
	free(v->machine);
	free(v);
}

void v2v_session_end(struct v2v *v)
{
	if (v->session)
		v->session_free(v->session);
	v->session = NULL;
	if (v->scans)
		v->scans_free(v->scans);
	v->scans = NULL;
}

const char *v2v_version(void)
{
	return V2V_VERSION;
}

void v2v_on_message(struct v2v *v,
	void (*call)(const struct v2v_message *, void *), void *opaque)
{
	v->message = call;
	v->message_opaque = opaque;
}

void v2v_on_progress(struct v2v *v,
	void (*call)(const struct v2v_progress *, void *), void *opaque)
{
	v->progress = call;
	v->progress_opaque = opaque;
}

void v2v_set_tmpdir(struct v2v *v, const char *dir)
{
	v2v_string_set(&v->tmpdir, dir);
}

void v2v_set_cachedir(struct v2v *v, const char *dir)
{
	v2v_string_set(&v->cachedir, dir);
}

void v2v_cancel(struct v2v *v)
{
	__atomic_store_n(&v->cancelled, 1, __ATOMIC_RELAXED);
}

void v2v_resume(struct v2v *v)
{
	__atomic_store_n(&v->cancelled, 0, __ATOMIC_RELAXED);
}

bool v2v_is_cancelled(const struct v2v *v)
{
	return __atomic_load_n(&v->cancelled, __ATOMIC_RELAXED);
}

int v2v_check_cancel(const struct v2v *v, struct v2v_error *err)
{
	if (v2v_is_cancelled(v))
		return v2v_fail(err, "cancelled", "cancelled");
	return 0;
}

int v2v_pause(const struct v2v *v, unsigned milliseconds, struct v2v_error *err)
{
	static const unsigned slice = 20;
	const struct timespec nap = { 0, slice * 1000000L };

	for (unsigned slept = 0; slept < milliseconds; slept += slice) {
		if (v2v_check_cancel(v, err) < 0)
			return -1;
		nanosleep(&nap, NULL);
	}
	return v2v_check_cancel(v, err);
}

void v2v_step_begin(struct v2v *v, const char *step, const json_t *doc)
{
	v->step = step;
	v2v_step_machine(
		v, v2v_doc_string(json_object_get(doc, "source"), "name"));
	v->phases = NULL;
	json_array_clear(v->warnings);
}

void v2v_step_machine(struct v2v *v, const char *name)
{
	v2v_string_set(&v->machine, name);
}

void v2v_step_end(struct v2v *v, json_t *doc)
{
	json_t *all = json_array(), *old = json_object_get(doc, "warnings");
	json_t *warning;
	size_t i;

	json_array_foreach (old, i, warning) {
		const char *step =
			json_string_value(json_object_get(warning, "step"));
		if (!v2v_streq(step, v->step))
			json_array_append(all, warning);
	}
	json_array_extend(all, v->warnings);
	json_array_clear(v->warnings);
	json_object_set_new(doc, "warnings", all);
}

V2V_PRINTF(5, 0)
static void tell(struct v2v *v, enum v2v_level level, bool keep,
	const char *code, const char *fmt, va_list args)
{
	CLEANUP_FREE char *text = NULL;
	struct v2v_message message = { v->step, level, code, NULL, v->machine };
	json_t *kept;

	if (vasprintf(&text, fmt, args) < 0)
		abort();
	message.text = text;
	if (v->message)
		v->message(&message, v->message_opaque);
	if (!keep)
		return;
	kept = json_pack("{s:s, s:s, s:o}", "step", v->step, "code", code,
		"text", v2v_json_text(text));
	json_array_append_new(v->warnings, kept);
}

void v2v_warn(struct v2v *v, const char *code, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	tell(v, V2V_WARNING, true, code, fmt, args);
	va_end(args);
}

void v2v_record(struct v2v *v, const char *code, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	tell(v, V2V_INFO, true, code, fmt, args);
	va_end(args);
}

void v2v_info(struct v2v *v, const char *code, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	tell(v, V2V_INFO, false, code, fmt, args);
	va_end(args);
}

void v2v_debug(struct v2v *v, const char *code, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	tell(v, V2V_DEBUG, false, code, fmt, args);
	va_end(args);
}

void v2v_progress(struct v2v *v, int disk, uint64_t done, uint64_t total,
	const char *unit)
{
	struct v2v_progress progress = { v->step, disk, done, total, unit, NULL,
		v->machine };

	if (v->progress)
		v->progress(&progress, v->progress_opaque);
}

void v2v_set_phases(struct v2v *v, const char *const *phases)
{
	v->phases = phases;
}

void v2v_phase(struct v2v *v, const char *phase)
{
	struct v2v_progress progress = { v->step, -1, 0, 0, "phases", phase,
		v->machine };

	for (size_t i = 0; v->phases && v->phases[i]; i++) {
		if (v2v_streq(v->phases[i], phase))
			progress.done = i;
		progress.total++;
	}
	if (!phase)
		progress.done = progress.total;
	if (v->progress && progress.total)
		v->progress(&progress, v->progress_opaque);
}
