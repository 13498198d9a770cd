/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A registry's hive of a text:
 *
 *	[Microsoft\Windows NT\CurrentVersion]
 *	ProductName=Windows 10 Pro
 *	CurrentMajorVersionNumber=dword:10
 *	InstallTime=qword:133000000000000000
 *	DigitalProductId=hex:a4 00 00
 *	IPAddress=multi:192.0.2.7|192.0.2.8
 *
 * A value's name ends at the first '='.  What is not ASCII stands for itself,
 * below U+0100.
 */
#ifndef V2V_TEST_MAKE_HIVE_H
#define V2V_TEST_MAKE_HIVE_H

#include "cases.h"

#include "core/lines.h"

#include <hivex.h>

static inline void put32(unsigned char *at, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		at[i] = (unsigned char)(value >> (8 * i));
}

/* The smallest that libhivex takes: a root without name, values and keys, and
 * the descriptor of its security. */
static inline void make_empty_hive(const char *path)
{
	unsigned char *hive = v2v_alloc(1, 8192);
	unsigned char *bin = hive + 4096, *nk = bin + 0x20, *sk = bin + 0x80;
	uint32_t sum = 0;
	FILE *f;

	memcpy(hive, "regf", 4);
	put32(hive + 4, 1);
	put32(hive + 8, 1);
	put32(hive + 0x14, 1);
	put32(hive + 0x18, 3);
	put32(hive + 0x20, 1);
	put32(hive + 0x24, 0x20);
	put32(hive + 0x28, 4096);
	put32(hive + 0x2c, 1);
	for (unsigned i = 0; i < 0x1fc; i++)
		sum ^= (uint32_t)hive[i] << (8 * (i % 4));
	put32(hive + 0x1fc, sum);
	memcpy(bin, "hbin", 4);
	put32(bin + 8, 4096);
	put32(nk, (uint32_t)-0x60);
	memcpy(nk + 4, "nk", 2);
	nk[6] = 0x2c;
	put32(nk + 0x14, (uint32_t)-1);
	put32(nk + 0x20, (uint32_t)-1);
	put32(nk + 0x24, (uint32_t)-1);
	put32(nk + 0x2c, (uint32_t)-1);
	put32(nk + 0x30, 0x80);
	put32(nk + 0x34, (uint32_t)-1);
	nk[0x4c] = 4;
	memcpy(nk + 0x50, "ROOT", 4);
	put32(sk, (uint32_t)-0x40);
	memcpy(sk + 4, "sk", 2);
	put32(sk + 8, 0x80);
	put32(sk + 12, 0x80);
	put32(sk + 16, 1);
	put32(sk + 20, 0x14);
	put32(bin + 0xc0, 4096 - 0xc0);
	f = fopen(path, "w");
	assert(f && fwrite(hive, 8192, 1, f) == 1);
	assert(fclose(f) == 0);
	free(hive);
}

static inline hive_node_h hive_key(hive_h *h, char *path)
{
	hive_node_h node = hivex_root(h);

	for (char *name; (name = strsep(&path, "\\"));) {
		hive_node_h child = hivex_node_get_child(h, node, name);

		node = child ? child : hivex_node_add_child(h, node, name);
		assert(node);
	}
	return node;
}

struct hive_data {
	hive_type type;
	size_t length;
	unsigned char bytes[1024];
};

static inline void hive_number(
	struct hive_data *data, const char *text, size_t size)
{
	const unsigned long long number = strtoull(text, NULL, 10);

	for (unsigned i = 0; i < size; i++)
		data->bytes[data->length++] =
			(unsigned char)(number >> (8 * i));
}

static inline void hive_hex(struct hive_data *data, const char *text)
{
	char *end;

	for (; *text; text = end) {
		data->bytes[data->length++] =
			(unsigned char)strtoul(text, &end, 16);
		assert(end > text);
	}
}

static inline void hive_utf16(
	struct hive_data *data, const char *text, char separator)
{
	for (; *text; text++, data->length += 2)
		if (*text != separator)
			data->bytes[data->length] = (unsigned char)*text;
	data->length += 2;
}

static inline void hive_value_data(struct hive_data *data, const char *text)
{
	const char *colon = strchr(text, ':'), *rest = colon ? colon + 1 : text;

	if (v2v_starts_with(text, "dword:")) {
		data->type = hive_t_REG_DWORD;
		hive_number(data, rest, 4);
	} else if (v2v_starts_with(text, "qword:")) {
		data->type = hive_t_REG_QWORD;
		hive_number(data, rest, 8);
	} else if (v2v_starts_with(text, "hex:")) {
		data->type = hive_t_REG_BINARY;
		hive_hex(data, rest);
	} else if (v2v_starts_with(text, "multi:")) {
		data->type = hive_t_REG_MULTI_SZ;
		hive_utf16(data, rest, '|');
		data->length += 2;
	} else if (v2v_starts_with(text, "expand:")) {
		data->type = hive_t_REG_EXPAND_SZ;
		hive_utf16(data, rest, '\0');
	} else {
		hive_utf16(data, text, '\0');
	}
}

static inline void set_hive_value(hive_h *h, hive_node_h key, char *line)
{
	struct hive_data data = { .type = hive_t_REG_SZ };
	char *text = strchr(line, '=');
	hive_set_value value;

	assert(text && strlen(text) < sizeof data.bytes / 2 - 4);
	*text++ = '\0';
	hive_value_data(&data, text);
	value = (hive_set_value){ line, data.type, data.length,
		(char *)data.bytes };
	assert(hivex_node_set_value(h, key, &value, 0) == 0);
}

static inline void make_hive(const char *path, const char *text)
{
	hive_node_h key = 0;
	hive_h *h;

	make_empty_hive(path);
	h = hivex_open(path, HIVEX_OPEN_WRITE);
	assert(h);
	while (*text) {
		CLEANUP_FREE char *line = v2v_line_next(&text);

		if (*line == '[') {
			line[strcspn(line, "]")] = '\0';
			key = hive_key(h, line + 1);
		} else if (*line) {
			assert(key);
			set_hive_value(h, key, line);
		}
	}
	assert(hivex_commit(h, NULL, 0) == 0);
	assert(hivex_close(h) == 0);
}
#endif
