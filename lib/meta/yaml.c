/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON values as YAML, by libyaml's emitter. */
#include "meta/yaml.h"

#include <ctype.h>
#include <yaml.h>

/* Words that some reader takes for a truth value or nothing (YAML 1.1). */
static const char *const special[] = { "y", "n", "yes", "no", "true", "false",
	"on", "off", "null" };

/* Lower case letters first, then what is in a name; not "e1000", which is no
 * number, but looks like one. */
static bool is_plain(const char *s)
{
	if (*s < 'a' || *s > 'z' || v2v_is_one_of(s, special))
		return false;
	if (s[0] == 'e' && isdigit((unsigned char)s[1]))
		return false;
	for (; *s; s++)
		if (!isalnum((unsigned char)*s) && !strchr("-_./", *s))
			return false;
	return true;
}

/* libyaml fails only where memory does, or where what it is given has no form.
 */
static void emit(yaml_emitter_t *emitter, yaml_event_t *event, int is_made)
{
	if (!is_made || !yaml_emitter_emit(emitter, event))
		abort();
}

static void emit_scalar(yaml_emitter_t *emitter, const char *text, bool quoted)
{
	yaml_event_t event;
	int made = yaml_scalar_event_initialize(&event, NULL, NULL,
		(const yaml_char_t *)text, (int)strlen(text), 1, 1,
		quoted ? YAML_DOUBLE_QUOTED_SCALAR_STYLE
		       : YAML_PLAIN_SCALAR_STYLE);

	emit(emitter, &event, made);
}

static void emit_value(yaml_emitter_t *emitter, const json_t *value);

static void emit_object(yaml_emitter_t *emitter, const json_t *object)
{
	yaml_event_t event;
	const char *key;
	json_t *value;
	int made = yaml_mapping_start_event_initialize(&event, NULL, NULL, 1,
		json_object_size(object) ? YAML_BLOCK_MAPPING_STYLE
					 : YAML_FLOW_MAPPING_STYLE);

	emit(emitter, &event, made);
	json_object_foreach ((json_t *)object, key, value) {
		emit_scalar(emitter, key, !is_plain(key));
		emit_value(emitter, value);
	}
	made = yaml_mapping_end_event_initialize(&event);
	emit(emitter, &event, made);
}

static void emit_array(yaml_emitter_t *emitter, const json_t *array)
{
	yaml_event_t event;
	json_t *value;
	size_t i;
	int made = yaml_sequence_start_event_initialize(&event, NULL, NULL, 1,
		json_array_size(array) ? YAML_BLOCK_SEQUENCE_STYLE
				       : YAML_FLOW_SEQUENCE_STYLE);

	emit(emitter, &event, made);
	json_array_foreach (array, i, value)
		emit_value(emitter, value);
	made = yaml_sequence_end_event_initialize(&event);
	emit(emitter, &event, made);
}

static void emit_value(yaml_emitter_t *emitter, const json_t *value)
{
	CLEANUP_FREE char *number = NULL;

	if (json_is_object(value))
		emit_object(emitter, value);
	else if (json_is_array(value))
		emit_array(emitter, value);
	else if (json_is_string(value))
		emit_scalar(emitter, json_string_value(value),
			!is_plain(json_string_value(value)));
	else if (json_is_integer(value)) {
		number = v2v_format(
			"%" JSON_INTEGER_FORMAT, json_integer_value(value));
		emit_scalar(emitter, number, false);
	} else
		emit_scalar(emitter, json_is_true(value) ? "true" : "false",
			false);
}

static int append(void *text, unsigned char *data, size_t size)
{
	v2v_text_add(text, data, size);
	return 1;
}

void v2v_yaml_add(struct v2v_text *text, const json_t *value)
{
	yaml_emitter_t emitter;
	yaml_event_t event;
	int made;

	if (!yaml_emitter_initialize(&emitter))
		abort();
	yaml_emitter_set_output(&emitter, append, text);
	yaml_emitter_set_width(&emitter, -1);
	made = yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING);
	emit(&emitter, &event, made);
	made = yaml_document_start_event_initialize(
		&event, NULL, NULL, NULL, 0);
	emit(&emitter, &event, made);
	emit_value(&emitter, value);
	made = yaml_document_end_event_initialize(&event, 1);
	emit(&emitter, &event, made);
	made = yaml_stream_end_event_initialize(&event);
	emit(&emitter, &event, made);
	yaml_emitter_delete(&emitter);
}
