#!/bin/sh
# No arguments: say hello. Anything else is run as it stands.
set -eu

if [ "$#" -eq 0 ]; then
  set -- echo "<%= package %> on $(. /etc/os-release && echo "$PRETTY_NAME")"
fi

exec "$@"
