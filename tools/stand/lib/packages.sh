# Debian packages, unpacked outside of the system: nothing is installed, upgraded or configured.

TOOLS=$STATE/tools      # from the machine's release: tools that need its libraries
ENGINE=$STATE/engine    # docker and the registry

own_release() { os_release VERSION_CODENAME; }

# bookworm's docker is too old for buildx; trixie's runs with its libc. Newer releases use their own.
engine_release() {
  case $(own_release) in
    bookworm) echo trixie ;;
    bullseye | buster) die "Debian $(own_release) is too old to run its own engine here; install Docker with buildx" ;;
    *) own_release ;;
  esac
}

# apt_source SUITE: the address from which apt, as configured on this machine, gets that suite of its release.
apt_source() {
  apt-get update --print-uris 2>/dev/null | sed -nE "s#^'([^']+)/dists/$1/(In)?Release'.*#\1#p" | head -n 1
}

private_apt_config() { # FOLDER
  cat <<TEXT
Dir::State::lists "$1/lists";
Dir::Cache "$1/cache";
Dir::Etc::sourcelist "$1/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
APT::Sandbox::User "root";
APT::Keep-Downloaded-Packages "true";
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Pre-Invoke;
#clear DPkg::Post-Invoke;
TEXT
}

apt_line() { # ADDRESS SUITE
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $1 $2 main"
}

private_apt() { # RELEASE ARGUMENTS...
  local folder=$STATE/apt/$1; shift
  apt-get -q -y -c "$folder/apt.conf" "$@"
}

prepare_private_apt() { # RELEASE
  local folder=$STATE/apt/$1
  [[ $(apt_source "$(own_release)") ]] || { echo "apt has no source for $(own_release) on this machine"; return 1; }
  mkdir -p "$folder/lists/partial" "$folder/cache/archives/partial"
  private_apt_config "$folder" >"$folder/apt.conf"
  release_sources "$1" >"$folder/sources.list"
  [[ -s $folder/sources.list ]] || { echo "apt cannot reach $1 where it gets $(own_release); try apt-get update"; return 1; }
  private_apt "$1" update -o APT::Update::Error-Mode=any
}

# The machine's archives, for this release. With fewer archives than the machine,
# apt could not match what is installed.
release_sources() { # RELEASE
  local kind address
  for kind in '' -updates -security; do
    address=$(apt_source "$(own_release)$kind")
    if [[ $address ]] && suite_is_there "$address" "$1$kind"; then apt_line "$address" "$1$kind"; fi
  done
}

suite_is_there() { # ADDRESS SUITE
  local probe=$RUN/$2.probe
  /usr/lib/apt/apt-helper download-file "$1/dists/$2/InRelease" "$probe" >/dev/null 2>&1 || return 1
  rm -f "$probe"
}

unpack_all() { # INTO DEB...
  local into=$1 deb; shift
  mkdir -p "$into"
  for deb in "$@"; do dpkg-deb -x "$deb" "$into" || return 1; done
}

tool_packages() {
  local -A package_of=([runc]=runc [iptables]=iptables [mmdebstrap]=mmdebstrap [ip]=iproute2 [umount]=mount)
  local tool
  for tool in "${!package_of[@]}"; do
    command -v "$tool" >/dev/null || echo "${package_of[$tool]}"
  done
}

# With the machine's package list, apt reports what is missing; download only that.
fetch_tools() {
  local release packages
  release=$(own_release)
  mapfile -t packages < <(tool_packages)
  prepare_private_apt "$release" || return 1
  if ((${#packages[@]})); then
    private_apt "$release" install --download-only --no-install-recommends "${packages[@]}" || return 1
    unpack_all "$TOOLS" "$STATE/apt/$release/cache/archives"/*.deb || return 1
  fi
  touch "$TOOLS.ready"
}

fetch_engine() {
  local release folder
  release=$(engine_release) || return 1
  [[ -s $STATE/apt/$release/sources.list ]] || prepare_private_apt "$release" || return 1
  folder=$STATE/apt/engine
  mkdir -p "$folder"
  (cd "$folder" && private_apt "$release" download "$@") || return 1
  unpack_all "$ENGINE" "$folder"/*.deb
}

use_unpacked_tools() {
  local libraries
  libraries=$TOOLS/usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || echo "$(uname -m)-linux-gnu")
  export PATH=$ENGINE/usr/sbin:$ENGINE/usr/bin:$PATH:$TOOLS/usr/sbin:$TOOLS/usr/bin:$TOOLS/sbin:$TOOLS/bin:/usr/sbin:/sbin
  # mmdebstrap needs all of perl; a small machine has only perl-base.
  PERL5LIB=$(printf '%s:' "$TOOLS"/usr/share/perl5 "$TOOLS"/usr/share/perl/[0-9]* "$libraries"/perl/[0-9]* "$libraries"/perl5/[0-9]*)${PERL5LIB:-}
  export PERL5LIB
  if [[ -d $libraries ]]; then
    export LD_LIBRARY_PATH=$libraries:$TOOLS/lib/${libraries##*/}${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
    if [[ -d $libraries/xtables ]]; then export XTABLES_LIBDIR=$libraries/xtables; fi
  fi
}
