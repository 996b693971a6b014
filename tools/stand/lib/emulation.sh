# Another processor: programs for arm64 run on amd64, and a base image is for both.

EMULATION=$STATE/emulation
TWO_PLATFORMS=library/busybox:stand

command_emulation() {
  load_settings
  registry_is_up || die "the stand is not up; run: tools/stand/stand up"
  is_root || die "emulation needs root"
  [[ $(dpkg --print-architecture 2>/dev/null) == amd64 ]] || die "emulation is only prepared for Debian on amd64"
  take_lock
  [[ -e $EMULATION/ready ]] || logged emulation fetch_emulation || die "the packages for arm64 could not be fetched"
  logged emulation enable_emulation || die "the kernel does not take binfmt_misc here"
  [[ -e $EMULATION/pushed ]] || logged emulation publish_two_platforms || die "the image for two platforms could not be made"
  echo "$REGISTRY/$TWO_PLATFORMS"
}

fetch_emulation() {
  local release folder=$STATE/apt/arm64 deb
  release=$(own_release)
  mkdir -p "$folder/lists/partial" "$folder/cache/archives/partial" "$EMULATION"
  { private_apt_config "$folder"; echo 'APT::Architecture "arm64";'; echo 'APT::Architectures { "arm64"; };'; } >"$folder/apt.conf"
  release_sources "$release" >"$folder/sources.list"
  private_apt arm64 update -o APT::Update::Error-Mode=any || return 1
  [[ -s $STATE/apt/$release/sources.list ]] || prepare_private_apt "$release" || return 1
  (cd "$EMULATION" && private_apt arm64 download busybox-static && private_apt "$release" download busybox-static qemu-user-static) || return 1
  for deb in "$EMULATION"/*.deb; do
    case $deb in
      */qemu-*) unpack_all "$EMULATION/qemu" "$deb" ;;
      *_arm64.deb) unpack_all "$EMULATION/context/arm64" "$deb" ;;
      *) unpack_all "$EMULATION/context/amd64" "$deb" ;;
    esac || return 1
  done
  touch "$EMULATION/ready"
}

# F: the kernel opens the program now, so containers need not have it.
enable_emulation() {
  local misc=/proc/sys/fs/binfmt_misc magic mask
  [[ -e $misc/register ]] || mount -t binfmt_misc binfmt_misc "$misc" || return 1
  [[ -e $misc/qemu-aarch64 ]] && return
  magic='\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00'
  mask='\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff'
  printf '%s' ":qemu-aarch64:M::$magic:$mask:$EMULATION/qemu/usr/bin/qemu-aarch64-static:F" >"$misc/register"
}

publish_two_platforms() {
  local architecture name
  for architecture in amd64 arm64; do
    for name in sh cat uname; do ln -sf busybox "$EMULATION/context/$architecture/bin/$name"; done
  done
  printf 'FROM scratch\nARG TARGETARCH\nCOPY ${TARGETARCH}/bin /bin\nCMD ["sh"]\n' >"$EMULATION/context/Dockerfile"
  engine_docker buildx build --platform linux/amd64,linux/arm64 --provenance=false --push \
    --tag "$REGISTRY/$TWO_PLATFORMS" "$EMULATION/context" && touch "$EMULATION/pushed"
}
