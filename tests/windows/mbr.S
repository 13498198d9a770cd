/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A stand-in for a disk's boot code: says on the first serial port what the
 * first sector of the first partition is, by the BIOS (int 13h, 42h), and stops.
 *
 * as --32 -o mbr.o mbr.S; ld -m elf_i386 --oformat binary -Ttext 0x7c00 -e start
 */
	.code16
	.globl start
start:
	xorw %ax, %ax
	movw %ax, %ds
	movw %ax, %es
	movw %ax, %ss
	movw $0x7c00, %sp
	cld
	pushw %dx			/* which disk it is */
	movw $hello, %si
	call say
	popw %dx
	movl 0x7dbe + 8, %eax		/* its start, in the partition table */
	movl %eax, where
	movw $packet, %si
	movb $0x42, %ah
	int $0x13
	movw $failed, %si
	jc end
	movw $other, %si
	cmpl $0x5346544e, 0x7e00 + 3	/* "NTFS" */
	jne end
	movw $ntfs, %si
end:
	call say
	cli
	hlt
	jmp end

say:
	lodsb
	testb %al, %al
	jz said
	movb %al, %ah
	movw $0x3fd, %dx
wait:
	inb %dx, %al
	testb $0x20, %al
	jz wait
	movb %ah, %al
	movw $0x3f8, %dx
	outb %al, %dx
	jmp say
said:
	ret

packet:
	.byte 16, 0
	.word 1, 0x7e00, 0
where:
	.long 0, 0
hello:	.asciz "v2v stand-in boot code\r\n"
failed:	.asciz "v2v stand-in: the disk cannot be read\r\n"
other:	.asciz "v2v stand-in: the partition is something else\r\n"
ntfs:	.asciz "v2v stand-in: the partition is an NTFS\r\n"
