# cosign, for tests that sign images: the machine's own, or Debian's.

COSIGN=$STATE/cosign

command_cosign() {
  load_settings
  if command -v cosign >/dev/null; then command -v cosign; return; fi
  is_root && is_debian || die "cosign is missing; install it: https://docs.sigstore.dev/cosign/system_config/installation/"
  make_state_folder
  take_lock
  [[ -e $COSIGN/ready ]] || logged cosign fetch_cosign || die "the package of cosign could not be fetched"
  echo "$COSIGN/usr/bin/cosign"
}

fetch_cosign() {
  local release
  release=$(engine_release) || return 1
  [[ -s $STATE/apt/$release/sources.list ]] || prepare_private_apt "$release" || return 1
  mkdir -p "$COSIGN"
  (cd "$COSIGN" && private_apt "$release" download cosign) || return 1
  unpack_all "$COSIGN" "$COSIGN"/*.deb || return 1
  "$COSIGN/usr/bin/cosign" version && touch "$COSIGN/ready"
}
