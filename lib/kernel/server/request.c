/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A request, taken apart and checked. */
#include "server.h"

struct input {
	const unsigned char *at;
	size_t left;
	bool is_broken;
};

static uint64_t get(struct input *in, size_t bytes)
{
	uint64_t value = 0;

	if (in->left < bytes) {
		in->is_broken = true;
		return 0;
	}
	for (size_t i = 0; i < bytes; i++)
		value |= (uint64_t)in->at[i] << (8 * i);
	in->at += bytes;
	in->left -= bytes;
	return value;
}

static const char *get_string(struct input *in, char **room)
{
	size_t length = (size_t)get(in, 4);
	char *s = *room;

	if (in->is_broken || length > in->left ||
		memchr(in->at, '\0', length)) {
		in->is_broken = true;
		return NULL;
	}
	memcpy(s, in->at, length);
	s[length] = '\0';
	*room += length + 1;
	in->at += length;
	in->left -= length;
	return s;
}

int request_read(
	struct request *request, const unsigned char *bytes, size_t size)
{
	struct input in = { bytes, size, false };
	char *room;

	*request = (struct request){ .op = (uint32_t)get(&in, 4) };
	request->count = (size_t)get(&in, 4);
	if (in.is_broken || request->count > V2V_KERNEL_MAX_STRINGS)
		return EPROTO;
	/* Each string has a length of four bytes, and gets a NUL. */
	room = request->texts = memory_get(size + 1);
	request->strings = memory_get((request->count + 1) * sizeof(char *));
	request->numbers = memory_get((request->count + 1) * sizeof(int64_t));
	for (size_t i = 0; i < request->count && !in.is_broken; i++)
		request->strings[i] = get_string(&in, &room);
	request->size = (size_t)get(&in, 8);
	request->data = in.at;
	return in.is_broken || request->size != in.left ? EPROTO : 0;
}

static bool read_number(const char *s, bool is_signed, int64_t *ret)
{
	bool minus = is_signed && *s == '-';
	int64_t value = 0;

	s += minus;
	if (!*s)
		return false;
	for (; *s; s++) {
		if (*s < '0' || *s > '9' ||
			__builtin_mul_overflow(value, 10, &value) ||
			__builtin_add_overflow(value, *s - '0', &value))
			return false;
	}
	*ret = minus ? -value : value;
	return true;
}

static bool check_one(struct request *request, size_t i, char kind)
{
	const char *s = request->strings[i];

	switch (kind) {
	case 'p':
		return *s == '/';
	case 'n':
	case 'i':
		return read_number(s, kind == 'i', &request->numbers[i]);
	default:
		return kind == 's';
	}
}

int request_check(struct request *request, const char *arguments)
{
	const char *a = arguments;
	bool may_end = false;

	for (size_t i = 0; i < request->count; i++) {
		may_end |= *a == '|';
		a += *a == '|';
		if (!*a || *a == 'd' || !check_one(request, i, *a))
			return EINVAL;
		a += a[1] != '*';
	}
	may_end |= *a == '|' || *a == 'd' || !*a || a[1] == '*';
	if (!may_end)
		return EINVAL;
	return request->size && !strchr(arguments, 'd') ? EINVAL : 0;
}

void request_clear(struct request *request)
{
	free(request->texts);
	free(request->strings);
	free(request->numbers);
	*request = (struct request){ 0 };
}
