/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether /dev/kvm can run a machine. */
#ifndef V2V_CORE_KVM_H
#define V2V_CORE_KVM_H

#include <stdbool.h>

/*
 * Can processors that /proc/cpuinfo describes so run an ordinary kernel under
 * KVM?  On x86 that takes VT-x ("vmx") or AMD-V ("svm").  Without them /dev/kvm
 * is that of a paravirtual host (kvm-pvm): qemu opens it, and the appliance
 * never prints a byte.
 */
bool v2v_kvm_has_extension(const char *cpuinfo);

/* The same of this machine; true where it cannot be read. */
bool v2v_kvm_is_usable(void);

/* May this process use /dev/kvm, and would a kernel run under it? */
bool v2v_kvm_is_there(void);
#endif
