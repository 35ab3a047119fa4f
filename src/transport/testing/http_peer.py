#!/usr/bin/python3
"""A small HTTP server for tests on loopback; the first line on standard output is its port.

/echo answers with what came as JSON; /status/N with that status; /redirect to /echo;
/large with 1 MiB; /slow after five seconds; /drop closes the connection without an answer.
"""
import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Peer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body, headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def handle_any(self):
        length = int(self.headers.get("Content-Length") or 0)
        sent = self.rfile.read(length).decode("utf-8", "replace")
        if self.path.startswith("/status/"):
            self.answer(int(self.path.split("/")[2]), b"as you wish")
        elif self.path == "/redirect":
            self.answer(302, b"", [("Location", "/echo")])
        elif self.path == "/large":
            self.answer(200, b"x" * (1 << 20))
        elif self.path == "/slow":
            time.sleep(5)
            self.answer(200, b"late")
        elif self.path == "/drop":
            self.close_connection = True
            self.connection.close()
        else:
            echo = {"method": self.command, "body": sent, "token": self.headers.get("X-Token")}
            self.answer(200, json.dumps(echo).encode(), [("X-Peer", "  here ")])

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = handle_any

    def log_message(self, *arguments):
        pass


class Server(ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        pass  # clients that hang up are part of the tests


server = Server(("127.0.0.1", 0), Peer)
server.daemon_threads = True
print(server.server_port, flush=True)
server.serve_forever()
