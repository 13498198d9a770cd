/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How far a machine has come, in a word; as v2v-inspect --check calls it. */
#include "meta/report/report.h"

#include "core/doc.h"
#include "model/copies.h"

static const char *const levels[] = { "blocker", "change", "note" };

/* What v2v-boot saw. */
static const struct {
	const char *verdict, *text;
} seen[] = {
	{ "boot-login", "a login prompt came" },
	{ "boot-running", "nothing moves any more: taken for up" },
	{ "boot-emergency", "it ended in systemd's emergency or rescue mode" },
	{ "boot-initramfs", "its initramfs did not find the root file system" },
	{ "boot-panic", "its kernel panicked" },
	{ "boot-grub", "GRUB did not find its files" },
	{ "boot-no-device", "the firmware found nothing to start" },
	{ "boot-windows-stop", "Windows stopped" },
	{ "boot-off", "it powered itself off" },
	{ "boot-timeout", "no verdict came in time" },
};

size_t v2v_report_count_findings(const struct v2v_report *r, const char *level)
{
	size_t n = 0;

	v2v_list_foreach (
		const struct v2v_finding, finding, &r->inspect.findings)
		n += v2v_streq(finding->level, level);
	return n;
}

size_t v2v_report_count_changes(const struct v2v_report *r)
{
	return r->is_converted ? r->caps.changes.count
			       : v2v_report_count_findings(r, "change");
}

const char *v2v_report_system(const struct v2v_report *r)
{
	if (!r->is_inspected)
		return NULL;
	if (r->inspect.product_name)
		return r->inspect.product_name;
	v2v_list_foreach (
		const struct v2v_finding, finding, &r->inspect.findings)
		if (v2v_streq(finding->code, "encrypted"))
			return "locked, a key is needed";
	return "no operating system known";
}

/* "1 blocker, 2 changes", the most serious first. */
static char *count_all(const struct v2v_report *r)
{
	struct v2v_text t = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(levels); i++) {
		size_t n = v2v_report_count_findings(r, levels[i]);
		CLEANUP_FREE char *count = v2v_html_count(n, levels[i]);

		if (n)
			v2v_text_join(&t, ", ", "%s", count);
	}
	return t.length ? v2v_text_take(&t) : v2v_strdup("nothing to change");
}

/* "2 changes in 1 file" */
static char *count_conversion(const struct v2v_report *r)
{
	json_auto_t *paths = json_object();
	CLEANUP_FREE char *changes = NULL, *files = NULL;

	v2v_list_foreach (const struct v2v_change, change, &r->caps.changes)
		json_object_set_new(paths, change->path, json_true());
	changes = v2v_html_count(r->caps.changes.count, "change");
	files = v2v_html_count(json_object_size(paths), "file");
	return v2v_format("%s in %s", changes, files);
}

static const char *boot_text(const char *verdict)
{
	for (size_t i = 0; i < ARRAY_SIZE(seen); i++)
		if (v2v_streq(seen[i].verdict, verdict))
			return seen[i].text;
	return verdict ? verdict : "v2v-boot says nothing";
}

static void of_boot(
	const struct v2v_report *r, struct v2v_report_verdict *verdict)
{
	bool up = json_is_true(json_object_get(r->boot, "up"));

	verdict->word = up ? "STARTS" : "DOES NOT START";
	verdict->class = up ? "good" : "bad";
	verdict->reason = v2v_format("%s after %.0f\xc2\xa0s",
		boot_text(v2v_doc_string(r->boot, "verdict")),
		json_number_value(json_object_get(r->boot, "seconds")));
}

static void of_conversion(
	const struct v2v_report *r, struct v2v_report_verdict *verdict)
{
	CLEANUP_FREE char *count = count_conversion(r);

	verdict->class = "good";
	verdict->word = r->caps.dry_run ? "READY" : "CONVERTED";
	verdict->reason =
		r->caps.dry_run
			? v2v_format("tried, and nothing kept: %s", count)
			: v2v_strdup(count);
}

static void of_inspection(
	const struct v2v_report *r, struct v2v_report_verdict *verdict)
{
	bool is_blocked = v2v_report_count_findings(r, levels[0]) > 0;

	verdict->word = is_blocked ? "BLOCKED" : "READY";
	verdict->class = is_blocked ? "bad" : "good";
	verdict->reason = count_all(r);
}

void v2v_report_verdict(
	const struct v2v_report *r, struct v2v_report_verdict *verdict)
{
	bool is_copied = v2v_copies_are_made(&r->targets);

	*verdict = (struct v2v_report_verdict){ .class = "open" };
	if (r->boot) {
		of_boot(r, verdict);
	} else if (r->is_converted) {
		of_conversion(r, verdict);
	} else if (r->is_inspected) {
		of_inspection(r, verdict);
	} else {
		verdict->word = is_copied ? "COPIED" : "DESCRIBED";
		verdict->reason =
			v2v_strdup("nobody has looked into the guest yet");
	}
}
