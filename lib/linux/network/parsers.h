/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Parsers of network configuration, one a form.  Each adds to a list of struct
 * v2v_interface what one text says, `where` being the file's name.  An
 * interface whose name is "" is a card of any name that has the MAC.
 */
#ifndef V2V_LINUX_NETWORK_PARSERS_H
#define V2V_LINUX_NETWORK_PARSERS_H

#include "guest/tree.h"
#include "model/inspect.h"

/* interfaces(5) of ifupdown */
void v2v_network_ifupdown(
	const char *text, const char *where, struct v2v_list *interfaces);

/* Its `source` and `source-directory` lines, as absolute patterns of file names
 * added to @patterns (of char *). */
void v2v_network_sources(const char *text, struct v2v_list *patterns);

/* netplan(5), and cloud-init's `network:`; text that is not YAML adds nothing
 */
void v2v_network_netplan(
	const char *text, const char *where, struct v2v_list *interfaces);

/* systemd.network(5), systemd.netdev(5), systemd.link(5) */
void v2v_network_networkd(
	const char *text, const char *where, struct v2v_list *interfaces);
void v2v_network_netdev(
	const char *text, const char *where, struct v2v_list *interfaces);
void v2v_network_link(
	const char *text, const char *where, struct v2v_list *interfaces);

/* nm-settings-keyfile(5) of NetworkManager */
void v2v_network_keyfile(
	const char *text, const char *where, struct v2v_list *interfaces);

/* ifcfg-NAME of RHEL and SUSE */
void v2v_network_ifcfg(
	const char *text, const char *where, struct v2v_list *interfaces);

/* hwcfg-NAME of SUSE until SLES 10: the driver for a device, by its MAC or its
 * place. */
void v2v_network_hwcfg(
	const char *text, const char *where, struct v2v_list *interfaces);

/* SUSE's of old are named for the card, "ifcfg-eth-id-00:50:56:aa:00:01" and
 * "ifcfg-eth-bus-pci-0000:00:11.0", with or without "eth-": is @where such a
 * file?  The two point into it or are NULL. */
bool v2v_ifcfg_is_of_card(
	const char *where, const char **ret_mac, const char **ret_path);

/* The same of a name without its "ifcfg-". */
bool v2v_getcfg_is_of_card(
	const char *name, const char **ret_mac, const char **ret_path);

/* Or for any card of a kind, by its PCI identity, "ifcfg-eth-vpid-15ad-0720"?
 * *@ret_drivers is the caller's; NULL: no card of a machine is of that kind. */
bool v2v_ifcfg_is_of_kind(const char *where, char **ret_drivers);

/* conf.d/net of OpenRC; connman-service.config(5) */
void v2v_network_openrc(
	const char *text, const char *where, struct v2v_list *interfaces);
void v2v_network_connman(
	const char *text, const char *where, struct v2v_list *interfaces);

/* booster.yaml: `interfaces:` lists names and MACs, in one line or below. */
void v2v_network_booster(
	const char *text, const char *where, struct v2v_list *interfaces);

/* dhcpcd.conf(5); a profile of netctl */
void v2v_network_dhcpcd(
	const char *text, const char *where, struct v2v_list *interfaces);
void v2v_network_netctl(
	const char *text, const char *where, struct v2v_list *interfaces);

/* rc.inet1.conf of Slackware */
void v2v_network_inet1(
	const char *text, const char *where, struct v2v_list *interfaces);

/* wicked's own XML */
void v2v_network_wicked(
	const char *text, const char *where, struct v2v_list *interfaces);

/* /etc/config/network of OpenWrt; config.boot of VyOS and its relatives */
void v2v_network_uci(
	const char *text, const char *where, struct v2v_list *interfaces);
void v2v_network_vyos(
	const char *text, const char *where, struct v2v_list *interfaces);

/* Where VyOS keeps config.boot, one for each of its images: the folders that
 * may have it are added to @folders (of char *); the one of the image that
 * @kernel starts, the caller's, or NULL. */
void v2v_network_vyos_folders(
	const struct v2v_tree *tree, struct v2v_list *folders);
char *v2v_network_vyos_config(const char *kernel);

/* mactab of nameif(8), which Alpine's mdev runs: "eth0 00:50:56:aa:bb:cc" */
void v2v_network_mactab(
	const char *text, const char *where, struct v2v_list *interfaces);

/* ifname= and ip= of dracut and others, in a kernel's command line */
void v2v_network_cmdline(
	const char *text, const char *where, struct v2v_list *interfaces);

/* udev(7) rules that give names */
void v2v_network_udev(
	const char *text, const char *where, struct v2v_list *interfaces);

/* Leases of dhclient, NetworkManager and wicked; the names of the latter two
 * are in the files' names. */
void v2v_network_dhclient(
	const char *text, const char *where, struct v2v_list *interfaces);
void v2v_network_nm_lease(
	const char *text, const char *where, struct v2v_list *interfaces);
void v2v_network_wicked_lease(
	const char *text, const char *where, struct v2v_list *interfaces);
#endif
