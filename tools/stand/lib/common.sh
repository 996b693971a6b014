# Paths, names and output of the stand.

DEFAULT_STATE=/var/lib/nx-image-matrix-stand
STATE=$(readlink -m "${NX_IMAGE_MATRIX_STAND:-$DEFAULT_STATE}")
export NX_IMAGE_MATRIX_STAND=$STATE
RUN=$STATE/run
LOGS=$STATE/logs
REPOSITORY=$(cd "$STAND_DIR/../.." && pwd)

say() { printf 'stand: %s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }

# Bridge, subnet and ports depend on the state folder, so that two stands never share one.
# They are stored at the first `up`; later calls must match what is running.
load_settings() {
  STAND_ID=$(printf %s "$STATE" | sha1sum | cut -c1-6)
  local number=$((16#$STAND_ID))
  BRIDGE=nxim-$STAND_ID
  SUBNET_PREFIX=10.$((64 + number % 128))
  if [[ $STATE == "$DEFAULT_STATE" ]]; then
    REGISTRY_PORT=5000 HTTP_PORT=5080
  else
    REGISTRY_PORT=$((20000 + number % 5000)) HTTP_PORT=$((25000 + number % 5000))
  fi
  REGISTRY_PORT=${STAND_REGISTRY_PORT:-$REGISTRY_PORT}
  HTTP_PORT=${STAND_HTTP_PORT:-$HTTP_PORT}
  # shellcheck source=/dev/null
  if [[ -f $STATE/settings ]]; then source "$STATE/settings"; fi
  BRIDGE_IP=$SUBNET_PREFIX.0.1
  REGISTRY=127.0.0.1:$REGISTRY_PORT
  DOCKER_SOCKET=$RUN/docker.sock
}

save_settings() {
  declare -p STAND_ID BRIDGE SUBNET_PREFIX REGISTRY_PORT HTTP_PORT | sed 's/^declare -[-a-z]* //' >"$STATE/settings"
}

make_state_folder() {
  # A Unix socket address cannot be longer; containerd's debug socket has the longest path.
  ((${#STATE} <= 60)) || die "the state folder's path is longer than 60 characters: $STATE; set NX_IMAGE_MATRIX_STAND to a shorter one"
  mkdir -p "$STATE" 2>/dev/null || die "cannot write to $STATE; run as root, or set NX_IMAGE_MATRIX_STAND to a folder of your own"
  [[ -w $STATE ]] || die "cannot write to $STATE; run as root, or set NX_IMAGE_MATRIX_STAND to a folder of your own"
  mkdir -p "$RUN" "$LOGS" "$STATE/bin" "$STATE/images"
}

# Every change of the stand takes this lock, one call at a time.
take_lock() {
  command -v flock >/dev/null || die "flock is missing; install util-linux"
  exec 9>"$STATE/lock"
  flock -n 9 && return
  say "another call is changing the stand; waiting for it"
  flock -w 900 9 || die "another call has held $STATE/lock for 15 minutes"
}

log_tail() {
  [[ -s $LOGS/$1.log ]] || return 0
  say "the last lines of $LOGS/$1.log:"
  tail -n 15 "$LOGS/$1.log" | sed 's/^/  | /' >&2
}

# logged NAME COMMAND...: writes the output to NAME.log, and shows the end of it after a failure.
# The `if` would switch off `set -e` even in a subshell, so functions passed here must return their status.
logged() {
  local name=$1; shift
  if ! "$@" >"$LOGS/$name.log" 2>&1 9>&-; then
    log_tail "$name"
    return 1
  fi
}

is_root() { [[ $(id -u) == 0 ]]; }
is_debian() { [[ -f /etc/debian_version ]] && command -v apt-get >/dev/null && [[ $(os_release ID) == debian ]]; }
os_release() { (source /etc/os-release 2>/dev/null && printf %s "${!1:-}"); }
