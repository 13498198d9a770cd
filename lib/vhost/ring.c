/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rings of a virtqueue: when they run, what is available, what is used. */
#include "vhost/ring-private.h"

#include <endian.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/virtio_ring.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>

/* Both rings begin with flags and an index, two bytes each. */
#define FLAGS	 0
#define ENTRIES	 4
#define AVAIL	 sizeof(__virtio16)
#define USED	 sizeof(struct vring_used_elem)
#define ATTEMPTS 8

/* Map the page of the used index. */
static int map_used(struct v2v_ring *ring)
{
	off_t page = sysconf(_SC_PAGESIZE), in = ring->used.at % page;
	void *p = mmap(NULL, (size_t)page, PROT_READ | PROT_WRITE, MAP_SHARED,
		ring->used.fd, ring->used.at - in);

	if (p == MAP_FAILED)
		return -1;
	ring->page = p;
	ring->used_word = (uint32_t *)((char *)p + in);
	return 0;
}

/* VIRTIO 2.7: alignments of 16, 2 and 4; of the used ring in its file too, so
 * that its first word is in one page. */
static bool find_rings(struct v2v_ring *ring, const struct v2v_memory *memory)
{
	return ring->descriptors_at % 16 == 0 && ring->available_at % 2 == 0 &&
	       v2v_memory_place(memory, ring->descriptors_at,
		       ring->size * sizeof(struct vring_desc),
		       &ring->descriptors) &&
	       v2v_memory_place(memory, ring->available_at,
		       ENTRIES + ring->size * AVAIL, &ring->available) &&
	       v2v_memory_place(memory, ring->used_at,
		       ENTRIES + ring->size * USED, &ring->used) &&
	       ring->used.at % 4 == 0;
}

int v2v_ring_start(struct v2v_ring *ring, const struct v2v_memory *memory,
	struct v2v_error *err)
{
	uint16_t used[2];

	if (ring->is_running || !ring->size || !ring->is_placed ||
		!ring->is_enabled || !ring->is_kicked)
		return 0;
	if (htole16(1) != 1)
		return v2v_fail(
			err, "io", "the server needs a little-endian machine");
	if (!find_rings(ring, memory))
		return v2v_fail(err, "kernel-broken",
			"a ring is not in the kernel's memory");
	if (v2v_place_read(&ring->used, FLAGS, used, sizeof used) < 0 ||
		map_used(ring) < 0)
		return v2v_fail(
			err, "kernel-broken", "the used ring cannot be read");
	ring->used_index = used[1];
	ring->is_running = true;
	return 0;
}

void v2v_ring_stop(struct v2v_ring *ring)
{
	if (ring->page)
		munmap(ring->page, (size_t)sysconf(_SC_PAGESIZE));
	ring->page = NULL;
	ring->used_word = NULL;
	ring->is_running = false;
}

/* The available index: 1, 0 where it does not hold still, -1. */
static int read_available(const struct v2v_ring *ring, uint16_t *ret_index)
{
	uint16_t before[2] = { 0 }, after[2];

	for (int i = 0; i < ATTEMPTS; i++) {
		if (v2v_place_read(
			    &ring->available, FLAGS, after, sizeof after) < 0)
			return -1;
		if (i && before[1] == after[1]) {
			*ret_index = after[1];
			return 1;
		}
		before[1] = after[1];
	}
	return 0;
}

/* The head of the next request: 1, 0 for none, -1. */
static int next_head(
	const struct v2v_ring *ring, uint16_t *ret_head, struct v2v_error *err)
{
	uint16_t available = ring->last;
	int r = read_available(ring, &available);

	if (r < 0)
		return v2v_fail(err, "kernel-broken",
			"the available ring cannot be read");
	if (available == ring->last)
		return 0;
	if ((uint16_t)(available - ring->last) > ring->size)
		return v2v_fail(err, "kernel-broken",
			"the available index, %u behind %u, is beyond the ring",
			available, ring->last);
	if (v2v_place_read(&ring->available,
		    ENTRIES + ring->last % ring->size * AVAIL, ret_head,
		    sizeof *ret_head) < 0)
		return v2v_fail(err, "kernel-broken",
			"the available ring cannot be read");
	return 1;
}

