/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* GRUB's variables. */
#include "linux/boot/grubenv.h"

#include <ctype.h>

/* More is hostile, as is a value that doubles with each line. */
#define MAX_VARIABLES 256
#define MAX_VALUE     (64 << 10)

static struct v2v_grub_variable *find(
	const struct v2v_list *variables, const char *name)
{
	v2v_list_foreach (struct v2v_grub_variable, variable, variables)
		if (strcmp(variable->name, name) == 0)
			return variable;
	return NULL;
}

void v2v_grub_set(struct v2v_list *variables, const char *name,
	const char *value, bool fixed)
{
	struct v2v_grub_variable *variable = find(variables, name);

	if (strlen(value) > MAX_VALUE || (variable && variable->fixed))
		return;
	if (!variable) {
		if (variables->count >= MAX_VARIABLES)
			return;
		variable = v2v_list_add(variables, sizeof *variable);
		variable->name = v2v_strdup(name);
	}
	v2v_string_set(&variable->value, value);
	variable->fixed = fixed;
}

const char *v2v_grub_get(const struct v2v_list *variables, const char *name)
{
	const struct v2v_grub_variable *variable = find(variables, name);

	return variable ? variable->value : NULL;
}

/* At a '$': the variable's name, and *@s moves behind it; NULL where it is
 * none. */
static char *variable_name(const char **s)
{
	const char *name = *s + 1;
	bool braces = *name == '{';
	size_t n = 0;

	name += braces;
	while (isalnum((unsigned char)name[n]) || name[n] == '_')
		n++;
	if (n == 0 || (braces && name[n] != '}'))
		return NULL;
	*s = name + n + braces;
	return v2v_strndup(name, n);
}

char *v2v_grub_expand(const struct v2v_list *variables, const char *text)
{
	struct v2v_text out CLEANUP_TEXT = { 0 };
	bool single = false, twice = false;

	while (*text && out.length <= MAX_VALUE) {
		CLEANUP_FREE char *name =
			*text == '$' && !single ? variable_name(&text) : NULL;
		const char *value = name ? v2v_grub_get(variables, name) : NULL;

		if (name) {
			v2v_text_addf(&out, "%s", value ? value : "");
			continue;
		}
		if (*text == '\'' && !twice)
			single = !single;
		else if (*text == '"' && !single)
			twice = !twice;
		v2v_text_add(&out, text++, 1);
	}
	return v2v_text_take(&out);
}

void v2v_grubenv_read(const char *text, struct v2v_list *variables)
{
	while (text && *text) {
		struct v2v_text line CLEANUP_TEXT = { 0 };
		char *value;

		for (; *text && *text != '\n'; text++) {
			if (*text == '\\' && text[1])
				text++;
			v2v_text_add(&line, text, 1);
		}
		text += *text == '\n';
		value = line.length ? strchr(line.data, '=') : NULL;
		if (!value || line.data[0] == '#')
			continue;
		*value++ = '\0';
		v2v_grub_set(variables, line.data, value, true);
	}
}

void v2v_grub_variables_clear(struct v2v_list *variables)
{
	v2v_list_foreach (struct v2v_grub_variable, variable, variables) {
		free(variable->name);
		free(variable->value);
	}
	free(variables->items);
	*variables = (struct v2v_list){ 0 };
}
