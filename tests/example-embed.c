/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which system is on this disk?  An example of embedding libv2v. */
#include <v2v.h>

static void tell(const struct v2v_message *message, void *opaque)
{
	(void)opaque;
	if (message->level <= V2V_WARNING)
		fprintf(stderr, "%s\n", message->text);
}

int main(int argc, char **argv)
{
	const char *const files[] = { argc > 1 ? argv[1] : "", NULL };
	struct v2v_error err = { 0 };
	struct v2v *v = v2v_new();
	json_t *machines = NULL, *machine, *name;
	int status = 1;

	v2v_on_message(v, tell, NULL);
	/* What was unpacked is not needed any more when we are done. */
	v2v_discard_at_end(v, true);
	if (v2v_unpack(v, files, NULL, &machines, &err) < 0 ||
		!(machine = json_array_get(machines, 0)) ||
		v2v_inspect(v, machine, NULL, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
	} else {
		name = json_object_get(
			json_object_get(machine, "inspect"), "product_name");
		printf("%s\n", name && json_is_string(name)
				       ? json_string_value(name)
				       : "unknown");
		status = 0;
	}
	json_decref(machines);
	v2v_free(v);
	return status;
}
