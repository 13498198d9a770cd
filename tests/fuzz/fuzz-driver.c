/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A driver of virtio-win: the first byte says whether the rest is its INF, its
 * program or its catalog, and for which Windows. */
#include "scratch.h"

#include "windows/virtio-win/drivers.h"
#include "windows/virtio-win/inf.h"
#include "windows/virtio-win/signature.h"

#include <string.h>

static const struct v2v_driver_target targets[] = {
	{ 10, 0, 19045, false, "amd64" },
	{ 6, 1, 7601, true, "amd64" },
	{ 5, 1, 2600, false, "x86" },
	{ 10, 0, 22631, false, "arm64" },
};

/* What goes into the registry is bounded and plain. */
static void check_ids(const struct v2v_list *ids)
{
	v2v_list_foreach (const char *, id, ids)
		if (!**id || strlen(*id) >= 128 || strpbrk(*id, "\\/\"\n"))
			abort();
}

static void read_inf(const uint8_t *data, size_t size,
	const struct v2v_driver_target *target)
{
	struct v2v_list ids CLEANUP_STRINGS = { 0 };
	struct v2v_driver driver = { .known = v2v_known_drivers };

	v2v_inf_read(data, size, target, &driver.inf);
	v2v_driver_ids(&driver, &ids);
	check_ids(&ids);
	if (driver.inf.ids.count > 256 || driver.inf.month > 12 ||
		driver.inf.day > 31)
		abort();
	v2v_inf_clear(&driver.inf);
}

static void judge(const struct v2v_signature *signature,
	const struct v2v_driver_target *target)
{
	struct v2v_error why = { 0 };

	if (v2v_signature_check(signature, target, &why) < 0 && !*why.text)
		abort();
	v2v_signature_is_foreign(signature, target);
	v2v_signature_needs_sha2(signature, target);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct v2v_signature signature CLEANUP_SIGNATURE = { 0 };
	const struct v2v_driver_target *target;

	if (!size)
		return 0;
	target = &targets[data[0] / 4 % ARRAY_SIZE(targets)];
	if (data[0] % 4 == 0) {
		read_inf(data + 1, size - 1, target);
		return 0;
	}
	if (data[0] % 4 == 1)
		v2v_signature_read(data + 1, size - 1, &signature);
	else
		v2v_signers_add(&signature.signers, data + 1, size - 1);
	judge(&signature, target);
	return 0;
}
