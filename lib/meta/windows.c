/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a Windows wants of the machine it runs on. */
#include "meta/meta.h"

/* Windows 7 and its server know the first; from 8 on it has clocks of its own
 * in the hypervisor, from 10 on it hands over what costs most among many
 * processors.  Before Vista there was nothing of it. */
#define SEVEN (V2V_HV_RELAXED | V2V_HV_VAPIC | V2V_HV_SPINLOCKS | V2V_HV_CLOCK)
#define EIGHT                                                                  \
	(SEVEN | V2V_HV_VPINDEX | V2V_HV_RUNTIME | V2V_HV_SYNIC |              \
		V2V_HV_STIMER | V2V_HV_RESET)
#define TEN (EIGHT | V2V_HV_FREQUENCIES | V2V_HV_TLBFLUSH | V2V_HV_IPI)

static unsigned hyperv(const struct v2v_inspect *inspect)
{
	int64_t major = inspect->major_version, minor = inspect->minor_version;

	if (major > 6)
		return TEN;
	if (major == 6 && minor >= 2)
		return EIGHT;
	return major >= 0 && major < 6 ? 0 : SEVEN;
}

void v2v_machine_windows(struct v2v_machine *m)
{
	m->is_windows = v2v_streq(m->inspect.type, "windows");
	if (!m->is_windows || !v2v_streq(m->arch, "x86_64"))
		return;
	m->hyperv = hyperv(&m->inspect);
	m->windows_timers = true;
}
