/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plan is carried out: whether there is room, and then each operation. */
#include "guest/files.h"
#include "model/space.h"
#include "plan/plan.h"

/* Files take whole blocks; no usual filesystem has larger ones. */
#define BLOCK 4096

static uint64_t in_blocks(uint64_t size)
{
	return (size + BLOCK - 1) / BLOCK * BLOCK;
}

/* Bytes that the file itself takes more than now. */
static uint64_t growth(const struct v2v_plan *plan, const struct v2v_op *op)
{
	int64_t before = op->is_new ? 0 : v2v_tree_size(plan->base, op->name);
	uint64_t old = in_blocks(before > 0 ? (uint64_t)before : 0);
	uint64_t new = in_blocks(op->size);

	return new > old ? new - old : 0;
}

static void need(struct v2v_list *needs, const char *path, uint64_t bytes)
{
	struct v2v_space_need *added = v2v_list_add(needs, sizeof *added);

	added->path = path;
	added->bytes = bytes;
}

/* While a file is replaced the old one is there too: one at a time. */
static const struct v2v_op *largest_swap(const struct v2v_plan *plan)
{
	const struct v2v_op *largest = NULL;

	v2v_list_foreach (const struct v2v_op, op, &plan->ops)
		if (!op->is_new && op->type != V2V_OP_APPEND &&
			op->type != V2V_OP_REMOVE &&
			(!largest || op->size > largest->size))
			largest = op;
	return largest;
}

int v2v_plan_check_room(const struct v2v_plan *plan,
	const struct v2v_inspect *inspect, struct v2v_error *err)
{
	struct v2v_list needs = { 0 };
	const struct v2v_op *largest;
	int status;

	if (v2v_plan_make(plan, err) < 0)
		return -1;
	largest = largest_swap(plan);
	v2v_list_foreach (const struct v2v_op, op, &plan->ops)
		if (op->type == V2V_OP_MAKE_DIR)
			need(&needs, op->name, BLOCK);
		else if (op->type != V2V_OP_REMOVE)
			need(&needs, op->name, growth(plan, op));
	if (largest)
		need(&needs, largest->name, in_blocks(largest->size));
	status = v2v_space_check_needs(inspect, &needs, err);
	free(needs.items);
	return status;
}

static int carry_out(
	const struct v2v_op *op, struct v2v_guest *guest, struct v2v_error *err)
{
	switch (op->type) {
	case V2V_OP_WRITE:
		return v2v_guest_write(guest, op->path, op->text, err);
	case V2V_OP_COPY:
		return v2v_guest_copy(guest, op->from, op->path, err);
	case V2V_OP_REPLACE:
		return v2v_guest_replace(guest, op->fd, op->path, err);
	case V2V_OP_APPEND:
		return v2v_guest_put(guest, op->fd, op->path, op->offset, err);
	case V2V_OP_MAKE_DIR:
		return v2v_guest_make_dir(guest, op->path, err);
	case V2V_OP_REMOVE:
		return v2v_guest_remove(guest, op->path, err);
	}
	return -1;
}

int v2v_plan_commit(const struct v2v_plan *plan, struct v2v_guest *guest,
	struct v2v_error *err)
{
	if (v2v_plan_make(plan, err) < 0)
		return -1;
	v2v_list_foreach (const struct v2v_op, op, &plan->ops) {
		if (carry_out(op, guest, err) < 0)
			return -1;
		if (op->admin_only &&
			v2v_guest_protect(guest, op->path, err) < 0)
			return -1;
		if (op->label)
			v2v_guest_label(guest, op->name, op->label);
	}
	return 0;
}
