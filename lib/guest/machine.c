/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Heads of programs. */
#include "guest/machine.h"

#include <elf.h>

/* So much of a file tells. */
#define HEAD 4096

struct machine {
	unsigned number;
	const char *narrow, *wide; /* 32 and 64 bits */
	const char *wide_little;   /* NULL: as wide */
};

/* Those without a name in libguestfs have file(1)'s. */
static const struct machine elf_machines[] = {
	{ EM_386, "i386", "i386", NULL },
	{ 6, "i386", "i386", NULL },
	{ EM_X86_64, "x86_64", "x86_64", NULL },
	{ EM_AARCH64, "aarch64", "aarch64", NULL },
	{ EM_ARM, "arm", "arm", NULL },
	{ EM_PPC, "ppc", "ppc", NULL },
	{ EM_PPC64, "ppc64", "ppc64", "ppc64le" },
	{ EM_S390, "s390", "s390x", NULL },
	{ EM_RISCV, "riscv32", "riscv64", NULL },
	{ EM_IA_64, "ia64", "ia64", NULL },
	{ EM_SPARC, "SPARC", "SPARC", NULL },
	{ EM_SPARC32PLUS, "sparc", "sparc", NULL },
	{ EM_SPARCV9, "sparc64", "sparc64", NULL },
	{ EM_MIPS, "MIPS", "MIPS", NULL },
	{ EM_68K, "Motorola m68k", "Motorola m68k", NULL },
	{ EM_PARISC, "PA-RISC", "PA-RISC", NULL },
	{ EM_SH, "Renesas SH", "Renesas SH", NULL },
	{ 258, "LoongArch", "LoongArch", NULL },
	{ 0x9026, "Alpha (unofficial)", "Alpha (unofficial)", NULL },
};

/* Windows on ARM is "x86_64" to libguestfs, which looks at PE32+ alone. */
static const struct machine pe_machines[] = {
	{ 0x14c, "i386", "i386", NULL },
	{ 0x8664, "x86_64", "x86_64", NULL },
	{ 0xaa64, "aarch64", "aarch64", NULL },
	{ 0x1c4, "arm", "arm", NULL },
	{ 0x200, "ia64", "ia64", NULL },
};

static const char *name_of(const struct machine *machines, size_t count,
	unsigned number, bool wide, bool little)
{
	for (size_t i = 0; i < count; i++) {
		const struct machine *m = &machines[i];

		if (m->number != number)
			continue;
		if (!wide)
			return m->narrow;
		return little && m->wide_little ? m->wide_little : m->wide;
	}
	return NULL;
}

static unsigned word(const unsigned char *at, bool little)
{
	return little ? at[0] | (unsigned)at[1] << 8
		      : at[1] | (unsigned)at[0] << 8;
}

/* e_type is at 16, e_machine at 18: a core file has no answer. */
static const char *of_elf(const unsigned char *head)
{
	const unsigned char class = head[EI_CLASS], data = head[EI_DATA];
	const bool little = data == ELFDATA2LSB;
	unsigned type;

	if ((class != ELFCLASS32 && class != ELFCLASS64) ||
		(!little && data != ELFDATA2MSB))
		return NULL;
	type = word(head + 16, little);
	if (type < ET_REL || type > ET_DYN)
		return NULL;
	return name_of(elf_machines, ARRAY_SIZE(elf_machines),
		word(head + 18, little), class == ELFCLASS64, little);
}

static const char *of_pe(const unsigned char *head, size_t size)
{
	uint32_t at = word(head + 0x3c, true) |
		      (uint32_t)word(head + 0x3e, true) << 16;

	if (at > size - 6 || memcmp(head + at, "PE\0\0", 4) != 0)
		return NULL;
	return name_of(pe_machines, ARRAY_SIZE(pe_machines),
		word(head + at + 4, true), false, true);
}

const char *v2v_machine_of(const unsigned char *head, size_t size)
{
	if (size < 64)
		return NULL;
	if (memcmp(head, ELFMAG, SELFMAG) == 0)
		return of_elf(head);
	return memcmp(head, "MZ", 2) == 0 ? of_pe(head, size) : NULL;
}

const char *v2v_machine_of_file(const struct v2v_tree *tree, const char *path)
{
	unsigned char head[HEAD];
	size_t n = v2v_tree_is_file(tree, path)
			   ? v2v_tree_read_at(tree, path, 0, head, sizeof head)
			   : 0;

	return n <= sizeof head ? v2v_machine_of(head, n) : NULL;
}
