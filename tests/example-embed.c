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
	json_t *machines = NULL, *machine, *inspect;

	v2v_on_message(v, tell, NULL);
	if (v2v_unpack(v, files, NULL, &machines, &err) < 0 ||
		!(machine = json_array_get(machines, 0)) ||
		v2v_inspect(v, machine, NULL, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		v2v_free(v);
		return 1;
	}
	inspect = json_object_get(machine, "inspect");
	puts(json_string_value(json_object_get(inspect, "product_name")));
	json_decref(machines);
	v2v_free(v);
	return 0;
}
