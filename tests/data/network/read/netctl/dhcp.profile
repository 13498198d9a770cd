Interface="eth0"
Connection=ethernet
IP=dhcp  # not static
MACAddress=52:54:00:aa:00:01
#Address=('192.0.2.7/24')
