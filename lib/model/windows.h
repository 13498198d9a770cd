/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The member `windows` of the section `inspect`: what only a Windows has.  What
 * is not known is NULL, -1, false or empty. */
#ifndef V2V_MODEL_WINDOWS_H
#define V2V_MODEL_WINDOWS_H

#include "core/fields.h"

/* A controller of disks. */
struct v2v_windows_storage {
	char *id;      /* "PCI\\VEN_15AD&DEV_07C0&SUBSYS_07C015AD&REV_02" */
	char *name;    /* "VMware PVSCSI Controller" */
	char *service; /* its driver's: "pvscsi" */
};

/* A network card that the Windows has, or once had. */
struct v2v_windows_nic {
	char *name;	   /* of the connection: "Ethernet0" */
	char *description; /* "vmxnet3 Ethernet Adapter" */
	char *guid;	   /* under which its configuration is */
	char *id, *service;
	char *mac;		   /* "00:50:56:aa:bb:cc" */
	int64_t slot;		   /* VMware's number of it */
	int64_t nic;		   /* id of source.nics */
	char *method;		   /* "static" "dhcp" */
	struct v2v_list addresses; /* of char *: "192.0.2.7/24"; static ones */
	struct v2v_list gateways, dns; /* of char * */
};

/* A kernel driver that is loaded at boot, or could be if its hardware were. */
struct v2v_windows_driver {
	char *service; /* "storahci" */
	char *path;    /* "System32\\drivers\\storahci.sys"; NULL: as usual */
	int64_t start; /* 0 boot, 1 system, 2 automatic, 3 demand, 4 never */
	int64_t start_override; /* counts in its place, on this hardware */
	char *file; /* in the guest, of a disk controller's; NULL: not there */
};

/* A driver of a hypervisor that is loaded with those of other devices. */
struct v2v_windows_filter {
	char *key;    /* below the control set: "Enum\\ACPI\\VMW0003\\4&1" */
	char *value;  /* "UpperFilters" "LowerFilters" */
	char *driver; /* "vmmouse" */
};

/* A service or driver of a hypervisor. */
struct v2v_windows_tool {
	char *product; /* "vmware" "virtualbox" "xen" "parallels" "hyper-v" */
	char *service;
	int64_t start;
};

/* What has a drive letter: a partition of a disk with an MBR or a GPT, or
 * another device. */
struct v2v_windows_letter {
	char *letter;	 /* "C:" */
	char *signature; /* of an MBR's disk: "9a3be6f1" */
	int64_t offset;	 /* of the partition on that, bytes */
	char *partuuid;	 /* of a GPT's partition */
	char *path;	 /* "\\??\\SCSI#CdRom&…" */
};

/* The store of the boot manager, and its default entry. */
struct v2v_windows_boot {
	char *device, *file; /* "/EFI/Microsoft/Boot/BCD" on it */
	char *entry;	     /* its GUID */
	char *description;   /* "Windows 10" */
	char *loader;	     /* "\\Windows\\system32\\winload.efi" */
	char *systemroot;    /* "\\Windows" */
	bool graphics_mode_disabled;
	bool fallback; /* firmware finds a loader by itself */
};

struct v2v_windows {
	char *systemroot, *software_hive, *system_hive, *current_control_set;
	bool hibernated;
	int64_t build, revision;     /* 19045, 3803 */
	char *edition;		     /* "Professional" "ServerStandard" */
	char *installation_type;     /* "Client" "Server" "Server Core" */
	char *release;		     /* "22H2" */
	char *service_pack;	     /* "Service Pack 1" */
	char *time_zone;	     /* "W. Europe Standard Time" */
	bool real_time_is_universal; /* the machine's clock has UTC */
	bool fast_startup;	     /* to shut down is to hibernate */
	int64_t san_policy; /* of new disks: 1 online, 2 offline if shared, 3
			       offline, 4 offline if internal */
	struct v2v_list drivers;   /* of struct v2v_windows_driver */
	struct v2v_list tools;	   /* of struct v2v_windows_tool */
	struct v2v_list filters;   /* of struct v2v_windows_filter */
	struct v2v_list letters;   /* of struct v2v_windows_letter */
	bool group_policy;	   /* of a domain was applied */
	struct v2v_list antivirus; /* of char *: names of such programs */
	struct v2v_windows_boot *boot;
	struct v2v_list dirty;	 /* of char *: devices whose NTFS is to be
				    checked */
	struct v2v_list dynamic; /* of char *: partitions of dynamic disks */
	struct v2v_list storage; /* of struct v2v_windows_storage */
	struct v2v_list nics;	 /* of struct v2v_windows_nic */
};

extern const struct v2v_field v2v_windows_fields[];

/* One of which nothing is known; freed with the section. */
struct v2v_windows *v2v_windows_new(void);

/* What @from knows @to has from now on; @from gets what @to had. */
void v2v_windows_take(struct v2v_windows *to, struct v2v_windows *from);
#endif
