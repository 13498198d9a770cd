/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Will it run on KVM, and what has to be done?  The answers, from what the
 * inspection gathered and the guest's files. */
#ifndef V2V_INSPECT_FINDINGS_H
#define V2V_INSPECT_FINDINGS_H

#include "inspect/grub2.h"
#include "inspect/storage.h"
#include "model/source.h"

/*
 * Fill inspect->findings: blockers, changes, notes.  @guest is mounted, or
 * NULL where nothing is (no operating system).
 */
void v2v_findings_gather(struct v2v_guest *guest,
	const struct v2v_source *source, const struct v2v_storage *storage,
	struct v2v_inspect *inspect);

/* A blocker's code as an error's, which is static; "blocker" for one that is
 * none of ours. */
const char *v2v_findings_code(const struct v2v_finding *blocker);
#endif
