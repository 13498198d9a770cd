/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All steps on one handle; prints how many appliances were launched. */
#include <v2v.h>

#include <string.h>

static void count(const struct v2v_message *message, void *opaque)
{
	*(int *)opaque += strcmp(message->code, "appliance-runs") == 0;
	if (message->level <= V2V_WARNING)
		fprintf(stderr, "%s: %s\n", message->step, message->text);
}

static int all_steps(
	struct v2v *v, const char *ova, const char *dir, struct v2v_error *err)
{
	const char *const files[] = { ova, NULL };
	struct v2v_estimate_options estimate =
		V2V_OPTIONS(estimate, .out_dir = dir);
	struct v2v_copy_options copy = V2V_OPTIONS(copy, .out_dir = dir);
	json_auto_t *machines = NULL;
	json_t *machine;

	if (v2v_unpack(v, files, NULL, &machines, err) < 0)
		return -1;
	machine = json_array_get(machines, 0);
	if (v2v_overlay(v, machine, NULL, err) < 0 ||
		v2v_inspect(v, machine, NULL, err) < 0 ||
		v2v_estimate(v, machine, &estimate, err) < 0 ||
		v2v_convert(v, machine, NULL, err) < 0 ||
		v2v_copy(v, machine, &copy, err) < 0 ||
		v2v_meta(v, machine, NULL, err) < 0)
		return -1;
	return v2v_doc_write(stdout, machine, false, err);
}

int main(int argc, char **argv)
{
	struct v2v_error err = { 0 };
	struct v2v *v = v2v_new();
	int launches = 0, status;

	if (argc != 3)
		return 2;
	v2v_set_tmpdir(v, argv[2]);
	v2v_set_cachedir(v, getenv("V2V_CACHEDIR"));
	v2v_on_message(v, count, &launches);
	status = all_steps(v, argv[1], argv[2], &err);
	v2v_free(v);
	if (status < 0)
		fprintf(stderr, "%s [%s]\n", err.text, err.code);
	fprintf(stderr, "launches %d\n", launches);
	return status < 0;
}
