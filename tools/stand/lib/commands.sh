# The commands of `stand`.

command_up() {
  (($# == 0)) || die "up takes no arguments"
  command -v node >/dev/null || die "node is missing; install Node.js 20 or newer"
  load_settings
  make_state_folder
  take_lock
  apply_requested_ports
  if everything_is_up; then announce; return; fi
  decide_engine
  if [[ $(engine_kind) == own ]]; then own_up; else found_up; fi
  probe_servers
  if standins_are_needed; then standins_up; fi
  save_settings
  add_top_level_manifest
  announce
}

# The ports of a running stand are part of image names and build arguments: keep them until `down`.
apply_requested_ports() {
  local registry=${STAND_REGISTRY_PORT:-$REGISTRY_PORT} http=${STAND_HTTP_PORT:-$HTTP_PORT}
  [[ $registry:$http != "$REGISTRY_PORT:$HTTP_PORT" ]] || return 0
  if registry_is_up || standins_are_up; then
    die "the stand is up with ports $REGISTRY_PORT and $HTTP_PORT; run \"stand down\" before changing them"
  fi
  REGISTRY_PORT=$registry HTTP_PORT=$http REGISTRY=127.0.0.1:$registry
}

everything_is_up() {
  [[ -f $STATE/settings ]] || return 1
  case $(engine_kind) in
    own) has_bridge && own_engine_is_up && own_engine_is_configured && [[ -z $(missing_base_images) ]] || return 1 ;;
    found) found_docker_works || return 1 ;;
    *) return 1 ;;
  esac
  registry_is_up || return 1
  [[ -f $RUN/reachable ]] || return 1
  if standins_are_needed; then standins_are_up || return 1; fi
  add_top_level_manifest
}

add_top_level_manifest() {
  load_reachable
  if [[ $CUDA_REACHABLE == no && -f $REPOSITORY/manifest.yml ]]; then
    add_cuda_packages "$REPOSITORY/manifest.yml" || say "the CUDA packages of manifest.yml are not served yet"
  fi
}

# Base images take longest and need only the tools: make them while the engine is downloaded and started.
own_up() {
  local release job
  if ! own_engine_is_up; then say "bringing up an engine of its own (the first time takes a minute)"; fi
  if [[ ! -e $TOOLS.ready ]]; then logged tools fetch_tools || die "the tools could not be fetched"; fi
  use_unpacked_tools
  start_bootstraps
  fetch_engine_once
  logged network bridge_up || die "the network could not be set up"
  save_settings
  write_client
  registry_up
  save_settings
  own_engine_up
  for job in "${BOOTSTRAPS[@]}"; do wait "$job" || die "a base image could not be made"; done
  BOOTSTRAPS=()
  for release in $(missing_base_images); do
    logged "publish-$release" publish_base_image "$release" || die "debian:$release-slim could not be pushed to the registry"
  done
}

# Each has its own process group, so that a failed or interrupted `up` leaves none behind.
BOOTSTRAPS=()
start_bootstraps() {
  local release
  trap stop_bootstraps EXIT
  trap 'exit 130' INT TERM
  for release in $(missing_base_images); do
    [[ -f $STATE/images/$release.tar ]] && continue
    set -m
    logged "image-$release" bootstrap "$release" 9>&- &
    set +m
    BOOTSTRAPS+=("$!")
  done
}

stop_bootstraps() {
  local job
  for job in "${BOOTSTRAPS[@]}"; do
    kill -- "-$job" 2>/dev/null || true
    wait "$job" 2>/dev/null || true
  done
}

fetch_engine_once() {
  [[ -e $ENGINE.ready ]] && return
  logged engine fetch_engine docker.io docker-cli docker-buildx docker-registry containerd tini ||
    die "the engine's packages could not be fetched"
  touch "$ENGINE.ready"
}

found_up() {
  if is_root && is_debian && [[ ! -x $ENGINE/usr/bin/docker-registry ]]; then
    logged engine fetch_engine docker-registry || say "no docker-registry package; trying the registry image instead"
  fi
  registry_up
}

announce() {
  command_status >&2
  say 'next: eval "$(tools/stand/stand env)"'
}

