}
}
interfaces {
ethernet {
address
}
  ethernet eth0 {
