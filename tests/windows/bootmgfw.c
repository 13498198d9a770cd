/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A stand-in for Windows' boot manager: an EFI program that says where it was
 * started from, reads the first sector of the largest disk and says whether it
 * is a partition table, and turns the machine off.
 *
 * x86_64-w64-mingw32-gcc -ffreestanding -nostdlib -Wl,--subsystem,10 -e
 * efi_main
 */
#include <stddef.h>
#include <stdint.h>

#define EFI __attribute__((ms_abi))

struct guid {
	uint32_t a;
	uint16_t b, c;
	uint8_t d[8];
};

/* UEFI 2.10: 4.2 (tables), 12.4 (text), 13.9 (block I/O), 9.1 (loaded image);
 * of each as much as is called. */
struct text_output {
	void *reset;
	uint64_t(EFI *output)(struct text_output *self, const uint16_t *text);
};

struct boot_services {
	char header[24];
	void *before_handle_protocol[16];
	uint64_t(EFI *handle_protocol)(
		void *handle, const struct guid *protocol, void **ret);
	void *before_locate_handle_buffer[19];
	uint64_t(EFI *locate_handle_buffer)(int type,
		const struct guid *protocol, void *key, size_t *ret_count,
		void ***ret_handles);
};

struct runtime_services {
	char header[24];
	void *before_reset_system[10];
	void(EFI *reset_system)(
		int type, uint64_t status, size_t size, void *data);
};

struct system_table {
	char header[24];
	uint16_t *vendor;
	uint32_t revision;
	void *in_handle, *in, *out_handle;
	struct text_output *out;
	void *error_handle, *error;
	struct runtime_services *runtime;
	struct boot_services *boot;
};

struct block_media {
	uint32_t id;
	uint8_t removable, present, is_partition, read_only, caching;
	uint32_t block_size, align;
	uint64_t last_block;
};

struct block_io {
	uint64_t revision;
	struct block_media *media;
	void *reset;
	uint64_t(EFI *read)(struct block_io *self, uint32_t media,
		uint64_t block, size_t size, void *data);
};

struct device_path {
	uint8_t type, subtype;
	uint8_t length[2];
	uint16_t text[1];
};

struct loaded_image {
	uint32_t revision;
	void *parent;
	struct system_table *system;
	void *device;
	struct device_path *file;
};

static const struct guid block_io_guid = { 0x964e5b21, 0x6459, 0x11d2,
	{ 0x8e, 0x39, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b } };
static const struct guid loaded_image_guid = { 0x5b1b31a1, 0x9562, 0x11d2,
	{ 0x8e, 0x3f, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b } };

static struct system_table *table;

static void say(const uint16_t *text)
{
	table->out->output(table->out, text);
}

static struct block_io *largest_disk(void)
{
	struct block_io *largest = NULL, *disk;
	void **handles = NULL;
	size_t count = 0;

	if (table->boot->locate_handle_buffer(
		    2, &block_io_guid, NULL, &count, &handles))
		return NULL;
	for (size_t i = 0; i < count; i++)
		if (!table->boot->handle_protocol(
			    handles[i], &block_io_guid, (void **)&disk) &&
			disk->media->present && !disk->media->is_partition &&
			(!largest || disk->media->last_block >
					     largest->media->last_block))
			largest = disk;
	return largest;
}

static void say_where(void *image)
{
	struct loaded_image *loaded;

	say(u"v2v stand-in boot manager: ");
	if (!table->boot->handle_protocol(
		    image, &loaded_image_guid, (void **)&loaded) &&
		loaded->file && loaded->file->type == 4)
		say(loaded->file->text);
	say(u"\r\n");
}

static void say_sector(void)
{
	static unsigned char sector[4096] __attribute__((aligned(4096)));
	struct block_io *disk = largest_disk();

	if (!disk || disk->media->block_size > sizeof(sector) ||
		disk->read(disk, disk->media->id, 0, disk->media->block_size,
			sector))
		say(u"v2v stand-in: no disk can be read\r\n");
	else if (sector[510] == 0x55 && sector[511] == 0xaa)
		say(u"v2v stand-in: sector 0 is a partition table\r\n");
	else
		say(u"v2v stand-in: sector 0 is something else\r\n");
}

EFI uint64_t efi_main(void *image, struct system_table *system);

EFI uint64_t efi_main(void *image, struct system_table *system)
{
	table = system;
	say_where(image);
	say_sector();
	table->runtime->reset_system(2, 0, 0, NULL);
	return 0;
}
