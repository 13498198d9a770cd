#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints a Windows as a text of tests/unit/dir-tree.h: GENERATION-ARCH[+SITUATION…], such as 10-x64+nvme+uefi."""

import argparse
import sys

SCSI_CLASS = "{4D36E97B-E325-11CE-BFC1-08002BE10318}"
HDC_CLASS = "{4D36E96A-E325-11CE-BFC1-08002BE10318}"
NET_CLASS = "{4d36e972-e325-11ce-bfc1-08002be10318}"
CARD = "{8B2C3D4E-1111-4222-8333-444455556666}"
# product, CurrentVersion, build, edition, type
PRODUCTS = {
    "xp": ("Microsoft Windows XP", "5.1", "2600", "", ""),
    "2003": ("Microsoft Windows Server 2003", "5.2", "3790", "", ""),
    "7": ("Windows 7 Professional", "6.1", "7601", "Professional", "Client"),
    "2008r2": ("Windows Server 2008 R2 Standard", "6.1", "7601", "ServerStandard", "Server"),
    "8.1": ("Windows 8.1 Pro", "6.3", "9600", "Professional", "Client"),
    "2012r2": ("Windows Server 2012 R2 Standard", "6.3", "9600", "ServerStandard", "Server"),
    "10": ("Windows 10 Pro", "6.3", "19045", "Professional", "Client"),
    "11": ("Windows 10 Pro", "6.3", "22631", "Professional", "Client"),
    "2019": ("Windows Server 2019 Standard", "6.3", "17763", "ServerStandard", "Server"),
    "2022": ("Windows Server 2022 Standard", "6.3", "20348", "ServerStandard", "Server"),
    "2025": ("Windows Server 2025 Standard", "6.3", "26100", "ServerStandard", "Server"),
}
ARCHES = {"x86": ("14c 10b", "x86", "00"), "x64": ("8664 20b", "AMD64", "09"), "arm64": ("aa64 20b", "ARM64", "0c")}
VMWARE = {"vmci": (1, 0), "vsock": (1, 0), "vmrawdsk": (1, 1), "VMMemCtl": (1, 2), "vm3dmp": (1, 3), "vm3dservice": (16, 2), "VMTools": (16, 2),
          "VGAuthService": (16, 2), "vmvss": (16, 3), "vmhgfs": (2, 1), "GISvc": (16, 2), "vmmouse": (1, 3), "vmusbmouse": (1, 3)}
OTHERS = {"virtualbox": {"VBoxGuest": (1, 0), "VBoxMouse": (1, 3), "VBoxSF": (2, 1), "VBoxService": (16, 2)},
          "xen": {"rhelscsi": (1, 0), "xenbus": (1, 0), "xenvbd": (1, 0), "xensvc": (16, 2)},
          "parallels": {"prl_strg": (1, 0), "prl_tg": (1, 1), "prl_mouf": (1, 3)},
          "hyperv": {"vmbus": (1, 0), "storvsc": (1, 0), "netvsc": (1, 3), "hypervideo": (1, 3)}}


