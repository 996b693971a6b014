# Replacements for servers that cannot be reached: a Python index and NVIDIA's package repository.

REAL_PYPI=https://pypi.org/simple
REAL_CUDA=https://developer.download.nvidia.com/compute

# The address at which a build reaches this machine.
build_address() {
  if [[ $(engine_kind) == own ]]; then echo "$BRIDGE_IP"; return; fi
  local gateway
  gateway=$(docker network inspect bridge -f '{{(index .IPAM.Config 0).Gateway}}' 2>/dev/null || true)
  if [[ $gateway ]] && grep -qsF "$gateway" <(hostname -I 2>/dev/null); then echo "$gateway"; else echo host.docker.internal; fi
}

is_reachable() { # URL
  if command -v curl >/dev/null; then
    curl -fsSL --max-time 3 -o /dev/null "$1" 2>/dev/null
  else
    node -e 'fetch(process.argv[1], {signal: AbortSignal.timeout(3000)}).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))' "$1"
  fi
}

# Checked once per stand: builds must not change their source in between.
probe_servers() {
  [[ -f $RUN/reachable ]] && return
  local pypi cuda
  is_reachable "$REAL_PYPI/pip/" && pypi=yes || pypi=no
  is_reachable "$REAL_CUDA/cuda/repos/ubuntu2004/x86_64/Release" && cuda=yes || cuda=no
  printf 'PYPI_REACHABLE=%s\nCUDA_REACHABLE=%s\n' "$pypi" "$cuda" >"$RUN/reachable"
}

load_reachable() {
  PYPI_REACHABLE=no CUDA_REACHABLE=no
  # shellcheck source=/dev/null
  if [[ -f $RUN/reachable ]]; then source "$RUN/reachable"; fi
}

standins_are_needed() { load_reachable; [[ $PYPI_REACHABLE == no || $CUDA_REACHABLE == no ]]; }

standins_are_up() { is_alive standins "$STATE/standins" && is_ours 127.0.0.1 "$HTTP_PORT"; }

standins_up() {
  standins_are_up && return
  stop_daemon standins "$STATE/standins"
  local address tries
  mkdir -p "$STATE/standins"
  address=$(build_address)
  logged wheels node "$STAND_DIR/standins/wheels.mjs" "$STATE/standins/pypi" || die "the stand-in wheels could not be made"
  logged cuda node "$STAND_DIR/standins/cuda-packages.mjs" "$STATE/standins/cuda" || die "the stand-in CUDA repository could not be made"
  # Docker Desktop forwards this name to the machine's loopback.
  [[ $address == host.docker.internal ]] && address=
  make_token
  for ((tries = 0; tries < 5; tries++)); do
    HTTP_PORT=$(free_port STAND_HTTP_PORT "$HTTP_PORT" 127.0.0.1 $address) || exit 1
    start_daemon standins node "$STAND_DIR/standins/server.mjs" "$STATE/standins" "$STATE/token" "$HTTP_PORT" 127.0.0.1 $address
    if wait_until 20 standins "$STATE/standins" standins_answer "${address:-127.0.0.1}"; then return; fi
    lost_its_port standins || break
  done
  log_tail standins
  die "the stand-in server does not start"
}

standins_answer() { standins_are_up && is_ours "$1" "$HTTP_PORT"; } # ADDRESS

standins_down() {
  stop_daemon standins "$STATE/standins"
  rm -f "$RUN/reachable"
}

# A manifest is not read again if it has not changed.
add_cuda_packages() { # FILE...
  local file sum
  for file in "$@"; do
    [[ -f $file ]] || die "no such manifest: $file"
    sum=$(cat "$file" "$STAND_DIR"/standins/cuda-*.mjs | sha256sum | cut -c1-64)
    [[ -e $STATE/standins/cuda/seen/$sum ]] && continue
    logged cuda-packages node "$STAND_DIR/standins/cuda-packages.mjs" "$STATE/standins/cuda" "$file" || return 1
    mkdir -p "$STATE/standins/cuda/seen"
    touch "$STATE/standins/cuda/seen/$sum"
    say "$(tail -n 1 "$LOGS/cuda-packages.log")"
  done
}
