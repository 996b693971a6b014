# The engine: the user's own Docker if it works, else one from Debian packages.

# The user's settings may already be ours (`eval "$(stand env)"` in the same shell).
found_docker_works() {
  [[ ${DOCKER_HOST:-} != "unix://$DOCKER_SOCKET" ]] || return 1
  command -v docker >/dev/null || return 1
  # podman's docker command supports both, but names buildah.
  timeout 20 docker info >/dev/null 2>&1 && docker buildx version 2>/dev/null | grep -q docker/buildx
}

engine_kind() { cat "$STATE/engine-kind" 2>/dev/null || true; }

decide_engine() {
  if own_engine_is_up; then echo own >"$STATE/engine-kind"
  elif found_docker_works && found_docker_serves; then echo found >"$STATE/engine-kind"
  elif ! is_root; then die "no working Docker with buildx, and not root; install Docker with buildx and give yourself access, or run this as root on Debian"
  elif ! is_debian; then die "no working Docker with buildx, and this is not Debian; install Docker with buildx"
  else echo own >"$STATE/engine-kind"
  fi
}

# An engine that cannot get the base images, for example in a closed network, cannot build; use the stand's own if it can
# be started.
found_docker_serves() {
  is_root && is_debian || return 0
  local release
  for release in "${BASE_RELEASES[@]}"; do
    docker image inspect "debian:$release-slim" >/dev/null 2>&1 && continue
    timeout 120 docker pull --quiet "debian:$release-slim" >/dev/null 2>&1 && continue
    say "the machine's own docker cannot get debian:$release-slim; bringing up another engine beside it"
    return 1
  done
}

own_docker() { DOCKER_HOST=unix://$DOCKER_SOCKET DOCKER_CONFIG=$STATE/client DOCKER_CONTEXT='' "$ENGINE/usr/bin/docker" "$@"; }

# The docker command of the stand's engine.
engine_docker() {
  if [[ $(engine_kind) == own ]]; then own_docker "$@"; else docker "$@"; fi
}

own_engine_answers() { own_docker version --format '{{.Server.Version}}' 2>/dev/null; }
# Its mirror of Docker Hub is the stand's registry, whose port another program may use by now.
own_engine_is_configured() { grep -qsF "\"http://$REGISTRY\"" "$STATE/dockerd.json"; }
own_engine_is_up() { is_alive dockerd "$STATE/dockerd.json" && own_engine_answers >/dev/null; }

write_client() {
  mkdir -p "$STATE/client/cli-plugins"
  [[ -f $STATE/client/config.json ]] || (umask 077; client_config >"$STATE/client/config.json")
  ln -sfn "$ENGINE/usr/libexec/docker/cli-plugins/docker-buildx" "$STATE/client/cli-plugins/docker-buildx"
  ln -sfn "$ENGINE/usr/bin/docker" "$STATE/bin/docker"
}

# A proxy of apt is passed to builds as docker's proxy setting: build arguments that no image keeps.
client_config() {
  local proxy
  proxy=$(apt-config dump 2>/dev/null | sed -nE 's/^Acquire::http::Proxy "(.+)";$/\1/p' | head -n 1)
  proxy=${proxy:-${http_proxy:-}}
  if [[ -z $proxy || $proxy == DIRECT ]]; then echo '{}'; return; fi
  cat <<TEXT
{"proxies": {"default": {"httpProxy": "$proxy", "httpsProxy": "${https_proxy:-$proxy}", "noProxy": "${no_proxy:+$no_proxy,}$BRIDGE_IP,localhost,127.0.0.1"}}}
TEXT
}

# The containerd store keeps whole indexes, attestations and OCI layouts.
dockerd_config() {
  cat <<TEXT
{
  "features": {"containerd-snapshotter": true},
  "registry-mirrors": ["http://$REGISTRY"],
  "data-root": "$STATE/data/docker",
  "exec-root": "$RUN/docker",
  "pidfile": "$RUN/docker.own.pid",
  "hosts": ["unix://$DOCKER_SOCKET"],
  "bridge": "$BRIDGE",
  "default-address-pools": [{"base": "$SUBNET_PREFIX.128.0/17", "size": 24}],
  "iptables": false,
  "ip6tables": false,
  "ip-forward": false,
  "cgroup-parent": "/$BRIDGE",
  "storage-driver": "$(snapshotter)",
  "log-opts": {"max-size": "10m", "max-file": "2"}
}
TEXT
}

# Some file systems (overlay itself, for example) do not support overlays: use slower plain copies.
snapshotter() {
  local try=$RUN/overlay-try
  mkdir -p "$try"/{lower,upper,work,merged}
  if mount -t overlay overlay -o "lowerdir=$try/lower,upperdir=$try/upper,workdir=$try/work" "$try/merged" 2>/dev/null; then
    umount "$try/merged"; echo overlayfs
  else
    echo native
  fi
  rm -rf "$try"
}

own_engine_up() {
  own_engine_is_up && own_engine_is_configured && return
  own_engine_down
  dockerd_config >"$STATE/dockerd.json"
  start_daemon dockerd "$ENGINE/usr/sbin/dockerd" --config-file "$STATE/dockerd.json"
  wait_until 60 dockerd "$STATE/dockerd.json" own_engine_answers && return
  log_tail dockerd
  die "the engine does not start"
}

own_engine_down() {
  stop_daemon dockerd "$STATE/dockerd.json"
  stop_left_over_children
  unmount_below "$STATE"
  rm -rf "$RUN/docker" "$RUN/docker.sock" "$RUN/docker.own.pid"
  remove_cgroups
  remove_empty_run_folders
}

# containerd and its shims survive if the engine is killed.
stop_left_over_children() {
  local folder
  for folder in /proc/[0-9]*; do
    [[ $(readlink "$folder/exe" 2>/dev/null) == "$ENGINE"/usr/*bin/containerd* ]] || continue
    kill -KILL "${folder#/proc/}" 2>/dev/null || true
  done
}

unmount_below() {
  local path
  while read -r path; do umount -l "$path" 2>/dev/null || true
  done < <(awk -v top="$1/" 'index($2, top) == 1 {print $2}' /proc/mounts | sort -r)
}

# containerd and runc create these regardless of settings; another engine may use them too.
remove_empty_run_folders() {
  grep -qsaE 'containerd|dockerd' /proc/[0-9]*/cmdline && return
  rmdir /run/docker/plugins /run/docker /run/containerd/s /run/containerd /run/runc 2>/dev/null || true
}

remove_cgroups() {
  local group
  while read -r group; do rmdir "$group" 2>/dev/null || true
  done < <(find /sys/fs/cgroup -depth -type d -path "*/$BRIDGE*" 2>/dev/null)
}