class Windows:
    def __init__(self, generation, arch):
        self.generation, self.arch = generation, arch
        self.current = 1
        self.services = "Services"
        self.system, self.software, self.files, self.more = {}, {}, {}, []
        self.product = PRODUCTS[generation]
        self.major = 10 if self.product[2] >= "10240" and self.product[1] == "6.3" and self.product[2] != "9600" else int(self.product[1][0])
        self.has_database = self.major == 10 or self.product[1] == "6.3"

    def key(self, path, **values):
        self.system.setdefault(path, {}).update(values)

    def control(self, path, **values):
        self.key(f"ControlSet{self.current:03}\\{path}", **values)

    def driver(self, name, start, override=False, kind=1, has_file=True):
        self.control(f"{self.services}\\{name}", Type=f"dword:{kind}", Start=f"dword:{start}", ErrorControl="dword:1",
                     **({"ImagePath": f"expand:System32\\drivers\\{name}.sys"} if kind == 1 else {}))
        if override:
            self.control(f"{self.services}\\{name}\\StartOverride", **{"0": "dword:3"})
        if has_file and kind == 1:
            self.files[f"/Windows/System32/drivers/{name}.sys"] = f"pe {ARCHES[self.arch][0]}"

    def known(self, inf, service, identity, device_class):
        """The PnP manager knows which driver serves the device."""
        if not self.has_database:
            self.control(f"Control\\CriticalDeviceDatabase\\PCI#{identity}", Service=service, ClassGUID=device_class)
            return
        label = f"{inf}_{ARCHES[self.arch][1].lower()}_0123456789abcdef"
        configuration = f"{service}_inst"
        self.key(f"DriverDatabase\\DeviceIds\\PCI\\{identity}", **{inf: "hex:01 ff 00 00"})
        self.key(f"DriverDatabase\\DriverInfFiles\\{inf}", **{"": f"multi:{label}", "Active": label, "Configurations": f"multi:{configuration}"})
        self.key(f"DriverDatabase\\DriverPackages\\{label}", Version="hex:ff ff " + ARCHES[self.arch][2] + " 00" * 45)
        self.key(f"DriverDatabase\\DriverPackages\\{label}\\Configurations\\{configuration}", ConfigFlags="dword:0", Service=service)
        self.key(f"DriverDatabase\\DriverPackages\\{label}\\Descriptors\\PCI\\{identity}", Configuration=configuration)

    def base(self):
        name, version, build, edition, kind = self.product
        self.software["Microsoft\\Windows NT\\CurrentVersion"] = {
            "ProductName": name, "CurrentVersion": version, "CurrentBuild": build, "CurrentBuildNumber": build,
            **({"EditionID": edition, "InstallationType": kind} if kind else {}),
            **({"CurrentMajorVersionNumber": "dword:10", "CurrentMinorVersionNumber": "dword:0"} if self.major == 10 else {})}
        self.software["Microsoft\\Windows\\CurrentVersion"] = {"DevicePath": "expand:%SystemRoot%\\inf"}
        self.key("Select", Current=f"dword:{self.current}", Default=f"dword:{self.current}", Failed="dword:0", LastKnownGood="dword:2")
        self.key("MountedDevices", **{"\\DosDevices\\C:": "hex:32 56 32 56 00 00 10 00 00 00 00 00"})
        self.control("Control\\CrashControl", AutoReboot="dword:1", CrashDumpEnabled="dword:7")
        self.control("Control\\ComputerName\\ComputerName", ComputerName="PROOF")
        self.control("Control\\Session Manager\\Environment", PROCESSOR_ARCHITECTURE=ARCHES[self.arch][1])
        self.control("Control\\TimeZoneInformation", TimeZoneKeyName="W. Europe Standard Time")
        self.control(f"{self.services}\\Tcpip\\Parameters", Hostname="proof", Domain="example.test")
        self.control(f"{self.services}\\partmgr\\Parameters", SanPolicy="dword:1")
        self.driver("disk", 0)
        self.driver("partmgr", 0)
        self.control(f"{self.services}\\Dhcp", Type="dword:32", Start="dword:2")
        self.controllers()

    def controllers(self):
        if self.major == 5:
            for name in ("intelide", "pciide", "atapi"):
                self.driver(name, 0)
            self.driver("symc8xx", 0)
            self.files["/Windows/System32/drivers/pciidex.sys"] = f"pe {ARCHES[self.arch][0]}"
            self.driver("rtl8139", 3)
            self.known("", "intelide", "VEN_8086&DEV_7010", HDC_CLASS)
        elif not self.has_database:
            for name, start in (("intelide", 0), ("pciide", 0), ("atapi", 0), ("LSI_SAS", 0), ("msahci", 3)):
                self.driver(name, start)
            self.driver("E1G60", 3)
            self.known("", "msahci", "CC_010601", HDC_CLASS)
        else:
            for name in ("storahci", "stornvme", "pciide", "atapi", "LSI_SAS"):
                self.driver(name, 0, override=name in ("pciide", "LSI_SAS"))
            self.driver("e1i65x64" if self.arch == "x64" else "e1iexpress", 3)
            self.known("mshdc.inf", "storahci", "CC_010601", HDC_CLASS)
            self.known("stornvme.inf", "stornvme", "CC_010802", SCSI_CLASS)

    def vmware(self):
        for name, (kind, start) in VMWARE.items():
            self.driver(name, start, kind=kind, has_file=False)
        self.control("Enum\\ACPI\\VMW0003\\4&1bd7f811&0", UpperFilters="multi:vmmouse", Service="i8042prt")
        self.control("Control\\NetworkProvider\\Order", ProviderOrder="RDPNP,LanmanWorkstation,vmhgfs")

    def card(self, static):
        self.control("Enum\\PCI\\VEN_15AD&DEV_07B0&SUBSYS_07B015AD&REV_01\\000C29FFFF661AA200", Driver=f"{NET_CLASS}\\0007", Service="vmxnet3ndis6",
                     UINumber="dword:192", DeviceDesc="vmxnet3 Ethernet Adapter")
        self.control(f"Control\\Class\\{NET_CLASS}\\0007", NetCfgInstanceId=CARD, DriverDesc="vmxnet3 Ethernet Adapter")
        self.control(f"Control\\Network\\{{4D36E972-E325-11CE-BFC1-08002BE10318}}\\{CARD}\\Connection", Name="Ethernet0")
        self.control(f"{self.services}\\Tcpip\\Parameters\\Interfaces\\{CARD}", EnableDHCP=f"dword:{0 if static else 1}", **({
            "IPAddress": "multi:192.0.2.7", "SubnetMask": "multi:255.255.255.0", "DefaultGateway": "multi:192.0.2.1",
            "NameServer": "192.0.2.53,192.0.2.54"} if static else {}))
        self.more.append(("/.source", ["00:0c:29:66:1a:a2 192"]))

    def boot(self, fallback):
        entry = "{7b1e2a40-aaaa-11ee-b9d1-0242ac120002}"
        manager = "{9dea862c-5cdd-4e70-acc1-f32b344d4795}"
        self.more.append(("/EFI/Microsoft/Boot/BCD hive", [
            "[Description]", "KeyName=BCD00000000", f"[Objects\\{manager}\\Elements\\23000003]", f"Element={entry}",
            f"[Objects\\{entry}\\Elements\\12000002]", "Element=\\Windows\\system32\\winload.efi",
            f"[Objects\\{entry}\\Elements\\12000004]", f"Element={self.product[0]}",
            f"[Objects\\{entry}\\Elements\\22000002]", "Element=\\Windows",
            f"[Objects\\{entry}\\Elements\\16000046]", "Element=hex:01"]))
        self.more.append(("/EFI/Microsoft/Boot/bootmgfw.efi", ["stand-in"]))
        if fallback:
            self.more.append((f"/EFI/Boot/boot{'aa64' if self.arch == 'arm64' else 'x64'}.efi", ["another"]))
        self.more.append(("/.source", ["UEFI"]))

    def text(self):
        for path in ("cmd.exe", "explorer.exe"):
            yield f"==== /Windows/System32/{path} pe {ARCHES[self.arch][0]}"
        yield "==== /Program Files dir"
        yield "==== /Windows/inf dir"
        yield "==== /Windows/Fonts dir"
        for path, words in sorted(self.files.items()):
            yield f"==== {path} {words}"
        for name, hive in (("SOFTWARE", self.software), ("SYSTEM", self.system)):
            yield f"==== /Windows/System32/config/{name} hive"
            for key, values in hive.items():
                yield f"[{key}]"
                yield from (f"{value}={data}" for value, data in values.items())
        source = [line for path, lines in self.more if path == "/.source" for line in lines]
        for path, lines in [(path, lines) for path, lines in self.more if path != "/.source"] + ([("/.source", source)] if source else []):
            yield f"==== {path}"
            yield from lines


