/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Will it run on KVM, and what has to be done?  The answers, from what the
 * inspection gathered and the guest's files. */
#ifndef V2V_INSPECT_FINDINGS_FINDINGS_H
#define V2V_INSPECT_FINDINGS_FINDINGS_H

#include "inspect/storage.h"
#include "linux/boot/grub2.h"
#include "model/source.h"

struct v2v_linux_guest;
struct v2v_plan;

/*
 * Fill inspect->findings: blockers, changes, notes.  @plan is that of a
 * conversion of the mounted guest; empty, and its guest not read, where there
 * is no operating system.  @guest is read where that is a Linux.
 */
void v2v_findings_gather(const struct v2v_plan *plan,
	const struct v2v_linux_guest *guest, const struct v2v_source *source,
	const struct v2v_storage *storage, struct v2v_inspect *inspect);

/* A blocker's code as an error's, which is static; "blocker" for one that is
 * none of ours. */
const char *v2v_findings_code(const struct v2v_finding *blocker);
#endif
