# The loopback registry.

REGISTRY_CONTAINER_PREFIX=nx-image-matrix-registry

registry_container() { echo "$REGISTRY_CONTAINER_PREFIX-$STAND_ID"; }

registry_config() {
  cat <<TEXT
version: 0.1
log: {level: warn}
storage:
  filesystem: {rootdirectory: $STATE/data/registry}
  delete: {enabled: true}
http: {addr: "$REGISTRY", headers: {$TOKEN_HEADER: ["$(stand_token)"]}}
TEXT
}

registry_runs_in_container() {
  [[ $(engine_kind) == found ]] &&
    [[ $(docker inspect -f '{{.State.Running}}' "$(registry_container)" 2>/dev/null) == true ]]
}

registry_runs() { is_alive registry "$STATE/registry.yml" || registry_runs_in_container; }
registry_is_up() { registry_runs && is_ours 127.0.0.1 "$REGISTRY_PORT"; }

registry_up() {
  registry_is_up && return
  registry_down
  make_token
  local tries
  for ((tries = 0; tries < 5; tries++)); do
    set_registry_port "$(free_port STAND_REGISTRY_PORT "$REGISTRY_PORT" 127.0.0.1)" || exit 1
    if registry_start; then return; fi
    lost_its_port registry || break
  done
  log_tail registry
  die "the registry does not start"
}

set_registry_port() { [[ $1 ]] && REGISTRY_PORT=$1 REGISTRY=127.0.0.1:$1; }

registry_start() {
  if [[ -x $ENGINE/usr/bin/docker-registry ]]; then
    registry_config >"$STATE/registry.yml"
    start_daemon registry "$ENGINE/usr/bin/docker-registry" serve "$STATE/registry.yml"
    wait_until 20 registry "$STATE/registry.yml" registry_is_up
  else
    registry_container_up
  fi
}

registry_container_up() {
  docker rm -f "$(registry_container)" >/dev/null 2>&1 || true
  docker run -d --name "$(registry_container)" -p "$REGISTRY:5000" \
    -e REGISTRY_STORAGE_DELETE_ENABLED=true -e "REGISTRY_HTTP_HEADERS_$TOKEN_HEADER=[\"$(stand_token)\"]" \
    -v "$(registry_container):/var/lib/registry" registry:2 >"$LOGS/registry.log" 2>&1 9>&- || return 1
  local tries
  for ((tries = 0; tries < 100; tries++)); do
    registry_is_up && return
    sleep 0.1
  done
  die "the registry does not answer on $REGISTRY; docker seems to run on another machine"
}

registry_down() {
  stop_daemon registry "$STATE/registry.yml"
  if [[ $(engine_kind) == found ]]; then
    docker rm -f "$(registry_container)" >/dev/null 2>&1 || true
  fi
}