def situation(windows, word):
    disks = lambda count: windows.more.append(("/.source", ["DISK"] * count))
    if word in ("virtualbox", "xen", "parallels", "hyperv"):
        for name, (kind, start) in OTHERS[word].items():
            windows.driver(name, start, kind=kind, has_file=word == "hyperv")
        if word == "parallels":
            windows.control("Control\\Class\\{4d36e967-e325-11ce-bfc1-08002be10318}", LowerFilters="multi:prl_strg", UpperFilters="multi:partmgr")
    elif word == "vmware":
        windows.vmware()
    elif word == "nvme":  # it booted from stornvme: what was not used is off
        windows.driver("storahci", 0, override=True)
    elif word == "sata":
        windows.driver("stornvme", 0, override=True)
    elif word == "no-storahci":
        for name in ("storahci", "msahci"):
            windows.system.pop(f"ControlSet{windows.current:03}\\{windows.services}\\{name}", None)
            windows.files.pop(f"/Windows/System32/drivers/{name}.sys", None)
    elif word == "no-ide":
        windows.files.pop("/Windows/System32/drivers/intelide.sys")
    elif word in ("one-disk", "many-disks"):
        windows.control(f"{windows.services}\\partmgr\\Parameters", SanPolicy="dword:2")
        disks(1 if word == "one-disk" else 3)
    elif word in ("static", "dhcp"):
        windows.card(word == "static")
    elif word in ("uefi", "uefi-fallback"):
        windows.boot(word == "uefi-fallback")
    elif word == "utc":
        windows.control("Control\\TimeZoneInformation", RealTimeIsUniversal="dword:1")
    elif word == "had-viostor":
        windows.driver("viostor", 3, override=True, has_file=False)
    elif word == "no-reboot":
        windows.control("Control\\CrashControl", AutoReboot="dword:0")
    elif word in ("hvle", "dirt"):  # after a crash
        windows.more.append((f"/Windows/System32/config/SYSTEM.later-{word}", [
            f"[ControlSet{windows.current:03}\\{windows.services}\\OnlyInTheLog]", "Type=dword:32", "Start=dword:4"]))
    else:
        sys.exit(f"unknown situation '{word}'")


def make(name):
    base, *words = name.split("+")
    generation, arch = base.rsplit("-", 1)
    windows = Windows(generation, arch)
    for word in words:
        if word.startswith("set"):
            windows.current = int(word[3:])
    if "lower-case" in words or generation in ("7", "2008r2"):
        windows.services = "services"
    windows.base()
    for word in words:
        if not word.startswith("set") and word != "lower-case":
            situation(windows, word)
    return "\n".join(windows.text()) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name")
    print(make(parser.parse_args().name), end="")


if __name__ == "__main__":
    main()
