Interface=bond0
Connection=bond
BindsToInterfaces=('eth0' 'eth1')
IP=dhcp
