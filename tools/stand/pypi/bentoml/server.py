"""GET /healthz answers "ok", GET / the name and version."""

import json
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import bentoml


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/healthz":
            self.reply(200, "text/plain", "ok")
        elif self.path == "/":
            self.reply(200, "application/json", json.dumps({"name": "bentoml", "version": bentoml.__version__}))
        else:
            self.reply(404, "text/plain", "not found")

    def reply(self, status, content_type, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def serve_forever(ports):
    # As the first process of a container, Python would ignore TERM.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    servers = [HTTPServer(("0.0.0.0", port), Handler) for port in ports]
    print("bentoml stand-in listens on " + ", ".join(map(str, ports)), flush=True)
    for server in servers[1:]:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        servers[0].serve_forever()
    except KeyboardInterrupt:
        pass
