"""The commands that images start: serve, serve-gunicorn and yatai-service-start."""

import argparse
import os

import bentoml
from bentoml.server import serve_forever


def parser():
    result = argparse.ArgumentParser(prog="bentoml", description=bentoml.__doc__)
    result.add_argument("--version", action="version", version="bentoml, version " + bentoml.__version__)
    commands = result.add_subparsers(dest="command")
    for name in ("serve", "serve-gunicorn"):
        command = commands.add_parser(name)
        command.add_argument("--port", type=int, default=int(os.environ.get("PORT", 5000)))
    yatai = commands.add_parser("yatai-service-start")
    yatai.add_argument("--grpc-port", type=int, default=50051)
    yatai.add_argument("--ui-port", type=int, default=int(os.environ.get("PORT", 3000)))
    return result


def main():
    # What the real one accepts besides (a bundle, workers, ...) has no meaning here.
    options, _ = parser().parse_known_args()
    if options.command == "yatai-service-start":
        serve_forever([options.grpc_port, options.ui_port])
    elif options.command:
        serve_forever([options.port])
    else:
        parser().print_help()
