Description='A basic static ethernet connection'
Interface=ens192
Connection=ethernet
IP=static
Address=('192.0.2.7/24' '192.0.2.8/24')
Gateway='192.0.2.1'
IP6=static
Address6=("2001:db8::7/64")
