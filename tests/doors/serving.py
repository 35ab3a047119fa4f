"""The program behind its doors: a server on a data folder, what it answers, and a small disk."""
import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import threading
import time

ROOT = os.environ.get("AFTERMILE_SOURCE_DIR") or os.path.dirname(
    os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.environ.get("AFTERMILE_PROGRAM", os.path.join(ROOT, "build/release/aftermile"))


def command(data, *arguments):
    done = subprocess.run([PROGRAM, *arguments, "--data", data], capture_output=True, text=True,
                          timeout=60)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(arguments)}: {done.stdout}{done.stderr}")
    return done.stdout.strip()


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body
        self.type = headers.get("Content-Type", "")
        try:
            self.json = json.loads(body)
        except ValueError:
            self.json = {}


class Server:
    def __init__(self, data, *arguments, **environment):
        self.said = []
        self.process = subprocess.Popen(
            [PROGRAM, "serve", "--data", data, "--listen", "127.0.0.1:0", *arguments],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace",
            env={**os.environ, **environment})
        for line in self.process.stderr:
            self.said.append(line)
            if found := re.search(r"listening on port (\d+)", line):
                self.port = int(found[1])
                break
        else:
            raise RuntimeError("serve ended: " + "".join(self.said))
        self.listener = threading.Thread(target=self.listen, daemon=True)
        self.listener.start()

    def listen(self):
        for line in self.process.stderr:
            self.said.append(line)

    def errors(self):
        return "".join(self.said)

    def is_running(self):
        return self.process.poll() is None

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        if self.process.wait(timeout=30) != 0:
            raise RuntimeError(f"serve ended with {self.process.returncode}: {self.errors()}")

    def send(self, method, path, body, headers):
        if body is not None and not isinstance(body, bytes):
            body = (body if isinstance(body, str) else json.dumps(body)).encode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body, headers)
            reply = connection.getresponse()
            return Reply(reply.status, dict(reply.getheaders()), reply.read())
        finally:
            connection.close()

    def raw(self, request):
        """The status of the reply to these bytes, None when the connection closes without one."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as connection:
            with contextlib.suppress(OSError):
                connection.sendall(request)
                connection.shutdown(socket.SHUT_WR)
            head, body = read_reply(connection)
        found = re.match(rb"HTTP/1\.1 (\d+)", head)
        return (int(found[1]) if found else None), body

    def flood(self, path, head, size, key):
        """Sends a body of `size` bytes until there is an answer: (bytes sent, reply)."""
        piece = b" " * 65_536
        chunk = b"%x\r\n%s\r\n" % (len(piece), piece) if "chunked" in head else piece
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as connection:
            connection.sendall((f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                                f"Authorization: Bearer {key}\r\n"
                                f"Content-Type: application/json\r\n{head}").encode())
            sent = 0
            while sent < size:
                connection.setblocking(False)
                try:
                    if connection.recv(1, socket.MSG_PEEK):
                        break
                except BlockingIOError:
                    pass
                connection.settimeout(20)
                connection.sendall(chunk)
                sent += len(piece)
            connection.settimeout(20)
            head, body = read_reply(connection)
        kind = re.search(rb"(?i)content-type: (\S+)", head)[1].decode()
        status = int(re.match(rb"HTTP/1\.1 (\d+)", head)[1])
        return sent, Reply(status, {"Content-Type": kind}, body)


def read_reply(connection):
    got = b""
    with contextlib.suppress(OSError):
        while b"\r\n\r\n" not in got and (more := connection.recv(65_536)):
            got += more
        head, _, body = got.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        while length and len(body) < int(length[1]) and (more := connection.recv(65_536)):
            body += more
        return head, body
    return got, b""


class SmallDisk:
    """A data folder that can be made full: a small file system of its own where one may be mounted,
    and otherwise the limit on the size of files, as a full disk may answer too."""

    def __init__(self, folder, mounted):
        self.folder, self.mounted = folder, mounted
        self.data = os.path.join(folder, "data")
        self.ballast = os.path.join(folder, "ballast")

    def fill(self, server):
        if not self.mounted:
            limit(server, "--fsize=16384:")
            return
        with open(self.ballast, "wb", buffering=0) as file:
            with contextlib.suppress(OSError):
                while file.write(b"x" * 4096):
                    pass

    def free(self, server):
        if self.mounted:
            os.unlink(self.ballast)
        else:
            limit(server, "--fsize=unlimited:")


def limit(server, what):
    subprocess.run(["prlimit", "--pid", str(server.process.pid), what], check=True)


@contextlib.contextmanager
def small_disk(folder, mounted):
    os.makedirs(folder)
    as_root = [] if os.geteuid() == 0 or not shutil.which("sudo") else ["sudo", "-n"]
    if mounted:
        done = subprocess.run([*as_root, "mount", "-t", "tmpfs", "-o",
                               f"size=16m,mode=0700,uid={os.geteuid()}", "tmpfs", folder],
                              capture_output=True, check=False)
        if done.returncode != 0:
            print("        no file system may be mounted here: limiting the size of files instead")
            mounted = False
    try:
        disk = SmallDisk(folder, mounted)
        os.makedirs(disk.data)
        yield disk
    finally:
        if mounted:
            subprocess.run([*as_root, "umount", folder], check=True)
