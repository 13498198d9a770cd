/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pages in memory and in a file. */
#include "disk/pages.h"

#include "core/file.h"
#include "core/open.h"

#include <fcntl.h>
#include <sys/mman.h>

struct v2v_pages {
	unsigned char *memory;
	uint32_t in_memory, all;
	uint32_t fresh; /* from here on none was ever in use */
	uint32_t used, filed;
	uint32_t *free; /* those given back */
	size_t free_count, free_room;
	char *directory;
	int fd;
};

struct v2v_pages *v2v_pages_new(uint32_t in_memory, uint32_t all,
	const char *directory, struct v2v_error *err)
{
	struct v2v_pages *pages = v2v_alloc(1, sizeof *pages);
	size_t bytes;

	pages->all = all < V2V_MAX_PAGES ? all : V2V_MAX_PAGES;
	pages->in_memory = in_memory < pages->all ? in_memory : pages->all;
	pages->directory = v2v_strdup(directory);
	pages->fd = -1;
	bytes = ((size_t)pages->in_memory + 1) * V2V_PAGE;
	/* Only what is touched becomes memory. */
	pages->memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (pages->memory != MAP_FAILED)
		return pages;
	pages->memory = NULL;
	v2v_fail_errno(err, "cannot reserve %zu bytes", bytes);
	v2v_pages_free(pages);
	return NULL;
}

void v2v_pages_free(struct v2v_pages *pages)
{
	if (!pages)
		return;
	if (pages->memory)
		munmap(pages->memory,
			((size_t)pages->in_memory + 1) * V2V_PAGE);
	if (pages->fd >= 0)
		close(pages->fd);
	free(pages->free);
	free(pages->directory);
	free(pages);
}

static int full(const struct v2v_pages *pages, struct v2v_error *err)
{
	return v2v_fail(err, "layer-full",
		"more than %llu MiB were written to the disk",
		(unsigned long long)pages->used * V2V_PAGE >> 20);
}

int v2v_pages_take(
	struct v2v_pages *pages, uint32_t *ret_page, struct v2v_error *err)
{
	uint32_t page;

	if (pages->free_count) {
		page = pages->free[--pages->free_count];
	} else {
		if (pages->fresh >= pages->all ||
			(pages->fresh >= pages->in_memory && !pages->directory))
			return full(pages, err);
		if (pages->fresh >= pages->in_memory && pages->fd < 0)
			pages->fd = v2v_scratch_file(pages->directory, err);
		if (pages->fresh >= pages->in_memory && pages->fd < 0)
			return -1;
		page = pages->fresh++;
	}
	pages->used++;
	pages->filed += page >= pages->in_memory;
	*ret_page = page;
	return 0;
}

static off_t place(const struct v2v_pages *pages, uint32_t page)
{
	return (off_t)(page - pages->in_memory) * V2V_PAGE;
}

void v2v_pages_give_back(struct v2v_pages *pages, uint32_t page)
{
	if (pages->free_count == pages->free_room) {
		size_t room = pages->free_room ? pages->free_room * 2 : 64;
		uint32_t *more = v2v_alloc(room, sizeof *more);

		if (pages->free_count)
			memcpy(more, pages->free,
				pages->free_count * sizeof *more);
		free(pages->free);
		pages->free = more;
		pages->free_room = room;
	}
	pages->free[pages->free_count++] = page;
	pages->used--;
	pages->filed -= page >= pages->in_memory;
	/* Where the system does not want it back, it is used again by us. */
	if (page < pages->in_memory)
		madvise(pages->memory + (size_t)page * V2V_PAGE, V2V_PAGE,
			MADV_DONTNEED);
	else
		fallocate(pages->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			place(pages, page), V2V_PAGE);
}

int v2v_pages_write(struct v2v_pages *pages, uint32_t page, const void *data,
	struct v2v_error *err)
{
	if (page < pages->in_memory) {
		memcpy(pages->memory + (size_t)page * V2V_PAGE, data, V2V_PAGE);
		return 0;
	}
	return v2v_pwrite_all(pages->fd, pages->directory, data, V2V_PAGE,
		(uint64_t)place(pages, page), err);
}

int v2v_pages_read(struct v2v_pages *pages, uint32_t page, size_t at,
	void *data, size_t size, struct v2v_error *err)
{
	if (page < pages->in_memory) {
		memcpy(data, pages->memory + (size_t)page * V2V_PAGE + at,
			size);
		return 0;
	}
	return v2v_pread_all(pages->fd, pages->directory, data, size,
		(uint64_t)place(pages, page) + at, err);
}

uint32_t v2v_pages_used(const struct v2v_pages *pages)
{
	return pages->used;
}

uint32_t v2v_pages_in_file(const struct v2v_pages *pages)
{
	return pages->filed;
}
