# The stand's bridge and its route to the network. The engine does not change iptables:
# two engines that both write docker's chains break each other, and three rules are easy to remove.

# The variant that this kernel supports; the same one must set and remove the rules.
iptables_tool() {
  local tool
  if [[ -s $RUN/iptables-tool ]]; then cat "$RUN/iptables-tool"; return; fi
  for tool in iptables iptables-nft iptables-legacy; do
    if command -v "$tool" >/dev/null && "$tool" -t nat -S >/dev/null 2>&1; then
      echo "$tool" | tee "$RUN/iptables-tool"
      return
    fi
  done
  return 1
}

nat_rules() { # -I or -D or -C
  local range=$SUBNET_PREFIX.0.0/16
  printf '%s\n' \
    "-t nat $1 POSTROUTING -s $range ! -d $range -j MASQUERADE" \
    "$1 FORWARD -s $range -j ACCEPT" \
    "$1 FORWARD -d $range -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"
}

choose_free_subnet() {
  local tries second
  for ((tries = 0; tries < 128; tries++)); do
    ip -4 route show | grep -qE "^(${SUBNET_PREFIX//./\\.})\." || return 0
    second=${SUBNET_PREFIX#10.}
    SUBNET_PREFIX=10.$((64 + (second - 63) % 128))
    BRIDGE_IP=$SUBNET_PREFIX.0.1
  done
  echo "no free subnet between 10.64.0.0 and 10.191.0.0"; return 1
}

# Without its own address a bridge uses that of a container, and changes it when that container ends:
# packets of the others are lost until they resolve it again.
bridge_hardware_address() { printf '02:42:%02x:%02x:00:01\n' 10 "${SUBNET_PREFIX#10.}"; }

has_bridge() { [[ -e /sys/class/net/$BRIDGE ]]; }

bridge_up() {
  if ! has_bridge; then
    choose_free_subnet || return 1
    ip link add "$BRIDGE" address "$(bridge_hardware_address)" type bridge || return 1
    ip address add "$BRIDGE_IP/24" dev "$BRIDGE" || return 1
  fi
  ip link set "$BRIDGE" up || return 1
  if [[ $(cat /proc/sys/net/ipv4/ip_forward) == 0 ]]; then
    echo 1 >/proc/sys/net/ipv4/ip_forward || return 1
    touch "$RUN/switched-forwarding-on"
  fi
  nat_up
}

nat_up() {
  local tool rule
  tool=$(iptables_tool) || { echo "neither iptables-nft nor iptables-legacy works with this kernel"; return 1; }
  while read -r rule; do
    # shellcheck disable=SC2086
    "$tool" ${rule/-I /-C } 2>/dev/null || "$tool" $rule || return 1
  done < <(nat_rules -I)
}

network_down() {
  local tool rule
  if tool=$(iptables_tool); then
    while read -r rule; do
      # shellcheck disable=SC2086
      while "$tool" $rule 2>/dev/null; do :; done
    done < <(nat_rules -D)
    rm -f "$RUN/iptables-tool"
  fi
  if has_bridge; then ip link delete "$BRIDGE"; fi
  if [[ -e $RUN/switched-forwarding-on ]]; then
    rm -f "$RUN/switched-forwarding-on"
    # Another stand or engine may depend on it by now.
    compgen -G '/sys/class/net/*/bridge' >/dev/null || echo 0 >/proc/sys/net/ipv4/ip_forward
  fi
}
