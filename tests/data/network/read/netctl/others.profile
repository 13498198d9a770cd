Interface=wlan0
Connection=wireless
IP=dhcp
