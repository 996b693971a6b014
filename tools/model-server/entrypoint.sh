#!/bin/sh
# No arguments: serve the bundle. Options only: serve it with them. Anything else is run as it stands.
set -eu

case "${1:-}" in
  '' | -*) set -- bentoml serve-gunicorn "$BENTO_BUNDLE" --port "$BENTO_PORT" "$@" ;;
esac

exec "$@"