static int add_segment(struct v2v_chain *chain, const struct vring_desc *d,
	const struct v2v_memory *memory, struct v2v_error *err)
{
	bool is_writable = d->flags & VRING_DESC_F_WRITE;

	if (chain->count == V2V_RING_DESCRIPTORS)
		return v2v_fail(err, "kernel-broken",
			"a request has more than %d descriptors",
			V2V_RING_DESCRIPTORS);
	if (d->len > V2V_RING_SEGMENT_SIZE)
		return v2v_fail(err, "kernel-broken",
			"a descriptor of %u bytes is longer than %u", d->len,
			V2V_RING_SEGMENT_SIZE);
	if (!v2v_memory_has(memory, d->addr, d->len))
		return v2v_fail(err, "kernel-broken",
			"a descriptor is not in the kernel's memory");
	/* VIRTIO 2.7.4.2 */
	if (!is_writable && chain->writable)
		return v2v_fail(err, "kernel-broken",
			"a readable descriptor is behind a writable one");
	*(is_writable ? &chain->writable : &chain->readable) += d->len;
	chain->segments[chain->count++] =
		(struct v2v_segment){ d->addr, d->len };
	if (!is_writable)
		chain->readable_count = chain->count;
	return 0;
}

/* VIRTIO 2.7.5.3: a table in place of the last descriptor. */
static int check_indirect(
	const struct vring_desc *d, bool is_inside, struct v2v_error *err)
{
	if (is_inside)
		return v2v_fail(err, "kernel-broken",
			"an indirect table is in an indirect table");
	if (d->flags & VRING_DESC_F_NEXT)
		return v2v_fail(err, "kernel-broken",
			"an indirect table is not the last descriptor");
	if (!d->len || d->len % sizeof *d)
		return v2v_fail(err, "kernel-broken",
			"an indirect table has %u bytes", d->len);
	return 0;
}

/* Where descriptors are read from: the ring, or an indirect table, which is
 * read at once. */
struct table {
	const struct v2v_ring *ring; /* NULL: indirect */
	uint32_t count;
	struct vring_desc indirect[V2V_RING_DESCRIPTORS];
};

static int read_descriptor(const struct table *table, uint32_t index,
	struct vring_desc *ret, struct v2v_error *err)
{
	if (index >= table->count)
		return v2v_fail(err, "kernel-broken",
			"descriptor %u is beyond the table's %u", index,
			table->count);
	if (!table->ring)
		*ret = table->indirect[index];
	else if (v2v_place_read(&table->ring->descriptors,
			 (uint64_t)index * sizeof *ret, ret, sizeof *ret) < 0)
		return v2v_fail(err, "kernel-broken",
			"a table of descriptors cannot be read");
	return 0;
}

static int read_indirect(struct table *table, const struct vring_desc *d,
	const struct v2v_memory *memory, struct v2v_error *err)
{
	if (check_indirect(d, !table->ring, err) < 0)
		return -1;
	table->ring = NULL;
	table->count = d->len / (uint32_t)sizeof *d;
	if (table->count > V2V_RING_DESCRIPTORS)
		return v2v_fail(err, "kernel-broken",
			"an indirect table has %u descriptors", table->count);
	if (v2v_memory_read(memory, d->addr, table->indirect, d->len) < 0)
		return v2v_fail(err, "kernel-broken",
			"a table of descriptors cannot be read");
	return 0;
}

/* Follow the chain.  A descriptor adds a segment or, once, leads to a table: a
 * loop ends where a request has too many. */
static int follow(const struct v2v_ring *ring, const struct v2v_memory *memory,
	struct v2v_chain *chain, struct v2v_error *err)
{
	uint32_t index = chain->head;
	struct vring_desc d;
	struct table table;

	table.ring = ring;
	table.count = ring->size;
	for (;;) {
		if (read_descriptor(&table, index, &d, err) < 0)
			return -1;
		if (d.flags & VRING_DESC_F_INDIRECT) {
			if (read_indirect(&table, &d, memory, err) < 0)
				return -1;
			index = 0;
			continue;
		}
		if (add_segment(chain, &d, memory, err) < 0)
			return -1;
		if (!(d.flags & VRING_DESC_F_NEXT))
			return 0;
		index = d.next;
	}
}

