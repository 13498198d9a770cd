#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Make the files of a mounted Debian guest hard to edit, as some guests' are.

Immutable and labelled files, ACLs, chains of links, links in a circle, into
nowhere and to a file of the host (argument 2), hard links, an immutable
directory; a small SELinux policy's contexts.
"""
import os
import struct
import subprocess
import sys

root, host_file = sys.argv[1:3]
LABEL = b"system_u:object_r:etc_t:s0\0"


def at(name):
    return root + name


def write(name, text):
    os.makedirs(os.path.dirname(at(name)), exist_ok=True)
    with open(at(name), "w", encoding="utf-8") as f:
        f.write(text)


def chattr(flags, name):
    subprocess.run(["chattr", flags, at(name)], check=True)


def acl(*entries):
    """posix_acl_xattr_header and its entries (tag, permissions, id)."""
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *e) for e in entries)


NONE = 0xFFFFFFFF
READER = acl((1, 6, NONE), (2, 4, 1000), (4, 4, NONE), (0x10, 4, NONE), (0x20, 0, NONE))

# what the old hypervisor left
with open(at("/etc/fstab"), "a", encoding="utf-8") as fstab:
    fstab.write(".host:/ /mnt/hgfs vmhgfs defaults,ttl=5 0 0\n")
write("/etc/vmware-tools/locations", "answer BINDIR /usr/bin\n")
write("/etc/init.d/vmware-tools", "#!/bin/sh\n")
for link in ("rc2.d/S19", "rc3.d/S19", "rc6.d/K08"):
    os.makedirs(at("/etc/" + link[:5]), exist_ok=True)
    os.symlink("../init.d/vmware-tools", at("/etc/" + link + "vmware-tools"))
os.symlink("/opt/VBoxGuestAdditions-6.1/init/vboxadd.service",
           at("/etc/systemd/system/multi-user.target.wants/vboxadd.service"))
write("/etc/init/vmware-tools.conf", "start on runlevel [2345]\n")
write("/etc/X11/xorg.conf", 'Section "Device"\n\tDriver "vmware"\nEndSection\n')
write("/etc/cloud/cloud.cfg.d/99-vmware.cfg", "datasource_list: [ VMware, None ]\n")
write("/etc/apt/sources.list.d/vmware.list", "deb http://packages.vmware.com/x y z\n")
write("/etc/modules-load.d/vmware.conf", "vmhgfs\nloop\n")

# what is edited: fstab, immutable, with everything a file can have
os.chown(at("/etc/fstab"), 7, 8)
os.setxattr(at("/etc/fstab"), "system.posix_acl_access", READER)
os.setxattr(at("/etc/fstab"), "user.note", b"kept\0bytes")
os.setxattr(at("/etc/fstab"), "security.selinux", b"system_u:object_r:fstab_t:s0\0")
os.utime(at("/etc/fstab"), ns=(1111111111 * 10**9 + 5, 1222222222 * 10**9 + 7))
chattr("+id", "/etc/fstab")

# a chain of links, over an absolute and a relative one, to a read-only file
os.rename(at("/etc/default/grub"), at("/srv/grub.real"))
os.chmod(at("/srv/grub.real"), 0o400)
os.symlink("/etc/grub.link", at("/etc/default/grub"))
os.symlink("../srv/grub.real", at("/etc/grub.link"))

# links that lead nowhere, in a circle, out of the guest
os.symlink("/etc/circle", at("/etc/crypttab"))
os.symlink("crypttab", at("/etc/circle"))
os.symlink("/no/such/file", at("/etc/uswsusp.conf"))
os.makedirs(at("/etc/kernel"), exist_ok=True)
os.symlink("../" * 20 + host_file[1:], at("/etc/kernel/cmdline"))
os.symlink("/dev/null", at("/etc/udev/rules.d/70-persistent-net.rules"))

# a file of two names, and one in an immutable directory
os.link(at("/etc/initramfs-tools/modules"), at("/srv/modules.too"))
write("/etc/initramfs-tools/conf.d/resume", "RESUME=/dev/sda2\n")
chattr("+a", "/etc/initramfs-tools/conf.d/resume")
chattr("+i", "/etc/initramfs-tools/conf.d")

# SELinux: what new files are called
write("/etc/selinux/config", "# policy\nSELINUX=permissive\nSELINUXTYPE=targeted\n")
write("/etc/selinux/targeted/contexts/files/file_contexts",
      "/.*\tsystem_u:object_r:default_t:s0\n"
      "/etc(/.*)?\tsystem_u:object_r:etc_t:s0\n"
      "/etc/systemd/network(/.*)?\tsystem_u:object_r:systemd_networkd_unit_t:s0\n"
      "/etc/systemd/network/.*\\.link\t--\tsystem_u:object_r:link_file_t:s0\n")
os.setxattr(at("/etc"), "security.selinux", LABEL)
