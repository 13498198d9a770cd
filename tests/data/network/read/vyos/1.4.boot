interfaces {
    ethernet eth0 {
        address 192.0.2.1/24
        address 2001:db8::1/64
        description "address 10.0.0.1/8"
        hw-id 00:50:56:aa:bb:01
        vif 10 {
            address 198.51.100.1/24
        }
    }
    ethernet eth1 {
        address dhcp
        address dhcpv6
        hw-id 00:50:56:aa:bb:02
        ipv6 {
            address {
                autoconf
            }
        }
    }
    ethernet eth2 {
        hw-id 00:50:56:aa:bb:03
    }
    loopback lo {
        address 127.0.0.2/8
    }
}
service {
    ethernet eth9 {
        address 192.0.2.9/24
    }
    ssh {
        port 22
    }
}
// vyos-config-version: "bgp@5:interfaces@32"
// Release version: 1.4.0
