#!/bin/sh
# No arguments: start the service. Options only: start it with them. Anything else is run as it stands.
set -eu

case "${1:-}" in
  '' | -*) set -- bentoml yatai-service-start --grpc-port "$YATAI_GRPC_PORT" --ui-port "$YATAI_UI_PORT" "$@" ;;
esac

exec "$@"
