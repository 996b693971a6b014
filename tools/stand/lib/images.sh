# Base images, made from the machine's Debian mirror and pushed to where the engine's mirror finds them.

BASE_RELEASES=(bookworm trixie)

base_image_is_pushed() { [[ -e $STATE/images/$1.pushed ]]; } # RELEASE

# apt settings for this machine: proxies and certificates to make the image, clock settings for the image too.
apt_network_options() { apt-config dump | grep -E '^Acquire::(https?::|Check-)[^"]* "[^"]+";$' || true; }
apt_options_to_keep() { apt-config dump | grep -E '^Acquire::Check-[^"]* "[^"]+";$' || true; }

# A credential in the machine's source list must not get into an image.
without_login() { sed -E 's#://[^/@]+@#://#'; }

# Settings of the official images: no package caches, no manuals.
image_apt_config() {
  cat <<'TEXT'
DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb /var/cache/apt/*.bin || true"; };
APT::Update::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb /var/cache/apt/*.bin || true"; };
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
Acquire::Languages "none";
TEXT
}

image_dpkg_config() {
  cat <<'TEXT'
path-exclude /usr/share/doc/*
path-include /usr/share/doc/*/copyright
path-exclude /usr/share/man/*
path-exclude /usr/share/info/*
path-exclude /usr/share/locale/*
path-include /usr/share/locale/locale.alias
TEXT
}

make_slim() { # ROOT: removes what image_dpkg_config excludes from later packages
  image_dpkg_config >"$1/etc/dpkg/dpkg.cfg.d/docker"
  find "$1/usr/share/doc" -not -type d -not -name copyright -delete
  find "$1/usr/share/doc" -type d -empty -delete
  find "$1/usr/share/man" "$1/usr/share/info" "$1/usr/share/locale" -mindepth 1 -not -name locale.alias -delete 2>/dev/null || true
}

finish_root() { # ROOT RELEASE: removes the machine's settings, which mmdebstrap leaves in the tree
  local root=$1 certificate
  rm -f "$root"/etc/resolv.conf "$root"/etc/hostname "$root"/etc/apt/apt.conf.d/99mmdebstrap
  make_slim "$root"
  image_apt_config >"$root/etc/apt/apt.conf.d/docker-clean"
  apt_options_to_keep >"$root/etc/apt/apt.conf.d/stand"
  rm -f "$root"/etc/apt/sources.list.d/0000*
  without_login <"$STATE/images/$2.list" >"$root/etc/apt/sources.list"
  certificate=$(apt-config dump | sed -nE 's/^Acquire::https::CaInfo "(.+)";$/\1/p' | head -n 1)
  if [[ -f $certificate ]]; then
    install -D -m 644 "$certificate" "$root/usr/local/share/ca-certificates/stand-apt.crt"
    echo 'Acquire::https::CaInfo "/usr/local/share/ca-certificates/stand-apt.crt";' >>"$root/etc/apt/apt.conf.d/stand"
  fi
}

bootstrap() { # RELEASE
  local release=$1 mmdebstrap share options=()
  mmdebstrap=$(command -v mmdebstrap) || return 1
  share=${mmdebstrap%/bin/mmdebstrap}/share/mmdebstrap
  release_sources "$release" >"$STATE/images/$release.list"
  [[ -s $STATE/images/$release.list ]] || { echo "the machine's mirror has no $release"; return 1; }
  apt_network_options >"$STATE/images/$release.apt"
  if [[ -s $STATE/images/$release.apt ]]; then options+=("--aptopt=$STATE/images/$release.apt"); fi
  if [[ $release == bookworm ]]; then options+=("--hook-dir=$share/hooks/maybe-merged-usr"); fi
  if grep -q https:// "$STATE/images/$release.list"; then options+=(--include=ca-certificates); fi
  TMPDIR=$STATE/images "$mmdebstrap" --variant=apt --mode=root "${options[@]}" \
    --customize-hook="'$STAND_DIR/lib/finish-root' \"\$1\" $release" \
    "$release" "$STATE/images/$release.tmp.tar" "$STATE/images/$release.list" || return 1
  mv "$STATE/images/$release.tmp.tar" "$STATE/images/$release.tar"
}

publish_base_image() { # RELEASE
  local release=$1 reference
  own_docker import --change 'CMD ["bash"]' --change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
    "$STATE/images/$release.tar" "debian:$release-slim" || return 1
  reference=$REGISTRY/library/debian:$release-slim
  own_docker tag "debian:$release-slim" "$reference" && own_docker push "$reference" || return 1
  own_docker rmi "$reference" && touch "$STATE/images/$release.pushed"
}

missing_base_images() {
  local release
  for release in "${BASE_RELEASES[@]}"; do base_image_is_pushed "$release" || echo "$release"; done
}
