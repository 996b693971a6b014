# The image registry on loopback.

REGISTRY_CONTAINER_PREFIX=nx-image-matrix-registry

registry_container() { echo "$REGISTRY_CONTAINER_PREFIX-$STAND_ID"; }

registry_config() {
  cat <<TEXT
version: 0.1
log: {level: warn}
storage:
  filesystem: {rootdirectory: $STATE/data/registry}
  delete: {enabled: true}
http: {addr: "$REGISTRY"}
TEXT
}

registry_runs_in_container() {
  [[ $(engine_kind) == found ]] &&
    [[ $(docker inspect -f '{{.State.Running}}' "$(registry_container)" 2>/dev/null) == true ]]
}

registry_is_ours() { is_alive registry "$STATE/registry.yml" || registry_runs_in_container; }
registry_is_up() { registry_is_ours && is_listening 127.0.0.1 "$REGISTRY_PORT"; }

registry_up() {
  registry_is_up && return
  if ! registry_is_ours; then require_free_port 127.0.0.1 "$REGISTRY_PORT" STAND_REGISTRY_PORT; fi
  if [[ -x $ENGINE/usr/bin/docker-registry ]]; then
    stop_daemon registry "$STATE/registry.yml"
    registry_config >"$STATE/registry.yml"
    start_daemon registry "$ENGINE/usr/bin/docker-registry" serve "$STATE/registry.yml"
    wait_until 20 registry "$STATE/registry.yml" is_listening 127.0.0.1 "$REGISTRY_PORT" || die "the registry does not start"
  else
    registry_container_up
  fi
}

registry_container_up() {
  docker rm -f "$(registry_container)" >/dev/null 2>&1 || true
  logged registry docker run -d --name "$(registry_container)" -p "$REGISTRY:5000" \
    -e REGISTRY_STORAGE_DELETE_ENABLED=true -v "$(registry_container):/var/lib/registry" registry:2 ||
    die "the registry does not start"
  local tries
  for ((tries = 0; tries < 100; tries++)); do
    is_listening 127.0.0.1 "$REGISTRY_PORT" && return
    sleep 0.1
  done
  die "the registry does not answer on $REGISTRY"
}

registry_down() {
  stop_daemon registry "$STATE/registry.yml"
  if [[ $(engine_kind) == found ]]; then
    docker rm -f "$(registry_container)" >/dev/null 2>&1 || true
  fi
}
