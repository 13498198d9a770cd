/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A registry's hive of a text:
 *
 *	[Microsoft\Windows NT\CurrentVersion]
 *	ProductName=Windows 10 Pro
 *	CurrentMajorVersionNumber=dword:10
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

static inline void set_hive_value(hive_h *h, hive_node_h key, char *line)
{
	static const char number[] = "dword:";
	char *text = strchr(line, '=');
	unsigned char data[512] = { 0 };
	hive_set_value value = { line, hive_t_REG_SZ, 0, (char *)data };

	assert(text && strlen(text) < sizeof data / 2);
	*text++ = '\0';
	if (v2v_starts_with(text, number)) {
		put32(data, (uint32_t)strtoul(text + strlen(number), NULL, 10));
		value.t = hive_t_REG_DWORD;
		value.len = 4;
	} else {
		/* What is not ASCII means itself, below U+0100. */
		for (; *text; text++, value.len += 2)
			data[value.len] = (unsigned char)*text;
		value.len += 2;
	}
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