command_down() {
  [[ ${1:-} == '' || $1 == --purge ]] || die "down takes only --purge, not $1"
  load_settings
  [[ -d $STATE ]] || { say "there is no stand at $STATE"; return; }
  make_state_folder
  take_lock
  standins_down
  registry_down
  if [[ $(engine_kind) == own ]]; then
    use_unpacked_tools
    own_engine_down
    network_down
  fi
  if [[ ${1:-} == --purge ]]; then
    [[ $(engine_kind) == found ]] && docker volume rm "$(registry_container)" >/dev/null 2>&1 || true
    rm -rf "$STATE"
    say "down; $STATE is removed"
  else
    say "down; downloads and images are kept in $STATE"
  fi
}

line() { printf '%-10s %s\n' "$1" "$2"; }

command_status() {
  load_settings
  load_reachable
  status_of_engine
  if registry_is_up; then line registry "up at $REGISTRY"; else line registry down; fi
  status_of_images
  status_of_standin pypi "$PYPI_REACHABLE" "$REAL_PYPI" "/simple/"
  status_of_standin cuda "$CUDA_REACHABLE" "$REAL_CUDA" "/compute"
  line state "$STATE"
}

status_of_engine() {
  local version
  case $(engine_kind) in
    own)
      if version=$(own_engine_answers); then
        line engine "up: docker $version with buildx $(buildx_version), from Debian $(engine_release) packages"
        line '' "unix://$DOCKER_SOCKET, bridge $BRIDGE ($BRIDGE_IP/24)"
      else line engine down; fi ;;
    found) line engine "the machine's own docker $(docker version --format '{{.Server.Version}}' 2>/dev/null || echo '(does not answer)') with buildx $(buildx_version)" ;;
    *) line engine down ;;
  esac
}

buildx_version() { engine_docker buildx version 2>/dev/null | awk '{print $2}'; }

status_of_images() {
  [[ $(engine_kind) == own ]] || return 0
  local release names=()
  for release in "${BASE_RELEASES[@]}"; do base_image_is_pushed "$release" && names+=("debian:$release-slim"); done
  line images "${names[*]:-none}"
}

status_of_standin() { # NAME REACHABLE REAL PATH
  if [[ $2 == yes ]]; then line "$1" "$3"
  elif standins_are_up; then line "$1" "STAND-IN at http://$(build_address):$HTTP_PORT$4, because $3 is out of reach"
  else line "$1" down; fi
}

command_env() {
  load_settings
  load_reachable
  registry_is_up || die "the stand is not up; run: tools/stand/stand up"
  local served token
  served=$(build_address)
  token=$(stand_token)
  if [[ $(engine_kind) == own ]]; then
    printf 'export DOCKER_HOST=%q\n' "unix://$DOCKER_SOCKET"
    printf 'export DOCKER_CONFIG=%q\n' "$STATE/client"
    [[ $PATH == "$STATE/bin:"* ]] || printf 'export PATH=%q:$PATH\n' "$STATE/bin"
    # It would override DOCKER_HOST.
    if [[ ${DOCKER_CONTEXT:-} ]]; then echo 'export DOCKER_CONTEXT='; fi
  fi
  echo "export STAND_REGISTRY=$REGISTRY"
  echo "export STAND_TOKEN=$token"
  if [[ $PYPI_REACHABLE == yes ]]; then echo "export STAND_PYPI_URL=$REAL_PYPI"
  else
    echo "export STAND_PYPI_URL=http://$served:$HTTP_PORT/simple/"
    echo "export STAND_PIP_TRUSTED_HOST=$served"
    echo "export STAND_IN_PYPI=1"
  fi
  if [[ $CUDA_REACHABLE == yes ]]; then echo "export STAND_CUDA_URL=$REAL_CUDA"
  else
    echo "export STAND_CUDA_URL=http://$served:$HTTP_PORT/compute"
    echo "export STAND_IN_CUDA=1"
  fi
}

command_cuda_packages() {
  (($# > 0)) || die "cuda-packages needs at least one manifest file"
  load_settings
  make_state_folder
  take_lock
  add_cuda_packages "$@" || die "the CUDA packages could not be made"
}
