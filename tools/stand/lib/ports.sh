# Ports, and the proof that a server is the stand's own: it answers with a token that no other program knows.

TOKEN_HEADER=X-Nx-Image-Matrix-Stand
PORTS_TO_TRY=100

stand_token() { cat "$STATE/token" 2>/dev/null || true; }

make_token() {
  [[ -s $STATE/token ]] && return
  (umask 077; node -p 'crypto.randomUUID()' >"$STATE/token.tmp") && mv "$STATE/token.tmp" "$STATE/token"
}

is_ours() { # ADDRESS PORT
  node "$STAND_DIR/lib/ports.mjs" is-ours "$1:$2" "$(stand_token)"
}

# free_port VARIABLE PORT ADDRESS...: the port to use. The port in the variable must be free; without it the first free
# one from PORT on is used.
free_port() {
  local variable=$1 wanted=$2 port
  shift 2
  if [[ ${!variable:-} ]]; then
    [[ ${!variable} =~ ^[0-9]+$ ]] && ((${!variable} > 0 && ${!variable} < 65536)) ||
      die "$variable is \"${!variable}\", which is not a port"
    node "$STAND_DIR/lib/ports.mjs" free "${!variable}" 1 "$@" ||
      die "port ${!variable} is used by another program; unset $variable, and a free port is chosen"
    return
  fi
  port=$(node "$STAND_DIR/lib/ports.mjs" free "$wanted" "$PORTS_TO_TRY" "$@") ||
    die "none of the $PORTS_TO_TRY ports from $wanted on is free; set $variable to a free one"
  [[ $port == "$wanted" ]] || say "port $wanted is used by another program; using $port"
  echo "$port"
}

# Another program may take a port between its choice and its use.
lost_its_port() { grep -qsi 'address already in use\|port is already allocated' "$LOGS/$1.log"; } # NAME