int v2v_ring_next(const struct v2v_ring *ring, const struct v2v_memory *memory,
	struct v2v_chain *ret_chain, struct v2v_error *err)
{
	int r = ring->is_running ? next_head(ring, &ret_chain->head, err) : 0;

	if (r <= 0)
		return r;
	ret_chain->count = ret_chain->readable_count = 0;
	ret_chain->readable = ret_chain->writable = 0;
	return follow(ring, memory, ret_chain, err) < 0 ? -1 : 1;
}

/* used.idx += 1 */
static int add_used(const struct v2v_ring *ring)
{
	uint32_t nobody = 0;
	/* As FUTEX_OP() would, which shifts into the sign: add 1 << 16. */
	unsigned op = (unsigned)(FUTEX_OP_OPARG_SHIFT | FUTEX_OP_ADD) << 28 |
		      16u << 12;

	return syscall(SYS_futex, &nobody, FUTEX_WAKE_OP_PRIVATE, 0, 0L,
		       ring->used_word, op) < 0
		       ? -1
		       : 0;
}

/*
 * Never waits, whatever the kernel has done to its end: a full socket has
 * something to read already.  An eventfd's flags are shared with the kernel,
 * whose process (not the code in it) could clear what is set here at the very
 * moment, and fill it; its end then ends the wait, as all its waits.
 */
static void notify(const struct v2v_ring *ring)
{
	uint64_t one = 1;

	if (ring->call < 0)
		return;
	if (ring->call_is_socket) {
		send(ring->call, &one, sizeof one, MSG_DONTWAIT | MSG_NOSIGNAL);
		return;
	}
	if (fcntl(ring->call, F_SETFL, O_RDWR | O_NONBLOCK) == 0 &&
		write(ring->call, &one, sizeof one) < 0)
		return;
}

int v2v_ring_complete(struct v2v_ring *ring, const struct v2v_chain *chain,
	uint32_t written, struct v2v_error *err)
{
	struct vring_used_elem e = { .id = chain->head, .len = written };
	uint64_t at = ENTRIES + ring->used_index % ring->size * USED;
	uint16_t flags;

	if (v2v_place_write(&ring->used, at, &e, sizeof e) < 0 ||
		add_used(ring) < 0 ||
		v2v_place_read(&ring->available, FLAGS, &flags, sizeof flags) <
			0)
		return v2v_fail(err, "kernel-broken",
			"the used ring cannot be written");
	ring->used_index++;
	ring->last++;
	if (!(flags & VRING_AVAIL_F_NO_INTERRUPT))
		notify(ring);
	return 0;
}

/* Copy between @data and @at behind the beginning of some segments. */
static int copy(const struct v2v_segment *segments, size_t count,
	const struct v2v_memory *memory, uint64_t at, char *data, size_t size,
	bool is_write)
{
	for (size_t i = 0; i < count && size; i++) {
		uint64_t address = segments[i].at + at;
		size_t n = segments[i].size;

		if (at >= n) {
			at -= n;
			continue;
		}
		n = n - at < size ? n - at : size;
		if (is_write ? v2v_memory_write(memory, address, data, n) < 0
			     : v2v_memory_read(memory, address, data, n) < 0)
			return -1;
		data += n;
		size -= n;
		at = 0;
	}
	return size ? -1 : 0;
}

int v2v_chain_read(const struct v2v_chain *chain,
	const struct v2v_memory *memory, uint64_t at, void *data, size_t size,
	struct v2v_error *err)
{
	if (copy(chain->segments, chain->readable_count, memory, at, data, size,
		    false) < 0)
		return v2v_fail(
			err, "kernel-broken", "a request cannot be read");
	return 0;
}

int v2v_chain_write(const struct v2v_chain *chain,
	const struct v2v_memory *memory, uint64_t at, const void *data,
	size_t size, struct v2v_error *err)
{
	size_t first = chain->readable_count;

	if (copy(chain->segments + first, chain->count - first, memory, at,
		    (char *)(uintptr_t)data, size, true) < 0)
		return v2v_fail(
			err, "kernel-broken", "an answer cannot be written");
	return 0;
}
